//! Reports of messages.

use super::Rooms;
use super::command::RoomRejection;
use super::id::{RoomMessageId, SessionId};
use super::text::RoomText;

impl Rooms {
    pub(super) fn report(
        &mut self,
        session: SessionId,
        message: RoomMessageId,
        reason: &RoomText,
    ) -> Result<(), RoomRejection> {
        let (max, clock) = (self.policy.rooms.max_reports, self.clock);
        if self.is_over(message.room(), clock) {
            return Err(RoomRejection::UnknownMessage);
        }
        let room = self.rooms.get_mut(&message.room()).ok_or(RoomRejection::UnknownMessage)?;
        if room.member(session).is_none() {
            return Err(RoomRejection::NotMember);
        }
        let place = room.place_of(message, clock).ok_or(RoomRejection::UnknownMessage)?;
        let reports = &mut room.messages[place].reports;
        if reports.iter().any(|(reporter, _)| *reporter == session) {
            return Err(RoomRejection::AlreadyReported);
        }
        if reports.len() >= max as usize {
            return Err(RoomRejection::TooManyReports { max });
        }
        reports.push((session, reason.clone()));
        self.reported.insert(message);
        Ok(())
    }
}
