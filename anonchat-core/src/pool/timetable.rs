//! What comes to an end, by when it does.

use std::collections::BTreeSet;

use crate::time::UnixMillis;

/// Things with the instants at which they end.
pub(super) struct Timetable<T> {
    ends: BTreeSet<(UnixMillis, T)>,
    /// Nothing ends before, so that most commands need not look.
    quiet_until: UnixMillis,
}

impl<T: Copy + Ord> Timetable<T> {
    pub(super) fn insert(&mut self, end: UnixMillis, thing: T) {
        self.quiet_until = self.quiet_until.min(end);
        self.ends.insert((end, thing));
    }

    pub(super) fn remove(&mut self, end: UnixMillis, thing: T) {
        self.ends.remove(&(end, thing));
    }

    /// Takes out what ends first, if it has ended.
    pub(super) fn pop(&mut self, now: UnixMillis) -> Option<(UnixMillis, T)> {
        if now < self.quiet_until {
            return None;
        }
        let first = self.ends.first().copied();
        let ended = first.filter(|(end, _)| *end <= now);
        match ended {
            Some(ended) => {
                self.ends.remove(&ended);
            }
            None => self.quiet_until = first.map_or(UnixMillis::MAX, |(end, _)| end),
        }
        ended
    }

    pub(super) fn entries(&self) -> &BTreeSet<(UnixMillis, T)> {
        &self.ends
    }
}

impl<T> Default for Timetable<T> {
    fn default() -> Self {
        Self { ends: BTreeSet::new(), quiet_until: UnixMillis::MAX }
    }
}
