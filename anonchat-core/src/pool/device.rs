//! What is known of a device while one of its rules runs, and no longer.

use std::ops::{Index, IndexMut};
use std::sync::Arc;

use rustc_hash::FxHashMap;
use slab::Slab;

use super::fairness::Tally;
use crate::bucket::Bucket;
use crate::event::{Arrival, Client, Peer};
use crate::id::{Conn, DeviceId, PairId, Side};
use crate::profile::{Gender, Profile, Proof};
use crate::time::UnixMillis;

/// The number under which a device's record is kept. Stable while the device waits or talks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Slot(u32);

/// Everything about a device but its blocks, reports and bans, which outlive its visits.
pub(super) struct Device {
    pub(super) id: DeviceId,
    pub(super) attached: Option<Attached>,
    /// The end of the grace, while the device is away.
    pub(super) away_until: Option<UnixMillis>,
    pub(super) activity: Activity,
    pub(super) cooldown_until: UnixMillis,
    pub(super) last: Option<Last>,
    pub(super) tally: Tally,
    pub(super) known: Option<Known>,
    /// When the record is to be dropped, while nothing but time-bound rules keeps it.
    pub(super) kept_until: Option<UnixMillis>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Attached {
    pub(super) conn: Conn,
    pub(super) client: Client,
}

#[derive(Clone)]
pub(super) enum Activity {
    Idle,
    Waiting(Ticket),
    Talking(Talk),
}

/// Who somebody is for one join: fixed there.
#[derive(Clone)]
pub(super) struct Persona {
    pub(super) profile: Arc<Profile>,
    pub(super) gender: Option<Gender>,
    pub(super) verified: bool,
}

#[derive(Clone)]
pub(super) struct Ticket {
    pub(super) persona: Persona,
    pub(super) bucket: Bucket,
    pub(super) since: UnixMillis,
    pub(super) seq: u64,
    pub(super) place: u32,
    /// How far an unfinished search for a partner has looked.
    pub(super) searched: Option<u64>,
}

#[derive(Clone)]
pub(super) struct Talk {
    pub(super) persona: Persona,
    pub(super) pair: PairId,
    pub(super) side: Side,
    pub(super) arrival: Arrival,
    pub(super) partner: Slot,
    pub(super) since: UnixMillis,
}

/// The last partner, who is not offered again until then.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Last {
    pub(super) pair: PairId,
    pub(super) partner: DeviceId,
    pub(super) until: UnixMillis,
}

/// A gender that was verified or declared.
///
/// Of two the greater one holds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Known {
    pub(super) given: UnixMillis,
    pub(super) gender: Gender,
    pub(super) proof: Proof,
}

/// All records.
#[derive(Default)]
pub(super) struct Devices {
    slots: Slab<Device>,
    index: FxHashMap<DeviceId, Slot>,
    /// How many have a connection.
    pub(super) online: u64,
}

impl Slot {
    #[cfg(test)]
    pub(super) const fn test(number: u32) -> Self {
        Self(number)
    }

    #[cfg(test)]
    pub(super) const fn number(self) -> u32 {
        self.0
    }
}

impl Device {
    fn new(id: DeviceId) -> Self {
        Self {
            id,
            attached: None,
            away_until: None,
            activity: Activity::Idle,
            cooldown_until: UnixMillis::default(),
            last: None,
            tally: Tally::default(),
            known: None,
            kept_until: None,
        }
    }

    /// Whether it has a connection, or a place that is kept for it.
    pub(super) fn is_present(&self) -> bool {
        self.attached.is_some() || !matches!(self.activity, Activity::Idle)
    }

    /// The ticket, while it waits.
    pub(super) fn ticket(&self) -> Option<&Ticket> {
        match &self.activity {
            Activity::Waiting(ticket) => Some(ticket),
            _ => None,
        }
    }

    /// The ticket, while it waits and can be matched.
    pub(super) fn matchable(&self) -> Option<&Ticket> {
        self.ticket().filter(|_| self.away_until.is_none())
    }

    /// The talk, while it talks.
    pub(super) fn talk(&self) -> Option<&Talk> {
        match &self.activity {
            Activity::Talking(talk) => Some(talk),
            _ => None,
        }
    }

    /// How it comes to a talk that its connection of now finds.
    pub(super) fn arrival(&self) -> Arrival {
        match self.attached {
            Some(Attached { client: Client::Seeker, .. }) => Arrival::Expected,
            _ => Arrival::Direct,
        }
    }

    /// What a partner is shown of it while it is `persona`.
    pub(super) fn as_peer(&self, persona: &Persona, arrival: Arrival) -> Peer {
        let heard_by = self.attached.filter(|_| arrival != Arrival::Expected);
        Peer {
            profile: Arc::clone(&persona.profile),
            gender: persona.gender,
            verified: persona.verified,
            route: heard_by.map(|attached| attached.conn),
            arrival,
        }
    }
}

impl Devices {
    pub(super) fn find(&self, id: DeviceId) -> Option<Slot> {
        self.index.get(&id).copied()
    }

    /// The record of a device, made if there is none.
    pub(super) fn enter(&mut self, id: DeviceId) -> Slot {
        let slots = &mut self.slots;
        *self.index.entry(id).or_insert_with(|| Slot(slots.insert(Device::new(id)) as u32))
    }

    /// Drops a record.
    pub(super) fn remove(&mut self, slot: Slot) {
        let device = self.slots.remove(slot.0 as usize);
        self.index.remove(&device.id);
        if self.slots.is_empty() || self.slots.len() * 4 < self.index.capacity() {
            self.index.shrink_to(self.slots.len() * 2);
        }
        if self.slots.is_empty() {
            self.slots.shrink_to_fit();
        }
    }

    /// How many records there are, and the bytes reserved for them.
    pub(super) fn footprint(&self) -> (usize, usize) {
        let entry = size_of::<(DeviceId, Slot)>() + 1;
        let bytes = self.slots.capacity() * size_of::<Device>() + self.index.capacity() * entry;
        (self.slots.len(), bytes)
    }

    /// All records, in no order that may show.
    pub(super) fn iter(&self) -> impl Iterator<Item = (Slot, &Device)> {
        self.slots.iter().map(|(number, device)| (Slot(number as u32), device))
    }
}

impl Index<Slot> for Devices {
    type Output = Device;

    fn index(&self, slot: Slot) -> &Device {
        &self.slots[slot.0 as usize]
    }
}

impl IndexMut<Slot> for Devices {
    fn index_mut(&mut self, slot: Slot) -> &mut Device {
        &mut self.slots[slot.0 as usize]
    }
}
