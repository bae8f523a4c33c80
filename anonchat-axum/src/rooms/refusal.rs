//! Why a request about rooms is not carried out, in the words that clients know.

use anonchat_core::room::RoomRejection;
use anonchat_core::{Finding, StoreError};
use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::json;
use utoipa::{IntoResponses, ToSchema};

use crate::limits::Beyond;
use crate::reply::{Later, Postponed, Problem};

/// A refusal, as it goes out.
pub(super) struct Refusal(Box<Response>);

/// What is wrong, for the client to show.
#[derive(Serialize, ToSchema)]
pub(super) struct Complaint {
    error: &'static str,
}

/// What the store's being away is called.
pub(super) const AWAY: &str = "Rooms are temporarily unavailable. Please try again shortly.";

/// What a token that means nothing is called.
pub(super) const STRANGER: &str = "Invalid or expired session";

/// What a room that is not there is called.
pub(super) const NO_ROOM: &str = "Room not found";

/// What it is called to ask for something of a room without being a member.
pub(super) const NO_MEMBER: &str = "You are not a member of this room";

/// When to come again if something is away, or full.
const AGAIN_S: u32 = 2;
const FULL_S: u32 = 60;

impl Refusal {
    pub(super) fn error(status: StatusCode, error: &'static str) -> Self {
        Self::of((status, Json(Complaint { error })))
    }

    /// 400 with one error for the whole.
    pub(super) fn bad(error: &'static str) -> Self {
        Self::error(StatusCode::BAD_REQUEST, error)
    }

    pub(super) fn detail(status: StatusCode, detail: &str) -> Self {
        Self::of((status, Json(json!({ "detail": detail }))))
    }

    /// 400 with what is wrong with one field.
    pub(super) fn field(name: &str, error: &str) -> Self {
        Self::of((StatusCode::BAD_REQUEST, Json(json!({ name: [error] }))))
    }

    /// 401: no token came with the request.
    pub(super) fn no_token() -> Self {
        Self::error(StatusCode::UNAUTHORIZED, "Session token required")
    }

    /// 401: the token means nothing.
    pub(super) fn stranger() -> Self {
        Self::error(StatusCode::UNAUTHORIZED, STRANGER)
    }

    pub(super) fn no_room() -> Self {
        Self::error(StatusCode::NOT_FOUND, NO_ROOM)
    }

    /// 503: the store does not answer. What was asked for may have been done or not.
    pub(super) fn away() -> Self {
        Later::full(AWAY, AGAIN_S).into()
    }

    /// 503: the deployment holds as much as it may.
    fn full(text: &'static str) -> Self {
        Later::full(text, FULL_S).into()
    }

    fn of(response: impl IntoResponse) -> Self {
        Self(Box::new(response.into_response()))
    }
}

impl From<RoomRejection> for Refusal {
    fn from(rejection: RoomRejection) -> Self {
        use StatusCode as Code;
        match rejection {
            RoomRejection::UnknownSession => Self::stranger(),
            RoomRejection::TooManySessions { .. } => Self::full("The server is full"),
            RoomRejection::TooManyRooms { .. } | RoomRejection::NumbersUsedUp => {
                Self::full("There are too many rooms")
            }
            RoomRejection::TooManyMemberships { .. } => {
                Self::error(Code::FORBIDDEN, "You are in too many rooms")
            }
            RoomRejection::RetentionTooLong { max_days } => {
                Self::field("message_retention_days", &at_most(max_days.into()))
            }
            RoomRejection::NoParticipants => Self::field("max_participants", &at_least(1)),
            RoomRejection::UnknownRoom => Self::no_room(),
            RoomRejection::NotMember => Self::error(Code::FORBIDDEN, NO_MEMBER),
            RoomRejection::NotOwner => Self::error(Code::FORBIDDEN, "Only room owner can do this"),
            RoomRejection::Full { .. } => Self::error(Code::FORBIDDEN, "Room is full"),
            RoomRejection::Locked => Self::error(Code::FORBIDDEN, "Room is locked"),
            RoomRejection::BannedFromRoom => {
                Self::error(Code::FORBIDDEN, "You are banned from this room")
            }
            RoomRejection::TooManyBans { .. } => {
                Self::error(Code::CONFLICT, "This room has too many bans")
            }
            RoomRejection::UnknownMember => Self::error(Code::NOT_FOUND, "Member not found"),
            RoomRejection::Yourself => Self::bad("You cannot do this to yourself"),
            RoomRejection::UnknownMessage => Self::error(Code::NOT_FOUND, "Message not found"),
            RoomRejection::AlreadyReported => {
                Self::error(Code::CONFLICT, "You have already reported this message")
            }
            RoomRejection::TooManyReports { .. } => {
                Self::error(Code::CONFLICT, "This message was reported often enough")
            }
            // Nobody draws the same so often, and no request names a connection.
            RoomRejection::DiceUsed | RoomRejection::ConnInUse | RoomRejection::NotAttached => {
                Self::away()
            }
        }
    }
}

