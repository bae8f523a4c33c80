//! The traits between the rooms and the world: where they live, and where their mail goes.

use std::sync::Arc;

use async_trait::async_trait;

use super::command::{RoomCommand, RoomCommit, RoomDice};
use super::event::RoomEnvelope;
use super::query::{RoomQuery, RoomView};
use crate::id::NodeId;
use crate::policy::Policy;
use crate::store::StoreError;
use crate::time::UnixMillis;

/// Where the sessions and rooms of a deployment live, beside its pools.
///
/// # To be correct, an implementation must
///
/// 1. **Serialize.** The commits form one order; `seq` counts it from 1 without holes.
/// 2. **Agree.** The commit equals what [`Rooms::apply`](super::Rooms::apply) gives for the same
///    history of (instant, dice, command) under [`RoomStore::policy`], and a view what
///    [`Rooms::read`](super::Rooms::read) does.
/// 3. **Deliver in order, or announce a gap.** The envelopes of a commit reach the inbox of their
///    node in the order of `seq`, and in their order within one commit, each once; an
///    implementation that may have lost one calls [`RoomInbox::gap`].
/// 4. **Deliver before returning.** When `apply` returns a commit, the envelopes for the nodes
///    that are open at this store, of this commit and all before it, have been handed to their
///    inboxes.
/// 5. **Not half-happen.** A command whose call returns an error, or whose future is dropped, has
///    either committed entirely, envelopes included, or not at all.
/// 6. **Keep no longer.** The words of a message are written nowhere if its room keeps nothing.
///    What the policy and the room's retention have ended is deleted, not marked, by the sweeps at
///    or after its end; where the store's own clock can do it without a sweep, it does.
///
/// `anonchat_store::conformance::run_rooms` checks 1 to 4.
#[async_trait]
pub trait RoomStore: Send + Sync + 'static {
    /// The rules by which the rooms were made. They do not change while the store is open.
    fn policy(&self) -> &Arc<Policy>;

    /// Applies one command.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`]; see obligation 5.
    async fn apply(
        &self,
        at: UnixMillis,
        dice: RoomDice,
        command: &RoomCommand,
    ) -> Result<RoomCommit, StoreError>;

    /// Answers a question without changing anything.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    async fn read(&self, at: UnixMillis, query: &RoomQuery) -> Result<RoomView, StoreError>;

    /// From now on, delivers here what is for `node`. A second call for a node replaces its inbox.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    async fn open(&self, node: NodeId, inbox: Arc<dyn RoomInbox>) -> Result<(), StoreError>;
}

/// Takes a node's mail from the rooms in. Called while the store may hold its locks.
///
/// # To be correct, an implementation must
///
/// 1. **Not wait**, for a slow client least of all: its mail is dropped together with the client.
/// 2. **Keep the order** of the calls for each connection.
/// 3. **Not call back** into the store.
pub trait RoomInbox: Send + Sync + 'static {
    /// Takes one piece of mail. Mail for an unknown connection is dropped.
    fn deliver(&self, envelope: RoomEnvelope);

    /// Mail may have been lost: every connection of the node must attach again to learn the truth,
    /// and is closed if that is refused.
    fn gap(&self);
}

#[async_trait]
impl<S: RoomStore + ?Sized> RoomStore for Arc<S> {
    fn policy(&self) -> &Arc<Policy> {
        (**self).policy()
    }

    async fn apply(
        &self,
        at: UnixMillis,
        dice: RoomDice,
        command: &RoomCommand,
    ) -> Result<RoomCommit, StoreError> {
        (**self).apply(at, dice, command).await
    }

    async fn read(&self, at: UnixMillis, query: &RoomQuery) -> Result<RoomView, StoreError> {
        (**self).read(at, query).await
    }

    async fn open(&self, node: NodeId, inbox: Arc<dyn RoomInbox>) -> Result<(), StoreError> {
        (**self).open(node, inbox).await
    }
}
