//! Reports and what they lead to: bans, and reporters who no longer count.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::Pool;
use super::housekeeping::Stale;
use super::snapshot::ReportState;
use super::timetable::Timetable;
use crate::event::{Departure, Event};
use crate::id::{Alias, DeviceId, ReportId};
use crate::order::{Measure, Order};
use crate::rejection::Rejection;
use crate::time::UnixMillis;

/// Reports, bans and dismissals.
#[derive(Default)]
pub(super) struct Safety {
    pub(super) bans: FxHashMap<DeviceId, Ban>,
    /// The ends of the bans that are not over, and perhaps of some that are.
    pub(super) running: Timetable<DeviceId>,
    /// The last report's number.
    pub(super) reports_made: u64,
    pub(super) reports: BTreeMap<ReportId, ReportState>,
    /// For each reported device the newest report of each reporter who counts.
    pub(super) against: FxHashMap<DeviceId, Vec<Accusation>>,
    /// When reports of a device were dismissed, oldest first.
    pub(super) dismissed: FxHashMap<DeviceId, VecDeque<UnixMillis>>,
}

/// The last word about a device: a ban, or with an end in the past a lift. Of two the greater one
/// holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Ban {
    pub(super) given: UnixMillis,
    pub(super) until: UnixMillis,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Accusation {
    pub(super) reporter: DeviceId,
    pub(super) report: ReportId,
    pub(super) at: UnixMillis,
}

impl Safety {
    /// How many bans, reports, accused and dismissed there are.
    pub(super) fn footprint(&self) -> usize {
        self.bans.len() + self.reports.len() + self.against.len() + self.dismissed.len()
    }

    /// A report no longer counts.
    pub(super) fn withdraw(&mut self, target: DeviceId, report: ReportId) {
        if let Some(accusations) = self.against.get_mut(&target) {
            accusations.retain(|accusation| accusation.report != report);
            if accusations.is_empty() {
                self.against.remove(&target);
            }
        }
    }

    /// Forgets the last word about a device.
    pub(super) fn remove_ban(&mut self, device: DeviceId) -> Option<Ban> {
        let ban = self.bans.remove(&device)?;
        self.running.remove(ban.until, device);
        Some(ban)
    }
}

impl Pool {
    pub(super) fn report(
        &mut self,
        device: DeviceId,
        target: Alias,
        reason: &Arc<str>,
        note: Option<&Arc<str>>,
    ) -> Result<(), Rejection> {
        let accused = self.met(device, target)?;
        if self.mark_reported(target.pair, target.side.other()) {
            return Err(Rejection::AlreadyReported);
        }
        let counted = !self.is_muted(device);
        self.safety.reports_made += 1;
        let (id, at) = (ReportId(self.safety.reports_made), self.clock);
        let (reason, note) = (Arc::clone(reason), note.cloned());
        let reporter = device;
        let (about, dismissed) = (accused, false);
        let report = ReportState { at, reporter, target: about, reason, note, counted, dismissed };
        self.safety.reports.insert(id, report);
        if let Some(slot) = self.devices.find(device) {
            self.tell(slot, Event::Reported { target });
        }
        if counted {
            self.accuse(accused, Accusation { reporter, report: id, at });
        }
        Ok(())
    }

    /// Counts a report, and bans when enough different people have reported.
    fn accuse(&mut self, accused: DeviceId, accusation: Accusation) {
        let clock = self.clock;
        let window = self.report_window_ms();
        let accusations = self.safety.against.entry(accused).or_default();
        accusations.retain(|former| {
            former.reporter != accusation.reporter && clock < former.at.after(window)
        });
        accusations.push(accusation);
        if accusations.len() >= self.policy.safety.reports_to_ban as usize {
            self.ban(accused, clock.after(self.ban_ms()));
        }
    }

    /// Bans a device, here and in the other pools. An end in the past is a lift.
    pub(super) fn ban(&mut self, device: DeviceId, until: UnixMillis) {
        let before = self.last_ban(device).map(|held| held.given.after(1));
        let given = self.clock.max(before.unwrap_or_default());
        self.note(Order { device, given, measure: Measure::Ban { until } });
        self.impose(device, Ban { given, until });
    }

    pub(super) fn lift(&mut self, device: DeviceId) {
        self.ban(device, UnixMillis::default());
    }

    /// Bans a device and ends what it is doing, or lifts its ban; the reports behind it are used
    /// up either way.
    pub(super) fn impose(&mut self, device: DeviceId, ban: Ban) {
        let (until, kept_until) = (ban.until, self.ban_kept_until(ban));
        if let Some(former) = self.safety.remove_ban(device) {
            self.stale.remove(self.ban_kept_until(former), Stale::Ban(device));
        }
        self.safety.against.remove(&device);
        if self.clock < kept_until {
            self.safety.bans.insert(device, ban);
            self.stale.insert(kept_until, Stale::Ban(device));
        }
        if until <= self.clock {
            return;
        }
        self.safety.running.insert(until, device);
        if let Some(slot) = self.devices.find(device) {
            self.stop(slot, Departure::Banned);
            self.forget_away(slot);
            self.tell(slot, Event::Banned { until });
            self.unhook(slot);
            self.retire(slot);
        }
    }

