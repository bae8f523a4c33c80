//! Whispers: handed to their node, in order, and kept nowhere. And who gets mail at all.

use std::sync::Arc;

use anonchat_core::history::{Run, Step};
use anonchat_core::{
    Body, ChatText, Command, Conn, Dice, MessageId, NodeId, PairId, Policy, Pool, PoolId, Query,
    StoreError, UnixMillis, Whisper,
};

use super::case::{Case, broken_off, queries};
use super::failure::{Failure, Obligation};
use super::ledger::Ledger;
use super::recorder::Recorder;
use super::{Opening, Suite};

const PART: &str = "delivery";

/// Occurs in every whispered word and in nothing else.
const CANARY: &str = "canary-0f3b";

/// How many whispers each sender says at a time.
const BURST: u64 = 3;

pub(super) async fn check<'a, G, F>(suite: &Suite, build: &F) -> Result<(), Failure>
where
    F: Fn(Policy) -> Opening<'a, G>,
{
    for seed in suite.seeds(10) {
        let run = Run::from_seed(seed.wrapping_add(2 << 32), suite.steps);
        let case = build(run.policy.clone()).await?;
        whispers(&case, &run).await.map_err(|failure| failure.of(PART, seed, &run))?;
    }
    let doors = doors(build(Policy::default()).await?).await;
    doors.map_err(|failure| Failure { part: PART, ..failure })
}

/// People whisper between the steps of a history, which must go on as if nobody did.
async fn whispers<G>(case: &Case<G>, run: &Run) -> Result<(), Failure> {
    let mut pool = Pool::new(run.policy.clone().into());
    let mut ledger = Ledger::default();
    let mut said = Vec::new();
    for (index, step) in run.steps.iter().enumerate() {
        let (server, _) = case.entry(step, index);
        let wanted = step.apply(&mut pool);
        let got = case.apply(server, step).await?;
        if got != wanted {
            let detail = format!("after whispers, step {index} is\n  {got:?}\nnot\n  {wanted:?}");
            return Err(Failure::new(Obligation::CarryNotKeep, detail));
        }
        ledger.expect(&wanted);
        for _ in 0..BURST {
            // Every server speaks to every node, its own included, a few times on end.
            let number = said.len() as u64;
            let to = Conn { node: NodeId(1 + number / BURST % Run::NODES), id: index as u64 };
            let sender = &case.servers()[sender(number, case.servers().len())];
            let sent = sender.store.whisper(&case.pool, whisper(to, number)).await;
            sent.map_err(|error| broken_off(&error))?;
            said.push((to, number));
        }
    }
    case.settle(&mut ledger).await?;
    for node in Run::nodes() {
        let wanted: Vec<_> = said.iter().copied().filter(|(to, _)| to.node == node).collect();
        heard(case, node, &wanted).await?;
    }
    nowhere(case, run.end()).await
}

/// A node has to hear what was said to it, all of it, in order, and nothing else.
async fn heard<G>(case: &Case<G>, node: NodeId, wanted: &[(Conn, u64)]) -> Result<(), Failure> {
    let inbox = case.shared_inbox(node);
    case.wait_until(|| inbox.whispers().len() >= wanted.len()).await;
    let got = inbox.whispers();
    let several = case.servers().len() > 1;
    let mut order: Vec<_> = got.iter().map(|whisper| (whisper.to, number(whisper))).collect();
    let mut wanted: Vec<_> = wanted.iter().map(|(to, number)| (*to, Some(*number))).collect();
    if several {
        // Two servers need not agree which of them spoke first.
        let servers = case.servers().len();
        let by = |(_, number): &(Conn, Option<u64>)| number.map(|number| sender(number, servers));
        order.sort_by_key(by);
        wanted.sort_by_key(by);
    }
    if order == wanted {
        return Ok(());
    }
    let first = order.iter().zip(&wanted).position(|(one, other)| one != other);
    let detail = format!(
        "{node:?} heard {} whispers and should have heard {}; the first that differs is {first:?}",
        order.len(),
        wanted.len(),
    );
    Err(Failure::new(Obligation::CarryNotKeep, detail))
}

