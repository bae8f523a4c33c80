//! Why somebody waits, told so that nobody else shows.
//!
//! Which rules are named depends on what the client itself has chosen, done or used up, and never
//! on who else is there. Their order, like the number of people, changes only where a crowd of
//! [`CROWD`] more or fewer is concerned.

use std::cmp::Reverse;

use super::Session;
use super::answer::ServerFrame;
use crate::bucket::Bucket;
use crate::id::PairId;
use crate::profile::Filter;
use crate::query::Wait;
use crate::time::UnixMillis;

/// Numbers of people are told, and compared, in steps of so many, so that no single one shows.
const CROWD: u64 = 5;

/// What of somebody's own narrows the choice for them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Narrowing {
    /// They look for some gender.
    Filter,
    /// They have no gender, and so are acceptable only to people who look for anybody.
    Gender,
    /// They block people.
    Blocks,
    /// Their last partner is not offered again yet.
    Rematch,
    /// Some filter is used up for today, so that they cannot look through it instead.
    Limit,
}

impl Narrowing {
    /// `filter`, `gender`, `blocks`, `rematch` or `limit`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Filter => "filter",
            Self::Gender => "gender",
            Self::Blocks => "blocks",
            Self::Rematch => "rematch",
            Self::Limit => "limit",
        }
    }

    /// The rules that apply to somebody, the one that keeps most people from them first; between
    /// those that keep about as many, in the order in which they are declared.
    fn of(wait: &Wait) -> Vec<Self> {
        let rules = [
            (Self::Filter, wait.filter != Filter::Any, wait.beyond_filter),
            (Self::Gender, wait.gender.is_none(), wait.beyond_gender),
            (Self::Blocks, wait.blocks, wait.blocked),
            (Self::Rematch, wait.rematch, 1),
            (Self::Limit, wait.used_up, 0),
        ];
        let mut rules: Vec<_> = rules.into_iter().filter(|(_, applies, _)| *applies).collect();
        rules.sort_by_key(|(_, _, people)| Reverse(people / CROWD));
        rules.into_iter().map(|(rule, ..)| rule).collect()
    }
}

impl Session {
    pub(super) fn explain(&mut self, wait: &Wait) {
        let waited_ms = self.clock.since(wait.since);
        let bucket = Bucket::of(wait.gender, wait.filter);
        let estimate_ms = self
            .pool
            .as_ref()
            .and_then(|pool| self.settings.waits.estimate(pool, bucket, self.clock, waited_ms));
        self.send(ServerFrame::Waiting {
            since: wait.since,
            position: wait.position,
            people: wait.waiting.checked_next_multiple_of(CROWD).unwrap_or(wait.waiting),
            narrowed_by: Narrowing::of(wait),
            estimate_ms,
        });
    }

    /// Somebody was matched: if they waited for it, others may expect to wait as long.
    pub(super) fn note_wait(&mut self, pair: PairId, at: UnixMillis) {
        if let (Some((bucket, since)), Some(pool)) = (self.queued.take(), &self.pool) {
            self.settings.waits.note(pool, bucket, at, at.since(since), self.device, pair);
        }
    }
}
