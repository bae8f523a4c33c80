//! What is counted when it ends, however it ends: also when nobody waits for it any more.

use anonchat_core::{Command, Commit, Query, StoreError, Verdict, View};

use super::label::{Call, CallEnd, CommandEnd, Finding, Kind, Question, Rule};
use super::{Metrics, Timer};

/// A call of the store under way.
#[must_use]
pub(crate) struct Watch<'a> {
    metrics: &'a Metrics,
    since: Timer,
    what: What,
    end: CallEnd,
    rule: Option<Rule>,
}

#[derive(Clone, Copy)]
enum What {
    Apply(Kind),
    Read(Question),
    Whisper,
}

impl<'a> Watch<'a> {
    pub(crate) fn apply(metrics: &'a Metrics, command: &Command) -> Self {
        Self::over(metrics, What::Apply(Kind::of(command)))
    }

    pub(crate) fn read(metrics: &'a Metrics, query: &Query) -> Self {
        Self::over(metrics, What::Read(Question::of(query)))
    }

    pub(crate) fn whisper(metrics: &'a Metrics) -> Self {
        Self::over(metrics, What::Whisper)
    }

    /// Something was carried at once.
    pub(crate) fn whispered(metrics: &Metrics, since: Timer) {
        metrics.called(Call::Whisper, CallEnd::Ok, since);
    }

    fn over(metrics: &'a Metrics, what: What) -> Self {
        Self { metrics, since: Timer::start(), what, end: CallEnd::GivenUp, rule: None }
    }

    /// A command was answered.
    pub(crate) fn committed(mut self, answer: &Result<Commit, StoreError>) {
        self.end = CallEnd::of(answer);
        let refused = answer.as_ref().ok().and_then(|commit| commit.outcome.as_ref().err());
        self.rule = refused.map(Rule::of);
    }

    /// A question was answered.
    pub(crate) fn viewed(mut self, answer: &Result<View, StoreError>) {
        self.end = CallEnd::of(answer);
    }

    /// Something was carried, or not.
    pub(crate) fn carried(mut self, answer: &Result<(), StoreError>) {
        self.end = CallEnd::of(answer);
    }
}

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        let Self { metrics, since, end, rule, .. } = *self;
        let call = match self.what {
            What::Apply(kind) => {
                let came = match (end, rule) {
                    (CallEnd::Ok, None) => CommandEnd::Ok,
                    (CallEnd::Ok, Some(_)) => CommandEnd::Rejected,
                    _ => CommandEnd::Unavailable,
                };
                metrics.commanded(kind, came, rule, since);
                Call::Apply
            }
            What::Read(question) => {
                metrics.queried(question, end);
                Call::Read
            }
            What::Whisper => Call::Whisper,
        };
        metrics.called(call, end, since);
    }
}

/// A picture before the verifier.
#[must_use]
pub(crate) struct Judging<'a> {
    metrics: &'a Metrics,
    since: Timer,
    finding: Finding,
}

impl<'a> Judging<'a> {
    pub(crate) fn begin(metrics: &'a Metrics) -> Self {
        metrics.judging();
        Self { metrics, since: Timer::start(), finding: Finding::GivenUp }
    }

    /// The verifier has found something.
    pub(crate) fn found(mut self, verdict: Verdict) {
        self.finding = Finding::of(verdict);
    }

    /// The verifier has not.
    pub(crate) fn failed(mut self, is_busy: bool) {
        self.finding = if is_busy { Finding::Busy } else { Finding::Failed };
    }
}

impl Drop for Judging<'_> {
    fn drop(&mut self) {
        self.metrics.judged(self.finding, self.since);
    }
}
