//! Rooms in the memory of this process.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anonchat_core::room::{RoomCommand, RoomCommit, RoomDice, RoomQuery, RoomView};
use anonchat_core::{
    NodeId, Policy, PolicyError, RoomInbox, RoomStore, Rooms, StoreError, UnixMillis,
};
use async_trait::async_trait;

use super::Poisoned;

/// Keeps sessions and rooms in the memory of this process: lock, apply, deliver, unlock.
///
/// Everything is forgotten when the process ends. What time has ended is wiped by
/// [`RoomCommand::Sweep`], which the server sends every second. Calls never wait for anything but
/// each other, so every future is ready when it is first polled.
///
/// A command that panics inside the lock may have changed half of the rooms: from then on `apply`
/// and `read` answer [`StoreError::Unavailable`].
pub struct MemoryRooms {
    policy: Arc<Policy>,
    rooms: Mutex<Rooms>,
    /// Taken after the rooms wherever both are.
    inboxes: Mutex<BTreeMap<NodeId, Arc<dyn RoomInbox>>>,
}

impl MemoryRooms {
    /// No room, under these rules.
    ///
    /// # Errors
    ///
    /// [`PolicyError`], if a number is out of its bounds.
    pub fn new(policy: Arc<Policy>) -> Result<Self, PolicyError> {
        policy.check()?;
        let rooms = Mutex::new(Rooms::new(Arc::clone(&policy)));
        Ok(Self { policy, rooms, inboxes: Mutex::default() })
    }

    fn rooms(&self) -> Result<MutexGuard<'_, Rooms>, StoreError> {
        self.rooms.lock().map_err(|_| StoreError::Unavailable(Some(Box::new(Poisoned))))
    }

    fn inboxes(&self) -> MutexGuard<'_, BTreeMap<NodeId, Arc<dyn RoomInbox>>> {
        // A map of inboxes is whole whatever panicked while it was held.
        self.inboxes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl RoomStore for MemoryRooms {
    fn policy(&self) -> &Arc<Policy> {
        &self.policy
    }

    async fn apply(
        &self,
        at: UnixMillis,
        dice: RoomDice,
        command: &RoomCommand,
    ) -> Result<RoomCommit, StoreError> {
        let mut rooms = self.rooms()?;
        let commit = rooms.apply(at, dice, command);
        // Still under the lock: the next commit's mail comes after this one's, and this one's
        // comes before the caller has its answer.
        let inboxes = self.inboxes();
        for envelope in &commit.mail {
            if let Some(inbox) = inboxes.get(&envelope.conn.node) {
                inbox.deliver(envelope.clone());
            }
        }
        Ok(commit)
    }

    async fn read(&self, at: UnixMillis, query: &RoomQuery) -> Result<RoomView, StoreError> {
        Ok(self.rooms()?.read(at, query))
    }

    async fn open(&self, node: NodeId, inbox: Arc<dyn RoomInbox>) -> Result<(), StoreError> {
        self.inboxes().insert(node, inbox);
        Ok(())
    }
}
