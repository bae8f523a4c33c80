//! Commands that are given up or cut off: committed whole, mail included, or not at all.
//!
//! What became of such a command is told by the numbers of the commits after it: one is missing if
//! and only if it was committed.

use std::pin::pin;
use std::task::Poll;

use anonchat_core::history::{Run, Step};
use anonchat_core::{Command, Commit, Dice, PairId, Policy, Pool};

use super::case::{Case, queries};
use super::failure::{Failure, Obligation};
use super::ledger::Ledger;
use super::{Opening, Suite};

const PART: &str = "faults";

/// A command that was neither committed nor refused is taken for lost after so many commits.
const LATE: u32 = 8;

pub(super) async fn check<'a, G, F>(suite: &Suite, build: &F) -> Result<(), Failure>
where
    F: Fn(Policy) -> Opening<'a, G>,
{
    for seed in suite.seeds(16) {
        let run = Run::from_seed(seed.wrapping_add(3 << 32), suite.steps);
        let case = build(run.policy.clone()).await?;
        let mut trial = Trial::new(&case, &run);
        trial.play(seed).await.map_err(|failure| failure.of(PART, seed, &run))?;
    }
    Ok(())
}

/// What is done to a step.
enum Fate {
    Nothing,
    /// Its future is polled so often and then dropped.
    Dropped(u64),
    /// The connection is cut after so many bytes.
    Cut(u64),
}

struct Trial<'a, G> {
    case: &'a Case<G>,
    run: &'a Run,
    pool: Pool,
    seq: u64,
    ledger: Ledger,
    /// A command of which nobody knows what became, and how many commits ago that was.
    open: Option<(Step, u32)>,
}

impl<'a, G> Trial<'a, G> {
    fn new(case: &'a Case<G>, run: &'a Run) -> Self {
        let pool = Pool::new(run.policy.clone().into());
        Self { case, run, pool, seq: 0, ledger: Ledger::with_faults(), open: None }
    }

    async fn play(&mut self, seed: u64) -> Result<(), Failure> {
        for (index, step) in self.run.steps.iter().enumerate() {
            match self.fate(seed, index) {
                Fate::Nothing => self.apply(step, index).await?,
                Fate::Dropped(polls) => self.give_up(step, index, polls).await?,
                Fate::Cut(bytes) => self.cut(step, index, bytes).await?,
            }
        }
        // A store notices at the latest now what it has missed.
        for node in Run::nodes() {
            self.apply(&self.step(Command::Renew { node }), 0).await?;
        }
        self.case.settle(&mut self.ledger).await?;
        let end = self.run.end();
        for query in queries() {
            self.case.expect_view(end, &query, &self.pool.read(end, &query)).await?;
        }
        self.case.expect_snapshot(&self.pool).await
    }

    /// Every third step or so meets with something, while nothing else is open.
    fn fate(&self, seed: u64, index: usize) -> Fate {
        let mix = (seed << 20 ^ index as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
        let cuts = self.case.entry(&self.run.steps[index], index).0.faults.is_some();
        match (self.open.is_some(), mix % 6) {
            (false, 0) => Fate::Dropped(1 + mix / 8 % 3),
            (false, 1) if cuts => Fate::Cut(mix / 8 % 4_096),
            _ => Fate::Nothing,
        }
    }

    async fn apply(&mut self, step: &Step, index: usize) -> Result<(), Failure> {
        let server = self.case.entry(step, index).0.clone();
        let commit = self.case.apply(&server, step).await?;
        self.committed(step, index, &commit)
    }

    /// Polls the call a few times and drops it.
    async fn give_up(&mut self, step: &Step, index: usize, polls: u64) -> Result<(), Failure> {
        let server = self.case.entry(step, index).0.clone();
        let done = {
            let mut call = pin!(self.case.apply(&server, step));
            let mut left = polls;
            std::future::poll_fn(|context| match call.as_mut().poll(context) {
                Poll::Ready(done) => Poll::Ready(Some(done)),
                Poll::Pending if left <= 1 => Poll::Ready(None),
                Poll::Pending => {
                    left -= 1;
                    Poll::Pending
                }
            })
            .await
        };
        match done {
            Some(commit) => self.committed(step, index, &commit?),
            None => {
                self.open = Some((step.clone(), 0));
                Ok(())
            }
        }
    }

    /// Lets the connection be cut during the call.
    async fn cut(&mut self, step: &Step, index: usize, bytes: u64) -> Result<(), Failure> {
        let server = self.case.entry(step, index).0.clone();
        let Some(faults) = &server.faults else { return Ok(()) };
        faults.cut_after(bytes).await;
        let done = self.case.apply(&server, step).await;
        faults.heal().await;
        match done {
            Ok(commit) => self.committed(step, index, &commit),
            Err(_) => {
                self.open = Some((step.clone(), 0));
                Ok(())
            }
        }
    }

    /// A commit came back: find out what became of the open command, and compare.
    fn committed(&mut self, step: &Step, index: usize, commit: &Commit) -> Result<(), Failure> {
        if commit.seq == self.seq + 2
            && let Some((open, _)) = self.open.take()
        {
            self.ledger.expect(&open.apply(&mut self.pool));
            self.seq += 1;
        }
        let wanted = step.apply(&mut self.pool);
        self.seq += 1;
        if *commit != wanted {
            let which = match commit.seq == wanted.seq {
                true => Obligation::NotHalfHappen,
                false => Obligation::Serialize,
            };
            let detail = format!("step {index} is\n  {commit:?}\nand should be\n  {wanted:?}");
            return Err(Failure::new(which, detail));
        }
        self.ledger.expect(&wanted);
        // The open command may be committed at any moment, through another server than this one:
        // its mail may be there before its number is known to be taken.
        if self.open.is_none() {
            for node in self.case.entry(step, index).1 {
                self.ledger.take(node, self.case.inbox(node).drain())?;
                self.ledger.settled(node, Obligation::NotHalfHappen)?;
            }
        }
        if let Some((_, age)) = &mut self.open {
            *age += 1;
            if *age >= LATE {
                self.open = None;
            }
        }
        Ok(())
    }

    fn step(&self, command: Command) -> Step {
        Step { at: self.run.end(), dice: Dice { pair: PairId::from_bytes([0xee; 16]) }, command }
    }
}
