//! How long things took.

use std::time::Duration;

use hdrhistogram::Histogram;
use serde_json::{Value, json};

/// Ten minutes, in nanoseconds. What takes longer counts as that.
const LONGEST: u64 = 600_000_000_000;

/// A distribution of durations, to three digits.
pub(crate) struct Latency(Histogram<u64>);

impl Latency {
    pub(crate) fn new() -> Self {
        Self(Histogram::new_with_bounds(1, LONGEST, 3).expect("these bounds are allowed"))
    }

    pub(crate) fn add(&mut self, took: Duration) {
        self.0.saturating_record(took.as_nanos().try_into().unwrap_or(u64::MAX));
    }

    /// Percentiles in microseconds.
    pub(crate) fn micros(&self) -> Value {
        let at = |part| self.0.value_at_quantile(part) as f64 / 1e3;
        match self.0.len() {
            0 => json!({ "count": 0 }),
            count => json!({
                "count": count, "p50": at(0.5), "p90": at(0.9), "p99": at(0.99), "p999": at(0.999),
                "max": self.0.max() as f64 / 1e3,
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_in_microseconds() {
        let mut latency = Latency::new();
        assert_eq!(latency.micros()["count"], 0);
        for us in 1..=1000 {
            latency.add(Duration::from_micros(us));
        }
        let p99 = latency.micros()["p99"].as_f64().expect("a number");
        assert!((p99 - 990.0).abs() < 2.0, "{p99}");
    }
}
