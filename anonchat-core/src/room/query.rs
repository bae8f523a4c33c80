//! Looking at sessions and rooms without changing them.

use super::command::RoomRejection;
use super::id::{RoomAlias, RoomCode, RoomMessageId, SessionId};
use super::text::RoomText;
use crate::time::UnixMillis;

/// A question. It is no activity of the session: [`RoomCommand::Touch`](super::RoomCommand) is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RoomQuery {
    /// How many are there? Answered by [`RoomView::Census`].
    Census,
    /// Who is this session? Answered by [`RoomView::Session`].
    Session {
        /// The session.
        session: SessionId,
    },
    /// Of which rooms is it a member? Answered by [`RoomView::Rooms`], the oldest room first.
    Mine {
        /// The session.
        session: SessionId,
    },
    /// What is this room? Members only. Answered by [`RoomView::Room`].
    Room {
        /// Who asks.
        session: SessionId,
        /// The room.
        room: RoomCode,
    },
    /// Who is in it? Members only. Answered by [`RoomView::Members`], the longest-standing first.
    Members {
        /// Who asks.
        session: SessionId,
        /// The room.
        room: RoomCode,
    },
    /// What was said? Members only. Answered by [`RoomView::Messages`], newest first.
    Messages {
        /// Who asks.
        session: SessionId,
        /// The room.
        room: RoomCode,
        /// Which page, from 1. One beyond the end gives the last one.
        page: u32,
        /// Messages of a page, from 1 to the policy's `max_page`; others are taken for the
        /// nearest of these.
        page_size: u32,
    },
    /// What was reported? For the owner only. Answered by [`RoomView::Reports`], most reported
    /// first, of equally many the newest first.
    Reports {
        /// Who asks.
        session: SessionId,
        /// The room.
        room: RoomCode,
        /// At most so many, and no more than the policy's `max_page`.
        limit: u32,
    },
    /// What was reported in all rooms? For moderators. Answered by [`RoomView::Reports`], the
    /// largest message id first.
    AllReports {
        /// Only messages with a smaller id; `None` begins with the largest.
        before: Option<RoomMessageId>,
        /// At most so many, and no more than the policy's `max_page`.
        limit: u32,
    },
}

/// An answer to a [`RoomQuery`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RoomView {
    /// To [`RoomQuery::Census`].
    Census(RoomCensus),
    /// To [`RoomQuery::Session`].
    Session(SessionView),
    /// To [`RoomQuery::Mine`].
    Rooms(Vec<RoomDetails>),
    /// To [`RoomQuery::Room`].
    Room(RoomDetails),
    /// To [`RoomQuery::Members`].
    Members(Vec<MemberView>),
    /// To [`RoomQuery::Messages`].
    Messages(MessagePage),
    /// To [`RoomQuery::Reports`] and [`RoomQuery::AllReports`].
    Reports(Vec<ReportedMessage>),
    /// The session may not ask that: [`RoomRejection::UnknownSession`], `UnknownRoom`,
    /// `NotMember` or `NotOwner`.
    Refused(RoomRejection),
}

/// How many are there, those included whose end the next sweep will carry out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RoomCensus {
    /// Sessions, banned ones included.
    pub sessions: u64,
    /// Sessions that are banned.
    pub bans: u64,
    /// Rooms.
    pub rooms: u64,
    /// Connections that listen.
    pub connections: u64,
    /// Messages that are in memory.
    pub messages: u64,
    /// Messages among them that were reported.
    pub reported: u64,
}

/// A session, as its person sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionView {
    /// What they are called.
    pub nickname: RoomText,
    /// Since when it is there.
    pub created: UnixMillis,
    /// When it was last used; while it has a connection, this may be long ago.
    pub last_active: UnixMillis,
}

/// A room, as one member sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoomDetails {
    /// Its code.
    pub code: RoomCode,
    /// Its number, by which its messages are named.
    pub number: u64,
    /// Its name, perhaps empty.
    pub name: RoomText,
    /// Its owner.
    pub owner: RoomAlias,
    /// What the owner is called.
    pub owner_nickname: RoomText,
    /// Since when it is there.
    pub created: UnixMillis,
    /// Days for which messages are kept; 0 means that nothing is.
    pub retention_days: u32,
    /// Members that it may have, if its owner has said.
    pub max_participants: Option<u32>,
    /// Members that it has.
    pub members: u32,
    /// Whether nobody new may join.
    pub locked: bool,
    /// What the member who asked is called.
    pub you: RoomAlias,
}

/// A member, as the others see them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberView {
    /// By what they are known.
    pub alias: RoomAlias,
    /// What they are called.
    pub nickname: RoomText,
    /// Whether a connection of theirs listens.
    pub here: bool,
    /// Whether they own the room.
    pub owner: bool,
    /// Whether they are who asked.
    pub you: bool,
}

/// A message, as everybody in the room sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoomMessage {
    /// Its id, which rises within a room.
    pub id: RoomMessageId,
    /// Its room.
    pub room: RoomCode,
    /// By what the sender was known.
    pub alias: RoomAlias,
    /// What the sender was called.
    pub nickname: RoomText,
    /// The words.
    pub content: RoomText,
    /// When it was said.
    pub at: UnixMillis,
}

/// A message that was kept, as one member sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageView {
    /// The message.
    pub message: RoomMessage,
    /// Whether the session that asks said it, under this alias or a former one.
    pub mine: bool,
}

/// One page of what was said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessagePage {
    /// The messages, newest first.
    pub results: Vec<MessageView>,
    /// How many there are on all pages.
    pub count: u64,
    /// Which page this is, from 1.
    pub page: u32,
    /// Messages of a full page.
    pub page_size: u32,
    /// How many pages there are, at least 1.
    pub total_pages: u32,
}

/// A message that was reported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportedMessage {
    /// The message.
    pub message: RoomMessage,
    /// Who said it, for moderators; `None` in an owner's list.
    pub author: Option<SessionId>,
    /// Why it was reported, by each who did, the first report first.
    pub reasons: Vec<RoomText>,
}
