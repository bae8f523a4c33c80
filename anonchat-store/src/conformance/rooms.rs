//! The part of the suite for a store of rooms.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anonchat_core::history::{Coverage, RoomRun, RoomStep};
use anonchat_core::room::{RoomCommand, RoomEnvelope};
use anonchat_core::{NodeId, Policy, RoomInbox, RoomStore, Rooms, StoreError};

/// An obligation of [`RoomStore`], by its number there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RoomObligation {
    /// 1: serialize.
    Serialize = 1,
    /// 2: agree.
    Agree,
    /// 3: deliver in order, or announce a gap.
    DeliverInOrder,
    /// 4: deliver before returning.
    DeliverBeforeReturning,
}

/// A store of rooms does not conform, or could not be tested.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RoomFailure {
    /// What the store broke; `None` if the suite could not do its work.
    pub obligation: Option<RoomObligation>,
    /// What happened, and what should have.
    pub detail: String,
    /// The seed of the history that shows it.
    pub seed: u64,
}

/// Runs the suite over a store of rooms and prints what it covered.
///
/// `build` makes a new, empty deployment with the given policy: something to keep alive meanwhile,
/// and one store for each of its servers. The stores use the instants that they are given.
///
/// # Panics
///
/// If the store breaks an obligation: with its number and the seed of the history that shows it.
#[expect(clippy::print_stderr, reason = "a test prints what it covered")]
pub async fn run_rooms<F, B, G>(build: F)
where
    F: Fn(Arc<Policy>) -> B,
    B: Future<Output = (G, Vec<Arc<dyn RoomStore>>)>,
{
    match (RoomSuite::default().check(build)).await {
        Ok(coverage) => eprintln!("covered, in commits and mail:\n{coverage}"),
        Err(failure) => panic!("{failure}"),
    }
}

/// How much the suite does. The default is what [`run_rooms`] uses.
#[derive(Clone, Debug)]
pub struct RoomSuite {
    /// The seed of the first history; the others follow.
    pub first_seed: u64,
    /// Histories.
    pub runs: u64,
    /// Steps of each.
    pub steps: usize,
    /// How often each command, refusal and fact has to occur at least.
    pub floor: u64,
    /// How long mail may be under way between servers.
    pub patience: Duration,
}

impl Default for RoomSuite {
    fn default() -> Self {
        Self { first_seed: 1, runs: 200, steps: 240, floor: 10, patience: Duration::from_secs(5) }
    }
}

impl RoomSuite {
    /// Gives the same generated histories to the stores and to [`Rooms`] itself, compares every
    /// commit, all mail after every step and everything that anybody may ask; and tells what was
    /// covered.
    ///
    /// # Errors
    ///
    /// [`RoomFailure`], with the first broken obligation.
    pub async fn check<F, B, G>(&self, build: F) -> Result<Coverage, RoomFailure>
    where
        F: Fn(Arc<Policy>) -> B,
        B: Future<Output = (G, Vec<Arc<dyn RoomStore>>)>,
    {
        let mut covered = Coverage::of_rooms();
        for seed in self.first_seed..self.first_seed + self.runs {
            let run = RoomRun::from_seed(seed, self.steps);
            let (_guard, stores) = build(Arc::new(run.policy.clone())).await;
            let played = self.play(stores, &run, &mut covered).await;
            played.map_err(|(obligation, detail)| RoomFailure { obligation, detail, seed })?;
        }
        let thin = covered.require_each(self.floor).err().map(|thin| thin.to_string());
        match thin {
            None => Ok(covered),
            Some(detail) => Err(RoomFailure { obligation: None, detail, seed: self.first_seed }),
        }
    }

    async fn play(
        &self,
        stores: Vec<Arc<dyn RoomStore>>,
        run: &RoomRun,
        covered: &mut Coverage,
    ) -> Result<(), Broken> {
        let case = Case::open(stores, self.patience).await?;
        if case.stores.iter().any(|store| **store.policy() != run.policy) {
            return Err(agree("the store has another policy".to_owned()));
        }
        let queries = RoomRun::queries(&run.policy);
        let mut rooms = Rooms::new(run.policy.clone().into());
        let mut expected = BTreeMap::<NodeId, Vec<RoomEnvelope>>::new();
        for (index, step) in run.steps.iter().enumerate() {
            let entry = case.entry(step, index);
            let wanted = step.apply(&mut rooms);
            covered.record_room(&step.command, &wanted);
            let got = case.stores[entry].apply(step.at, step.dice, &step.command).await;
            let got = got.map_err(|error| unable(&error))?;
            if got != wanted {
                let detail =
                    format!("step {index}, {step:?}: it says\n  {got:?}\nnot\n  {wanted:?}");
                let serialized = got.seq == wanted.seq;
                let broken =
                    if serialized { RoomObligation::Agree } else { RoomObligation::Serialize };
                return Err((Some(broken), detail));
            }
            for envelope in wanted.mail {
                expected.entry(envelope.conn.node).or_default().push(envelope);
            }
            for node in RoomRun::nodes().filter(|node| case.index(*node) == entry) {
                let wanted = expected.get(&node).map_or(&[][..], Vec::as_slice);
                case.expect_mail(node, wanted, RoomObligation::DeliverBeforeReturning)?;
            }
            // Asked ahead of time: a store that lets the question move its clock is found out.
            for (at, query) in [(step.at, index), (step.at.after(86_400_000), index * 7)]
                .map(|(at, place)| (at, &queries[place % queries.len()]))
            {
                case.expect_view(&rooms, at, query).await?;
            }
        }
        for query in &queries {
            let end = run.steps.iter().map(|step| step.at).max().unwrap_or_default();
            case.expect_view(&rooms, end, query).await?;
        }
        case.settle(&expected).await
    }
}

