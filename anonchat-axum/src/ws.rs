//! `GET /ws`: who may open a WebSocket, and how.

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;

use anonchat_core::session::Session;
use anonchat_core::{Client, Command, DeviceId, PoolId, Query, View};
use axum::extract::rejection::QueryRejection;
use axum::extract::ws::{WebSocket, WebSocketUpgrade};
use axum::extract::{Query as Params, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use tracing::Instrument;
use tracing::field::Empty;

use crate::address;
use crate::chat::AnonChat;
use crate::clock;
use crate::crowd::{Full, Seat};
use crate::device;
use crate::drive::drive;
use crate::metrics::label::Reason;
use crate::reply::{Detail, Later};
use crate::socket::Socket;

/// Bytes of a connection's read buffer. It is allocated at once and stays.
const READ_BUFFER: usize = 4 << 10;

/// Bytes after which frames that are gathered go out without waiting for more.
const WRITE_BUFFER: usize = 4 << 10;

/// When to come again if there is no room.
const FULL_S: u32 = 10;

/// Who came in, and how they speak.
struct Guest {
    device: DeviceId,
    client: Client,
    /// `None` if the client asks for a pool that is not there.
    pool: Option<PoolId>,
}

/// Checks a handshake, and opens the connection if it is fine.
pub(crate) async fn handshake(
    State(chat): State<AnonChat>,
    client: address::Client,
    params: Result<Params<HashMap<String, String>>, QueryRejection>,
    upgrade: WebSocketUpgrade,
) -> Response {
    let room = match chat.hub().is_closing() {
        true => Err(Full::Server),
        false => chat.crowd().enter(&chat.settings().policy.connection, client),
    };
    let seat = match room {
        Ok(seat) => seat,
        Err(full) => return turn_away(full),
    };
    let Some(guest) = params.ok().and_then(|Params(params)| greet(&chat, &params)) else {
        return (StatusCode::FORBIDDEN, Detail("Invalid device_id")).into_response();
    };
    if guest.client == Client::Plain && is_banned(&chat, &guest).await {
        return (StatusCode::FORBIDDEN, Detail("Device banned")).into_response();
    }
    let longest = chat.settings().policy.connection.frame_bytes as usize;
    upgrade
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(WRITE_BUFFER)
        .max_message_size(longest)
        .max_frame_size(longest)
        .on_upgrade(move |socket| connect(chat, guest, seat, socket))
}

fn turn_away(full: Full) -> Response {
    let text = match full {
        Full::Server => "Server is full",
        Full::Client => "Too many connections from your address",
    };
    Later::full(text, FULL_S).into_response()
}

fn greet(chat: &AnonChat, params: &HashMap<String, String>) -> Option<Guest> {
    let client = match params.get("v").map(String::as_str) {
        Some("1") => Client::Native,
        _ => Client::Plain,
    };
    let device = params.get("device_id").filter(|id| device::is_acceptable(id, client))?;
    let name = params.get("pool").filter(|_| client == Client::Native);
    let pool = chat.settings().pool(name.map(String::as_str));
    Some(Guest { device: chat.device(device), client, pool })
}

/// Whether the original protocol's client is to be refused at the door. A native one is told by
/// its session, with the end of the ban. When the store does not answer, the session finds out.
async fn is_banned(chat: &AnonChat, guest: &Guest) -> bool {
    let Some(pool) = &guest.pool else { return false };
    let query = Query::Standing { device: guest.device };
    let view = chat.store().read(pool, clock::now(), &query).await;
    matches!(view, Ok(View::Standing { banned_until: Some(_) }))
}

async fn connect(chat: AnonChat, guest: Guest, _seat: Seat, socket: WebSocket) {
    let place = chat.hub().enter();
    chat.metrics().opened();
    tracing::debug!(native = guest.client == Client::Native, "a connection has come in");
    let Guest { device, client, pool } = guest;
    let conn = place.conn();
    let settings = chat.settings().clone();
    let session = Session::new(clock::now(), settings, pool.clone(), client, device, conn)
        .with_rates(chat.tally().of(clock::now(), device));
    let span =
        tracing::debug_span!("connection", native = client == Client::Native, reason = Empty);
    let driven = drive(&chat, &place, session, Socket::new(socket)).instrument(span);
    let driven = AssertUnwindSafe(driven);
    if driven.catch_unwind().await.is_err() {
        tracing::error!("a connection's task panicked");
        chat.metrics().closed(Reason::Panicked, false);
        // Whatever broke, the device does not stay behind as a ghost that others are paired with.
        if let Some(pool) = pool {
            for conn in place.names() {
                let detach = Command::Detach { device, conn };
                let _ = chat.store().apply(&pool, clock::now(), clock::roll(), &detach).await;
            }
        }
    }
}
