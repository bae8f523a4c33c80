//! What is said leaves no trace in Redis.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::thread::JoinHandle;

use anonchat_core::{Command, Departure};
use redis::cmd;
use test_services::{Engine, Server, Setup};

use crate::people::{Seat, builder, device, pair, until};

/// Occurs in every word that is said and in nothing else.
const CANARY: &str = "canary-5e1f";
/// Ends the listening.
const END: &str = "end-of-the-monitor";

/// Everything that Redis is told from now on, one command a line, those of scripts included.
struct Monitor(JoinHandle<Vec<String>>);

impl Monitor {
    fn start(redis: &Server) -> Self {
        let mut stream = UnixStream::connect(redis.socket()).expect("Redis listens");
        stream.write_all(b"MONITOR\r\n").expect("Redis takes it");
        let mut lines = BufReader::new(stream).lines().map(|line| line.expect("Redis goes on"));
        assert_eq!(lines.next().as_deref(), Some("+OK"));
        Self(std::thread::spawn(move || lines.take_while(|line| !line.contains(END)).collect()))
    }

    fn end(self, redis: &Server) -> Vec<String> {
        cmd("ECHO").arg(END).exec(&mut redis.admin()).expect("Redis answers");
        self.0.join().expect("the monitor ends")
    }
}

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
        monitor.end(&redis).into_iter().partition(|line| line.contains(CANARY));
    assert!(spoken.len() >= 40, "both were heard through Redis");
    for line in spoken {
        // `+time [database address] "command" "channel" "payload"`
        let command = line.split("] \"").nth(1).and_then(|rest| rest.split('"').next());
        assert!(matches!(command, Some("PUBLISH" | "SPUBLISH")), "said to {command:?}");
    }
    assert!(other.iter().any(|line| line.contains("EVAL")), "the monitor heard the scripts");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_redis_writes_to_disk_holds_nothing_of_what_was_said() {
    // Compressed, it would not be found.
    let redis = Setup::new(Engine::Redis).append_only().config("rdbcompression no").start();
    chat(&redis).await;
    cmd("SAVE").exec(&mut redis.admin()).expect("Redis writes");
    let mut files = Vec::new();
    let mut folders = vec![redis.directory().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let entry = entry.expect("an entry");
            match entry.file_type().expect("a kind") {
                kind if kind.is_dir() => folders.push(entry.path()),
                kind if kind.is_file() => files.push(std::fs::read(entry.path()).expect("bytes")),
                _ => {}
            }
        }
    }
    let holds = |bytes: &[u8], text: &str| {
        bytes.windows(text.len()).any(|window| window == text.as_bytes())
    };
    let of_the_pool = |bytes: &&Vec<u8>| holds(bytes, "anonchat:{main}:");
    assert!(files.iter().filter(of_the_pool).count() >= 2, "a dump and a file of changes");
    assert!(files.iter().all(|bytes| !holds(bytes, CANARY)));
    assert!(files.iter().any(|bytes| holds(bytes, "person 1")), "a profile is found as it is");
}
