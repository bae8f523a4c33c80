//! What the store of rooms survives, whom it refuses, and what its callers are told meanwhile.

use anonchat_core::room::{RoomCommand, RoomEvent, RoomMessage};
use anonchat_core::{RoomStore, StoreError};
use anonchat_store::{RedisStore, RoomKeys};
use redis::cmd;
use test_services::{Cluster, Engine, Relay, Server, Setup};

use crate::people::{ANN, BEN, KEY, Seat, builder, until};

const STATE: &str = "anonchat:{+rooms}:state";

/// Whether a server has heard that something was said.
fn heard(seat: &Seat, said: &RoomMessage) -> bool {
    seat.mail().iter().any(|envelope| match &envelope.event {
        RoomEvent::Message(message) => message == said,
        _ => false,
    })
}

/// Ann's room on one server, and Ben in it on another.
async fn meet(one: &Seat, other: &Seat) -> anonchat_core::room::RoomCode {
    one.enter(ANN, "Ann").await;
    other.enter(BEN, "Ben").await;
    let room = one.create(ANN, "Tea", 1).await.code;
    other.done(RoomCommand::Join { session: BEN, room }).await;
    one.attach(ANN, room, 1).await;
    other.attach(BEN, room, 2).await;
    room
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_said_on_one_server_is_heard_on_the_other_in_order() {
    let redis = Server::start(Engine::Redis);
    let one = Seat::open(&redis.url(), 1).await;
    let other = Seat::open(&redis.url(), 2).await;
    let room = meet(&one, &other).await;
    let mut said = Vec::new();
    for number in 0..50 {
        let (seat, session) = if number % 2 == 0 { (&one, ANN) } else { (&other, BEN) };
        said.push(seat.say(session, room, &number.to_string()).await);
    }
    for seat in [&one, &other] {
        until("everything is heard", async || heard(seat, said.last().expect("50"))).await;
        let messages = seat.mail().into_iter().filter_map(|envelope| match envelope.event {
            RoomEvent::Message(message) => Some(message),
            _ => None,
        });
        assert!(messages.eq(said.iter().cloned()));
        assert!(seat.mail().is_sorted_by_key(|envelope| envelope.seq));
        assert_eq!(seat.gaps(), 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_comes_back_with_its_file_has_its_rooms_and_everybody_attaches_again() {
    let redis = Setup::new(Engine::Redis).append_only().start();
    let one = Seat::open(&redis.url(), 1).await;
    let other = Seat::open(&redis.url(), 2).await;
    let room = meet(&one, &other).await;
    one.say(ANN, room, "before").await;
    let before = one.until_served().await;

    redis.kill();
    match one.apply(RoomCommand::Sweep).await {
        Err(StoreError::Unavailable(Some(_))) => {}
        other => panic!("nobody is there who could say {other:?}"),
    }
    one.census().await.expect_err("nobody is there");

    redis.restart();
    assert!(one.until_served().await > before);
    other.until_served().await;
    assert!(one.gaps() >= 1 && other.gaps() >= 1, "mail may have been lost");
    let words = vec![("Ann".to_owned(), "before".to_owned())];
    assert_eq!(other.history(BEN, room).await, words);
    one.attach(ANN, room, 1).await;
    other.attach(BEN, room, 2).await;
    let said = one.say(ANN, room, "after").await;
    until("it is heard", async || heard(&other, &said)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_was_replaced_by_an_empty_one_has_no_rooms() {
    let redis = Server::start(Engine::Redis);
    let one = Seat::open(&redis.url(), 1).await;
    one.enter(ANN, "Ann").await;
    redis.kill();
    redis.restart();
    one.until_served().await;
    assert!(one.gaps() >= 1);
    assert_eq!(one.census().await.expect("the store works").sessions, 0);
    one.enter(ANN, "Ann").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_parted_from_redis_is_told_of_a_gap_and_the_others_notice_nothing() {
    let redis = Server::start(Engine::Redis);
    let relay = Relay::start(redis.address());
    let one = Seat::open(&relay.url(), 1).await;
    let other = Seat::open(&redis.url(), 2).await;
    let room = meet(&one, &other).await;

    relay.stall();
    let late = one.apply(RoomCommand::Sweep).await;
    assert!(matches!(late, Err(StoreError::Unavailable(Some(_)))), "{late:?}");
    let missed = other.say(BEN, room, "can you hear me?").await;
    relay.cut();
    relay.open();
    one.until_served().await;
    assert!(one.gaps() >= 1 && !heard(&one, &missed), "it was lost, and said to be");
    assert_eq!(other.gaps(), 0, "nothing was lost here");
    one.attach(ANN, room, 1).await;
    let words = one.history(ANN, room).await;
    assert_eq!(words, [("Ben".to_owned(), "can you hear me?".to_owned())]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_of_a_cluster_that_dies_is_followed_by_its_replica() {
    let cluster = Cluster::start(Engine::Redis);
    let one = Seat::open(&cluster.url(), 1).await;
    let other = Seat::open(&cluster.url(), 2).await;
    let room = meet(&one, &other).await;
    let before = one.until_served().await;
    let mut master = cluster.master_of(STATE).admin();
    let copies: u32 = cmd("WAIT").arg(1).arg(10_000).query(&mut master).expect("it answers");
    assert_eq!(copies, 1);

    cluster.fail_over(STATE);
    assert!(one.until_served().await > before);
    other.until_served().await;
    assert!(one.gaps() >= 1 && other.gaps() >= 1, "mail may have been lost");
    one.attach(ANN, room, 1).await;
    other.attach(BEN, room, 2).await;
    let said = other.say(BEN, room, "after").await;
    until("it is heard", async || heard(&one, &said)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_version_or_another_deployment_wrote_is_left_alone() {
    let redis = Server::start(Engine::Redis);
    let with = |mark: u8| builder(&redis.url()).key_fingerprint([mark; 32]);
    let rooms = crate::people::rooms(with(1)).await;
    let seat = Seat::of(rooms, 1).await;
    seat.enter(ANN, "Ann").await;
    // The pool is not asked, which would refuse first.
    cmd("DEL").arg("anonchat:{main}:pool").exec(&mut redis.admin()).expect("deleted");
    let store = with(2).connect().await.unwrap_or_else(|error| panic!("{error}"));
    let refused = store.rooms(&RoomKeys::new(KEY)).await.err().expect("another key");
    assert!(matches!(refused, StoreError::OtherKey), "{refused:?}");

    let version = 7_u32.to_be_bytes();
    let mut admin = redis.admin();
    cmd("SETRANGE").arg(STATE).arg(0).arg(&version).exec(&mut admin).expect("it is set");
    let before: Vec<u8> = cmd("GET").arg(STATE).query(&mut admin).expect("Redis answers");
    let is_version =
        |error: &StoreError| matches!(error, StoreError::Version { found: 7, expected: 1 });
    for command in [RoomCommand::Sweep, RoomCommand::Reset] {
        let applied = seat.apply(command).await.expect_err("another version");
        assert!(is_version(&applied), "{applied:?}");
    }
    let asked = seat.census().await.expect_err("another version");
    assert!(is_version(&asked), "{asked:?}");
    let after: Vec<u8> = cmd("GET").arg(STATE).query(&mut admin).expect("Redis answers");
    assert_eq!(before, after);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_record_is_an_error_and_no_panic() {
    let redis = Server::start(Engine::Redis);
    let seat = Seat::open(&redis.url(), 1).await;
    seat.enter(ANN, "Ann").await;
    let room = seat.create(ANN, "Tea", 1).await.code;
    let mut admin = redis.admin();
    cmd("HSET")
        .arg("anonchat:{+rooms}:room")
        .arg(&1_u32.to_be_bytes())
        .arg("canary")
        .exec(&mut admin)
        .expect("it is set");
    let asked = seat.apply(RoomCommand::Leave { session: ANN, room }).await.expect_err("no record");
    assert!(matches!(asked, StoreError::Unavailable(Some(_))), "{asked:?}");
    assert!(!format!("{asked:?}").contains("canary"), "{asked:?}");
}

/// Servers whose clocks differ agree: they are corrected by the clock of Redis.
#[tokio::test(flavor = "multi_thread")]
async fn a_clock_more_than_a_minute_off_is_refused() {
    let redis = Server::start(Engine::Redis);
    let store = RedisStore::connect(&redis.url()).await.unwrap_or_else(|error| panic!("{error}"));
    let rooms = store.rooms(&RoomKeys::new(KEY)).await.expect("it opens");
    let seat = Seat::of(rooms, 1).await;
    match seat.apply(RoomCommand::Sweep).await {
        Err(StoreError::Unavailable(Some(why))) => {
            assert!(why.to_string().contains("clock"), "{why}");
        }
        other => panic!("a clock that is wrong gives {other:?}"),
    }
    assert_eq!(seat.store.policy().rooms, anonchat_core::Policy::default().rooms);
}
