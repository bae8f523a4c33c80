//! The store itself: its pools, and the tasks that keep them connected.

use std::collections::BTreeMap;
use std::sync::Arc;

use anonchat_core::{
    Command, Commit, Dice, Inbox, Mail, NodeId, Policy, PoolId, Query, Store, StoreError,
    UnixMillis, View, Whisper,
};
use async_trait::async_trait;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::builder::{ConnectError, RedisStoreBuilder};
use super::link::{Deployment, Link};
use super::subscription;
use super::url::RedisUrl;

/// Keeps pools in Redis, where several servers share them.
///
/// See [`RedisStoreBuilder`] for what can be chosen.
pub struct RedisStore {
    deployment: Arc<Deployment>,
    links: BTreeMap<PoolId, Arc<Link>>,
    /// Dropped with the store, which ends its connections.
    _tasks: JoinSet<()>,
}

impl RedisStore {
    /// Opens the pool `main` with the default rules.
    ///
    /// # Errors
    ///
    /// [`ConnectError`]; see [`RedisStoreBuilder::connect`].
    pub async fn connect(url: &str) -> Result<Self, ConnectError> {
        Self::builder(url.parse()?).connect().await
    }

    /// Says more than an address.
    pub fn builder(url: RedisUrl) -> RedisStoreBuilder {
        RedisStoreBuilder::new(url)
    }

    pub(super) async fn start(
        deployment: Deployment,
        pools: Vec<PoolId>,
    ) -> Result<Self, StoreError> {
        let deployment = Arc::new(deployment);
        let mut tasks = JoinSet::new();
        let mut links = BTreeMap::new();
        for pool in pools {
            let link = Arc::new(Link::new(pool.clone(), Arc::clone(&deployment)));
            let commands = Arc::clone(&link);
            tasks.spawn(async move {
                let key = commands.key();
                commands.line.run(&commands.deployment.connector, &key).await;
            });
            tasks.spawn(subscription::run(Arc::clone(&link)));
            links.insert(pool, link);
        }
        for link in links.values() {
            link.greet("", "", &[], Instant::now() + deployment.connector.deadline()).await?;
        }
        Ok(Self { deployment, links, _tasks: tasks })
    }

    fn link(&self, pool: &PoolId) -> Result<&Arc<Link>, StoreError> {
        self.links.get(pool).ok_or(StoreError::UnknownPool)
    }
}

#[async_trait]
impl Store for RedisStore {
    fn policy(&self) -> &Arc<Policy> {
        &self.deployment.policy
    }

    async fn apply(
        &self,
        pool: &PoolId,
        at: UnixMillis,
        dice: Dice,
        command: &Command,
    ) -> Result<Commit, StoreError> {
        Ok(self.link(pool)?.apply(at, dice, command).await?)
    }

    async fn read(&self, pool: &PoolId, at: UnixMillis, query: &Query) -> Result<View, StoreError> {
        Ok(self.link(pool)?.read(at, query).await?)
    }

    async fn open(&self, node: NodeId, inbox: Arc<dyn Inbox>) -> Result<(), StoreError> {
        let until = Instant::now() + self.deployment.connector.deadline();
        self.deployment.inboxes.open(node, inbox);
        for link in self.links.values() {
            link.mailbox.life(Some(node), until).await?;
        }
        Ok(())
    }

    async fn whisper(&self, pool: &PoolId, whisper: Whisper) -> Result<(), StoreError> {
        let link = self.link(pool)?;
        if self.deployment.inboxes.contains(whisper.to.node) {
            // Two people on one server need nobody else to talk.
            self.deployment.inboxes.deliver([Mail::Whisper(whisper)]);
            return Ok(());
        }
        Ok(link.whisper(&whisper).await?)
    }
}

#[cfg(feature = "conformance")]
#[async_trait]
impl crate::conformance::Snapshots for RedisStore {
    async fn snapshot(&self, pool: &PoolId) -> Result<anonchat_core::pool::Snapshot, StoreError> {
        Ok(self.link(pool)?.snapshot().await?)
    }
}
