//! What the suite says when a store does not conform.

use std::fmt;

use anonchat_core::history::Run;

/// An obligation of [`Store`](anonchat_core::Store), by its number there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Obligation {
    /// 1: serialize.
    Serialize = 1,
    /// 2: agree.
    Agree,
    /// 3: deliver in order, or announce a gap.
    DeliverInOrder,
    /// 4: deliver before returning.
    DeliverBeforeReturning,
    /// 5: not half-happen.
    NotHalfHappen,
    /// 6: carry, not keep.
    CarryNotKeep,
}

/// A store does not conform, or could not be tested.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Failure {
    /// The part of the suite that found it.
    pub part: &'static str,
    /// What the store broke; `None` if the suite could not do its work.
    pub obligation: Option<Obligation>,
    /// What happened, and what should have.
    pub detail: String,
    /// The history that shows it, as short as could be made, if one history does.
    pub run: Option<Box<Run>>,
    /// The seed of the history before it was shortened.
    pub seed: Option<u64>,
}

impl Failure {
    pub(super) fn new(obligation: Obligation, detail: impl Into<String>) -> Self {
        Self { obligation: Some(obligation), ..Self::unable(detail) }
    }

    /// The suite could not do its work.
    pub(super) fn unable(detail: impl Into<String>) -> Self {
        let detail = detail.into();
        Self { part: "suite", obligation: None, detail, run: None, seed: None }
    }

    pub(super) fn of(mut self, part: &'static str, seed: u64, run: &Run) -> Self {
        self.part = part;
        self.seed = Some(seed);
        self.run = Some(Box::new(run.clone()));
        self
    }
}

impl std::error::Error for Failure {}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.part)?;
        if let Some(which) = self.obligation {
            write!(f, "obligation {} of `Store` ({which:?}) is broken", which as u8)?;
        } else {
            f.write_str("could not be tested")?;
        }
        write!(f, "\n{}", self.detail)?;
        if let Some(seed) = self.seed {
            write!(f, "\nhistory of seed {seed}")?;
        }
        if let Some(run) = &self.run {
            writeln!(f, ", {} steps, under {:?}", run.steps.len(), run.policy)?;
            for (index, step) in run.steps.iter().enumerate() {
                writeln!(
                    f,
                    "{index:>4} {} {:?} {:?}",
                    step.at.get(),
                    step.dice.pair,
                    step.command
                )?;
            }
        }
        Ok(())
    }
}
