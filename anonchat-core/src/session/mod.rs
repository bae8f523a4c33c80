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
//! 4. at [`Session::deadline`] it wants an [`Input::Timeout`];
//! 5. when the transport ends, for whatever reason, it wants [`Input::Closed`], and the loop goes
//!    on, for the session may have to take its leave of the pool;
//! 6. the loop ends at [`Output::Close`], which comes exactly once and last.
//!
//! A new session has outputs at once: poll it before anything else.

mod answer;
mod frame;
mod limits;
mod refusal;

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;

pub use answer::{Close, Hello, REPORT_REASONS, ServerFrame};
pub use frame::{Action, ClientFrame, FrameError};
pub use limits::Rates;
pub use refusal::{ErrorCode, Refusal};

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
    /// The transport is closed: by the client, by the network, or by the door itself.
    Closed,
}

/// Something to do for the connection.
pub enum Output {
    /// Send a frame. Once the transport is closed there is nothing to do.
    Send(ServerFrame),
    /// Ask the client for a sign of life.
    Ping,
    /// Apply a command to the pool and answer.
    Apply(Command),
    /// Ask the pool and answer.
    Read(Query),
    /// Carry something to the partner. What was sent before must be on its way to the client.
    Whisper(Whisper),
    /// Close the transport; nothing more will come, and the session may be dropped.
    Close(Close),
}

/// One connection of one device.
pub struct Session {
    settings: Arc<Settings>,
    pool: Option<PoolId>,
    client: Client,
    device: DeviceId,
    conn: Conn,
    rates: Rates,
    out: VecDeque<Output>,
}

impl Settings {
    /// The pool of this name, the default one if no name is given; `None` if there is no such pool.
    pub fn pool(&self, name: Option<&str>) -> Option<PoolId> {
        let mut pools = self.pools.iter();
        match name {
            None => pools.next().cloned(),
            Some(name) => pools.find(|pool| pool.as_str() == name).cloned(),
        }
    }
}

impl Session {
    /// A connection has come in. Whoever the device was connected through before is replaced.
    ///
    /// `pool` is what [`Settings::pool`] gave for the client's choice. For a pool that does not
    /// exist it is `None`: the session then stays outside of every pool and says so to every
    /// frame, because a client that cannot tell why its connection ends would come back for ever.
    pub fn new(
        at: UnixMillis,
        settings: Arc<Settings>,
        pool: Option<PoolId>,
        client: Client,
        device: DeviceId,
        conn: Conn,
    ) -> Self {
        let _ = at;
        let rates = Rates::default();
        let mut out = VecDeque::new();
        out.push_back(Output::Apply(Command::Attach { device, conn, client }));
        Self { settings, pool, client, device, conn, rates, out }
    }

    /// Goes on counting frames where an earlier session of the same device stopped.
    #[must_use]
    pub fn with_rates(mut self, rates: Rates) -> Self {
        self.rates = rates;
        self
    }

    /// How many frames were counted, for the device's next session.
    pub const fn rates(&self) -> Rates {
        self.rates
    }

    /// The pool to which this session's commands go; `None` only if it has none to give.
    pub const fn pool(&self) -> Option<&PoolId> {
        self.pool.as_ref()
    }

    /// How the client speaks.
    pub const fn client(&self) -> Client {
        self.client
    }

    /// Whose connection this is.
    pub const fn device(&self) -> DeviceId {
        self.device
    }

    /// Which connection this is.
    pub const fn conn(&self) -> Conn {
        self.conn
    }

    /// Takes something that happened. An `at` before an earlier one counts as that earlier one.
    pub fn handle(&mut self, at: UnixMillis, input: Input<'_>) {
        let _ = (at, input, &self.settings);
    }

    /// The next thing to do, until there is nothing more.
    pub fn poll(&mut self) -> Option<Output> {
        self.out.pop_front()
    }

    /// When the session wants an [`Input::Timeout`]; an earlier one changes nothing. `None` after
    /// [`Output::Close`].
    pub const fn deadline(&self) -> Option<UnixMillis> {
        None
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("client", &self.client).finish_non_exhaustive()
    }
}
