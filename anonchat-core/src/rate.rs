//! How often one client address may do something: what is counted, and who counts it for several
//! servers.

use async_trait::async_trait;

use crate::policy::Rates;
use crate::store::StoreError;
use crate::time::UnixMillis;

/// What is counted for each client address, or for whatever else a [`RateKey`] stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Limit {
    /// REST requests: [`Rates::rest_per_minute`].
    Requests,
    /// Pictures to be judged: [`Rates::verifications_per_hour`].
    Verifications,
    /// Sign-ins with a wrong admin key: [`Rates::sign_ins_per_minute`].
    SignIns,
    /// Room sessions: [`Rates::sessions_per_hour`].
    Sessions,
    /// Rooms: [`Rates::rooms_per_hour`].
    Rooms,
    /// Room messages, by session: [`Rates::room_messages_per_minute`].
    RoomMessages,
    /// Frames of a device at all servers, [`frames_in_a_unit`] at a time:
    /// [`Rates::frames_per_minute`].
    Frames,
}

/// Who is counted: a keyed hash of an address or of a session, never the address itself.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RateKey([u8; 16]);

/// How much of something, and how fast it comes back: a bucket of `units`, all there at the
/// beginning, into which one returns every `interval_us` microseconds until it is full.
///
/// So nobody gets more than `units` at once, nor more than twice as many in any window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// Units of a full bucket; at least 1.
    pub units: u32,
    /// Microseconds in which one unit comes back; at least 1.
    pub interval_us: u64,
}

/// Whether there was a unit left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// There was.
    Within,
    /// There was none, and nothing was counted.
    Beyond {
        /// Milliseconds until there is one again, if nobody takes it; at least 1.
        wait_ms: u64,
    },
}

/// Counts for all servers of a deployment.
///
/// Each bucket is a [`Quota`] of the policy that the implementation was made with: see
/// [`Limit::quota`]. A limit without a quota is always [`Taken::Within`].
///
/// # To be correct, an implementation must
///
/// 1. **Count in one step.** Of calls that run at once, no more than the quota allows are within.
/// 2. **Not believe the future.** A bucket that seems emptier than empty, because a clock was wrong,
///    is an empty one.
/// 3. **Forget.** Nothing is kept of a bucket that is full again.
/// 4. **Answer soon.** A call that cannot be answered ends with [`StoreError::Unavailable`]; the
///    caller counts by itself then.
#[async_trait]
pub trait RateLimits: Send + Sync + 'static {
    /// Takes a unit, if there is one.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`], if it is not known whether there was.
    async fn take(&self, at: UnixMillis, limit: Limit, key: RateKey) -> Result<Taken, StoreError>;

    /// Says what [`take`](Self::take) would say, and takes nothing.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`], if it is not known.
    async fn look(&self, at: UnixMillis, limit: Limit, key: RateKey) -> Result<Taken, StoreError>;
}

const MINUTE_US: u64 = 60_000_000;
const HOUR_US: u64 = 60 * MINUTE_US;

impl Limit {
    /// Every limit.
    pub const ALL: [Self; 7] = [
        Self::Requests,
        Self::Verifications,
        Self::SignIns,
        Self::Sessions,
        Self::Rooms,
        Self::RoomMessages,
        Self::Frames,
    ];

    /// A short name, such as `requests`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Requests => "requests",
            Self::Verifications => "verifications",
            Self::SignIns => "sign-ins",
            Self::Sessions => "sessions",
            Self::Rooms => "rooms",
            Self::RoomMessages => "room-messages",
            Self::Frames => "frames",
        }
    }

    /// How much the policy allows; `None` means as much as anybody likes.
    pub fn quota(self, rates: &Rates) -> Option<Quota> {
        let (units, window_us) = match self {
            Self::Requests => (rates.rest_per_minute, MINUTE_US),
            Self::Verifications => (rates.verifications_per_hour, HOUR_US),
            Self::SignIns => (rates.sign_ins_per_minute, MINUTE_US),
            Self::Sessions => (rates.sessions_per_hour, HOUR_US),
            Self::Rooms => (rates.rooms_per_hour, HOUR_US),
            Self::RoomMessages => (rates.room_messages_per_minute, MINUTE_US),
            Self::Frames => return frames(rates),
        };
        // Rounded up, so that no window ever has room for one more.
        (units > 0).then(|| Quota { units, interval_us: window_us.div_ceil(units.into()) })
    }
}

