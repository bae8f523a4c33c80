//! How long something took, in buckets of atomics.
//!
//! The library's own histogram takes a lock for every observation, which all connections would
//! share.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use prometheus_client::encoding::{EncodeMetric, MetricEncoder, NoLabelSet};
use prometheus_client::metrics::MetricType;

/// The upper bounds of the buckets in microseconds: from what a call to memory takes to what
/// nobody waits for.
const BOUNDS_US: [u64; 13] = [
    100, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 1_000_000, 3_000_000,
    10_000_000,
];

const NANOS: f64 = 1e9;

/// A histogram of durations. To observe one costs two additions to atomics.
#[derive(Clone, Debug, Default)]
pub(super) struct Latency(Arc<Inside>);

#[derive(Debug, Default)]
struct Inside {
    /// The last one is for everything above the bounds.
    buckets: [AtomicU64; BOUNDS_US.len() + 1],
    nanos: AtomicU64,
}

impl Latency {
    pub(super) fn observe(&self, took: Duration) {
        let nanos = u64::try_from(took.as_nanos()).unwrap_or(u64::MAX);
        let place = BOUNDS_US.iter().position(|bound| nanos <= *bound * 1000);
        self.0.buckets[place.unwrap_or(BOUNDS_US.len())].fetch_add(1, Ordering::Relaxed);
        self.0.nanos.fetch_add(nanos, Ordering::Relaxed);
    }
}

impl EncodeMetric for Latency {
    fn encode(&self, mut encoder: MetricEncoder<'_>) -> fmt::Result {
        let bounds = BOUNDS_US.iter().map(|bound| *bound as f64 / 1e6).chain([f64::INFINITY]);
        let counts = self.0.buckets.iter().map(|bucket| bucket.load(Ordering::Relaxed));
        let buckets: Vec<_> = bounds.zip(counts).collect();
        // Counted from the buckets, so that the two agree whatever is observed meanwhile.
        let count = buckets.iter().map(|(_, count)| count).sum();
        let sum = self.0.nanos.load(Ordering::Relaxed) as f64 / NANOS;
        encoder.encode_histogram::<NoLabelSet>(sum, count, &buckets, None)
    }

    fn metric_type(&self) -> MetricType {
        MetricType::Histogram
    }
}

#[cfg(test)]
mod tests {
    use prometheus_client::encoding::text::encode;
    use prometheus_client::registry::Registry;

    use super::*;

    #[test]
    fn durations_come_to_their_buckets_and_add_up() {
        let latency = Latency::default();
        let mut registry = Registry::default();
        registry.register("took", "How long", latency.clone());
        for micros in [100, 101, 3_000_000, 11_000_000] {
            latency.observe(Duration::from_micros(micros));
        }
        let mut text = String::new();
        encode(&mut text, &registry).expect("text");
        for line in [
            "took_sum 14.000201",
            "took_count 4",
            "took_bucket{le=\"0.0001\"} 1",
            "took_bucket{le=\"0.0005\"} 2",
            "took_bucket{le=\"1.0\"} 2",
            "took_bucket{le=\"3.0\"} 3",
            "took_bucket{le=\"+Inf\"} 4",
        ] {
            assert!(text.lines().any(|found| found == line), "{line} is not in {text}");
        }
    }
}
