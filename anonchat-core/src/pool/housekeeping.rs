//! Forgetting: what no rule needs any more gives its memory back. Nothing here changes an answer.

use super::Pool;
use crate::id::DeviceId;
use crate::time::UnixMillis;

/// Something that no rule needs after an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stale {
    /// A ban.
    Ban(DeviceId),
    /// All dismissed reports of a device.
    Dismissals(DeviceId),
    /// The order that a device's gender is known.
    Order(DeviceId),
}

impl Pool {
    /// Forgets at most `budget` things of each kind. Every command adds at most two of a kind, so
    /// that two a command keep up.
    pub(super) fn keep_house(&mut self, budget: usize) {
        for _ in 0..budget {
            // Not `retire`: the device was not seen just now, and its blocks lapse from when it was.
            let Some((_, slot)) = self.retired.pop(self.clock) else { break };
            self.devices.remove(slot);
        }
        for _ in 0..budget {
            let Some((at, stale)) = self.stale.pop(self.clock) else { break };
            self.forget(stale, at);
        }
        for _ in 0..budget {
            if self.safety.running.pop(self.clock).is_none() {
                break;
            }
        }
        let window = self.report_after_ms();
        for _ in 0..budget {
            if !self.met.forget_one(self.clock, window) {
                break;
            }
        }
        for _ in 0..budget {
            let window = self.report_window_ms();
            let oldest = self.safety.reports.first_key_value();
            let Some((&id, report)) = oldest.filter(|(_, r)| r.at.after(window) <= self.clock)
            else {
                break;
            };
            let target = report.target;
            self.safety.reports.remove(&id);
            self.safety.withdraw(target, id);
        }
    }

    fn forget(&mut self, stale: Stale, at: UnixMillis) {
        match stale {
            Stale::Ban(device) => {
                let held = self.safety.bans.get(&device);
                if held.is_some_and(|ban| self.ban_kept_until(*ban) == at) {
                    self.safety.remove_ban(device);
                }
            }
            Stale::Dismissals(reporter) => {
                self.safety.dismissed.remove(&reporter);
            }
            Stale::Order(device) => self.forget_order(device),
        }
    }
}
