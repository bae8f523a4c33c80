//! What the owner of a room may do.

use anonchat_core::room::{
    RoomAlias, RoomCode, RoomCommand, RoomQuery, RoomRejection, RoomView, SessionId, Target,
};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;

use super::of;
use super::refusal::Refusal;
use super::request::{Asked, Named, Sent};
use super::shape::{BlockWish, Done, LockWish, MemberNamed, MessageObject};
use super::token::Token;
use crate::chat::AnonChat;

const ALIAS_CHARS: usize = 32;

/// Ends somebody's membership; they may join again
#[utoipa::path(
    post,
    path = "/api/rooms/{code}/kick/",
    operation_id = "kick_member",
    tag = "rooms",
    params(("code" = String, Path, description = "In either case")),
    request_body = MemberNamed,
    security(("room_session" = [])),
    responses((status = 200, description = "They are no member", body = Done)),
)]
pub(super) async fn kick(
    State(chat): State<AnonChat>,
    Named(room): Named,
    sent: Sent,
) -> Result<Json<Done>, Refusal> {
    let (session, target) = about(&chat, &sent).await?;
    act(&chat, RoomCommand::Kick { session, room, target }, "Member removed successfully").await
}

/// Ends somebody's membership; their session may not join again
#[utoipa::path(
    post,
    path = "/api/rooms/{code}/ban/",
    operation_id = "ban_member",
    tag = "rooms",
    params(("code" = String, Path, description = "In either case")),
    request_body = MemberNamed,
    security(("room_session" = [])),
    responses(
        (status = 200, description = "They are no member", body = Done),
        (status = 409, description = "The room has too many bans", body = super::refusal::Complaint),
    ),
)]
pub(super) async fn ban(
    State(chat): State<AnonChat>,
    Named(room): Named,
    sent: Sent,
) -> Result<Json<Done>, Refusal> {
    let (session, target) = about(&chat, &sent).await?;
    act(&chat, RoomCommand::Ban { session, room, target }, "Member banned successfully").await
}

/// Makes another member the owner
#[utoipa::path(
    post,
    path = "/api/rooms/{code}/hand-over/",
    operation_id = "hand_over_room",
    tag = "rooms",
    params(("code" = String, Path, description = "In either case")),
    request_body = MemberNamed,
    security(("room_session" = [])),
    responses((status = 200, description = "They are the owner", body = Done)),
)]
pub(super) async fn hand_over(
    State(chat): State<AnonChat>,
    Named(room): Named,
    sent: Sent,
) -> Result<Json<Done>, Refusal> {
    let (session, target) = about(&chat, &sent).await?;
    let done = "Room handed over successfully";
    act(&chat, RoomCommand::HandOver { session, room, target }, done).await
}

/// Decides whether anybody new may join
#[utoipa::path(
    post,
    path = "/api/rooms/{code}/lock/",
    operation_id = "lock_room",
    tag = "rooms",
    params(("code" = String, Path, description = "In either case")),
    request_body = LockWish,
    security(("room_session" = [])),
    responses((status = 200, description = "It is so", body = Done)),
)]
pub(super) async fn lock(
    State(chat): State<AnonChat>,
    Named(room): Named,
    sent: Sent,
) -> Result<Json<Done>, Refusal> {
    let session = sent.session(&chat).await?;
    let locked = sent.fields.flag("locked")?;
    let done = if locked { "Room locked successfully" } else { "Room unlocked successfully" };
    act(&chat, RoomCommand::Lock { session, room, locked }, done).await
}

/// Ends a room and everything in it
#[utoipa::path(
    post,
    path = "/api/rooms/{code}/close/",
    operation_id = "close_room",
    tag = "rooms",
    params(("code" = String, Path, description = "In either case")),
    security(("room_session" = [])),
    responses((status = 200, description = "It is over", body = Done)),
)]
pub(super) async fn close(
    State(chat): State<AnonChat>,
    Named(room): Named,
    sent: Sent,
) -> Result<Json<Done>, Refusal> {
    let session = sent.session(&chat).await?;
    act(&chat, RoomCommand::Close { session, room }, "Room closed successfully").await
}

