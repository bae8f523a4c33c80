//! Matches a second, beside what Redis could do at best.

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anonchat_core::{Census, Client, Query, UnixMillis, View};
use anonchat_store::Calls;
use redis::{Cmd, Value, cmd};
use tokio::time::Instant;

use crate::people::{CROWD, GUEST, NODE, START, attach, dice, join, profile};
use crate::stage::Stage;

const CALLERS: [usize; 3] = [1, 8, 64];
const ROUNDS: usize = 3;
const ROUND: Duration = Duration::from_secs(1);

/// So many are there before a round, and join one after the other while it lasts.
const PEOPLE: u64 = 100_000;

const MESSAGES: u64 = 200_000;

/// What is called with the keys and arguments of a join.
enum Script {
    /// Nothing, and without them.
    Noop(String),
    /// As many calls as a join makes, none of which does anything.
    Trivial(String),
    Join,
}

struct Round {
    calls_a_second: f64,
    matches_a_second: f64,
    cpu: f64,
    inner: f64,
}

pub(crate) fn measure(stage: &mut Stage) {
    let channel = listen(stage);
    carry(stage, &channel);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime starts");
    let first = round(stage, &runtime, &Script::Join, 8);
    let inner = first.inner.round() as usize;
    println!("a join makes {:.1} calls on average", first.inner);
    let call = "redis.call('GET', KEYS[1])\n";
    let trivial = stage.load(&format!("#!lua\n{}return 1", call.repeat(inner)));
    let noop = stage.load("#!lua\nreturn 1");
    println!("callers  script    calls/s   matches/s   Redis CPU µs/call");
    for callers in CALLERS {
        let scripts = [
            ("no-op", Script::Noop(noop.clone())),
            ("trivial", Script::Trivial(trivial.clone())),
            ("join", Script::Join),
        ];
        let mut rounds: Vec<Vec<Round>> = scripts.iter().map(|_| Vec::new()).collect();
        for turn in 0..ROUNDS {
            for place in 0..scripts.len() {
                let which = (turn + place) % scripts.len();
                stage.load(&format!("#!lua\n{}return 1", call.repeat(inner)));
                stage.load("#!lua\nreturn 1");
                rounds[which].push(round(stage, &runtime, &scripts[which].1, callers));
            }
        }
        for ((name, _), rounds) in scripts.iter().zip(&rounds) {
            let median = |of: fn(&Round) -> f64| {
                let mut numbers: Vec<_> = rounds.iter().map(of).collect();
                numbers.sort_by(f64::total_cmp);
                numbers[numbers.len() / 2]
            };
            println!(
                "{callers:>7}  {name:<8} {:>8.0}  {:>9.0}  {:>8.1}",
                median(|round| round.calls_a_second),
                median(|round| round.matches_a_second),
                median(|round| round.cpu),
            );
        }
    }
}

fn round(
    stage: &mut Stage,
    runtime: &tokio::runtime::Runtime,
    script: &Script,
    callers: usize,
) -> Round {
    stage.clear();
    stage.open();
    if let Script::Noop(_) = script {
        stage.load("#!lua\nreturn 1");
    }
    let there = if matches!(script, Script::Join) { PEOPLE } else { 1 };
    stage.play((0..there).map(|n| (at(n), dice(n), attach(n, Client::Plain))), |_| {});
    let before = stage.gauge();
    let (count, took) = runtime.block_on(call(stage, script, callers));
    let after = stage.gauge();
    let census = stage.ask(&stage.calls.query(at(PEOPLE), &Query::Census));
    let View::Census(Census { pairs, .. }) = Calls::view(&Query::Census, census).expect("a view")
    else {
        panic!("not a census")
    };
    Round {
        calls_a_second: count as f64 / took.as_secs_f64(),
        matches_a_second: pairs as f64 / took.as_secs_f64(),
        cpu: (after.cpu - before.cpu) / count as f64,
        inner: (after.inner - before.inner) as f64 / count as f64,
    }
}

/// Calls for a while, each caller one call after the other, all over one connection as a store
/// does. Returns how many calls in which time.
async fn call(stage: &Stage, script: &Script, callers: usize) -> (u64, Duration) {
    let client = redis::Client::open(stage.server.url()).expect("a URL");
    let connection =
        client.get_multiplexed_async_connection().await.expect("Redis takes connections");
    let (next, done) = (AtomicU64::new(0), AtomicU64::new(0));
    let profile = profile();
    let start = Instant::now();
    let one = async || {
        let mut connection = connection.clone();
        while start.elapsed() < ROUND {
            let n = next.fetch_add(1, Ordering::Relaxed);
            if n >= PEOPLE {
                break;
            }
            let kind = if n.is_multiple_of(2) { CROWD } else { GUEST };
            let asked = join(n, kind, &profile);
            let call: Cmd = match script {
                Script::Noop(sha) => {
                    let mut call = cmd("EVALSHA");
                    call.arg(sha).arg(0);
                    call
                }
                Script::Trivial(sha) => stage.calls.instead(sha, at(n), dice(n), &asked),
                Script::Join => stage.calls.command(at(n), dice(n), &asked),
            };
            let reply: Value = call.query_async(&mut connection).await.expect("an answer");
            drop(reply);
            done.fetch_add(1, Ordering::Relaxed);
        }
    };
    let all = (0..callers).map(|_| one());
    futures_util::future::join_all(all).await;
    (done.into_inner(), start.elapsed())
}

/// What a message of 64 bytes costs that goes to one server.
fn carry(stage: &mut Stage, channel: &str) {
    let payload = [0_u8; 33 + 64];
    let (before, start) = (stage.gauge(), Instant::now());
    for _ in 0..MESSAGES / 500 {
        let mut batch = redis::Pipeline::with_capacity(500);
        for _ in 0..500 {
            batch.cmd("PUBLISH").arg(channel).arg(&payload[..]);
        }
        stage.send(&batch);
    }
    let (took, after) = (start.elapsed(), stage.gauge());
    println!(
        "messages of 64 bytes, many in flight: {:.0} a second, Redis CPU µs {:.1}",
        MESSAGES as f64 / took.as_secs_f64(),
        (after.cpu - before.cpu) / MESSAGES as f64,
    );
}

/// A server reads its mail while people join. Returns the channel.
fn listen(stage: &mut Stage) -> String {
    let (channel, _) = stage.calls.open(START, NODE);
    let mut mail = UnixStream::connect(stage.server.socket()).expect("Redis takes connections");
    mail.write_all(format!("SUBSCRIBE {channel}\r\n").as_bytes()).expect("it listens");
    // It ends with Redis.
    std::thread::spawn(move || {
        let mut buffer = vec![0; 1 << 16];
        while mail.read(&mut buffer).is_ok_and(|count| count > 0) {}
    });
    channel
}

fn at(n: u64) -> UnixMillis {
    START.after(n)
}
