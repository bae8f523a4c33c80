//! Rooms by code: sessions, members, what is said and for how long it is kept.
//!
//! [`Rooms`] is a transaction like [`Pool`](crate::Pool): state in, command in, facts out. One
//! machine holds all rooms of a deployment, so that whatever door a request comes through meets
//! the same rules. Each file holds one chapter.
//!
//! # Time
//!
//! A rule about oneself, and how long words are kept, is over at its instant: an expired session
//! is unknown and an old message gone, whether or not a [`RoomCommand::Sweep`] has come. What time
//! brings about for *others* (that somebody whose session ended leaves their rooms, the end of a
//! dead server's connections) happens at the first sweep at or after it. A sweep also wipes what
//! can no longer be seen.
//!
//! # Who owns a room
//!
//! Its creator, until they hand it over. When an owner goes, it passes to the member who has been
//! there longest. When nobody is left, the room stays for the policy's `room_life_s`, so that
//! people can come back by its code, and the first who does is its owner; a locked one ends at once.
//!
//! # Connections
//!
//! One connection listens to one room. A member may have several, one for each open page, up to
//! the policy's number; one more replaces the oldest, which is told. A session with a connection
//! does not expire.

mod command;
mod event;
mod id;
#[cfg(feature = "test-util")]
mod invariants;
mod membership;
mod owner;
mod presence;
mod query;
mod read;
mod record;
mod reports;
mod reset;
mod session;
mod store;
mod sweep;
mod talk;
mod text;
#[cfg(feature = "serde")]
pub mod wire;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::id::{Conn, NodeId};
use crate::policy::Policy;
use crate::time::UnixMillis;

pub use command::{RoomAnswer, RoomCommand, RoomCommit, RoomDice, RoomRejection, Target};
pub use event::{Parting, RoomEnvelope, RoomEvent};
pub use id::{RoomAlias, RoomCode, RoomMessageId, SessionId};
pub use query::{
    MemberView, MessagePage, MessageView, ReportedMessage, RoomCensus, RoomDetails, RoomMessage,
    RoomQuery, RoomView, SessionView,
};
pub use store::{RoomInbox, RoomStore};
pub use text::{RoomText, TextError};

use record::{Room, Seat, Session};
use sweep::Due;

/// All sessions and rooms of a deployment.
///
/// ```
/// use std::sync::Arc;
/// use anonchat_core::room::*;
/// use anonchat_core::{Policy, UnixMillis};
///
/// let policy = Arc::new(Policy::default());
/// let mut rooms = Rooms::new(Arc::clone(&policy));
/// let now = UnixMillis::new(1_700_000_000_000); // the caller's clock
/// let session = SessionId::from_bytes([7; 16]); // a keyed hash of the client's token
/// let nickname = RoomText::nickname(&policy, "Ann").expect("short");
/// let dice = |n| RoomDice::from_bytes([n; 32]); // 32 fresh random bytes a command
///
/// rooms.apply(now, dice(1), &RoomCommand::OpenSession { session, nickname }).outcome.expect("new");
/// let name = RoomText::name(&policy, "Tea").expect("short");
/// let (retention_days, max_participants) = (Some(0), None);
/// let create = RoomCommand::Create { session, name, retention_days, max_participants };
/// let answer = rooms.apply(now, dice(2), &create).outcome.expect("room for one more");
/// assert!(matches!(answer, RoomAnswer::Room(room) if room.members == 1));
/// ```
#[cfg_attr(feature = "test-util", derive(Clone, Debug, PartialEq))]
pub struct Rooms {
    policy: Arc<Policy>,
    clock: UnixMillis,
    seq: u64,
    /// The facts of the command that is being applied.
    mail: Vec<RoomEnvelope>,
    sessions: BTreeMap<SessionId, Session>,
    /// By number.
    rooms: BTreeMap<u64, Room>,
    codes: BTreeMap<RoomCode, u64>,
    /// The connections that listen.
    seats: BTreeMap<Conn, Seat>,
    /// The ends of the leases of servers.
    leases: BTreeMap<NodeId, UnixMillis>,
    /// Messages that were reported and are in memory.
    reported: BTreeSet<RoomMessageId>,
    due: BTreeSet<(UnixMillis, Due)>,
    last_room: u64,
    /// Messages in memory.
    messages: u64,
    /// Sessions that are banned.
    bans: u64,
}

impl Rooms {
    /// No session and no room, at the beginning of time.
    pub fn new(policy: Arc<Policy>) -> Self {
        Self {
            policy,
            clock: UnixMillis::default(),
            seq: 0,
            mail: Vec::new(),
            sessions: BTreeMap::new(),
            rooms: BTreeMap::new(),
            codes: BTreeMap::new(),
            seats: BTreeMap::new(),
            leases: BTreeMap::new(),
            reported: BTreeSet::new(),
            due: BTreeSet::new(),
            last_room: 0,
            messages: 0,
            bans: 0,
        }
    }

    /// The rules.
    pub fn policy(&self) -> &Arc<Policy> {
        &self.policy
    }

