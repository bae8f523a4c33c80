//! The 25 queues, and the search through those that are compatible.

use std::num::NonZeroU64;

use super::Pool;
use super::arrivals::{Arrivals, Waiter};
use super::device::{Activity, Device, Devices, Persona, Slot, Ticket};
use super::sweep::Due;
use crate::bucket::{Bucket, Buckets};
use crate::event::Event;
use crate::profile::Filter;

/// So many people who are out of the question are looked past by one command; then the arrival
/// waits, and the next sweep looks on from there.
pub(super) const LOOK_PAST: u32 = 512;

/// Everybody who waits.
#[derive(Default)]
pub(super) struct Queues {
    queues: [Arrivals; Bucket::COUNT],
    occupied: Buckets,
    here: u64,
}

/// What came of a search.
pub(super) enum Search {
    /// The longest-waiting acceptable person.
    Found(Slot),
    /// There is nobody.
    Nobody,
    /// Everybody up to this `seq` is out of the question; others are left to look at.
    Unfinished(u64),
}

impl Queues {
    /// How many wait and can be matched.
    pub(super) fn here(&self) -> u64 {
        self.here
    }

    /// The same for each bucket.
    pub(super) fn by_bucket(&self) -> [u64; Bucket::COUNT] {
        self.queues.each_ref().map(|queue| queue.here().into())
    }

    /// How many wait in these buckets and can be matched.
    pub(super) fn count(&self, buckets: Buckets) -> u64 {
        let queues = buckets.and(self.occupied).iter();
        queues.map(|bucket| u64::from(self.queues[bucket.index()].here())).sum()
    }

    /// How many in the ticket's bucket come before it.
    pub(super) fn rank(&self, ticket: &Ticket) -> u32 {
        self.queues[ticket.bucket.index()].rank(ticket.place)
    }

    /// The bytes reserved for the queues.
    pub(super) fn footprint(&self) -> usize {
        self.queues.iter().map(Arrivals::footprint).sum()
    }

    pub(super) fn push(&mut self, bucket: Bucket, seq: u64, slot: Slot) -> u32 {
        self.here += 1;
        self.occupied = self.occupied.with(bucket);
        self.queues[bucket.index()].push(seq, slot)
    }

    /// Puts somebody back who waits. Returns whether they do.
    pub(super) fn set_here(&mut self, device: &Device) -> bool {
        let Some(ticket) = device.ticket() else { return false };
        self.here += 1;
        self.occupied = self.occupied.with(ticket.bucket);
        self.queues[ticket.bucket.index()].set_here(ticket.place);
        true
    }

    /// Puts somebody aside who waits. Whoever does not wait is in no queue.
    pub(super) fn set_away(&mut self, device: &Device) {
        if let Some(ticket) = device.ticket() {
            self.here -= 1;
            self.queues[ticket.bucket.index()].set_away(ticket.place);
            self.note_occupied(ticket.bucket);
        }
    }

    /// Drops a ticket's place, and tells those whose place changes by it.
    pub(super) fn remove(&mut self, bucket: Bucket, place: u32, devices: &mut Devices) {
        let queue = &mut self.queues[bucket.index()];
        let before = queue.here();
        queue.remove(place, |slot, place| {
            if let Activity::Waiting(ticket) = &mut devices[slot].activity {
                ticket.place = place;
            }
        });
        self.here -= u64::from(before - queue.here());
        self.note_occupied(bucket);
    }

    fn note_occupied(&mut self, bucket: Bucket) {
        if self.queues[bucket.index()].here() == 0 {
            self.occupied = self.occupied.without(bucket);
        }
    }

    /// The first of those whom [`Self::candidates`] finds.
    fn first(&self, bucket: Bucket) -> Option<Waiter> {
        let occupied = bucket.compatible().and(self.occupied).iter();
        let heads = occupied.filter_map(|bucket| self.queues[bucket.index()].first());
        heads.min_by_key(|waiter| waiter.seq)
    }

    /// Those who may be matched with somebody in `bucket` as far as gender and filter go, the
    /// longest-waiting first, who arrived after `seq`.
    fn candidates(&self, bucket: Bucket, seq: Option<u64>) -> Candidates<'_> {
        let mut heads = [None; Bucket::COUNT];
        let mut count = 0;
        for bucket in bucket.compatible().and(self.occupied).iter() {
            let queue = &self.queues[bucket.index()];
            let head = match seq {
                None => queue.first(),
                Some(seq) => queue.after_seq(seq),
            };
            heads[count] = head.map(|waiter| (waiter, queue));
            count += usize::from(head.is_some());
        }
        Candidates { heads, count }
    }
}

