//! Answers to questions.

use std::ops::Bound;

use super::Pool;
use super::snapshot::ReportState;
use crate::bucket::Bucket;
use crate::id::{DeviceId, ReportId};
use crate::query::{BanView, Census, Query, Report, Reports, View, Wait};
use crate::time::UnixMillis;

/// So many of those whom somebody blocks are looked up by one question.
const LOOK_UP: usize = 200;

impl Pool {
    /// Looks at the pool as it is at `at`, without changing it.
    ///
    /// Constant or logarithmic cost, but for [`Query::Reports`], [`Query::Bans`] and
    /// [`Query::Outbox`], which are linear in their limit, and [`Query::Wait`], which looks up at
    /// most 200 people whom the device blocks.
    pub fn read(&self, at: UnixMillis, query: &Query) -> View {
        let now = self.clock.max(at);
        match query {
            Query::Census => View::Census(self.census(now)),
            Query::Standing { device } => {
                View::Standing { banned_until: self.safety.banned_until(*device, now) }
            }
            Query::Wait { device } => View::Wait(self.devices.find(*device).and_then(|slot| {
                let ticket = self.devices[slot].ticket()?;
                let (bucket, last) = (ticket.bucket, self.devices[slot].last);
                Some(Wait {
                    filter: bucket.filter(),
                    gender: bucket.gender(),
                    since: ticket.since,
                    position: u64::from(self.queues.rank(ticket)) + 1,
                    waiting: self.queues.here(),
                    beyond_filter: self.queues.count(bucket.beyond_filter()),
                    beyond_gender: self.queues.count(bucket.beyond_gender()),
                    blocks: self.blocks.held_by(*device).next().is_some(),
                    blocked: self.blocked_here(*device, bucket),
                    rematch: last.is_some_and(|last| now < last.until),
                    used_up: self.is_used_up(slot, now),
                })
            })),
            Query::Reports { before, open, limit } => {
                View::Reports(self.recent_reports(now, *before, *open, *limit))
            }
            Query::Bans { after, limit } => View::Bans(self.running_bans(now, *after, *limit)),
            Query::Outbox { after, limit } => {
                View::Outbox(self.pending_orders(now, *after).take(*limit).collect())
            }
        }
    }

    fn census(&self, now: UnixMillis) -> Census {
        // Those that are over are forgotten with the next commands; there are never many.
        let over = self.safety.running.entries().range(..=(now, DeviceId::LAST)).count();
        Census {
            online: self.devices.online,
            waiting: self.queues.here(),
            pairs: self.met.talking(),
            buckets: self.queues.by_bucket(),
            bans: (self.safety.running.entries().len() - over) as u64,
            reports: self.count_reports(now),
            matches: self.met.made(),
        }
    }

    /// How many reports are not too old. Their numbers have no holes and their instants rise with
    /// them, so that halving finds the first one.
    fn count_reports(&self, now: UnixMillis) -> u64 {
        let reports = &self.safety.reports;
        let Some((&ReportId(oldest), _)) = reports.first_key_value() else { return 0 };
        let (mut first, mut end) = (oldest, self.safety.reports_made + 1);
        let mut middle = first;
        while first < end {
            let report = reports.get(&ReportId(middle));
            if report.is_some_and(|report| self.is_recent_report(report, now)) {
                end = middle;
            } else {
                first = middle + 1;
            }
            middle = first.midpoint(end);
        }
        self.safety.reports_made + 1 - first
    }

    fn is_recent_report(&self, report: &ReportState, now: UnixMillis) -> bool {
        now < report.at.after(self.report_window_ms())
    }

    fn recent_reports(
        &self,
        now: UnixMillis,
        before: Option<ReportId>,
        open: bool,
        limit: usize,
    ) -> Reports {
        let end = before.map_or(Bound::Unbounded, Bound::Excluded);
        let recent = self.safety.reports.range((Bound::Unbounded, end)).rev();
        let recent = recent.take_while(|(_, report)| self.is_recent_report(report, now));
        let (mut page, mut last) = (Reports::default(), None);
        for (looked, (id, report)) in recent.enumerate() {
            if looked == Reports::EXAMINED || page.reports.len() == limit {
                page.next = last;
                break;
            }
            last = Some(*id);
            if !open || self.is_open(report, now) {
                page.reports.push(self.describe(*id, report, now));
            }
        }
        page
    }

    /// Whether a report still asks for a decision.
    fn is_open(&self, report: &ReportState, now: UnixMillis) -> bool {
        let ban = self.safety.bans.get(&report.target);
        let answered = ban.is_some_and(|ban| now < ban.until && report.at <= ban.given);
        !report.dismissed && !answered
    }

    fn describe(&self, id: ReportId, report: &ReportState, now: UnixMillis) -> Report {
        let window = self.report_window_ms();
        let against = self.safety.against.get(&report.target).map_or(0, |accusations| {
            accusations.iter().filter(|accusation| now < accusation.at.after(window)).count()
        });
        let ReportState { at, reporter, target, reason, note, counted, dismissed } = report.clone();
        let banned_until = self.safety.banned_until(target, now);
        let against = u32::try_from(against).unwrap_or(u32::MAX);
        Report { id, at, reporter, target, reason, note, counted, dismissed, against, banned_until }
    }

    fn running_bans(
        &self,
        now: UnixMillis,
        after: Option<(UnixMillis, DeviceId)>,
        limit: usize,
    ) -> Vec<BanView> {
        let over = (now, DeviceId::LAST);
        let start = Bound::Excluded(after.map_or(over, |after| after.max(over)));
        let running = self.safety.running.entries().range((start, Bound::Unbounded)).take(limit);
        let view = |(until, device): &(UnixMillis, DeviceId)| {
            let given = self.safety.bans.get(device)?.given;
            Some(BanView { device: *device, given, until: *until })
        };
        running.filter_map(view).collect()
    }

    /// How many wait whom somebody in `bucket` would meet but for having blocked them.
    fn blocked_here(&self, device: DeviceId, bucket: Bucket) -> u64 {
        let held = self.blocks.held_by(device).take(LOOK_UP);
        let waits = |other: &DeviceId| {
            let slot = self.devices.find(*other);
            let ticket = slot.and_then(|slot| self.devices[slot].matchable());
            ticket.is_some_and(|ticket| bucket.compatible().contains(ticket.bucket))
        };
        held.filter(waits).count() as u64
    }
}