    /// Applies one command.
    ///
    /// Everything that can influence the result is an argument: the same history of instants, dice
    /// and commands always gives the same commits. A rejected command changes nothing but `seq` and
    /// the clock, which never runs back: an `at` earlier than a former one counts as that one.
    ///
    /// The cost is logarithmic in the number of sessions, rooms and messages, times the
    /// connections that are told; for the end of a room times what is in it; for
    /// [`RoomCommand::Sweep`] times at most 256 things that were due; for [`RoomCommand::Reset`]
    /// that of everything there is.
    pub fn apply(&mut self, at: UnixMillis, dice: RoomDice, command: &RoomCommand) -> RoomCommit {
        self.clock = self.clock.max(at);
        self.seq += 1;
        let outcome = self.dispatch(dice, command);
        let mail = std::mem::take(&mut self.mail);
        debug_assert!(outcome.is_ok() || mail.is_empty(), "a rejection tells nobody anything");
        let more = matches!(command, RoomCommand::Sweep) && self.has_due();
        RoomCommit { seq: self.seq, at: self.clock, outcome, mail, more }
    }

    fn dispatch(
        &mut self,
        dice: RoomDice,
        command: &RoomCommand,
    ) -> Result<RoomAnswer, RoomRejection> {
        let requester = command.requester();
        if let Some(session) = requester {
            self.known(session, self.clock)?;
        }
        let answer = self.carry_out(dice, command)?;
        if let Some(session) = requester {
            self.refresh(session);
        }
        Ok(answer)
    }

    fn carry_out(
        &mut self,
        dice: RoomDice,
        command: &RoomCommand,
    ) -> Result<RoomAnswer, RoomRejection> {
        match command {
            RoomCommand::OpenSession { session, nickname } => {
                return self.open_session(*session, nickname).map(RoomAnswer::Session);
            }
            RoomCommand::Touch { session } => {
                self.refresh(*session);
                return self.view_session(*session, self.clock).map(RoomAnswer::Session);
            }
            RoomCommand::EndSession { session } => self.end_session(*session),
            RoomCommand::Create { session, name, retention_days, max_participants } => {
                return self
                    .create(dice, *session, name, *retention_days, *max_participants)
                    .map(RoomAnswer::Room);
            }
            RoomCommand::Join { session, room } => {
                return self.join(dice, *session, *room).map(RoomAnswer::Room);
            }
            RoomCommand::Leave { session, room } => self.leave(*session, *room)?,
            RoomCommand::Attach { session, room, conn } => self.attach(*session, *room, *conn)?,
            RoomCommand::Detach { conn } => self.detach(*conn)?,
            RoomCommand::Post { session, room, content } => {
                return self.post(*session, *room, content).map(RoomAnswer::Message);
            }
            RoomCommand::Typing { session, room, on } => self.type_in(*session, *room, *on)?,
            RoomCommand::Report { session, message, reason } => {
                self.report(*session, *message, reason)?;
            }
            RoomCommand::Kick { session, room, target } => self.kick(*session, *room, *target)?,
            RoomCommand::Ban { session, room, target } => self.ban(*session, *room, *target)?,
            RoomCommand::Lock { session, room, locked } => self.lock(*session, *room, *locked)?,
            RoomCommand::HandOver { session, room, target } => {
                self.hand_over(*session, *room, *target)?;
            }
            RoomCommand::Close { session, room } => self.close(*session, *room)?,
            RoomCommand::CloseByModerator { room } => {
                let number = self.find(*room, self.clock)?;
                self.end_room(number);
            }
            RoomCommand::BanSession { banned } => self.ban_session(*banned)?,
            RoomCommand::LiftSession { lifted } => self.lift_session(*lifted)?,
            RoomCommand::Renew { node } => self.renew(*node),
            RoomCommand::Sweep => self.sweep(),
            RoomCommand::Reset => self.reset(),
        }
        Ok(RoomAnswer::Done)
    }

    /// Tells one connection something about a room.
    fn tell(&mut self, conn: Conn, room: RoomCode, event: RoomEvent) {
        self.mail.push(RoomEnvelope { conn, room, seq: self.seq, event });
    }

    /// Tells every connection that listens to a room, but not those of one session, in the order
    /// of connections.
    fn tell_room(&mut self, number: u64, but: Option<SessionId>, event: &RoomEvent) {
        let Some(room) = self.rooms.get(&number) else { return };
        let told = room.conns.iter().filter(|(_, session)| Some(**session) != but);
        let seq = self.seq;
        self.mail.extend(told.map(|(conn, _)| RoomEnvelope {
            conn: *conn,
            room: room.code,
            seq,
            event: event.clone(),
        }));
    }
}

impl RoomCommand {
    /// The session whose own request it is, which must be there and is active by it.
    pub const fn requester(&self) -> Option<SessionId> {
        match self {
            Self::Touch { session }
            | Self::EndSession { session }
            | Self::Create { session, .. }
            | Self::Join { session, .. }
            | Self::Leave { session, .. }
            | Self::Attach { session, .. }
            | Self::Post { session, .. }
            | Self::Typing { session, .. }
            | Self::Report { session, .. }
            | Self::Kick { session, .. }
            | Self::Ban { session, .. }
            | Self::Lock { session, .. }
            | Self::HandOver { session, .. }
            | Self::Close { session, .. } => Some(*session),
            Self::OpenSession { .. }
            | Self::Detach { .. }
            | Self::CloseByModerator { .. }
            | Self::BanSession { .. }
            | Self::LiftSession { .. }
            | Self::Renew { .. }
            | Self::Sweep
            | Self::Reset => None,
        }
    }
}
