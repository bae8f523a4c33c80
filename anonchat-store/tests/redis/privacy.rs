//! What is said leaves no trace in Redis.

use anonchat_core::{Command, Departure};
use test_services::{Engine, Monitor, Server, Setup, monitored_command};

use crate::people::{Seat, builder, device, pair, until};

/// Occurs in every word that is said and in nothing else.
const CANARY: &str = "canary-5e1f";

/// Two people who talk over two servers and then part.
async fn chat(redis: &Server) {
    let one = Seat::open(builder(&redis.url()), 1).await;
    let other = Seat::open(builder(&redis.url()), 2).await;
    let pair = pair(&one, &other).await;
    for number in 0..20 {
        let text = format!("{CANARY} {number}");
        one.say(other.conn(2), pair, &text).await.expect("it is carried");
        other.say(one.conn(1), pair, &text).await.expect("it is carried");
    }
    until("everything is heard", async || one.texts().len() == 20 && other.texts().len() == 20)
        .await;
    one.done(Command::Leave { device: device(1), conn: one.conn(1), why: Departure::Left }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn redis_is_told_what_is_said_only_to_pass_it_on() {
    let redis = Server::start(Engine::Redis);
    let monitor = Monitor::start(&redis);
    chat(&redis).await;
    let (spoken, other): (Vec<_>, Vec<_>) =
        monitor.end().into_iter().partition(|line| line.contains(CANARY));
    assert!(spoken.len() >= 40, "both were heard through Redis");
    for line in spoken {
        let command = monitored_command(&line);
        assert!(matches!(command, Some("PUBLISH" | "SPUBLISH")), "said to {command:?}");
    }
    assert!(other.iter().any(|line| line.contains("EVAL")), "the monitor heard the scripts");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_redis_writes_to_disk_holds_nothing_of_what_was_said() {
    // Compressed, it would not be found.
    let redis = Setup::new(Engine::Redis).append_only().config("rdbcompression no").start();
    chat(&redis).await;
    let files = redis.dump();
    let holds = |bytes: &[u8], text: &str| {
        bytes.windows(text.len()).any(|window| window == text.as_bytes())
    };
    let of_the_pool = |bytes: &&Vec<u8>| holds(bytes, "anonchat:{main}:");
    assert!(files.iter().filter(of_the_pool).count() >= 2, "a dump and a file of changes");
    assert!(files.iter().all(|bytes| !holds(bytes, CANARY)));
    assert!(files.iter().any(|bytes| holds(bytes, "person 1")), "a profile is found as it is");
}
