//! Sessions: how they begin, how long they live, and how a moderator ends them.

use std::collections::BTreeSet;

use super::Rooms;
use super::command::RoomRejection;
use super::event::Parting;
use super::id::SessionId;
use super::query::SessionView;
use super::record::Session;
use super::sweep::Due;
use super::text::RoomText;
use crate::time::UnixMillis;

impl Rooms {
    pub(super) fn open_session(
        &mut self,
        id: SessionId,
        nickname: &RoomText,
    ) -> Result<SessionView, RoomRejection> {
        let max = self.policy.rooms.max_sessions;
        if self.sessions.len() >= max as usize {
            return Err(RoomRejection::TooManySessions { max });
        }
        if self.sessions.contains_key(&id) {
            return Err(RoomRejection::DiceUsed);
        }
        let session = Session {
            nickname: nickname.clone(),
            created: self.clock,
            last_active: self.clock,
            banned: false,
            until: None,
            conns: 0,
            rooms: BTreeSet::new(),
            banned_from: BTreeSet::new(),
        };
        self.sessions.insert(id, session);
        self.refresh(id);
        self.view_session(id, self.clock)
    }

    /// A session that may do something at an instant.
    pub(super) fn known(&self, id: SessionId, at: UnixMillis) -> Result<&Session, RoomRejection> {
        self.sessions
            .get(&id)
            .filter(|session| !session.banned && session.lives(at))
            .ok_or(RoomRejection::UnknownSession)
    }

    pub(super) fn view_session(
        &self,
        id: SessionId,
        at: UnixMillis,
    ) -> Result<SessionView, RoomRejection> {
        let session = self.known(id, at)?;
        Ok(SessionView {
            nickname: session.nickname.clone(),
            created: session.created,
            last_active: session.last_active,
        })
    }

    /// The session was active: its life begins again.
    pub(super) fn refresh(&mut self, id: SessionId) {
        let life = u64::from(self.policy.rooms.session_life_s) * 1_000;
        let Some(session) = self.sessions.get_mut(&id) else { return };
        session.last_active = self.clock;
        let until = (session.conns == 0).then(|| self.clock.after(life));
        if let Some(former) = std::mem::replace(&mut session.until, until) {
            self.due.remove(&(former, Due::Session(id)));
        }
        if let Some(until) = until {
            self.due.insert((until, Due::Session(id)));
        }
    }

    /// Ends a session and its memberships; a room's ban of it has nobody left to be about.
    pub(super) fn end_session(&mut self, id: SessionId) {
        self.leave_all(id, Parting::SessionOver);
        let Some(session) = self.sessions.remove(&id) else { return };
        self.bans -= u64::from(session.banned);
        if let Some(until) = session.until {
            self.due.remove(&(until, Due::Session(id)));
        }
        for number in session.banned_from {
            if let Some(room) = self.rooms.get_mut(&number) {
                room.banned.remove(&id);
            }
        }
    }

    pub(super) fn ban_session(&mut self, id: SessionId) -> Result<(), RoomRejection> {
        let clock = self.clock;
        let session = self.sessions.get_mut(&id).filter(|session| session.lives(clock));
        let session = session.ok_or(RoomRejection::UnknownSession)?;
        if !std::mem::replace(&mut session.banned, true) {
            self.bans += 1;
            self.leave_all(id, Parting::Banned);
        }
        Ok(())
    }

    pub(super) fn lift_session(&mut self, id: SessionId) -> Result<(), RoomRejection> {
        let clock = self.clock;
        let session = self.sessions.get_mut(&id).filter(|session| session.lives(clock));
        let session = session.ok_or(RoomRejection::UnknownSession)?;
        if std::mem::replace(&mut session.banned, false) {
            self.bans -= 1;
        }
        Ok(())
    }

    fn leave_all(&mut self, id: SessionId, why: Parting) {
        let rooms = self.sessions.get(&id).map(|session| session.rooms.clone());
        for number in rooms.unwrap_or_default() {
            self.part(number, id, why);
        }
    }
}
