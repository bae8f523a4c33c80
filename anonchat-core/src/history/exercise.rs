//! Plays a run and checks, after every step, all that must always hold.

use std::fmt;

use super::listener::Listeners;
use super::{Coverage, Run, Step};
use crate::command::{Command, Commit};
use crate::id::ReportId;
use crate::pool::{Pool, Snapshot};

/// Something that must always hold did not.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Broken {
    /// The step, counted from 0.
    pub index: usize,
    /// What was asked for.
    pub step: Step,
    /// What came of it.
    pub commit: Commit,
    /// What does not hold.
    pub why: String,
}

impl Run {
    /// Plays the run on a new pool and checks after every step that
    ///
    /// * every invariant of the pool holds ([`Pool::check`]);
    /// * `seq` has no hole, the clock never runs back, and mail carries the commit's `seq`;
    /// * a rejected command has changed nothing but `seq`;
    /// * everybody who listens to the mail is told a story without contradictions;
    /// * only a sweep says that there is more to do.
    ///
    /// # Errors
    ///
    /// [`Broken`], with the first step after which something does not hold.
    pub fn check(&self) -> Result<Coverage, Box<Broken>> {
        let mut coverage = Coverage::default();
        let mut listeners = Listeners::default();
        let mut pool = Pool::new(self.policy.clone().into());
        for (index, step) in self.steps.iter().enumerate() {
            let before = settled(&mut pool, step);
            let commit = step.apply(&mut pool);
            coverage.record(&step.command, &commit);
            let mut hold = || -> Result<(), String> {
                pool.check(commit.outcome.as_deref().unwrap_or_default())
                    .map_err(|violation| violation.to_string())?;
                bookkeeping(&before, &pool.snapshot(), step, &commit)?;
                listeners.hear(&step.command, &commit)
            };
            if let Err(why) = hold() {
                return Err(Box::new(Broken { index, step: step.clone(), commit, why }));
            }
        }
        Ok(coverage)
    }

    /// [`Run::check`] for fuzzers.
    ///
    /// # Panics
    ///
    /// If something does not hold.
    pub fn exercise(&self) {
        if let Err(broken) = self.check() {
            panic!("{broken}");
        }
    }
}

/// Lets the step's instant come by a command that is always refused, and looks at the pool: what
/// differs from here on is the step's own doing, and not that of time.
fn settled(pool: &mut Pool, step: &Step) -> Snapshot {
    let nothing = Command::Dismiss { report: ReportId(u64::MAX) };
    let commit = pool.apply(step.at, step.dice, &nothing);
    debug_assert!(commit.outcome.is_err(), "there is no such report");
    pool.snapshot()
}

fn bookkeeping(
    before: &Snapshot,
    after: &Snapshot,
    step: &Step,
    commit: &Commit,
) -> Result<(), String> {
    hold(commit.seq == before.seq + 1 && after.seq == commit.seq, "seq has a hole")?;
    hold(after.clock == before.clock && after.clock >= step.at, "the clock is wrong")?;
    hold(!commit.more || step.command == Command::Sweep, "only a sweep has more to do")?;
    match &commit.outcome {
        Ok(mail) => {
            hold(mail.iter().all(|envelope| envelope.seq == commit.seq), "mail of another commit")
        }
        Err(_) => {
            let after = Snapshot { seq: before.seq, ..after.clone() };
            if after == *before {
                return Ok(());
            }
            let (before, after) = (format!("{before:#?}"), format!("{after:#?}"));
            let lines = before.lines().zip(after.lines()).find(|(was, is)| was != is);
            Err(format!("a rejected command has changed something, first {lines:?}"))
        }
    }
}

fn hold(what: bool, why: &str) -> Result<(), String> {
    if what { Ok(()) } else { Err(why.into()) }
}

impl std::error::Error for Broken {}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { index, step, commit, why } = self;
        write!(f, "step {index}: {why}\nasked: {step:?}\ncommitted: {commit:?}")
    }
}
