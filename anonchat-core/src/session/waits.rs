//! How long people waited of late, and what that lets others expect.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use crate::bucket::Bucket;
use crate::id::{DeviceId, PairId, PoolId};
use crate::time::UnixMillis;

/// So many waits are remembered of each kind.
const KEPT: usize = 32;

/// A wait says something for so long after its end.
const RECENT_MS: u64 = 15 * 60_000;

/// An estimate takes the waits of so many different people, from as many matches.
const ENOUGH: usize = 5;

/// Estimates are rounded up to a multiple of this.
const STEP_MS: u64 = 5_000;

/// How long people waited of late on this server, before a match: in each pool, of each gender and
/// filter.
///
/// It holds the last 32 waits of each of the 25 kinds, so that its size has a bound: some 40 kB for
/// each pool. Devices and pairs are in it only to count nobody and no match twice, and none comes
/// out. Several servers know nothing of each other's; each sees enough of them, or says that it
/// does not know.
#[derive(Default)]
pub struct Waits {
    pools: Mutex<BTreeMap<PoolId, Recent>>,
}

#[derive(Default)]
struct Recent([VecDeque<Sample>; Bucket::COUNT]);

#[derive(Clone, Copy)]
struct Sample {
    ended: UnixMillis,
    waited_ms: u64,
    device: DeviceId,
    pair: PairId,
}

impl Waits {
    /// How much longer somebody in `bucket` may have to wait who has waited `waited_ms`: half of
    /// the people who lately waited longer than that waited at most so much longer. Rounded up to
    /// whole steps of five seconds, so never 0; `None` if those are fewer than five people, from as
    /// many matches.
    pub fn estimate(
        &self,
        pool: &PoolId,
        bucket: Bucket,
        now: UnixMillis,
        waited_ms: u64,
    ) -> Option<u64> {
        let pools = self.pools.lock().unwrap_or_else(PoisonError::into_inner);
        let samples = pools.get(pool)?.0[bucket.index()].iter();
        let mut longer: Vec<_> = samples
            .filter(|sample| now.since(sample.ended) < RECENT_MS)
            .map(|sample| sample.waited_ms)
            .filter(|sample_ms| *sample_ms > waited_ms)
            .collect();
        if longer.len() < ENOUGH {
            return None;
        }
        longer.sort_unstable();
        // The lower one of two in the middle.
        let median = longer[(longer.len() - 1) / 2];
        (median - waited_ms).checked_next_multiple_of(STEP_MS)
    }

    /// Somebody in `bucket` was matched at `ended` after having waited. Of one person and of one
    /// match only the newest wait counts.
    pub(super) fn note(
        &self,
        pool: &PoolId,
        bucket: Bucket,
        ended: UnixMillis,
        waited_ms: u64,
        device: DeviceId,
        pair: PairId,
    ) {
        let mut pools = self.pools.lock().unwrap_or_else(PoisonError::into_inner);
        let samples = &mut pools.entry(pool.clone()).or_default().0[bucket.index()];
        samples.retain(|sample| sample.device != device && sample.pair != pair);
        if samples.len() == KEPT {
            samples.pop_front();
        }
        samples.push_back(Sample { ended, waited_ms, device, pair });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::Filter;

    const NOW: UnixMillis = UnixMillis::new(10_000_000);

    fn bucket() -> Bucket {
        Bucket::of(None, Filter::Any)
    }

    /// Waits of so many seconds, each of somebody else in another match, that have just ended.
    fn waits(seconds: &[u64]) -> Waits {
        let waits = Waits::default();
        for (n, seconds) in (0_u8..).zip(seconds) {
            note(&waits, n, n, NOW, seconds * 1_000);
        }
        waits
    }

    fn note(waits: &Waits, device: u8, pair: u8, ended: UnixMillis, waited_ms: u64) {
        let (device, pair) = (DeviceId::from_bytes([device; 16]), PairId::from_bytes([pair; 16]));
        waits.note(&PoolId::main(), bucket(), ended, waited_ms, device, pair);
    }

    fn estimate(waits: &Waits, waited_ms: u64) -> Option<u64> {
        waits.estimate(&PoolId::main(), bucket(), NOW, waited_ms)
    }

    #[test]
    fn half_of_those_who_waited_longer_were_matched_within_the_estimate() {
        let waits = waits(&[40, 10, 30, 20, 60, 50, 90, 100]);
        assert_eq!(estimate(&waits, 0), Some(40_000));
        assert_eq!(estimate(&waits, 10_000), Some(40_000), "of 20, 30, 40, 50, 60, 90, 100");
        assert_eq!(estimate(&waits, 30_000), Some(30_000), "of 40, 50, 60, 90, 100");
        assert_eq!(estimate(&waits, 40_000), None, "only four have waited longer");
    }

    #[test]
    fn an_estimate_is_rounded_up_to_five_seconds_and_never_nothing() {
        assert_eq!(estimate(&waits(&[1; 5]), 0), Some(5_000));
        assert_eq!(estimate(&waits(&[7; 5]), 0), Some(10_000));
        assert_eq!(estimate(&waits(&[7; 5]), 6_999), Some(5_000));
    }

    #[test]
    fn fewer_than_five_people_or_matches_tell_nothing() {
        assert_eq!(estimate(&Waits::default(), 0), None);
        assert_eq!(estimate(&waits(&[9; 4]), 0), None);
        let (one_person, one_match) = (Waits::default(), Waits::default());
        for n in 0..9 {
            note(&one_person, 1, n, NOW, 9_000);
            note(&one_match, n, 1, NOW, 9_000);
        }
        assert_eq!([estimate(&one_person, 0), estimate(&one_match, 0)], [None, None]);
    }

    #[test]
    fn a_wait_counts_for_its_own_pool_gender_and_filter_only() {
        let waits = waits(&[9; 5]);
        let other = PoolId::new("other").expect("a name");
        assert_eq!(waits.estimate(&other, bucket(), NOW, 0), None);
        let others = Bucket::all().filter(|other| *other != bucket());
        for other in others {
            assert_eq!(waits.estimate(&PoolId::main(), other, NOW, 0), None, "{other:?}");
        }
    }

    #[test]
    fn what_is_long_ago_tells_nothing() {
        let waits = waits(&[9; 4]);
        let old = |ms| UnixMillis::new(NOW.get() - ms);
        note(&waits, 9, 9, old(RECENT_MS), 9_000);
        assert_eq!(estimate(&waits, 0), None);
        note(&waits, 9, 9, old(RECENT_MS - 1), 9_000);
        assert_eq!(estimate(&waits, 0), Some(10_000));
    }

    #[test]
    fn of_many_waits_the_newest_are_kept() {
        let waits = Waits::default();
        for n in 0..=u8::MAX {
            let seconds = if usize::from(u8::MAX - n) < KEPT { 20 } else { 100 };
            note(&waits, n, n, NOW, seconds * 1_000);
        }
        let pools = waits.pools.lock().expect("nobody panics here");
        let sizes = pools.values().flat_map(|recent| recent.0.iter().map(VecDeque::len));
        assert_eq!(sizes.sum::<usize>(), KEPT);
        drop(pools);
        assert_eq!(estimate(&waits, 0), Some(20_000));
    }
}
