//! The live figures: what they count, what they hold nothing of, and their bounds.

use anonchat_axum::core::{Gender, Verdict};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::admin_desk::{Desk, bearer, until};
use crate::client::{PATIENCE, Server, lenient, native_pair};
use crate::judge::{Judge, file, post};

/// A stream of figures as a browser reads it.
struct Stream {
    socket: TcpStream,
    text: String,
}

impl Stream {
    async fn open(server: &Server, credential: &str) -> Self {
        let mut socket = TcpStream::connect(server.address).await.expect("connect");
        let request = format!(
            "GET /admin/live HTTP/1.1\r\nHost: {}\r\n{credential}\r\nConnection: close\r\n\r\n",
            server.address
        );
        socket.write_all(request.as_bytes()).await.expect("write");
        let mut stream = Self { socket, text: String::new() };
        stream.read_until("\r\n\r\n").await.expect("head");
        stream
    }

    fn status(&self) -> &str {
        self.text.split(' ').nth(1).expect("status")
    }

    /// Reads on until `mark` is there. `None` if the stream ends before.
    async fn read_until(&mut self, mark: &str) -> Option<String> {
        let mut buffer = [0; 4096];
        loop {
            if let Some(end) = self.text.find(mark) {
                return Some(self.text[..end + mark.len()].to_owned());
            }
            let read = timeout(PATIENCE, self.socket.read(&mut buffer)).await.expect("in time");
            let read = read.unwrap_or(0);
            if read == 0 {
                return None;
            }
            self.text += &String::from_utf8_lossy(&buffer[..read]);
        }
    }

    /// The next message.
    async fn message(&mut self) -> Option<Value> {
        self.read_until("event: figures").await?;
        let begin = self.text.find("event: figures").expect("there");
        self.text.drain(..begin);
        let whole = self.read_until("\n\n").await?;
        self.text.drain(..whole.len());
        let data = whole.lines().find_map(|line| line.strip_prefix("data: ")).expect("data");
        Some(serde_json::from_str(data).expect("JSON"))
    }

    async fn is_over(&mut self) -> bool {
        while self.message().await.is_some() {}
        true
    }
}

#[tokio::test]
async fn figures_come_about_once_a_second_as_server_sent_events() {
    let desk = Desk::start(lenient()).await;
    let mut stream = Stream::open(&desk.server, &bearer()).await;
    assert_eq!(stream.status(), "200");
    let head = stream.text.to_lowercase();
    assert!(head.contains("content-type: text/event-stream"), "{head}");
    assert!(head.contains("cache-control: no-store"), "{head}");
    let mut last = 0;
    for _ in 0..3 {
        let message = stream.message().await.expect("figures");
        let now = message["now"].as_object().expect("now");
        let names: Vec<_> = now.keys().map(String::as_str).collect();
        assert_eq!(
            names,
            [
                "at",
                "bans",
                "connections",
                "maintenance",
                "matches",
                "matches_per_minute",
                "messages",
                "online",
                "pairs",
                "queues",
                "refusals",
                "reports",
                "store",
                "verification",
                "wait",
                "waiting",
            ]
        );
        let at = message["now"]["at"].as_u64().expect("instant");
        assert!(at >= last);
        last = at;
    }
}

#[tokio::test]
async fn nobody_sees_figures_without_a_key() {
    let desk = Desk::start(lenient()).await;
    for path in ["/admin/live", "/admin/figures", "/api/admin/metrics"] {
        assert_eq!(desk.server.get(path).await.status, 401, "{path}");
    }
}

#[tokio::test]
async fn the_number_of_streams_is_bounded_and_a_place_is_given_back() {
    let desk = Desk::start(lenient()).await;
    let mut streams = Vec::new();
    for _ in 0..16 {
        let stream = Stream::open(&desk.server, &bearer()).await;
        assert_eq!(stream.status(), "200");
        streams.push(stream);
    }
    let refused = desk.get("/admin/live").await;
    assert_eq!((refused.status, refused.header("retry-after")), (503, Some("2")));
    streams.pop();
    let once_more = async || Stream::open(&desk.server, &bearer()).await.status() == "200";
    until(once_more).await;
}

