//! The suite for rooms, over Redis and Valkey, alone and beside others.

use std::sync::Arc;

use anonchat_core::{Policy, RoomStore};
use anonchat_store::conformance::{self, RoomSuite};
use test_services::{Cluster, Engine, Server, Setup};

use crate::people::rooms_with;

/// So many servers on an empty Redis.
async fn servers(redis: &Server, count: usize, policy: Arc<Policy>) -> Vec<Arc<dyn RoomStore>> {
    redis.clear();
    let mut stores = Vec::new();
    for _ in 0..count {
        let rooms = rooms_with(&redis.url(), (*policy).clone()).await;
        stores.push(Arc::new(rooms) as Arc<dyn RoomStore>);
    }
    stores
}

async fn conforms(engine: Engine, count: usize) {
    let redis = Server::start(engine);
    conformance::run_rooms(|policy| async { ((), servers(&redis, count, policy).await) }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_server_on_redis_conforms() {
    conforms(Engine::Redis, 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_servers_on_one_redis_conform() {
    conforms(Engine::Redis, 2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn three_servers_on_one_valkey_conform() {
    conforms(Engine::Valkey, 3).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_cluster_a_history_is_as_in_memory() {
    let cluster = Cluster::start(Engine::Redis);
    let suite = RoomSuite { runs: 1, floor: 0, ..RoomSuite::default() };
    let build = |policy: Arc<Policy>| {
        let url = cluster.url();
        async move {
            let rooms = rooms_with(&url, (*policy).clone()).await;
            ((), vec![Arc::new(rooms) as Arc<dyn RoomStore>])
        }
    };
    suite.check(build).await.unwrap_or_else(|failure| panic!("{failure}"));
}

/// The line of the documentation, which names the user `anonchat`.
fn documented_user() -> String {
    let lines = include_str!("../../../src/redis/store.rs").lines();
    let lines = lines.map(|line| line.trim_start_matches(['/', '!', ' ']));
    let lines = lines.skip_while(|line| !line.starts_with("user anonchat "));
    let lines: Vec<_> = lines.take_while(|line| !line.starts_with("```")).collect();
    lines.join(" ")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_user_that_the_documentation_describes_may_do_all_that_rooms_need() {
    let user = documented_user();
    let secret = user.split(' ').find_map(|word| word.strip_prefix('>')).expect("a password");
    let redis = Setup::new(Engine::Redis).tcp().user(&user).start();
    let url = redis.tcp_url().replace("//", &format!("//anonchat:{secret}@"));
    let suite = RoomSuite { runs: 40, floor: 0, ..RoomSuite::default() };
    let build = |policy: Arc<Policy>| {
        redis.clear();
        let url = url.clone();
        async move {
            let rooms = rooms_with(&url, (*policy).clone()).await;
            ((), vec![Arc::new(rooms) as Arc<dyn RoomStore>])
        }
    };
    let covered = suite.check(build).await.unwrap_or_else(|failure| panic!("{failure}"));
    let mut commands = covered.counts().filter(|(name, _)| name.starts_with("command"));
    assert!(commands.all(|(_, count)| count > 0), "{covered}");
}
