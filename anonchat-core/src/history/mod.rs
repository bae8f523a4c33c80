//! Generated histories: the same commands for property tests, fuzzers and the conformance suite.
//!
//! A [`Run`] is a small policy and a list of steps, decoded from plain bytes, so that every tool
//! that makes, mutates or shrinks bytes makes, mutates or shrinks histories. The policies are small
//! and the times are edges, because a wrong rule hides behind natural numbers: nobody reaches a
//! limit of 100, and no random instant is the last of a cooldown.
//!
//! [`Coverage`] counts what the histories reached. A test over them states a floor for each fact
//! and each refusal, and so fails when the generator no longer reaches a rule.

mod commands;
mod coverage;
mod exercise;
mod listener;
mod orders;
mod room_coverage;
mod rooms;
mod rules;
mod steps;
mod world;

use arbitrary::{Arbitrary, Unstructured};

pub use coverage::{Coverage, TooThin};
pub use exercise::Broken;
pub use rooms::{RoomRun, RoomStep};

use crate::command::{Command, Commit, Dice};
use crate::id::{DeviceId, NodeId};
use crate::policy::Policy;
use crate::pool::Pool;
use crate::time::UnixMillis;

/// A policy, and commands with their instants and dice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// The rules.
    pub policy: Policy,
    /// What happens, in order. The instants may run back now and then, as late servers do.
    pub steps: Vec<Step>,
}

/// The arguments of one [`Pool::apply`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// When.
    pub at: UnixMillis,
    /// With which randomness.
    pub dice: Dice,
    /// What.
    pub command: Command,
}

impl Run {
    /// Bytes that decide the policy and the start.
    pub const HEADER: usize = 32;
    /// Bytes that decide one step. Cutting so many bytes out takes one step out.
    pub const STEP: usize = 24;
    /// Steps beyond this number are not decoded.
    pub const MAX_STEPS: usize = 512;
    /// The devices that occur.
    pub const DEVICES: u8 = 6;
    /// The nodes that occur, numbered from 1.
    pub const NODES: u64 = 3;

    /// Decodes any bytes. Missing ones count as zero; the last step may be cut short.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        Self::arbitrary(&mut Unstructured::new(bytes))
            .unwrap_or_else(|_| Self { policy: Policy::default(), steps: Vec::new() })
    }

    /// A run of `steps` steps out of a number, by a generator that never changes.
    pub fn from_seed(seed: u64, steps: usize) -> Self {
        Self::from_bytes(&noise(seed, Self::HEADER + steps * Self::STEP))
    }

    /// The devices that occur.
    pub fn devices() -> impl Iterator<Item = DeviceId> {
        (1..=Self::DEVICES).map(world::device)
    }

    /// The nodes that occur.
    pub fn nodes() -> impl Iterator<Item = NodeId> {
        (1..=Self::NODES).map(NodeId)
    }

    /// The last instant of the run.
    pub fn end(&self) -> UnixMillis {
        self.steps.iter().map(|step| step.at).max().unwrap_or_default()
    }

    /// Plays the run on a new pool, shows each step with its commit, and returns the pool.
    pub fn play(&self, mut each: impl FnMut(&Pool, &Step, &Commit)) -> Pool {
        let mut pool = Pool::new(self.policy.clone().into());
        for step in &self.steps {
            let commit = step.apply(&mut pool);
            each(&pool, step, &commit);
        }
        pool
    }
}

impl Step {
    /// Applies the step to a pool.
    pub fn apply(&self, pool: &mut Pool) -> Commit {
        pool.apply(self.at, self.dice, &self.command)
    }
}

impl<'a> Arbitrary<'a> for Run {
    fn arbitrary(u: &mut Unstructured<'a>) -> arbitrary::Result<Self> {
        let mut header = Unstructured::new(take(u, Self::HEADER)?);
        let policy = rules::policy(&mut header)?;
        let mut maker = steps::Steps::new(&policy, &mut header)?;
        let mut steps = Vec::new();
        while !u.is_empty() && steps.len() < Self::MAX_STEPS {
            steps.push(maker.next(&mut Unstructured::new(take(u, Self::STEP)?))?);
        }
        Ok(Self { policy, steps })
    }
}

fn take<'a>(u: &mut Unstructured<'a>, most: usize) -> arbitrary::Result<&'a [u8]> {
    u.bytes(most.min(u.len()))
}

/// Bytes out of a number: those of [`Run::from_seed`].
///
/// Splitmix64. Seeds are named in reports of failures, so the stream never changes.
pub fn noise(seed: u64, len: usize) -> Vec<u8> {
    let mut state = seed;
    let mut bytes = Vec::with_capacity(len + 8);
    while bytes.len() < len {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = state;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bytes.extend_from_slice(&(word ^ (word >> 31)).to_le_bytes());
    }
    bytes.truncate(len);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_policy_of_a_run_is_within_its_bounds() {
        for seed in 0..2_000 {
            Run::from_seed(seed, 0).policy.check().expect("within bounds");
        }
    }

    #[test]
    fn no_bytes_are_no_history_and_any_bytes_are_one() {
        assert_eq!(Run::from_bytes(&[]).steps, []);
        let bytes = noise(1, Run::HEADER + 3 * Run::STEP + 5);
        assert_eq!(Run::from_bytes(&bytes).steps.len(), 4);
        assert_eq!(Run::from_bytes(&bytes), Run::from_bytes(&bytes));
    }

    #[test]
    fn cutting_bytes_at_the_end_cuts_steps_at_the_end() {
        let whole = Run::from_seed(7, 40);
        let cut = Run::from_seed(7, 30);
        assert_eq!(cut.policy, whole.policy);
        assert_eq!(cut.steps, whole.steps[..30]);
    }
}
