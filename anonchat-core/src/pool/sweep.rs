//! What time alone brings about.

use super::Pool;
use super::device::Slot;
use crate::id::{DeviceId, NodeId};
use crate::rejection::Rejection;

/// So many things that are due are carried out by one sweep.
const SWEEP: usize = 256;

/// Something that happens at an instant unless it is withdrawn before. Due things of the same
/// instant happen in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Due {
    /// A server is dead unless it has renewed its lease.
    Lease(NodeId),
    /// Somebody's grace ends.
    Grace(DeviceId),
    /// Two former partners, of whom this is one, may meet again.
    Rematch(DeviceId),
    /// An unfinished search goes on.
    Search(DeviceId),
    /// A block lapses unless one of the two was here.
    Lapse(DeviceId, DeviceId),
}

impl Pool {
    /// Carries out what is due: at most [`SWEEP`] things and at most one pair, for there is one
    /// pair id a command.
    pub(super) fn sweep(&mut self) -> Result<(), Rejection> {
        self.check_dice()?;
        for _ in 0..SWEEP {
            let Some(&(at, due)) = self.due.first().filter(|(at, _)| *at <= self.clock) else {
                break;
            };
            if let Due::Lease(node) = due
                && let Some(slot) = self.leases.lowest_device(node, &self.devices)
            {
                self.lose(slot);
                continue;
            }
            self.due.remove(&(at, due));
            self.carry_out(due);
            if self.dice.is_none() {
                break;
            }
        }
        Ok(())
    }

    /// Whether another sweep has something to do at this instant.
    pub(super) fn has_due(&self) -> bool {
        self.due.first().is_some_and(|(at, _)| *at <= self.clock)
    }

    fn carry_out(&mut self, due: Due) {
        match due {
            Due::Lease(node) => self.leases.forget(node),
            Due::Grace(device) => {
                if let Some(slot) = self.devices.find(device) {
                    self.end_grace(slot);
                }
            }
            Due::Rematch(device) => {
                if let Some(slot) = self.devices.find(device) {
                    self.try_rematch(slot);
                }
            }
            Due::Search(device) => {
                if let Some(slot) = self.devices.find(device)
                    && let Some(ticket) = self.devices[slot].matchable()
                    && let Some(seq) = ticket.searched
                {
                    self.match_waiting(slot, Some(seq.get()));
                }
            }
            Due::Lapse(blocker, blocked) => self.lapse(blocker, blocked),
        }
    }

    /// Notes when somebody who can be matched from now on may meet a former partner who waits.
    pub(super) fn expect_rematch(&mut self, slot: Slot) {
        let Some(partner) = self.former_partner(slot) else { return };
        let device = &self.devices[slot];
        if let Some(last) = device.last
            && self.devices[partner].matchable().is_some()
        {
            self.due.insert((last.until, Due::Rematch(device.id)));
        }
    }

    fn try_rematch(&mut self, slot: Slot) {
        let last = self.devices[slot].last;
        let partner = last.and_then(|last| self.devices.find_near(last.partner, last.slot));
        let Some(partner) = partner else { return };
        let order = |slot: Slot| self.devices[slot].ticket().map(|ticket| ticket.seq);
        if order(slot) < order(partner) {
            self.pair_if_acceptable(partner, slot);
        } else {
            self.pair_if_acceptable(slot, partner);
        }
    }

    /// Pairs two people if both wait and nothing stands between them (any more).
    pub(super) fn pair_if_acceptable(&mut self, slot: Slot, other: Slot) {
        if slot != other && self.acceptable(slot, other) {
            self.pair_waiting(slot, other);
        }
    }

    /// Whether two people who wait may be paired now.
    pub(super) fn acceptable(&self, slot: Slot, other: Slot) -> bool {
        let (one, two) = (&self.devices[slot], &self.devices[other]);
        match (one.matchable(), two.matchable()) {
            (Some(a), Some(b)) => {
                a.bucket.accepts(b.bucket)
                    && !self.blocks.between(one.id, two.id)
                    && self.former_partner(slot) != Some(other)
            }
            _ => false,
        }
    }
}
