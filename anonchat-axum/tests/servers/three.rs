//! Three servers in this process, and the store that they share.

use anonchat_axum::core::Policy;

use crate::client::{Client, Server};
use crate::double::Double;

pub(crate) struct Three {
    pub(crate) servers: Vec<Server>,
}

impl Three {
    /// On a store in memory.
    pub(crate) async fn on_memory(policy: Policy) -> Self {
        let store = Double::new(policy);
        let mut servers = Vec::new();
        for _ in 0..3 {
            servers.push(Server::over(store.another(), |builder| builder).await);
        }
        Self { servers }
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
    };
}
pub(crate) use on_every_store;
