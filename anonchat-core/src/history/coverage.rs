//! What histories have reached.

use std::collections::BTreeMap;
use std::fmt;

use crate::command::{Command, Commit};
use crate::event::{Departure, Event, Phase};
use crate::rejection::Rejection;

/// How often each accepted command, each refusal and each fact occurred, zeros included.
///
/// Facts that differ in kind are told apart: an `Attached` by what the device was doing, a
/// `PeerLeft` by the reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coverage {
    counts: BTreeMap<&'static str, u64>,
}

/// Some rule was reached less often than the floor demands.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("reached less than {least} times: {missing}")]
#[non_exhaustive]
pub struct TooThin {
    /// The floor.
    pub least: u64,
    /// What was reached less often, with its counts.
    pub missing: String,
}

/// Names every variant in a match that the compiler keeps complete, and lists the names.
macro_rules! names {
    ($all:ident, $name:ident($what:ty) { $($pattern:pat => $text:literal,)* }) => {
        const $all: &[&str] = &[$($text),*];

        fn $name(what: $what) -> &'static str {
            match what { $($pattern => $text,)* }
        }
    };
}

pub(super) use names;

names! { COMMANDS, command(&Command) {
    Command::Attach { .. } => "command Attach",
    Command::Enter { .. } => "command Enter",
    Command::Detach { .. } => "command Detach",
    Command::Join { .. } => "command Join",
    Command::Next { .. } => "command Next",
    Command::Leave { .. } => "command Leave",
    Command::Block { .. } => "command Block",
    Command::Unblock { .. } => "command Unblock",
    Command::Report { .. } => "command Report",
    Command::Verify { .. } => "command Verify",
    Command::Ban { .. } => "command Ban",
    Command::Lift { .. } => "command Lift",
    Command::Dismiss { .. } => "command Dismiss",
    Command::Adopt { .. } => "command Adopt",
    Command::Settle { .. } => "command Settle",
    Command::Renew { .. } => "command Renew",
    Command::Sweep => "command Sweep",
} }

names! { REJECTIONS, rejection(&Rejection) {
    Rejection::NotAttached => "rejection NotAttached",
    Rejection::Replaced { .. } => "rejection Replaced",
    Rejection::Banned { .. } => "rejection Banned",
    Rejection::AlreadyWaiting => "rejection AlreadyWaiting",
    Rejection::AlreadyPaired => "rejection AlreadyPaired",
    Rejection::Cooldown { .. } => "rejection Cooldown",
    Rejection::DailyTotal { .. } => "rejection DailyTotal",
    Rejection::DailyLimit { .. } => "rejection DailyLimit",
    Rejection::VerificationRequired => "rejection VerificationRequired",
    Rejection::UnknownPeer => "rejection UnknownPeer",
    Rejection::AlreadyReported => "rejection AlreadyReported",
    Rejection::TooManyBlocks { .. } => "rejection TooManyBlocks",
    Rejection::UnknownBlock => "rejection UnknownBlock",
    Rejection::UnknownReport => "rejection UnknownReport",
    Rejection::DiceUsed => "rejection DiceUsed",
} }

names! { EVENTS, event(&Event) {
    Event::Attached { phase: Phase::Idle, .. } => "event Attached idle",
    Event::Attached { phase: Phase::Waiting { .. }, .. } => "event Attached waiting",
    Event::Attached { phase: Phase::Paired { .. }, .. } => "event Attached paired",
    Event::Replaced { .. } => "event Replaced",
    Event::Queued { .. } => "event Queued",
    Event::Matched { .. } => "event Matched",
    Event::Left => "event Left",
    Event::PeerLeft { why: Departure::Left, .. } => "event PeerLeft left",
    Event::PeerLeft { why: Departure::Next, .. } => "event PeerLeft next",
    Event::PeerLeft { why: Departure::Lost, .. } => "event PeerLeft lost",
    Event::PeerLeft { why: Departure::Blocked, .. } => "event PeerLeft blocked",
    Event::PeerLeft { why: Departure::Banned, .. } => "event PeerLeft banned",
    Event::PeerAway { .. } => "event PeerAway",
    Event::PeerBack { .. } => "event PeerBack",
    Event::Blocked { .. } => "event Blocked",
    Event::Unblocked { .. } => "event Unblocked",
    Event::Reported { .. } => "event Reported",
    Event::JoinRefused { .. } => "event JoinRefused",
    Event::Verified { .. } => "event Verified",
    Event::Banned { .. } => "event Banned",
} }

impl Coverage {
    /// Counts one commit.
    pub fn record(&mut self, asked: &Command, commit: &Commit) {
        match &commit.outcome {
            Ok(mail) => {
                self.add(command(asked), 1);
                for envelope in mail {
                    self.add(event(&envelope.event), 1);
                }
            }
            Err(refusal) => self.add(rejection(refusal), 1),
        }
    }

    /// Adds the counts of `other`.
    pub fn merge(&mut self, other: &Self) {
        for (name, count) in &other.counts {
            self.add(name, *count);
        }
    }

    /// Every name with its count, in a fixed order.
    pub fn counts(&self) -> impl Iterator<Item = (&'static str, u64)> {
        self.counts.iter().map(|(name, count)| (*name, *count))
    }

    /// Demands that everything was reached, and each at least so often.
    ///
    /// # Errors
    ///
    /// [`TooThin`] with everything that was reached less often.
    pub fn require_each(&self, least: u64) -> Result<(), TooThin> {
        let short = self.counts().filter(|(_, count)| *count < least);
        let missing: Vec<_> = short.map(|(name, count)| format!("{name} {count}")).collect();
        if missing.is_empty() {
            return Ok(());
        }
        Err(TooThin { least, missing: missing.join(", ") })
    }

    /// Nothing counted yet, of these names.
    pub(super) fn of(names: impl Iterator<Item = &'static str>) -> Self {
        Self { counts: names.map(|name| (name, 0)).collect() }
    }

    pub(super) fn add(&mut self, name: &'static str, count: u64) {
        *self.counts.entry(name).or_default() += count;
    }
}

impl Default for Coverage {
    fn default() -> Self {
        let names = COMMANDS.iter().chain(REJECTIONS).chain(EVENTS);
        Self::of(names.copied())
    }
}

impl fmt::Display for Coverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.counts().try_for_each(|(name, count)| writeln!(f, "{count:>9}  {name}"))
    }
}