/// Nothing that was whispered is to be found in anything that can be asked.
async fn nowhere<G>(case: &Case<G>, at: UnixMillis) -> Result<(), Failure> {
    for server in case.servers() {
        for query in queries() {
            let view = server.store.read(&case.pool, at, &query).await;
            let view = format!("{:?}", view.map_err(|error| broken_off(&error))?);
            if view.contains(CANARY) {
                let detail = format!("a whisper is in the answer to {query:?}:\n  {view}");
                return Err(Failure::new(Obligation::CarryNotKeep, detail));
            }
        }
    }
    Ok(())
}

/// Unknown pools, nodes without an inbox, and a node that opens a second one.
async fn doors<G>(case: Case<G>) -> Result<(), Failure> {
    let store = &case.servers()[0].store;
    let elsewhere = PoolId::new("no-such-pool").expect("a pool's name");
    let at = UnixMillis::new(1_700_000_000_000);
    let unknown = [
        store.apply(&elsewhere, at, dice(1), &Command::Sweep).await.map(drop),
        store.read(&elsewhere, at, &Query::Census).await.map(drop),
        store.whisper(&elsewhere, whisper(Conn { node: NodeId(1), id: 1 }, 0)).await,
    ];
    if !unknown.iter().all(|result| matches!(result, Err(StoreError::UnknownPool))) {
        let detail = format!("an unknown pool is answered with {unknown:?}");
        return Err(Failure::new(Obligation::Agree, detail));
    }

    // Nobody listens at that node: its mail is nobody's.
    let nobody = Conn { node: NodeId(77), id: 1 };
    let mut ledger = Ledger::default();
    for (number, conn) in [(1, nobody), (2, Conn { node: NodeId(1), id: 2 })] {
        case.apply(case.at(conn.node), &attach(number, at, conn)).await?;
    }
    let sent = store.whisper(&case.pool, whisper(nobody, 0)).await;
    sent.map_err(|error| broken_off(&error))?;

    // The second inbox of a node replaces the first.
    let (node, second) = (NodeId(1), Arc::new(Recorder::default()));
    let first = case.inbox(node);
    case.wait_until(|| first.envelopes() == 1).await;
    let opened = case.at(node).store.open(node, Arc::clone(&second) as _).await;
    opened.map_err(|error| broken_off(&error))?;
    let conn = Conn { node, id: 3 };
    let commit = case.apply(case.at(node), &attach(3, at, conn)).await?;
    ledger.expect(&commit);
    ledger.take(node, second.drain())?;
    ledger.settled(node, Obligation::DeliverBeforeReturning)?;
    if first.envelopes() != 1 {
        let detail = "an inbox that was replaced still gets mail";
        return Err(Failure::new(Obligation::DeliverInOrder, detail));
    }
    Ok(())
}

fn attach(number: u8, at: UnixMillis, conn: Conn) -> Step {
    let device = anonchat_core::DeviceId::from_bytes([number; 16]);
    let command =
        Command::Attach { device, conn, client: anonchat_core::Client::Native, again: false };
    Step { at, dice: dice(number), command }
}

fn dice(number: u8) -> Dice {
    Dice { pair: PairId::from_bytes([number; 16]) }
}

fn whisper(to: Conn, number: u64) -> Whisper {
    let id = MessageId::new(&number.to_string()).expect("digits are an id");
    let text = ChatText::new(format!("{CANARY} {number}"));
    Whisper { to, pair: PairId::from_bytes([0; 16]), body: Body::Text { id: Some(id), text } }
}

/// The server that sends a whisper.
fn sender(number: u64, servers: usize) -> usize {
    (number / BURST / Run::NODES) as usize % servers
}

/// The number of a whisper that was not changed on its way.
fn number(whisper: &Whisper) -> Option<u64> {
    let Body::Text { id: Some(id), text } = &whisper.body else { return None };
    let number = id.as_str().parse().ok()?;
    (text.reveal() == format!("{CANARY} {number}")).then_some(number)
}
