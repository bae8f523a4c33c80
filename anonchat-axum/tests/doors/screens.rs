//! What the screens refuse, at the doors.

use anonchat_axum::core::Policy;
use anonchat_axum::screens::Screens;
use serde_json::json;

use crate::client::{Server, lenient, native_pair, plain_pair};

const ANN: &str = "ann-0123456789abcdef";
const BOB: &str = "bob-0123456789abcdef";

async fn screened(policy: Policy) -> Server {
    Server::with(policy, |builder| builder.screen(Screens::default())).await
}

#[tokio::test]
async fn a_telephone_number_is_refused_and_the_partner_gets_nothing() {
    let server = screened(lenient()).await;
    let [(mut ann, _), (mut bob, _)] = native_pair(&server, ANN, BOB).await;
    ann.say(json!({ "action": "msg", "id": "m1", "text": "call me: 202 555 01 42" })).await;
    let refused = ann.expect("error").await;
    assert_eq!((&refused["code"], &refused["id"]), (&json!("contact_details"), &json!("m1")));
    assert_eq!(refused["message"], "Sharing personal information is not allowed.");
    bob.expect_silence().await;
    ann.say(json!({ "action": "msg", "id": "m2", "text": "see you at 5" })).await;
    assert_eq!(bob.expect("msg").await["id"], "m2");
}

#[tokio::test]
async fn a_client_of_the_original_protocol_is_told_the_same() {
    let server = screened(lenient()).await;
    let [(mut ann, _), (mut bob, _)] = plain_pair(&server, "ann", "bob").await;
    ann.say(json!({ "action": "msg", "text": "ann at example dot com" })).await;
    let refused = ann.expect("error").await;
    assert_eq!(refused["message"], "Sharing personal information is not allowed.");
    bob.expect_silence().await;
}

#[tokio::test]
async fn profanity_in_a_profile_refuses_the_join_and_starts_no_cooldown() {
    let mut policy = lenient();
    policy.matching.cooldown_ms = 3_600_000;
    let server = screened(policy).await;
    let mut ann = server.native(ANN).await;
    ann.hello().await;
    for (profile, code) in [
        (json!({ "nickname": "motherfucker" }), "profanity"),
        (json!({ "nickname": "Ann", "bio": "du Hurensohn" }), "profanity"),
        (json!({ "nickname": "@annsmith_x" }), "contact_details"),
        (json!({ "nickname": "Ann", "bio": "insta: annsmith_x" }), "contact_details"),
    ] {
        let mut join = profile;
        join["action"] = json!("join");
        ann.say(join).await;
        let refused = ann.expect("error").await;
        assert_eq!((&refused["code"], &refused["action"]), (&json!(code), &json!("join")));
    }
    ann.say(json!({ "action": "join", "nickname": "Ann", "bio": "gay, from Scunthorpe" })).await;
    ann.expect("queued").await;
}

/// Fifty thousand characters stopped a server for more than a second once; its screen was a
/// quadratic expression. What is too long is refused before any screen sees it, and the partner of
/// somebody who sends nothing else is not kept waiting.
#[tokio::test]
async fn long_messages_that_almost_have_an_address_do_not_hold_up_the_others() {
    let mut policy = lenient();
    policy.text.message_chars = 100_000;
    let server = screened(policy).await;
    let [(mut ann, _), (mut bob, _)] = native_pair(&server, ANN, BOB).await;
    for unit in ["a@", "7 ", "a.", "a -", "dot "] {
        let text = unit.repeat(50_000 / unit.len());
        ann.say(json!({ "action": "msg", "id": "m1", "text": text })).await;
    }
    bob.say(json!({ "action": "msg", "id": "b1", "text": "still there?" })).await;
    loop {
        let frame = ann.hear().await;
        if frame["type"] == "msg" {
            assert_eq!(frame["id"], "b1");
            break;
        }
        assert_eq!(frame["type"], "error", "{frame}");
    }
}
