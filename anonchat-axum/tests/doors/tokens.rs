//! Tokens: verified here, believed wherever one of the keys is.

use anonchat_axum::core::{Gender, Policy, Verdict, Verification};
use serde_json::{Value, json};

use crate::client::{Client, KEY, Server, lenient};
use crate::judge::{DEVICE, Judge, data_url, file, post, post_json};

/// Another key of the operator's.
const NEWER: &str = "Jd8Wm3Xz6Rb1Qk9Tf4Yp7Vn2Lc5Hg0Sa";

fn policy(verification: Verification) -> Policy {
    Policy { verification, ..lenient() }
}

/// Verifies the device at a server of its own, of which nothing but the token is left.
async fn token(gender: Gender, keys: &[&str]) -> Value {
    let judge = Judge::saying(Ok(Verdict::Verified(gender)));
    let server = Server::keyed(lenient(), keys, |builder| builder.classifier(judge)).await;
    let query = format!("?device_id={DEVICE}&consent=1");
    post(&server, &query, &file(2_000)).await.json()["token"].clone()
}

async fn native(server: &Server, device: &str) -> Client {
    let mut client = server.native(device).await;
    client.hello().await;
    client
}

async fn join(client: &mut Client, token: &Value) -> Value {
    client.say(json!({ "action": "join", "filter": "any", "token": token })).await;
    client.hear().await
}

#[tokio::test]
async fn a_token_is_believed_by_a_server_that_knows_nothing_else_of_the_device() {
    for mode in [Verification::Required, Verification::Optional] {
        let token = token(Gender::Female, &[KEY]).await;
        let server = Server::start(policy(mode)).await;
        let mut ann = native(&server, DEVICE).await;
        assert_eq!(join(&mut ann, &token).await["type"], "queued");
        let judge = Judge::saying(Ok(Verdict::Verified(Gender::Male)));
        let other = Server::with(lenient(), |builder| builder.classifier(judge.clone())).await;
        let body =
            json!({ "image": data_url(1_000), "deviceId": "device-of-bob-0123", "consent": 1 });
        let verified = post_json(&other, "", &body.to_string()).await.json();
        let mut bob = native(&server, "device-of-bob-0123").await;
        let met = join(&mut bob, &verified["verificationToken"]).await;
        assert_eq!((&met["type"], &met["peer_gender"]), (&json!("matched"), &json!("female")));
        assert_eq!(met["peer_profile"]["verified"], true);
        let met = ann.expect("matched").await;
        assert_eq!(met["peer_gender"], "male");

        // It came with that join only; for the next one it is shown again.
        ann.say(json!({ "action": "next", "filter": "male", "token": token })).await;
        ann.expect("left").await;
        ann.expect("queued").await;
    }
}

#[tokio::test]
async fn a_plain_client_may_show_a_token_as_well() {
    let token = token(Gender::Female, &[KEY]).await;
    let server = Server::start(policy(Verification::Required)).await;
    let mut client = server.plain(DEVICE).await.greeted().await;
    assert_eq!(join(&mut client, &token).await["type"], "queued");
}

#[tokio::test]
async fn a_token_of_an_abstention_satisfies_where_verification_is_required() {
    let token = token(Gender::PreferNotToSay, &[KEY]).await;
    let server = Server::start(policy(Verification::Required)).await;
    let mut client = native(&server, DEVICE).await;
    assert_eq!(join(&mut client, &token).await["type"], "queued");
}

#[tokio::test]
async fn a_token_that_does_not_hold_is_refused_and_starts_no_cooldown() {
    let good = token(Gender::Female, &[KEY]).await;
    let good = good.as_str().expect("token");
    let mut flipped = good.to_owned().into_bytes();
    flipped[40] = if flipped[40] == b'A' { b'B' } else { b'A' };
    let flipped = String::from_utf8(flipped).expect("text");
    let mut strict = policy(Verification::Optional);
    strict.matching.cooldown_ms = 60_000;
    let server = Server::start(strict).await;
    let mut client = native(&server, DEVICE).await;
    let long = "v4.local.".to_owned() + &"A".repeat(100_000);
    for bad in ["", "x", &good[..good.len() - 1], &flipped, &long] {
        let refused = join(&mut client, &json!(bad)).await;
        assert_eq!(refused["code"], "verification_invalid", "{refused}");
        let text = "Verification expired or invalid. Please verify again.";
        assert_eq!((&refused["message"], &refused["action"]), (&json!(text), &json!("join")));
    }
    let mut other = native(&server, "another-device-0123").await;
    let refused = join(&mut other, &json!(good)).await;
    assert_eq!(refused["code"], "verification_invalid", "it is another device's");
    assert_eq!(join(&mut client, &json!(good)).await["type"], "queued");
}

#[tokio::test]
async fn a_token_ends_with_the_verification() {
    let mut brief = policy(Verification::Required);
    brief.matching.verified_s = 1;
    let judge = Judge::saying(Ok(Verdict::Verified(Gender::Male)));
    let server = Server::with(brief, |builder| builder.classifier(judge.clone())).await;
    let query = format!("?device_id={DEVICE}&consent=1");
    let answer = post(&server, &query, &file(2_000)).await.json();
    tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
    let mut client = native(&server, DEVICE).await;
    let refused = join(&mut client, &answer["token"]).await;
    assert_eq!(refused["code"], "verification_invalid");
}

#[tokio::test]
async fn a_rotation_believes_the_tokens_of_all_keys_that_are_left() {
    let required = || policy(Verification::Required);
    // Devices are hashed under the last key, which stays; tokens are sealed under the first.
    let (old, both) = (token(Gender::Male, &[KEY]).await, token(Gender::Male, &[NEWER, KEY]).await);
    for (keys, token, is_believed) in [
        (&[NEWER, KEY][..], &old, true),
        (&[NEWER, KEY], &both, true),
        (&[KEY], &old, true),
        (&[KEY], &both, false),   // the key that sealed it is dropped
        (&[NEWER], &both, false), // the key of the devices is dropped: it is another device
        (&[NEWER], &old, false),
    ] {
        let server = Server::keyed(required(), keys, |builder| builder).await;
        let mut client = native(&server, DEVICE).await;
        let answer = join(&mut client, token).await;
        assert_eq!(answer["type"] == "queued", is_believed, "{answer}");
        assert!(is_believed || answer["code"] == "verification_invalid", "{answer}");
    }
}

#[tokio::test]
async fn where_nobody_is_verified_a_token_is_passed_over() {
    let server = Server::start(policy(Verification::Off)).await;
    let mut client = native(&server, DEVICE).await;
    assert_eq!(join(&mut client, &json!("junk")).await["type"], "queued");
}
