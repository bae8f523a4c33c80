//! How long a verdict takes.

use std::error::Error;
use std::time::{Duration, Instant};

use anonchat_verify::OnnxClassifier;

use crate::labels::Sample;

/// Rounds over all pictures; the first, which warms up, does not count.
const ROUNDS: usize = 6;

/// How long things take.
pub(crate) struct Latency {
    pub(crate) opening: Duration,
    /// One picture after the other on one thread, sorted.
    pub(crate) looks: Vec<Duration>,
}

#[expect(clippy::disallowed_methods, reason = "a benchmark measures time")]
pub(crate) fn now() -> Instant {
    Instant::now()
}

/// Times all that a verdict takes of a picture that passes: none stops early here.
pub(crate) fn measure(
    classifier: &OnnxClassifier,
    samples: &[Sample],
    opening: Duration,
) -> Result<Latency, Box<dyn Error>> {
    let mut looks = Vec::new();
    for round in 0..ROUNDS {
        for sample in samples.iter().filter(|sample| sample.faces == 1) {
            let start = now();
            classifier.measure(&sample.bytes)?;
            if round > 0 {
                looks.push(start.elapsed());
            }
        }
    }
    looks.sort();
    Ok(Latency { opening, looks })
}

impl Latency {
    /// The time that so many percent of the pictures did not take.
    pub(crate) fn percentile(&self, percent: usize) -> Duration {
        let last = self.looks.len().saturating_sub(1);
        self.looks.get(last * percent / 100).copied().unwrap_or_default()
    }
}
