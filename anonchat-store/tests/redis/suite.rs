//! `RedisStore` passes the suite, over Redis and Valkey, alone and beside others, with its
//! connections cut at random bytes.

mod long;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use anonchat_core::{
    AdminAction, AdminStore, AuditEntry, AuditPage, AuditRecord, Command, Commit, Dice, Inbox,
    NodeId, Policy, PoolId, Query, Store, StoreError, UnixMillis, View, Whisper,
};
use anonchat_store::RedisStore;
use anonchat_store::conformance::{self, Faults, Suite};
use async_trait::async_trait;
use test_services::{Cluster, Engine, Relay, Server, Setup};

async fn store(url: &str, policy: Policy) -> RedisStore {
    let builder = RedisStore::builder(url.parse().expect("a URL"));
    // Where mail is cut off, the store waits for it as long as this.
    let deadline = Duration::from_secs(1);
    let builder = builder.policy(policy).correct_instants(false).deadline(deadline);
    builder.connect().await.unwrap_or_else(|error| panic!("{error}"))
}

/// What stands between a store and its Redis.
struct Line {
    relay: Relay,
    store: Arc<RedisStore>,
}

#[async_trait]
impl Faults for Line {
    async fn cut_after(&self, bytes: u64) {
        self.relay.cut_after(bytes);
    }

