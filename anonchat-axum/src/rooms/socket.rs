//! `GET /ws/chat/{CODE}/`: who may open the socket of a room, and how.

use std::collections::HashMap;

use anonchat_core::Client;
use anonchat_core::room::{RoomCode, RoomQuery, RoomRejection, RoomView};
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query as Params, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::listen::{Guest, listen};
use super::refusal::{NO_MEMBER, NO_ROOM, Refusal, STRANGER};
use super::token::Token;
use crate::address;
use crate::chat::AnonChat;
use crate::websocket::Upgrade;
use crate::ws::admit;

/// Checks a handshake, and opens the socket if it is fine.
pub(super) async fn handshake(
    State(chat): State<AnonChat>,
    client: address::Client,
    path: Result<Path<String>, PathRejection>,
    params: Result<Params<HashMap<String, String>>, QueryRejection>,
    upgrade: Upgrade,
) -> Response {
    let seat = match admit(&chat, client) {
        Ok(seat) => seat,
        Err(full) => return full.into_response(),
    };
    let params = params.map(|Params(params)| params).unwrap_or_default();
    let code = path.map(|Path(code)| code).unwrap_or_default();
    let guest = match greet(&chat, &code, &params).await {
        Ok(guest) => guest,
        Err(refusal) => return refusal.into_response(),
    };
    let longest = chat.settings().policy.connection.frame_bytes as usize;
    upgrade.open(longest, Client::Plain, move |socket| async move {
        let _seat = seat;
        listen(chat, guest, socket).await;
    })
}

/// Whose socket it would be, if they may have one.
async fn greet(
    chat: &AnonChat,
    code: &str,
    params: &HashMap<String, String>,
) -> Result<Guest, Refusal> {
    let refuse = |error| Refusal::error(StatusCode::FORBIDDEN, error);
    let rooms = super::of(chat)?;
    let token = params.get("token").and_then(|token| Token::parse(token));
    let session = rooms.key.id(&token.ok_or_else(|| refuse(STRANGER))?);
    // Clients have it from the room itself; another spelling is a guess.
    let is_upper = !code.bytes().any(|byte| byte.is_ascii_lowercase());
    let room = RoomCode::parse(code).filter(|_| is_upper).ok_or_else(|| refuse(NO_ROOM))?;
    match rooms.view(&RoomQuery::Room { session, room }).await? {
        RoomView::Room(_) => {
            let native = params.get("v").is_some_and(|version| version == "1");
            Ok(Guest { session, room, native })
        }
        RoomView::Refused(RoomRejection::UnknownSession) => Err(refuse(STRANGER)),
        RoomView::Refused(RoomRejection::UnknownRoom) => Err(refuse(NO_ROOM)),
        RoomView::Refused(_) => Err(refuse(NO_MEMBER)),
        _ => Err(Refusal::away()),
    }
}
