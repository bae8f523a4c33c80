//! Which connection speaks for a device, and what the loss of it means.

use super::Pool;
use super::device::{Activity, Attached, Conversation, Slot};
use super::sweep::Due;
use crate::event::{Arrival, Client, Departure, Event, Phase};
use crate::id::{Conn, DeviceId, PairId};
use crate::rejection::Rejection;
use crate::time::UnixMillis;

impl Pool {
    pub(super) fn attach(
        &mut self,
        device: DeviceId,
        conn: Conn,
        client: Client,
        again: bool,
    ) -> Result<(), Rejection> {
        self.come_in(device, conn, client, again, None)
    }

    pub(super) fn enter_talk(
        &mut self,
        device: DeviceId,
        conn: Conn,
        pair: PairId,
        again: bool,
    ) -> Result<(), Rejection> {
        self.come_in(device, conn, Client::Capability, again, Some(pair))
    }

    fn come_in(
        &mut self,
        device: DeviceId,
        conn: Conn,
        client: Client,
        again: bool,
        only: Option<PairId>,
    ) -> Result<(), Rejection> {
        self.check_dice()?;
        if let Some(until) = self.banned_until(device) {
            return Err(Rejection::Banned { until });
        }
        let found = self.devices.find(device);
        let held = found.and_then(|slot| self.devices[slot].attached);
        // Whoever missed that it was replaced may not do the same to the newer one.
        if let Some(newer) = held.filter(|held| again && held.conn != conn) {
            return Err(Rejection::Replaced { by: newer.client });
        }
        let talk = found.and_then(|slot| self.devices[slot].talk());
        let (pair, arrival) = (talk.map(|talk| talk.pair), talk.map(|talk| talk.talk.arrival));
        if only.is_some() && pair != only {
            return Err(Rejection::UnknownPeer);
        }
        if arrival.is_some_and(|arrival| arrival != Arrival::Direct) && !client.has_rooms() {
            return Err(Rejection::Replaced { by: Client::Capability });
        }
        let slot = self.enter(device, found);
        let seeks = client == Client::Seeker;
        if seeks && arrival.is_some_and(|arrival| arrival != Arrival::Expected) {
            self.stop(slot, Departure::Left);
        }
        let former = held.map(|held| held.conn);
        if former.is_some_and(|former| former != conn) {
            self.tell(slot, Event::Replaced { by: client });
            self.unhook(slot);
            self.tell_away(slot, self.grace_end());
        }
        self.devices[slot].attached = Some(Attached { conn, client });
        let arrives = self.arrive_at_talk(slot, client);
        if former != Some(conn) {
            let (now, policy) = (self.clock, &self.policy);
            self.leases.add(conn.node, slot, &mut self.devices, now, policy, &mut self.due);
            self.devices.online += 1;
        }
        if arrives || former != Some(conn) && !seeks {
            self.tell_partner(slot, |pair| Event::PeerBack { pair, route: conn });
        }
        let returned = self.forget_away(slot);
        let (phase, left) = (self.phase(slot), self.allowance(slot));
        let gender = self.gender_now(slot);
        self.tell(slot, Event::Attached { phase, left, gender });
        if returned && self.queues.set_here(&self.devices[slot]) {
            self.expect_rematch(slot);
            self.match_waiting(slot, None);
        }
        Ok(())
    }

    pub(super) fn detach(&mut self, device: DeviceId, conn: Conn) -> Result<(), Rejection> {
        let slot = self.holder(device, conn)?;
        self.lose(slot);
        Ok(())
    }

    /// Whether somebody was expected, who has come with that.
    fn arrive_at_talk(&mut self, slot: Slot, client: Client) -> bool {
        match &mut self.devices[slot].activity {
            Activity::Talking(talk)
                if talk.arrival == Arrival::Expected && client != Client::Seeker =>
            {
                talk.arrival = Arrival::Arrived;
                true
            }
            _ => false,
        }
    }

    /// The connection of a device is gone: it is away within the grace, or it has left.
    pub(super) fn lose(&mut self, slot: Slot) {
        let Some(attached) = self.devices[slot].attached else { return };
        self.unhook(slot);
        let grace = attached.client.has_grace() && self.policy.connection.grace_s > 0;
        if grace && !matches!(self.devices[slot].activity, Activity::Idle) {
            let until = self.grace_end();
            self.queues.set_away(&self.devices[slot]);
            self.devices[slot].away_until = Some(until);
            self.due.insert((until, Due::Grace(self.devices[slot].id)));
            self.tell_away(slot, until);
        } else {
            self.stop(slot, Departure::Lost);
            self.retire(slot);
        }
    }