#[tokio::test]
async fn a_stream_ends_with_its_session_and_with_the_server() {
    let desk = Desk::start(lenient()).await;
    let browser = desk.browser().await;
    let cookie = format!("Cookie: {}", browser.cookie);
    let mut of_session = Stream::open(&desk.server, &cookie).await;
    let mut of_key = Stream::open(&desk.server, &bearer()).await;
    assert!(of_session.message().await.is_some());
    assert_eq!(browser.post(&desk.server, "/admin/sign-out", &json!({})).await.status, 200);
    assert!(of_session.is_over().await);
    assert!(of_key.message().await.is_some(), "others go on");
    desk.server.stop().await;
    assert!(of_key.is_over().await);
}

#[tokio::test]
async fn what_happens_is_counted_and_nobody_is_named() {
    let judge = Judge::saying(Ok(Verdict::Verified(Gender::Female)));
    let classifier = judge.clone();
    let desk = Desk::with(lenient(), |builder| builder.classifier(classifier)).await;
    let (ann, bob) = ("canary-ann-0123456789", "canary-bob-0123456789");
    let [(mut ann, to_bob), (mut bob, _)] = native_pair(&desk.server, ann, bob).await;
    ann.say(json!({ "action": "msg", "id": "canary-id", "text": "canary-text" })).await;
    bob.expect("msg").await;
    ann.say(json!({ "action": "report", "reported": to_bob, "reason": "canary-why" })).await;
    ann.expect("reported").await;
    for _ in 0..2 {
        ann.say(json!({ "action": "canary-action" })).await;
        ann.expect("error").await;
    }
    let mut cat = desk.server.native("canary-cat-0123456789").await;
    cat.hello().await;
    cat.say(json!({ "action": "join", "filter": "female" })).await;
    cat.expect("queued").await;
    let verify = "?device_id=canary-dan-0123456789&consent=1";
    assert_eq!(post(&desk.server, verify, &file(2_000)).await.json()["verified"], true);
    judge.says(Ok(Verdict::NoFace));
    post(&desk.server, verify, &file(2_000)).await;

    let device = desk.get("/admin/queue").await.json()["reports"][0]["device"].clone();
    let device = device.as_str().expect("device").to_owned();
    assert_eq!(desk.post("/admin/bans", &json!({ "device": "0".repeat(32) })).await.status, 200);
    let is_there = |now: &Value| {
        (&now["online"], &now["waiting"], &now["pairs"], &now["matches"], &now["reports"])
            == (&json!(3), &json!(1), &json!(1), &json!(1), &json!(1))
            && now["bans"] == 1
    };
    until(async || is_there(&desk.get("/admin/figures").await.json()["now"])).await;
    let answer = desk.get("/admin/figures").await;
    let (figures, now) = (answer.json(), answer.json()["now"].clone());
    assert_eq!(now["queues"], json!([{ "gender": null, "filter": "female", "waiting": 1 }]));
    assert_eq!(now["wait"]["count"], 1, "one of the two had to wait");
    assert!(now["wait"]["median_ms"].is_u64() && now["wait"]["p95_ms"].is_u64());
    assert_eq!((&now["messages"], &now["connections"]), (&json!(1), &json!(3)));
    assert_eq!(
        (&now["refusals"]["unknown_action"], &now["refusals"]["banned"]),
        (&json!(2), &json!(0))
    );
    assert_eq!(
        (&now["verification"]["verified"], &now["verification"]["no_face"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(now["store"], true);
    let seconds = figures["seconds"].as_array().expect("seconds");
    assert!((1..=60).contains(&seconds.len()));
    assert_eq!(figures["minutes"], json!([]), "none is over yet");

    let mut stream = Stream::open(&desk.server, &bearer()).await;
    let live = stream.message().await.expect("figures").to_string();
    let metrics = desk.get("/api/admin/metrics").await.body;
    let stats = desk.server.get("/api/stats").await.body;
    let alias = to_bob.as_str().expect("alias");
    for text in [&answer.body, &live, &metrics, &stats] {
        for private in ["canary", alias, &alias[1..], &device, "v4.local", "127.0.0.1"] {
            assert!(!text.contains(private), "{private} is in {text}");
        }
    }
}
