//! Which connections listen to which room, and the servers on which they hang.

use super::Rooms;
use super::command::RoomRejection;
use super::event::RoomEvent;
use super::id::{RoomCode, SessionId};
use super::record::Seat;
use super::sweep::Due;
use crate::id::{Conn, NodeId};

impl Rooms {
    pub(super) fn attach(
        &mut self,
        session: SessionId,
        code: RoomCode,
        conn: Conn,
    ) -> Result<(), RoomRejection> {
        let room = self.find_as_member(session, code, self.clock)?;
        let seat = Seat { room, session };
        match self.seats.get(&conn) {
            Some(held) if *held != seat => return Err(RoomRejection::ConnInUse),
            Some(_) => {}
            None => self.seat(conn, code, seat),
        }
        let room = self.details(room, session)?;
        self.tell(conn, code, RoomEvent::Attached { room });
        Ok(())
    }

    pub(super) fn detach(&mut self, conn: Conn) -> Result<(), RoomRejection> {
        if !self.seats.contains_key(&conn) {
            return Err(RoomRejection::NotAttached);
        }
        self.lose(conn);
        Ok(())
    }

    /// Gives a connection a place, if need be that of the oldest one of the same member.
    fn seat(&mut self, conn: Conn, code: RoomCode, seat: Seat) {
        let most = self.policy.rooms.max_connections as usize;
        let Some(member) = self.rooms.get(&seat.room).and_then(|room| room.member(seat.session))
        else {
            return;
        };
        let (alias, was_here) = (member.alias, !member.conns.is_empty());
        if let Some(oldest) = member.conns.first().copied().filter(|_| member.conns.len() >= most) {
            self.unseat(oldest);
            self.tell(oldest, code, RoomEvent::Replaced);
        }
        self.seats.insert(conn, seat);
        if let Some(room) = self.rooms.get_mut(&seat.room) {
            room.conns.insert(conn, seat.session);
            if let Some(member) = room.members.get_mut(&seat.session) {
                member.conns.push(conn);
            }
        }
        if let Some(session) = self.sessions.get_mut(&seat.session) {
            session.conns += 1;
        }
        self.refresh(seat.session);
        if !self.leases.contains_key(&conn.node) {
            self.renew(conn.node);
        }
        if !was_here {
            let here = RoomEvent::Presence { alias, here: true };
            self.tell_room(seat.room, Some(seat.session), &here);
        }
    }

    /// A connection is gone: the others are told if it was the member's last one.
    pub(super) fn lose(&mut self, conn: Conn) {
        let Some(Seat { room, session }) = self.unseat(conn) else { return };
        let Some(member) = self.rooms.get(&room).and_then(|room| room.member(session)) else {
            return;
        };
        if member.conns.is_empty() {
            let gone = RoomEvent::Presence { alias: member.alias, here: false };
            self.tell_room(room, Some(session), &gone);
        }
    }

    /// Takes a connection's place away without a word. The session was active until now.
    pub(super) fn unseat(&mut self, conn: Conn) -> Option<Seat> {
        let seat = self.seats.remove(&conn)?;
        if let Some(room) = self.rooms.get_mut(&seat.room) {
            room.conns.remove(&conn);
            if let Some(member) = room.members.get_mut(&seat.session) {
                member.conns.retain(|held| *held != conn);
            }
        }
        if let Some(session) = self.sessions.get_mut(&seat.session) {
            session.conns -= 1;
            if session.conns == 0 {
                self.refresh(seat.session);
            }
        }
        Some(seat)
    }

    pub(super) fn renew(&mut self, node: NodeId) {
        let until = self.clock.after(u64::from(self.policy.connection.lease_s) * 1_000);
        if let Some(former) = self.leases.insert(node, until) {
            self.due.remove(&(former, Due::Lease(node)));
        }
        self.due.insert((until, Due::Lease(node)));
    }

    /// A connection that hangs on a server.
    pub(super) fn any_conn(&self, node: NodeId) -> Option<Conn> {
        let (first, last) = (Conn { node, id: 0 }, Conn { node, id: u64::MAX });
        self.seats.range(first..=last).next().map(|(conn, _)| *conn)
    }
}
