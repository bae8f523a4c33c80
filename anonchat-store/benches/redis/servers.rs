//! How long a match and a message take between two servers.

use std::sync::Arc;
use std::time::Duration;

use anonchat_core::{
    Body, ChatText, Client, Command, Conn, Event, Inbox, Mail, NodeId, PairId, PoolId, Store,
    UnixMillis, Whisper, Wish,
};
use anonchat_store::RedisStore;
use redis::cmd;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::Instant;

use crate::people::{START, device, dice, policy};
use crate::stage::Stage;

/// One after the other, with nobody else there.
const MATCHES: u64 = 3_000;

/// Notes when a match or a message arrived, and the pair.
struct Arrivals(UnboundedSender<(Instant, PairId)>);

impl Inbox for Arrivals {
    fn deliver(&self, mail: Mail) {
        let pair = match mail {
            Mail::Event(envelope) => match envelope.event {
                Event::Matched { pair, .. } => pair,
                _ => return,
            },
            Mail::Whisper(whisper) => whisper.pair,
        };
        let sent = self.0.send((Instant::now(), pair));
        debug_assert!(sent.is_ok(), "somebody waits for it");
    }

    fn gap(&self) {
        panic!("no connection is lost here");
    }
}

/// A server, as far as this needs one.
struct Server {
    store: RedisStore,
    node: NodeId,
    arrivals: UnboundedReceiver<(Instant, PairId)>,
}

pub(crate) fn measure(stage: &mut Stage) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime starts");
    println!("{MATCHES} matches, one after the other      p50 µs    p99 µs");
    let times = runtime.block_on(meet(&stage.server.url()));
    for (name, mut times) in times {
        times.sort_unstable();
        let quantile = |of: usize| times[(times.len() - 1) * of / 100].as_secs_f64() * 1e6;
        println!("{name:<34}  {:>8.0}  {:>8.0}", quantile(50), quantile(99));
    }
}

async fn meet(url: &str) -> [(&'static str, Vec<Duration>); 4] {
    let (mut one, mut two) = (Server::start(url, 1).await, Server::start(url, 2).await);
    let client = redis::Client::open(url).expect("a URL");
    let mut bare =
        client.get_multiplexed_async_connection().await.expect("Redis takes connections");
    let [mut pings, mut answers, mut matches, mut messages] = [const { Vec::new() }; 4];
    for n in 0..MATCHES {
        let (ann, bob) = (2 * n, 2 * n + 1);
        one.apply(ann, |conn| attach(ann, conn)).await;
        two.apply(bob, |conn| attach(bob, conn)).await;
        one.apply(ann, |conn| join(ann, conn)).await;

        let start = Instant::now();
        cmd("PING").exec_async(&mut bare).await.expect("it answers");
        pings.push(start.elapsed());

        let start = Instant::now();
        two.apply(bob, |conn| join(bob, conn)).await;
        answers.push(start.elapsed());
        let (arrived, pair) = one.arrivals.recv().await.expect("a match");
        matches.push(arrived - start);
        two.arrivals.recv().await.expect("the same match");

        let to = Conn { node: one.node, id: ann };
        let start = Instant::now();
        let body = Body::Text { id: None, text: ChatText::new("x".repeat(64)) };
        let sent = two.store.whisper(&PoolId::main(), Whisper { to, pair, body }).await;
        sent.expect("it is carried");
        let (arrived, _) = one.arrivals.recv().await.expect("a message");
        messages.push(arrived - start);

        one.apply(ann, |conn| Command::Detach { device: device(ann), conn }).await;
        two.apply(bob, |conn| Command::Detach { device: device(bob), conn }).await;
    }
    [
        ("bare PING", pings),
        ("join that meets somebody: answer", answers),
        ("until the other server knows", matches),
        ("message of 64 bytes", messages),
    ]
}

impl Server {
    async fn start(url: &str, number: u64) -> Self {
        let url = url.parse().expect("a URL");
        let builder = RedisStore::builder(url).policy(policy()).correct_instants(false);
        let store = builder.connect().await.expect("Redis takes connections");
        let (sender, arrivals) = unbounded_channel();
        let node = NodeId(number);
        store.open(node, Arc::new(Arrivals(sender))).await.expect("the mailbox opens");
        Self { store, node, arrivals }
    }

    async fn apply(&self, person: u64, command: impl FnOnce(Conn) -> Command) {
        let command = command(Conn { node: self.node, id: person });
        let (at, dice) = (UnixMillis::new(START.get() + person), dice(person));
        let commit = self.store.apply(&PoolId::main(), at, dice, &command).await;
        commit.expect("Redis answers").outcome.expect("nobody is refused");
    }
}

fn attach(person: u64, conn: Conn) -> Command {
    Command::Attach { device: device(person), conn, client: Client::Plain, again: false }
}

fn join(person: u64, conn: Conn) -> Command {
    Command::Join { device: device(person), conn, wish: Wish::default() }
}
