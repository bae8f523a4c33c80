//! What is counted in Redis and what is counted here is the same count.

use std::cell::Cell;
use std::sync::Arc;

use anonchat_core::policy::Rates;
use anonchat_core::{Limit, Policy, RateKey, RateLimits, Taken, UnixMillis};
use anonchat_store::RedisStore;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use test_services::{Engine, Server};
use tokio::runtime::Runtime;

use super::local::Local;
use super::{Beyond, Limits};

const NOON: UnixMillis = UnixMillis::new(1_700_000_000_000);

/// Somebody takes or looks, so many milliseconds after the one before, or before it.
#[derive(Clone, Debug)]
struct Step {
    limit: Limit,
    key: u8,
    wait: i64,
    takes: bool,
}

/// Waits around the edges of quotas, and clocks that are put back.
fn step() -> impl Strategy<Value = Step> {
    let wait = prop_oneof![
        6 => Just(0_i64),
        2 => 1..5_000_i64,
        3 => prop::sample::select(vec![719_999_i64, 720_000, 720_001, 1_199_999, 1_200_000, 514_286]),
        1 => 0..8_000_000_i64,
        1 => -8_000_000..0_i64,
    ];
    let limit = prop::sample::select(vec![Limit::Verifications, Limit::Sessions, Limit::Rooms]);
    (limit, 0..2_u8, wait, prop::bool::weighted(0.8)).prop_map(|(limit, key, wait, takes)| Step {
        limit,
        key,
        wait,
        takes,
    })
}

/// Small numbers, so that every limit is met; hours, so that nothing expires in Redis meanwhile.
fn rates() -> impl Strategy<Value = Rates> {
    (0..4_u32, 1..6_u32, 1..8_u32).prop_map(|(rooms, sessions, verifications)| Rates {
        rooms_per_hour: rooms,
        sessions_per_hour: sessions,
        verifications_per_hour: verifications,
        ..Rates::default()
    })
}

#[test]
fn redis_and_this_process_count_alike() {
    let runtime = Runtime::new().expect("runtime");
    let redis = Server::start(Engine::Redis);
    let (number, within, beyond) = (Cell::new(0_u64), Cell::new(0), Cell::new(0));
    let config = Config { cases: 60, failure_persistence: None, ..Config::default() };
    TestRunner::new(config)
        .run(&(rates(), vec(step(), 1..60)), |(rates, steps)| {
            number.set(number.get() + 1);
            let local = Local::new(&rates);
            let policy = Policy { rates, ..Policy::default() };
            let url = redis.url().parse().expect("a URL");
            let builder = RedisStore::builder(url).policy(policy).correct_instants(false);
            let answers: Vec<_> = runtime.block_on(async {
                let store = builder.connect().await.expect("Redis answers");
                let shared = store.rate_limits();
                let mut at = NOON;
                let mut answers = Vec::new();
                for Step { limit, key, wait, takes } in steps {
                    at = UnixMillis::new(at.get().saturating_add_signed(wait));
                    let mut bytes = [key; 16];
                    bytes[..8].copy_from_slice(&number.get().to_be_bytes());
                    let key = RateKey::from_bytes(bytes);
                    let told = match takes {
                        true => (local.take(at, limit, key), shared.take(at, limit, key).await),
                        false => (local.look(at, limit, key), shared.look(at, limit, key).await),
                    };
                    answers.push((told.0, told.1.expect("Redis answers")));
                }
                answers
            });
            for (here, there) in answers {
                prop_assert_eq!(here, there);
                match here {
                    Taken::Within => within.set(within.get() + 1),
                    Taken::Beyond { .. } => beyond.set(beyond.get() + 1),
                }
            }
            Ok(())
        })
        .unwrap_or_else(|error| panic!("{error}"));
    let (within, beyond) = (within.get(), beyond.get());
    assert!(within > 100 && beyond > 100, "{within} within, {beyond} beyond");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_servers_on_one_redis_share_the_count() {
    let redis = Server::start(Engine::Redis);
    let mut servers = Vec::new();
    for _ in 0..2 {
        let url = redis.url().parse().expect("a URL");
        let store = RedisStore::builder(url).connect().await.expect("Redis answers");
        let shared: Arc<dyn RateLimits> = Arc::new(store.rate_limits());
        servers.push((Limits::new(&Rates::default(), Some(shared)), store));
    }
    let key = RateKey::from_bytes([9; 16]);
    let now = crate::clock::now();
    let (one, other) = (&servers[0].0, &servers[1].0);
    for server in [one, other, one] {
        assert_eq!(server.take(now, Limit::Rooms, key).await, Ok(()));
    }
    for server in [one, other] {
        let refused = server.take(now, Limit::Rooms, key).await;
        assert!(matches!(refused, Err(Beyond { retry_after_s: 1_190..=1_210 })), "{refused:?}");
    }
    drop(redis);
    // Alone, each goes on with what it has counted itself.
    let began = tokio::time::Instant::now();
    assert_eq!(other.take(now, Limit::Rooms, key).await, Ok(()), "its second or third");
    while other.take(now, Limit::Rooms, key).await.is_ok() {}
    assert!(other.take(now, Limit::Rooms, key).await.is_err(), "it never fails open");
    assert!(began.elapsed().as_secs() < 20, "nobody waits for long");
}
