//! What is known of a session, a room and a message, and no longer than its rules say.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::id::{RoomAlias, RoomCode, RoomMessageId, SessionId};
use super::query::RoomMessage;
use super::text::RoomText;
use crate::id::Conn;
use crate::time::UnixMillis;

const DAY_MILLIS: u64 = 86_400_000;

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Session {
    pub(super) nickname: RoomText,
    pub(super) created: UnixMillis,
    pub(super) last_active: UnixMillis,
    pub(super) banned: bool,
    /// When it ends; `None` while it has a connection.
    pub(super) until: Option<UnixMillis>,
    /// How many connections it has.
    pub(super) conns: u32,
    /// The rooms of which it is a member, by number.
    pub(super) rooms: BTreeSet<u64>,
    /// The rooms from which it is banned, by number.
    pub(super) banned_from: BTreeSet<u64>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Room {
    pub(super) number: u64,
    pub(super) code: RoomCode,
    pub(super) name: RoomText,
    pub(super) created: UnixMillis,
    pub(super) retention_days: u32,
    pub(super) max_participants: Option<u32>,
    pub(super) locked: bool,
    /// `None` while nobody is a member.
    pub(super) owner: Option<SessionId>,
    pub(super) members: BTreeMap<SessionId, Member>,
    pub(super) aliases: BTreeMap<RoomAlias, SessionId>,
    /// The connections that listen, and whose they are.
    pub(super) conns: BTreeMap<Conn, SessionId>,
    pub(super) banned: BTreeSet<SessionId>,
    /// What is kept, oldest first.
    pub(super) messages: VecDeque<Kept>,
    /// The index of the last message that was said.
    pub(super) last_index: u64,
    /// When it ends, while nobody is a member.
    pub(super) empty_until: Option<UnixMillis>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Member {
    pub(super) alias: RoomAlias,
    pub(super) nickname: RoomText,
    /// The commit by which they joined.
    pub(super) joined: u64,
    /// Their connections, the oldest first.
    pub(super) conns: Vec<Conn>,
}

/// A message that is kept.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Kept {
    pub(super) message: RoomMessage,
    pub(super) author: SessionId,
    /// Who has reported it, and why.
    pub(super) reports: Vec<(SessionId, RoomText)>,
}

/// Where a connection listens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Seat {
    pub(super) room: u64,
    pub(super) session: SessionId,
}

impl Session {
    /// Whether its token still means anything, but for a ban.
    pub(super) fn lives(&self, at: UnixMillis) -> bool {
        self.until.is_none_or(|until| at < until)
    }
}

impl Room {
    pub(super) fn member(&self, session: SessionId) -> Option<&Member> {
        self.members.get(&session)
    }

    /// The instant from which on a message is gone.
    pub(super) fn end_of(&self, message: &Kept) -> UnixMillis {
        message.message.at.after(u64::from(self.retention_days) * DAY_MILLIS)
    }

    /// The messages that can be seen at an instant, oldest first.
    pub(super) fn seen_at(
        &self,
        at: UnixMillis,
    ) -> impl DoubleEndedIterator<Item = &Kept> + ExactSizeIterator {
        // They are in the order of their ends, since retention never changes.
        let gone = self.messages.partition_point(|message| self.end_of(message) <= at);
        self.messages.range(gone..)
    }

    /// The place of a message that can be seen at an instant.
    pub(super) fn place_of(&self, id: RoomMessageId, at: UnixMillis) -> Option<usize> {
        let place = self.messages.binary_search_by_key(&id, |kept| kept.message.id).ok()?;
        (at < self.end_of(&self.messages[place])).then_some(place)
    }
}
