//! What is to outlive a process that keeps its pools in memory: bans, blocks, reports and counts.
//!
//! Nothing of it is a word that somebody wrote, and everybody in it is a keyed hash.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Pool;
use super::fairness::Tally;
use super::housekeeping::Stale;
use super::safety::{Accusation, Ban};
use super::snapshot::{BanState, ReportState};
use super::sweep::Due;
use crate::id::{Alias, DeviceId, ReportId};
use crate::policy::Policy;
use crate::time::{Day, UnixMillis};

/// Numbers of reports are exact up to here wherever they are kept; nobody comes so far.
const MOST_REPORTS: u64 = (1 << 53) - 1;

/// What a pool knows of people's safety and of today's counts: [`Pool::safety_state`].
///
/// Who is there, waits or talks is not in it, nor who met whom, whose gender is known, when somebody
/// may join again and who was whose last partner: a restart ends those.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SafetyState {
    /// The pool's time.
    pub clock: UnixMillis,
    /// The last ban or lift of each device.
    pub bans: BTreeMap<DeviceId, BanState>,
    /// Who blocks whom, under which name.
    pub blocks: BTreeMap<(DeviceId, DeviceId), Alias>,
    /// When everybody with a block on either side was last here.
    pub seen: BTreeMap<DeviceId, UnixMillis>,
    /// The last report's number.
    pub reports_made: u64,
    /// Reports that are not too old, without their words.
    pub reports: BTreeMap<ReportId, WordlessReport>,
    /// The reports that count against each device: one for each reporter, oldest first.
    pub accusations: BTreeMap<DeviceId, Vec<ReportId>>,
    /// When reports of each device were dismissed, oldest first.
    pub dismissals: BTreeMap<DeviceId, Vec<UnixMillis>>,
    /// The matches of each device on the day of `clock`.
    pub counts: BTreeMap<DeviceId, CountState>,
}

/// A report without its words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WordlessReport {
    /// When it was made.
    pub at: UnixMillis,
    /// By whom.
    pub reporter: DeviceId,
    /// About whom.
    pub target: DeviceId,
    /// Whether the reporter counted when it was made.
    pub counted: bool,
    /// Whether a moderator dismissed it.
    pub dismissed: bool,
}

/// The matches of a device on one day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CountState {
    /// In all.
    pub total: u32,
    /// Through each specific filter.
    pub per_filter: [u16; 4],
}

impl SafetyState {
    /// Takes over a ban or a lift of another pool, if it is later than what is known of the
    /// device; the reports that count against it are used up then. This is what the pools do among
    /// each other while they run, and may not have done yet when the state was taken.
    pub fn adopt(&mut self, device: DeviceId, ban: BanState) {
        let held = self.bans.get(&device).map(|held| (held.given, held.until));
        if held < Some((ban.given, ban.until)) {
            self.bans.insert(device, ban);
            self.accusations.remove(&device);
        }
    }
}

impl Pool {
    /// What is known of people's safety, as of the last command. Linear in that, and in the
    /// devices of which anything is known.
    pub fn safety_state(&self) -> SafetyState {
        let window = self.report_window_ms();
        let running = |at: UnixMillis| self.clock < at.after(window);
        let accusations = self.safety.accusations(self.clock, window);
        let numbers = |held: Vec<(DeviceId, ReportId)>| held.into_iter().map(|(_, id)| id);
        let bans = self.safety.bans().into_iter();
        SafetyState {
            clock: self.clock,
            bans: bans
                .filter(|(_, ban)| self.clock < self.ban_kept_until(*ban))
                .map(|(device, ban)| (device, BanState { given: ban.given, until: ban.until }))
                .collect(),
            blocks: self.blocks.iter().map(|(by, whom, name)| ((by, whom), name)).collect(),
            seen: self
                .blocks
                .iter()
                .flat_map(|(by, whom, _)| [by, whom])
                .map(|device| (device, self.last_seen(device)))
                .collect(),
            reports_made: self.safety.reports_made,
            reports: self
                .safety
                .reports
                .iter()
                .filter(|(_, report)| running(report.at))
                .map(|(id, report)| {
                    let &ReportState { at, reporter, target, counted, dismissed, .. } = report;
                    (*id, WordlessReport { at, reporter, target, counted, dismissed })
                })
                .collect(),
            accusations: accusations
                .into_iter()
                .map(|(device, held)| (device, numbers(held).collect()))
                .collect(),
            dismissals: self.safety.dismissals(self.clock, self.dismissal_window_ms()),
            counts: self
                .devices
                .iter()
                .map(|(slot, device)| (device.id, self.tally(slot)))
                .filter(|(_, tally)| tally.total > 0)
                .map(|(device, Tally { total, per_filter, .. })| {
                    (device, CountState { total, per_filter })
                })
                .collect(),
        }
    }

