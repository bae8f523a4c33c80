//! `GET /ws`: who may open a WebSocket, and how.

use std::collections::HashMap;

use anonchat_core::{Client, Query, View};
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query as Params, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;

use crate::address;
use crate::chat::AnonChat;
use crate::clock;
use crate::connection::{Guest, connect};
use crate::crowd::{Full, Seat};
use crate::device;
use crate::reply::{Detail, Later};
use crate::websocket::Upgrade;

/// When to come again if there is no room.
const FULL_S: u32 = 10;

/// Checks a handshake, and opens the connection if it is fine.
pub(crate) async fn handshake(
    State(chat): State<AnonChat>,
    client: address::Client,
    params: Result<Params<HashMap<String, String>>, QueryRejection>,
    upgrade: Upgrade,
) -> Response {
    let seat = match admit(&chat, client) {
        Ok(seat) => seat,
        Err(full) => return full.into_response(),
    };
    let Some(guest) = params.ok().and_then(|Params(params)| greet(&chat, &params)) else {
        return (StatusCode::FORBIDDEN, Detail("Invalid device_id")).into_response();
    };
    if guest.client == Client::Plain && is_banned(&chat, &guest).await {
        return (StatusCode::FORBIDDEN, Detail("Device banned")).into_response();
    }
    let longest = chat.settings().policy.connection.frame_bytes as usize;
    upgrade.open(longest, guest.client, move |socket| {
        connect(chat, guest, socket).map(move |()| drop(seat))
    })
}

/// Finds a place for a connection, unless there is none or the server is about to stop.
pub(crate) fn admit(chat: &AnonChat, client: address::Client) -> Result<Seat, Later> {
    let room = match chat.hub().is_closing() {
        true => Err(Full::Server),
        false => chat.crowd().enter(&chat.settings().policy.connection, client),
    };
    room.map_err(|full| match full {
        Full::Server => Later::full("Server is full", FULL_S),
        Full::Client => Later::full("Too many connections from your address", FULL_S),
    })
}

fn greet(chat: &AnonChat, params: &HashMap<String, String>) -> Option<Guest> {
    let client = match params.get("v").map(String::as_str) {
        Some("1") => Client::Native,
        _ => Client::Plain,
    };
    let device = params.get("device_id").filter(|id| device::is_acceptable(id, client))?;
    let name = params.get("pool").filter(|_| client == Client::Native);
    let pool = chat.settings().pool(name.map(String::as_str));
    Some(Guest { device: chat.device(device), client, pool, declares: None, enters: None })
}

/// Whether the original protocol's client is to be refused at the door. A native one is told by
/// its session, with the end of the ban. When the store does not answer, the session finds out.
async fn is_banned(chat: &AnonChat, guest: &Guest) -> bool {
    let Some(pool) = &guest.pool else { return false };
    let query = Query::Standing { device: guest.device };
    let view = chat.store().read(pool, clock::now(), &query).await;
    matches!(view, Ok(View::Standing { banned_until: Some(_) }))
}
