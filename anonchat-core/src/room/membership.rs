//! Rooms and their members: how they begin, and how they end.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::Rooms;
use super::command::{RoomCommand, RoomDice, RoomRejection};
use super::event::{Parting, RoomEvent};
use super::id::{RoomAlias, RoomCode, RoomMessageId, SessionId};
use super::query::RoomDetails;
use super::record::{Member, Room};
use super::sweep::Due;
use super::text::RoomText;
use crate::time::UnixMillis;

impl Rooms {
    pub(super) fn create(
        &mut self,
        dice: RoomDice,
        session: SessionId,
        name: &RoomText,
        retention_days: Option<u32>,
        max_participants: Option<u32>,
    ) -> Result<RoomDetails, RoomRejection> {
        let rules = &self.policy.rooms;
        let max_days = RoomCommand::MAX_RETENTION_DAYS;
        let retention_days = retention_days.unwrap_or(rules.retention_days_default);
        if retention_days > max_days {
            return Err(RoomRejection::RetentionTooLong { max_days });
        }
        if max_participants == Some(0) {
            return Err(RoomRejection::NoParticipants);
        }
        self.check_memberships(session)?;
        if self.rooms.len() >= rules.max_rooms as usize {
            return Err(RoomRejection::TooManyRooms { max: rules.max_rooms });
        }
        let number = self.last_room + 1;
        if number > RoomMessageId::MAX_ROOM {
            return Err(RoomRejection::NumbersUsedUp);
        }
        let code = dice.code.prefix(rules.code_chars as usize);
        if self.codes.contains_key(&code) {
            return Err(RoomRejection::DiceUsed);
        }
        self.last_room = number;
        self.codes.insert(code, number);
        let room = Room {
            number,
            code,
            name: name.clone(),
            created: self.clock,
            retention_days,
            max_participants,
            locked: false,
            owner: None,
            members: BTreeMap::new(),
            aliases: BTreeMap::new(),
            conns: BTreeMap::new(),
            banned: BTreeSet::new(),
            messages: VecDeque::new(),
            last_index: 0,
            empty_until: None,
        };
        self.rooms.insert(number, room);
        self.admit(number, session, dice.alias);
        self.details(number, session)
    }

    pub(super) fn join(
        &mut self,
        dice: RoomDice,
        session: SessionId,
        code: RoomCode,
    ) -> Result<RoomDetails, RoomRejection> {
        let number = self.find(code, self.clock)?;
        let room = &self.rooms[&number];
        if room.member(session).is_some() {
            return self.details(number, session);
        }
        if room.banned.contains(&session) {
            return Err(RoomRejection::BannedFromRoom);
        }
        if room.locked {
            return Err(RoomRejection::Locked);
        }
        let most = self.policy.rooms.max_members;
        let max = room.max_participants.map_or(most, |max| max.min(most));
        if room.members.len() >= max as usize {
            return Err(RoomRejection::Full { max });
        }
        self.check_memberships(session)?;
        if room.aliases.contains_key(&dice.alias) {
            return Err(RoomRejection::DiceUsed);
        }
        self.admit(number, session, dice.alias);
        self.details(number, session)
    }

    pub(super) fn leave(
        &mut self,
        session: SessionId,
        code: RoomCode,
    ) -> Result<(), RoomRejection> {
        let number = self.find_as_member(session, code, self.clock)?;
        self.part(number, session, Parting::Left);
        Ok(())
    }

    /// The number of a room that is there at an instant.
    pub(super) fn find(&self, code: RoomCode, at: UnixMillis) -> Result<u64, RoomRejection> {
        let number = self.codes.get(&code).copied().ok_or(RoomRejection::UnknownRoom)?;
        if self.is_over(number, at) { Err(RoomRejection::UnknownRoom) } else { Ok(number) }
    }

    /// The same for one of its members.
    pub(super) fn find_as_member(
        &self,
        session: SessionId,
        code: RoomCode,
        at: UnixMillis,
    ) -> Result<u64, RoomRejection> {
        let number = self.find(code, at)?;
        let member = self.rooms[&number].member(session);
        member.map(|_| number).ok_or(RoomRejection::NotMember)
    }

