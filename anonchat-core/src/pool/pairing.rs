//! Joining, going on and leaving; how a pair begins and ends.

use super::Pool;
use super::device::{Activity, Conversation, Last, Persona, Slot, Talk};
use crate::command::Wish;
use crate::event::{Departure, Event};
use crate::id::{Conn, DeviceId, Side};
use crate::profile::Filter;
use crate::rejection::Rejection;

impl Pool {
    pub(super) fn join(
        &mut self,
        device: DeviceId,
        conn: Conn,
        wish: &Wish,
    ) -> Result<(), Rejection> {
        self.check_dice()?;
        let slot = self.holder(device, conn)?;
        self.try_join(slot, wish)
    }

    pub(super) fn next(
        &mut self,
        device: DeviceId,
        conn: Conn,
        wish: &Wish,
    ) -> Result<(), Rejection> {
        self.check_dice()?;
        let slot = self.holder(device, conn)?;
        self.stop(slot, Departure::Next);
        self.tell(slot, Event::Left);
        if let Err(rejection) = self.try_join(slot, wish) {
            self.tell(slot, Event::JoinRefused { rejection });
        }
        Ok(())
    }

    pub(super) fn leave(
        &mut self,
        device: DeviceId,
        conn: Conn,
        why: Departure,
    ) -> Result<(), Rejection> {
        let slot = self.holder(device, conn)?;
        self.stop(slot, why.of_choice());
        self.tell(slot, Event::Left);
        Ok(())
    }

    fn try_join(&mut self, slot: Slot, wish: &Wish) -> Result<(), Rejection> {
        match self.devices[slot].activity {
            Activity::Talking(_) => return Err(Rejection::AlreadyPaired),
            Activity::Waiting(_) => return Err(Rejection::AlreadyWaiting),
            Activity::Idle => {}
        }
        let persona = self.persona(slot, wish)?;
        self.admit(slot, wish.filter)?;
        self.start_cooldown(slot);
        self.arrive(slot, wish.filter, persona);
        Ok(())
    }

    /// Makes a pair of an arrival and somebody who waits, and charges both.
    pub(super) fn pair(&mut self, slot: Slot, filter: Filter, persona: Persona, waiting: Slot) {
        let (Some(pair), Some(ticket)) = (self.dice.take(), self.take_ticket(waiting)) else {
            debug_assert!(false, "one pair a command, with somebody who waits");
            return;
        };
        let since = self.clock;
        let (a, b) = (self.devices[slot].id, self.devices[waiting].id);
        let meeting = self.met.begin(pair, [a, b]);
        let places = [
            (
                slot,
                filter,
                persona,
                Side::A,
                Last { pair, partner: b, slot: waiting, meeting, until: since },
            ),
            (
                waiting,
                ticket.bucket.filter(),
                ticket.into_persona(),
                Side::B,
                Last { pair, partner: a, slot, meeting, until: since },
            ),
        ];
        let peers = places.map(|(slot, filter, persona, side, last)| {
            self.charge(slot, filter);
            let device = &mut self.devices[slot];
            let (Persona { profile, gender, verified }, arrival) = (persona, device.arrival());
            let talk = Talk { profile, gender, verified, side, arrival, since };
            let peer = device.as_peer(&talk);
            // The exclusion of the two begins with the end of the pair.
            device.last = Some(last);
            device.activity = Activity::Talking(talk);
            peer
        });
        let [a, b] = peers;
        for (slot, side, peer) in [(slot, Side::A, b), (waiting, Side::B, a)] {
            let left = self.allowance(slot);
            self.tell(slot, Event::Matched { pair, side, peer, since, left });
        }
    }

    /// Ends whatever a device is doing. The device itself is not told.
    pub(super) fn stop(&mut self, slot: Slot, why: Departure) {
        self.take_ticket(slot);
        let Some(Conversation { pair, meeting, partner, .. }) = self.devices[slot].talk() else {
            return;
        };
        let until = self.clock.after(u64::from(self.policy.matching.rematch_after_s) * 1_000);
        self.met.end(meeting, self.clock);
        for slot in [slot, partner] {
            let device = &mut self.devices[slot];
            device.activity = Activity::Idle;
            if let Some(last) = &mut device.last {
                last.until = until;
            }
        }
        self.tell(partner, Event::PeerLeft { pair, why });
        self.forget_away(partner);
        self.retire(partner);
    }

    /// The last partner, while that exclusion holds for both.
    pub(super) fn former_partner(&self, slot: Slot) -> Option<Slot> {
        let last = self.devices[slot].last.filter(|last| self.clock < last.until)?;
        let partner = self.devices.find_near(last.partner, last.slot)?;
        let same = self.devices[partner].last.is_some_and(|other| other.pair == last.pair);
        same.then_some(partner)
    }
}
