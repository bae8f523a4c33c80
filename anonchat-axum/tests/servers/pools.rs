//! Several pools on several servers: nobody meets across them, and bans hold in all.

use anonchat_axum::core::PoolId;
use serde_json::json;
use test_services::{Cluster, Engine};

use crate::client::Client;
use crate::three::{Three, device, on_every_store};

on_every_store!(crate::client::lenient(), super::pools() =>
    people_in_different_pools_do_not_meet,
    a_ban_in_one_pool_holds_in_all,
);

#[tokio::test(flavor = "multi_thread")]
async fn pools_are_spread_over_a_cluster() {
    let cluster = Cluster::start(Engine::Redis);
    let masters =
        pools().map(|pool| cluster.master_of(&format!("anonchat:{{{pool}}}:pool")).port());
    assert!(masters.iter().any(|master| *master != masters[0]), "{masters:?}");
    let three = Three::at(&cluster.url(), crate::client::lenient(), &pools()).await;
    people_in_different_pools_do_not_meet(three).await;
    let three = Three::at(&cluster.url(), crate::client::lenient(), &pools()).await;
    a_ban_in_one_pool_holds_in_all(three).await;
}

fn pools() -> [PoolId; 3] {
    ["eu", "us", "quiet"].map(|name| PoolId::new(name).expect("a name"))
}

async fn enter(three: &Three, server: usize, pool: &str, name: &str) -> Client {
    let target = format!("/ws?v=1&pool={pool}&device_id={}", device(name));
    three.servers[server].open(&target).await.expect("handshake")
}

async fn greeted(three: &Three, server: usize, pool: &str, name: &str) -> Client {
    let mut client = enter(three, server, pool, name).await;
    assert_eq!(client.hello().await["pools"], json!(["eu", "us", "quiet"]));
    client
}

async fn people_in_different_pools_do_not_meet(three: Three) {
    let mut ann = greeted(&three, 0, "eu", "ann").await;
    let mut bob = greeted(&three, 1, "us", "bob").await;
    // Who names no pool is in the first.
    let mut cat = three.native(2, "cat").await;
    for one in [&mut ann, &mut bob] {
        one.join("any").await;
        one.expect("queued").await;
    }
    cat.join("any").await;
    cat.expect("matched").await;
    ann.expect("matched").await;
    bob.expect_silence().await;
    let mut dan = greeted(&three, 0, "us", "dan").await;
    dan.join("any").await;
    dan.expect("matched").await;
    bob.expect("matched").await;
}

async fn a_ban_in_one_pool_holds_in_all(three: Three) {
    // One who is known elsewhere already, and who will be.
    let mut elsewhere = greeted(&three, 2, "us", "bad").await;
    let mut bad = greeted(&three, 0, "eu", "bad").await;
    for number in 0..5 {
        let mut good = greeted(&three, number % 3, "eu", &format!("good-{number}")).await;
        good.join("any").await;
        good.expect("queued").await;
        bad.join("any").await;
        bad.expect("matched").await;
        let peer = good.expect("matched").await["peer"].clone();
        good.say(json!({ "action": "report", "reported": peer })).await;
        if number < 4 {
            good.expect("reported").await;
            good.say(json!({ "action": "leave" })).await;
            good.expect("left").await;
            bad.expect("peer_left").await;
        }
    }
    bad.expect("banned").await;
    elsewhere.expect("banned").await;
    assert_eq!(elsewhere.expect_close().await, 4003);
    // Where they never were, the order may take a moment to arrive.
    loop {
        let mut bad = enter(&three, 1, "quiet", "bad").await;
        if bad.hear().await["type"] == "banned" {
            break;
        }
        bad.close().await;
    }
}
