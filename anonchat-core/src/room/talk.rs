//! What is said in a room, and how long it is kept.

use super::Rooms;
use super::command::RoomRejection;
use super::event::RoomEvent;
use super::id::{RoomCode, RoomMessageId, SessionId};
use super::query::RoomMessage;
use super::record::Kept;
use super::sweep::Due;
use super::text::RoomText;

impl Rooms {
    /// Carries a message to everybody who listens, its sender included, and keeps it if the room
    /// does.
    pub(super) fn post(
        &mut self,
        session: SessionId,
        code: RoomCode,
        content: &RoomText,
    ) -> Result<RoomMessage, RoomRejection> {
        let number = self.find_as_member(session, code, self.clock)?;
        let room = &self.rooms[&number];
        let index = room.last_index + 1;
        let id = RoomMessageId::of(number, index).ok_or(RoomRejection::NumbersUsedUp)?;
        let member = &room.members[&session];
        let message = RoomMessage {
            id,
            room: code,
            alias: member.alias,
            nickname: member.nickname.clone(),
            content: content.clone(),
            at: self.clock,
        };
        if let Some(room) = self.rooms.get_mut(&number) {
            room.last_index = index;
        }
        self.keep(number, session, &message);
        self.tell_room(number, None, &RoomEvent::Message(message.clone()));
        Ok(message)
    }

    pub(super) fn type_in(
        &mut self,
        session: SessionId,
        code: RoomCode,
        on: bool,
    ) -> Result<(), RoomRejection> {
        let number = self.find_as_member(session, code, self.clock)?;
        let member = &self.rooms[&number].members[&session];
        let (alias, nickname) = (member.alias, member.nickname.clone());
        self.tell_room(number, Some(session), &RoomEvent::Typing { alias, nickname, on });
        Ok(())
    }

    fn keep(&mut self, number: u64, author: SessionId, message: &RoomMessage) {
        let most = self.policy.rooms.max_messages as usize;
        let Some(room) = self.rooms.get(&number).filter(|room| room.retention_days > 0) else {
            return;
        };
        if room.messages.len() >= most {
            self.drop_oldest(number);
        }
        let Some(room) = self.rooms.get_mut(&number) else { return };
        let kept = Kept { message: message.clone(), author, reports: Vec::new() };
        if room.messages.is_empty() {
            self.due.insert((room.end_of(&kept), Due::Messages(number)));
        }
        room.messages.push_back(kept);
        self.messages += 1;
    }

    /// Forgets a room's oldest message; its words are wiped with their last copy.
    pub(super) fn drop_oldest(&mut self, number: u64) {
        let Some(room) = self.rooms.get_mut(&number) else { return };
        let Some(kept) = room.messages.pop_front() else { return };
        self.due.remove(&(room.end_of(&kept), Due::Messages(number)));
        if let Some(next) = room.messages.front() {
            self.due.insert((room.end_of(next), Due::Messages(number)));
        }
        self.reported.remove(&kept.message.id);
        self.messages -= 1;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::{RoomAlias, RoomAnswer, RoomCommand, RoomDice};
    use super::*;
    use crate::policy::Policy;
    use crate::time::UnixMillis;

    #[test]
    fn numbers_that_are_used_up_are_not_given_out_again() {
        let mut rooms = Rooms::new(Arc::new(Policy::default()));
        let session = SessionId::from_bytes([1; 16]);
        let mut drawn = 0;
        let mut apply = |rooms: &mut Rooms, command: &RoomCommand| {
            drawn += 1;
            let dice = RoomDice {
                code: RoomCode::draw([drawn; 16]),
                alias: RoomAlias::from_bytes([drawn; 16]),
            };
            rooms.apply(UnixMillis::new(1), dice, command).outcome
        };
        let words = || RoomText::restored("words".to_owned());
        let open = RoomCommand::OpenSession { session, nickname: words() };
        apply(&mut rooms, &open).expect("new");
        let (retention_days, max_participants) = (None, None);
        let create =
            RoomCommand::Create { session, name: words(), retention_days, max_participants };
        rooms.last_room = RoomMessageId::MAX_ROOM - 1;
        let last = apply(&mut rooms, &create).expect("the last one");
        let RoomAnswer::Room(room) = last else { panic!("{last:?}") };
        assert_eq!(apply(&mut rooms, &create), Err(RoomRejection::NumbersUsedUp));

        let post = RoomCommand::Post { session, room: room.code, content: words() };
        rooms.rooms.get_mut(&room.number).expect("there").last_index = RoomMessageId::MAX_INDEX - 1;
        assert!(apply(&mut rooms, &post).is_ok());
        assert_eq!(apply(&mut rooms, &post), Err(RoomRejection::NumbersUsedUp));
    }
}
