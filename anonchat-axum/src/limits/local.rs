//! Counting in this process: governor decides, in [`Cells`] that are bounded.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use anonchat_core::policy::Rates;
use anonchat_core::{Limit, Quota, RateKey, Taken, UnixMillis};
use governor::RateLimiter;
use governor::clock::Clock;
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::StateStore;

use super::cells::{Cells, Looking, Taking, Told};

type Governor<S> = RateLimiter<RateKey, S, Told, NoOpMiddleware<Nanos>>;

/// Every limit of a policy, counted for this server.
pub(super) struct Local([Option<Counter>; Limit::ALL.len()]);

/// One limit.
struct Counter {
    clock: Told,
    cells: Arc<Cells>,
    taking: Governor<Taking>,
    looking: Governor<Looking>,
}

/// The last millisecond that governor's nanoseconds hold with room to spare: in the year 2286.
const LAST: u64 = 10_000_000_000_000;

impl Local {
    pub(super) fn new(rates: &Rates) -> Self {
        Self(Limit::ALL.map(|limit| limit.quota(rates).and_then(Counter::new)))
    }

    /// Takes a unit, if there is one.
    pub(super) fn take(&self, at: UnixMillis, limit: Limit, key: RateKey) -> Taken {
        self.counter(limit).map_or(Taken::Within, |counter| counter.ask(&counter.taking, at, key))
    }

    /// Whether there is a unit.
    pub(super) fn look(&self, at: UnixMillis, limit: Limit, key: RateKey) -> Taken {
        self.counter(limit).map_or(Taken::Within, |counter| counter.ask(&counter.looking, at, key))
    }

    /// Under which key somebody is counted for a limit: in a flood, one that is shared. `None` if
    /// there is no such limit.
    pub(super) fn counted(&self, limit: Limit, key: RateKey) -> Option<RateKey> {
        self.counter(limit).map(|counter| counter.cells.counted(key))
    }

    /// Forgets what no limit needs any more.
    pub(super) fn forget_old(&self, now: UnixMillis) {
        for counter in self.0.iter().flatten() {
            counter.cells.forget_full(nanos(now));
        }
    }

    fn counter(&self, limit: Limit) -> Option<&Counter> {
        let place = Limit::ALL.iter().position(|known| *known == limit)?;
        self.0[place].as_ref()
    }
}

impl Counter {
    fn new(quota: Quota) -> Option<Self> {
        let units = NonZeroU32::new(quota.units)?;
        let interval = Duration::from_micros(quota.interval_us);
        let governed = governor::Quota::with_period(interval)?.allow_burst(units);
        let clock = Told::default(); // which stands at 1970 while governor starts
        let cells = Arc::new(Cells::new(quota, clock.clone()));
        let taking = RateLimiter::new(governed, Taking(Arc::clone(&cells)), clock.clone());
        let looking = RateLimiter::new(governed, Looking(Arc::clone(&cells)), clock.clone());
        Some(Self { clock, cells, taking, looking })
    }

    fn ask<S: StateStore<Key = RateKey>>(
        &self,
        governor: &Governor<S>,
        at: UnixMillis,
        key: RateKey,
    ) -> Taken {
        // Calls at once may decide by each other's instants, which are the same but for scheduling.
        self.clock.tell(nanos(at));
        match governor.check_key(&key) {
            Ok(()) => Taken::Within,
            Err(refused) => {
                let wait = refused.wait_time_from(self.clock.now());
                let wait_ms = u64::try_from(wait.as_micros().div_ceil(1_000)).unwrap_or(u64::MAX);
                Taken::Beyond { wait_ms: wait_ms.max(1) }
            }
        }
    }
}

fn nanos(at: UnixMillis) -> u64 {
    at.get().min(LAST) * 1_000_000
}

#[cfg(test)]
mod tests {
    use super::super::cells::{KEYS, SHARED};
    use super::*;

    fn key(number: u32) -> RateKey {
        // What a keyed hash looks like: every bit depends on every bit.
        let mut state = u64::from(number).wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bytes = [0; 16];
        for half in bytes.chunks_mut(8) {
            state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            half.copy_from_slice(&(state ^ (state >> 31)).to_be_bytes());
        }
        RateKey::from_bytes(bytes)
    }

