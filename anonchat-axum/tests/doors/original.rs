//! The original protocol, frame by frame, as its own client speaks it.

use anonchat_axum::core::Policy;
use serde_json::{Value, json};

use crate::client::{Server, lenient, plain_pair};

#[tokio::test]
async fn two_strangers_meet_talk_and_part() {
    let server = Server::start(Policy::default()).await;
    let all = json!({ "male": 5, "female": 5, "non-binary": 5, "prefer-not-to-say": 5 });

    let mut ann = server.plain("ann").await;
    assert_eq!(ann.hear().await, json!({ "type": "daily_limits", "limits": all }));
    ann.say(json!({ "action": "join", "filter": "any", "nickname": "UserA" })).await;
    assert_eq!(ann.hear().await, json!({ "type": "queued", "filter": "any", "limits": all }));

    let mut bob = server.plain("bob").await.greeted().await;
    bob.say(json!({ "action": "join", "nickname": "UserB" })).await;
    let matched = bob.expect("matched").await;
    let to_ann = matched["peer"].as_str().expect("peer").to_owned();
    assert_eq!(
        matched,
        json!({
            "type": "matched", "peer": to_ann, "peer_gender": null, "limits": all,
            "peer_profile": { "nickname": "UserA", "gender": "?" },
        })
    );
    let matched = ann.expect("matched").await;
    let to_bob = matched["peer"].as_str().expect("peer").to_owned();
    assert_eq!(matched["peer_profile"]["nickname"], "UserB");
    assert_ne!(to_ann, to_bob);

    ann.say(json!({ "action": "msg", "text": "  hello " })).await;
    assert_eq!(bob.hear().await, json!({ "type": "msg", "from": to_ann, "text": "hello" }));
    bob.say(json!({ "action": "typing" })).await;
    assert_eq!(ann.hear().await, json!({ "type": "typing", "from": to_bob }));

    ann.say(json!({ "action": "report", "reported": to_bob })).await;
    assert_eq!(ann.hear().await, json!({ "type": "reported", "target": to_bob }));

    ann.say(json!({ "action": "next" })).await;
    assert_eq!(ann.hear().await, json!({ "type": "left" }));
    assert_eq!(bob.hear().await, json!({ "type": "peer_left", "peer": to_ann }));

    // Nobody is there to hear it, and the original client expects no answer.
    bob.say(json!({ "action": "msg", "text": "anybody?" })).await;
    bob.say(json!({ "action": "leave" })).await;
    bob.expect_silence().await;
    ann.expect_silence().await;
}

#[tokio::test]
async fn refusals_have_the_texts_that_clients_know() {
    let server = Server::start(Policy::default()).await;
    let [(mut ann, _), (mut bob, _)] = plain_pair(&server, "ann", "bob").await;
    let too_long = "x".repeat(501);
    for text in ["   ", &too_long] {
        ann.say(json!({ "action": "msg", "text": text })).await;
        assert_eq!(ann.expect("error").await["message"], "Invalid message");
    }
    ann.say(json!({ "action": "leave" })).await;
    bob.expect("peer_left").await;
    ann.join("any").await;
    let refusal = ann.expect("error").await;
    assert_eq!(refusal["message"], "Cooldown: wait before re-joining");
}

#[tokio::test]
async fn frames_beyond_the_rate_are_refused_one_by_one_and_the_rate_outlives_the_socket() {
    let mut policy = lenient();
    policy.rates.frames_per_minute = 3;
    let server = Server::start(policy).await;
    let mut ann = server.plain("ann").await.greeted().await;
    for _ in 0..3 {
        ann.say(json!({ "action": "nonsense" })).await;
        assert_ne!(ann.expect("error").await["message"], Value::from(RATE));
    }
    ann.say(json!({ "action": "nonsense" })).await;
    assert_eq!(ann.expect("error").await["message"], RATE);
    ann.close().await;

    let mut ann = server.plain("ann").await.greeted().await;
    ann.join("any").await;
    assert_eq!(ann.expect("error").await["message"], RATE);
    // Nor does a second socket beside it.
    let mut second = server.plain("ann").await.greeted().await;
    second.join("any").await;
    assert_eq!(second.expect("error").await["message"], RATE);
    let mut bob = server.plain("bob").await.greeted().await;
    bob.join("any").await;
    bob.expect("queued").await;
}

const RATE: &str = "Rate limit exceeded. Try again in a moment.";

#[tokio::test]
async fn closing_the_socket_is_leaving() {
    let server = Server::start(lenient()).await;
    let [(ann, _), (mut bob, to_ann)] = plain_pair(&server, "ann", "bob").await;
    ann.vanish();
    assert_eq!(bob.hear().await, json!({ "type": "peer_left", "peer": to_ann }));

    let [(cat, _), (mut dan, to_cat)] = plain_pair(&server, "cat", "dan").await;
    cat.close().await;
    assert_eq!(dan.hear().await, json!({ "type": "peer_left", "peer": to_cat }));
}

#[tokio::test]
async fn a_device_has_one_state_and_an_older_socket_is_not_closed_but_has_none() {
    let server = Server::start(lenient()).await;
    let mut old = server.plain("ann").await.greeted().await;
    old.join("any").await;
    old.expect("queued").await;
    let mut new = server.plain("ann").await.greeted().await;
    new.expect("queued").await; // the place in the queue has come along
    old.join("any").await;
    old.expect("error").await;
    old.say(json!({ "action": "leave" })).await;
    old.expect_silence().await;

    let mut bob = server.plain("bob").await.greeted().await;
    bob.join("any").await;
    bob.expect("matched").await;
    new.expect("matched").await;
}

#[tokio::test]
async fn five_real_partners_who_report_get_a_device_off_the_server() {
    let server = Server::start(lenient()).await;
    let mut bad = server.plain("bad").await.greeted().await;
    for number in 0..5 {
        let mut good = server.plain(&format!("good-{number}")).await.greeted().await;
        bad.join("any").await;
        bad.expect("queued").await;
        good.join("any").await;
        let peer = good.expect("matched").await["peer"].clone();
        bad.expect("matched").await;
        good.say(json!({ "action": "report", "reported": peer, "reason": "spam" })).await;
        if number < 4 {
            good.expect("reported").await;
            good.close().await;
            bad.expect("peer_left").await;
        }
    }
    let told = bad.expect("error").await["message"].as_str().expect("message").to_owned();
    assert!(
        told.starts_with("You have been temporarily banned due to multiple reports."),
        "{told}"
    );
    assert_eq!(bad.expect_close().await, 4003);
    assert_eq!(server.open("/ws?device_id=bad").await.err(), Some(403));

    let mut native = server.open("/ws?v=1&device_id=bad").await;
    assert_eq!(native.as_mut().err(), Some(&mut 403), "shorter than a native id may be");
}
