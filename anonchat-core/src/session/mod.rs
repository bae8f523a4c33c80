//! The protocol of one connection, as a machine that is fed and polled.
//!
//! It decides what a client may say when: rates, lengths, screening, message ids and
//! acknowledgements, idle time, stale pairs, resuming. It holds no message and does no I/O. Every
//! door runs it through the same loop:
//!
//! 1. [`Session::handle`] takes an [`Input`] with the current time;
//! 2. [`Session::poll`] is called until it has no more [`Output`];
//! 3. the outputs are carried out in order, and each [`Output::Apply`] and [`Output::Read`] is
//!    answered, before any further frame of the client, by [`Input::Committed`], [`Input::Viewed`]
//!    or [`Input::Unavailable`]; the mail that came before the answer is handed in before it;
//! 4. at [`Session::deadline`] it wants an [`Input::Timeout`].

use std::sync::Arc;

use crate::command::Command;
use crate::event::{Client, Event};
use crate::id::{Conn, DeviceId, PoolId};
use crate::policy::Policy;
use crate::query::{Query, View};
use crate::rejection::Rejection;
use crate::screen::Screen;
use crate::store::Whisper;
use crate::time::UnixMillis;

/// What all sessions of a server share.
pub struct Settings {
    /// The rules.
    pub policy: Arc<Policy>,
    /// What refuses texts.
    pub screen: Arc<dyn Screen>,
    /// The pools that clients may choose from, the default first.
    pub pools: Vec<PoolId>,
}

/// Something happened to the connection.
pub enum Input<'a> {
    /// The client sent a frame, or something that is none.
    Frame(Result<ClientFrame<'a>, FrameError>),
    /// The client showed a sign of life that is no frame, such as a pong.
    Alive,
    /// The pool told something.
    Event(Event),
    /// The partner said something.
    Whisper(Whisper),
    /// The last [`Output::Apply`] was committed or refused.
    Committed(Result<(), Rejection>),
    /// The answer to the last [`Output::Read`].
    Viewed(View),
    /// The last [`Output::Apply`] or [`Output::Read`] could not be carried out.
    Unavailable,
    /// Mail may have been lost.
    Gap,
    /// The [deadline](Session::deadline) has come.
    Timeout,
    /// The server is about to stop.
    Restart {
        /// When this client is to come back, spread by the server.
        reconnect_in_ms: u64,
    },
    /// The transport is closed.
    Closed,
}

/// Something to do for the connection.
pub enum Output {
    /// Send a frame.
    Send(ServerFrame),
    /// Ask the client for a sign of life.
    Ping,
    /// Apply a command to the pool and answer.
    Apply(Command),
    /// Ask the pool and answer.
    Read(Query),
    /// Carry something to the partner. What was sent before must be on its way to the client.
    Whisper(Whisper),
    /// Close the transport; nothing more will come.
    Close(Close),
}