    async fn heal(&self) {
        self.relay.open();
        let at = UnixMillis::default();
        while self.store.read(&PoolId::main(), at, &Query::Census).await.is_err() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

/// So many servers on an empty Redis, each behind a relay of its own.
async fn servers(redis: &Server, count: usize, policy: Policy) -> Vec<conformance::Server> {
    redis.clear();
    let mut servers = Vec::new();
    for _ in 0..count {
        let relay = Relay::start(redis.address());
        let store = Arc::new(store(&relay.url(), policy.clone()).await);
        let line = Line { relay, store: Arc::clone(&store) };
        let server = conformance::Server::shared(Arc::clone(&store) as _);
        servers.push(server.with_snapshots(store).with_faults(Arc::new(line)));
    }
    servers
}

async fn conforms(engine: Engine, count: usize) {
    let redis = Server::start(engine);
    conformance::run_servers(|policy| async { ((), servers(&redis, count, policy).await) }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_server_on_redis_conforms() {
    conforms(Engine::Redis, 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_server_on_valkey_conforms() {
    conforms(Engine::Valkey, 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn three_servers_on_one_redis_conform() {
    conforms(Engine::Redis, 3).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn three_servers_on_one_valkey_conform() {
    conforms(Engine::Valkey, 3).await;
}

async fn keeps_what_those_in_charge_rely_on(engine: Engine, count: usize) {
    let redis = Server::start(engine);
    conformance::run_admin(|| async {
        redis.clear();
        let mut stores = Vec::new();
        for _ in 0..count {
            stores.push(Arc::new(store(&redis.url(), Policy::default()).await));
        }
        ((), stores)
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn redis_keeps_what_those_in_charge_rely_on() {
    keeps_what_those_in_charge_rely_on(Engine::Redis, 1).await;
    keeps_what_those_in_charge_rely_on(Engine::Redis, 3).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn valkey_keeps_what_those_in_charge_rely_on() {
    keeps_what_those_in_charge_rely_on(Engine::Valkey, 2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cluster_keeps_what_those_in_charge_rely_on() {
    conformance::run_admin(|| async {
        let cluster = Cluster::start(Engine::Redis);
        let store = store(&cluster.url(), Policy::default()).await;
        (cluster, vec![Arc::new(store)])
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_record_and_the_switch_come_back_with_the_file_of_redis() {
    let redis = Setup::new(Engine::Redis).append_only().start();
    let store = store(&redis.url(), Policy::default()).await;
    let (at, since) = (UnixMillis::new(5), Some(UnixMillis::new(6)));
    let note = Some("because".into());
    let entry = AuditEntry { at, session: Some(7), action: AdminAction::Reset, note };
    assert_eq!(store.record(&entry).await.expect("it is added"), 1);
    store.set_maintenance(since).await.expect("it is turned");

    redis.kill();
    store.maintenance().await.expect_err("nobody is there");
    redis.restart();
    let back = async {
        loop {
            match store.maintenance().await {
                Ok(since) => return since,
                Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
            }
        }
    };
    let back = tokio::time::timeout(Duration::from_secs(60), back).await;
    assert_eq!(back.expect("Redis is back"), since);
    let page = AuditPage { before: None, about: None, limit: 9 };
    let kept = store.audit(&page).await.expect("it is read");
    assert_eq!(kept, [AuditRecord { id: 1, entry }]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_record_is_an_error_and_no_panic() {
    let redis = Server::start(Engine::Redis);
    let store = store(&redis.url(), Policy::default()).await;
    let mut admin = redis.admin();
    let set = |field: &[u8], value: &[u8]| {
        let mut set = redis::cmd("HSET");
        set.arg("anonchat:{+admin}:record").arg(field).arg(value).to_owned()
    };
    set(&1_u64.to_be_bytes(), b"\x09nothing").exec(&mut admin).expect("it is set");
    redis::cmd("SET").arg("anonchat:{+admin}:maintenance").arg("?").exec(&mut admin).expect("set");
    let page = AuditPage { before: None, about: None, limit: 9 };
    let audit = store.audit(&page).await.expect_err("another version");
    assert!(matches!(audit, StoreError::Unavailable(Some(_))), "{audit:?}");
    assert!(!format!("{audit:?}").contains("nothing"), "{audit:?}");
    let switch = store.maintenance().await.expect_err("another version");
    assert!(matches!(switch, StoreError::Unavailable(Some(_))), "{switch:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_thousand_concurrent_commands_are_one_history() {
    let redis = Server::start(Engine::Redis);
    let suite = Suite { first_seed: 10_000, runs: 600, steps: 512, ..Suite::default() };
    let replayed = suite
        .check_history(|policy| {
            let redis = &redis;
            async move {
                redis.clear();
                let mut servers = Vec::new();
                for _ in 0..3 {
                    let store = Arc::new(store(&redis.url(), policy.clone()).await);
                    let server = conformance::Server::shared(Arc::clone(&store) as _);
                    servers.push(server.with_snapshots(store));
                }
                ((), servers)
            }
        })
        .await;
    let covered = replayed.unwrap_or_else(|failure| panic!("{failure}"));
    let asked = |name: &str| name.starts_with("command") || name.starts_with("rejection");
    let commands: u64 =
        covered.counts().filter(|(name, _)| asked(name)).map(|(_, count)| count).sum();
    assert!(commands >= 100_000, "{commands} commands\n{covered}");
}

/// A store whose Redis forgets its scripts before each call, as after a failover.
struct Forgetful {
    store: Arc<RedisStore>,
    admin: Mutex<redis::Connection>,
}

impl Forgetful {
    fn forget(&self) {
        let mut admin = self.admin.lock().expect("the admin's connection");
        redis::cmd("SCRIPT").arg("FLUSH").exec(&mut *admin).expect("Redis forgets");
    }
}

#[async_trait]
impl Store for Forgetful {
    fn policy(&self) -> &Arc<Policy> {
        self.store.policy()
    }

    async fn apply(
        &self,
        pool: &PoolId,
        at: UnixMillis,
        dice: Dice,
        command: &Command,
    ) -> Result<Commit, StoreError> {
        self.forget();
        self.store.apply(pool, at, dice, command).await
    }

    async fn read(&self, pool: &PoolId, at: UnixMillis, query: &Query) -> Result<View, StoreError> {
        self.forget();
        self.store.read(pool, at, query).await
    }

    async fn open(&self, node: NodeId, inbox: Arc<dyn Inbox>) -> Result<(), StoreError> {
        self.forget();
        self.store.open(node, inbox).await
    }

    async fn whisper(&self, pool: &PoolId, whisper: Whisper) -> Result<(), StoreError> {
        self.store.whisper(pool, whisper).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_forgets_its_scripts_is_told_them_again() {
    let redis = Server::start(Engine::Redis);
    let suite = Suite { runs: 9, floor: 0, ..Suite::default() };
    let passed = suite
        .check_servers(|policy| {
            let redis = &redis;
            async move {
                redis.clear();
                let store = Arc::new(store(&redis.url(), policy).await);
                let admin = Mutex::new(redis.admin());
                let forgetful = Forgetful { store: Arc::clone(&store), admin };
                ((), vec![conformance::Server::new(forgetful).with_snapshots(store)])
            }
        })
        .await;
    passed.unwrap_or_else(|failure| panic!("{failure}"));
}

#[tokio::test(flavor = "multi_thread")]
async fn histories_that_no_generator_comes_to_are_as_in_the_core() {
    let redis = Server::start(Engine::Redis);
    for history in long::histories() {
        redis.clear();
        let store = store(&redis.url(), history.policy.clone()).await;
        let played = long::play(&store, &history).await;
        played.unwrap_or_else(|difference| panic!("{difference}"));
    }
}
