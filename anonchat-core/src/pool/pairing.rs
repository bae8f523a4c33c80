//! Joining, going on and leaving; how a pair begins and ends.

use super::Pool;
use super::device::{Activity, Last, Persona, Slot, Talk};
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
        self.met.begin(pair, [a, b]);
        self.charge(slot, filter);
        self.charge(waiting, ticket.bucket.filter());
        let arrivals = [slot, waiting].map(|slot| self.devices[slot].arrival());
        let for_a = self.devices[waiting].as_peer(&ticket.persona, arrivals[1]);
        let for_b = self.devices[slot].as_peer(&persona, arrivals[0]);

        // The exclusion of the two begins with the end of the pair.
        let one = &mut self.devices[slot];
        one.last = Some(Last { pair, partner: b, until: since });
        let (side, arrival) = (Side::A, arrivals[0]);
        one.activity =
            Activity::Talking(Talk { persona, pair, side, arrival, partner: waiting, since });
        let other = &mut self.devices[waiting];
        other.last = Some(Last { pair, partner: a, until: since });
        let (persona, side, arrival) = (ticket.persona, Side::B, arrivals[1]);
        other.activity =
            Activity::Talking(Talk { persona, pair, side, arrival, partner: slot, since });

        for (slot, side, peer) in [(slot, Side::A, for_a), (waiting, Side::B, for_b)] {
            let left = self.allowance(slot);
            self.tell(slot, Event::Matched { pair, side, peer, since, left });
        }
    }

    /// Ends whatever a device is doing. The device itself is not told.
    pub(super) fn stop(&mut self, slot: Slot, why: Departure) {
        self.take_ticket(slot);
        let Some(talk) = self.devices[slot].talk().cloned() else { return };
        let until = self.clock.after(u64::from(self.policy.matching.rematch_after_s) * 1_000);
        self.met.end(talk.pair, self.clock);
        for slot in [slot, talk.partner] {
            let device = &mut self.devices[slot];
            device.activity = Activity::Idle;
            if let Some(last) = &mut device.last {
                last.until = until;
            }
        }
        self.tell(talk.partner, Event::PeerLeft { pair: talk.pair, why });
        self.forget_away(talk.partner);
        self.retire(talk.partner);
    }

    /// The last partner, while that exclusion holds for both.
    pub(super) fn former_partner(&self, slot: Slot) -> Option<Slot> {
        let last = self.devices[slot].last.filter(|last| self.clock < last.until)?;
        let partner = self.devices.find(last.partner)?;
        let same = self.devices[partner].last.is_some_and(|other| other.pair == last.pair);
        same.then_some(partner)
    }
}
