//! Who has met whom: the authority to report and to block.

use std::collections::VecDeque;

use super::Pool;
use super::index::Index;
use super::pages::Pages;
use crate::id::{Alias, DeviceId, PairId, Side};
use crate::rejection::Rejection;
use crate::time::UnixMillis;

/// The pairs that talk, and those that ended a short time ago.
#[derive(Default)]
pub(super) struct Met {
    meetings: Pages<Meeting>,
    /// The meetings by their pairs: of those that had the same, the last.
    index: Index,
    /// Meetings in the order in which they ended.
    ended: VecDeque<(UnixMillis, u32)>,
    talking: u64,
    made: u64,
}

pub(super) struct Meeting {
    pub(super) pair: PairId,
    pub(super) members: [DeviceId; 2],
    pub(super) ended: Option<UnixMillis>,
    /// Which of the two has reported the other.
    pub(super) reported: [bool; 2],
}

impl Met {
    fn find(&self, pair: PairId) -> Option<u32> {
        self.index.find(pair.as_bytes(), |number| self.meetings[number].pair.as_bytes())
    }

    pub(super) fn get(&self, pair: PairId) -> Option<&Meeting> {
        self.find(pair).map(|number| &self.meetings[number])
    }

    /// Notes a pair. Returns the number of the meeting, which holds as long as they talk.
    pub(super) fn begin(&mut self, pair: PairId, members: [DeviceId; 2]) -> u32 {
        self.talking += 1;
        self.made += 1;
        if let Some(former) = self.find(pair) {
            // It is of no account any more.
            self.index.remove(pair.as_bytes(), former);
        }
        let meeting = Meeting { pair, members, ended: None, reported: [false; 2] };
        let number = self.meetings.insert(meeting);
        self.index.insert(pair.as_bytes(), number);
        number
    }

    pub(super) fn end(&mut self, number: u32, now: UnixMillis) {
        self.meetings[number].ended = Some(now);
        self.talking -= 1;
        self.ended.push_back((now, number));
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
        let Some(&(ended, number)) = self.ended.front() else { return false };
        if now < ended.after(after_ms) {
            return false;
        }
        self.ended.pop_front();
        let pair = self.meetings[number].pair;
        // Another meeting may have the pair's id by now: then this one is not in the index.
        self.index.remove(pair.as_bytes(), number);
        self.meetings.remove(number);
        if self.ended.len() * 4 < self.ended.capacity() {
            self.ended.shrink_to(self.ended.len() * 2);
        }
        true
    }

    /// How many meetings are known, and the bytes reserved for them.
    pub(super) fn footprint(&self) -> (usize, usize) {
        let ended = self.ended.capacity() * size_of::<(UnixMillis, u32)>();
        (self.index.len(), self.meetings.footprint() + self.index.footprint() + ended)
    }

    /// The meetings that their pairs name, in no order that may show.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Meeting> {
        self.index.iter().map(|number| &self.meetings[number])
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
            .get(target.pair)
            .filter(|meeting| meeting.members[target.side.other().index()] == viewer)
            .filter(|meeting| self.is_recent(meeting))
            .ok_or(Rejection::UnknownPeer)?;
        Ok(meeting.members[target.side.index()])
    }

    /// Notes that `reporter` of a pair has reported the other one. Returns whether it already had.
    pub(super) fn mark_reported(&mut self, pair: PairId, reporter: Side) -> bool {
        let Some(number) = self.met.find(pair) else { return true };
        let reported = &mut self.met.meetings[number].reported[reporter.index()];
        std::mem::replace(reported, true)
    }
}
