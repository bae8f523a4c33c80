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

/// Three servers, and people on them who talk all the time.
struct Scene {
    servers: Vec<Server>,
    addresses: Vec<String>,
    talkers: Talkers,
}

impl Scene {
    /// Servers that find their store at these URLs.
    async fn set(urls: [String; 3], policy: &Policy) -> Self {
        let mut servers = Vec::new();
        for url in urls {
            let builder = RedisStore::builder(url.parse().expect("a URL")).policy(policy.clone());
            let store = builder.connect().await.expect("connects");
            servers.push(Server::over(store, |builder| builder).await);
        }
        let addresses: Vec<_> = servers.iter().map(|server| server.address.to_string()).collect();
        let talkers = Talkers::start(&addresses, PAIRS).await;
        a_while().await;
        Self { servers, addresses, talkers }
    }

    /// Servers that all reach their store.
    async fn on(url: String) -> Self {
        Self::set([(); 3].map(|()| url.clone()), &lenient()).await
    }

    fn person(&self, name: &str, server: usize) -> Person {
        Person::new(device(name), self.addresses.clone(), server)
    }

    /// Waits until every server says that it can match people.
    async fn until_ready(&self) {
        for server in &self.servers {
            while server.get("/readyz").await.status != 200 {
                sleep(Duration::from_millis(50)).await;
            }
        }
    }

    /// All who talked have lost nothing, not even their line; and two people who come now meet,
    /// wherever they are.
    async fn expect_recovery(self) {
        self.until_ready().await;
        a_while().await;
        for first in 0..self.servers.len() {
            let mut ann = self.person(&format!("late-ann-{first}"), first);
            let mut bob = self.person(&format!("late-bob-{first}"), first + 1);
            meet(&mut ann, &mut bob).await;
        }
        let outcome = self.talkers.finish().await;
        assert_eq!(outcome.returns, 0, "nobody had to connect again");
    }
}

/// Lets people talk.
async fn a_while() {
    sleep(Duration::from_secs(1)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn redis_is_restarted_with_an_append_only_file() {
    let redis = Setup::new(Engine::Redis).append_only().start();
    let scene = Scene::on(redis.url()).await;
    redis.kill();
    a_while().await;
    redis.restart();
    scene.expect_recovery().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn redis_is_paused_for_ten_seconds() {
    let redis = test_services::Server::start(Engine::Redis);
    let scene = Scene::on(redis.url()).await;
    let mut cat = scene.person("cat", 0);
    cat.come().await;
    redis.pause();
    let paused = sleep(Duration::from_secs(10));
    cat.ask(&json!({ "action": "join" })).await;
    let refused = until(&mut cat, "error").await;
    assert_eq!(refused["code"], "unavailable");
    assert_eq!(scene.servers[0].get("/readyz").await.status, 503);
    assert_eq!(scene.servers[0].get("/healthz").await.status, 200);
    paused.await;
    redis.resume();
    scene.until_ready().await;
    // The join may have been carried out although nobody heard so.
    cat.ask(&json!({ "action": "leave" })).await;
    until(&mut cat, "left").await;
    scene.expect_recovery().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_server_is_parted_from_redis_for_longer_than_its_lease() {
    let mut policy = lenient();
    (policy.connection.lease_s, policy.connection.grace_s) = (3, 60);
    let redis = test_services::Server::start(Engine::Redis);
    let relay = Relay::start(redis.address());
    let scene = Scene::set([relay.url(), redis.url(), redis.url()], &policy).await;
    let (mut ann, mut bob) = (scene.person("ann", 0), scene.person("bob", 1));
    meet(&mut ann, &mut bob).await;
    relay.stall();
    until(&mut bob, "peer_away").await;
    relay.open();
    until(&mut bob, "peer_back").await;
    scene.expect_recovery().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_server_is_parted_from_redis_for_a_moment() {
    let redis = test_services::Server::start(Engine::Redis);
    let relay = Relay::start(redis.address());
    let scene = Scene::set([relay.url(), redis.url(), redis.url()], &lenient()).await;
    for _ in 0..3 {
        relay.cut();
        sleep(Duration::from_millis(300)).await;
        relay.open();
        scene.until_ready().await;
        a_while().await;
    }
    scene.expect_recovery().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn redis_fails_over() {
    let sentinels = Sentinels::start(Engine::Redis);
    // What was committed has to be at a replica, or the chat is not there afterwards.
    let scene = Scene::on(sentinels.url()).await;
    tokio::task::block_in_place(|| sentinels.fail_over());
    scene.expect_recovery().await;
}
