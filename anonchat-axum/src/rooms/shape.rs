//! The shapes of rooms in JSON. What people wrote is in them, so none has a `Debug`.

use anonchat_core::UnixMillis;
use anonchat_core::room::{
    MemberView, MessagePage, MessageView, ReportedMessage, RoomDetails, RoomMessage, SessionView,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::token::Token;
use crate::iso::iso;

/// An instant as REST tells it: ISO 8601 with microseconds, and `Z`.
pub(super) fn zulu(at: UnixMillis) -> String {
    format!("{}Z", iso(at))
}

/// A new session.
#[derive(Serialize, ToSchema)]
pub(super) struct SessionMade {
    /// The secret of the session: a UUID. It is shown this once.
    session_token: String,
    nickname: String,
    created_at: String,
}

/// A session.
#[derive(Serialize, ToSchema)]
pub(super) struct SessionSeen {
    session_token: String,
    nickname: String,
    created_at: String,
    last_active: String,
}

/// Something was done.
#[derive(Serialize, ToSchema)]
pub(super) struct Done {
    pub(super) message: &'static str,
}

/// A room, as one of its members sees it.
#[derive(Serialize, ToSchema)]
pub(super) struct RoomObject {
    /// 6 to 8 characters of `A-Z0-9`; whoever knows it may join.
    code: String,
    name: String,
    /// The same as `owner_alias`; never a token.
    owner_session: String,
    /// By what the owner is known in the room: 32 hexadecimal digits.
    owner_alias: String,
    owner_nickname: String,
    created_at: String,
    /// Days for which messages are kept; 0 means that nothing is.
    message_retention_days: u32,
    /// Always true: a room that is over is not there.
    is_active: bool,
    /// Members that it may have, if its owner has said.
    max_participants: Option<u32>,
    /// Members that it has.
    participant_count: u32,
    /// By what the one who asks is known in the room; new for each time of joining.
    you: String,
    /// Whether nobody new may join.
    locked: bool,
}

/// A message that is kept.
#[derive(Serialize, ToSchema)]
pub(super) struct MessageObject {
    /// Below 2^53, and rising within a room.
    id: u64,
    /// The number of its room.
    room: u64,
    room_code: String,
    /// Always null.
    session: Option<u64>,
    session_nickname: String,
    content: String,
    timestamp: String,
    /// Always false: what was deleted is not there.
    is_deleted: bool,
    /// How many members have reported it; 0 but in the owner's list.
    reported_count: usize,
    /// By what its author was known in the room.
    alias: String,
    /// Whether the one who asks wrote it.
    mine: bool,
    /// Why it was reported, by each who did; in the owner's list only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    reasons: Option<Vec<String>>,
}

/// A page of what was said, newest first.
#[derive(Serialize, ToSchema)]
pub(super) struct PageObject {
    results: Vec<MessageObject>,
    /// Messages of all pages.
    count: u64,
    /// The page that was asked for; one beyond the end holds what the last one does.
    page: u64,
    page_size: u32,
    /// At least 1.
    total_pages: u32,
}

/// A member of a room.
#[derive(Serialize, ToSchema)]
pub(super) struct MemberObject {
    alias: String,
    nickname: String,
    /// Whether a socket of theirs is open.
    here: bool,
    owner: bool,
    /// Whether it is the one who asks.
    you: bool,
}

impl SessionMade {
    pub(super) fn new(token: &Token, session: &SessionView) -> Self {
        Self {
            session_token: token.show(),
            nickname: session.nickname.words().to_owned(),
            created_at: zulu(session.created),
        }
    }
}

impl SessionSeen {
    pub(super) fn new(token: &Token, session: &SessionView) -> Self {
        Self {
            session_token: token.show(),
            nickname: session.nickname.words().to_owned(),
            created_at: zulu(session.created),
            last_active: zulu(session.last_active),
        }
    }
}

impl From<&RoomDetails> for RoomObject {
    fn from(room: &RoomDetails) -> Self {
        Self {
            code: room.code.to_string(),
            name: room.name.words().to_owned(),
            owner_session: room.owner.to_string(),
            owner_alias: room.owner.to_string(),
            owner_nickname: room.owner_nickname.words().to_owned(),
            created_at: zulu(room.created),
            message_retention_days: room.retention_days,
            is_active: true,
            max_participants: room.max_participants,
            participant_count: room.members,
            you: room.you.to_string(),
            locked: room.locked,
        }
    }
}

impl MessageObject {
    pub(super) fn new(message: &RoomMessage, mine: bool) -> Self {
        Self {
            id: message.id.get(),
            room: message.id.room(),
            room_code: message.room.to_string(),
            session: None,
            session_nickname: message.nickname.words().to_owned(),
            content: message.content.words().to_owned(),
            timestamp: zulu(message.at),
            is_deleted: false,
            reported_count: 0,
            alias: message.alias.to_string(),
            mine,
            reasons: None,
        }
    }

    pub(super) fn reported(reported: &ReportedMessage, mine: bool) -> Self {
        let reasons = reported.reasons.iter().map(|reason| reason.words().to_owned());
        Self {
            reported_count: reported.reasons.len(),
            reasons: Some(reasons.collect()),
            ..Self::new(&reported.message, mine)
        }
    }
}

impl PageObject {
    pub(super) fn new(page: &MessagePage, asked: u64) -> Self {
        let message =
            |MessageView { message, mine }: &MessageView| MessageObject::new(message, *mine);
        Self {
            results: page.results.iter().map(message).collect(),
            count: page.count,
            page: asked,
            page_size: page.page_size,
            total_pages: page.total_pages,
        }
    }
}

impl From<&MemberView> for MemberObject {
    fn from(member: &MemberView) -> Self {
        Self {
            alias: member.alias.to_string(),
            nickname: member.nickname.words().to_owned(),
            here: member.here,
            owner: member.owner,
            you: member.you,
        }
    }
}

// What bodies hold. `Fields` reads them, with the errors that clients know.

/// Who wants to come in.
#[derive(Deserialize, ToSchema)]
#[allow(dead_code, reason = "describes what `Fields` reads")]
pub(super) struct SessionWish {
    #[schema(min_length = 1, max_length = 30)]
    nickname: String,
}

/// A room to make.
#[derive(Deserialize, ToSchema)]
#[allow(dead_code, reason = "describes what `Fields` reads")]
pub(super) struct RoomWish {
    #[schema(max_length = 100)]
    name: Option<String>,
    /// 30 unless it says otherwise; 0 keeps nothing.
    #[schema(maximum = 365)]
    message_retention_days: Option<u32>,
    /// As many as the server allows, unless it says otherwise.
    #[schema(minimum = 1)]
    max_participants: Option<u32>,
}

/// A room to join.
#[derive(Deserialize, ToSchema)]
#[allow(dead_code, reason = "describes what `Fields` reads")]
pub(super) struct RoomNamed {
    /// In either case.
    #[schema(min_length = 6, max_length = 8)]
    room_code: String,
}

/// Something to say.
#[derive(Deserialize, ToSchema)]
#[allow(dead_code, reason = "describes what `Fields` reads")]
pub(super) struct MessageWish {
    room_code: String,
    /// Cut behind 1,000 characters.
    content: String,
}

/// Why something is reported.
#[derive(Deserialize, ToSchema)]
#[allow(dead_code, reason = "describes what `Fields` reads")]
pub(super) struct Reason {
    #[schema(max_length = 500)]
    reason: Option<String>,
}

/// A member.
#[derive(Deserialize, ToSchema)]
#[allow(dead_code, reason = "describes what `Fields` reads")]
pub(super) struct MemberNamed {
    #[schema(pattern = "^[0-9a-f]{32}$")]
    alias: String,
}

/// Whether nobody new may join.
#[derive(Deserialize, ToSchema)]
#[allow(dead_code, reason = "describes what `Fields` reads")]
pub(super) struct LockWish {
    locked: bool,
}

/// Whom to ban from which room: by one of the two.
#[derive(Deserialize, ToSchema)]
#[allow(dead_code, reason = "describes what `Fields` reads")]
pub(super) struct BlockWish {
    room_code: String,
    target_session_token: Option<String>,
    target_alias: Option<String>,
    reason: Option<String>,
}
