//! Answers to questions.

use super::Pool;
use crate::query::{Census, Query, Report, View, Wait};
use crate::time::UnixMillis;

impl Pool {
    /// Looks at the pool as it is at `at`, without changing it.
    ///
    /// Constant or logarithmic cost, but for [`Query::Reports`] and [`Query::Outbox`],
    /// which are linear in their limit.
    pub fn read(&self, at: UnixMillis, query: &Query) -> View {
        let now = self.clock.max(at);
        match query {
            Query::Census => View::Census(Census {
                online: self.devices.online,
                waiting: self.queues.here(),
                pairs: self.met.talking(),
            }),
            Query::Standing { device } => {
                View::Standing { banned_until: self.safety.banned_until(*device, now) }
            }
            Query::Wait { device } => View::Wait(self.devices.find(*device).and_then(|slot| {
                let ticket = self.devices[slot].ticket()?;
                Some(Wait {
                    filter: ticket.bucket.filter(),
                    since: ticket.since,
                    position: u64::from(self.queues.rank(ticket)) + 1,
                    waiting: self.queues.here(),
                    blocks: self.blocks.touches(*device),
                })
            })),
            Query::Reports { limit } => View::Reports(self.recent_reports(now, *limit)),
            Query::Outbox { after, limit } => {
                View::Outbox(self.pending_orders(now, *after).take(*limit).collect())
            }
        }
    }

    fn recent_reports(&self, now: UnixMillis, limit: usize) -> Vec<Report> {
        let window = self.report_window_ms();
        self.safety
            .reports
            .values()
            .rev()
            .take_while(|report| now < report.at.after(window))
            .take(limit)
            .cloned()
            .collect()
    }
}
