//! What is known of a device while one of its rules runs, and no longer.

use std::num::{NonZeroU32, NonZeroU64};
use std::ops::{Index, IndexMut};
use std::sync::Arc;

use super::fairness::Tally;
use super::index;
use super::pages::Pages;
use crate::bucket::Bucket;
use crate::event::{Arrival, Client, Peer};
use crate::id::{Conn, DeviceId, PairId, Side};
use crate::profile::{Gender, Profile, Proof};
use crate::time::UnixMillis;

/// The number under which a device's record is kept: what the device is called inside the pool.
/// It is another device's when the record has been dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Slot(NonZeroU32);

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
    /// Its neighbours among the devices of its server, while it is attached.
    pub(super) neighbours: [Option<Slot>; 2],
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Attached {
    pub(super) conn: Conn,
    pub(super) client: Client,
}

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

/// A place in the queue of a bucket. The gender is that of the bucket.
pub(super) struct Ticket {
    pub(super) profile: Arc<Profile>,
    pub(super) verified: bool,
    pub(super) bucket: Bucket,
    pub(super) since: UnixMillis,
    pub(super) seq: u64,
    pub(super) place: u32,
    /// How far an unfinished search for a partner has looked.
    pub(super) searched: Option<NonZeroU64>,
}

/// A talk with the [`Last`] partner.
pub(super) struct Talk {
    pub(super) profile: Arc<Profile>,
    pub(super) gender: Option<Gender>,
    pub(super) verified: bool,
    pub(super) side: Side,
    pub(super) arrival: Arrival,
    pub(super) since: UnixMillis,
}

/// A talk, and with whom.
#[derive(Clone, Copy)]
pub(super) struct Conversation<'a> {
    pub(super) talk: &'a Talk,
    pub(super) pair: PairId,
    /// The number of the meeting.
    pub(super) meeting: u32,
    pub(super) partner: Slot,
}

/// The last partner, who is not offered again until then.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Last {
    pub(super) pair: PairId,
    pub(super) partner: DeviceId,
    /// Where the partner's record is while they talk; later it may be another one's.
    pub(super) slot: Slot,
    /// The number of the meeting while they talk.
    pub(super) meeting: u32,
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
    records: Pages<Device>,
    index: index::Index,
    /// How many have a connection.
    pub(super) online: u64,
}

impl Slot {
    pub(super) const fn new(number: u32) -> Self {
        Self(NonZeroU32::MIN.saturating_add(number))
    }

    pub(super) const fn number(self) -> u32 {
        self.0.get() - 1
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
            neighbours: [None; 2],
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
    pub(super) fn talk(&self) -> Option<Conversation<'_>> {
        match (&self.activity, &self.last) {
            (Activity::Talking(talk), Some(Last { pair, meeting, slot, .. })) => {
                Some(Conversation { talk, pair: *pair, meeting: *meeting, partner: *slot })
            }
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

    /// What a partner is shown of it in a talk.
    pub(super) fn as_peer(&self, talk: &Talk) -> Peer {
        let heard_by = self.attached.filter(|_| talk.arrival != Arrival::Expected);
        Peer {
            profile: Arc::clone(&talk.profile),
            gender: talk.gender,
            verified: talk.verified,
            route: heard_by.map(|attached| attached.conn),
            arrival: talk.arrival,
        }
    }
}

impl Ticket {
    /// As whom it waits.
    pub(super) fn into_persona(self) -> Persona {
        Persona { profile: self.profile, gender: self.bucket.gender(), verified: self.verified }
    }
}

impl Devices {
    pub(super) fn find(&self, id: DeviceId) -> Option<Slot> {
        self.index.find(id.as_bytes(), |number| self.records[number].id.as_bytes()).map(Slot::new)
    }

    /// The record of a device that is perhaps still where it was.
    pub(super) fn find_near(&self, id: DeviceId, slot: Slot) -> Option<Slot> {
        let is_there = self.records.get(slot.number()).is_some_and(|device| device.id == id);
        if is_there { Some(slot) } else { self.find(id) }
    }

    /// The record of a device, made if there is none.
    pub(super) fn enter(&mut self, id: DeviceId) -> Slot {
        self.find(id).unwrap_or_else(|| {
            let number = self.records.insert(Device::new(id));
            self.index.insert(id.as_bytes(), number);
            Slot::new(number)
        })
    }

    /// Drops a record.
    pub(super) fn remove(&mut self, slot: Slot) {
        if let Some(device) = self.records.remove(slot.number()) {
            self.index.remove(device.id.as_bytes(), slot.number());
        }
    }

    /// How many records there are, and the bytes reserved for them.
    pub(super) fn footprint(&self) -> (usize, usize) {
        (self.records.len(), self.records.footprint() + self.index.footprint())
    }

    /// All records, in no order that may show.
    pub(super) fn iter(&self) -> impl Iterator<Item = (Slot, &Device)> {
        self.records.iter().map(|(number, device)| (Slot::new(number), device))
    }
}

impl Index<Slot> for Devices {
    type Output = Device;

    fn index(&self, slot: Slot) -> &Device {
        &self.records[slot.number()]
    }
}

impl IndexMut<Slot> for Devices {
    fn index_mut(&mut self, slot: Slot) -> &mut Device {
        &mut self.records[slot.number()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_takes_three_lines_of_the_cache() {
        assert!(size_of::<Device>() <= 192, "{}", size_of::<Device>());
    }
}
