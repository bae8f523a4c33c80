//! The admin API and the health of the server.

mod client;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anonchat_axum::core::{
    Command, Commit, Dice, Inbox, NodeId, Policy, PoolId, Query, Store, StoreError, UnixMillis,
    View, Whisper,
};
use anonchat_axum::{AnonChat, Secret};
use anonchat_store::MemoryStore;
use async_trait::async_trait;
use client::{ADMIN_KEY, Answer, KEY, Server, lenient, plain_pair};
use serde_json::json;

async fn reports(server: &Server, query: &str, key: Option<&str>) -> Answer {
    let key = key.map(|key| format!("\r\nAuthorization: {key}")).unwrap_or_default();
    server.http(&format!("GET /admin/reports{query} HTTP/1.1{key}"), b"").await
}

#[tokio::test]
async fn reports_are_listed_for_who_has_the_key() {
    let server = Server::start(lenient()).await;
    let key = format!("Bearer {ADMIN_KEY}");
    assert_eq!(reports(&server, "", Some(&key)).await.json(), json!([]));
    for number in 1..=3 {
        let [(mut ann, bob), _other] = plain_pair(&server, "ann", &format!("bob-{number}")).await;
        ann.say(json!({ "action": "report", "reported": bob, "reason": "spam" })).await;
        ann.expect("reported").await;
        ann.close().await;
    }
    let answer = reports(&server, "", Some(&key)).await;
    assert_eq!(answer.status, 200);
    let listed = answer.json();
    let ids: Vec<_> = listed.as_array().expect("list").iter().map(|one| &one["id"]).collect();
    assert_eq!(ids, [3, 2, 1], "newest first");
    let first = &listed[0];
    assert_eq!(first["reason"], "spam");
    for name in ["reporter", "reported"] {
        let hash = first[name].as_str().expect("hash");
        assert!(hash.len() == 32 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()), "{hash}");
    }
    assert_ne!(first["reporter"], first["reported"]);
    let at = first["created_at"].as_str().expect("instant");
    assert!(at.len() == 26 && at.as_bytes()[10] == b'T', "{at}");
    assert!(!answer.body.contains("ann") && !answer.body.contains("bob"));

    let two = reports(&server, "?limit=2", Some(&key)).await.json();
    assert_eq!(two.as_array().map(Vec::len), Some(2));
    for limit in ["ten", "1.5", "", "99999999999999999999"] {
        let answer = reports(&server, &format!("?limit={limit}"), Some(&key)).await;
        assert_eq!(answer.status, 422, "{limit}");
        assert_eq!(answer.json()["detail"][0]["loc"], json!(["query", "limit"]));
    }
    assert_eq!(reports(&server, "?pool=mars", Some(&key)).await.status, 404);
}

#[tokio::test]
async fn nobody_gets_in_without_the_key() {
    let server = Server::start(lenient()).await;
    let (lower, longer) = (format!("bearer {ADMIN_KEY}"), format!("Bearer {ADMIN_KEY}x"));
    assert_eq!(reports(&server, "", Some(&lower)).await.status, 200, "the scheme has no case");
    let basic = format!("Basic {ADMIN_KEY}");
    for key in [None, Some("Bearer"), Some("Bearer "), Some(ADMIN_KEY), Some(&basic), Some(&longer)]
    {
        let answer = reports(&server, "?limit=ten", key).await;
        assert_eq!(answer.status, 401, "{key:?}");
        assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
    }
    let store = MemoryStore::new(lenient()).expect("policy");
    let builder = AnonChat::builder().store(store).key(Secret::new(KEY));
    let chat = builder.start().await.expect("start");
    let app = chat.router();
    let server = Server::serve(chat, app).await;
    for key in [None, Some("Bearer "), Some(&*lower)] {
        assert_eq!(reports(&server, "", key).await.status, 401, "no key, nobody");
    }
}

/// A store that can be away.
struct Moody {
    inner: MemoryStore,
    is_away: Arc<AtomicBool>,
}

impl Moody {
    fn check(&self) -> Result<(), StoreError> {
        let is_away = self.is_away.load(Ordering::SeqCst);
        if is_away { Err(StoreError::Unavailable(None)) } else { Ok(()) }
    }
}

#[async_trait]
impl Store for Moody {
    fn policy(&self) -> &Arc<Policy> {
        self.inner.policy()
    }

    async fn apply(
        &self,
        pool: &PoolId,
        at: UnixMillis,
        dice: Dice,
        command: &Command,
    ) -> Result<Commit, StoreError> {
        self.check()?;
        self.inner.apply(pool, at, dice, command).await
    }

    async fn read(&self, pool: &PoolId, at: UnixMillis, query: &Query) -> Result<View, StoreError> {
        self.check()?;
        self.inner.read(pool, at, query).await
    }

    async fn open(&self, node: NodeId, inbox: Arc<dyn Inbox>) -> Result<(), StoreError> {
        self.inner.open(node, inbox).await
    }

    async fn whisper(&self, pool: &PoolId, whisper: Whisper) -> Result<(), StoreError> {
        self.inner.whisper(pool, whisper).await
    }
}

#[tokio::test]
async fn a_server_whose_store_is_away_lives_but_is_not_ready() {
    let is_away = Arc::new(AtomicBool::new(false));
    let store =
        Moody { inner: MemoryStore::new(lenient()).expect("policy"), is_away: is_away.clone() };
    let server = Server::over(store, |builder| builder).await;
    let key = format!("Bearer {ADMIN_KEY}");
    for (away, ready, listed) in [(false, 200, 200), (true, 503, 500), (false, 200, 200)] {
        is_away.store(away, Ordering::SeqCst);
        assert_eq!(server.get("/healthz").await.status, 200);
        assert_eq!(server.get("/readyz").await.status, ready);
        assert_eq!(reports(&server, "", Some(&key)).await.status, listed);
    }
    is_away.store(true, Ordering::SeqCst);
    let failed = reports(&server, "", Some(&key)).await.json();
    assert_eq!(failed, json!({ "detail": "Failed to read reports" }));
}

#[tokio::test]
async fn while_the_store_is_away_frames_say_so_and_pairs_talk_on() {
    let is_away = Arc::new(AtomicBool::new(false));
    let store =
        Moody { inner: MemoryStore::new(lenient()).expect("policy"), is_away: is_away.clone() };
    let server = Server::over(store, |builder| builder).await;
    let [(mut ann, _), (mut bob, _)] = plain_pair(&server, "ann", "bob").await;
    is_away.store(true, Ordering::SeqCst);
    let mut cat = server.native("cat-0123456789abcdef").await;
    let away = "Matchmaking is temporarily unavailable. Please try again shortly.";
    let told = cat.expect("error").await;
    assert_eq!((&told["code"], &told["message"]), (&json!("unavailable"), &json!(away)));
    ann.say(json!({ "action": "msg", "text": "still here" })).await;
    assert_eq!(bob.expect("msg").await["text"], "still here");
    ann.say(json!({ "action": "next" })).await;
    assert_eq!(ann.expect("error").await["message"], away);

    is_away.store(false, Ordering::SeqCst);
    cat.hello().await;
    ann.say(json!({ "action": "next" })).await;
    ann.expect("left").await;
    bob.expect("peer_left").await;
}
