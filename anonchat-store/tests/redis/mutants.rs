//! The suite catches wrong scripts: each of these changes one rule or one mechanism of the Lua.
//!
//! A suite that lets one of them pass proves nothing about the scripts that pass it.

mod edits;
mod long;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use anonchat_core::Policy;
use anonchat_store::RedisStore;
use anonchat_store::conformance::{Server as Seat, Suite};
use test_services::{Engine, Server};

use edits::{Edit, LONG_MUTANTS, MUTANTS};

/// So many servers share the Redis: mail has to find its way.
const SERVERS: usize = 2;

async fn store(redis: &Server, policy: Policy, edit: Option<Edit>) -> RedisStore {
    let url = redis.url().parse().expect("a URL");
    // Where a script loses mail, the store waits for it as long as this.
    let deadline = Duration::from_secs(1);
    let builder = RedisStore::builder(url).policy(policy);
    let builder = builder.correct_instants(false).deadline(deadline);
    let builder = match edit {
        None => builder,
        Some((file, from, to)) => builder
            .edited_script(file, from, to)
            .unwrap_or_else(|| panic!("{file}.lua does not have this passage once:\n{from}")),
    };
    builder.connect().await.unwrap_or_else(|error| panic!("{error}"))
}

/// What the suite finds, if it finds something.
async fn examine(redis: &Server, edit: Option<Edit>) -> Option<String> {
    let suite = Suite { floor: 0, shortenings: 0, ..Suite::default() };
    let found = suite
        .check_servers(|policy| async move {
            redis.clear();
            let mut seats = Vec::new();
            for _ in 0..SERVERS {
                let store = Arc::new(store(redis, policy.clone(), edit).await);
                seats.push(Seat::shared(Arc::clone(&store) as _).with_snapshots(store));
            }
            ((), seats)
        })
        .await;
    found.err().map(|failure| failure.part.to_owned() + ": " + &failure.detail)
}

/// What the long histories find.
async fn examine_long(redis: &Server, edit: Option<Edit>) -> Option<String> {
    for history in long::histories() {
        redis.clear();
        let store = store(redis, history.policy.clone(), edit).await;
        if let Err(difference) = long::play(&store, &history).await {
            return Some(difference);
        }
    }
    None
}

#[tokio::test(flavor = "multi_thread")]
async fn the_scripts_as_they_are_pass() {
    let redis = Server::start(Engine::Redis);
    let found = [examine(&redis, None).await, examine_long(&redis, None).await];
    assert_eq!(found, [None, None]);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_wrong_script_is_caught() {
    let left = Mutex::new(MUTANTS.iter());
    // Each has a Redis of its own and takes the next one; mostly they wait for an answer.
    let worker = async || {
        let (redis, mut passed) = (Server::start(Engine::Redis), Vec::new());
        loop {
            let Some((what, edit)) = left.lock().expect("nobody panics here").next() else {
                return passed;
            };
            if examine(&redis, Some(*edit)).await.is_none() {
                passed.push(*what);
            }
        }
    };
    let (one, two, three) = tokio::join!(worker(), worker(), worker());
    assert!([&one, &two, &three].iter().all(|passed| passed.is_empty()), "{one:?}{two:?}{three:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_only_many_people_show_is_caught_by_the_long_history() {
    let redis = Server::start(Engine::Redis);
    for (what, edit) in LONG_MUTANTS {
        assert!(examine_long(&redis, Some(*edit)).await.is_some(), "passed: {what}");
    }
}