    const NOON: UnixMillis = UnixMillis::new(1_700_000_000_000);

    fn local(rest_per_minute: u32) -> Local {
        Local::new(&Rates { rest_per_minute, ..Rates::default() })
    }

    fn kept(local: &Local) -> usize {
        local.counter(Limit::Requests).expect("a limit").cells.len()
    }

    #[test]
    fn so_many_at_once_and_then_one_each_interval() {
        let local = local(3);
        let take = |at| local.take(at, Limit::Requests, key(1));
        for _ in 0..3 {
            assert_eq!(take(NOON), Taken::Within);
        }
        assert_eq!(take(NOON), Taken::Beyond { wait_ms: 20_000 });
        assert_eq!(take(NOON.after(19_999)), Taken::Beyond { wait_ms: 1 });
        assert_eq!(take(NOON.after(20_000)), Taken::Within);
        assert_eq!(take(NOON.after(20_000)), Taken::Beyond { wait_ms: 20_000 });
        assert_eq!(local.take(NOON, Limit::Requests, key(2)), Taken::Within, "somebody else");
        assert_eq!(local.take(NOON, Limit::Rooms, key(1)), Taken::Within, "something else");
    }

    #[test]
    fn looking_takes_nothing() {
        let local = local(1);
        for _ in 0..5 {
            assert_eq!(local.look(NOON, Limit::Requests, key(1)), Taken::Within);
        }
        assert_eq!(local.take(NOON, Limit::Requests, key(1)), Taken::Within);
        let looked = local.look(NOON, Limit::Requests, key(1));
        assert_eq!(looked, Taken::Beyond { wait_ms: 60_000 });
    }

    #[test]
    fn a_limit_of_zero_is_none() {
        let local = local(0);
        for _ in 0..1_000 {
            assert_eq!(local.take(NOON, Limit::Requests, key(1)), Taken::Within);
        }
        assert_eq!(local.counted(Limit::Requests, key(1)), None);
    }

    #[test]
    fn a_clock_that_is_put_back_locks_nobody_out_for_longer_than_a_window() {
        let local = local(2);
        let year = 365 * 86_400_000;
        for _ in 0..2 {
            local.take(NOON.after(year), Limit::Requests, key(1));
        }
        let refused = local.take(NOON, Limit::Requests, key(1));
        assert_eq!(refused, Taken::Beyond { wait_ms: 30_000 });
        local.forget_old(NOON);
        assert_eq!(local.take(NOON, Limit::Requests, key(1)), Taken::Within);
        // Nor does the end of time break it.
        assert_eq!(local.take(UnixMillis::MAX, Limit::Requests, key(2)), Taken::Within);
    }

    #[test]
    fn a_flood_of_a_million_addresses_keeps_a_bounded_number_of_them() {
        let local = local(30);
        let known = key(u32::MAX);
        for _ in 0..10 {
            local.take(NOON, Limit::Requests, known);
        }
        let mut refused = 0;
        for number in 0..1_000_000 {
            let taken = local.take(NOON, Limit::Requests, key(number));
            refused += usize::from(taken != Taken::Within);
        }
        assert!(kept(&local) <= KEYS + SHARED, "{} are kept", kept(&local));
        assert!(kept(&local) > KEYS, "and those beyond share some");
        // What passes is what the cells hold, be there ever so many addresses.
        assert!(1_000_000 - refused <= KEYS + SHARED * 30, "{refused} were refused");
        // Who was there before the flood is counted alone.
        assert_eq!(local.counted(Limit::Requests, known), Some(known));
        for _ in 0..20 {
            assert_eq!(local.take(NOON, Limit::Requests, known), Taken::Within);
        }
        assert_ne!(local.take(NOON, Limit::Requests, known), Taken::Within);
        // When it is over, nothing is left of it.
        local.forget_old(NOON.after(60_000));
        assert_eq!(kept(&local), 0);
    }
}
