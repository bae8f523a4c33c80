//! Three servers in this process, and the store that they share.

use std::sync::Arc;

use anonchat_axum::Builder;
use anonchat_axum::core::{Policy, PoolId, Store};
use anonchat_store::{MemoryStore, RedisStore};
use test_services::Engine;

use crate::client::{Client, Server};
use crate::double::Double;

pub(crate) struct Three {
    pub(crate) servers: Vec<Server>,
    /// Ends after the servers.
    _redis: Option<test_services::Server>,
}

impl Three {
    /// On a store in memory.
    pub(crate) async fn on_memory(policy: Policy, pools: &[PoolId]) -> Self {
        let memory = MemoryStore::new(policy).expect("policy").with_pools(pools.to_vec());
        let store = Double::over(Arc::new(memory));
        let ways = [store.another(), store.another(), store];
        Self { servers: serve(ways, pools, |builder| builder).await, _redis: None }
    }

    /// On a Redis of their own.
    pub(crate) async fn on_redis(policy: Policy, pools: &[PoolId]) -> Self {
        let redis = test_services::Server::start(Engine::Redis);
        let three = Self::at(&redis.url(), policy, pools).await;
        Self { _redis: Some(redis), ..three }
    }

    /// On the Redis, or the Cluster, of this URL.
    pub(crate) async fn at(url: &str, policy: Policy, pools: &[PoolId]) -> Self {
        Self::with(url, policy, pools, |builder| builder).await
    }

    /// The same, each with something more.
    pub(crate) async fn with(
        url: &str,
        policy: Policy,
        pools: &[PoolId],
        more: impl Fn(Builder) -> Builder,
    ) -> Self {
        let connect = || {
            let builder = RedisStore::builder(url.parse().expect("a URL"));
            builder.policy(policy.clone()).pools(pools.to_vec()).connect()
        };
        let connect = || async { connect().await.expect("connects") };
        let ways = [connect().await, connect().await, connect().await];
        Self { servers: serve(ways, pools, more).await, _redis: None }
    }

    /// A native client of one of them that has been greeted.
    pub(crate) async fn native(&self, server: usize, name: &str) -> Client {
        let mut client = self.servers[server].native(&device(name)).await;
        client.hello().await;
        client
    }

    /// Their addresses.
    pub(crate) fn addresses(&self) -> Vec<String> {
        self.servers.iter().map(|server| server.address.to_string()).collect()
    }
}

async fn serve(
    ways: [impl Store; 3],
    pools: &[PoolId],
    more: impl Fn(Builder) -> Builder,
) -> Vec<Server> {
    let mut servers = Vec::new();
    for way in ways {
        servers.push(Server::over(way, |builder| more(builder.pools(pools.to_vec()))).await);
    }
    servers
}

/// A device id that native clients may have.
pub(crate) fn device(name: &str) -> String {
    format!("{name}-0123456789abcdef")
}

/// Makes tests of functions that take [`Three`], under a policy, for every store that there is.
macro_rules! on_every_store {
    ($policy:expr => $($name:ident),* $(,)?) => {
        crate::three::on_every_store!($policy, [anonchat_axum::core::PoolId::main()] => $($name),*);
    };
    ($policy:expr, $pools:expr => $($name:ident),* $(,)?) => {
        mod on_memory {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                super::$name(crate::three::Three::on_memory($policy, &$pools).await).await;
            })*
        }

        mod on_redis {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                super::$name(crate::three::Three::on_redis($policy, &$pools).await).await;
            })*
        }
    };
}
pub(crate) use on_every_store;
