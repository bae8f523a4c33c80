//! Redis is restarted, fails over, hangs or cannot be reached, while people talk: chats go on,
//! nothing that was said is lost, and who comes later meets somebody.

use std::time::Duration;

use anonchat_axum::core::Policy;
use anonchat_store::RedisStore;
use serde_json::json;
use test_services::{Engine, Relay, Sentinels, Setup};
use tokio::time::sleep;

use crate::client::{Server, lenient};
use crate::person::Person;
use crate::person::talkers::{Talkers, meet, until};
use crate::three::device;

const PAIRS: usize = 12;

/// Three servers that find their store at these URLs.
async fn three(urls: [String; 3], policy: &Policy) -> Vec<Server> {
    let mut servers = Vec::new();
    for url in urls {
        let builder = RedisStore::builder(url.parse().expect("a URL")).policy(policy.clone());
        let store = builder.connect().await.expect("connects");
        servers.push(Server::over(store, |builder| builder).await);
    }
    servers
}

fn addresses(servers: &[Server]) -> Vec<String> {
    servers.iter().map(|server| server.address.to_string()).collect()
}

/// Waits until every server says that it can match people.
async fn ready(servers: &[Server]) {
    for server in servers {
        while server.get("/readyz").await.status != 200 {
            sleep(Duration::from_millis(50)).await;
        }
    }
}

/// Two people who come now meet, wherever they are.
async fn expect_matches(servers: &[Server]) {
    ready(servers).await;
    let addresses = addresses(servers);
    for first in 0..servers.len() {
        let person = |name: &str, server| {
            Person::new(device(&format!("{name}-{first}")), addresses.clone(), server)
        };
        let (mut ann, mut bob) = (person("late-ann", first), person("late-bob", first + 1));
        meet(&mut ann, &mut bob).await;
    }
}

/// Says something for a while.
async fn a_while() {
    sleep(Duration::from_secs(1)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn redis_is_restarted_with_an_append_only_file() {
    let redis = Setup::new(Engine::Redis).append_only().start();
    let servers = three([(); 3].map(|()| redis.url()), &lenient()).await;
    let talkers = Talkers::start(&addresses(&servers), PAIRS).await;
    a_while().await;
    redis.kill();
    a_while().await;
    redis.restart();
    ready(&servers).await;
    a_while().await;
    let outcome = talkers.finish().await;
    assert_eq!(outcome.returns, 0, "nobody had to connect again");
    expect_matches(&servers).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn redis_is_paused_for_ten_seconds() {
    let redis = test_services::Server::start(Engine::Redis);
    let servers = three([(); 3].map(|()| redis.url()), &lenient()).await;
    let addresses = addresses(&servers);
    let talkers = Talkers::start(&addresses, PAIRS).await;
    let mut cat = Person::new(device("cat"), addresses, 0);
    cat.come().await;
    redis.pause();
    let paused = sleep(Duration::from_secs(10));
    cat.ask(&json!({ "action": "join" })).await;
    let refused = until(&mut cat, "error").await;
    assert_eq!(refused["code"], "unavailable");
    assert_eq!(servers[0].get("/readyz").await.status, 503);
    assert_eq!(servers[0].get("/healthz").await.status, 200);
    paused.await;
    redis.resume();
    ready(&servers).await;
    a_while().await;
    let outcome = talkers.finish().await;
    assert_eq!(outcome.returns, 0, "nobody had to connect again");
    // The join may have been carried out although nobody heard so.
    cat.ask(&json!({ "action": "leave" })).await;
    until(&mut cat, "left").await;
    expect_matches(&servers).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_server_is_parted_from_redis_for_longer_than_its_lease() {
    let mut policy = lenient();
    (policy.connection.lease_s, policy.connection.grace_s) = (3, 60);
    let redis = test_services::Server::start(Engine::Redis);
    let relay = Relay::start(redis.address());
    let servers = three([relay.url(), redis.url(), redis.url()], &policy).await;
    let addresses = addresses(&servers);
    let talkers = Talkers::start(&addresses, PAIRS).await;
    let person = |name: &str, server| Person::new(device(name), addresses.clone(), server);
    let (mut ann, mut bob) = (person("ann", 0), person("bob", 1));
    meet(&mut ann, &mut bob).await;
    relay.stall();
    until(&mut bob, "peer_away").await;
    relay.open();
    until(&mut bob, "peer_back").await;
    ready(&servers).await;
    a_while().await;
    let outcome = talkers.finish().await;
    assert_eq!(outcome.returns, 0, "nobody had to connect again");
    expect_matches(&servers).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_server_is_parted_from_redis_for_a_moment() {
    let redis = test_services::Server::start(Engine::Redis);
    let relay = Relay::start(redis.address());
    let servers = three([relay.url(), redis.url(), redis.url()], &lenient()).await;
    let talkers = Talkers::start(&addresses(&servers), PAIRS).await;
    for _ in 0..3 {
        a_while().await;
        relay.cut();
        sleep(Duration::from_millis(300)).await;
        relay.open();
        ready(&servers).await;
    }
    a_while().await;
    let outcome = talkers.finish().await;
    assert_eq!(outcome.returns, 0, "nobody had to connect again");
    expect_matches(&servers).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn redis_fails_over() {
    let sentinels = Sentinels::start(Engine::Redis);
    let servers = three([(); 3].map(|()| sentinels.url()), &lenient()).await;
    let talkers = Talkers::start(&addresses(&servers), PAIRS).await;
    a_while().await;
    // What was committed has to be at a replica, or the chat is not there afterwards.
    tokio::task::block_in_place(|| sentinels.fail_over());
    ready(&servers).await;
    a_while().await;
    let outcome = talkers.finish().await;
    assert_eq!(outcome.returns, 0, "nobody had to connect again");
    expect_matches(&servers).await;
}