type Broken = (Option<RoomObligation>, String);

/// One deployment under test: its stores, and a recording inbox for each node.
struct Case {
    stores: Vec<Arc<dyn RoomStore>>,
    inboxes: BTreeMap<NodeId, Arc<Recorder>>,
    patience: Duration,
}

impl Case {
    async fn open(stores: Vec<Arc<dyn RoomStore>>, patience: Duration) -> Result<Self, Broken> {
        if stores.is_empty() {
            return Err((None, "the deployment has no server".to_owned()));
        }
        let mut case = Self { stores, inboxes: BTreeMap::new(), patience };
        for node in RoomRun::nodes() {
            let inbox = Arc::new(Recorder::default());
            let opened = case.stores[case.index(node)].open(node, Arc::clone(&inbox) as _).await;
            opened.map_err(|error| unable(&error))?;
            case.inboxes.insert(node, inbox);
        }
        Ok(case)
    }

    /// The store at which a node lives.
    fn index(&self, node: NodeId) -> usize {
        node.0 as usize % self.stores.len()
    }

    /// The store by which a step enters: that of its connection, or any.
    fn entry(&self, step: &RoomStep, index: usize) -> usize {
        match &step.command {
            RoomCommand::Attach { conn, .. } | RoomCommand::Detach { conn } => {
                self.index(conn.node)
            }
            RoomCommand::Renew { node } => self.index(*node),
            _ => index % self.stores.len(),
        }
    }

    async fn expect_view(
        &self,
        rooms: &Rooms,
        at: anonchat_core::UnixMillis,
        query: &anonchat_core::room::RoomQuery,
    ) -> Result<(), Broken> {
        let wanted = rooms.read(at, query);
        for store in &self.stores {
            let got = store.read(at, query).await.map_err(|error| unable(&error))?;
            if got != wanted {
                let at = at.get();
                return Err(agree(format!(
                    "asked at {at} for {query:?}, it says\n  {got:?}\nnot\n  {wanted:?}"
                )));
            }
        }
        Ok(())
    }

    fn expect_mail(
        &self,
        node: NodeId,
        wanted: &[RoomEnvelope],
        otherwise: RoomObligation,
    ) -> Result<(), Broken> {
        let heard = self.inboxes[&node].heard.lock().unwrap_or_else(PoisonError::into_inner);
        if heard.gaps > 0 {
            return Err((None, format!("{node:?} was told of a gap that nobody made")));
        }
        if heard.mail == wanted {
            return Ok(());
        }
        let common = heard.mail.iter().zip(wanted).take_while(|(one, other)| one == other).count();
        let (got, missing) = (heard.mail.get(common), wanted.get(common));
        // What is only late breaks another obligation than what is wrong.
        let broken = if got.is_some() { RoomObligation::DeliverInOrder } else { otherwise };
        Err((Some(broken), format!("{node:?} heard {got:?} in the place of {missing:?}")))
    }

    /// Waits until all mail has come, and demands that it is right and not more.
    async fn settle(&self, expected: &BTreeMap<NodeId, Vec<RoomEnvelope>>) -> Result<(), Broken> {
        let check = || {
            RoomRun::nodes().try_for_each(|node| {
                let wanted = expected.get(&node).map_or(&[][..], Vec::as_slice);
                self.expect_mail(node, wanted, RoomObligation::DeliverInOrder)
            })
        };
        let waiting = async {
            while check().is_err() {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        // Whoever ran out of patience says below what is missing.
        let _ = tokio::time::timeout(self.patience, waiting).await;
        check()
    }
}

/// An inbox that remembers.
#[derive(Default)]
struct Recorder {
    heard: Mutex<Heard>,
}

#[derive(Default)]
struct Heard {
    mail: Vec<RoomEnvelope>,
    gaps: u64,
}

impl RoomInbox for Recorder {
    fn deliver(&self, envelope: RoomEnvelope) {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).mail.push(envelope);
    }

    fn gap(&self) {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).gaps += 1;
    }
}

impl std::error::Error for RoomFailure {}

impl fmt::Display for RoomFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.obligation {
            Some(which) => {
                write!(f, "obligation {} of `RoomStore` ({which:?}) is broken", which as u8)?;
            }
            None => f.write_str("could not be tested")?,
        }
        write!(f, "\n{}\nhistory of seed {}", self.detail, self.seed)
    }
}

fn agree(detail: String) -> Broken {
    (Some(RoomObligation::Agree), detail)
}

fn unable(error: &StoreError) -> Broken {
    (None, format!("the store failed: {error:?}"))
}
