//! One metric for every value of its labels, all of them there from the start.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use prometheus_client::encoding::{EncodeMetric, MetricEncoder};
use prometheus_client::metrics::MetricType;

use super::label::Label;

/// Labels that belong together.
pub(super) trait Labels: Copy {
    /// How many combinations of values there are.
    const PLACES: usize;

    /// The place of this combination.
    fn place(self) -> usize;

    /// Names and values of the combination at a place.
    fn pairs(place: usize) -> Vec<(&'static str, &'static str)>;
}

impl<A: Label> Labels for A {
    const PLACES: usize = A::VALUES.len();

    fn place(self) -> usize {
        Label::place(self)
    }

    fn pairs(place: usize) -> Vec<(&'static str, &'static str)> {
        vec![(A::NAME, A::VALUES[place])]
    }
}

impl<A: Label, B: Labels> Labels for (A, B) {
    const PLACES: usize = A::VALUES.len() * B::PLACES;

    fn place(self) -> usize {
        Label::place(self.0) * B::PLACES + self.1.place()
    }

    fn pairs(place: usize) -> Vec<(&'static str, &'static str)> {
        let mut pairs = vec![(A::NAME, A::VALUES[place / B::PLACES])];
        pairs.extend(B::pairs(place % B::PLACES));
        pairs
    }
}

/// A metric for every combination. To find one takes no lock and no search.
pub(super) struct Each<L, M>(Arc<[M]>, PhantomData<fn(L)>);

impl<L: Labels, M> Each<L, M> {
    pub(super) fn at(&self, labels: L) -> &M {
        &self.0[labels.place()]
    }
}

impl<L: Labels, M: Default> Default for Each<L, M> {
    fn default() -> Self {
        Self((0..L::PLACES).map(|_| M::default()).collect(), PhantomData)
    }
}

impl<L, M> Clone for Each<L, M> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0), PhantomData)
    }
}

impl<L, M> fmt::Debug for Each<L, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} metrics", self.0.len())
    }
}

impl<L: Labels, M: EncodeMetric> EncodeMetric for Each<L, M> {
    fn encode(&self, mut encoder: MetricEncoder<'_>) -> fmt::Result {
        for (place, metric) in self.0.iter().enumerate() {
            metric.encode(encoder.encode_family(&L::pairs(place))?)?;
        }
        Ok(())
    }

    fn metric_type(&self) -> MetricType {
        self.0.first().map_or(MetricType::Unknown, EncodeMetric::metric_type)
    }
}
