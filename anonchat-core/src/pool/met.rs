//! Who has met whom: the authority to report and to block.

use std::collections::VecDeque;

use rustc_hash::FxHashMap;

use super::Pool;
use crate::id::{Alias, DeviceId, PairId, Side};
use crate::rejection::Rejection;
use crate::time::UnixMillis;

/// The pairs that talk, and those that ended a short time ago.
#[derive(Default)]
pub(super) struct Met {
    pairs: FxHashMap<PairId, Meeting>,
    /// Pairs in the order in which they ended.
    ended: VecDeque<(UnixMillis, PairId)>,
    talking: u64,
    made: u64,
}

pub(super) struct Meeting {
    pub(super) members: [DeviceId; 2],
    pub(super) ended: Option<UnixMillis>,
    /// Which of the two has reported the other.
    pub(super) reported: [bool; 2],
}

impl Met {
    pub(super) fn get(&self, pair: PairId) -> Option<&Meeting> {
        self.pairs.get(&pair)
    }

    pub(super) fn begin(&mut self, pair: PairId, members: [DeviceId; 2]) {
        self.talking += 1;
        self.made += 1;
        self.pairs.insert(pair, Meeting { members, ended: None, reported: [false; 2] });
    }

    pub(super) fn end(&mut self, pair: PairId, now: UnixMillis) {
        if let Some(meeting) = self.pairs.get_mut(&pair) {
            meeting.ended = Some(now);
            self.talking -= 1;
            self.ended.push_back((now, pair));
        }
    }

    /// How many pairs talk.
    pub(super) fn talking(&self) -> u64 {
        self.talking
    }

    /// How many pairs were ever made.
    pub(super) fn made(&self) -> u64 {
        self.made
    }

    /// Forgets the pair that ended first, if that was `after_ms` ago or longer.
    pub(super) fn forget_one(&mut self, now: UnixMillis, after_ms: u64) -> bool {
        let Some(&(ended, pair)) = self.ended.front() else { return false };
        if now < ended.after(after_ms) {
            return false;
        }
        self.ended.pop_front();
        // Another pair may have the id by now: this one was of no account any more.
        if self.pairs.get(&pair).is_some_and(|meeting| meeting.ended == Some(ended)) {
            self.pairs.remove(&pair);
        }
        if self.pairs.len() * 4 < self.pairs.capacity() {
            self.pairs.shrink_to(self.pairs.len() * 2);
            self.ended.shrink_to(self.ended.len() * 2);
        }
        true
    }

    /// How many meetings are known, and the bytes reserved for them.
    pub(super) fn footprint(&self) -> (usize, usize) {
        let entry = size_of::<(PairId, Meeting)>() + 1;
        let ended = self.ended.capacity() * size_of::<(UnixMillis, PairId)>();
        (self.pairs.len(), self.pairs.capacity() * entry + ended)
    }

    #[expect(clippy::disallowed_methods, reason = "the snapshot sorts what it takes from here")]
    pub(super) fn iter(&self) -> impl Iterator<Item = (&PairId, &Meeting)> {
        self.pairs.iter()
    }
}

impl Pool {
    pub(super) fn report_after_ms(&self) -> u64 {
        u64::from(self.policy.safety.report_after_s) * 1_000
    }

    /// Whether a meeting still gives its members a say about each other.
    pub(super) fn is_recent(&self, meeting: &Meeting) -> bool {
        meeting.ended.is_none_or(|ended| self.clock < ended.after(self.report_after_ms()))
    }

    /// Whether a pair id names a meeting that still counts for something.
    pub(super) fn is_used(&self, pair: PairId) -> bool {
        self.met.get(pair).is_some_and(|meeting| self.is_recent(meeting))
    }

    /// The device behind `target`, if `viewer` talks to it or did a short time ago.
    pub(super) fn met(&self, viewer: DeviceId, target: Alias) -> Result<DeviceId, Rejection> {
        let meeting = self
            .met
            .pairs
            .get(&target.pair)
            .filter(|meeting| meeting.members[target.side.other().index()] == viewer)
            .filter(|meeting| self.is_recent(meeting))
            .ok_or(Rejection::UnknownPeer)?;
        Ok(meeting.members[target.side.index()])
    }

    /// Notes that `reporter` of a pair has reported the other one. Returns whether it already had.
    pub(super) fn mark_reported(&mut self, pair: PairId, reporter: Side) -> bool {
        self.met
            .pairs
            .get_mut(&pair)
            .is_none_or(|meeting| std::mem::replace(&mut meeting.reported[reporter.index()], true))
    }
}