    /// Whether a room is gone, or only waits to be swept away.
    pub(super) fn is_over(&self, number: u64, at: UnixMillis) -> bool {
        let room = self.rooms.get(&number);
        room.is_none_or(|room| room.empty_until.is_some_and(|until| until <= at))
    }

    fn check_memberships(&self, session: SessionId) -> Result<(), RoomRejection> {
        let max = self.policy.rooms.max_rooms_per_session;
        let held = self.sessions.get(&session).map_or(0, |session| session.rooms.len());
        if held >= max as usize { Err(RoomRejection::TooManyMemberships { max }) } else { Ok(()) }
    }

    /// Makes a session a member, and the owner if nobody is.
    fn admit(&mut self, number: u64, id: SessionId, alias: RoomAlias) {
        let (Some(room), Some(session)) = (self.rooms.get_mut(&number), self.sessions.get_mut(&id))
        else {
            return;
        };
        session.rooms.insert(number);
        let nickname = session.nickname.clone();
        let member =
            Member { alias, nickname: nickname.clone(), joined: self.seq, conns: Vec::new() };
        room.members.insert(id, member);
        room.aliases.insert(alias, id);
        room.owner.get_or_insert(id);
        if let Some(until) = room.empty_until.take() {
            self.due.remove(&(until, Due::Empty(number)));
        }
        self.tell_room(number, None, &RoomEvent::Joined { alias, nickname });
    }

    /// Ends a membership: closes its connections, tells the others, finds the next owner.
    pub(super) fn part(&mut self, number: u64, id: SessionId, why: Parting) {
        let Some(room) = self.rooms.get_mut(&number) else { return };
        let Some(member) = room.members.get(&id) else { return };
        let (code, alias, conns) = (room.code, member.alias, member.conns.clone());
        for conn in conns {
            self.unseat(conn);
            self.tell(conn, code, RoomEvent::Removed { why });
        }
        let Some(room) = self.rooms.get_mut(&number) else { return };
        room.members.remove(&id);
        room.aliases.remove(&alias);
        if let Some(session) = self.sessions.get_mut(&id) {
            session.rooms.remove(&number);
        }
        self.tell_room(number, None, &RoomEvent::Left { alias, why });
        self.succeed(number, id);
    }

    /// Whoever has been there longest owns the room if its owner is gone. Without anybody it
    /// waits for its end, and a locked one, to which nobody could come back, ends now.
    fn succeed(&mut self, number: u64, gone: SessionId) {
        let life = self.policy.rooms.room_life_s;
        let Some(room) = self.rooms.get_mut(&number).filter(|room| room.owner == Some(gone)) else {
            return;
        };
        let next = room.members.iter().min_by_key(|(_, member)| member.joined);
        if let Some((next, member)) = next {
            let (next, alias) = (*next, member.alias);
            room.owner = Some(next);
            self.tell_room(number, None, &RoomEvent::Owner { alias });
        } else if room.locked || life == 0 {
            self.end_room(number);
        } else {
            room.owner = None;
            let until = self.clock.after(u64::from(life) * 1_000);
            room.empty_until = Some(until);
            self.due.insert((until, Due::Empty(number)));
        }
    }

    /// Ends a room: its connections are told, its words are wiped, its code may be drawn again.
    pub(super) fn end_room(&mut self, number: u64) {
        while self.rooms.get(&number).is_some_and(|room| !room.messages.is_empty()) {
            self.drop_oldest(number);
        }
        let Some(room) = self.rooms.get(&number) else { return };
        let (code, conns): (_, Vec<_>) = (room.code, room.conns.keys().copied().collect());
        for conn in conns {
            self.unseat(conn);
            self.tell(conn, code, RoomEvent::Closed);
        }
        let Some(room) = self.rooms.remove(&number) else { return };
        self.codes.remove(&code);
        if let Some(until) = room.empty_until {
            self.due.remove(&(until, Due::Empty(number)));
        }
        for id in room.members.keys() {
            if let Some(session) = self.sessions.get_mut(id) {
                session.rooms.remove(&number);
            }
        }
        for id in &room.banned {
            if let Some(session) = self.sessions.get_mut(id) {
                session.banned_from.remove(&number);
            }
        }
    }
}
