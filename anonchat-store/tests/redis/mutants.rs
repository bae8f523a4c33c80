//! The suite catches wrong scripts: each of these changes one rule or one mechanism of the Lua.
//!
//! A suite that lets one of them pass proves nothing about the scripts that pass it.

mod edits;
mod long;

use std::sync::Arc;
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

/// What the long history finds.
async fn examine_long(redis: &Server, edit: Option<Edit>) -> Option<String> {
    redis.clear();
    long::play(&store(redis, long::policy(), edit).await).await.err()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_scripts_as_they_are_pass() {
    let redis = Server::start(Engine::Redis);
    let found = [examine(&redis, None).await, examine_long(&redis, None).await];
    assert_eq!(found, [None, None]);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_wrong_script_is_caught() {
    let redis = Server::start(Engine::Redis);
    let mut passed = Vec::new();
    for (what, edit) in MUTANTS {
        if examine(&redis, Some(*edit)).await.is_none() {
            passed.push(*what);
        }
    }
    for (what, edit) in LONG_MUTANTS {
        if examine_long(&redis, Some(*edit)).await.is_none() {
            passed.push(*what);
        }
    }
    assert!(passed.is_empty(), "the suite let pass: {passed:#?}");
}
