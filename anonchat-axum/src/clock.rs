//! The only file of the project that reads the clock and draws randomness.

use std::cell::RefCell;
use std::time::{Duration, SystemTime};

use anonchat_core::{Dice, PairId, UnixMillis};
use tokio::time::Instant;

/// Random bytes that a thread draws at once.
const STOCK: usize = 512;

/// The present, by the wall clock: daily limits and bans mean the same on every server.
#[expect(clippy::disallowed_methods, reason = "this is the file that may")]
pub(crate) fn now() -> UnixMillis {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    UnixMillis::new(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}

/// `then`, as timers count.
pub(crate) fn instant(then: UnixMillis) -> Instant {
    Instant::now() + Duration::from_millis(now().until(then))
}

/// The present, to tell how long something takes.
#[cfg(feature = "metrics")]
#[expect(clippy::disallowed_methods, reason = "this is the file that may")]
pub(crate) fn monotonic() -> std::time::Instant {
    std::time::Instant::now()
}

/// Fresh dice for one command.
pub(crate) fn roll() -> Dice {
    Dice { pair: PairId::from_bytes(random()) }
}

/// Fresh dice for one command about rooms.
#[cfg(feature = "rooms")]
pub(crate) fn roll_for_rooms() -> anonchat_core::room::RoomDice {
    anonchat_core::room::RoomDice::from_bytes(random())
}

/// A number that no other process has drawn.
pub(crate) fn number() -> u64 {
    u64::from_le_bytes(random())
}

/// A number from `low` up to, but not including, `high`.
pub(crate) fn between(low: u64, high: u64) -> u64 {
    low + number() % (high - low).max(1)
}

/// Random bytes of the operating system, which each thread asks for a few hundred at a time. None
/// is given twice, or kept when it was given.
pub(crate) fn random<const N: usize>() -> [u8; N] {
    const { assert!(N <= STOCK, "a draw fits into the stock") };
    thread_local! {
        static LEFT: RefCell<([u8; STOCK], usize)> = const { RefCell::new(([0; STOCK], 0)) };
    }
    LEFT.with_borrow_mut(|(stock, left)| {
        if *left < N {
            // A process that goes on without randomness would hand out guessable pairs.
            getrandom::fill(stock).expect("the operating system gives random bytes");
            *left = STOCK;
        }
        let given = *left - N..*left;
        *left = given.start;
        let mut bytes = [0; N];
        bytes.swap_with_slice(&mut stock[given]);
        bytes
    })
}
