//! Joins through the store, beside those of a bare script of the same shape.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anonchat_core::{Census, Client, Inbox, Mail, PoolId, Query, Store, View};
use anonchat_store::RedisStore;
use redis::{Value, cmd};
use tokio::runtime::Runtime;
use tokio::time::Instant;

use crate::people::{CROWD, GUEST, NODE, START, attach, dice, join, policy, profile};
use crate::stage::{Gauge, Stage};

const CALLERS: [usize; 3] = [1, 64, 128];
const ROUNDS: usize = 3;
const ROUND: Duration = Duration::from_secs(1);

/// So many are there before a round, and join one after the other while it lasts.
const PEOPLE: u64 = 60_000;

/// A join with the checks that matter and nothing else: a limit, one talk at a time, the one who
/// waits longest in six queues at most, blocks of either side. It keeps text and tells nobody.
const BARE: &str = include_str!("bare.lua");

/// What came of a round.
struct Round {
    matches_a_second: f64,
    cpu: f64,
    inner: f64,
}

struct Ear;

impl Inbox for Ear {
    fn deliver(&self, mail: Mail) {
        drop(mail);
    }

    fn gap(&self) {
        panic!("no connection is lost here");
    }
}

pub(crate) fn measure(stage: &mut Stage) {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    let runtime = builder.enable_all().build().expect("a runtime starts");
    println!("callers  join     matches/s  Redis CPU \u{b5}s/join  calls/join");
    for callers in CALLERS {
        let mut rounds = [const { Vec::new() }; 2];
        for turn in 0..ROUNDS {
            for place in 0..2 {
                let which = (turn + place) % 2;
                let round = if which == 0 { bare } else { ours };
                rounds[which].push(round(stage, &runtime, callers));
            }
        }
        let median = |which: usize, of: fn(&Round) -> f64| {
            let mut numbers: Vec<_> = rounds[which].iter().map(of).collect();
            numbers.sort_by(f64::total_cmp);
            numbers[numbers.len() / 2]
        };
        for (which, name) in ["bare", "store"].into_iter().enumerate() {
            println!(
                "{callers:>7}  {name:<6}  {:>9.0}  {:>17.1}  {:>10.1}",
                median(which, |round| round.matches_a_second),
                median(which, |round| round.cpu),
                median(which, |round| round.inner),
            );
        }
        let ratio = |of| median(1, of) / median(0, of);
        let throughput = ratio(|round| round.matches_a_second);
        println!("         ratio   {throughput:>9.2}  {:>17.2}", ratio(|round| round.cpu));
    }
}

/// Has callers call, each one after the other, until the time is over. Returns how many calls
/// were made in how many seconds.
async fn call(callers: usize, most: u64, one: impl AsyncFn(u64)) -> (u64, f64) {
    let (next, done, start) = (AtomicU64::new(0), AtomicU64::new(0), Instant::now());
    let caller = async || {
        while start.elapsed() < ROUND {
            let n = next.fetch_add(1, Ordering::Relaxed);
            if n >= most {
                break;
            }
            one(n).await;
            done.fetch_add(1, Ordering::Relaxed);
        }
    };
    futures_util::future::join_all((0..callers).map(|_| caller())).await;
    (done.into_inner(), start.elapsed().as_secs_f64())
}

fn round(before: Gauge, after: Gauge, calls: u64, matches: u64, seconds: f64) -> Round {
    let a_call = |sum: f64| sum / calls as f64;
    Round {
        matches_a_second: matches as f64 / seconds,
        cpu: a_call(after.cpu - before.cpu),
        inner: a_call((after.inner - before.inner) as f64),
    }
}

fn bare(stage: &mut Stage, runtime: &Runtime, callers: usize) -> Round {
    stage.clear();
    let sha = stage.load(BARE);
    let url = stage.server.url();
    let before = stage.gauge();
    let (calls, seconds) = runtime.block_on(async {
        let client = redis::Client::open(url).expect("a URL");
        let connection = client.get_multiplexed_async_connection().await.expect("it is there");
        let one = async |n: u64| {
            let me = format!("{n:012x}-4a7b-8c9d");
            let (gender, filter) = if n.is_multiple_of(2) { ("m", "f") } else { ("f", "any") };
            let mut call = cmd("EVALSHA");
            call.arg(&sha).arg(2).arg(format!("{{m}}u:{me}")).arg(format!("{{m}}b:{me}"));
            call.arg(me).arg(gender).arg(filter).arg(n).arg(100).arg("{m}");
            let answer: Value = call.query_async(&mut connection.clone()).await.expect("a reply");
            drop(answer);
        };
        call(callers, u64::MAX, one).await
    });
    round(before, stage.gauge(), calls, calls / 2, seconds)
}

fn ours(stage: &mut Stage, runtime: &Runtime, callers: usize) -> Round {
    stage.clear();
    let url = stage.server.url();
    let (profile, pool) = (profile(), PoolId::main());
    let store = runtime.block_on(async {
        let builder = RedisStore::builder(url.parse().expect("a URL")).policy(policy());
        let store = builder.correct_instants(false).connect().await.expect("it is there");
        store.open(NODE, Arc::new(Ear)).await.expect("the mailbox opens");
        let next = AtomicU64::new(0);
        let one = async || loop {
            let n = next.fetch_add(1, Ordering::Relaxed);
            if n >= PEOPLE {
                break;
            }
            let come = attach(n, Client::Plain);
            store.apply(&pool, START, dice(n), &come).await.expect("it answers");
        };
        futures_util::future::join_all((0..256).map(|_| one())).await;
        store
    });
    let before = stage.gauge();
    let (calls, seconds) = runtime.block_on(call(callers, PEOPLE, async |n: u64| {
        let kind = if n.is_multiple_of(2) { CROWD } else { GUEST };
        let (dice, asked) = (dice(PEOPLE + n), join(n, kind, &profile));
        let commit = store.apply(&pool, START.after(1), dice, &asked).await;
        commit.expect("it answers").outcome.expect("nobody is refused");
    }));
    let after = stage.gauge();
    let view = runtime.block_on(store.read(&pool, START, &Query::Census)).expect("it answers");
    let View::Census(Census { pairs, .. }) = view else { panic!("not a census") };
    round(before, after, calls, pairs, seconds)
}
