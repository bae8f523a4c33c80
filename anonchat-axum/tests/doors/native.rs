//! The native extension: what a client with `v=1` gets beyond the original protocol.

use anonchat_axum::core::{Policy, Verification};
use serde_json::{Value, json};

use crate::client::{Server, lenient, native_pair, plain_pair};

const ANN: &str = "ann-0123456789abcdef";
const BOB: &str = "bob-0123456789abcdef";
const CAT: &str = "cat-0123456789abcdef";

#[tokio::test]
async fn the_greeting_says_where_one_stands_and_what_is_allowed() {
    let server = Server::start(Policy::default()).await;
    let mut ann = server.native(ANN).await;
    let all = json!({ "male": 5, "female": 5, "non-binary": 5, "prefer-not-to-say": 5 });
    let hello = ann.hello().await;
    assert_eq!(
        hello,
        json!({
            "type": "hello", "v": 1, "phase": "idle", "gender": null, "verification": "optional",
            "limits": all, "grace_ms": 15000, "pools": ["main"],
            "text": { "message_chars": 500, "nickname_chars": 30, "bio_chars": 140 },
            "reports": ["harassment", "spam", "minor", "explicit", "other"],
        })
    );
    ann.join("any").await;
    ann.expect("queued").await;
    ann.say(json!({ "action": "why" })).await;
    let why = ann.expect("waiting").await;
    assert_eq!(why["position"], 1, "{why}");
}

#[tokio::test]
async fn messages_are_acknowledged_from_end_to_end() {
    let server = Server::start(lenient()).await;
    let [(mut ann, _), (mut bob, to_ann)] = native_pair(&server, ANN, BOB).await;
    ann.say(json!({ "action": "msg", "id": "m1", "text": "hi" })).await;
    let msg = bob.hear().await;
    assert_eq!(msg, json!({ "type": "msg", "from": to_ann, "id": "m1", "text": "hi" }));
    bob.say(json!({ "action": "ack", "id": "m1" })).await;
    assert_eq!(ann.hear().await, json!({ "type": "ack", "id": "m1" }));
    bob.say(json!({ "action": "typing", "typing": true })).await;
    assert_eq!(ann.expect("typing").await["typing"], true);
    ann.say(json!({ "action": "leave" })).await;
    ann.expect("left").await;
    assert_eq!(bob.expect("peer_left").await["reason"], "left");
}

#[tokio::test]
async fn for_a_partner_of_the_original_protocol_the_server_acknowledges() {
    let server = Server::start(lenient()).await;
    let mut ann = server.native(ANN).await;
    ann.hello().await;
    ann.join("any").await;
    ann.expect("queued").await;
    let mut bob = server.plain("bob").await.greeted().await;
    bob.join("any").await;
    bob.expect("matched").await;
    ann.expect("matched").await;
    ann.say(json!({ "action": "msg", "id": "m1", "text": "hi" })).await;
    assert_eq!(bob.expect("msg").await.get("id"), None);
    assert_eq!(ann.hear().await, json!({ "type": "ack", "id": "m1" }));
}

#[tokio::test]
async fn a_block_ends_the_pair_and_keeps_the_two_apart_until_it_is_lifted() {
    let server = Server::start(lenient()).await;
    let [(mut ann, to_bob), (mut bob, to_ann)] = native_pair(&server, ANN, BOB).await;
    ann.say(json!({ "action": "block", "peer": to_bob })).await;
    let blocked = ann.expect("blocked").await;
    let left = bob.expect("peer_left").await;
    assert_eq!((&left["peer"], &left["reason"]), (&to_ann, &Value::from("blocked")));
    for one in [&mut ann, &mut bob] {
        one.join("any").await;
        one.expect("queued").await;
    }
    ann.say(json!({ "action": "unblock", "block": blocked["block"] })).await;
    ann.expect("unblocked").await;
    ann.expect("matched").await;
    bob.expect("matched").await;
}

#[tokio::test]
async fn next_with_a_filter_leaves_and_joins_in_one_step() {
    let server = Server::start(lenient()).await;
    let [(mut ann, _), (mut bob, _)] = native_pair(&server, ANN, BOB).await;
    let mut cat = server.native(CAT).await;
    cat.hello().await;
    cat.join("any").await;
    cat.expect("queued").await;
    ann.say(json!({ "action": "next", "filter": "any" })).await;
    ann.expect("left").await;
    ann.expect("matched").await;
    cat.expect("matched").await;
    assert_eq!(bob.expect("peer_left").await["reason"], "next");
}

