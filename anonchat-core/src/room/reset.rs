//! Forgetting everything at once.

use super::Rooms;
use super::event::RoomEvent;
use super::sweep::Due;

impl Rooms {
    /// Ends every room and session. What was counted goes on from where it was, so that no number
    /// of a room, and with it no id of a message, comes twice.
    pub(super) fn reset(&mut self) {
        for (conn, seat) in std::mem::take(&mut self.seats) {
            if let Some(code) = self.rooms.get(&seat.room).map(|room| room.code) {
                self.tell(conn, code, RoomEvent::Closed);
            }
        }
        self.sessions.clear();
        self.rooms.clear();
        self.codes.clear();
        self.reported.clear();
        self.due.retain(|(_, due)| matches!(due, Due::Lease(_)));
        (self.messages, self.bans) = (0, 0);
    }
}
