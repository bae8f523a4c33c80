//! The suite catches wrong scripts of rooms: each of these changes one rule or one mechanism of the
//! Lua. A suite that lets one of them pass proves nothing about the scripts that pass it.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use anonchat_core::{Policy, RoomStore};
use anonchat_store::RedisRooms;
use anonchat_store::conformance::RoomSuite;
use test_services::{Engine, Server};

use crate::edits::{Edit, MUTANTS};
use crate::people::{builder, rooms};

/// So many servers share the Redis: mail has to find its way.
const SERVERS: usize = 2;

async fn store(redis: &Server, policy: &Policy, (file, from, to): Edit) -> RedisRooms {
    // Where a script loses mail, the store waits for it as long as this.
    let builder = builder(&redis.url()).policy(policy.clone()).deadline(Duration::from_secs(5));
    let edited = builder
        .edited_script(file, from, to)
        .unwrap_or_else(|| panic!("{file}.lua does not have this passage once:\n{from}"));
    rooms(edited).await
}

/// Whether the suite finds something.
async fn is_caught(redis: &Server, edit: Edit) -> bool {
    let suite = RoomSuite { floor: 0, patience: Duration::from_secs(1), ..RoomSuite::default() };
    let found = suite
        .check(|policy| async move {
            redis.clear();
            let mut stores = Vec::new();
            for _ in 0..SERVERS {
                stores.push(Arc::new(store(redis, &policy, edit).await) as Arc<dyn RoomStore>);
            }
            ((), stores)
        })
        .await;
    found.is_err()
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
            if !is_caught(&redis, *edit).await {
                passed.push(*what);
            }
        }
    };
    let (one, two, three) = tokio::join!(worker(), worker(), worker());
    assert!([&one, &two, &three].iter().all(|passed| passed.is_empty()), "{one:?}{two:?}{three:?}");
}
