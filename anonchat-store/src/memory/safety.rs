//! Bans, blocks, reports and counts: from a store to its file and back.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};

use anonchat_core::{Command, Commit, Pool};

use super::MemoryStore;
use super::safety_bytes::States;
use super::safety_file::{SafetyFile, SafetyFileError, SavedSafety};

impl MemoryStore {
    /// The same pools with what was saved in place of what they knew. What is over meanwhile is
    /// forgotten with the first commands. A ban that was given in any pool holds in all; of a pool that is no more,
    /// nothing else does.
    #[must_use]
    pub fn with_safety(mut self, saved: &SavedSafety) -> Self {
        let SavedSafety(states) = saved;
        let latest = states.values().map(|state| state.clock).max().unwrap_or_default();
        for (name, pool) in &mut self.pools {
            let mut state = states.get(name).cloned().unwrap_or_default();
            for (device, ban) in states.values().flat_map(|state| &state.bans) {
                state.adopt(*device, *ban);
            }
            *pool = Mutex::new(Pool::restore(Arc::clone(&self.policy), latest, &state));
        }
        self
    }

    /// Writes what people's safety needs into a file, if any of it may have changed since the last
    /// time. Returns whether it did.
    ///
    /// Each pool is locked for as long as it takes to copy that; it blocks for as long as the disk
    /// does, without a lock. One call at a time.
    ///
    /// # Errors
    ///
    /// [`SafetyFileError`]; the next call tries again. The file is then as it was before, or as it
    /// should be.
    pub fn save_safety(&self, file: &SafetyFile) -> Result<bool, SafetyFileError> {
        if !self.changed.swap(false, Ordering::AcqRel) {
            return Ok(false);
        }
        let states: Result<States, _> = self
            .pools
            .keys()
            .map(|name| Ok((name.clone(), self.pool(name)?.safety_state())))
            .collect();
        let saved = match states {
            Ok(states) => file.write(&states),
            Err(error) => Err(file.unknown(error)),
        };
        if saved.is_err() {
            self.changed.store(true, Ordering::Release);
        }
        saved.map(|()| true)
    }

    /// Notes that a commit may have changed what a file is to keep. Called under the pool's lock,
    /// so that whoever copies next has seen it.
    pub(super) fn note_change(&self, command: &Command, commit: &Commit) {
        let idle = match command {
            Command::Renew { .. } | Command::Settle { .. } => true,
            // What time alone brings about for people tells somebody.
            Command::Sweep => commit.outcome.as_ref().is_ok_and(Vec::is_empty),
            _ => commit.outcome.is_err(),
        };
        if !idle {
            self.changed.store(true, Ordering::Release);
        }
    }
}

/// Whatever bytes a file holds are read as what they were written as, or not at all; and what is
/// read makes a pool in which everything that must hold does.
///
/// # Panics
///
/// If that is not so.
#[cfg(feature = "test-util")]
pub fn exercise_safety(bytes: &[u8]) {
    use super::safety_bytes::{decode, encode, seal};

    let key = [7; 32];
    // As they are, and as a payload whose checksum is right.
    for bytes in [bytes.to_vec(), seal(bytes, &key)] {
        let Ok(states) = decode(&bytes, &key) else { continue };
        let written = encode(&states, &key).expect("what was read can be written");
        assert_eq!(decode(&written, &key).as_ref(), Ok(&states), "it reads back as itself");
        for state in states.values() {
            let mut pool = Pool::restore(Arc::default(), state.clock, state);
            pool.check(&[]).expect("a restored pool");
            let dice = anonchat_core::Dice { pair: anonchat_core::PairId::from_bytes([1; 16]) };
            pool.apply(state.clock, dice, &Command::Sweep);
            let again = pool.safety_state();
            let pool = Pool::restore(Arc::default(), again.clock, &again);
            assert_eq!(pool.safety_state(), again, "what holds is kept as it is");
        }
    }
}
