//! What client addresses do, counted for all servers.

use anonchat_core::{Limit, RateKey, RateLimits, StoreError, Taken, UnixMillis};
use redis::cmd;
use test_services::{Engine, Server, Setup};

use crate::people::{NOON, builder};

const ANN: RateKey = RateKey::from_bytes([0xab; 16]);

/// The name and the milliseconds to live of every count.
fn counts(redis: &Server) -> Vec<(String, i64)> {
    let mut admin = redis.admin();
    let names: Vec<String> = cmd("KEYS").arg("*:rate:*").query(&mut admin).expect("Redis answers");
    let lives = |name: String| {
        let lasts = cmd("PTTL").arg(&name).query(&mut admin).expect("Redis answers");
        (name, lasts)
    };
    names.into_iter().map(lives).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_count_is_shared_expires_and_names_nobody() {
    let redis = Server::start(Engine::Redis);
    let one = builder(&redis.url()).connect().await.expect("Redis answers");
    let other = builder(&redis.url()).connect().await.expect("Redis answers");
    let limits = [one.rate_limits(), other.rate_limits(), one.rate_limits()];
    for limits in &limits {
        let looked = limits.look(NOON, Limit::Rooms, ANN).await.expect("Redis answers");
        assert_eq!(looked, Taken::Within);
        let taken = limits.take(NOON, Limit::Rooms, ANN).await.expect("Redis answers");
        assert_eq!(taken, Taken::Within);
    }
    for limits in &limits {
        let refused = limits.take(NOON, Limit::Rooms, ANN).await.expect("Redis answers");
        assert_eq!(refused, Taken::Beyond { wait_ms: 1_200_000 });
    }
    let counts = counts(&redis);
    let [(name, lasts)] = counts.as_slice() else { panic!("{counts:?}") };
    assert_eq!(*name, format!("anonchat:{{main}}:rate:rooms:{}", "ab".repeat(16)));
    assert!((1..=3_600_000).contains(lasts), "{lasts}");
}

#[tokio::test(flavor = "multi_thread")]
async fn looking_and_limits_of_zero_leave_nothing_behind() {
    let redis = Server::start(Engine::Redis);
    let mut policy = anonchat_core::Policy::default();
    policy.rates.rooms_per_hour = 0;
    let store = builder(&redis.url()).policy(policy).connect().await.expect("Redis answers");
    let limits = store.rate_limits();
    for _ in 0..10 {
        let taken = limits.take(NOON, Limit::Rooms, ANN).await.expect("Redis answers");
        assert_eq!(taken, Taken::Within);
        let looked = limits.look(NOON, Limit::Sessions, ANN).await.expect("Redis answers");
        assert_eq!(looked, Taken::Within);
    }
    assert_eq!(counts(&redis), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_count_that_somebody_else_spoilt_is_no_more_than_an_empty_bucket() {
    let redis = Server::start(Engine::Redis);
    let store = builder(&redis.url()).connect().await.expect("Redis answers");
    let limits = store.rate_limits();
    limits.take(NOON, Limit::Rooms, ANN).await.expect("Redis answers");
    let name = counts(&redis).remove(0).0;
    for spoilt in ["9007199254740991", "nonsense", "-1", ""] {
        cmd("SET").arg(&name).arg(spoilt).exec(&mut redis.admin()).expect("it is set");
        let taken = limits.take(NOON, Limit::Rooms, ANN).await.expect("Redis answers");
        let waits = match taken {
            Taken::Within => 0,
            Taken::Beyond { wait_ms } => wait_ms,
        };
        assert!(waits <= 1_200_000, "{spoilt}: {waits}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_user_of_the_documentation_may_count() {
    let user = crate::connections::documented_user();
    let secret = user.split(' ').find_map(|word| word.strip_prefix('>')).expect("a password");
    let redis = Setup::new(Engine::Redis).tcp().user(&user).start();
    let url = redis.tcp_url().replace("//", &format!("//anonchat:{secret}@"));
    let store = builder(&url).connect().await.expect("Redis answers");
    let taken = store.rate_limits().take(NOON, Limit::Requests, ANN).await;
    assert!(matches!(taken, Ok(Taken::Within)), "{taken:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn while_redis_is_away_nobody_says_that_there_was_one() {
    let redis = Server::start(Engine::Redis);
    let deadline = std::time::Duration::from_millis(300);
    let store = builder(&redis.url()).deadline(deadline).connect().await.expect("Redis answers");
    let limits = store.rate_limits();
    drop(redis);
    let taken = limits.take(UnixMillis::new(NOON.get()), Limit::Requests, ANN).await;
    assert!(matches!(taken, Err(StoreError::Unavailable(_))), "{taken:?}");
}