    /// A pool of which nothing is known but this, at `at` or at the state's own time if that is
    /// later.
    ///
    /// Total: what is over by then is left out, and so is what contradicts itself. Reports come
    /// back with an empty reason and no note. The outbox is empty: with other pools, let each
    /// [`adopt`](SafetyState::adopt) the bans of the others before.
    pub fn restore(policy: Arc<Policy>, at: UnixMillis, state: &SafetyState) -> Self {
        let mut pool = Self::new(policy);
        pool.advance(at.max(state.clock));
        // Before the blocks: nobody is seen by being counted.
        pool.restore_counts(state);
        pool.restore_blocks(state);
        for (device, BanState { given, until }) in &state.bans {
            pool.impose(*device, Ban { given: *given, until: *until });
        }
        pool.restore_reports(state);
        pool.restore_dismissals(state);
        pool
    }

    fn restore_counts(&mut self, state: &SafetyState) {
        let (day, rules) = (self.today(), self.policy.matching.clone());
        if Day::of(state.clock, rules.day_offset_min) != day {
            return;
        }
        let most = |limit: u32| if limit == 0 { u32::MAX } else { limit };
        for (device, count) in &state.counts {
            let total = count.total.min(most(rules.daily_total));
            let per_filter = count.per_filter.map(|count| {
                count.min(most(rules.daily_per_filter).try_into().unwrap_or(u16::MAX))
            });
            let slot = self.devices.enter(*device);
            self.devices[slot].tally = Tally { day, total, per_filter };
            self.retire(slot);
        }
    }

    fn restore_blocks(&mut self, state: &SafetyState) {
        for (&(by, whom), name) in &state.blocks {
            if by == whom {
                continue;
            }
            self.blocks.insert(by, whom, *name);
            let seen = [by, whom].map(|device| {
                let seen = state.seen.get(&device).copied().unwrap_or(state.clock);
                self.blocks.note_seen(device, seen);
                seen
            });
            let lapses = self.lapse_end(seen[0].max(seen[1]));
            self.due.insert((lapses, Due::Lapse(by, whom)));
        }
    }

    fn restore_reports(&mut self, state: &SafetyState) {
        let window = self.report_window_ms();
        let last = state.reports.keys().next_back().map_or(0, |id| id.0);
        self.safety.reports_made = state.reports_made.max(last).min(MOST_REPORTS);
        // Their numbers have no holes, and their instants rise with them.
        let (mut next, mut latest) = (self.safety.reports_made, self.clock);
        for (&id, report) in state.reports.iter().rev() {
            let WordlessReport { at, reporter, target, counted, dismissed } = *report;
            if id.0 != next || next == 0 || at > latest || at.after(window) <= self.clock {
                break;
            }
            (next, latest) = (next - 1, at);
            let (reason, note) = (Arc::from(""), None);
            let report = ReportState { at, reporter, target, reason, note, counted, dismissed };
            self.safety.reports.insert(id, report);
        }
        for (device, numbers) in &state.accusations {
            let reports = numbers.iter().filter_map(|id| {
                let found = self.safety.reports.get(id)?;
                Some(Accusation { reporter: found.reporter, report: *id, at: found.at })
                    .filter(|_| found.target == *device && !found.dismissed)
            });
            let held: Vec<_> = reports.collect();
            if !held.is_empty() {
                self.safety.against.insert(*device, held);
            }
        }
    }

    fn restore_dismissals(&mut self, state: &SafetyState) {
        let window = self.dismissal_window_ms();
        for (device, times) in &state.dismissals {
            let mut times: Vec<_> =
                times.iter().copied().filter(|at| self.clock < at.after(window)).collect();
            times.sort_unstable();
            let most = self.policy.safety.dismissals_to_mute as usize;
            times.drain(..times.len().saturating_sub(most));
            if let Some(newest) = times.last() {
                self.stale.insert(newest.after(window), Stale::Dismissals(*device));
                self.safety.dismissed.insert(*device, times.into());
            }
        }
    }
}
