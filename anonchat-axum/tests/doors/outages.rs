//! A store that fails, or never answers: what people notice, and what they do not.

use anonchat_axum::core::PoolId;
use serde_json::json;
use tokio::time::{Duration, timeout};
use tokio_tungstenite::tungstenite::Message;

use crate::client::{ADMIN_KEY, Client, PATIENCE, Server, lenient, native_pair, plain_pair};
use crate::double::{Double, Mood};

const ANN: &str = "ann-0123456789abcdef";
const BOB: &str = "bob-0123456789abcdef";
const CAT: &str = "cat-0123456789abcdef";

const AWAY: &str = "Matchmaking is temporarily unavailable. Please try again shortly.";

async fn server() -> (Server, Double) {
    let store = Double::new(lenient());
    (Server::over(store.clone(), |builder| builder).await, store)
}

async fn expect_unavailable(client: &mut Client) {
    let told = client.expect("error").await;
    assert_eq!((&told["code"], &told["message"]), (&json!("unavailable"), &json!(AWAY)));
}

#[tokio::test]
async fn a_server_whose_store_is_away_lives_but_is_not_ready() {
    let (server, store) = server().await;
    let reports = format!("GET /admin/reports HTTP/1.1\r\nAuthorization: Bearer {ADMIN_KEY}");
    for (mood, ready, listed) in [
        (Mood::Well, 200, 200),
        (Mood::Broken, 503, 500),
        (Mood::Silent, 503, 500),
        (Mood::Well, 200, 200),
    ] {
        store.main_is(mood);
        assert_eq!(server.get("/healthz").await.status, 200);
        assert_eq!(server.get("/readyz").await.status, ready, "{mood:?}");
        let answer = server.http(&reports, b"").await;
        assert_eq!(answer.status, listed, "{mood:?}");
        if listed == 500 {
            assert_eq!(answer.json(), json!({ "detail": "Failed to read reports" }));
        }
    }
}

