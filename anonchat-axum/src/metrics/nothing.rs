//! Without the feature `metrics`: the same calls, which count nothing and cost nothing.

use std::time::Duration;

use super::label::{
    Asked, Call, CallEnd, Class, CommandEnd, Finding, Kind, Question, Reading, Reason, Refused,
    Route, Rule, Told, Verb,
};

/// Nothing.
#[derive(Debug)]
pub(crate) struct Metrics;

/// Nobody asks how long it took.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Timer;

impl Timer {
    pub(crate) const fn start() -> Self {
        Self
    }
}

impl Metrics {
    pub(crate) const fn new() -> Self {
        Self
    }

    pub(crate) fn opened(&self) {}

    pub(crate) fn closed(&self, _: Reason, _: bool) {}

    pub(crate) fn taken_out(&self, _: Timer) {}

    pub(crate) fn heard(&self, _: Asked, _: Reading, _: usize) {}

    pub(crate) fn told(&self, _: Told, _: Option<Refused>, _: usize) {}

    pub(super) fn called(&self, _: Call, _: CallEnd, _: Timer) {}

    pub(super) fn commanded(&self, _: Kind, _: CommandEnd, _: Option<Rule>, _: Timer) {}

    pub(super) fn queried(&self, _: Question, _: CallEnd) {}

    pub(super) fn judging(&self) {}

    pub(super) fn judged(&self, _: Finding, _: Timer) {}

    pub(crate) fn sent_away(&self) {}

    pub(super) fn answered(&self, _: Route, _: Verb, _: Class, _: Timer) {}

    pub(crate) fn ticked(&self, _: Duration) {}
}
