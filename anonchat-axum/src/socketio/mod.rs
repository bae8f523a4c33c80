//! The Socket.IO door: the clients of 002 and 003, who come with the cookie of a session, and those
//! of 001, who look for a partner by one socket and talk by another.
//!
//! Each connection is run by the same loop as a WebSocket. Three tables stand between the clients'
//! events and the frames of that loop: `events.rs` for 002, `seeker.rs` and `talk.rs` for the two
//! pages of 001. The crate below knows transports, packets and heartbeats, and nothing of its rooms
//! or adapters is used.

mod admission;
mod capability;
mod events;
#[cfg(any(test, feature = "test-util"))]
mod exercise;
mod guests;
mod incoming;
mod join;
mod line;
mod lobby;
mod picture;
mod seeker;
mod talk;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use socketioxide::SocketIo;
use socketioxide::extract::SocketRef;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::address;
use crate::chat::AnonChat;
use crate::clock;
use crate::crowd::Seat;
use crate::ws::admit;
pub(crate) use capability::Capabilities;
#[cfg(feature = "test-util")]
pub use exercise::exercise;
pub(crate) use guests::Guests;
use incoming::Incoming;
use lobby::Lobby;

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

/// Somebody has connected: listens to them from now on.
fn arrive(chat: &AnonChat, socket: SocketRef) {
    let guest = chat.guests().of(clock::now(), &socket.req_parts().headers);
    let (lobby, incoming) = (Lobby::new(chat.clone()), Incoming::new(socket));
    match guest {
        Some(guest) => tokio::spawn(lobby.serve_guest(incoming, guest)),
        None => tokio::spawn(lobby.serve(incoming)),
    };
}
