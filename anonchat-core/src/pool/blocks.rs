//! Blocks: two people who never meet again.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap;

use super::Pool;
use super::sweep::Due;
use crate::event::{Departure, Event};
use crate::id::{Alias, DeviceId};
use crate::rejection::Rejection;
use crate::time::UnixMillis;

/// Who blocks whom.
#[derive(Default)]
pub(super) struct Blocks {
    blocked: FxHashMap<DeviceId, BTreeMap<DeviceId, Alias>>,
    blockers: FxHashMap<DeviceId, BTreeSet<DeviceId>>,
    /// When those with a block on either side were last here, if they are not.
    seen: FxHashMap<DeviceId, UnixMillis>,
}

impl Blocks {
    /// Whether a device blocks or is blocked.
    pub(super) fn touches(&self, device: DeviceId) -> bool {
        self.blocked.contains_key(&device) || self.blockers.contains_key(&device)
    }

    /// Whether one of the two blocks the other.
    pub(super) fn between(&self, one: DeviceId, other: DeviceId) -> bool {
        self.find(one, other).is_some() || self.find(other, one).is_some()
    }

    fn find(&self, blocker: DeviceId, blocked: DeviceId) -> Option<Alias> {
        self.blocked.get(&blocker)?.get(&blocked).copied()
    }

    fn count(&self, blocker: DeviceId) -> usize {
        self.blocked.get(&blocker).map_or(0, BTreeMap::len)
    }

    /// Whom a device blocks, the lowest first.
    pub(super) fn held_by(&self, blocker: DeviceId) -> impl Iterator<Item = DeviceId> {
        self.blocked.get(&blocker).into_iter().flat_map(|held| held.keys().copied())
    }

    /// Whom a block is about; the lowest device, should two blocks have the same name.
    fn by_name(&self, blocker: DeviceId, block: Alias) -> Option<DeviceId> {
        let blocked = self.blocked.get(&blocker)?;
        blocked.iter().find(|(_, name)| **name == block).map(|(device, _)| *device)
    }

    pub(super) fn insert(&mut self, blocker: DeviceId, blocked: DeviceId, block: Alias) {
        self.blocked.entry(blocker).or_default().insert(blocked, block);
        self.blockers.entry(blocked).or_default().insert(blocker);
    }

    fn remove(&mut self, blocker: DeviceId, blocked: DeviceId) {
        if let Some(held) = self.blocked.get_mut(&blocker) {
            held.remove(&blocked);
            if held.is_empty() {
                self.blocked.remove(&blocker);
            }
        }
        if let Some(held) = self.blockers.get_mut(&blocked) {
            held.remove(&blocker);
            if held.is_empty() {
                self.blockers.remove(&blocked);
            }
        }
        for device in [blocker, blocked] {
            if !self.touches(device) {
                self.seen.remove(&device);
            }
        }
    }

    /// Notes that a device is gone since `now`, if that will matter.
    pub(super) fn note_seen(&mut self, device: DeviceId, now: UnixMillis) {
        if self.touches(device) {
            self.seen.insert(device, now);
        }
    }

    /// How many devices block, are blocked, or were seen with a block.
    pub(super) fn footprint(&self) -> usize {
        self.blocked.len() + self.blockers.len() + self.seen.len()
    }

    #[expect(clippy::disallowed_methods, reason = "the snapshot sorts what it takes from here")]
    pub(super) fn iter(&self) -> impl Iterator<Item = (DeviceId, DeviceId, Alias)> {
        self.blocked
            .iter()
            .flat_map(|(by, held)| held.iter().map(|(whom, name)| (*by, *whom, *name)))
    }
}

impl Pool {
    pub(super) fn block(&mut self, device: DeviceId, target: Alias) -> Result<(), Rejection> {
        let other = self.met(device, target)?;
        let block = match self.blocks.find(device, other) {
            Some(block) => block,
            None => {
                let max = self.policy.matching.max_blocks;
                if self.blocks.count(device) >= max as usize {
                    return Err(Rejection::TooManyBlocks { max });
                }
                self.blocks.insert(device, other, target);
                for id in [device, other] {
                    if !self.is_here(id) {
                        self.blocks.note_seen(id, self.clock);
                    }
                }
                self.due.insert((self.lapse_end(self.clock), Due::Lapse(device, other)));
                target
            }
        };
        if let Some(slot) = self.devices.find(device) {
            let talk = self.devices[slot].talk().map(|talk| (talk.partner, talk.pair));
            if let Some((_, pair)) = talk.filter(|talk| self.devices[talk.0].id == other) {
                self.stop(slot, Departure::Blocked);
                if block.pair != pair {
                    // The name is that of an earlier pair, which does not say what has ended.
                    self.tell(slot, Event::PeerLeft { pair, why: Departure::Blocked });
                }
                self.forget_away(slot);
            }
            self.tell(slot, Event::Blocked { block });
            self.retire(slot);
        }
        Ok(())
    }

    pub(super) fn unblock(&mut self, device: DeviceId, block: Alias) -> Result<(), Rejection> {
        self.check_dice()?;
        let other = self.blocks.by_name(device, block).ok_or(Rejection::UnknownBlock)?;
        self.blocks.remove(device, other);
        let (slot, other) = (self.devices.find(device), self.devices.find(other));
        if let Some(slot) = slot {
            self.tell(slot, Event::Unblocked { block });
        }
        if let (Some(slot), Some(other)) = (slot, other) {
            self.pair_if_acceptable(slot, other);
        }
        Ok(())
    }

    /// The time of a block has come: it goes unless one of the two was here since.
    pub(super) fn lapse(&mut self, blocker: DeviceId, blocked: DeviceId) {
        if self.blocks.find(blocker, blocked).is_none() {
            return;
        }
        let seen = [blocker, blocked].map(|id| self.last_seen(id));
        let end = self.lapse_end(seen[0].max(seen[1]));
        if end <= self.clock {
            self.blocks.remove(blocker, blocked);
        } else {
            self.due.insert((end, Due::Lapse(blocker, blocked)));
        }
    }

    /// When somebody with a block on either side was last here.
    pub(super) fn last_seen(&self, device: DeviceId) -> UnixMillis {
        if self.is_here(device) {
            self.clock
        } else {
            self.blocks.seen.get(&device).copied().unwrap_or_default()
        }
    }

    fn is_here(&self, device: DeviceId) -> bool {
        self.devices.find(device).is_some_and(|slot| self.devices[slot].is_present())
    }

    pub(super) fn lapse_end(&self, seen: UnixMillis) -> UnixMillis {
        seen.after(u64::from(self.policy.matching.block_lapse_days) * 86_400_000)
    }
}