    /// The grace of somebody away has ended.
    pub(super) fn end_grace(&mut self, slot: Slot) {
        if self.forget_away(slot) {
            self.stop(slot, Departure::Lost);
            self.retire(slot);
        }
    }

    /// Takes a device's connection from it without any other consequence.
    pub(super) fn unhook(&mut self, slot: Slot) {
        if let Some(attached) = self.devices[slot].attached.take() {
            self.leases.remove(attached.conn.node, slot, &mut self.devices);
            self.devices.online -= 1;
        }
    }

    /// The device is no longer away. Returns whether it was.
    pub(super) fn forget_away(&mut self, slot: Slot) -> bool {
        let device = &mut self.devices[slot];
        let Some(until) = device.away_until.take() else { return false };
        self.due.remove(&(until, Due::Grace(device.id)));
        true
    }

    /// The record of a device, if `conn` speaks for it.
    pub(super) fn holder(&self, device: DeviceId, conn: Conn) -> Result<Slot, Rejection> {
        self.devices
            .find(device)
            .filter(|slot| self.devices[*slot].attached.is_some_and(|held| held.conn == conn))
            .ok_or(Rejection::NotAttached)
    }

    /// The record of a device, made if none was found, and no longer to be dropped.
    pub(super) fn enter(&mut self, device: DeviceId, found: Option<Slot>) -> Slot {
        let slot = found.unwrap_or_else(|| self.devices.enter(device));
        if let Some(until) = self.devices[slot].kept_until.take() {
            self.retired.remove(until, slot);
            if until <= self.clock {
                // It was to be forgotten already: nothing may hang on whether it was.
                self.devices.remove(slot);
                return self.devices.enter(device);
            }
        }
        slot
    }

    /// Drops the record of a device that is gone, now or when its last rule has ended. One that
    /// was gone before stays as it is: it was not seen just now.
    pub(super) fn retire(&mut self, slot: Slot) {
        if self.devices[slot].is_present() || self.devices[slot].kept_until.is_some() {
            return;
        }
        let id = self.devices[slot].id;
        self.blocks.note_seen(id, self.clock);
        let device = &self.devices[slot];
        let counts = if self.tally(slot).total > 0 { self.tomorrow } else { UnixMillis::default() };
        let until = counts
            .max(device.cooldown_until)
            .max(device.last.map_or(counts, |last| last.until))
            .max(device.known.map_or(counts, |known| self.known_until(known.given)));
        if until <= self.clock {
            self.devices.remove(slot);
        } else {
            self.devices[slot].kept_until = Some(until);
            self.retired.insert(until, slot);
        }
    }

    fn phase(&self, slot: Slot) -> Phase {
        match &self.devices[slot].activity {
            Activity::Idle => Phase::Idle,
            Activity::Waiting(ticket) => Phase::Waiting {
                filter: ticket.bucket.filter(),
                profile: ticket.profile.clone(),
                since: ticket.since,
            },
            Activity::Talking(_) => {
                let Some(Conversation { talk, pair, partner, .. }) = self.devices[slot].talk()
                else {
                    return Phase::Idle;
                };
                let partner = &self.devices[partner];
                let theirs = partner.talk().map_or(talk, |theirs| theirs.talk);
                Phase::Paired {
                    pair,
                    side: talk.side,
                    profile: talk.profile.clone(),
                    peer: partner.as_peer(theirs),
                    since: talk.since,
                }
            }
        }
    }

    fn grace_end(&self) -> UnixMillis {
        self.clock.after(u64::from(self.policy.connection.grace_s) * 1_000)
    }

    /// Of somebody who is expected it is nothing new that they are not there.
    fn tell_away(&mut self, slot: Slot, until: UnixMillis) {
        let talk = self.devices[slot].talk();
        if talk.is_some_and(|talk| talk.talk.arrival != Arrival::Expected) {
            self.tell_partner(slot, |pair| Event::PeerAway { pair, until });
        }
    }

    fn tell_partner(&mut self, slot: Slot, event: impl FnOnce(PairId) -> Event) {
        if let Some(Conversation { partner, pair, .. }) = self.devices[slot].talk() {
            self.tell(partner, event(pair));
        }
    }
}
