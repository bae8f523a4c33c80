//! Sessions: who somebody is to the rooms.

use anonchat_core::room::{RoomAnswer, RoomCommand, RoomRejection, RoomText};
use anonchat_core::{Field, Limit};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;

use super::refusal::{Refusal, Wrong, about};
use super::request::{Asked, Sent};
use super::shape::{Done, SessionMade, SessionSeen, SessionWish};
use super::token::Token;
use super::{ROLLS, of};
use crate::address::Client;
use crate::chat::AnonChat;
use crate::limits;

/// Begins a session, and shows its token this once
///
/// 5 an hour and address.
#[utoipa::path(
    post,
    path = "/api/session/create/",
    operation_id = "create_session",
    tag = "rooms",
    request_body = SessionWish,
    responses(
        (status = 201, description = "It has begun", body = SessionMade),
        (status = 400, description = "The nickname is missing, or cannot be taken", body = Wrong),
    ),
)]
pub(super) async fn create(
    State(chat): State<AnonChat>,
    client: Client,
    sent: Sent,
) -> Result<(StatusCode, Json<SessionMade>), Refusal> {
    super::open_to_newcomers(&chat)?;
    let rooms = of(&chat)?;
    let read = |text: &str| RoomText::nickname(rooms.policy(), text);
    let nickname = sent.fields.need("nickname", read)?;
    let screened = chat.settings().screen.screen(Field::Nickname, nickname.words());
    screened.map_err(|finding| Refusal::field("nickname", about(finding)))?;
    limits::take(&chat, Limit::Sessions, client).await?;
    for _ in 0..ROLLS {
        let token = Token::draw();
        let (session, nickname) = (rooms.key.id(&token), nickname.clone());
        match rooms.apply(&RoomCommand::OpenSession { session, nickname }).await? {
            Ok(RoomAnswer::Session(view)) => {
                return Ok((StatusCode::CREATED, Json(SessionMade::new(&token, &view))));
            }
            Ok(_) | Err(RoomRejection::DiceUsed) => {}
            Err(rejection) => return Err(rejection.into()),
        }
    }
    Err(Refusal::away())
}

/// Whether a session is there; asking counts as its activity
#[utoipa::path(
    get,
    path = "/api/session/validate/",
    operation_id = "validate_session",
    tag = "rooms",
    params(("token" = String, Query)),
    responses((status = 200, description = "It is", body = SessionSeen)),
)]
pub(super) async fn validate(
    State(chat): State<AnonChat>,
    asked: Asked,
) -> Result<Json<SessionSeen>, Refusal> {
    let rooms = of(&chat)?;
    let token = asked.get("token").ok_or_else(|| Refusal::bad("Token required"))?;
    let token = Token::parse(token).ok_or_else(Refusal::stranger)?;
    let touch = RoomCommand::Touch { session: rooms.key.id(&token) };
    match rooms.apply(&touch).await?? {
        RoomAnswer::Session(view) => Ok(Json(SessionSeen::new(&token, &view))),
        _ => Err(Refusal::away()),
    }
}

/// Ends a session, and with it every membership
#[utoipa::path(
    post,
    path = "/api/session/end/",
    operation_id = "end_session",
    tag = "rooms",
    security(("room_session" = [])),
    responses((status = 200, description = "It is over", body = Done)),
)]
pub(super) async fn end(State(chat): State<AnonChat>, sent: Sent) -> Result<Json<Done>, Refusal> {
    let session = sent.session(&chat).await?;
    of(&chat)?.apply(&RoomCommand::EndSession { session }).await??;
    Ok(Json(Done { message: "Session ended successfully" }))
}
