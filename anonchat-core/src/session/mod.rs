//! The protocol of one connection, as a machine that is fed and polled.
//!
//! It decides what a client may say when: rates, lengths, screening, message ids and
//! acknowledgements, idle time, stale pairs, resuming. It does no I/O, and holds no message but, for
//! seconds, the first ones to a partner who has still to come to the talk. Every door runs it
//! through the same loop:
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
mod asking;
mod frame;
mod held;
mod leave;
mod life;
mod limits;
mod news;
mod orders;
mod presence;
mod refusal;
#[cfg(feature = "test-util")]
mod script;
mod settings;
mod talk;
mod waits;
mod why;

use std::collections::VecDeque;
use std::sync::Arc;

pub use answer::{Close, Hello, REPORT_REASONS, ServerFrame};
pub use asking::DEFAULT_REASON;
pub use frame::{Action, ClientFrame, FrameError};
pub use limits::Rates;
pub use refusal::{ErrorCode, Refusal};
#[cfg(feature = "test-util")]
pub use script::exercise;
pub use settings::Settings;
pub use waits::Waits;
pub use why::Narrowing;

use crate::bucket::Bucket;
use crate::command::Command;
use crate::event::{Client, Event};
use crate::id::{Conn, DeviceId, PairId, PoolId};
use crate::profile::{Gender, Profile};
use crate::query::{Query, View};
use crate::rejection::Rejection;
use crate::store::Whisper;
use crate::time::UnixMillis;
use life::Life;
use presence::{Awaited, Presence};
use talk::Doing;

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
    /// Mail may have been lost, or a whisper could not be carried.
    Gap {
        /// What the connection is called from now on. What still comes for its former name, of
        /// which a part may be lost, is not to be handed in. See [`Session::wants_new_name`].
        conn: Conn,
    },
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
    /// The message of a [`Client::Cookie`], which shows its own when it hears of it, is on its way or
    /// waits for a partner who is expected.
    Accepted,
    /// What the partner said may have been lost: hand in an [`Input::Gap`].
    Missed,
    /// Close the transport; nothing more will come, and the session may be dropped.
    Close(Close),
}

