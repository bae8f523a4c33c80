//! Connections over memory, from any address and in no time at all.

use std::io;
use std::sync::Arc;

use anonchat_core::Policy;
use anonchat_store::MemoryStore;
use axum::extract::ConnectInfo;
use axum::routing::get;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tokio::sync::{Notify, mpsc, oneshot};
use tokio::task::JoinHandle;

use super::*;
use crate::secret::Secret;

/// Connections as they are asked for.
struct Memory(mpsc::UnboundedReceiver<(DuplexStream, SocketAddr)>);

impl Listener for Memory {
    type Io = DuplexStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (DuplexStream, SocketAddr) {
        match self.0.recv().await {
            Some(accepted) => accepted,
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(SocketAddr::from(([127, 0, 0, 1], 80)))
    }
}

struct Site {
    door: mpsc::UnboundedSender<(DuplexStream, SocketAddr)>,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<()>,
    /// Lets a request to `/slow` go on.
    go: Arc<Notify>,
}

impl Site {
    async fn open(most: u32, most_each: u32) -> Self {
        let mut policy = Policy::default();
        policy.connection.max_half_open = most;
        policy.connection.max_half_open_per_address = most_each;
        let chat = AnonChat::builder()
            .store(MemoryStore::new(policy).expect("policy"))
            .key(Secret::random())
            .admin_key(Secret::random())
            .trusted_proxies(["10.0.0.0/8".parse().expect("network")])
            .start()
            .await
            .expect("start");
        let go = Arc::new(Notify::new());
        let waits = Arc::clone(&go);
        let slow = move || async move {
            waits.notified().await;
            "slow"
        };
        let who = |ConnectInfo(peer): ConnectInfo<SocketAddr>| async move { peer.to_string() };
        let app = Router::new().route("/who", get(who)).route("/slow", get(slow));
        let (door, listener) = mpsc::unbounded_channel();
        let (stop, stopped) = oneshot::channel();
        let signal = async { _ = stopped.await };
        let serving = tokio::spawn(attend(Memory(listener), app, chat, signal));
        Self { door, stop, serving, go }
    }

