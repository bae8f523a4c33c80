//! The same history to the store and to a pool, compared after every step.

use anonchat_core::history::{Coverage, Run};
use anonchat_core::{Command, DeviceId, Policy, Pool, Query, View};

use super::case::{Case, queries};
use super::failure::{Failure, Obligation};
use super::ledger::Ledger;
use super::{Opening, Suite, shorten};

const PART: &str = "lockstep";

pub(super) async fn check<'a, G, F>(
    suite: &Suite,
    build: &F,
    covered: &mut Coverage,
) -> Result<(), Failure>
where
    F: Fn(Policy) -> Opening<'a, G>,
{
    for seed in suite.seeds(1) {
        let run = Run::from_seed(seed, suite.steps);
        let Err(failure) = play(&build(run.policy.clone()).await?, &run, covered).await else {
            continue;
        };
        let (run, failure) = shorten::shorten(run, failure, suite.shortenings, async |run| {
            play(&build(run.policy.clone()).await?, run, &mut Coverage::default()).await
        })
        .await;
        return Err(failure.of(PART, seed, &run));
    }
    Ok(())
}

/// Plays one history on both.
async fn play<G>(case: &Case<G>, run: &Run, covered: &mut Coverage) -> Result<(), Failure> {
    for server in case.servers() {
        if **server.store.policy() != run.policy {
            return Err(Failure::new(Obligation::Agree, "the store has another policy"));
        }
    }
    let queries = queries();
    let mut pool = Pool::new(run.policy.clone().into());
    let mut ledger = Ledger::default();
    for (index, step) in run.steps.iter().enumerate() {
        let (server, home) = case.entry(step, index);
        let wanted = step.apply(&mut pool);
        let got = case.apply(server, step).await?;
        if got != wanted {
            let which = match got.seq == wanted.seq {
                true => Obligation::Agree,
                false => Obligation::Serialize,
            };
            let detail =
                format!("step {index}: the store says\n  {got:?}\nand the pool\n  {wanted:?}");
            return Err(Failure::new(which, detail));
        }
        covered.record(&step.command, &wanted);
        ledger.expect(&wanted);
        for node in home {
            ledger.take(node, case.inbox(node).drain())?;
            ledger.settled(node, Obligation::DeliverBeforeReturning)?;
        }
        // Asked ahead of time: a store that lets the question move its clock is found out.
        let at = step.at.after(1_500);
        for query in telling(&step.command) {
            let wanted = pool.read(step.at, &query);
            case.expect_view(step.at, &query, &wanted).await?;
            if let Some(onward) = onward(&query, &wanted) {
                case.expect_view(step.at, &onward, &pool.read(step.at, &onward)).await?;
            }
        }
        if index % 8 == 7 {
            let query = &queries[index / 8 % queries.len()];
            case.expect_view(at, query, &pool.read(at, query)).await?;
        }
    }
    case.settle(&mut ledger).await?;
    for at in [run.end(), run.end().after(1_000)] {
        for query in &queries {
            case.expect_view(at, query, &pool.read(at, query)).await?;
        }
    }
    case.expect_snapshot(&pool).await
}

/// The question for the page after this one, if there is one to come.
fn onward(query: &Query, page: &View) -> Option<Query> {
    match (query, page) {
        (Query::Reports { open, limit, .. }, View::Reports(page)) => {
            Some(Query::Reports { before: Some(page.next?), open: *open, limit: *limit })
        }
        (Query::Bans { limit, .. }, View::Bans(page)) => {
            let last = page.last()?;
            Some(Query::Bans { after: Some((last.until, last.device)), limit: *limit })
        }
        _ => None,
    }
}

/// The questions that show best what a command has done, where its commit does not.
fn telling(command: &Command) -> Vec<Query> {
    let standing = |device: &DeviceId| Query::Standing { device: *device };
    let outbox = Query::Outbox { after: 0, limit: 1_000 };
    let bans = Query::Bans { after: None, limit: 1 };
    let reports = || Query::Reports { before: None, open: true, limit: 2 };
    match command {
        Command::Report { .. } => vec![reports(), bans, Query::Census, outbox],
        Command::Dismiss { .. } => vec![reports()],
        Command::Ban { device, .. } | Command::Lift { device } => {
            vec![standing(device), reports(), bans, Query::Census, outbox]
        }
        Command::Adopt { order } => vec![standing(&order.device), bans, outbox],
        Command::Verify { .. } | Command::Settle { .. } => vec![outbox],
        _ => Vec::new(),
    }
}
