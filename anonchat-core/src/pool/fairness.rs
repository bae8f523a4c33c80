//! Fair shares: the cooldown between joins and the daily limits.

use super::Pool;
use super::device::Slot;
use crate::event::Allowance;
use crate::profile::{Filter, Gender};
use crate::rejection::Rejection;
use crate::time::{Day, UnixMillis};

/// The matches of one day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) day: Day,
    pub(super) total: u32,
    pub(super) per_filter: [u16; 4],
}

impl Pool {
    pub(super) fn today(&self) -> Day {
        self.today
    }

    /// Today's matches of a device.
    pub(super) fn tally(&self, slot: Slot) -> Tally {
        let (tally, day) = (self.devices[slot].tally, self.today());
        if tally.day == day { tally } else { Tally { day, ..Tally::default() } }
    }

    /// Refuses a device that joins again too soon or has used up its matches of today.
    pub(super) fn admit(&self, slot: Slot, filter: Filter) -> Result<(), Rejection> {
        let rules = &self.policy.matching;
        let tally = self.tally(slot);
        let resets = tally.day.end(rules.day_offset_min);
        if rules.daily_total > 0 && tally.total >= rules.daily_total {
            return Err(Rejection::DailyTotal { resets });
        }
        match filter {
            Filter::Only(gender)
                if rules.daily_per_filter > 0
                    && u32::from(tally.per_filter[gender.index()]) >= rules.daily_per_filter =>
            {
                return Err(Rejection::DailyLimit { filter: gender, resets });
            }
            _ => {}
        }
        let until = self.devices[slot].cooldown_until;
        if self.clock < until { Err(Rejection::Cooldown { until }) } else { Ok(()) }
    }

    pub(super) fn start_cooldown(&mut self, slot: Slot) {
        let until = self.clock.after(self.policy.matching.cooldown_ms.into());
        self.devices[slot].cooldown_until = until;
    }

    /// Counts a match for a device, under the filter it used.
    pub(super) fn charge(&mut self, slot: Slot, filter: Filter) {
        let mut tally = self.tally(slot);
        tally.total = tally.total.saturating_add(1);
        if let Some(gender) = filter.gender() {
            let count = &mut tally.per_filter[gender.index()];
            *count = count.saturating_add(1);
        }
        self.devices[slot].tally = tally;
    }

    /// Matches left today.
    pub(super) fn allowance(&self, slot: Slot) -> Allowance {
        let limit = self.policy.matching.daily_per_filter;
        if limit == 0 {
            return Allowance::UNLIMITED;
        }
        let tally = self.tally(slot);
        Allowance::new(
            Gender::ALL
                .map(|gender| limit.saturating_sub(tally.per_filter[gender.index()].into()) as u16),
        )
    }

    /// Whether no match is left through some filter on the day of `now`.
    pub(super) fn is_used_up(&self, slot: Slot, now: UnixMillis) -> bool {
        let (rules, tally) = (&self.policy.matching, self.devices[slot].tally);
        let most = tally.per_filter.iter().copied().max().unwrap_or_default();
        rules.daily_per_filter > 0
            && tally.day == Day::of(now, rules.day_offset_min)
            && u32::from(most) >= rules.daily_per_filter
    }
}
