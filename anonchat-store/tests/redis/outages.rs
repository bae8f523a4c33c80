//! What the store survives, and what its callers are told meanwhile.

use std::time::Duration;

use anonchat_core::{Command, Departure, Event, PairId, StoreError};
use redis::cmd;
use test_services::{Cluster, Engine, Relay, Sentinels, Server, Setup};

use crate::people::{Seat, builder, device, pair, until};

/// The key whose slot is the pool's.
const KEY: &str = "anonchat:{main}:pool";

fn refused(result: Result<anonchat_core::Commit, StoreError>) {
    match result {
        Err(StoreError::Unavailable(_)) => {}
        other => panic!("nobody is there who could say {other:?}"),
    }
}

/// Everything works again: the pair talks, one of them leaves, the other is told.
async fn life_goes_on(one: &Seat, other: &Seat, pair: PairId) {
    assert_eq!(one.census().await.expect("the store works").pairs, 1, "the pair is kept");
    until("the words arrive", async || {
        let said = one.say(other.conn(2), pair, "still there?").await;
        said.is_ok() && other.texts().iter().any(|text| text == "still there?")
    })
    .await;
    // After a gap, connections attach again.
    one.attach(1).await;
    other.attach(2).await;
    let (device, conn) = (device(1), one.conn(1));
    one.done(Command::Leave { device, conn, why: Departure::Left }).await;
    until("the partner is told", async || {
        let told = Event::PeerLeft { pair, why: Departure::Left };
        other.events().iter().any(|envelope| envelope.event == told)
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_comes_back_with_its_file_goes_on_where_it_was() {
    let redis = Setup::new(Engine::Redis).append_only().start();
    let one = Seat::open(builder(&redis.url()), 1).await;
    let other = Seat::open(builder(&redis.url()), 2).await;
    let pair = pair(&one, &other).await;
    let before = one.until_served().await;

    redis.kill();
    refused(one.apply(Command::Sweep).await);
    one.census().await.expect_err("nobody is there");

    redis.restart();
    assert!(one.until_served().await > before);
    other.until_served().await;
    assert!(one.gaps() >= 1 && other.gaps() >= 1, "mail may have been lost");
    life_goes_on(&one, &other, pair).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_says_nothing_for_ten_seconds_is_waited_for_in_bounds() {
    let redis = Server::start(Engine::Redis);
    let one = Seat::open(builder(&redis.url()), 1).await;
    let other = Seat::open(builder(&redis.url()), 2).await;
    let pair = pair(&one, &other).await;
    let before = one.until_served().await;

    redis.pause();
    let silence = tokio::time::sleep(Duration::from_secs(10));
    // Each is answered while Redis still says nothing.
    refused(one.apply(Command::Sweep).await);
    one.census().await.expect_err("nobody answers");
    silence.await;
    redis.resume();

    let after = one.until_served().await;
    assert!(after > before);
    other.until_served().await;
    life_goes_on(&one, &other, pair).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_parted_from_redis_comes_back_to_the_truth_and_the_others_notice_nothing() {
    let redis = Server::start(Engine::Redis);
    let relay = Relay::start(redis.address());
    let one = Seat::open(builder(&relay.url()), 1).await;
    let other = Seat::open(builder(&redis.url()), 2).await;
    let pair = pair(&one, &other).await;

    relay.stall();
    let parted = tokio::time::sleep(Duration::from_secs(10));
    refused(one.apply(Command::Sweep).await);
    let unheard = one.events().len();
    other.attach(3).await;
    other.join(3).await;
    // This one concerns the server that cannot hear it.
    other.done(Command::Ban { device: device(1), until: crate::people::NOON.after(1) }).await;
    parted.await;
    assert_eq!(one.events().len(), unheard);

    relay.open();
    one.until_served().await;
    assert!(one.gaps() >= 1, "mail may have been lost");
    assert_eq!(other.gaps(), 0, "nothing was lost here");
    assert_eq!(one.census().await.expect("the store works").pairs, 0);
    let told = Event::PeerLeft { pair, why: Departure::Banned };
    assert!(other.events().iter().any(|envelope| envelope.event == told));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_was_replaced_by_an_empty_one_is_a_new_pool() {
    let redis = Server::start(Engine::Redis);
    let one = Seat::open(builder(&redis.url()), 1).await;
    one.attach(1).await;
    redis.kill();
    redis.restart();
    one.until_served().await;
    assert_eq!(one.census().await.expect("the store works").online, 0);
    assert!(one.gaps() >= 1);
    one.attach(1).await;
    assert_eq!(one.census().await.expect("the store works").online, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_master_that_dies_is_followed_by_the_one_that_sentinel_names() {
    let sentinels = Sentinels::start(Engine::Redis);
    let one = Seat::open(builder(&sentinels.url()), 1).await;
    let other = Seat::open(builder(&sentinels.url()), 2).await;
    let pair = pair(&one, &other).await;
    let before = one.until_served().await;
    let mut master = sentinels.master().admin();
    let copies: u32 = cmd("WAIT").arg(2).arg(10_000).query(&mut master).expect("it answers");
    assert_eq!(copies, 2);

    sentinels.fail_over();
    assert!(one.until_served().await > before);
    other.until_served().await;
    assert!(one.gaps() >= 1 && other.gaps() >= 1, "mail may have been lost");
    life_goes_on(&one, &other, pair).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_of_a_cluster_that_dies_is_followed_by_its_replica() {
    let cluster = Cluster::start(Engine::Redis);
    let one = Seat::open(builder(&cluster.url()), 1).await;
    let other = Seat::open(builder(&cluster.url()), 2).await;
    let pair = pair(&one, &other).await;
    let before = one.until_served().await;
    let mut master = cluster.master_of(KEY).admin();
    let copies: u32 = cmd("WAIT").arg(1).arg(10_000).query(&mut master).expect("it answers");
    assert_eq!(copies, 1);

    cluster.fail_over(KEY);
    assert!(one.until_served().await > before);
    other.until_served().await;
    assert!(one.gaps() >= 1 && other.gaps() >= 1, "mail may have been lost");
    life_goes_on(&one, &other, pair).await;
}
