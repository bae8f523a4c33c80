//! Three servers, each a process of its own, that share one store, and people who go to them.

#![allow(dead_code, reason = "every test binary uses a part of it")]

use std::time::Duration;

use serde_json::{Value, json};
use test_services::{Server, free_port};
use tokio::time::{sleep, timeout};

use crate::person::talkers::until;
use crate::person::{PATIENCE, Person, Phase};
use crate::running::{self, Process, STRONG};

/// For how long a server counts as alive, and a place is kept, without a sign of life, and how long
/// somebody waits between two joins.
#[derive(Clone, Copy)]
pub(crate) struct Terms {
    pub(crate) lease_s: u32,
    pub(crate) grace_s: u32,
    pub(crate) cooldown_ms: u32,
}

impl Default for Terms {
    fn default() -> Self {
        Self { lease_s: 15, grace_s: 15, cooldown_ms: 0 }
    }
}

/// Three servers. They end with this value.
pub(crate) struct Three {
    servers: Vec<Option<Process>>,
    urls: [String; 3],
    /// By how many seconds their clocks are off.
    clocks: [i32; 3],
    policy: String,
    pub(crate) addresses: Vec<String>,
}

impl Three {
    /// Starts servers that find the store at these URLs. Their policy file lies beside the data of
    /// that Redis, and goes with it.
    pub(crate) fn start(redis: &Server, urls: [String; 3], terms: Terms) -> Self {
        Self::with_clocks(redis, urls, terms, [0; 3])
    }

    /// Starts servers whose clocks are off by so many seconds.
    pub(crate) fn with_clocks(
        redis: &Server,
        urls: [String; 3],
        terms: Terms,
        clocks: [i32; 3],
    ) -> Self {
        let policy = redis.directory().join("policy.toml");
        std::fs::write(&policy, rules(terms)).expect("write");
        let policy = policy.to_str().expect("path").to_owned();
        let (servers, addresses) = (Vec::new(), Vec::new());
        let mut three = Self { servers, urls, clocks, policy, addresses };
        for server in 0..3 {
            // Somebody else may take a port between the look and the start.
            let mut attempts = (0..20).map(|_| format!("127.0.0.1:{}", free_port()));
            let process = attempts.find_map(|address| match three.launch(server, &address) {
                Err(log) if log.contains("in use") => None,
                Err(log) => panic!("the server does not start: {log}"),
                Ok(process) => Some((process, address)),
            });
            let (process, address) = process.expect("a free port");
            three.servers.push(Some(process));
            three.addresses.push(address);
        }
        three
    }

    /// Starts servers that all reach their store.
    pub(crate) fn on(redis: &Server, terms: Terms) -> Self {
        Self::start(redis, [(); 3].map(|()| redis.url()), terms)
    }

    fn launch(&self, server: usize, address: &str) -> Result<Process, String> {
        let (store, policy) = (&self.urls[server], &self.policy);
        let place = ["--listen", address, "--key", STRONG, "--store", store];
        let rules = ["--policy", policy, "--verification", "off", "--log", "warn"];
        let mut command = running::command(&[&place[..], &rules].concat());
        if self.clocks[server] != 0 {
            command.env(
                "LD_PRELOAD",
                std::env::var_os("LIBFAKETIME")
                    .expect("LIBFAKETIME names libfaketime.so.1 (`scripts/test` sees to it)"),
            );
            command.env("FAKETIME", format!("{:+}s", self.clocks[server]));
            command.env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
        }
        Process::try_start(&mut command)
    }

    /// Ends one as a crash does.
    pub(crate) fn kill(&mut self, server: usize) {
        self.servers[server].take().expect("runs").kill();
    }

    /// Asks one to end, and returns when it has.
    pub(crate) fn stop(&mut self, server: usize) {
        let (code, log) = self.servers[server].take().expect("runs").terminate();
        assert_eq!(code, Some(0), "{log}");
    }

    /// Starts one again, where it was.
    pub(crate) fn start_again(&mut self, server: usize) {
        let process = self.launch(server, &self.addresses[server]);
        self.servers[server] = Some(process.unwrap_or_else(|log| panic!("starts again: {log}")));
    }

    /// The status with which one answers.
    pub(crate) fn status(&self, server: usize, path: &str) -> u16 {
        let head = self.head(server, path);
        let code = head.split(' ').nth(1).expect("a status");
        code.parse().expect("a number")
    }