impl From<StoreError> for Refusal {
    fn from(_: StoreError) -> Self {
        Self::away()
    }
}

impl From<Beyond> for Refusal {
    fn from(beyond: Beyond) -> Self {
        Later::rate_limited(beyond.retry_after_s).into()
    }
}

impl From<Later> for Refusal {
    fn from(later: Later) -> Self {
        Self::of(later)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        *self.0
    }
}

/// What is said about a nickname that a screen has refused.
pub(super) const fn about(finding: Finding) -> &'static str {
    match finding {
        Finding::ContactDetails => "Sharing personal information is not allowed.",
        _ => "Profile contains prohibited language.",
    }
}

pub(super) fn at_most(most: u64) -> String {
    format!("Ensure this value is less than or equal to {most}.")
}

pub(super) fn at_least(least: u64) -> String {
    format!("Ensure this value is greater than or equal to {least}.")
}

/// What every route that takes a body may answer.
#[derive(IntoResponses)]
#[allow(dead_code, reason = "describes what others answer")]
pub(super) enum Reading {
    /// The body did not come in time.
    #[response(status = 408)]
    Slow(Problem),
    /// The body is too long.
    #[response(status = 413)]
    TooLong(Problem),
    /// The body is no JSON.
    #[response(status = 415)]
    OtherKind(Problem),
}

/// What is wrong with a request: in words for the whole of it, or for each field that is wrong a
/// list of texts under its name.
#[derive(ToSchema)]
#[allow(dead_code, reason = "describes what others answer")]
pub(super) struct Wrong {
    #[schema(nullable = false)]
    error: Option<String>,
    #[schema(nullable = false)]
    detail: Option<String>,
}

/// What every route about rooms may answer.
#[derive(IntoResponses)]
#[allow(dead_code, reason = "describes what others answer")]
pub(super) enum Common {
    /// Something is missing or not as it should be.
    #[response(status = 400)]
    Malformed(Wrong),
    /// The store does not answer, there is too much of something, or maintenance; `Retry-After`
    /// says when to come again. What was asked for may have been done.
    #[response(status = 503)]
    Unavailable(Postponed),
}

/// What every route that asks for a session may answer.
#[derive(IntoResponses)]
#[allow(dead_code, reason = "describes what others answer")]
pub(super) enum Known {
    /// No token came with the request, or its session is not there: it is over or banned, or never
    /// was.
    #[response(status = 401)]
    Stranger(Complaint),
}

/// What every route about one room may answer.
#[derive(IntoResponses)]
#[allow(dead_code, reason = "describes what others answer")]
pub(super) enum Inside {
    /// The session is no member of the room, or not its owner, or may not join it.
    #[response(status = 403)]
    Outside(Complaint),
    /// There is no such room, member or message.
    #[response(status = 404)]
    Unknown(Complaint),
}
