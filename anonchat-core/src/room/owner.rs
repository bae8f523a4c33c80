//! What the owner of a room may do.

use super::Rooms;
use super::command::{RoomRejection, Target};
use super::event::{Parting, RoomEvent};
use super::id::{RoomCode, SessionId};

impl Rooms {
    pub(super) fn kick(
        &mut self,
        owner: SessionId,
        code: RoomCode,
        target: Target,
    ) -> Result<(), RoomRejection> {
        let number = self.find_as_owner(owner, code)?;
        let target = self.other_member(number, owner, target)?;
        self.part(number, target, Parting::Kicked);
        Ok(())
    }

    pub(super) fn ban(
        &mut self,
        owner: SessionId,
        code: RoomCode,
        target: Target,
    ) -> Result<(), RoomRejection> {
        let number = self.find_as_owner(owner, code)?;
        let target = match target {
            Target::Session(session) if session != owner => {
                // Also one that is not in the room; its ban by a moderator changes nothing here.
                let session = self.sessions.get(&session).map(|_| session);
                session.ok_or(RoomRejection::UnknownMember)?
            }
            target => self.other_member(number, owner, target)?,
        };
        let max = self.policy.rooms.max_room_bans;
        let Some(room) = self.rooms.get_mut(&number) else { return Ok(()) };
        if room.banned.len() >= max as usize && !room.banned.contains(&target) {
            return Err(RoomRejection::TooManyBans { max });
        }
        room.banned.insert(target);
        if let Some(session) = self.sessions.get_mut(&target) {
            session.banned_from.insert(number);
        }
        self.part(number, target, Parting::BannedFromRoom);
        Ok(())
    }

    pub(super) fn lock(
        &mut self,
        owner: SessionId,
        code: RoomCode,
        locked: bool,
    ) -> Result<(), RoomRejection> {
        let number = self.find_as_owner(owner, code)?;
        let Some(room) = self.rooms.get_mut(&number) else { return Ok(()) };
        if std::mem::replace(&mut room.locked, locked) != locked {
            self.tell_room(number, None, &RoomEvent::Locked { locked });
        }
        Ok(())
    }

    pub(super) fn hand_over(
        &mut self,
        owner: SessionId,
        code: RoomCode,
        target: Target,
    ) -> Result<(), RoomRejection> {
        let number = self.find_as_owner(owner, code)?;
        let target = self.other_member(number, owner, target)?;
        let Some(room) = self.rooms.get_mut(&number) else { return Ok(()) };
        room.owner = Some(target);
        let alias = room.members[&target].alias;
        self.tell_room(number, None, &RoomEvent::Owner { alias });
        Ok(())
    }

    pub(super) fn close(&mut self, owner: SessionId, code: RoomCode) -> Result<(), RoomRejection> {
        let number = self.find_as_owner(owner, code)?;
        self.end_room(number);
        Ok(())
    }

    fn find_as_owner(&self, session: SessionId, code: RoomCode) -> Result<u64, RoomRejection> {
        let number = self.find_as_member(session, code, self.clock)?;
        let owner = self.rooms[&number].owner;
        if owner == Some(session) { Ok(number) } else { Err(RoomRejection::NotOwner) }
    }

    fn other_member(
        &self,
        number: u64,
        owner: SessionId,
        target: Target,
    ) -> Result<SessionId, RoomRejection> {
        let room = &self.rooms[&number];
        let session = match target {
            Target::Alias(alias) => room.aliases.get(&alias).copied(),
            Target::Session(session) => room.member(session).map(|_| session),
        };
        match session.ok_or(RoomRejection::UnknownMember)? {
            session if session == owner => Err(RoomRejection::Yourself),
            session => Ok(session),
        }
    }
}