/// How many frames of a device stand for one unit of [`Limit::Frames`]: a server tells the others
/// of a quarter of what a minute allows, so that a frame costs it nothing.
pub fn frames_in_a_unit(rates: &Rates) -> u32 {
    (rates.frames_per_minute / 4).max(1)
}

/// Twice what a minute allows, since the windows in which a session counts may touch: somebody who
/// stays at one server is never beyond it.
fn frames(rates: &Rates) -> Option<Quota> {
    let (frames, unit) = (rates.frames_per_minute, frames_in_a_unit(rates));
    (frames > 0).then(|| Quota {
        units: frames.div_ceil(unit).saturating_mul(2),
        interval_us: MINUTE_US * u64::from(unit) / u64::from(frames),
    })
}

impl RateKey {
    /// Takes 128 bits of a keyed hash.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The bits.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

/// Says nothing of whom it stands for.
impl std::fmt::Debug for RateKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RateKey")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_full_bucket_comes_back_in_the_window_of_its_limit_and_not_sooner() {
        let rates = Rates { rest_per_minute: 7, ..Rates::default() };
        for (limit, units, window_us) in [
            (Limit::Requests, 7, MINUTE_US),
            (Limit::Verifications, 20, HOUR_US),
            (Limit::SignIns, 5, MINUTE_US),
            (Limit::Sessions, 5, HOUR_US),
            (Limit::Rooms, 3, HOUR_US),
            (Limit::RoomMessages, 10, MINUTE_US),
        ] {
            let quota = limit.quota(&rates).expect("a limit");
            assert_eq!(quota.units, units, "{limit:?}");
            let full_us = quota.interval_us * u64::from(units);
            assert!((window_us..window_us + u64::from(units)).contains(&full_us), "{limit:?}");
        }
    }

    #[test]
    fn zero_means_no_limit() {
        let rates = Rates {
            rest_per_minute: 0,
            verifications_per_hour: 0,
            sign_ins_per_minute: 0,
            sessions_per_hour: 0,
            rooms_per_hour: 0,
            room_messages_per_minute: 0,
            frames_per_minute: 0,
            ..Rates::default()
        };
        for limit in Limit::ALL {
            assert_eq!(limit.quota(&rates), None);
        }
    }

    #[test]
    fn the_most_that_a_policy_allows_still_has_an_interval() {
        let rates = Rates { rest_per_minute: 1_000_000, ..Rates::default() };
        let quota = Limit::Requests.quota(&rates).expect("a limit");
        assert_eq!(quota, Quota { units: 1_000_000, interval_us: 60 });
    }

    #[test]
    fn who_sends_all_that_a_session_accepts_at_one_server_is_never_beyond_the_limit_of_all() {
        for frames_per_minute in [1, 2, 3, 4, 7, 60, 61, 1_000_000] {
            let rates = Rates { frames_per_minute, ..Rates::default() };
            let (quota, unit) = (Limit::Frames.quota(&rates), frames_in_a_unit(&rates));
            let quota = quota.expect("a limit");
            // Windows that touch: all of one at its end, all of the next at its beginning.
            let full_us = u64::from(quota.units) * quota.interval_us;
            let (mut left_us, mut untold) = (full_us, 0);
            for window in 0..100 {
                untold += frames_per_minute;
                let told = untold / unit;
                untold %= unit;
                let told_us = u64::from(told) * quota.interval_us;
                assert!(told_us <= left_us, "{frames_per_minute} a minute, window {window}");
                let back_us = if window % 2 == 0 { 0 } else { 2 * MINUTE_US };
                left_us = (left_us - told_us + back_us).min(full_us);
            }
        }
    }

    #[test]
    fn every_limit_has_a_name_of_its_own_and_a_key_shows_nothing() {
        let names: BTreeSet<_> = Limit::ALL.into_iter().map(Limit::as_str).collect();
        assert_eq!(names.len(), Limit::ALL.len());
        assert_eq!(format!("{:?}", RateKey::from_bytes([7; 16])), "RateKey");
    }
}