/// Several queues, merged by arrival.
struct Candidates<'a> {
    heads: [Option<(Waiter, &'a Arrivals)>; Bucket::COUNT],
    count: usize,
}

impl Iterator for Candidates<'_> {
    type Item = Waiter;

    fn next(&mut self) -> Option<Waiter> {
        let head = self.heads[..self.count]
            .iter_mut()
            .filter(|head| head.is_some())
            .min_by_key(|head| head.map(|(waiter, _)| waiter.seq))?;
        let (waiter, queue) = (*head)?;
        *head = queue.after(waiter.place).map(|next| (next, queue));
        Some(waiter)
    }
}

impl Pool {
    /// Looks for the longest-waiting acceptable person for `slot`, whose join is to be in
    /// `bucket`, among those who arrived after `seq`.
    pub(super) fn search(&self, slot: Slot, bucket: Bucket, seq: Option<u64>) -> Search {
        let device = &self.devices[slot];
        let blocks = self.blocks.touches(device.id);
        let former = self.former_partner(slot);
        let excluded = |other: Slot| {
            former == Some(other)
                || blocks && self.blocks.between(device.id, self.devices[other].id)
        };
        if seq.is_none() {
            // Nearly always it is the first one.
            match self.queues.first(bucket) {
                None => return Search::Nobody,
                Some(Waiter { slot: first, .. }) if first != slot && !excluded(first) => {
                    return Search::Found(first);
                }
                Some(_) => {}
            }
        }
        let mut looked = 0;
        for waiter in self.queues.candidates(bucket, seq) {
            if waiter.slot == slot {
                continue;
            }
            if !excluded(waiter.slot) {
                return Search::Found(waiter.slot);
            }
            looked += 1;
            if looked == LOOK_PAST {
                return Search::Unfinished(waiter.seq);
            }
        }
        Search::Nobody
    }

    /// Pairs an arrival with the longest-waiting acceptable person, or lets it wait.
    pub(super) fn arrive(&mut self, slot: Slot, filter: Filter, persona: Persona) {
        let bucket = Bucket::of(persona.gender, filter);
        let searched = match self.search(slot, bucket, None) {
            Search::Found(waiting) => return self.pair(slot, filter, persona, waiting),
            Search::Unfinished(seq) => NonZeroU64::new(seq),
            Search::Nobody => None,
        };
        let (seq, since) = (self.seq, self.clock);
        let place = self.queues.push(bucket, seq, slot);
        let Persona { profile, verified, .. } = persona;
        let ticket = Ticket { profile, verified, bucket, since, seq, place, searched };
        self.devices[slot].activity = Activity::Waiting(ticket);
        if searched.is_some() {
            self.due.insert((self.clock, Due::Search(self.devices[slot].id)));
        }
        self.expect_rematch(slot);
        let left = self.allowance(slot);
        self.tell(slot, Event::Queued { filter, since, left });
    }

    /// Looks (on) for a partner of somebody who waits and can be matched. Returns whether there
    /// was one.
    pub(super) fn match_waiting(&mut self, slot: Slot, seq: Option<u64>) -> bool {
        let Some(ticket) = self.devices[slot].matchable() else { return false };
        let searched = match self.search(slot, ticket.bucket, seq) {
            Search::Found(waiting) => {
                self.pair_waiting(slot, waiting);
                return true;
            }
            Search::Unfinished(seq) => NonZeroU64::new(seq),
            Search::Nobody => None,
        };
        if let Activity::Waiting(ticket) = &mut self.devices[slot].activity {
            ticket.searched = searched;
        }
        if searched.is_some() {
            self.due.insert((self.clock, Due::Search(self.devices[slot].id)));
        }
        false
    }

    /// Pairs two who both wait.
    pub(super) fn pair_waiting(&mut self, slot: Slot, waiting: Slot) {
        if let Some(ticket) = self.take_ticket(slot) {
            self.pair(slot, ticket.bucket.filter(), ticket.into_persona(), waiting);
        }
    }

    /// Ends somebody's waiting.
    pub(super) fn take_ticket(&mut self, slot: Slot) -> Option<Ticket> {
        let device = &mut self.devices[slot];
        if !matches!(device.activity, Activity::Waiting(_)) {
            return None;
        }
        let Activity::Waiting(ticket) = std::mem::replace(&mut device.activity, Activity::Idle)
        else {
            return None;
        };
        self.queues.remove(ticket.bucket, ticket.place, &mut self.devices);
        Some(ticket)
    }
}
