//! Anonymous one-to-one chat for an axum application.
//!
//! ```no_run
//! use anonchat_axum::{AnonChat, Secret};
//! # async fn run(store: impl anonchat_axum::core::Store) -> Result<(), Box<dyn std::error::Error>> {
//! let chat = AnonChat::builder()
//!     .store(store) // such as `anonchat_store::MemoryStore::default()`
//!     .key(Secret::new(std::env::var("ANONCHAT_KEY")?))
//!     .origins(["https://chat.example.org"])
//!     .start()
//!     .await?;
//! let app = axum::Router::new().nest("/chat", chat.router());
//! let listener = tokio::net::TcpListener::bind("127.0.0.1:8000").await?;
//! let ctrl_c = async { _ = tokio::signal::ctrl_c().await };
//! anonchat_axum::serve(listener, app, chat, ctrl_c).await?;
//! # Ok(())
//! # }
//! ```
//!
//! The router has `/ws` (the native WebSocket and the protocol that it extends), `/verify` and
//! `/api/verify` (a selfie as a form or as JSON), `/api/stats`, `/metrics`, `/healthz`, `/readyz`,
//! the admin API, and `/openapi.json`, which describes all of these but the first; with CORS and the check of origins on all that browsers use. It decides nothing
//! about who meets whom: those rules are in
//! [`anonchat_core`], and the store applies them.
//!
//! # What it promises
//!
//! * A device id becomes a keyed hash before anything else happens to it. No other client, no log
//!   line and no store ever has the id itself.
//! * A chat message is in memory while it is on its way, and nowhere else.
//! * A picture is in one buffer from its first byte on, in two while base64 is decoded, and each is
//!   wiped. The connection that brought it ends with the answer, and the HTTP library's read buffer
//!   with it, which is freed and not wiped.
//! * Who was verified gets a token that nobody else can use, read or make: it is encrypted, and
//!   bound to the device's keyed hash.
//! * Its own log lines name no device, text, address or token, at any level. Libraries below it
//!   are not bound by that: `tungstenite`, on which the Socket.IO door stands, logs whole frames at
//!   `trace`, through the `log` crate. Let nothing but `anonchat` through below `info`, as the server
//!   in `examples/server` does.
//!
//! # What it does not do
//!
//! TLS, static files and settings are the application's.
//!
//! # Addresses and limits
//!
//! A client is counted by its address, of which nothing but a keyed hash is kept: an IPv6 one by its
//! /64. That is the address of the socket's peer, or the rightmost entry of `X-Forwarded-For` that is
//! no trusted proxy, if the peer is one ([`Builder::trusted_proxies`]). Beyond `rates.*` of the
//! [`Policy`](anonchat_core::Policy) a REST request is answered `429` with `Retry-After`; a request
//! with the admin key is not counted. Beyond `connection.max_connections` and `max_per_address` a
//! handshake is answered `503`.
//!
//! [`serve`] tells the addresses of peers, and bounds connections that send nothing. An application
//! that serves by itself has to give [`ConnectInfo<SocketAddr>`](axum::extract::ConnectInfo) and to
//! bound such connections. Where there is none, a forwarding header is not believed: all clients
//! count as one for REST requests, and WebSockets are counted in all only; a warning says so once.
//! Behind a Unix socket, an `Extension(ConnectInfo(SocketAddr::from(([127, 0, 0, 1], 0))))` around
//! the router together with the trusted network `127.0.0.1/32` gives the proxy's word.
//!
//! # Features
//!
//! | Feature | Default | What it adds |
//! |---|---|---|
//! | `metrics` | yes | the figures of the server at `/metrics`, see [`AnonChat::metrics_router`] |
//! | `rooms` | no | the doors of rooms by code at `/api/session/`, `/api/rooms/`, `/api/messages/`, `/api/moderation/` and `/ws/chat/`; brings `ws` |
//! | `screens` | yes | [`screens`], against contact details and profanity; a dozen small crates, and some megabytes of words once one is built |
//! | `socketio` | no | the Socket.IO door at `/socket.io/`, with `/join`; brings `ws` |
//! | `ws` | yes | the WebSocket door |

#![cfg_attr(not(feature = "ws"), allow(dead_code, reason = "what doors share, without a door"))]

mod address;
mod admin;
mod background;
mod bounded;
mod builder;
mod call;
#[cfg(feature = "ws")]
mod carry;
mod chat;
mod clock;
#[cfg(feature = "ws")]
mod connection;
mod cors;
mod crowd;
mod device;
#[cfg(feature = "ws")]
mod drive;
mod error;
mod extract;
mod figures;
mod headers;
mod health;
mod hub;
mod iso;
mod limits;
mod mailbox;
mod metrics;
mod openapi;
mod orders;
mod origin;
#[cfg(feature = "ws")]
mod patience;
mod reply;
#[cfg(feature = "rooms")]
mod rooms;
mod routes;
#[cfg(feature = "screens")]
pub mod screens;
mod seal;
mod secret;
mod serve;
#[cfg(feature = "socketio")]
mod socketio;
mod tally;
mod token;
#[cfg(feature = "ws")]
mod transport;
mod verify;
#[cfg(feature = "ws")]
mod websocket;
#[cfg(feature = "ws")]
mod ws;

/// The rules, with the traits that a [`Builder`] takes.
pub use anonchat_core as core;
pub use builder::{Builder, Consent};
pub use chat::AnonChat;
pub use error::Error;
pub use extract::AdminKey;
/// A network of [`Builder::trusted_proxies`].
pub use ipnet::IpNet;
pub use openapi::openapi;
pub use secret::{Secret, Weakness};
pub use serve::serve;
#[cfg(all(feature = "socketio", feature = "test-util"))]
pub use socketio::exercise as exercise_socketio;
#[cfg(feature = "test-util")]
pub use token::exercise as exercise_tokens;
#[cfg(all(feature = "ws", feature = "test-util"))]
pub use websocket::exercise as exercise_websocket;