/// One connection of one device.
///
/// Its outputs depend on its inputs and its settings alone, to which the recent [`Waits`] belong that
/// all sessions share. It never fails: an input that the loop should not have
/// handed in is answered as well as it can be, or ignored.
// In the order of C, since the compiler's own spreads what each message looks at over all of it, and with
// thousands of connections a message waits for each line of the memory that it looks at.
#[cfg_attr(feature = "test-util", derive(Debug))]
#[repr(C)]
pub struct Session {
    settings: Arc<Settings>,
    clock: UnixMillis,
    life: Life,
    conn: Conn,
    client: Client,
    /// Whether the client has had its `daily_limits`.
    greeted: bool,
    /// The gender that a join without a claim of its own would have, as far as it is known.
    gender: Option<Gender>,
    /// The gender that the door was told of, and that no token proves.
    declares: Option<Gender>,
    /// The gender of the last join, as far as it is known.
    joins_as: Option<Gender>,
    out: Outbox,
    doing: Doing,
    rates: Rates,
    presence: Presence,
    pool: Option<PoolId>,
    device: DeviceId,
    /// The only pair for which the connection is there.
    enters: Option<PairId>,
    /// Where the device waits and since when, if its match would tell how long such a wait takes.
    queued: Option<(Bucket, UnixMillis)>,
    /// What the last partner was shown, for a `next` that does not say anything new.
    profile: Arc<Profile>,
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
        Self::begin(at, settings, pool, client, device, conn, None)
    }

    /// A [`Client::Capability`] has come in for a talk that was found elsewhere. When the pool no
    /// longer knows the pair, now or later, the client is told so by [`ServerFrame::Left`] or
    /// [`ServerFrame::PeerLeft`], and the session ends with [`Close::Over`].
    pub fn entering(
        at: UnixMillis,
        settings: Arc<Settings>,
        pool: Option<PoolId>,
        device: DeviceId,
        conn: Conn,
        pair: PairId,
    ) -> Self {
        Self::begin(at, settings, pool, Client::Capability, device, conn, Some(pair))
    }

    fn begin(
        at: UnixMillis,
        settings: Arc<Settings>,
        pool: Option<PoolId>,
        client: Client,
        device: DeviceId,
        conn: Conn,
        enters: Option<PairId>,
    ) -> Self {
        let mut session = Self {
            presence: Presence::new(pool.is_some()),
            life: Life::new(at, settings.policy.connection.idle_s),
            settings,
            pool,
            client,
            device,
            conn,
            enters,
            rates: Rates::default(),
            clock: at,
            greeted: false,
            doing: Doing::Idle,
            gender: None,
            declares: None,
            joins_as: None,
            queued: None,
            profile: Arc::default(),
            out: Outbox::default(),
        };
        session.come_in();
        session
    }

    /// Goes on counting frames where an earlier session of the same device stopped.
    #[must_use]
    pub const fn with_rates(mut self, rates: Rates) -> Self {
        self.rates = rates;
        self
    }

    /// Joins with a gender that was declared at the door, where a join brings no token and policy
    /// lets people declare.
    #[must_use]
    pub const fn declaring(mut self, gender: Option<Gender>) -> Self {
        self.declares = gender;
        self
    }

    /// Goes on with other counts: what the device has sent elsewhere counts as well.
    pub const fn set_rates(&mut self, rates: Rates) {
        self.rates = rates;
    }

    /// How many frames were counted, for the device's next session.
    pub const fn rates(&self) -> Rates {
        self.rates
    }

    /// The pool to which this session's commands go; without one it has none to give.
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

    /// Whether the connection is to have a new name at an [`Input::Gap`]: then its partner, who
    /// may have said something that was lost, learns that it was away, and says it again. Whoever
    /// has no grace keeps the name, and with it the place; and so does who talks to somebody on
    /// the same server, between whom nothing is lost.
    pub fn wants_new_name(&self) -> bool {
        let has_grace = self.client.has_grace() && self.settings.policy.connection.grace_s > 0;
        let may_miss = match &self.doing {
            Doing::Idle => self.presence.awaits(),
            Doing::Waiting => true,
            Doing::Talking(talk) => !talk.is_within(self.conn.node),
        };
        has_grace && may_miss && self.presence.is_here()
    }

    /// Whether the pool is being asked what the device is doing, and nothing that the client has
    /// asked for.
    pub const fn is_coming_in(&self) -> bool {
        matches!(self.presence.awaited, Some(Awaited::Attach | Awaited::Release))
    }

    /// Takes something that happened. An `at` before an earlier one counts as that earlier one.
    pub fn handle(&mut self, at: UnixMillis, input: Input<'_>) {
        self.clock = self.clock.max(at);
        if self.presence.is_over() {
            return;
        }
        self.forget_held();
        match input {
            Input::Frame(frame) => {
                self.life.sign(self.clock);
                self.frame(frame);
            }
            Input::Alive => self.life.sign(self.clock),
            Input::Event(event) => self.event(event),
            Input::Whisper(whisper) => self.whispered(whisper),
            Input::Committed(outcome) => self.committed(outcome),
            Input::Viewed(view) => self.viewed(&view),
            Input::Unavailable => self.unavailable(),
            Input::Gap { conn } => self.gap(conn),
            Input::Timeout => self.timeout(),
            Input::Restart { reconnect_in_ms } => self.restart(reconnect_in_ms),
            Input::Closed => self.presence.end(Close::Gone),
        }
        self.settle();
    }

    /// The next thing to do, until there is nothing more.
    pub fn poll(&mut self) -> Option<Output> {
        self.out.pop()
    }

    /// When the session wants an [`Input::Timeout`]; an earlier one changes nothing. `None` while
    /// it waits for an answer to an output, and after [`Output::Close`].
    pub fn deadline(&self) -> Option<UnixMillis> {
        if self.presence.is_over() || self.presence.awaits() {
            return None;
        }
        let idle = (!self.presence.is_ending()).then(|| self.life.deadline());
        let held = self.held_until();
        self.presence.retry_at().into_iter().chain(idle).chain(held).min()
    }

    fn send(&mut self, frame: ServerFrame) {
        self.out.push(Output::Send(frame));
    }

    fn refuse(&mut self, refusal: Refusal) {
        self.send(ServerFrame::Error(refusal));
    }

    fn is_native(&self) -> bool {
        self.client == Client::Native
    }
}

/// What is still to be carried out. It is the only place of a session where a text may be, on its
/// way through.
///
/// Most inputs bring about one output, which has its place here; only what comes with it needs the
/// queue, which holds no memory while it is empty.
#[derive(Default)]
struct Outbox {
    first: Option<Output>,
    more: VecDeque<Output>,
}

impl Outbox {
    fn push(&mut self, output: Output) {
        match self.first {
            None => self.first = Some(output),
            Some(_) => self.more.push_back(output),
        }
    }

    fn pop(&mut self) -> Option<Output> {
        let first = self.first.take();
        if self.more.capacity() > 0 {
            self.first = self.more.pop_front();
            if self.more.is_empty() {
                self.more = VecDeque::new();
            }
        }
        first
    }
}

impl Extend<Output> for Outbox {
    fn extend<I: IntoIterator<Item = Output>>(&mut self, outputs: I) {
        outputs.into_iter().for_each(|output| self.push(output));
    }
}

#[cfg(feature = "test-util")]
impl std::fmt::Debug for Outbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} outputs", usize::from(self.first.is_some()) + self.more.len())
    }
}
