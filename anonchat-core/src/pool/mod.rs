//! Who waits, who talks to whom, who may not: the matchmaking transaction.
//!
//! Each file holds one chapter of the rules and the state that belongs to it. Time-bound rules are
//! looked at lazily: a ban, a cooldown or a count is over at its instant, whether or not a
//! [`Command::Sweep`] has come. What time alone brings about for *others* (the end of a grace, of
//! a dead server, of an exclusion while both wait) happens at the first sweep at or after it.

mod arrivals;
mod blocks;
mod device;
mod fairness;
mod footprint;
mod housekeeping;
mod index;
#[cfg(feature = "test-util")]
mod invariants;
mod lease;
mod met;
mod orders;
mod pages;
mod pairing;
mod presence;
mod queue;
mod read;
mod safety;
mod safety_state;
mod snapshot;
mod sweep;
mod timetable;
mod verification;

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::command::{Command, Commit, Dice};
use crate::event::{Envelope, Event};
use crate::id::PairId;
use crate::policy::Policy;
use crate::rejection::Rejection;
use crate::time::{Day, UnixMillis};

pub use footprint::Footprint;
#[cfg(feature = "test-util")]
pub use invariants::Violation;
pub use safety_state::{CountState, SafetyState, WordlessReport};
pub use snapshot::{
    ActivityState, BanState, DeviceState, Due, MeetingState, PersonaState, ReportState, Snapshot,
};

use blocks::Blocks;
use device::{Devices, Slot};
use housekeeping::Stale;
use lease::Leases;
use met::Met;
use orders::Orders;
use queue::Queues;
use safety::Safety;
use timetable::Timetable;

/// One atomic partition of the population: everybody who may meet each other.
///
/// ```
/// use std::sync::Arc;
/// use anonchat_core::*;
///
/// let mut pool = Pool::new(Arc::new(Policy::default()));
/// let now = UnixMillis::new(1_700_000_000_000);
/// let mut arrive = |n: u8| {
///     let device = DeviceId::from_bytes([n; 16]);
///     let conn = Conn { node: NodeId(1), id: n.into() };
///     let dice = |m: u8| Dice { pair: PairId::from_bytes([m; 16]) };
///     pool.apply(now, dice(n), &Command::Attach { device, conn, client: Client::Native, again: false });
///     let join = Command::Join { device, conn, wish: Wish::default() };
///     pool.apply(now, dice(n), &join).outcome.expect("accepted")
/// };
/// assert!(matches!(arrive(1)[0].event, Event::Queued { .. }));
/// assert!(matches!(arrive(2)[0].event, Event::Matched { .. }));
/// ```
pub struct Pool {
    policy: Arc<Policy>,
    clock: UnixMillis,
    /// The day of the last command, which each rule of a day asks for, and when it ends.
    today: Day,
    tomorrow: UnixMillis,
    seq: u64,
    /// The facts of the command that is being applied.
    mail: Vec<Envelope>,
    /// The pair id of the command that is being applied, until a pair has taken it.
    dice: Option<PairId>,
    devices: Devices,
    queues: Queues,
    met: Met,
    blocks: Blocks,
    safety: Safety,
    orders: Orders,
    leases: Leases,
    due: BTreeSet<(UnixMillis, Due)>,
    /// The records of devices that are gone, by when no rule keeps them any more.
    retired: Timetable<Slot>,
    stale: Timetable<Stale>,
}

impl Pool {
    /// An empty pool with these rules, at the beginning of time.
    pub fn new(policy: Arc<Policy>) -> Self {
        Self {
            policy,
            clock: UnixMillis::default(),
            today: Day::default(),
            tomorrow: UnixMillis::default(),
            seq: 0,
            mail: Vec::new(),
            dice: None,
            devices: Devices::default(),
            queues: Queues::default(),
            met: Met::default(),
            blocks: Blocks::default(),
            safety: Safety::default(),
            orders: Orders::default(),
            leases: Leases::default(),
            due: BTreeSet::new(),
            retired: Timetable::default(),
            stale: Timetable::default(),
        }
    }

