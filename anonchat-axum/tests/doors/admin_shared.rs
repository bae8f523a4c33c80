//! Those in charge of several servers that share a Redis.

use std::sync::Arc;

use anonchat_store::RedisStore;
use serde_json::json;
use test_services::Engine;

use crate::admin_desk::{Desk, until};
use crate::admin_ledger::Ledger;
use crate::client::{Server, lenient, plain_pair};

/// A server on the Redis of this URL, in which its record is as well.
async fn start(url: &str) -> Desk {
    let builder = RedisStore::builder(url.parse().expect("URL")).policy(lenient());
    let store = Arc::new(builder.connect().await.expect("connects"));
    let record = Arc::clone(&store);
    let server = Server::over(store, |builder| builder.admin_store(record)).await;
    Desk { server, ledger: Ledger::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_done_at_one_server_holds_at_the_others_and_after_a_restart() {
    let redis = test_services::Server::start(Engine::Redis);
    let (one, two) = (start(&redis.url()).await, start(&redis.url()).await);
    let browser = one.browser().await;
    assert_eq!(browser.get(&two.server, "/admin/session").await.status, 200);
    let [(mut ann, to_bob), (bob, _)] = plain_pair(&two.server, "ann", "bob").await;
    ann.say(json!({ "action": "report", "reported": to_bob, "reason": "spam" })).await;
    ann.expect("reported").await;
    let report = one.get("/admin/queue").await.json()["reports"][0].clone();
    let order = json!({ "device": report["device"], "note": "unpleasant" });
    assert_eq!(browser.post(&one.server, "/admin/bans", &order).await.status, 200);
    until(async || two.server.open("/ws?device_id=bob").await.err() == Some(403)).await;
    drop(bob);

    let on = json!({ "on": true });
    assert_eq!(two.post("/admin/maintenance", &on).await.status, 200);
    until(async || one.server.open("/ws?device_id=cat").await.err() == Some(503)).await;
    assert_eq!(browser.post(&one.server, "/admin/sign-out", &json!({})).await.status, 200);
    until(async || browser.get(&two.server, "/admin/session").await.status == 401).await;

    let done = ["sign_in", "ban", "maintenance", "sign_out"];
    one.server.stop().await;
    two.server.stop().await;
    let later = start(&redis.url()).await;
    let actions = later.actions().await;
    assert_eq!(actions, done, "the record outlives the servers");
    until(async || later.server.get("/readyz").await.status == 503).await;
    until(async || browser.get(&later.server, "/admin/session").await.status == 401).await;
    let earlier = later.get("/admin/queue?open=false").await.json();
    assert_eq!(earlier["reports"][0]["earlier"][0]["note"], "unpleasant");
    assert_eq!(later.post("/admin/maintenance", &json!({ "on": false })).await.status, 200);

    assert_eq!(later.post("/admin/reset", &json!({ "confirm": "reset" })).await.status, 200);
    assert_eq!(later.get("/admin/bans").await.json()["bans"], json!([]));
    assert_eq!(later.actions().await.len(), done.len() + 2, "the record outlives the reset");
    plain_pair(&later.server, "bob", "cat").await;
}
