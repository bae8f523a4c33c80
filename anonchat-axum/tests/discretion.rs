//! What the log does not say.

mod client;

use std::fmt::Write;
use std::sync::{Arc, Mutex};

use client::{ADMIN_KEY, Server, lenient, native_pair};
use serde_json::json;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Record};
use tracing::{Event, Id, Metadata, Subscriber};

/// Takes every event and span at every level, from everywhere.
#[derive(Clone, Default)]
struct Everything(Arc<Mutex<String>>);

struct Line<'a>(&'a mut String);

impl Visit for Line<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        let _ = write!(self.0, " {field}={value:?}");
    }
}

impl Subscriber for Everything {
    fn enabled(&self, _metadata: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let mut log = self.0.lock().expect("log");
        let _ = write!(log, "\n[{}] {}", span.metadata().target(), span.metadata().name());
        span.record(&mut Line(&mut log));
        Id::from_u64(1)
    }

    fn record(&self, _span: &Id, values: &Record<'_>) {
        values.record(&mut Line(&mut self.0.lock().expect("log")));
    }

    fn record_follows_from(&self, _span: &Id, _follows: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut log = self.0.lock().expect("log");
        let _ = write!(log, "\n[{}]", event.metadata().target());
        event.record(&mut Line(&mut log));
    }

    fn enter(&self, _span: &Id) {}

    fn exit(&self, _span: &Id) {}
}

/// Everything that `tracing` takes, whatever crate it is from. (`tungstenite` writes frames to the
/// `log` crate, which is why the server does not take its records.)
#[tokio::test]
async fn no_event_at_any_level_names_a_device_a_text_or_a_key() {
    let everything = Everything::default();
    tracing::subscriber::set_global_default(everything.clone()).expect("the only log");
    let server = Server::start(lenient()).await;
    let (ann_id, bob_id) = ("canary-ann-0123456789", "canary-bob-0123456789");
    let [(mut ann, to_bob), (mut bob, _)] = native_pair(&server, ann_id, bob_id).await;
    ann.say(json!({ "action": "msg", "id": "canary-id", "text": "canary-text" })).await;
    bob.expect("msg").await;
    ann.say(json!({ "action": "report", "reported": to_bob, "reason": "canary-reason" })).await;
    ann.expect("reported").await;
    ann.say(json!({ "action": "canary-action" })).await;
    ann.expect("error").await;
    ann.vanish();
    bob.expect("peer_away").await;
    let verify = "POST /verify?device_id=canary-verify HTTP/1.1\r\nX: canary-header";
    server.http(verify, b"canary-body").await;
    let reports = "GET /admin/reports?limit=canary HTTP/1.1\r\nAuthorization: Bearer canary-token";
    server.http(reports, b"").await;
    let known = format!("GET /admin/reports HTTP/1.1\r\nAuthorization: Bearer {ADMIN_KEY}");
    let listed = server.http(&known, b"").await.json();
    server.open("/ws?device_id=").await.err().expect("refused");
    server.stop().await;

    let log = everything.0.lock().expect("log").clone();
    assert!(!log.is_empty(), "the log was taken");
    let hash = listed[0]["reported"].as_str().expect("hash");
    let alias = to_bob.as_str().expect("alias");
    for secret in ["canary", alias, &alias[1..], hash, ADMIN_KEY, client::KEY] {
        let line = log.lines().find(|line| line.contains(secret));
        assert!(line.is_none(), "{secret} is in: {line:?}");
    }
}
