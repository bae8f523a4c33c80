//! Frames of a device that goes from server to server.

use anonchat_axum::core::{Policy, PoolId};
use anonchat_store::RedisStore;
use serde_json::json;
use test_services::Engine;

use crate::client::lenient;
use crate::three::Three;

/// So few that each is told to the other servers at once.
const A_MINUTE: u32 = 4;

fn few() -> Policy {
    let mut policy = lenient();
    policy.rates.frames_per_minute = A_MINUTE;
    policy
}

/// Sends as many frames as there is an answer of that kind, and says how many those were.
async fn accepted(three: &Three, server: usize, most: usize) -> usize {
    let mut client = three.native(server, "wanderer").await;
    for sent in 0..most {
        client.say(json!({ "action": "leave" })).await;
        client.say(json!({ "action": "why" })).await; // counts apart, and shows that it was heard
        loop {
            let frame = client.hear().await;
            match frame["code"].as_str() {
                Some("rate_limited") => return sent,
                Some(_) => break,
                None if frame["type"] == "why" => break,
                None => {}
            }
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    most
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_that_goes_from_server_to_server_is_counted_as_one() {
    let redis = test_services::Server::start(Engine::Redis);
    let counting = RedisStore::builder(redis.url().parse().expect("a URL"));
    let counting = counting.policy(few()).connect().await.expect("connects");
    let limits = counting.rate_limits();
    let pools = [PoolId::main()];
    let more = |builder: anonchat_axum::Builder| builder.rate_limits(limits.clone());
    let three = Three::with(&redis.url(), few(), &pools, more).await;
    let all = A_MINUTE as usize;
    // Twice as many as a minute allows are within, since minutes touch; then it is over everywhere.
    assert_eq!(accepted(&three, 0, all).await, all);
    assert_eq!(accepted(&three, 1, all).await, all);
    let third = accepted(&three, 2, all).await;
    assert!(third < all, "{third} more at the third server");
    assert_eq!(accepted(&three, 2, all).await, 0, "nor by coming back");
}
