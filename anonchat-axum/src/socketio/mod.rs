//! The Socket.IO door: the clients of 002 and 003, who come with the cookie of a session.
//!
//! Each connection is run by the same loop as a WebSocket. `events.rs` is the table between the
//! clients' events and the frames of that loop; the crate below knows transports, packets and
//! heartbeats, and nothing of its rooms or adapters is used.

mod events;
mod guests;
mod join;
mod line;

use std::sync::Arc;
use std::time::Duration;

use anonchat_core::Client;
use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::json;
use socketioxide::SocketIo;
use socketioxide::extract::SocketRef;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::address;
use crate::chat::AnonChat;
use crate::clock;
use crate::connection::{Guest, connect};
use crate::crowd::Seat;
use crate::ws::admit;
pub(crate) use guests::Guests;
use line::Line;

/// The path that clients have built in.
const PATH: &str = "/socket.io/";

/// The most bytes of a packet, as clients are told it.
const PACKET: usize = 1_000_000;

/// Packets that may wait for a client who does not read.
const BEHIND: usize = 64;

/// How often clients are asked for a sign of life, and how long they have to answer.
const PING: Duration = Duration::from_secs(25);
const PONG: Duration = Duration::from_secs(20);

/// A place among all connections, held by a transport for as long as it lives.
#[derive(Clone)]
struct Seated(#[expect(dead_code, reason = "is held")] Arc<Seat>);

/// The transports.
pub(crate) fn transports(chat: &AnonChat) -> Router<AnonChat> {
    let (service, io) = SocketIo::builder()
        .req_path(PATH.trim_end_matches('/'))
        .max_payload(PACKET as u64)
        .ws_max_message_size(PACKET)
        .ws_max_frame_size(PACKET)
        .ws_read_buffer_size(4 << 10)
        .max_buffer_size(BEHIND)
        .ping_interval(PING)
        .ping_timeout(PONG)
        .build_svc();
    let weak = chat.weak();
    io.ns("/", move |socket: SocketRef| {
        if let Some(chat) = weak() {
            arrive(&chat, socket);
        }
        async {}
    });
    Router::new().route_service(PATH, service).layer(from_fn_with_state(chat.clone(), seat))
}

/// What 002's clients ask before they open one.
pub(crate) fn pages() -> OpenApiRouter<AnonChat> {
    OpenApiRouter::default().routes(routes!(join::join)).route("/chat", get(join::chat))
}

/// Finds a place for a new transport; what belongs to an old one has a place.
async fn seat(
    State(chat): State<AnonChat>,
    client: address::Client,
    mut request: Request,
    next: Next,
) -> Response {
    let query = request.uri().query().unwrap_or_default();
    if !query.split('&').any(|pair| pair.starts_with("sid=")) {
        match admit(&chat, client) {
            Ok(seat) => _ = request.extensions_mut().insert(Seated(Arc::new(seat))),
            Err(later) => return later.into_response(),
        }
    }
    next.run(request).await
}

/// Somebody has connected: runs them, if their cookie says who they are.
fn arrive(chat: &AnonChat, socket: SocketRef) {
    let Some(guest) = chat.guests().of(clock::now(), &socket.req_parts().headers) else {
        line::turn_away(&socket);
        return;
    };
    let _ = socket.emit("connected", &json!({ "status": "ok", "username": guest.username }));
    let known = Guest {
        device: chat.device(&guest.device()),
        client: Client::Cookie,
        pool: chat.settings().pool(None),
        declares: Some(guest.gender),
    };
    let line = Line::new(socket, guest);
    tokio::spawn(connect(chat.clone(), known, line));
}
