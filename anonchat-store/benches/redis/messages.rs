//! Messages from one store to an inbox of another, beside as many of bare `PUBLISH`.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anonchat_core::{Body, ChatText, Conn, Inbox, Mail, NodeId, PairId, PoolId, Store, Whisper};
use anonchat_store::RedisStore;
use redis::{PushInfo, PushKind, Value, cmd};
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout};

use crate::people::policy;
use crate::stage::Stage;

const WINDOWS: [usize; 3] = [1, 64, 512];
const ROUNDS: usize = 3;
const ROUND: Duration = Duration::from_secs(1);

/// As many send at most; a place in the window is free again when a message has arrived.
const SENDERS: usize = 64;

/// What arrives in the window of a round.
#[derive(Clone)]
struct Window(Arc<(Semaphore, AtomicU64)>);

impl Window {
    fn new(places: usize) -> Self {
        Self(Arc::new((Semaphore::new(places), AtomicU64::new(0))))
    }

    fn arrived(&self) {
        self.0.1.fetch_add(1, Ordering::Relaxed);
        self.0.0.add_permits(1);
    }

    /// Has messages sent while the round lasts, and returns how many arrive a second.
    async fn fill(&self, places: usize, send: impl AsyncFn()) -> f64 {
        let start = Instant::now();
        let sender = async || {
            while start.elapsed() < ROUND {
                let place = timeout(Duration::from_millis(500), self.0.0.acquire()).await;
                place.expect("messages arrive").expect("it is open").forget();
                send().await;
            }
        };
        futures_util::future::join_all((0..places.min(SENDERS)).map(|_| sender())).await;
        self.0.1.load(Ordering::Relaxed) as f64 / start.elapsed().as_secs_f64()
    }
}

impl Inbox for Window {
    fn deliver(&self, mail: Mail) {
        if let Mail::Whisper(_) = mail {
            self.arrived();
        }
    }

    fn gap(&self) {
        panic!("no connection is lost here");
    }
}

pub(crate) fn measure(stage: &mut Stage) {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    let runtime = builder.enable_all().build().expect("a runtime starts");
    println!(" window  bare PUBLISH/s  messages/s  ratio  Redis CPU \u{b5}s: bare, message");
    for window in WINDOWS {
        let mut rounds = [const { Vec::new() }; 2];
        for turn in 0..ROUNDS {
            for place in 0..2 {
                let which = (turn + place) % 2;
                stage.clear();
                let url = stage.server.url();
                let (before, start) = (stage.gauge(), Instant::now());
                let rate = match which {
                    0 => runtime.block_on(bare(&url, window)),
                    _ => runtime.block_on(ours(&url, window)),
                };
                let cpu = stage.gauge().cpu - before.cpu;
                rounds[which].push((rate, cpu / (rate * start.elapsed().as_secs_f64())));
            }
        }
        let median = |which: usize| {
            let mut rounds: Vec<(f64, f64)> = rounds[which].clone();
            rounds.sort_by(|one, two| one.0.total_cmp(&two.0));
            rounds[ROUNDS / 2]
        };
        let ((bare, bare_cpu), (ours, our_cpu)) = (median(0), median(1));
        let ratio = ours / bare;
        println!(
            "{window:>7}  {bare:>14.0}  {ours:>10.0}  {ratio:>5.2}  {bare_cpu:>20.2}, {our_cpu:.2}"
        );
    }
}

async fn bare(url: &str, places: usize) -> f64 {
    let window = Window::new(places);
    let arrived = window.clone();
    let pushed = move |push: PushInfo| {
        if push.kind == PushKind::Message {
            arrived.arrived();
        }
        Ok::<(), ()>(())
    };
    let client = redis::Client::open(format!("{url}?protocol=resp3")).expect("a URL");
    let config = redis::AsyncConnectionConfig::new().set_push_sender(pushed);
    let mut reader =
        client.get_multiplexed_async_connection_with_config(&config).await.expect("it is there");
    let subscribed: Value =
        cmd("SUBSCRIBE").arg("inst").query_async(&mut reader).await.expect("it listens");
    drop(subscribed);
    let connection = client.get_multiplexed_async_connection().await.expect("it is there");
    let payload = [b'.'; 16 + 16 + 1 + 64];
    window
        .fill(places, async || {
            let mut publish = cmd("PUBLISH");
            publish.arg("inst").arg(&payload[..]);
            publish.exec_async(&mut connection.clone()).await.expect("it is taken");
        })
        .await
}

async fn ours(url: &str, places: usize) -> f64 {
    let (window, pool) = (Window::new(places), PoolId::main());
    let store = async || {
        let builder = RedisStore::builder(url.parse().expect("a URL")).policy(policy());
        builder.correct_instants(false).connect().await.expect("it is there")
    };
    let (one, two) = (store().await, store().await);
    one.open(NodeId(1), Arc::new(Window::new(0))).await.expect("the mailbox opens");
    two.open(NodeId(2), Arc::new(window.clone())).await.expect("the mailbox opens");
    let (to, pair) = (Conn { node: NodeId(2), id: 1 }, PairId::from_bytes([7; 16]));
    window
        .fill(places, async || {
            let body = Body::Text { id: None, text: ChatText::new("x".repeat(64)) };
            let sent = one.whisper(&pool, Whisper { to, pair, body }).await;
            sent.expect("it is carried");
        })
        .await
}
