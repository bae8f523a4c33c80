//! Three servers as processes on one Redis: one is killed, one is told to stop, all are replaced one
//! after the other, and people talk.

#[path = "../../../anonchat-axum/tests/person/mod.rs"]
mod person;
mod running;

use std::collections::BTreeMap;
use std::path::PathBuf;

use person::talkers::{Talkers, meet, until};
use person::{Person, Phase};
use running::{Process, STRONG};
use serde_json::{Value, json};
use test_services::Engine;

const LENIENT: &str = "
    [matching]
    cooldown_ms = 0
    daily_per_filter = 0
    daily_total = 0
    rematch_after_s = 0
    [rates]
    frames_per_minute = 0
    signals_per_minute = 0
";

/// Three servers and what they share.
struct Deployment {
    servers: Vec<Process>,
    addresses: Vec<String>,
    redis: test_services::Server,
    policy: PathBuf,
}

impl Deployment {
    fn start(policy: &str) -> Self {
        let redis = test_services::Server::start(Engine::Redis);
        let file = redis.directory().join("policy.toml");
        std::fs::write(&file, [LENIENT, policy].concat()).expect("write");
        let mut deployment =
            Self { servers: Vec::new(), addresses: Vec::new(), redis, policy: file };
        for _ in 0..3 {
            let server = deployment.serve("127.0.0.1:0");
            deployment.addresses.push(server.addresses[0].clone());
            deployment.servers.push(server);
        }
        deployment
    }

    /// Starts a server that listens there.
    fn serve(&self, address: &str) -> Process {
        let policy = self.policy.to_str().expect("a path");
        let store = self.redis.url();
        let share = ["--store", &store, "--key", STRONG, "--policy", policy];
        Process::start(&[&["--listen", address][..], &share].concat())
    }

    /// Replaces a server by a new one on the same address.
    fn restart(&mut self, number: usize) {
        let former = self.servers.remove(number);
        let (code, log) = former.terminate();
        assert_eq!(code, Some(0), "{log}");
        let server = self.serve(&self.addresses[number]);
        self.servers.insert(number, server);
    }

    /// Somebody who goes to that server first.
    fn person(&self, name: &str, server: usize) -> Person {
        Person::new(format!("{name}-0123456789abcdef"), self.addresses.clone(), server)
    }
}

async fn join(person: &mut Person) {
    person.ask(&json!({ "action": "join", "filter": "any" })).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_death_of_a_server_is_noticed_and_no_ghost_is_left() {
    const PAIRS: usize = 100;
    let mut deployment = Deployment::start("[connection]\nlease_s = 3\ngrace_s = 2\n");
    let mut pairs = Vec::new();
    for number in 0..PAIRS {
        let mut ann = deployment.person(&format!("ann-{number:03}"), number);
        let mut bob = deployment.person(&format!("bob-{number:03}"), number + 1);
        meet(&mut ann, &mut bob).await;
        pairs.push((ann, bob));
    }
    let mut ghost = deployment.person("ghost", 0);
    ghost.come().await;
    join(&mut ghost).await;
    until(&mut ghost, "queued").await;

    deployment.servers[0].kill();
    let mut left = Vec::new();
    for (number, (mut ann, mut bob)) in pairs.into_iter().enumerate() {
        let survivor = match number % 3 {
            0 => &mut bob,
            2 => &mut ann,
            _ => {
                ann.say().await;
                until(&mut bob, "msg").await;
                continue;
            }
        };
        assert_eq!(until(survivor, "peer_left").await["reason"], "lost");
        left.push(if number % 3 == 0 { bob } else { ann });
    }
    let mut late = deployment.person("late", 1);
    late.come().await;
    if left.len() % 2 == 1 {
        left.push(late);
    }
    for person in &mut left {
        join(person).await;
    }
    let mut sides = BTreeMap::<String, Vec<char>>::new();
    for person in &mut left {
        let name = until(person, "matched").await["peer"].as_str().expect("a name").to_owned();
        let (side, pair) = (name.as_bytes()[0].into(), name[1..].to_owned());
        sides.entry(pair).or_default().push(side);
    }
    for sides in sides.values_mut() {
        sides.sort_unstable();
        assert_eq!(*sides, ['a', 'b'], "both of a pair live");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_stops_says_so_and_its_people_go_on_elsewhere() {
    let mut deployment = Deployment::start("");
    let (mut ann, mut bob) = (deployment.person("ann", 0), deployment.person("bob", 1));
    meet(&mut ann, &mut bob).await;
    let phase = ann.phase.clone();
    assert!(matches!(phase, Phase::Paired(_)));
    let stopped = deployment.servers.remove(0);
    let stopping = tokio::task::spawn_blocking(|| stopped.terminate());
    let told = until(&mut ann, "server_restarting").await;
    assert!(told["reconnect_in_ms"].is_u64(), "{told}");
    until(&mut bob, "peer_away").await;
    let hello = until(&mut ann, "hello").await;
    assert_eq!(ann.closed, Some(1012));
    assert_eq!((&hello["phase"], ann.phase.clone()), (&Value::from("paired"), phase));
    until(&mut bob, "peer_back").await;
    bob.say().await;
    assert_eq!(until(&mut ann, "msg").await["text"], "m1");
    let (code, log) = stopping.await.expect("terminate");
    assert_eq!(code, Some(0), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rolling_restart_of_all_servers_ends_no_chat_and_loses_no_message() {
    const PAIRS: usize = 25;
    let mut deployment = Deployment::start("");
    let talkers = Talkers::start(&deployment.addresses, PAIRS).await;
    for number in 0..3 {
        deployment = tokio::task::spawn_blocking(move || {
            deployment.restart(number);
            deployment
        })
        .await
        .expect("restart");
        // Those who were sent away are back before the next server goes, as an operator would wait.
        tokio::time::sleep(std::time::Duration::from_secs(3)).await;
    }
    let outcome = talkers.finish().await;
    assert!(outcome.returns >= 2 * PAIRS, "everybody had to move: {outcome:?}");
    assert!(outcome.messages > outcome.returns, "{outcome:?}");
}
