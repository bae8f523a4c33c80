//! Three servers in this process, and the store that they share.

use anonchat_axum::core::{Policy, Store};
use anonchat_store::RedisStore;
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
    pub(crate) async fn on_memory(policy: Policy) -> Self {
        let store = Double::new(policy);
        let ways = [store.another(), store.another(), store];
        Self { servers: serve(ways).await, _redis: None }
    }

    /// On a Redis of their own.
    pub(crate) async fn on_redis(policy: Policy) -> Self {
        let redis = test_services::Server::start(Engine::Redis);
        let url = redis.url();
        let connect =
            || RedisStore::builder(url.parse().expect("a URL")).policy(policy.clone()).connect();
        let connect = || async { connect().await.expect("connects") };
        let ways = [connect().await, connect().await, connect().await];
        Self { servers: serve(ways).await, _redis: Some(redis) }
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

async fn serve(ways: [impl Store; 3]) -> Vec<Server> {
    let mut servers = Vec::new();
    for way in ways {
        servers.push(Server::over(way, |builder| builder).await);
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
        mod on_memory {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                super::$name(crate::three::Three::on_memory($policy).await).await;
            })*
        }

        mod on_redis {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                super::$name(crate::three::Three::on_redis($policy).await).await;
            })*
        }
    };
}
pub(crate) use on_every_store;
