//! What can be asked of a pool.

use std::sync::Arc;

use crate::event::{Client, Departure, Envelope};
use crate::id::{Alias, Conn, DeviceId, NodeId, PairId, ReportId};
use crate::order::Order;
use crate::profile::{Claim, Filter, Gender, Profile, Proof};
use crate::rejection::Rejection;
use crate::time::UnixMillis;

/// A request to change the pool. Chat text is none: see [`Whisper`](crate::Whisper).
///
/// The commands of a person name the connection that speaks for the device; one that does not
/// hold it (any more) is refused with [`Rejection::NotAttached`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// A connection takes the device over, and what it is doing with it.
    ///
    /// A talk for which a [`Client::Capability`] came or is expected is not taken over by a client
    /// of another kind: [`Rejection::Replaced`]. A [`Client::Seeker`] comes for somebody new, and
    /// leaves every talk but one for which it is expected.
    Attach {
        /// The device.
        device: DeviceId,
        /// The connection.
        conn: Conn,
        /// How it speaks.
        client: Client,
        /// Whether this connection held the device before. Then it does not take the device from
        /// another one, which must be newer: that is refused with [`Rejection::Replaced`].
        again: bool,
    },
    /// A [`Client::Capability`] takes over a device as long as it is in this pair, and with it the
    /// device's side of the talk. Refused with [`Rejection::UnknownPeer`] when it is not.
    Enter {
        /// The device.
        device: DeviceId,
        /// The connection.
        conn: Conn,
        /// The pair.
        pair: PairId,
        /// As for [`Command::Attach`].
        again: bool,
    },
    /// A connection is gone. With a grace the place is kept; without, this is a leave.
    Detach {
        /// The device.
        device: DeviceId,
        /// The connection.
        conn: Conn,
    },
    /// Meet somebody, now or later.
    Join {
        /// The device.
        device: DeviceId,
        /// The connection.
        conn: Conn,
        /// Whom to look for.
        wish: Wish,
    },
    /// Leave and join in one step. The leave stands even if the join is refused.
    Next {
        /// The device.
        device: DeviceId,
        /// The connection.
        conn: Conn,
        /// Whom to look for.
        wish: Wish,
    },
    /// Stop waiting or talking. With nothing to stop it still answers [`Event::Left`](crate::Event).
    Leave {
        /// The device.
        device: DeviceId,
        /// The connection.
        conn: Conn,
        /// What the partner is told: [`Departure::Left`] or [`Departure::Next`].
        why: Departure,
    },
    /// Never meet that person again. Blocking them twice changes nothing.
    Block {
        /// Who blocks.
        device: DeviceId,
        /// Whom.
        target: Alias,
    },
    /// Take a block back. Who waits and may now meet, does.
    Unblock {
        /// Who blocked.
        device: DeviceId,
        /// The block, by the alias under which it was made.
        block: Alias,
    },
    /// Report a partner.
    Report {
        /// Who reports.
        device: DeviceId,
        /// Whom.
        target: Alias,
        /// Why. The length is checked at the door.
        reason: Arc<str>,
        /// More words. The length is checked at the door.
        note: Option<Arc<str>>,
    },
    /// The device's gender is known from now on, for the policy's time.
    Verify {
        /// The device.
        device: DeviceId,
        /// Its gender.
        gender: Gender,
        /// How it is known. Only what the policy's verification mode asks for counts at a join.
        proof: Proof,
    },
    /// A moderator bans a device.
    Ban {
        /// The device.
        device: DeviceId,
        /// Until when; an end in the past is a lift.
        until: UnixMillis,
    },
    /// A moderator lifts a ban and forgets the reports that count against the device.
    Lift {
        /// The device.
        device: DeviceId,
    },
    /// A moderator finds a report to be false.
    Dismiss {
        /// The report.
        report: ReportId,
    },
    /// Carry out what another pool of the deployment has ordered, unless a later order about the
    /// device is known. It is not noted for further pools: each hears it from where it was given.
    Adopt {
        /// The order.
        order: Order,
    },
    /// Every other pool has adopted these orders: forget them.
    Settle {
        /// The number of the last of them.
        upto: u64,
    },
    /// A server is alive.
    Renew {
        /// The server.
        node: NodeId,
    },
    /// Carry out what time alone brings about, in bounded portions: see [`Commit::more`].
    Sweep,
}

/// Whom somebody looks for, and as whom.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wish {
    /// Whom to meet.
    pub filter: Filter,
    /// What the partner is shown.
    pub profile: Arc<Profile>,
    /// A gender that came with the join. What is attested goes before what is declared, and this
    /// before what [`Command::Verify`] made known. With verification off only declarations count,
    /// with verification required only attestations; otherwise a declaration counts only here.
    pub claim: Option<Claim>,
}

/// The randomness of one command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dice {
    /// The id of the pair, if the command makes one. Fresh for every command.
    pub pair: PairId,
}

/// What came of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit {
    /// The number of the commit, counted from 1 in each pool, rejected commands included.
    pub seq: u64,
    /// The facts to deliver, in order, or the rule that refused.
    pub outcome: Result<Vec<Envelope>, Rejection>,
    /// After [`Command::Sweep`]: there was more to do than one sweep takes; sweep again.
    pub more: bool,
}
