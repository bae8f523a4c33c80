//! Redis is killed and started again, stands still, or is out of reach of one server: who talks
//! goes on and loses no message, who waits keeps their place, everybody is told what does not work,
//! and no server has to be restarted.

use std::time::Duration;

use serde_json::json;
use test_services::{Engine, Relay, Sentinels, Server, Setup};
use tokio::time::sleep;

use crate::person::Person;
use crate::person::talkers::{Talkers, meet, until};
use crate::three::{Terms, Three, exchange, join, pair, until_peer_is};

const PAIRS: usize = 12;

/// Three servers, pairs who talk, and at each server a man who waits for a woman.
struct Scene<'a> {
    three: &'a Three,
    talkers: Talkers,
    waiting: Vec<Person>,
}

impl<'a> Scene<'a> {
    async fn set(three: &'a Three) -> Self {
        let talkers = Talkers::start(&three.addresses, PAIRS).await;
        let mut waiting = Vec::new();
        for server in 0..3 {
            let mut man = declared(three, "male", server).await;
            assert_eq!(join(&mut man, "female").await["type"], "queued");
            waiting.push(man);
        }
        Self { three, talkers, waiting }
    }

    /// These servers are without their store, and say so; the others are not.
    async fn expect_outage(&mut self, struck: &[usize]) {
        for (server, man) in self.waiting.iter_mut().enumerate() {
            man.ask(&json!({ "action": "why" })).await;
            if struck.contains(&server) {
                assert_eq!(until(man, "error").await["code"], "unavailable");
                self.three.until_ready_is(server, 503).await;
            } else {
                until(man, "waiting").await;
                self.three.until_ready_is(server, 200).await;
            }
            assert_eq!(self.three.status(server, "/healthz"), 200);
        }
    }

    /// All is as if nothing had been.
    async fn expect_recovery(self) {
        self.three.ready().await;
        sleep(Duration::from_secs(1)).await;
        let outcome = self.talkers.finish().await;
        assert_eq!(outcome.returns, 0, "nobody had to connect again");
        let mut women = Vec::new();
        for server in 0..3 {
            let mut woman = declared(self.three, "female", server).await;
            assert_eq!(join(&mut woman, "male").await["type"], "matched");
            women.push(woman);
        }
        for mut man in self.waiting {
            until(&mut man, "matched").await;
            assert_eq!(man.returns, 0, "nobody had to connect again");
            let woman = women.iter_mut().find(|woman| pair(woman) == pair(&man));
            exchange(&mut man, woman.expect("she was there")).await;
        }
    }
}

/// Somebody who has come in and said who they are.
async fn declared(three: &Three, gender: &str, server: usize) -> Person {
    let mut person = three.person(&format!("{gender}-{server}"), server);
    person.come().await;
    person.ask(&json!({ "action": "declare", "gender": gender })).await;
    until(&mut person, "declared").await;
    person
}

#[tokio::test(flavor = "multi_thread")]
async fn redis_is_killed_and_started_again() {
    let redis = Setup::new(Engine::Redis).append_only().start();
    let three = Three::on(&redis, Terms { lease_s: 15, grace_s: 60, ..Terms::default() });
    let mut scene = Scene::set(&three).await;
    redis.kill();
    scene.expect_outage(&[0, 1, 2]).await;
    redis.restart();
    scene.expect_recovery().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn redis_fails_over() {
    let sentinels = Sentinels::start(Engine::Redis);
    let urls = [(); 3].map(|()| sentinels.url());
    let three = Three::start(sentinels.master(), urls, Terms { grace_s: 60, ..Terms::default() });
    let scene = Scene::set(&three).await;
    // What was committed has to be at a replica, or the chat is not there afterwards.
    sleep(Duration::from_secs(1)).await;
    tokio::task::block_in_place(|| sentinels.fail_over());
    scene.expect_recovery().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn redis_stands_still_for_longer_than_every_lease() {
    let redis = Server::start(Engine::Redis);
    let three = Three::on(&redis, Terms { lease_s: 5, grace_s: 60, ..Terms::default() });
    let mut scene = Scene::set(&three).await;
    redis.pause();
    let paused = sleep(Duration::from_secs(10));
    scene.expect_outage(&[0, 1, 2]).await;
    paused.await;
    redis.resume();
    scene.expect_recovery().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_server_is_parted_from_redis_for_longer_than_its_lease() {
    let redis = Server::start(Engine::Redis);
    let relay = Relay::start(redis.address());
    let urls = [relay.url(), redis.url(), redis.url()];
    let three = Three::start(&redis, urls, Terms { lease_s: 3, grace_s: 60, ..Terms::default() });
    let (mut ann, mut bob) = (three.person("ann", 0), three.person("bob", 1));
    meet(&mut ann, &mut bob).await;
    let mut scene = Scene::set(&three).await;
    relay.stall();
    scene.expect_outage(&[0]).await;
    until_peer_is(&mut bob, false).await;
    relay.open();
    until_peer_is(&mut bob, true).await;
    exchange(&mut ann, &mut bob).await;
    scene.expect_recovery().await;
}
