//! The store itself: its pools, and the tasks that keep them connected.

use std::collections::BTreeMap;
use std::sync::Arc;

use anonchat_core::{
    AdminStore, AuditEntry, AuditPage, AuditRecord, Command, Commit, Dice, Inbox, NodeId, Policy,
    PoolId, Query, Store, StoreError, UnixMillis, View, Whisper,
};
use async_trait::async_trait;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::builder::{ConnectError, RedisStoreBuilder};
use super::desk::Desk;
use super::link::{Deployment, Link};
use super::rate::RedisRateLimits;
use super::rooms::{RedisRooms, RoomKeys};
use super::subscription::{self, Subscriber};
use super::url::RedisUrl;

/// Keeps pools in Redis, where several servers share them: the same rules and the same answers as
/// in memory, whichever server somebody came to.
///
/// It works with Redis 7 or later and Valkey 8 or later, each as one server, behind Sentinels or
/// as a Cluster; [`RedisUrl`] has the forms of an address.
///
/// ```no_run
/// use std::sync::Arc;
/// use std::time::Duration;
/// use anonchat_core::{NodeId, PoolId, Query, Store, UnixMillis};
/// use anonchat_store::RedisStore;
/// # struct Inbox;
/// # impl anonchat_core::Inbox for Inbox {
/// #     fn deliver(&self, _: anonchat_core::Mail) {}
/// #     fn gap(&self) {}
/// # }
/// # async fn example(node: u64, now: UnixMillis) -> Result<(), Box<dyn std::error::Error>> {
/// let store = RedisStore::connect("redis://localhost").await?; // or, with more to say:
/// let store = RedisStore::builder("redis+sentinel://sentinel-1,sentinel-2/pools".parse()?)
///     .pools(["eu", "us"].into_iter().filter_map(PoolId::new))
///     .deadline(Duration::from_secs(1))
///     .connect()
///     .await?;
/// store.open(NodeId(node), Arc::new(Inbox)).await?; // a number that no other process has
/// let pool = PoolId::new("eu").expect("a plain name");
/// println!("{:?}", store.read(&pool, now, &Query::Census).await?);
/// # Ok(())
/// # }
/// ```
///
/// # How it does what [`Store`] demands
///
/// A command is one script, which runs whole or not at all: it decides, writes, and publishes what
/// it brought about, numbered, to the mailbox of each server concerned. Each pool has two
/// connections: commands go by one and mail comes by the other. `apply` returns when the mail of
/// its commit has been handed to the inboxes. A script is sent by its hash, and a second time in
/// full if Redis does not know it; nothing else is ever sent twice.
///
/// A whisper is published, and goes straight to the inbox if its node is open at this very store:
/// people on one server go on talking while Redis is away.
///
/// # When Redis is slow, away, or somebody else
///
/// Every call ends within the deadline ([`RedisStoreBuilder::deadline`]). Connections that are lost
/// or silent are made anew in the background, at once and then after growing waits of at most a
/// second; calls wait for them, up to 1024 for each pool and no longer than their deadline, and are
/// then answered with [`StoreError::Unavailable`], whose source says why without showing what was
/// sent. A call that was sent and not answered may have been carried out.
///
/// Mail that may have been lost is announced by [`Inbox::gap`]: after the connection for mail was
/// lost, when a number is missing, and when Redis has lost data or was replaced. The next mail
/// comes after that.
///
/// A master that was replaced may not have sent its last commits to its replica. They are gone
/// then, after their mail was delivered; the gap makes every connection attach again, which tells
/// the truth. `min-replicas-to-write` bounds how much an old master takes in that nobody else has.
///
/// # What lies in Redis
///
/// All keys and channels begin with `anonchat:`; there are about twenty keys for a pool, all with
/// the hash tag `{pool}`, and none for each device. They have no expiry: the scripts forget what no
/// rule needs. What [`AdminStore`] keeps has three keys of its own beside the pools, in clear: notes
/// are those of moderators, devices are keyed hashes. [`Self::rate_limits`] keeps one more for each
/// client address that it has counted lately, `anonchat:{pool}:rate:…` with a keyed hash, of the
/// first pool by name; these expire. What [`Self::rooms`] keeps lies under `anonchat:{+rooms}:…`;
/// see [`RedisRooms`]. So Redis must not evict (`maxmemory-policy noeviction`). No key, and nothing in an
/// append-only file or a dump, holds what people say to each other. Redis's own log of slow
/// commands would, if passing on a message ever took long: `slowlog-log-slower-than -1` switches it
/// off, and `LATENCY LATEST` tells of slow commands without their arguments. This user can do all
/// that the store does, and nothing to other keys (in one line):
///
/// ```text
/// user anonchat on >password ~anonchat:* &anonchat:* +@hash +@sortedset +get +set
/// +pexpire +persist +unlink +eval +evalsha +publish +spublish +subscribe +ssubscribe +pubsub|numsub +pubsub|shardnumsub
/// +hello +ping +select +time +role
/// ```
pub struct RedisStore {
    deployment: Arc<Deployment>,
    links: BTreeMap<PoolId, Arc<Link>>,
    desk: Arc<Desk>,
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

