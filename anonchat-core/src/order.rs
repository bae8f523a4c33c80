//! What holds in every pool of a deployment, on its way from one pool to the others.

use crate::id::DeviceId;
use crate::profile::{Gender, Proof};
use crate::time::UnixMillis;

/// A ban, the end of one, or a gender that is known: given in one pool, to hold in all.
///
/// Of two orders of one kind about a device the later one holds, in whatever sequence they come;
/// so an order that comes twice, or after a later one, changes nothing, and pools that have had
/// the same orders agree. There is one exception: a pool remembers a lift for as long as a ban for
/// reports lasts (the policy's `ban_s`), and a longer ban that was given before the lift and comes
/// only after that time bans again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Order {
    /// The device.
    pub device: DeviceId,
    /// When it was given, by the clock of the pool that gave it, and after every order of the
    /// same kind about the device that this pool had.
    pub given: UnixMillis,
    /// What is to hold.
    pub measure: Measure,
}

/// What is to hold for a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// It is banned.
    Ban {
        /// Until when; an end in the past is a lift. Of two that were given at one instant the
        /// longer ban holds.
        until: UnixMillis,
    },
    /// Its gender is known, for the policy's time from when the order was given.
    Verify {
        /// Its gender.
        gender: Gender,
        /// How it is known.
        proof: Proof,
    },
}