#[tokio::test]
async fn a_gender_is_declared_where_nobody_is_verified() {
    let mut policy = lenient();
    policy.verification = Verification::Off;
    let server = Server::start(policy).await;
    let mut ann = server.native(ANN).await;
    assert_eq!(ann.hello().await["verification"], "off");
    ann.say(json!({ "action": "declare", "gender": "female" })).await;
    assert_eq!(ann.hear().await, json!({ "type": "declared", "gender": "female" }));
    ann.join("any").await;
    ann.expect("queued").await;
    let mut bob = server.native(BOB).await;
    bob.hello().await;
    bob.join("female").await;
    assert_eq!(bob.expect("matched").await["peer_gender"], "female");

    let server = Server::start(lenient()).await;
    let mut ann = server.native(ANN).await;
    ann.hello().await;
    ann.say(json!({ "action": "declare", "gender": "female" })).await;
    assert_eq!(ann.expect("error").await["code"], "verification_required");
}

#[tokio::test]
async fn who_lost_the_network_comes_back_to_the_same_pair() {
    let server = Server::start(lenient()).await;
    let [(ann, to_bob), (mut bob, to_ann)] = native_pair(&server, ANN, BOB).await;
    ann.vanish();
    let away = bob.expect("peer_away").await;
    assert_eq!(away["peer"], to_ann);
    bob.say(json!({ "action": "msg", "id": "m1", "text": "there?" })).await;

    let mut ann = server.native(ANN).await;
    let hello = ann.hello().await;
    assert_eq!((&hello["phase"], &hello["peer"]), (&Value::from("paired"), &to_bob));
    assert_eq!(hello["peer_present"], true);
    loop {
        // What was said meanwhile is the sender's to repeat; it may have been told so.
        let frame = bob.hear().await;
        if frame["type"] == "peer_back" {
            break;
        }
    }
    bob.say(json!({ "action": "msg", "id": "m1", "text": "there?" })).await;
    assert_eq!(ann.expect("msg").await["text"], "there?");
}

#[tokio::test]
async fn a_grace_that_ends_is_told_as_lost() {
    let mut policy = lenient();
    policy.connection.grace_s = 1;
    let server = Server::start(policy).await;
    let [(ann, _), (mut bob, _)] = native_pair(&server, ANN, BOB).await;
    ann.vanish();
    bob.expect("peer_away").await;
    assert_eq!(bob.expect("peer_left").await["reason"], "lost");
}

#[tokio::test]
async fn a_newer_connection_replaces_an_older_one() {
    let server = Server::start(lenient()).await;
    let mut old = server.native(ANN).await;
    old.hello().await;
    old.join("any").await;
    old.expect("queued").await;
    let mut new = server.native(ANN).await;
    assert_eq!(new.hello().await["phase"], "waiting");
    assert_eq!(old.hear().await, json!({ "type": "replaced" }));
    assert_eq!(old.expect_close().await, 4001);
}

#[tokio::test]
async fn an_unknown_pool_is_told_to_every_frame_and_the_socket_stays() {
    let server = Server::start(lenient()).await;
    let mut ann = server.open(&format!("/ws?v=1&pool=mars&device_id={ANN}")).await.expect("open");
    assert_eq!(ann.expect("error").await["code"], "unknown_pool");
    ann.join("any").await;
    assert_eq!(ann.expect("error").await["code"], "unknown_pool");
    let mut plain = server.open("/ws?pool=mars&device_id=bob").await.expect("open");
    plain.expect("daily_limits").await;
}

#[tokio::test]
async fn no_frame_ever_carries_a_device_id() {
    let server = Server::start(lenient()).await;
    let [(mut ann, to_bob), (mut bob, to_ann)] = native_pair(&server, ANN, BOB).await;
    ann.say(json!({ "action": "msg", "id": "m1", "text": "hi" })).await;
    bob.say(json!({ "action": "typing", "typing": true })).await;
    ann.say(json!({ "action": "report", "reported": to_bob, "reason": "spam" })).await;
    ann.say(json!({ "action": "block", "peer": to_bob })).await;
    bob.say(json!({ "action": "report", "reported": to_ann })).await;
    let mut heard = vec![to_ann, to_bob];
    while heard.last().expect("one")["type"] != "blocked" {
        heard.push(ann.hear().await);
    }
    heard.push(bob.expect("msg").await);
    heard.push(bob.expect("peer_left").await);
    heard.push(bob.hear().await);
    let hashes = [ANN, BOB].map(hash);
    for frame in heard {
        let frame = frame.to_string();
        for secret in [ANN, BOB].into_iter().chain(hashes.iter().map(String::as_str)) {
            assert!(!frame.contains(secret), "{frame}");
        }
    }
    let [(_, one), _] = plain_pair(&server, "dan", "eve").await;
    let [(_, two), _] = plain_pair(&server, "dan", "eve").await;
    assert_ne!(one, two, "an alias is new for each pair");
}

fn hash(device: &str) -> String {
    use hmac::{Hmac, KeyInit, Mac};
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(crate::client::KEY.as_bytes()).expect("key");
    mac.update(b"anonchat device\0");
    mac.update(device.as_bytes());
    mac.finalize().into_bytes()[..16].iter().map(|byte| format!("{byte:02x}")).collect()
}
