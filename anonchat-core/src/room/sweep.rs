//! What time alone brings about.

use super::Rooms;
use super::id::SessionId;
use crate::id::NodeId;

/// So many things that are due are carried out by one sweep.
const SWEEP: usize = 256;

/// Something that happens at an instant unless it is withdrawn before. Due things of the same
/// instant happen in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Due {
    /// A server is dead unless it has renewed its lease.
    Lease(NodeId),
    /// A session ends unless it is used.
    Session(SessionId),
    /// A room's oldest message is to be wiped.
    Messages(u64),
    /// A room without members ends.
    Empty(u64),
}

impl Rooms {
    /// Carries out what is due: at most [`SWEEP`] connections, sessions, messages and rooms.
    pub(super) fn sweep(&mut self) {
        for _ in 0..SWEEP {
            let Some(&(at, due)) = self.due.first().filter(|(at, _)| *at <= self.clock) else {
                break;
            };
            match due {
                Due::Lease(node) => {
                    if let Some(conn) = self.any_conn(node) {
                        self.lose(conn);
                    } else {
                        self.leases.remove(&node);
                        self.due.remove(&(at, due));
                    }
                }
                Due::Session(session) => self.end_session(session),
                Due::Messages(room) => self.drop_oldest(room),
                Due::Empty(room) => self.end_room(room),
            }
        }
    }

    /// Whether another sweep has something to do at this instant.
    pub(super) fn has_due(&self) -> bool {
        self.due.first().is_some_and(|(at, _)| *at <= self.clock)
    }
}
