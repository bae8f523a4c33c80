//! What rooms tell the connections that listen.

use super::id::{RoomAlias, RoomCode};
use super::query::{RoomDetails, RoomMessage};
use super::text::RoomText;
use crate::id::Conn;

/// One fact for one connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoomEnvelope {
    /// The connection it is for.
    pub conn: Conn,
    /// The room it is about, to which the connection listens or has listened until this commit.
    pub room: RoomCode,
    /// The commit that brought it about.
    pub seq: u64,
    /// The fact.
    pub event: RoomEvent,
}

/// A fact. After one for which [`RoomEvent::is_last`] is true nothing more comes, and the door
/// closes the connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RoomEvent {
    /// This connection listens now; what follows is the truth about the room.
    Attached {
        /// The room.
        room: RoomDetails,
    },
    /// Somebody said something; the sender's own connections are told too.
    Message(RoomMessage),
    /// Another member types, or no longer does.
    Typing {
        /// Who.
        alias: RoomAlias,
        /// What they are called.
        nickname: RoomText,
        /// Whether they type.
        on: bool,
    },
    /// Somebody has become a member.
    Joined {
        /// Who.
        alias: RoomAlias,
        /// What they are called.
        nickname: RoomText,
    },
    /// Somebody is a member no more.
    Left {
        /// Who.
        alias: RoomAlias,
        /// Why.
        why: Parting,
    },
    /// A member has a connection now, or has lost the last one.
    Presence {
        /// Who.
        alias: RoomAlias,
        /// Whether they listen.
        here: bool,
    },
    /// The room has another owner.
    Owner {
        /// Who it is now.
        alias: RoomAlias,
    },
    /// Whether nobody new may join has changed.
    Locked {
        /// Whether nobody may.
        locked: bool,
    },
    /// Too many newer connections of the same member listen; this one no longer does.
    Replaced,
    /// The receiver is a member no more.
    Removed {
        /// Why.
        why: Parting,
    },
    /// The room is over.
    Closed,
}

/// Why somebody is a member no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Parting {
    /// They left.
    Left,
    /// The owner made them go; they may join again.
    Kicked,
    /// The owner banned them from the room.
    BannedFromRoom,
    /// A moderator banned their session.
    Banned,
    /// Their session ended.
    SessionOver,
}

impl RoomEvent {
    /// Whether nothing more comes to the connection.
    pub const fn is_last(&self) -> bool {
        matches!(self, Self::Replaced | Self::Removed { .. } | Self::Closed)
    }
}

impl Parting {
    /// `left`, `kicked`, `banned_from_room`, `banned` or `session_over`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Left => "left",
            Self::Kicked => "kicked",
            Self::BannedFromRoom => "banned_from_room",
            Self::Banned => "banned",
            Self::SessionOver => "session_over",
        }
    }
}
