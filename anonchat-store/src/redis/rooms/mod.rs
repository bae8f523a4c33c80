//! Rooms in Redis, which several servers share: each command is one script.

pub(super) mod decode;
pub(super) mod encode;
#[cfg(feature = "test-util")]
pub(super) mod exercise;
pub(super) mod keys;
mod link;
#[cfg(any(test, feature = "test-util"))]
mod mirror;
mod read;
pub(super) mod script;
pub(super) mod seal;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use anonchat_core::room::{RoomCommand, RoomCommit, RoomDice, RoomQuery, RoomView};
use anonchat_core::{NodeId, Policy, RoomInbox, RoomStore, StoreError, UnixMillis};
use async_trait::async_trait;
use tokio::task::JoinSet;
use tokio::time::Instant;

use self::link::RoomLink;
pub use self::seal::RoomKeys;
use self::seal::Seals;
use super::link::Deployment;
use super::subscription::{self, Subscriber};

/// Keeps sessions and rooms in Redis, where several servers share them: the same rules and the same
/// answers as in memory, whichever server somebody came to.
///
/// Made by [`RedisStore::rooms`](super::RedisStore::rooms), with the address, the policy and the
/// deadline of that store, whose promises about slow and absent servers hold here as well; but with
/// two connections of its own, which live as long as this does.
///
/// ```no_run
/// use std::sync::Arc;
/// use anonchat_core::RoomStore;
/// use anonchat_store::{RedisStore, RoomKeys};
/// # async fn example(key: [u8; 32]) -> Result<(), Box<dyn std::error::Error>> {
/// let store = RedisStore::connect("redis://localhost").await?;
/// let rooms: Arc<dyn RoomStore> = Arc::new(store.rooms(&RoomKeys::new(key)).await?);
/// # Ok(())
/// # }
/// ```
///
/// # What lies in Redis
///
/// All keys begin with `anonchat:{+rooms}:`. Nicknames, names of rooms, messages and reasons of
/// reports are sealed here before they are sent, with AES-256-GCM-SIV under [`RoomKeys`], and
/// opened here when they come back; neither Redis nor who reads its disk, its traffic or its log
/// of slow commands sees more of them than their length. In clear are keyed hashes of tokens, codes
/// of rooms, random aliases, numbers and instants. A message of a room that keeps nothing is
/// published, sealed, and written nowhere.
///
/// A text that no key opens, because its key was taken away or Redis has deleted it a moment before
/// the rules do, is shown as U+FFFD, one replacement character; everything else goes on.
///
/// The words of a message, and the reasons for which it was reported, have an expiry of Redis at
/// the end of its retention, so that they are gone even if no server runs; and a nickname has one a
/// minute after the end of its session, while that has no connection. What else ends is deleted by
/// the sweeps.
///
/// The user of [`RedisStore`](super::RedisStore) may do all that is needed.
pub struct RedisRooms {
    link: Arc<RoomLink>,
    /// Dropped with the store, which ends its connections.
    _tasks: JoinSet<()>,
}

impl RedisRooms {
    pub(super) async fn start(
        deployment: Arc<Deployment>,
        keys: &RoomKeys,
    ) -> Result<Self, StoreError> {
        let mut tasks = JoinSet::new();
        let link = Arc::new(RoomLink::new(deployment, Seals::new(keys)));
        let commands = Arc::clone(&link);
        tasks.spawn(async move {
            let key = commands.key();
            commands.line.run(commands.connector(), &key).await;
        });
        tasks.spawn(subscription::run(Arc::clone(&link)));
        link.greet("", "", &[], Instant::now() + link.connector().deadline()).await?;
        Ok(Self { link, _tasks: tasks })
    }
}

#[async_trait]
impl RoomStore for RedisRooms {
    fn policy(&self) -> &Arc<Policy> {
        &self.link.deployment.policy
    }

    async fn apply(
        &self,
        at: UnixMillis,
        dice: RoomDice,
        command: &RoomCommand,
    ) -> Result<RoomCommit, StoreError> {
        Ok(self.link.apply(at, dice, command).await?)
    }

    async fn read(&self, at: UnixMillis, query: &RoomQuery) -> Result<RoomView, StoreError> {
        Ok(self.link.read(at, query).await?)
    }

    async fn open(&self, node: NodeId, inbox: Arc<dyn RoomInbox>) -> Result<(), StoreError> {
        let until = Instant::now() + self.link.connector().deadline();
        self.link.inboxes.open(node, inbox);
        self.link.mailbox.life(Some(node), until).await?;
        Ok(())
    }
}