    /// The rules.
    pub fn policy(&self) -> &Arc<Policy> {
        &self.policy
    }

    /// Applies one command.
    ///
    /// Everything that can influence the result is an argument: the same history of instants, dice
    /// and commands always gives the same commits, on every machine and in every language. A
    /// rejected command changes nothing but `seq` and the clock, which never runs back: an `at`
    /// earlier than a former one counts as that one.
    ///
    /// The cost is logarithmic in the number of people (amortized: tables grow and shrink by
    /// halves), times at most 512 people that an arrival looks past because of blocks, and for
    /// [`Command::Sweep`] times at most 256 things that were due, for [`Command::Settle`] times
    /// the orders that it settles.
    pub fn apply(&mut self, at: UnixMillis, dice: Dice, command: &Command) -> Commit {
        self.advance(at);
        self.seq += 1;
        self.dice = Some(dice.pair);
        let more = matches!(command, Command::Sweep);
        let done = self.dispatch(command);
        self.keep_house(if more { 4096 } else { 2 });
        let mail = std::mem::take(&mut self.mail);
        debug_assert!(done.is_ok() || mail.is_empty(), "a rejection tells nobody anything");
        Commit { seq: self.seq, outcome: done.map(|()| mail), more: more && self.has_due() }
    }

    fn advance(&mut self, at: UnixMillis) {
        self.clock = self.clock.max(at);
        if self.clock >= self.tomorrow {
            let offset = self.policy.matching.day_offset_min;
            self.today = Day::of(self.clock, offset);
            self.tomorrow = self.today.end(offset);
        }
    }

    fn dispatch(&mut self, command: &Command) -> Result<(), Rejection> {
        match command {
            Command::Attach { device, conn, client, again } => {
                self.attach(*device, *conn, *client, *again)
            }
            Command::Enter { device, conn, pair, again } => {
                self.enter_talk(*device, *conn, *pair, *again)
            }
            Command::Detach { device, conn } => self.detach(*device, *conn),
            Command::Join { device, conn, wish } => self.join(*device, *conn, wish),
            Command::Next { device, conn, wish } => self.next(*device, *conn, wish),
            Command::Leave { device, conn, why } => self.leave(*device, *conn, *why),
            Command::Block { device, target } => self.block(*device, *target),
            Command::Unblock { device, block } => self.unblock(*device, *block),
            Command::Report { device, target, reason, note } => {
                self.report(*device, *target, reason, note.as_ref())
            }
            Command::Verify { device, gender, proof } => {
                self.verify(*device, *gender, *proof);
                Ok(())
            }
            Command::Ban { device, until } => {
                self.ban(*device, *until);
                Ok(())
            }
            Command::Lift { device } => {
                self.lift(*device);
                Ok(())
            }
            Command::Dismiss { report } => self.dismiss(*report),
            Command::Adopt { order } => {
                self.adopt(order);
                Ok(())
            }
            Command::Settle { upto } => {
                self.settle(*upto);
                Ok(())
            }
            Command::Renew { node } => {
                self.renew(*node);
                Ok(())
            }
            Command::Sweep => self.sweep(),
        }
    }

    /// Refuses a command that may make a pair under an id that is in use.
    fn check_dice(&self) -> Result<(), Rejection> {
        match self.dice {
            Some(pair) if !self.is_used(pair) => Ok(()),
            _ => Err(Rejection::DiceUsed),
        }
    }

    /// Tells a device something, if it has a connection.
    fn tell(&mut self, slot: Slot, event: Event) {
        let device = &self.devices[slot];
        if let Some(attached) = device.attached {
            let (to, conn, seq) = (device.id, attached.conn, self.seq);
            if self.mail.capacity() == 0 {
                // Few commands tell more than that.
                self.mail = Vec::with_capacity(2);
            }
            self.mail.push(Envelope { to, conn, seq, event });
        }
    }
}
