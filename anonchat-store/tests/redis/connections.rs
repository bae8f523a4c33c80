//! The ways to reach a Redis. Each carries the suite.

use std::sync::Arc;

use anonchat_store::conformance::{self, Server as Seat, Suite};
use anonchat_store::{RedisStore, RedisStoreBuilder};
use redis::{Client, cmd};
use test_services::{Cluster, Engine, Sentinels, Server, Setup, free_port};

use crate::people::{builder, until};

/// Two servers on what `redis` holds, reached as the builder says.
async fn carries(redis: &Server, builder: impl Fn() -> RedisStoreBuilder) {
    let suite = Suite { runs: 12, floor: 0, ..Suite::default() };
    let passed = suite
        .check_servers(|policy| {
            let builder = &builder;
            async move {
                redis.clear();
                let mut seats = Vec::new();
                for _ in 0..2 {
                    let store = builder().policy(policy.clone()).connect().await;
                    let store = Arc::new(store.unwrap_or_else(|error| panic!("{error}")));
                    seats.push(Seat::shared(Arc::clone(&store) as _).with_snapshots(store));
                }
                ((), seats)
            }
        })
        .await;
    passed.unwrap_or_else(|failure| panic!("{failure}"));
}

/// The same for what those in charge rely on.
async fn keeps(redis: &Server, builder: impl Fn() -> RedisStoreBuilder) {
    conformance::run_admin(|| async {
        redis.clear();
        let mut stores = Vec::new();
        for _ in 0..2 {
            let store = builder().connect().await;
            stores.push(Arc::new(store.unwrap_or_else(|error| panic!("{error}"))));
        }
        ((), stores)
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn by_a_port() {
    let redis = Setup::new(Engine::Redis).tcp().start();
    carries(&redis, || builder(&redis.tcp_url())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn over_tls_with_the_authority_that_was_named() {
    let redis = Setup::new(Engine::Redis).tls().start();
    let url = redis.tls_url();
    let trusted = redis.certificates().authority();
    carries(&redis, || builder(&url).root_certificates(trusted)).await;
    let stranger = builder(&url).connect().await;
    assert!(stranger.is_err(), "a certificate of an unknown authority is refused");
}

#[tokio::test(flavor = "multi_thread")]
async fn by_sentinel() {
    let sentinels = Sentinels::start(Engine::Redis);
    carries(sentinels.master(), || builder(&sentinels.url())).await;
    keeps(sentinels.master(), || builder(&sentinels.url())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn by_sentinel_over_tls() {
    let sentinels = Sentinels::start_with_tls(Engine::Redis);
    let (url, trusted) = (sentinels.url(), sentinels.authorities());
    carries(&sentinels.servers()[0], || builder(&url).root_certificates(trusted.as_str())).await;
    let master = sentinels.servers()[0].certificates().authority();
    let strange = builder(&url).root_certificates(master).connect().await;
    assert!(strange.is_err(), "a Sentinel of an unknown authority is not believed");
}

/// All slots on one node: what a client does with several is the same with and without TLS.
#[tokio::test(flavor = "multi_thread")]
async fn in_a_cluster_over_tls() {
    let node = Setup::new(Engine::Redis)
        .tls()
        .config("cluster-enabled yes")
        .config(format!("cluster-port {}", free_port()))
        .start();
    cmd("CLUSTER").arg("ADDSLOTSRANGE").arg(0).arg(16_383).exec(&mut node.admin()).expect("slots");
    let state =
        || cmd("CLUSTER").arg("INFO").query::<String>(&mut node.admin()).expect("an answer");
    until("the cluster is whole", async || state().contains("cluster_state:ok")).await;
    let (url, trusted) = (node.tls_url(), node.certificates().authority());
    let url = url.replace("rediss://", "rediss+cluster://");
    carries(&node, || builder(&url).root_certificates(trusted)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn in_a_cluster() {
    let cluster = Cluster::start(Engine::Redis);
    let master = cluster.master_of("anonchat:{main}:pool");
    carries(master, || builder(&cluster.url())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn in_a_cluster_of_valkey() {
    let cluster = Cluster::start(Engine::Valkey);
    let master = cluster.master_of("anonchat:{main}:pool");
    carries(master, || builder(&cluster.url())).await;
}

/// The line of the documentation, which names the user `anonchat`.
pub(crate) fn documented_user() -> String {
    let pages = [include_str!("../../src/redis/mod.rs"), include_str!("../../src/redis/store.rs")];
    let mut lines = pages.iter().flat_map(|page| page.lines());
    let lines: Vec<_> = lines
        .by_ref()
        .map(|line| line.trim_start_matches(['/', '!', ' ']))
        .skip_while(|line| !line.starts_with("user anonchat "))
        .take_while(|line| !line.starts_with("```"))
        .collect();
    lines.join(" ").replace('\\', " ")
}

#[tokio::test(flavor = "multi_thread")]
async fn as_the_user_that_the_documentation_describes() {
    let user = documented_user();
    assert!(user.contains("~anonchat:*") && user.contains("&anonchat:*"), "{user}");
    let secret = user.split(' ').find_map(|word| word.strip_prefix('>')).expect("a password");
    let redis = Setup::new(Engine::Redis).tcp().user(&user).start();
    let url = redis.tcp_url().replace("//", &format!("//anonchat:{secret}@"));
    carries(&redis, || builder(&url)).await;
    keeps(&redis, || builder(&url)).await;

    let user = &mut Client::open(url).expect("a URL").get_connection().expect("it may come in");
    for forbidden in [
        cmd("GET").arg("another:key"),
        cmd("SET").arg("another:key").arg(1),
        cmd("SUBSCRIBE").arg("another:channel"),
        cmd("PUBLISH").arg("another:channel").arg(1),
        cmd("KEYS").arg("*"),
        cmd("FLUSHALL").arg("ASYNC"),
        cmd("CONFIG").arg("GET").arg("*"),
        &mut cmd("MONITOR"),
    ] {
        let refused = forbidden.exec(user).expect_err("not for this user");
        assert_eq!(refused.code(), Some("NOPERM"), "{refused}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_is_in_no_error() {
    let redis = Setup::new(Engine::Redis).tcp().user("user anonchat on >right ~* &* +@all").start();
    let url = redis.tcp_url().replace("//", "//anonchat:hunter2@");
    let refused = RedisStore::connect(&url).await.err().expect("the password is wrong");
    let mut said = format!("{refused} {refused:?}");
    let mut cause = std::error::Error::source(&refused);
    while let Some(error) = cause {
        said += &format!(" {error} {error:?}");
        cause = error.source();
    }
    assert!(!said.contains("hunter2"), "{said}");
}
