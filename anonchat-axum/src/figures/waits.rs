//! How long people waited, as a histogram of fixed size.

use std::sync::atomic::{AtomicU64, Ordering};

/// Places for each doubling of the time: so a place is at most an eighth wide of what is in it.
const STEPS: u64 = 8;

/// Waits from this on, about 37 hours, count as one place.
const MOST: u64 = (1 << 27) - 1;

const PLACES: usize = place(MOST) + 1;

/// Counts waits. Any number of threads may.
pub(crate) struct Waits {
    places: [AtomicU64; PLACES],
    sum_ms: AtomicU64,
}

/// What was counted up to some moment, or between two.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct WaitCounts {
    places: [u64; PLACES],
    sum_ms: u64,
}

/// Up to 15 ms each has its own place, from there on each doubling has eight.
const fn place(ms: u64) -> usize {
    if ms < STEPS {
        return ms as usize;
    }
    let high = ms.ilog2() as u64;
    ((high - 2) * STEPS + (ms >> (high - 3)) % STEPS) as usize
}

/// The longest wait that has its place there.
const fn longest(place: usize) -> u64 {
    let place = place as u64;
    if place < STEPS {
        return place;
    }
    let shift = place / STEPS - 1;
    ((STEPS + place % STEPS + 1) << shift) - 1
}

impl Default for Waits {
    fn default() -> Self {
        Self { places: [const { AtomicU64::new(0) }; PLACES], sum_ms: AtomicU64::new(0) }
    }
}

impl Waits {
    pub(crate) fn add(&self, ms: u64) {
        let ms = ms.min(MOST);
        self.places[place(ms)].fetch_add(1, Ordering::Relaxed);
        self.sum_ms.fetch_add(ms, Ordering::Relaxed);
    }

    pub(crate) fn counts(&self) -> WaitCounts {
        let places = std::array::from_fn(|place| self.places[place].load(Ordering::Relaxed));
        WaitCounts { places, sum_ms: self.sum_ms.load(Ordering::Relaxed) }
    }
}

impl WaitCounts {
    /// What was added after `earlier`.
    pub(crate) fn since(&self, earlier: &Self) -> Self {
        let places =
            std::array::from_fn(|place| self.places[place].saturating_sub(earlier.places[place]));
        Self { places, sum_ms: self.sum_ms.saturating_sub(earlier.sum_ms) }
    }

    /// How many waits.
    pub(crate) fn count(&self) -> u64 {
        self.places.iter().sum()
    }

    /// Their mean, in milliseconds.
    pub(crate) fn mean(&self) -> Option<u64> {
        self.sum_ms.checked_div(self.count())
    }

    /// The time within which `percent` of a hundred waits were over, in milliseconds: not too
    /// little, and too much by an eighth at most.
    pub(crate) fn percentile(&self, percent: u64) -> Option<u64> {
        let wanted = (self.count() * percent).div_ceil(100).max(1);
        let mut seen = 0;
        let found = self.places.iter().position(|count| {
            seen += count;
            seen >= wanted
        });
        found.map(longest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_wait_has_one_place_and_places_have_no_gaps() {
        let mut next = 0;
        for index in 0..PLACES {
            assert_eq!(place(next), index, "{next} ms");
            assert_eq!(place(longest(index)), index);
            assert!(longest(index) - next <= next / STEPS, "{next} ms");
            next = longest(index) + 1;
        }
        assert_eq!(next, MOST + 1);
    }

    #[test]
    fn percentiles_are_right_to_an_eighth() {
        let waits = Waits::default();
        assert_eq!(waits.counts().percentile(50), None);
        assert_eq!(waits.counts().mean(), None);
        for ms in 1..=1000 {
            waits.add(ms);
        }
        let counts = waits.counts();
        assert_eq!((counts.count(), counts.mean()), (1000, Some(500)));
        for (percent, exact) in [(1, 10), (50, 500), (95, 950), (100, 1000)] {
            let found = counts.percentile(percent).expect("waits");
            assert!((exact..=exact + exact / STEPS).contains(&found), "{percent}%: {found}");
        }
    }

    #[test]
    fn only_what_came_after_counts_in_a_difference() {
        let waits = Waits::default();
        waits.add(5);
        let before = waits.counts();
        waits.add(u64::MAX);
        let after = waits.counts().since(&before);
        assert_eq!((after.count(), after.percentile(50)), (1, Some(MOST)));
        // A counter that began anew is no reason for a huge number.
        assert_eq!(before.since(&waits.counts()).count(), 0);
    }
}
