//! Instants as plain numbers. Nothing in this crate reads a clock.

use std::fmt;
use std::num::NonZeroU64;

/// Milliseconds since the Unix epoch, from 0 to [`UnixMillis::MAX`].
///
/// The maximum lies below 2^53, so that an instant is exact in every language that a store or a
/// client may be written in. Arithmetic saturates at both ends. An `Option` of one takes no more room.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnixMillis(NonZeroU64); // one more than the milliseconds

impl UnixMillis {
    /// The end of the year 9999.
    pub const MAX: Self = Self(NonZeroU64::MIN.saturating_add(MOST));

    /// Takes a number of milliseconds; larger ones become [`UnixMillis::MAX`].
    pub const fn new(millis: u64) -> Self {
        Self(NonZeroU64::MIN.saturating_add(if millis < MOST { millis } else { MOST }))
    }

    /// The number of milliseconds.
    pub const fn get(self) -> u64 {
        self.0.get() - 1
    }

    /// The instant `millis` later.
    #[must_use]
    pub const fn after(self, millis: u64) -> Self {
        Self::new(self.get().saturating_add(millis))
    }

    /// Milliseconds since `earlier`, 0 if that is not earlier.
    pub const fn since(self, earlier: Self) -> u64 {
        self.get().saturating_sub(earlier.get())
    }

    /// Milliseconds until `later`, 0 if that is not later.
    pub const fn until(self, later: Self) -> u64 {
        later.since(self)
    }
}

impl Default for UnixMillis {
    /// The epoch.
    fn default() -> Self {
        Self::new(0)
    }
}

impl fmt::Debug for UnixMillis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("UnixMillis").field(&self.get()).finish()
    }
}

/// A day of the daily limits: the UTC day, moved by the policy's offset.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(u32);

const DAY_MILLIS: u64 = 86_400_000;
/// The last millisecond of the year 9999.
const MOST: u64 = 253_402_300_799_999;

impl Day {
    /// The day in which `at` lies when every day starts `offset_min` minutes after 00:00 UTC.
    ///
    /// Instants before the first day's start belong to the first day.
    pub const fn of(at: UnixMillis, offset_min: u32) -> Self {
        Self((at.get().saturating_sub(offset_min as u64 * 60_000) / DAY_MILLIS) as u32)
    }

    /// The first instant of the following day.
    pub const fn end(self, offset_min: u32) -> UnixMillis {
        UnixMillis::new((self.0 as u64 + 1) * DAY_MILLIS + offset_min as u64 * 60_000)
    }

    /// Days since the epoch.
    pub const fn number(self) -> u64 {
        self.0 as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_ends_where_the_next_begins() {
        for offset in [0, 90, 1439] {
            let at = UnixMillis::new(20_000 * DAY_MILLIS + 7);
            let end = Day::of(at, offset).end(offset);
            assert!(end > at);
            assert_eq!(Day::of(end, offset).number(), Day::of(at, offset).number() + 1);
            assert_eq!(Day::of(UnixMillis::new(end.get() - 1), offset), Day::of(at, offset));
        }
    }

    #[test]
    fn arithmetic_saturates_at_both_ends() {
        assert_eq!(UnixMillis::new(u64::MAX).after(u64::MAX), UnixMillis::MAX);
        assert_eq!(UnixMillis::new(1).since(UnixMillis::new(2)), 0);
    }
}
