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

use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use socketioxide::SocketIo;
use socketioxide::extract::SocketRef;
use socketioxide::handler::ConnectHandler;
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
use incoming::{Events, Incoming};
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

/// What a transport holds for as long as it lives.
#[derive(Clone)]
struct Held {
    /// A place among all connections.
    #[expect(dead_code, reason = "is held")]
    seat: Arc<Seat>,
    /// What comes over it, until somebody listens.
    events: Arc<Mutex<Option<Events>>>,
}

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
    let connected = move |socket: SocketRef| {
        if let Some(chat) = weak() {
            arrive(&chat, socket);
        }
        async {}
    };
    // The crate says that somebody is connected before it calls this, but after what stands before it.
    io.ns(
        "/",
        connected.with(async |socket: SocketRef| {
            if let Some(held) = socket.req_parts().extensions.get::<Held>() {
                *held.events.lock().unwrap_or_else(PoisonError::into_inner) =
                    Some(Events::of(&socket));
            }
            Ok::<_, Infallible>(())
        }),
    );
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
            Ok(seat) => {
                let held = Held { seat: Arc::new(seat), events: Arc::default() };
                request.extensions_mut().insert(held);
            }
            Err(later) => return later.into_response(),
        }
    }
    next.run(request).await
}

/// Somebody has connected: serves them from now on.
fn arrive(chat: &AnonChat, socket: SocketRef) {
    let guest = chat.guests().of(clock::now(), &socket.req_parts().headers);
    let held = socket.req_parts().extensions.get::<Held>();
    let events =
        held.and_then(|held| held.events.lock().unwrap_or_else(PoisonError::into_inner).take());
    let events = events.unwrap_or_else(|| Events::of(&socket));
    let (lobby, incoming) = (Lobby::new(chat.clone()), Incoming::new(socket, events));
    match guest {
        Some(guest) => tokio::spawn(lobby.serve_guest(incoming, guest)),
        None => tokio::spawn(lobby.serve(incoming)),
    };
}
