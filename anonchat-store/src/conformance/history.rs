//! Many clients at once; afterwards what they saw has to be one history.
//!
//! Because every commit carries its number, no search is needed: sorted by it, the commands are
//! replayed on a pool, and each client must have seen what the pool says.

use std::sync::Arc;

use anonchat_core::history::{Coverage, Run, Step};
use anonchat_core::{Commit, NodeId, Policy, Pool};
use tokio::sync::Barrier;
use tokio::task::JoinSet;

use super::case::{Case, device, queries};
use super::failure::{Failure, Obligation};
use super::ledger::Ledger;
use super::{Opening, Suite};

const PART: &str = "history";

/// What one client saw of one of its commands.
struct Seen {
    step: Step,
    commit: Commit,
    /// The nodes at home on the client's server, with the envelopes they had when it returned.
    heard: Vec<(NodeId, usize)>,
}

pub(super) async fn check<'a, G, F>(
    suite: &Suite,
    build: &F,
    covered: &mut Coverage,
) -> Result<(), Failure>
where
    F: Fn(Policy) -> Opening<'a, G>,
{
    for seed in suite.seeds(3) {
        let run = Run::from_seed(seed.wrapping_add(1 << 32), suite.steps);
        let case = build(run.policy.clone()).await?;
        let seen = play(&case, &run).await.map_err(|failure| failure.of(PART, seed, &run))?;
        // The history that the store says it had is the one to show.
        let steps = seen.iter().map(|seen| seen.step.clone()).collect();
        let history = Run { policy: run.policy.clone(), steps };
        let replayed = replay(&case, &run.policy, &seen, covered).await;
        replayed.map_err(|failure| failure.of(PART, seed, &history))?;
    }
    Ok(())
}

/// One client for each device, and one for the servers' own commands; all at once.
async fn play<G>(case: &Case<G>, run: &Run) -> Result<Vec<Seen>, Failure> {
    let devices: Vec<_> = Run::devices().map(Some).chain([None]).collect();
    let start = Arc::new(Barrier::new(devices.len()));
    let mut clients = JoinSet::new();
    for client in devices {
        let own = run.steps.iter().enumerate().filter(|(_, step)| device(&step.command) == client);
        let jobs: Vec<_> = own
            .map(|(index, step)| {
                let (server, home) = case.entry(step, index);
                let inboxes: Vec<_> =
                    home.into_iter().map(|node| (node, case.shared_inbox(node))).collect();
                (step.clone(), Arc::clone(&server.store), inboxes)
            })
            .collect();
        let (pool, start) = (case.pool.clone(), Arc::clone(&start));
        clients.spawn(async move {
            start.wait().await;
            let mut seen = Vec::new();
            for (step, store, inboxes) in jobs {
                let commit = store.apply(&pool, step.at, step.dice, &step.command).await;
                let heard =
                    inboxes.iter().map(|(node, inbox)| (*node, inbox.envelopes())).collect();
                let commit = commit.map_err(|error| format!("the store failed: {error:?}"))?;
                seen.push(Seen { step, commit, heard });
                // Under one thread as well, the clients take turns.
                tokio::task::yield_now().await;
            }
            Ok::<_, String>(seen)
        });
    }
    let mut all = Vec::new();
    while let Some(joined) = clients.join_next().await {
        let seen = joined.map_err(|error| Failure::unable(format!("a client died: {error}")))?;
        all.extend(seen.map_err(Failure::unable)?);
    }
    all.sort_by_key(|seen| seen.commit.seq);
    Ok(all)
}

async fn replay<G>(
    case: &Case<G>,
    policy: &Policy,
    seen: &[Seen],
    covered: &mut Coverage,
) -> Result<(), Failure> {
    let mut pool = Pool::new(policy.clone().into());
    let mut ledger = Ledger::default();
    // The numbers of the commits whose envelopes each node should have had, in order.
    let mut due: Vec<(NodeId, u64)> = Vec::new();
    for (index, Seen { step, commit, .. }) in seen.iter().enumerate() {
        let wanted = step.apply(&mut pool);
        if commit.seq != wanted.seq {
            let detail = format!("commit {} has the number {}", index + 1, commit.seq);
            return Err(Failure::new(Obligation::Serialize, detail));
        }
        if *commit != wanted {
            let detail = format!(
                "in the order of its own numbers, commit {} is\n  {commit:?}\nand should be\n  {wanted:?}",
                index + 1
            );
            return Err(Failure::new(Obligation::Agree, detail));
        }
        covered.record(&step.command, commit);
        ledger.expect(commit);
        for envelope in commit.outcome.iter().flatten() {
            due.push((envelope.conn.node, commit.seq));
        }
    }
    for Seen { commit, heard, .. } in seen {
        for (node, had) in heard {
            let wanted = due.iter().filter(|(to, seq)| to == node && *seq <= commit.seq).count();
            if *had < wanted {
                let detail = format!(
                    "when commit {} returned, {node:?} had {had} envelopes instead of {wanted}",
                    commit.seq
                );
                return Err(Failure::new(Obligation::DeliverBeforeReturning, detail));
            }
        }
    }
    case.settle(&mut ledger).await?;
    let end = seen.iter().map(|seen| seen.step.at).max().unwrap_or_default();
    for query in queries() {
        case.expect_view(end, &query, &pool.read(end, &query)).await?;
    }
    case.expect_snapshot(&pool).await
}
