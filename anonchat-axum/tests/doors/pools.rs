//! Several pools: what is ordered in one holds in all.

use std::sync::Arc;

use anonchat_axum::core::{
    Classifier, ClassifyError, Command, DeviceId, Dice, Gender, PairId, Policy, PoolId, Query,
    Report, Selfie, Store, UnixMillis, Verdict, Verification, View,
};
use anonchat_axum::{AnonChat, Builder, Error, Secret};
use anonchat_store::{MemoryStore, RedisStore};
use async_trait::async_trait;
use serde_json::json;
use test_services::Engine;
use tokio::time::{Duration, sleep, timeout};

use crate::client::{Client, KEY, PATIENCE, Server, lenient};
use crate::double::{Double, Mood};

const BAD: DeviceId = DeviceId::from_bytes([1; 16]);
const WORSE: DeviceId = DeviceId::from_bytes([2; 16]);
const WORST: DeviceId = DeviceId::from_bytes([3; 16]);

fn pools<const N: usize>(names: [&str; N]) -> [PoolId; N] {
    names.map(|name| PoolId::new(name).expect("a name"))
}

fn memory(policy: Policy, pools: &[PoolId]) -> Double {
    let memory = MemoryStore::new(policy).expect("policy");
    Double::over(Arc::new(memory.with_pools(pools.to_vec())))
}