    /// The head of the answer of one, in lower case.
    pub(crate) fn head(&self, server: usize, path: &str) -> String {
        self.servers[server].as_ref().expect("runs").get(path, "").0
    }

    /// Waits until one says that it can match people, or that it cannot.
    pub(crate) async fn until_ready_is(&self, server: usize, status: u16) {
        let becomes = async {
            while self.status(server, "/readyz") != status {
                sleep(Duration::from_millis(100)).await;
            }
        };
        timeout(PATIENCE, becomes).await.unwrap_or_else(|_| panic!("{server} is never {status}"));
    }

    /// Waits until all of them can match people.
    pub(crate) async fn ready(&self) {
        for server in 0..3 {
            self.until_ready_is(server, 200).await;
        }
    }

    /// Somebody who goes to one of them first, and to the others when that one is gone.
    pub(crate) fn person(&self, name: &str, server: usize) -> Person {
        Person::new(format!("{name}-0123456789abcdef"), self.addresses.clone(), server)
    }
}

/// No limit stands in the way, and nobody is thought to be gone who is just slow here.
fn rules(Terms { lease_s, grace_s, cooldown_ms }: Terms) -> String {
    format!(
        "[matching]\ncooldown_ms = {cooldown_ms}\ndaily_per_filter = 0\ndaily_total = 0\nrematch_after_s = 0\n\
         [rates]\nframes_per_minute = 0\nsignals_per_minute = 0\n\
         [connection]\nlease_s = {lease_s}\ngrace_s = {grace_s}\nidle_s = 600\n"
    )
}

/// Looks for a partner. Returns the first answer, `queued` or `matched`.
pub(crate) async fn join(person: &mut Person, filter: &str) -> Value {
    person.ask(&json!({ "action": "join", "filter": filter })).await;
    loop {
        let next = person.next().await;
        let frame = person.take(next).await;
        match frame["type"].as_str() {
            Some("queued" | "matched") => return frame,
            Some("error") => panic!("{frame}"),
            _ => {}
        }
    }
}

/// The pair that somebody is in. Both who are in it give it the same name.
pub(crate) fn pair(person: &Person) -> &str {
    match &person.phase {
        // The first letter is the side.
        Phase::Paired(peer) => &peer[1..],
        phase => panic!("in no pair: {phase:?}"),
    }
}

/// Looks for a partner until there is one. Returns the pair.
pub(crate) async fn find(person: &mut Person) -> String {
    if join(person, "any").await["type"] == "queued" {
        until(person, "matched").await;
    }
    pair(person).to_owned()
}

/// Both say something, and hear it, and know that they were heard.
pub(crate) async fn exchange(one: &mut Person, other: &mut Person) {
    let [one_hears, other_hears] = [one.heard.len() + 1, other.heard.len() + 1];
    one.say().await;
    other.say().await;
    let talk = async {
        while one.said().1 + other.said().1 > 0
            || one.heard.len() < one_hears
            || other.heard.len() < other_hears
        {
            tokio::select! {
                next = one.next() => {
                    one.take(next).await;
                }
                next = other.next() => {
                    other.take(next).await;
                }
            }
        }
    };
    timeout(PATIENCE, talk).await.expect("they hear each other");
    assert_eq!(pair(one), pair(other));
}

/// Hears that the partner is away, or is back. A server that may have missed the news asks the pool
/// and greets its clients again, which says the same.
pub(crate) async fn until_peer_is(person: &mut Person, present: bool) {
    let news = if present { "peer_back" } else { "peer_away" };
    let heard = async {
        loop {
            let next = person.next().await;
            let frame = person.take(next).await;
            let greeted = frame["type"] == "hello" && frame["peer_present"] == present;
            if greeted || frame["type"] == news {
                return;
            }
        }
    };
    timeout(PATIENCE, heard).await.unwrap_or_else(|_| panic!("no {news} in time"));
}

/// Hears that the chat is over because the partner was lost, or is greeted as somebody without one.
pub(crate) async fn until_lost(person: &mut Person) {
    let heard = async {
        while person.phase != Phase::Idle {
            let next = person.next().await;
            let frame = person.take(next).await;
            assert!(frame["type"] != "peer_left" || frame["reason"] == "lost", "{frame}");
        }
    };
    timeout(PATIENCE, heard).await.expect("the chat ends");
}