    /// A connection from an address.
    fn connect(&self, peer: &str) -> DuplexStream {
        let (here, there) = duplex(64 << 10);
        let peer = format!("{peer}:4711").parse().expect("address");
        self.door.send((there, peer)).expect("it accepts");
        here
    }
}

/// Lets everybody else go on, without any time passing.
async fn settle() {
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
}

async fn ask(stream: &mut DuplexStream, path: &str) {
    let request = format!("GET {path} HTTP/1.1\r\nHost: chat\r\n\r\n");
    stream.write_all(request.as_bytes()).await.expect("open");
}

/// The next answer, whole.
async fn answer(stream: &mut DuplexStream) -> String {
    let mut buffer = vec![0; 4 << 10];
    let read = stream.read(&mut buffer).await.expect("open");
    String::from_utf8(buffer[..read].to_vec()).expect("text")
}

/// All that comes until the end.
async fn rest(mut stream: DuplexStream) -> String {
    let mut rest = String::new();
    stream.read_to_string(&mut rest).await.expect("an orderly end");
    rest
}

#[tokio::test(start_paused = true)]
async fn a_head_that_comes_a_letter_at_a_time_is_not_waited_for() {
    let site = Site::open(100, 0).await;
    let mut slow = site.connect("192.0.2.1");
    let began = tokio::time::Instant::now();
    while slow.write_all(b"G").await.is_ok() {
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert!(began.elapsed().as_secs() < 60, "it is never ended");
    }
    assert!(began.elapsed().as_secs() >= 10, "it has its time");
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_asks_nothing_more_is_ended() {
    let site = Site::open(100, 0).await;
    let mut stream = site.connect("192.0.2.1");
    for _ in 0..3 {
        ask(&mut stream, "/who").await;
        assert!(answer(&mut stream).await.ends_with("192.0.2.1:4711"));
        tokio::time::sleep(Duration::from_secs(9)).await;
    }
    assert_eq!(rest(stream).await, "");
}

#[tokio::test(start_paused = true)]
async fn a_head_that_is_too_large_is_refused() {
    let site = Site::open(100, 0).await;
    let mut stream = site.connect("192.0.2.1");
    let head = format!("GET /who HTTP/1.1\r\nHost: chat\r\nX: {}", "x".repeat(40 << 10));
    stream.write_all(head.as_bytes()).await.expect("open");
    assert!(rest(stream).await.starts_with("HTTP/1.1 431"));
}

#[tokio::test(start_paused = true)]
async fn a_peer_with_too_many_silent_connections_is_told_so_and_others_are_not() {
    let site = Site::open(100, 2).await;
    let silent: Vec<_> = (0..2).map(|_| site.connect("192.0.2.1")).collect();
    settle().await;
    let refused = rest(site.connect("192.0.2.1")).await;
    let (head, body) = refused.split_once("\r\n\r\n").expect("head");
    assert!(head.starts_with("HTTP/1.1 503") && head.contains("retry-after: 10"), "{head}");
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    assert_eq!(length.and_then(|length| length.parse().ok()), Some(body.len()));
    let body: serde_json::Value = serde_json::from_str(body).expect("JSON");
    let text = "Too many connections";
    assert_eq!(body, serde_json::json!({ "detail": text, "error": text }));

    for peer in ["192.0.2.2", "127.0.0.1", "10.0.0.1"] {
        // Of this machine and of a proxy, any number.
        let more = if peer == "192.0.2.2" { 1 } else { 10 };
        let mut streams: Vec<_> = (0..more).map(|_| site.connect(peer)).collect();
        settle().await;
        for stream in &mut streams {
            ask(stream, "/who").await;
            assert!(answer(stream).await.starts_with("HTTP/1.1 200"), "{peer}");
        }
    }
    drop(silent);
    settle().await;
    let mut stream = site.connect("192.0.2.1");
    ask(&mut stream, "/who").await;
    assert!(answer(&mut stream).await.starts_with("HTTP/1.1 200"), "there is room again");
}

#[tokio::test(start_paused = true)]
async fn the_oldest_silent_connection_gives_way_and_requests_under_way_do_not() {
    let site = Site::open(2, 0).await;
    let mut slow = site.connect("192.0.2.1");
    ask(&mut slow, "/slow").await;
    settle().await;
    let mut idle = site.connect("192.0.2.1");
    ask(&mut idle, "/who").await;
    assert!(answer(&mut idle).await.starts_with("HTTP/1.1 200"));
    settle().await;
    let first = site.connect("192.0.2.1");
    settle().await;
    let second = site.connect("192.0.2.1");
    settle().await;
    let _third = site.connect("192.0.2.1");
    settle().await;
    assert_eq!(rest(idle).await, "", "an answer that nobody asked for would be taken for another");
    assert!(rest(first).await.starts_with("HTTP/1.1 503"));
    let mut second = second;
    ask(&mut second, "/who").await;
    assert!(answer(&mut second).await.starts_with("HTTP/1.1 200"), "it had its place still");
    site.go.notify_one();
    assert!(answer(&mut slow).await.ends_with("slow"));
}

#[tokio::test(start_paused = true)]
async fn the_end_waits_for_requests_under_way_and_not_for_the_silent() {
    let site = Site::open(100, 0).await;
    let (silent, mut idle, mut slow) =
        (site.connect("192.0.2.1"), site.connect("192.0.2.1"), site.connect("192.0.2.1"));
    ask(&mut idle, "/who").await;
    answer(&mut idle).await;
    ask(&mut slow, "/slow").await;
    settle().await;
    let began = tokio::time::Instant::now();
    site.stop.send(()).expect("it runs");
    assert_eq!(rest(idle).await, "");
    assert_eq!(rest(silent).await, "");
    site.go.notify_one();
    assert!(rest(slow).await.ends_with("slow"));
    site.serving.await.expect("it ends");
    assert!(began.elapsed() < REST, "nobody was given up");
}