    /// Counts requests of client addresses for all servers of the deployment, by the policy that
    /// the store was made with. It works as long as the store is there, and shares the connection
    /// for commands of the first pool by name.
    pub fn rate_limits(&self) -> RedisRateLimits {
        RedisRateLimits::new(self.links.values().next().cloned())
    }

    /// Opens the rooms of the deployment, whose words are sealed under these keys: in the same Redis,
    /// by the same rules and within the same deadline, but with two connections of their own.
    ///
    /// # Errors
    ///
    /// [`StoreError`], if Redis cannot be reached, or if what it holds of rooms is not this
    /// deployment's.
    pub async fn rooms(&self, keys: &RoomKeys) -> Result<RedisRooms, StoreError> {
        RedisRooms::start(Arc::clone(&self.deployment), keys).await
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
        let desk = Arc::new(Desk::new(Arc::clone(&deployment)));
        let kept = Arc::clone(&desk);
        tasks.spawn(async move { kept.run().await });
        for link in links.values() {
            link.greet("", "", &[], Instant::now() + deployment.connector.deadline()).await?;
        }
        Ok(Self { deployment, links, desk, _tasks: tasks })
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
        match self.deployment.inboxes.whisper(whisper) {
            Some(whisper) => Ok(link.whisper(&whisper).await?),
            // Two people on one server need nobody else to talk.
            None => Ok(()),
        }
    }

    fn whisper_here(&self, pool: &PoolId, whisper: Whisper) -> Option<Whisper> {
        match self.link(pool) {
            Ok(_) => self.deployment.inboxes.whisper(whisper),
            Err(_) => Some(whisper),
        }
    }
}

#[async_trait]
impl AdminStore for RedisStore {
    async fn record(&self, entry: &AuditEntry) -> Result<u64, StoreError> {
        Ok(self.desk.record(entry).await?)
    }

    async fn audit(&self, page: &AuditPage) -> Result<Vec<AuditRecord>, StoreError> {
        Ok(self.desk.audit(page).await?)
    }

    async fn maintenance(&self) -> Result<Option<UnixMillis>, StoreError> {
        Ok(self.desk.maintenance().await?)
    }

    async fn set_maintenance(&self, since: Option<UnixMillis>) -> Result<(), StoreError> {
        Ok(self.desk.set_maintenance(since).await?)
    }

    async fn reset(&self) -> Result<(), StoreError> {
        for link in self.links.values() {
            link.reset().await?;
        }
        Ok(())
    }
}

#[cfg(feature = "conformance")]
#[async_trait]
impl crate::conformance::Snapshots for RedisStore {
    async fn snapshot(&self, pool: &PoolId) -> Result<anonchat_core::pool::Snapshot, StoreError> {
        Ok(self.link(pool)?.snapshot().await?)
    }
}
