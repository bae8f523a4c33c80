//! Rooms: made, joined, looked at, left.

use anonchat_core::Limit;
use anonchat_core::room::{
    RoomAnswer, RoomCode, RoomCommand, RoomDetails, RoomQuery, RoomText, RoomView,
};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;

use super::of;
use super::refusal::Refusal;
use super::request::{Asked, Named, Sent};
use super::shape::{Done, MemberObject, RoomNamed, RoomObject, RoomWish};
use crate::address::Client;
use crate::chat::AnonChat;
use crate::limits;

/// Makes a room, of which its creator is owner and member
///
/// 3 an hour and address.
#[utoipa::path(
    post,
    path = "/api/rooms/create/",
    operation_id = "create_room",
    tag = "rooms",
    request_body = RoomWish,
    security(("room_session" = [])),
    responses((status = 201, description = "It is there", body = RoomObject)),
)]
pub(super) async fn create(
    State(chat): State<AnonChat>,
    client: Client,
    sent: Sent,
) -> Result<(StatusCode, Json<RoomObject>), Refusal> {
    super::open_to_newcomers(&chat)?;
    let session = sent.session(&chat).await?;
    let rooms = of(&chat)?;
    let name = sent.fields.may("name", |text| RoomText::name(rooms.policy(), text))?;
    let days = u64::from(RoomCommand::MAX_RETENTION_DAYS);
    let retention_days = sent.fields.number("message_retention_days", 0, days)?;
    let max_participants = sent.fields.number("max_participants", 1, u32::MAX.into())?;
    limits::take(&chat, Limit::Rooms, client).await?;
    let create = RoomCommand::Create {
        session,
        name,
        retention_days: retention_days.and_then(|days| days.try_into().ok()),
        max_participants: max_participants.and_then(|most| most.try_into().ok()),
    };
    let room = room(rooms.apply(&create).await??)?;
    Ok((StatusCode::CREATED, Json(RoomObject::from(&room))))
}

/// Makes the session a member of a room; a member stays one
#[utoipa::path(
    post,
    path = "/api/rooms/join/",
    operation_id = "join_room",
    tag = "rooms",
    request_body = RoomNamed,
    security(("room_session" = [])),
    responses((status = 200, description = "It is a member", body = RoomObject)),
)]
pub(super) async fn join(
    State(chat): State<AnonChat>,
    sent: Sent,
) -> Result<Json<RoomObject>, Refusal> {
    super::open_to_newcomers(&chat)?;
    let session = sent.session(&chat).await?;
    let code = sent.fields.measured("room_code", RoomCode::MIN_CHARS, RoomCode::MAX_CHARS)?;
    let room = RoomCode::parse(&code).ok_or_else(Refusal::no_room)?;
    let joined = of(&chat)?.apply(&RoomCommand::Join { session, room }).await??;
    Ok(Json(RoomObject::from(&self::room(joined)?)))
}

/// The rooms of which the session is a member, the oldest room first
#[utoipa::path(
    get,
    path = "/api/rooms/",
    operation_id = "my_rooms",
    tag = "rooms",
    security(("room_session" = [])),
    responses((status = 200, description = "All of them", body = Vec<RoomObject>)),
)]
pub(super) async fn mine(
    State(chat): State<AnonChat>,
    asked: Asked,
) -> Result<Json<Vec<RoomObject>>, Refusal> {
    let session = asked.session(&chat).await?;
    match of(&chat)?.read(&RoomQuery::Mine { session }).await? {
        RoomView::Rooms(rooms) => Ok(Json(rooms.iter().map(RoomObject::from).collect())),
        _ => Err(Refusal::away()),
    }
}

/// A room, for its members
#[utoipa::path(
    get,
    path = "/api/rooms/{code}/",
    operation_id = "room",
    tag = "rooms",
    params(("code" = String, Path, description = "In either case")),
    security(("room_session" = [])),
    responses((status = 200, description = "As it is now", body = RoomObject)),
)]
pub(super) async fn look(
    State(chat): State<AnonChat>,
    Named(room): Named,
    asked: Asked,
) -> Result<Json<RoomObject>, Refusal> {
    let session = asked.session(&chat).await?;
    match of(&chat)?.read(&RoomQuery::Room { session, room }).await? {
        RoomView::Room(room) => Ok(Json(RoomObject::from(&room))),
        _ => Err(Refusal::away()),
    }
}

/// The members of a room, for themselves, the longest-standing first
#[utoipa::path(
    get,
    path = "/api/rooms/{code}/members/",
    operation_id = "room_members",
    tag = "rooms",
    params(("code" = String, Path, description = "In either case")),
    security(("room_session" = [])),
    responses((status = 200, description = "All of them", body = Vec<MemberObject>)),
)]
pub(super) async fn members(
    State(chat): State<AnonChat>,
    Named(room): Named,
    asked: Asked,
) -> Result<Json<Vec<MemberObject>>, Refusal> {
    let session = asked.session(&chat).await?;
    match of(&chat)?.read(&RoomQuery::Members { session, room }).await? {
        RoomView::Members(members) => Ok(Json(members.iter().map(MemberObject::from).collect())),
        _ => Err(Refusal::away()),
    }
}

/// Ends the session's membership
#[utoipa::path(
    post,
    path = "/api/rooms/{code}/leave/",
    operation_id = "leave_room",
    tag = "rooms",
    params(("code" = String, Path, description = "In either case")),
    security(("room_session" = [])),
    responses((status = 200, description = "It is no member", body = Done)),
)]
pub(super) async fn leave(
    State(chat): State<AnonChat>,
    Named(room): Named,
    sent: Sent,
) -> Result<Json<Done>, Refusal> {
    let session = sent.session(&chat).await?;
    of(&chat)?.apply(&RoomCommand::Leave { session, room }).await??;
    Ok(Json(Done { message: "Left the room successfully" }))
}

fn room(answer: RoomAnswer) -> Result<RoomDetails, Refusal> {
    match answer {
        RoomAnswer::Room(room) => Ok(room),
        _ => Err(Refusal::away()),
    }
}
