//! What is true of the rooms after every command.

use std::collections::BTreeSet;

use super::Rooms;
use super::event::RoomEnvelope;
use super::id::{RoomCode, SessionId};
use super::record::{Room, Seat};
use super::sweep::Due;
use crate::pool::Violation;
use crate::time::UnixMillis;

macro_rules! hold {
    ($condition:expr, $($why:tt)*) => {
        if !$condition {
            return Err(Violation::new(format!($($why)*)));
        }
    };
}

impl Rooms {
    /// Checks every invariant, and that `mail` (the facts of the last commit) went to connections
    /// that listen, or did until that commit.
    ///
    /// # Errors
    ///
    /// The first [`Violation`] that is found.
    pub fn check(&self, mail: &[RoomEnvelope]) -> Result<(), Violation> {
        let rules = &self.policy.rooms;
        hold!(self.mail.is_empty(), "mail was left behind");
        hold!(self.sessions.len() <= rules.max_sessions as usize, "too many sessions");
        hold!(self.rooms.len() <= rules.max_rooms as usize, "too many rooms");
        for room in self.rooms.values() {
            self.check_room(room)?;
        }
        self.check_sessions()?;
        self.check_connections()?;
        self.check_due()?;
        let codes: BTreeSet<_> = self.rooms.values().map(|room| (room.code, room.number)).collect();
        hold!(codes.into_iter().eq(self.codes.iter().map(|(c, n)| (*c, *n))), "codes name rooms");
        let kept = || self.rooms.values().flat_map(|room| &room.messages);
        hold!(self.messages == kept().count() as u64, "messages are counted");
        let reported = kept().filter(|kept| !kept.reports.is_empty()).map(|kept| kept.message.id);
        hold!(reported.eq(self.reported.iter().copied()), "reported messages are listed");
        hold!(mail.iter().all(|envelope| envelope.seq == self.seq), "mail of this commit");
        for (place, envelope) in mail.iter().enumerate() {
            let (conn, later) = (envelope.conn, &mail[place + 1..]);
            hold!(
                !envelope.event.is_last() || later.iter().all(|next| next.conn != conn),
                "mail after the last"
            );
            let ended = later.iter().any(|next| next.conn == conn && next.event.is_last());
            // A sweep may find out that a server is dead after it has told its connections.
            let lease = self.leases.get(&conn.node);
            let dead = lease.is_none_or(|until| *until <= self.clock);
            let listens = self.seats.contains_key(&conn) || ended || dead;
            let last = envelope.event.is_last();
            hold!(!last || !self.seats.contains_key(&conn), "{conn:?} listens on");
            hold!(last || listens, "{conn:?} was told {:?}", envelope.event);
        }
        Ok(())
    }

    /// Some instant at which something is due, the sooner the smaller `place` is.
    pub(crate) fn due_at(&self, place: usize) -> Option<UnixMillis> {
        self.due.iter().nth(place).map(|(at, _)| *at)
    }

    /// A room that is there, and some member of it, the owner for 0.
    pub(crate) fn some_room(&self, room: usize, member: usize) -> Option<(RoomCode, SessionId)> {
        let room = self.rooms.values().cycle().take(self.rooms.len().max(1) * 8).nth(room)?;
        let member = match member {
            0 => room.owner?,
            place => *room.members.keys().nth(place % room.members.len().max(1))?,
        };
        Some((room.code, member))
    }