/// Bans a session from a room, by its token or by what its member is called
#[utoipa::path(
    post,
    path = "/api/moderation/block-session/",
    operation_id = "block_session",
    tag = "rooms",
    request_body = BlockWish,
    security(("room_session" = [])),
    responses(
        (status = 200, description = "It may not join again", body = Done),
        (status = 409, description = "The room has too many bans", body = super::refusal::Complaint),
    ),
)]
pub(super) async fn block_session(
    State(chat): State<AnonChat>,
    sent: Sent,
) -> Result<Json<Done>, Refusal> {
    let session = sent.session(&chat).await?;
    let rooms = of(&chat)?;
    let needed = || Refusal::bad("room_code and target_session_token required");
    let no_target = || Refusal::error(StatusCode::NOT_FOUND, "Target session not found");
    let code = sent.fields.text("room_code").ok_or_else(needed)?;
    let by_token = sent.fields.text("target_session_token");
    let by_alias = sent.fields.text("target_alias");
    let room = RoomCode::parse(code.trim());
    let target = match (by_token, by_alias) {
        (Some(token), _) => Token::parse(token).map(|token| Target::Session(rooms.key.id(&token))),
        (None, Some(alias)) => RoomAlias::parse(alias).map(Target::Alias),
        (None, None) => return Err(needed()),
    };
    let room = room.ok_or_else(Refusal::no_room)?;
    // Whoever may not ban at all is told that, and not whether there is such a session.
    let target = target.unwrap_or(Target::Alias(RoomAlias::from_bytes([0; 16])));
    match rooms.apply(&RoomCommand::Ban { session, room, target }).await? {
        Ok(_) => Ok(Json(Done { message: "Session blocked successfully" })),
        Err(RoomRejection::NotOwner | RoomRejection::NotMember) => {
            Err(Refusal::error(StatusCode::FORBIDDEN, "Only room owner can block sessions"))
        }
        Err(RoomRejection::UnknownMember) => Err(no_target()),
        Err(rejection) => Err(rejection.into()),
    }
}

/// What was reported in a room, for its owner, most reported first
#[utoipa::path(
    get,
    path = "/api/moderation/reports/",
    operation_id = "room_reports",
    tag = "rooms",
    params(
        ("room_code" = String, Query),
        ("session_token" = Option<String>, Query, description = "Instead of the header"),
    ),
    security(("room_session" = [])),
    responses((status = 200, description = "At most 100", body = Vec<MessageObject>)),
)]
pub(super) async fn reports(
    State(chat): State<AnonChat>,
    asked: Asked,
) -> Result<Json<Vec<MessageObject>>, Refusal> {
    let session = asked.session_of_query(&chat).await?;
    let rooms = of(&chat)?;
    let code = asked.get("room_code").ok_or_else(|| Refusal::bad("room_code required"))?;
    let room = RoomCode::parse(code.trim()).ok_or_else(Refusal::no_room)?;
    let only_owner = |rejection| match rejection {
        RoomRejection::NotOwner | RoomRejection::NotMember => {
            Refusal::error(StatusCode::FORBIDDEN, "Only room owner can view reports")
        }
        other => other.into(),
    };
    let you = match rooms.view(&RoomQuery::Room { session, room }).await? {
        RoomView::Room(details) => details.you,
        RoomView::Refused(rejection) => return Err(only_owner(rejection)),
        _ => return Err(Refusal::away()),
    };
    let limit = rooms.policy().rooms.max_page;
    match rooms.view(&RoomQuery::Reports { session, room, limit }).await? {
        RoomView::Reports(reports) => {
            let shown = reports
                .iter()
                .map(|reported| MessageObject::reported(reported, reported.message.alias == you));
            Ok(Json(shown.collect()))
        }
        RoomView::Refused(rejection) => Err(only_owner(rejection)),
        _ => Err(Refusal::away()),
    }
}

/// Whose request it is, and whom it is about.
async fn about(chat: &AnonChat, sent: &Sent) -> Result<(SessionId, Target), Refusal> {
    let session = sent.session(chat).await?;
    let alias = sent.fields.measured("alias", 1, ALIAS_CHARS)?;
    // One that nobody can have is refused by the same rule as one that nobody has.
    let alias = RoomAlias::parse(&alias).unwrap_or(RoomAlias::from_bytes([0; 16]));
    Ok((session, Target::Alias(alias)))
}

async fn act(
    chat: &AnonChat,
    command: RoomCommand,
    message: &'static str,
) -> Result<Json<Done>, Refusal> {
    of(chat)?.apply(&command).await??;
    Ok(Json(Done { message }))
}
