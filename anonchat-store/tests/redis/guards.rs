//! Whom the store refuses: another version, other keys, another time.

use anonchat_core::{
    AdminStore, Client, Command, Departure, Event, NodeId, Policy, Query, Rejection, Store,
    StoreError, UnixMillis, Wish,
};
use anonchat_store::{ConnectError, RedisStore};
use redis::cmd;
use test_services::{Engine, Server};

use crate::people::{NOON, Seat, builder};

const KEY: &str = "anonchat:{main}:pool";

fn pool(redis: &Server) -> Vec<u8> {
    cmd("GET").arg(KEY).query(&mut redis.admin()).expect("Redis answers")
}

fn is_version(error: &StoreError) -> bool {
    matches!(error, StoreError::Version { found: 7, expected: 3 })
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_version_wrote_is_left_alone() {
    let redis = Server::start(Engine::Redis);
    let seat = Seat::open(builder(&redis.url()), 1).await;
    seat.attach(1).await;
    let version = 7_u32.to_be_bytes();
    cmd("SETRANGE").arg(KEY).arg(0).arg(&version).exec(&mut redis.admin()).expect("it is set");
    let before = pool(&redis);

    let applied = seat.apply(Command::Sweep).await.expect_err("another version");
    assert!(is_version(&applied), "{applied:?}");
    let asked = seat.census().await.expect_err("another version");
    assert!(is_version(&asked), "{asked:?}");
    let reset = seat.store.reset().await.expect_err("another version");
    assert!(is_version(&reset), "{reset:?}");
    let connected = builder(&redis.url()).connect().await.err().expect("another version");
    assert!(matches!(&connected, ConnectError::Store(error) if is_version(error)), "{connected:?}");
    assert_eq!(pool(&redis), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn servers_with_another_key_are_refused() {
    let redis = Server::start(Engine::Redis);
    let with = |mark: u8| builder(&redis.url()).key_fingerprint([mark; 32]);
    let seat = Seat::open(with(1), 1).await;
    Seat::open(with(1), 2).await;
    let other = with(2).connect().await.err().expect("another key");
    assert!(matches!(other, ConnectError::Store(StoreError::OtherKey)), "{other:?}");
    let text = format!("{other} {other:?}");
    assert!(!text.contains("1, 1, 1") && !text.contains("2, 2, 2"), "{text}");
    seat.attach(1).await;
    seat.store.reset().await.expect("the store works");
    let other = with(2).connect().await.err().expect("another key");
    assert!(matches!(other, ConnectError::Store(StoreError::OtherKey)), "after a reset: {other:?}");
}

/// The time as Redis has it.
fn now(redis: &Server) -> UnixMillis {
    let (seconds, micros): (u64, u64) =
        cmd("TIME").query(&mut redis.admin()).expect("Redis answers");
    UnixMillis::new(seconds * 1_000 + micros / 1_000)
}

/// A store that corrects what it is told, as servers use it.
async fn corrected(redis: &Server, node: u64) -> Seat {
    let url = redis.url().parse().expect("a URL");
    Seat::open(RedisStore::builder(url), node).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_three_seconds_off_is_corrected() {
    let redis = Server::start(Engine::Redis);
    for (node, off) in [(1_u64, 3_000_i64), (2, -3_000)] {
        let seat = corrected(&redis, node).await;
        let theirs = || UnixMillis::new(now(&redis).get().saturating_add_signed(off));
        let renewed = seat.apply_at(theirs(), Command::Renew { node: NodeId(node) }).await;
        renewed.expect("the clock is near enough");
        let person = node as u8;
        let (device, conn) = (crate::people::device(person), seat.conn(person));
        let client = Client::Native;
        let attach = Command::Attach { device, conn, client, again: false };
        seat.apply_at(theirs(), attach).await.expect("the store works");
        let before = now(&redis);
        let join = Command::Join { device, conn, wish: Wish::default() };
        seat.apply_at(theirs(), join).await.expect("the store works");
        let after = now(&redis);
        let since = seat.events().iter().find_map(|envelope| match envelope.event {
            Event::Queued { since, .. } | Event::Matched { since, .. } => Some(since),
            _ => None,
        });
        let since = since.expect("they wait or talk");
        // An uncorrected instant would be three seconds from one of the two.
        let (low, high) = (before.get() - 1_400, after.get() + 1_400);
        assert!((low..=high).contains(&since.get()), "{low} {} {high}", since.get());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_says_until_when_by_the_clock_of_who_asked() {
    let redis = Server::start(Engine::Redis);
    for (node, off) in [(1_u64, 3_000_i64), (2, -3_000)] {
        let (person, mut policy) = (node as u8, Policy::default());
        policy.matching.cooldown_ms = 60_000;
        let url = redis.url().parse().expect("a URL");
        let seat = Seat::open(RedisStore::builder(url).policy(policy), node).await;
        let theirs = || UnixMillis::new(now(&redis).get().saturating_add_signed(off));
        let (device, conn) = (crate::people::device(person), seat.conn(person));
        let attach = Command::Attach { device, conn, client: Client::Native, again: false };
        let join = || Command::Join { device, conn, wish: Wish::default() };
        let leave = Command::Leave { device, conn, why: Departure::Left };
        seat.apply_at(theirs(), attach).await.expect("the store works");
        let before = theirs();
        seat.apply_at(before, join()).await.expect("the store works");
        let after = theirs();
        seat.apply_at(after, leave).await.expect("the store works");
        let again = seat.apply_at(theirs(), join()).await.expect("the store works");
        let Err(Rejection::Cooldown { until }) = again.outcome else { panic!("{again:?}") };
        // By the clock of Redis it would be three seconds off.
        let (low, high) = (before.get() + 60_000 - 1_400, after.get() + 60_000 + 1_400);
        assert!((low..=high).contains(&until.get()), "{low} {} {high}", until.get());
        let next = Command::Next { device, conn, wish: Wish::default() };
        seat.apply_at(theirs(), next).await.expect("the store works");
        let told = seat.events().into_iter().find_map(|envelope| match envelope.event {
            Event::JoinRefused { rejection } => Some(rejection),
            _ => None,
        });
        assert_eq!(told, Some(Rejection::Cooldown { until }), "by mail too");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_more_than_a_minute_off_is_refused_until_it_is_right() {
    let redis = Server::start(Engine::Redis);
    let seat = corrected(&redis, 1).await;
    let renew = || Command::Renew { node: NodeId(1) };
    let wrong = UnixMillis::new(now(&redis).get() + 70_000);
    match seat.apply_at(wrong, renew()).await {
        Err(StoreError::Unavailable(Some(why))) => {
            assert!(why.to_string().contains("clock"), "{why}");
        }
        other => panic!("a clock that is wrong gives {other:?}"),
    }
    seat.apply_at(now(&redis), renew()).await.expect("the clock is right");
    // Nothing of the wrong time is left.
    let asked = seat.store.read(&anonchat_core::PoolId::main(), now(&redis), &Query::Census).await;
    asked.expect("the store works");
    let clock = {
        let state = pool(&redis);
        state[10..16].iter().fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte))
    };
    assert!(clock <= now(&redis).get() + 1_400, "the pool's clock is {clock}");
    assert!(clock > NOON.get());
}