    pub(super) fn dismiss(&mut self, id: ReportId) -> Result<(), Rejection> {
        let (clock, window) = (self.clock, self.report_window_ms());
        let report = self
            .safety
            .reports
            .get_mut(&id)
            .filter(|report| clock < report.at.after(window))
            .ok_or(Rejection::UnknownReport)?;
        if std::mem::replace(&mut report.dismissed, true) {
            return Ok(());
        }
        let (reporter, target) = (report.reporter, report.target);
        self.safety.withdraw(target, id);
        let window = self.dismissal_window_ms();
        let times = self.safety.dismissed.entry(reporter).or_default();
        if let Some(newest) = times.back() {
            self.stale.remove(newest.after(window), Stale::Dismissals(reporter));
        }
        self.stale.insert(clock.after(window), Stale::Dismissals(reporter));
        times.push_back(clock);
        if times.len() > self.policy.safety.dismissals_to_mute as usize {
            times.pop_front();
        }
        Ok(())
    }

    /// Whether so many reports of a device were dismissed that it no longer counts.
    fn is_muted(&self, reporter: DeviceId) -> bool {
        let window = self.dismissal_window_ms();
        self.safety.dismissed.get(&reporter).is_some_and(|times| {
            let recent = times.iter().filter(|at| self.clock < at.after(window)).count();
            recent >= self.policy.safety.dismissals_to_mute as usize
        })
    }

    /// The end of a device's ban, if it is banned now.
    pub(super) fn banned_until(&self, device: DeviceId) -> Option<UnixMillis> {
        self.safety.banned_until(device, self.clock)
    }

    /// The last ban or lift of a device that may still matter.
    pub(super) fn last_ban(&self, device: DeviceId) -> Option<Ban> {
        let held = self.safety.bans.get(&device).copied();
        held.filter(|ban| self.clock < self.ban_kept_until(*ban))
    }

    /// Until when a ban or a lift is remembered. With other pools an earlier order may still be on
    /// its way when this one is over; one for reports is over itself after the time of a ban.
    pub(super) fn ban_kept_until(&self, ban: Ban) -> UnixMillis {
        let later =
            if self.policy.other_pools { ban.given.after(self.ban_ms()) } else { ban.until };
        ban.until.max(later)
    }

    fn ban_ms(&self) -> u64 {
        u64::from(self.policy.safety.ban_s) * 1_000
    }

    pub(super) fn report_window_ms(&self) -> u64 {
        u64::from(self.policy.safety.report_window_s) * 1_000
    }

    pub(super) fn dismissal_window_ms(&self) -> u64 {
        u64::from(self.policy.safety.dismissal_window_s) * 1_000
    }
}

/// The rules that still run, sorted.
impl Safety {
    pub(super) fn banned_until(&self, device: DeviceId, now: UnixMillis) -> Option<UnixMillis> {
        self.bans.get(&device).map(|ban| ban.until).filter(|until| now < *until)
    }

    #[expect(clippy::disallowed_methods, reason = "sorted")]
    pub(super) fn bans(&self) -> BTreeMap<DeviceId, Ban> {
        self.bans.iter().map(|(id, ban)| (*id, *ban)).collect()
    }

    #[expect(clippy::disallowed_methods, reason = "sorted")]
    pub(super) fn accusations(
        &self,
        now: UnixMillis,
        window: u64,
    ) -> BTreeMap<DeviceId, Vec<(DeviceId, ReportId)>> {
        let running = |accusations: &Vec<Accusation>| -> Vec<_> {
            let recent = accusations.iter().filter(|accusation| now < accusation.at.after(window));
            recent.map(|accusation| (accusation.reporter, accusation.report)).collect()
        };
        self.against
            .iter()
            .map(|(id, accusations)| (*id, running(accusations)))
            .filter(|(_, accusations)| !accusations.is_empty())
            .collect()
    }

    #[expect(clippy::disallowed_methods, reason = "sorted")]
    pub(super) fn dismissals(
        &self,
        now: UnixMillis,
        window: u64,
    ) -> BTreeMap<DeviceId, Vec<UnixMillis>> {
        let running = |times: &VecDeque<UnixMillis>| -> Vec<_> {
            times.iter().copied().filter(|at| now < at.after(window)).collect()
        };
        self.dismissed
            .iter()
            .map(|(id, times)| (*id, running(times)))
            .filter(|(_, times)| !times.is_empty())
            .collect()
    }
}
