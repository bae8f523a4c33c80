//! What is said in rooms is nowhere in Redis as it was said, and no longer than it may be.

use anonchat_core::UnixMillis;
use anonchat_core::room::{RoomAnswer, RoomCommand, RoomEvent, RoomQuery, RoomView};
use anonchat_store::RoomKeys;
use redis::cmd;
use test_services::{Engine, Monitor, Server, Setup};

use crate::people::{ANN, BEN, KEY, Seat, builder, text, until};

/// Occurs in every word that is said and in nothing else.
const CANARY: &str = "canary-5e1f";

/// Names, nicknames, messages that are kept and that are not, and reports, over two servers.
async fn chat(redis: &Server) {
    let one = Seat::open(&redis.url(), 1).await;
    let other = Seat::open(&redis.url(), 2).await;
    one.enter(ANN, &format!("{CANARY} Ann")).await;
    other.enter(BEN, &format!("{CANARY} Ben")).await;
    for days in [0, 30] {
        let room = one.create(ANN, &format!("{CANARY} tea"), days).await.code;
        other.done(RoomCommand::Join { session: BEN, room }).await;
        one.attach(ANN, room, 1 + u64::from(days)).await;
        other.attach(BEN, room, 2 + u64::from(days)).await;
        other.done(RoomCommand::Typing { session: BEN, room, on: true }).await;
        for number in 0..10 {
            let said = one.say(ANN, room, &format!("{CANARY} {number}")).await;
            if days > 0 {
                other.report(BEN, said.id, &format!("{CANARY} because")).await;
            }
        }
        assert_eq!(other.history(BEN, room).await.len(), if days > 0 { 10 } else { 0 });
    }
    let heard = || {
        let said = |event: &RoomEvent| match event {
            RoomEvent::Message(message) => message.content.words().starts_with(CANARY),
            _ => false,
        };
        other.mail().iter().filter(|envelope| said(&envelope.event)).count()
    };
    until("everything is heard in clear", async || heard() == 20).await;
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_goes_to_redis_or_comes_from_it_shows_a_word() {
    let redis = Server::start(Engine::Redis);
    let monitor = Monitor::start(&redis);
    chat(&redis).await;
    let lines = monitor.end();
    let published = lines.iter().filter(|line| line.contains("\"PUBLISH\"")).count();
    assert!(published >= 20, "the monitor heard the mail: {published}");
    assert!(lines.iter().any(|line| line.contains("EVALSHA")), "and the scripts");
    assert_eq!(lines.iter().find(|line| line.contains(CANARY)), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_key_and_no_file_of_redis_shows_a_word() {
    // Compressed, it would not be found.
    let redis = Setup::new(Engine::Redis).append_only().config("rdbcompression no").start();
    chat(&redis).await;
    let mut admin = redis.admin();
    let keys: Vec<Vec<u8>> =
        cmd("KEYS").arg("anonchat:{+rooms}:*").query(&mut admin).expect("keys");
    assert!(keys.len() > 20, "there are rooms");
    for key in keys {
        let dumped: Vec<u8> = cmd("DUMP").arg(&key).query(&mut admin).expect("a key");
        assert!(!holds(&dumped, CANARY) && !holds(&key, CANARY), "{}", key.escape_ascii());
    }
    let files = redis.dump();
    assert!(files.iter().filter(|bytes| holds(bytes, "{+rooms}")).count() >= 2);
    assert!(files.iter().all(|bytes| !holds(bytes, CANARY)));
}

fn texts(redis: &Server) -> Vec<String> {
    let mut admin = redis.admin();
    cmd("KEYS").arg("anonchat:{+rooms}:text:*").query(&mut admin).expect("keys")
}

fn nicknames(redis: &Server) -> Vec<Vec<u8>> {
    let mut admin = redis.admin();
    cmd("KEYS").arg("anonchat:{+rooms}:nick:*").query(&mut admin).expect("keys")
}

fn expiry(redis: &Server, key: &[u8]) -> i64 {
    cmd("PTTL").arg(key).query(&mut redis.admin()).expect("a time")
}

/// Nothing is later than the end of time: what is said just before it is kept just as long.
#[tokio::test(flavor = "multi_thread")]
async fn words_and_reports_are_gone_at_the_end_of_their_retention_though_nobody_asks() {
    let redis = Server::start(Engine::Redis);
    let short = UnixMillis::new(UnixMillis::MAX.get() - 1_500);
    let seat = Seat::open(&redis.url(), 1).await.at(short);
    seat.enter(ANN, "Ann").await;
    let room = seat.create(ANN, "Tea", 1).await.code;
    let said = seat.say(ANN, room, "hello").await.id;
    seat.report(ANN, said, "rude").await;
    assert_eq!(texts(&redis).len(), 1);
    until("Redis has deleted them", async || texts(&redis).is_empty()).await;

    // By the rules it is there until the instant comes; without its words it is left out.
    let seat = seat.at(short.after(1_000));
    assert_eq!(seat.history(ANN, room).await, []);
    let all = RoomQuery::AllReports { before: None, limit: 9 };
    assert_eq!(seat.read(all).await.expect("the store works"), RoomView::Reports(Vec::new()));
    let again = RoomCommand::Report { session: ANN, message: said, reason: text("late") };
    seat.ask(again).await.expect_err("there is no such message any more");
    assert_eq!(texts(&redis), Vec::<String>::new(), "nothing was written for ever");
    assert_eq!(seat.census().await.expect("the store works").messages, 1);
    seat.done(RoomCommand::Close { session: ANN, room }).await;
    assert_eq!(seat.census().await.expect("the store works").messages, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_expires_at_its_end_and_a_nickname_a_minute_after_its_session() {
    let redis = Server::start(Engine::Redis);
    let seat = Seat::open(&redis.url(), 1).await;
    seat.enter(ANN, "Ann").await;
    let room = seat.create(ANN, "Tea", 2).await.code;
    seat.say(ANN, room, "hello").await;
    let (text, nickname) = (texts(&redis), nicknames(&redis));
    let days = 2 * 86_400_000;
    let left = expiry(&redis, text[0].as_bytes());
    assert!((days - 60_000..=days).contains(&left), "{left}");
    let life = 86_400_000 + 60_000;
    let left = expiry(&redis, &nickname[0]);
    assert!((life - 60_000..=life).contains(&left), "{left}");

    seat.attach(ANN, room, 1).await;
    assert_eq!(expiry(&redis, &nickname[0]), -1, "with a connection it has no end");
    seat.done(RoomCommand::Detach { conn: seat.conn(1) }).await;
    assert!(expiry(&redis, &nickname[0]) > 0);
    seat.done(RoomCommand::EndSession { session: ANN }).await;
    assert_eq!(nicknames(&redis), Vec::<Vec<u8>>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reset_leaves_no_word() {
    let redis = Server::start(Engine::Redis);
    let seat = Seat::open(&redis.url(), 1).await;
    seat.enter(ANN, "Ann").await;
    let room = seat.create(ANN, "Tea", 2).await.code;
    let said = seat.say(ANN, room, "hello").await.id;
    seat.report(ANN, said, "rude").await;
    seat.done(RoomCommand::Reset).await;
    let mut admin = redis.admin();
    let keys: Vec<String> = cmd("KEYS").arg("anonchat:{+rooms}:*").query(&mut admin).expect("keys");
    let mut keys: Vec<_> = keys.iter().map(|key| key.rsplit(':').next().expect("a name")).collect();
    keys.sort_unstable();
    assert_eq!(keys, ["mailbox", "sent", "state"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_key_opens_any_more_is_a_mark_and_the_room_goes_on() {
    let redis = Server::start(Engine::Redis);
    let one = Seat::open(&redis.url(), 1).await;
    one.enter(ANN, "Ann").await;
    let room = one.create(ANN, "Tea", 1).await.code;
    one.say(ANN, room, "hello").await;

    let store = builder(&redis.url()).connect().await.unwrap_or_else(|error| panic!("{error}"));
    let rotated = RoomKeys::new([8; 32]).with_older(KEY);
    let rotated = Seat::of(store.rooms(&rotated).await.expect("it opens"), 2).await;
    let words = |nickname: &str, content: &str| (nickname.to_owned(), content.to_owned());
    assert_eq!(rotated.history(ANN, room).await, [words("Ann", "hello")]);
    rotated.enter(BEN, "Ben").await;
    rotated.done(RoomCommand::Join { session: BEN, room }).await;
    rotated.say(BEN, room, "hi").await;

    let lost = RoomKeys::new([8; 32]);
    let lost = Seat::of(store.rooms(&lost).await.expect("it opens"), 3).await;
    let mark = "\u{fffd}";
    assert_eq!(lost.history(ANN, room).await, [words("Ben", "hi"), words(mark, mark)]);
    lost.attach(ANN, room, 1).await;
    let said = lost.say(ANN, room, "still here").await;
    assert_eq!((said.nickname.words(), said.content.words()), (mark, "still here"));
    let touched = lost.done(RoomCommand::Touch { session: ANN }).await;
    assert!(matches!(touched, RoomAnswer::Session(session) if session.nickname.words() == mark));
}