    fn check_room(&self, room: &Room) -> Result<(), Violation> {
        let (rules, number) = (&self.policy.rooms, room.number);
        let most = room.max_participants.unwrap_or(u32::MAX).min(rules.max_members);
        hold!(room.members.len() <= most as usize, "room {number} is too full");
        hold!(room.owner.is_some() != room.members.is_empty(), "room {number} and its owner");
        hold!(room.members.is_empty() == room.empty_until.is_some(), "room {number} has an end");
        hold!(!(room.members.is_empty() && room.locked), "room {number} is locked for nobody");
        if let Some(owner) = room.owner {
            hold!(room.members.contains_key(&owner), "the owner of room {number} is no member");
        }
        hold!(room.aliases.len() == room.members.len(), "room {number} has one alias a member");
        for (session, member) in &room.members {
            hold!(room.aliases.get(&member.alias) == Some(session), "an alias of room {number}");
            hold!(!room.banned.contains(session), "a banned member of room {number}");
            hold!(member.conns.len() <= rules.max_connections as usize, "too many connections");
            let theirs = room.conns.iter().filter(|(_, whose)| *whose == session);
            let theirs: BTreeSet<_> = theirs.map(|(conn, _)| *conn).collect();
            hold!(theirs == member.conns.iter().copied().collect(), "connections of {session:?}");
        }
        let whose = room.conns.values();
        hold!(whose.into_iter().all(|s| room.members.contains_key(s)), "only members listen");
        hold!(room.banned.len() <= rules.max_room_bans as usize, "too many bans");
        hold!(room.messages.len() <= rules.max_messages as usize, "too many messages");
        hold!(room.retention_days > 0 || room.messages.is_empty(), "room {number} keeps words");
        let ids = || room.messages.iter().map(|kept| kept.message.id);
        hold!(ids().is_sorted_by(|a, b| a < b), "messages of room {number} are in order");
        hold!(ids().all(|id| id.room() == number && id.index() <= room.last_index), "their ids");
        for kept in &room.messages {
            hold!(kept.reports.len() <= rules.max_reports as usize, "too many reports");
            let reporters: BTreeSet<_> = kept.reports.iter().map(|(session, _)| session).collect();
            hold!(reporters.len() == kept.reports.len(), "one report a session");
        }
        Ok(())
    }

    fn check_sessions(&self) -> Result<(), Violation> {
        let most = self.policy.rooms.max_rooms_per_session as usize;
        let banned = self.sessions.values().filter(|session| session.banned).count();
        hold!(self.bans == banned as u64, "{banned} sessions are banned");
        for (id, session) in &self.sessions {
            let rooms = self.rooms.values().filter(|room| room.members.contains_key(id));
            let rooms: BTreeSet<_> = rooms.map(|room| room.number).collect();
            hold!(rooms == session.rooms, "{id:?} knows its rooms");
            hold!(rooms.len() <= most, "{id:?} is in too many rooms");
            hold!(!session.banned || rooms.is_empty(), "{id:?} is banned and a member");
            let banned = self.rooms.values().filter(|room| room.banned.contains(id));
            let banned: BTreeSet<_> = banned.map(|room| room.number).collect();
            hold!(banned == session.banned_from, "{id:?} knows the rooms that banned it");
            let conns = self.seats.values().filter(|seat| seat.session == *id).count();
            hold!(session.conns as usize == conns, "{id:?} has {conns} connections");
            hold!(session.until.is_some() == (conns == 0), "{id:?} has an end without any");
        }
        let mut members = self.rooms.values().flat_map(|room| room.members.keys());
        hold!(members.all(|id| self.sessions.contains_key(id)), "a member without a session");
        let mut banned = self.rooms.values().flat_map(|room| &room.banned);
        hold!(banned.all(|id| self.sessions.contains_key(id)), "a ban about nobody");
        Ok(())
    }

    fn check_connections(&self) -> Result<(), Violation> {
        let listening = self.rooms.values().flat_map(|room| {
            let seat = |session| Seat { room: room.number, session };
            room.conns.iter().map(move |(conn, session)| (*conn, seat(*session)))
        });
        let mut listening: Vec<_> = listening.collect();
        listening.sort_by_key(|(conn, _)| *conn);
        hold!(
            listening.into_iter().eq(self.seats.iter().map(|(conn, seat)| (*conn, *seat))),
            "every connection has one seat"
        );
        let mut nodes = self.seats.keys().map(|conn| conn.node);
        hold!(nodes.all(|node| self.leases.contains_key(&node)), "a server without a lease");
        Ok(())
    }

    fn check_due(&self) -> Result<(), Violation> {
        let leases = self.leases.iter().map(|(node, until)| (*until, Due::Lease(*node)));
        let sessions = self.sessions.iter();
        let sessions = sessions.filter_map(|(id, it)| Some((it.until?, Due::Session(*id))));
        let messages = self.rooms.values().filter_map(|room| {
            Some((room.end_of(room.messages.front()?), Due::Messages(room.number)))
        });
        let empty = self.rooms.values();
        let empty = empty.filter_map(|room| Some((room.empty_until?, Due::Empty(room.number))));
        let due: BTreeSet<_> = leases.chain(sessions).chain(messages).chain(empty).collect();
        hold!(due == self.due, "everything that ends is due, and nothing else");
        Ok(())
    }
}
