//! What the rules refuse.

use crate::event::Client;
use crate::profile::Gender;
use crate::time::UnixMillis;

/// The rules say no. A rejected command has changed nothing.
///
/// This is data, equal on every store; a store that cannot be reached is a
/// [`StoreError`](crate::StoreError) instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rejection {
    /// The connection does not hold the device: a newer one does, or its server was taken for
    /// dead, or it never attached.
    NotAttached,
    /// The connection held the device once, and a newer one holds it now.
    Replaced {
        /// How that connection speaks.
        by: Client,
    },
    /// The device is banned until then.
    Banned {
        /// The end of the ban.
        until: UnixMillis,
    },
    /// The device waits already.
    AlreadyWaiting,
    /// The device talks to somebody already.
    AlreadyPaired,
    /// Joined again too soon.
    Cooldown {
        /// When a join is accepted again.
        until: UnixMillis,
    },
    /// All matches of today are used up.
    DailyTotal {
        /// When the count starts again.
        resets: UnixMillis,
    },
    /// All of today's matches through this filter are used up.
    DailyLimit {
        /// The gender that was asked for.
        filter: Gender,
        /// When the count starts again.
        resets: UnixMillis,
    },
    /// Only verified people may join.
    VerificationRequired,
    /// The alias is nobody whom this device talks to, or talked to a short time ago.
    UnknownPeer,
    /// This pair was reported by this device already.
    AlreadyReported,
    /// The device holds as many blocks as it may.
    TooManyBlocks {
        /// How many that is.
        max: u32,
    },
    /// The device holds no such block.
    UnknownBlock,
    /// There is no such report, or it is too old.
    UnknownReport,
    /// The pair id of the dice is in use. With 128 random bits this does not happen by chance;
    /// the caller may roll again.
    DiceUsed,
}