/// Waits until something is so.
async fn until(mut is_so: impl AsyncFnMut() -> bool) {
    let wait = async {
        while !is_so().await {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(PATIENCE, wait).await.expect("it comes to be so");
}

async fn order(store: &impl Store, pool: &PoolId, at: UnixMillis, command: Command) {
    let dice = Dice { pair: PairId::from_bytes([7; 16]) };
    let commit = store.apply(pool, at, dice, &command).await.expect("the pool answers");
    commit.outcome.expect("an order is never refused");
}

async fn ban(store: &impl Store, pool: &PoolId, device: DeviceId) {
    let ban = Command::Ban { device, until: UnixMillis::MAX };
    order(store, pool, UnixMillis::default(), ban).await;
}

async fn is_banned(store: &impl Store, pool: &PoolId, device: DeviceId) -> bool {
    let asked = Query::Standing { device };
    match store.read(pool, UnixMillis::default(), &asked).await {
        Ok(View::Standing { banned_until }) => banned_until.is_some(),
        other => panic!("{other:?}"),
    }
}

/// How many orders a pool keeps for the others.
async fn kept(store: &impl Store, pool: &PoolId) -> usize {
    let asked = Query::Outbox { after: 0, limit: 100 };
    match store.read(pool, UnixMillis::default(), &asked).await {
        Ok(View::Outbox(orders)) => orders.len(),
        other => panic!("{other:?}"),
    }
}

async fn last_report(store: &impl Store, pool: &PoolId, at: UnixMillis) -> Report {
    let query = Query::Reports { before: None, open: false, limit: 1 };
    match store.read(pool, at, &query).await {
        Ok(View::Reports(mut page)) => page.reports.pop().expect("a report"),
        other => panic!("{other:?}"),
    }
}

fn target(pool: &str, name: &str) -> String {
    format!("/ws?v=1&pool={pool}&device_id={name}-0123456789abcdef")
}

async fn native(server: &Server, pool: &str, name: &str) -> Client {
    let mut client = server.open(&target(pool, name)).await.expect("handshake");
    client.hello().await;
    client
}

/// Whether somebody may come in who is not banned there.
async fn lets_in(server: &Server, pool: &str, name: &str) -> bool {
    let mut client = server.open(&target(pool, name)).await.expect("handshake");
    match client.hear().await["type"].as_str() {
        Some("banned") => false,
        Some("daily_limits") => true,
        other => panic!("{other:?}"),
    }
}

/// Lets two people meet. Gives back what the second calls the first.
async fn pair(first: &mut Client, second: &mut Client) -> serde_json::Value {
    first.join("any").await;
    first.expect("queued").await;
    second.join("any").await;
    first.expect("matched").await;
    second.expect("matched").await["peer"].clone()
}

/// Sees a woman in every picture.
struct Woman;

#[async_trait]
impl Classifier for Woman {
    async fn classify(&self, _selfie: Selfie) -> Result<Verdict, ClassifyError> {
        Ok(Verdict::Verified(Gender::Female))
    }
}

fn two_pools(builder: Builder) -> Builder {
    builder.pools(pools(["eu", "us"])).classifier(Woman)
}

/// Two servers over two ways to one store.
async fn serve(ways: [impl Store; 2]) -> Vec<Server> {
    let mut servers = Vec::new();
    for way in ways {
        servers.push(Server::over(way, two_pools).await);
    }
    servers
}

fn strict() -> Policy {
    let mut policy = lenient();
    policy.safety.reports_to_ban = 2;
    policy.verification = Verification::Required;
    policy
}

async fn verify(server: &Server, name: &str) {
    let head = format!(
        "POST /verify?consent=1&device_id={name}-0123456789abcdef HTTP/1.1\r\n\
         Content-Type: multipart/form-data; boundary=BOUND"
    );
    let file = "Content-Disposition: form-data; name=\"file\"; filename=\"selfie.jpg\"\r\n\
                Content-Type: image/jpeg";
    let body = format!("--BOUND\r\n{file}\r\n\r\n{}\r\n--BOUND--\r\n", "p".repeat(2_000));
    assert_eq!(server.http(&head, body.as_bytes()).await.json()["verified"], true);
}

async fn a_ban_holds_in_all(servers: &[Server], store: &impl Store, now: UnixMillis) {
    for name in ["bad", "ann", "bob", "cat"] {
        verify(&servers[0], name).await;
    }
    let mut elsewhere = native(&servers[1], "us", "bad").await;
    let mut cat = native(&servers[0], "us", "cat").await;
    pair(&mut elsewhere, &mut cat).await;
    let mut bad = native(&servers[0], "eu", "bad").await;
    for (server, name) in [(0, "ann"), (1, "bob")] {
        let mut good = native(&servers[server], "eu", name).await;
        let peer = pair(&mut bad, &mut good).await;
        good.say(json!({ "action": "report", "reported": peer, "reason": "spam" })).await;
        if name == "ann" {
            good.expect("reported").await;
            good.say(json!({ "action": "leave" })).await;
            good.expect("left").await;
            bad.expect("peer_left").await;
        }
    }
    for one in [&mut bad, &mut elsewhere] {
        one.expect("banned").await;
        assert_eq!(one.expect_close().await, 4003);
    }
    assert_eq!(cat.expect("peer_left").await["reason"], "banned");
    for server in servers {
        for pool in ["eu", "us"] {
            assert!(!lets_in(server, pool, "bad").await, "{pool}");
        }
    }

    let [eu, us] = pools(["eu", "us"]);
    let report = last_report(store, &eu, now).await;
    order(store, &us, report.at, Command::Lift { device: report.target }).await;
    for server in servers {
        for pool in ["eu", "us"] {
            until(async || lets_in(server, pool, "bad").await).await;
        }
    }
}

async fn a_verified_gender_counts_in_all(servers: &[Server]) {
    let mut dan = native(&servers[1], "us", "dan").await;
    dan.join("any").await;
    assert_eq!(dan.expect("error").await["code"], "verification_required");
    verify(&servers[0], "dan").await;
    dan.join("any").await;
    dan.expect("queued").await;
    for pool in ["eu", "us"] {
        let mut client = servers[1].open(&target(pool, "dan")).await.expect("handshake");
        assert_eq!(client.hello().await["gender"], "female", "{pool}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ban_that_was_earned_in_one_pool_holds_in_all_until_it_is_lifted_in_one() {
    let store = memory(strict(), &pools(["eu", "us"]));
    let servers = serve([store.clone(), store.another()]).await;
    a_ban_holds_in_all(&servers, &store, UnixMillis::default()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gender_that_was_verified_for_one_pool_counts_at_the_next_join_in_any() {
    let store = memory(strict(), &pools(["eu", "us"]));
    a_verified_gender_counts_in_all(&serve([store.clone(), store.another()]).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bans_lifts_and_genders_hold_in_all_pools_in_redis() {
    let redis = test_services::Server::start(Engine::Redis);
    let connect = async |corrects| {
        let builder = RedisStore::builder(redis.url().parse().expect("a URL"));
        let builder = builder.policy(strict()).pools(pools(["eu", "us"]));
        builder.correct_instants(corrects).connect().await.expect("connects")
    };
    let servers = serve([connect(true).await, connect(true).await]).await;
    a_verified_gender_counts_in_all(&servers).await;
    // No server has this way, so that it may ask at any instant.
    let store = connect(false).await;
    a_ban_holds_in_all(&servers, &store, UnixMillis::default()).await;
    for pool in pools(["eu", "us"]) {
        until(async || kept(&store, &pool).await == 0).await;
    }
}

#[tokio::test]
async fn a_server_that_fails_half_way_loses_no_order() {
    let [eu, us] = pools(["eu", "us"]);
    let store = memory(lenient(), &[eu.clone(), us.clone()]);
    let (first, second) = (store.another(), store.another());
    first.refuses(|command| matches!(command, Command::Adopt { .. }));
    let server = Server::over(first.clone(), two_pools).await;
    ban(&store, &eu, BAD).await;
    until(async || first.refused() > 1).await;
    assert!(!is_banned(&store, &us, BAD).await);
    assert_eq!(kept(&store, &eu).await, 1);

    first.refuses(|command| matches!(command, Command::Settle { .. }));
    until(async || is_banned(&store, &us, BAD).await).await;
    let refused = first.refused();
    until(async || first.refused() > refused).await;
    server.stop().await;
    assert_eq!(kept(&store, &eu).await, 1);

    let _other = Server::over(second, two_pools).await;
    until(async || kept(&store, &eu).await == 0).await;
    assert!(is_banned(&store, &us, BAD).await);
}

#[tokio::test]
async fn a_pool_that_is_away_keeps_only_its_own_orders_waiting() {
    let all = pools(["asia", "eu", "us"]);
    let [asia, eu, us] = &all;
    let store = memory(lenient(), &all);
    for mood in [Mood::Broken, Mood::Silent] {
        let way = store.another();
        let _server = Server::over(way.clone(), |builder| builder.pools(all.clone())).await;
        way.is(asia, mood);
        ban(&store, eu, BAD).await;
        ban(&store, us, WORSE).await;
        ban(&store, asia, WORST).await;
        until(async || is_banned(&store, us, BAD).await).await;
        until(async || is_banned(&store, eu, WORSE).await).await;
        assert_eq!([kept(&store, eu).await, kept(&store, us).await], [1, 1], "for the one away");
        assert!(!is_banned(&store, asia, BAD).await && !is_banned(&store, eu, WORST).await);

        way.is(asia, Mood::Well);
        for pool in &all {
            until(async || kept(&store, pool).await == 0).await;
        }
        for pool in &all {
            for device in [BAD, WORSE, WORST] {
                assert!(is_banned(&store, pool, device).await);
            }
        }
        for device in [BAD, WORSE, WORST] {
            order(&store, eu, UnixMillis::default(), Command::Lift { device }).await;
            until(async || !is_banned(&store, us, device).await).await;
            until(async || !is_banned(&store, asia, device).await).await;
        }
        until(async || kept(&store, eu).await == 0).await;
    }
}

#[tokio::test]
async fn more_orders_than_go_on_one_trip_are_all_carried() {
    let [eu, us] = pools(["eu", "us"]);
    let store = memory(lenient(), &[eu.clone(), us.clone()]);
    let devices = (0..1_000_u128).map(|number| DeviceId::from_bytes(number.to_be_bytes()));
    for device in devices.clone() {
        ban(&store, &eu, device).await;
    }
    let _server = Server::over(store.another(), two_pools).await;
    until(async || kept(&store, &eu).await == 0).await;
    for device in devices {
        assert!(is_banned(&store, &us, device).await);
    }
}

#[tokio::test]
async fn orders_of_a_pool_that_begins_anew_are_carried_like_any() {
    let [eu, us] = pools(["eu", "us"]);
    let store = memory(lenient(), &[eu.clone(), us.clone()]);
    let _server = Server::over(store.clone(), two_pools).await;
    for _ in 0..100 {
        order(&store, &eu, UnixMillis::default(), Command::Sweep).await;
    }
    ban(&store, &eu, BAD).await;
    until(async || kept(&store, &eu).await == 0).await;

    store.forgets_everything(&[eu.clone(), us.clone()]);
    ban(&store, &eu, WORSE).await;
    until(async || is_banned(&store, &us, WORSE).await).await;
    until(async || kept(&store, &eu).await == 0).await;
}

#[tokio::test(start_paused = true)]
async fn nobody_looks_for_orders_where_there_is_one_pool() {
    for (all, looks) in [(&["main"][..], false), (&["main", "us"][..], true)] {
        let all: Vec<_> = all.iter().map(|name| PoolId::new(name).expect("a name")).collect();
        let store = memory(lenient(), &all);
        let builder = AnonChat::builder().store(store.clone()).development(true);
        let _chat = builder.pools(all).start().await.expect("start");
        sleep(Duration::from_secs(10)).await;
        assert!(store.swept() > 5);
        assert_eq!(store.outboxes_read() > 5, looks);
    }
}

#[tokio::test]
async fn a_store_that_would_keep_bans_to_one_pool_is_refused() {
    let store = MemoryStore::new(lenient()).expect("policy");
    let builder = AnonChat::builder().store(store).key(Secret::new(KEY)).development(true);
    let [us] = pools(["us"]);
    let refused = builder.pools([PoolId::main(), us]).start().await;
    assert!(matches!(refused.err(), Some(Error::PoolsApart)));
}