#[tokio::test]
async fn the_pulse_says_in_the_words_of_001_whether_the_store_answers() {
    let (server, store) = server().await;
    for (mood, answers) in [(Mood::Broken, false), (Mood::Well, true)] {
        store.main_is(mood);
        let expected =
            json!({ "status": "ok", "redis": { "pubReady": answers, "subReady": answers } });
        let says_so = async {
            while server.get("/healthz").await.json() != expected {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        timeout(PATIENCE, says_so).await.expect("within some seconds");
    }
}

#[tokio::test]
async fn while_the_store_is_away_frames_say_so_and_nobody_has_to_connect_again() {
    let (server, store) = server().await;
    for mood in [Mood::Broken, Mood::Silent] {
        let mut ann = server.native(ANN).await;
        ann.hello().await;
        let mut dan = server.plain("dan").await.greeted().await;
        store.main_is(mood);
        let mut cat = server.native(CAT).await;
        expect_unavailable(&mut cat).await;
        for (action, frame) in [
            ("join", json!({ "action": "join" })),
            ("leave", json!({ "action": "leave" })),
            ("why", json!({ "action": "why" })),
        ] {
            ann.say(frame).await;
            let told = ann.expect("error").await;
            assert_eq!((&told["code"], &told["action"]), (&json!("unavailable"), &json!(action)));
        }
        dan.join("any").await;
        assert_eq!(dan.expect("error").await["message"], AWAY);

        store.main_is(Mood::Well);
        cat.hello().await;
        for one in [&mut ann, &mut cat] {
            one.join("any").await;
        }
        cat.expect("matched").await;
        for one in [cat, ann, dan] {
            one.close().await;
        }
    }
}

#[tokio::test]
async fn two_people_of_one_server_talk_on_while_the_store_is_silent() {
    let (server, store) = server().await;
    let [(mut ann, _), (mut bob, _)] = native_pair(&server, ANN, BOB).await;
    let [(mut cat, _), (mut dan, _)] = plain_pair(&server, "cat", "dan").await;
    store.main_is(Mood::Silent);
    // Everybody asks the pool what they are doing, and gets no answer.
    store.gap();
    for count in 1..=3 {
        let id = format!("m{count}");
        ann.say(json!({ "action": "msg", "id": id, "text": "still here" })).await;
        assert_eq!(bob.expect("msg").await["id"], id);
        bob.say(json!({ "action": "ack", "id": id })).await;
        assert_eq!(ann.expect("ack").await["id"], id);
        cat.say(json!({ "action": "msg", "text": "we too" })).await;
        assert_eq!(dan.expect("msg").await["text"], "we too");
    }
    // What needs the pool is refused, and talk that comes after it is not lost.
    ann.say(json!({ "action": "next", "filter": "any" })).await;
    ann.say(json!({ "action": "msg", "id": "m4", "text": "never mind" })).await;
    let mut told = ann.expect("error").await;
    while told.get("action").is_none() {
        told = ann.expect("error").await; // that the pool does not answer at all
    }
    assert_eq!((&told["code"], &told["action"]), (&json!("unavailable"), &json!("next")));
    let mut told: Vec<_> = [bob.hear().await, bob.hear().await].into();
    told.sort_by_key(|frame| frame["type"].to_string());
    assert_eq!((&told[0]["code"], &told[1]["id"]), (&json!("unavailable"), &json!("m4")));

    store.main_is(Mood::Well);
    for one in [&mut ann, &mut bob] {
        assert_eq!(one.expect("hello").await["phase"], "paired");
    }
    cat.expect("error").await;
    dan.expect("error").await;
    dan.say(json!({ "action": "next" })).await;
    dan.expect("left").await;
    cat.expect("peer_left").await;
}

#[tokio::test]
async fn a_server_stops_in_order_although_its_store_is_silent() {
    let (mut server, store) = server().await;
    let [(mut ann, _), (mut bob, _)] = native_pair(&server, ANN, BOB).await;
    store.main_is(Mood::Silent);
    server.signal_stop();
    for one in [&mut ann, &mut bob] {
        one.expect("server_restarting").await;
        assert_eq!(one.expect_close().await, 1012);
    }
    server.stopped().await;
}

#[tokio::test]
async fn a_pool_that_was_silent_learns_who_is_banned() {
    let mut policy = lenient();
    policy.safety.reports_to_ban = 1;
    let pools = ["eu", "us", "asia"].map(|name| PoolId::new(name).expect("a name"));
    let memory = anonchat_store::MemoryStore::new(policy).expect("policy");
    let store = Double::over(std::sync::Arc::new(memory.with_pools(pools.clone())));
    let server = Server::over(store.clone(), |builder| builder.pools(pools.clone())).await;
    let enter = |pool: &'static str| {
        let server = &server;
        async move { server.open(&format!("/ws?v=1&pool={pool}&device_id={ANN}")).await }
    };
    let mut there = enter("us").await.expect("open");
    there.hello().await;
    let mut elsewhere = enter("asia").await.expect("open");
    elsewhere.hello().await;
    store.is(&pools[1], Mood::Silent);
    let [(ann, _), (mut bob, to_ann)] = native_pair(&server, ANN, BOB).await;
    bob.say(json!({ "action": "report", "reported": to_ann })).await;
    elsewhere.expect("banned").await;
    store.is(&pools[1], Mood::Well);
    there.expect("banned").await;
    drop(ann);
}

#[tokio::test]
async fn a_pool_that_is_silent_costs_the_others_nothing() {
    let mut policy = lenient();
    (policy.connection.lease_s, policy.connection.grace_s) = (2, 1);
    let pools = ["lost", "well"].map(|name| PoolId::new(name).expect("a name"));
    let memory = anonchat_store::MemoryStore::new(policy).expect("policy");
    let store = Double::over(std::sync::Arc::new(memory.with_pools(pools.clone())));
    let other = store.another();
    let server = Server::over(store.clone(), |builder| builder.pools(pools.clone())).await;
    // It would sweep the first one away if that let its lease lapse.
    let _sweeper = Server::over(other.clone(), |builder| builder.pools(pools.clone())).await;
    store.is(&pools[0], Mood::Silent);

    let mut ann = server.open(&format!("/ws?v=1&pool=well&device_id={ANN}")).await.expect("open");
    ann.hello().await;
    let mut bob = server.open(&format!("/ws?v=1&pool=well&device_id={BOB}")).await.expect("open");
    bob.hello().await;
    for one in [&mut ann, &mut bob] {
        one.join("any").await;
    }
    ann.expect("queued").await;
    ann.expect("matched").await;
    bob.expect("matched").await;
    let (before, others) = (store.renewed(&pools[1]), other.renewed(&pools[1]));
    while store.renewed(&pools[1]) < before + 6 || other.renewed(&pools[1]) < others + 6 {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    for one in [&mut ann, &mut bob] {
        one.send(Message::Ping(Vec::new().into())).await;
        one.expect_silence().await;
    }
}
