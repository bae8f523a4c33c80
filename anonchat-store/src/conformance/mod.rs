//! The suite that every store has to pass: it checks the numbered obligations of
//! [`Store`] against [`Pool`](anonchat_core::Pool) itself.
//!
//! ```
//! use anonchat_store::{MemoryStore, conformance};
//!
//! # #[tokio::main]
//! # async fn main() {
//! // In a test of yours: `#[tokio::test(flavor = "multi_thread")] async fn it_conforms()`.
//! conformance::run(|policy| async {
//!     let database = (); // whatever has to live as long as the store
//!     let store = MemoryStore::new(policy).expect("the suite's policies are within bounds");
//!     (database, store)
//! })
//! .await;
//! # }
//! ```
//!
//! | Part | What it does | Obligations |
//! |---|---|---|
//! | lockstep | gives the same generated history to the store and to a pool; compares every commit, all mail after every step, views on the way and all state at the end | 1 to 4 |
//! | history | lets many clients of several nodes run at once, sorts what they saw by `seq`, replays it on a pool and compares | 1 to 4 |
//! | delivery | whispers between steps: who gets them, in which order, and that they are nowhere to be found | 3, 6 |
//! | faults | drops futures half-way and, where the store offers [`Faults`], cuts its connection; then finds out what was committed | 3, 5 |
//! | coverage | counts how often each command, refusal and fact occurred, and fails below a floor | – |
//!
//! The histories have small policies and times at the edges of their rules (see
//! [`history`](anonchat_core::history)), and are the same at every run. A failure in lockstep is
//! shortened before it is told.
//!
//! [`run_admin`] checks the obligations of [`AdminStore`](anonchat_core::AdminStore) in the same way,
//! and [`run_rooms`] those of [`RoomStore`](anonchat_core::RoomStore).
//!
//! # What a store has to offer
//!
//! The constructor takes any valid policy. The store uses the instants that it is given: one that
//! corrects them by the clock of a database needs a way to switch that off. Each call of the
//! closure makes a new, empty deployment. A store that offers [`Snapshots`] or [`Faults`], or one
//! that several servers share, is tested through [`run_servers`].

mod admin;
mod case;
mod coverage;
mod delivery;
mod failure;
mod faults;
mod history;
mod ledger;
mod lockstep;
mod recorder;
mod rooms;
mod server;
mod shorten;

use std::pin::Pin;
use std::time::Duration;

use anonchat_core::history::Coverage;
use anonchat_core::{Policy, Store};

pub use admin::{AdminFailure, AdminObligation, check_admin, run_admin};
pub use failure::{Failure, Obligation};
pub use rooms::{RoomFailure, RoomObligation, RoomSuite, run_rooms};
pub use server::{Faults, Server, Snapshots};

use case::Case;

/// Runs the whole suite over a store and prints what it covered.
///
/// `build` makes a new deployment with the given policy: something to keep alive meanwhile (a
/// database, a directory, nothing), and the store.
///
/// # Panics
///
/// If the store breaks an obligation: with its number and the history that shows it.
pub async fn run<F, B, G, S>(build: F)
where
    F: Fn(Policy) -> B,
    B: Future<Output = (G, S)>,
    S: Store,
{
    conclude(Suite::default().check(build).await);
}

/// [`run`] for a store that several servers share, or that offers more than the trait asks for:
/// `build` gives one [`Server`] for each server of the deployment.
///
/// # Panics
///
/// If the store breaks an obligation: with its number and the history that shows it.
pub async fn run_servers<F, B, G>(build: F)
where
    F: Fn(Policy) -> B,
    B: Future<Output = (G, Vec<Server>)>,
{
    conclude(Suite::default().check_servers(build).await);
}

#[expect(clippy::print_stderr, reason = "a test prints what it covered")]
fn conclude(result: Result<Coverage, Failure>) {
    match result {
        Ok(coverage) => eprintln!("covered, in commits and mail:\n{coverage}"),
        Err(failure) => panic!("{failure}"),
    }
}

/// How much the suite does. The default is what [`run`] uses.
#[derive(Clone, Debug)]
pub struct Suite {
    /// The seed of the first history; the others follow.
    pub first_seed: u64,
    /// Histories in lockstep; the other parts take fewer.
    pub runs: u64,
    /// Steps of each history.
    pub steps: usize,
    /// How often each command, refusal and fact has to occur at least.
    pub floor: u64,
    /// How long mail may be under way between servers.
    pub patience: Duration,
    /// How many shorter histories are tried to make a failure readable. Each may be a new database.
    pub shortenings: u32,
}

impl Default for Suite {
    fn default() -> Self {
        Self {
            first_seed: 1,
            runs: 200,
            steps: 240,
            floor: 50,
            patience: Duration::from_secs(5),
            shortenings: 300,
        }
    }
}

impl Suite {
    /// Checks a store and tells what was covered.
    ///
    /// # Errors
    ///
    /// [`Failure`], with the first broken obligation.
    pub async fn check<F, B, G, S>(&self, build: F) -> Result<Coverage, Failure>
    where
        F: Fn(Policy) -> B,
        B: Future<Output = (G, S)>,
        S: Store,
    {
        self.check_servers(|policy| {
            let deployment = build(policy);
            async {
                let (guard, store) = deployment.await;
                (guard, vec![Server::new(store)])
            }
        })
        .await
    }

    /// [`Suite::check`] for several servers; see [`run_servers`].
    ///
    /// # Errors
    ///
    /// [`Failure`], with the first broken obligation.
    pub async fn check_servers<F, B, G>(&self, build: F) -> Result<Coverage, Failure>
    where
        F: Fn(Policy) -> B,
        B: Future<Output = (G, Vec<Server>)>,
    {
        let build = self.opening(&build);
        let mut covered = Coverage::default();
        lockstep::check(self, &build, &mut covered).await?;
        history::check(self, &build, &mut covered).await?;
        delivery::check(self, &build).await?;
        faults::check(self, &build).await?;
        coverage::check(self, &covered)?;
        Ok(covered)
    }

    /// Only the part `history`, for more of it than everything together would have time for.
    /// Tells what it covered, without a floor.
    ///
    /// # Errors
    ///
    /// [`Failure`], with the first broken obligation.
    pub async fn check_history<F, B, G>(&self, build: F) -> Result<Coverage, Failure>
    where
        F: Fn(Policy) -> B,
        B: Future<Output = (G, Vec<Server>)>,
    {
        let mut covered = Coverage::default();
        history::check(self, &self.opening(&build), &mut covered).await?;
        Ok(covered)
    }

    /// How a deployment is made and its inboxes opened.
    fn opening<'a, F, B, G>(&self, build: &'a F) -> impl Fn(Policy) -> Opening<'a, G>
    where
        F: Fn(Policy) -> B,
        B: Future<Output = (G, Vec<Server>)> + 'a,
        G: 'a,
    {
        let patience = self.patience;
        move |policy| {
            let deployment = build(policy);
            Box::pin(async move { Case::open(deployment.await, patience).await })
        }
    }

    /// The seeds of a part that takes one history in `share`.
    fn seeds(&self, share: u64) -> std::ops::Range<u64> {
        self.first_seed..self.first_seed + self.runs.div_ceil(share)
    }
}

/// A new deployment in the making.
type Opening<'a, G> = Pin<Box<dyn Future<Output = Result<Case<G>, Failure>> + 'a>>;
