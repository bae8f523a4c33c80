//! The store that lives in this process.

mod desk;
#[cfg(feature = "safety-file")]
mod disk;
mod rooms;
#[cfg(feature = "safety-file")]
mod safety;
#[cfg(feature = "safety-file")]
mod safety_bytes;
#[cfg(feature = "safety-file")]
mod safety_file;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use anonchat_core::{
    AdminStore, AuditEntry, AuditPage, AuditRecord, Command, Commit, Dice, Inbox, Mail, NodeId,
    Policy, PolicyError, Pool, PoolId, Query, Store, StoreError, UnixMillis, View, Whisper,
};
use async_trait::async_trait;

use desk::Desk;
pub use rooms::MemoryRooms;
#[cfg(all(feature = "safety-file", feature = "test-util"))]
pub use safety::exercise_safety;
#[cfg(feature = "safety-file")]
pub use safety_file::{SafetyFile, SafetyFileError, SavedSafety};

/// Keeps pools in the memory of this process: lock, apply, deliver, unlock.
///
/// Everything is forgotten when the process ends, bans and limits included; with the feature
/// `safety-file` a file may keep what people's safety needs. Calls never wait for
/// anything but each other, so every future is ready when it is first polled and none can be
/// dropped half-way.
///
/// # If a panic strikes
///
/// A command that panics inside the lock may have changed half of the pool. The store does not
/// guess which half: from then on `apply` and `read` answer [`StoreError::Unavailable`], so that a
/// server stops matching and says so, and does not panic itself. Whispers, which need no pool, go
/// on. Neither the pool nor a correct [`Inbox`] panics; both are fuzzed or tested for it.
/// [`AdminStore::reset`] puts new pools in the place of the old ones, which are used again.
///
/// # The record of those in charge
///
/// It is in memory too, and holds the newest [`MemoryStore::RECORDS`] records. Numbers go on.
pub struct MemoryStore {
    policy: Arc<Policy>,
    pools: BTreeMap<PoolId, Mutex<Pool>>,
    /// Apart from the pools, so that chat text never waits for a match to be made. Taken after a
    /// pool wherever both are.
    inboxes: RwLock<BTreeMap<NodeId, Arc<dyn Inbox>>>,
    desk: Desk,
    /// Whether anything may have changed that a file is to keep.
    #[cfg(feature = "safety-file")]
    changed: std::sync::atomic::AtomicBool,
}

/// A panic has struck while the pool was locked.
#[derive(Debug, thiserror::Error)]
#[error("a command panicked; its state is not to be trusted")]
struct Poisoned;

impl MemoryStore {
    /// So many records of what was done by those in charge are kept.
    pub const RECORDS: usize = desk::RECORDS;

    /// An empty store with these rules, and the pool `main`.
    ///
    /// # Errors
    ///
    /// [`PolicyError`], if a number is out of its bounds.
    pub fn new(policy: Policy) -> Result<Self, PolicyError> {
        policy.check()?;
        Ok(Self::with(policy))
    }

    fn with(policy: Policy) -> Self {
        let store = Self {
            policy: Arc::new(policy),
            pools: BTreeMap::new(),
            inboxes: RwLock::default(),
            desk: Desk::default(),
            #[cfg(feature = "safety-file")]
            changed: true.into(),
        };
        store.with_pools([PoolId::main()])
    }

    /// The same rules with these pools, all of them empty, in place of what was there. With more
    /// than one, what one decides about a device is kept until the others have adopted it:
    /// [`Policy::other_pools`].
    #[must_use]
    pub fn with_pools(mut self, pools: impl IntoIterator<Item = PoolId>) -> Self {
        let pools: BTreeSet<_> = pools.into_iter().collect();
        Arc::make_mut(&mut self.policy).other_pools |= pools.len() > 1;
        let empty = |name| (name, Mutex::new(Pool::new(Arc::clone(&self.policy))));
        self.pools = pools.into_iter().map(empty).collect();
        self
    }

    fn pool(&self, name: &PoolId) -> Result<MutexGuard<'_, Pool>, StoreError> {
        let pool = self.pools.get(name).ok_or(StoreError::UnknownPool)?;
        pool.lock().map_err(|_| StoreError::Unavailable(Some(Box::new(Poisoned))))
    }

    /// Hands the mail of one commit to its nodes. Nobody else delivers meanwhile: once `open` has
    /// returned, the inbox that it replaced gets nothing more; and no whisper comes between the
    /// mail of one commit, of which one may answer before the other is told.
    fn deliver(&self, mail: impl IntoIterator<Item = Mail>) {
        let inboxes = self.inboxes.write().unwrap_or_else(PoisonError::into_inner);
        for item in mail {
            if let Some(inbox) = inboxes.get(&item.conn().node) {
                inbox.deliver(item);
            }
        }
    }
}

impl Default for MemoryStore {
    /// An empty store with the default rules, and the pool `main`.
    fn default() -> Self {
        Self::with(Policy::default())
    }
}

#[async_trait]
impl Store for MemoryStore {
    fn policy(&self) -> &Arc<Policy> {
        &self.policy
    }

    async fn apply(
        &self,
        pool: &PoolId,
        at: UnixMillis,
        dice: Dice,
        command: &Command,
    ) -> Result<Commit, StoreError> {
        let mut pool = self.pool(pool)?;
        let commit = pool.apply(at, dice, command);
        #[cfg(feature = "safety-file")]
        self.note_change(command, &commit);
        if let Ok(mail) = &commit.outcome {
            // Still under the lock: the next commit's mail comes after this one's, and this one's
            // comes before the caller has its answer.
            self.deliver(mail.iter().cloned().map(Mail::Event));
        }
        Ok(commit)
    }

    async fn read(&self, pool: &PoolId, at: UnixMillis, query: &Query) -> Result<View, StoreError> {
        Ok(self.pool(pool)?.read(at, query))
    }

    async fn open(&self, node: NodeId, inbox: Arc<dyn Inbox>) -> Result<(), StoreError> {
        // A map of inboxes is whole whatever panicked while it was held.
        self.inboxes.write().unwrap_or_else(PoisonError::into_inner).insert(node, inbox);
        Ok(())
    }

    async fn whisper(&self, pool: &PoolId, whisper: Whisper) -> Result<(), StoreError> {
        // To a node that is not open here nobody carries it.
        let _ = self.whisper_here(pool, whisper);
        if self.pools.contains_key(pool) { Ok(()) } else { Err(StoreError::UnknownPool) }
    }

    fn whisper_here(&self, pool: &PoolId, whisper: Whisper) -> Option<Whisper> {
        let inboxes = self.inboxes.read().unwrap_or_else(PoisonError::into_inner);
        let open = inboxes.get(&whisper.to.node).filter(|_| self.pools.contains_key(pool));
        let Some(inbox) = open else { return Some(whisper) };
        inbox.deliver(Mail::Whisper(whisper));
        None
    }
}

#[async_trait]
impl AdminStore for MemoryStore {
    async fn record(&self, entry: &AuditEntry) -> Result<u64, StoreError> {
        Ok(self.desk.lock().add(entry.clone()))
    }

    async fn audit(&self, page: &AuditPage) -> Result<Vec<AuditRecord>, StoreError> {
        Ok(self.desk.lock().page(page))
    }

    async fn maintenance(&self) -> Result<Option<UnixMillis>, StoreError> {
        Ok(self.desk.lock().maintenance)
    }

    async fn set_maintenance(&self, since: Option<UnixMillis>) -> Result<(), StoreError> {
        self.desk.lock().maintenance = since;
        Ok(())
    }

    async fn reset(&self) -> Result<(), StoreError> {
        let mut emptied = Vec::new();
        for pool in self.pools.values() {
            // Whatever a panic has left of it goes.
            let mut held = pool.lock().unwrap_or_else(PoisonError::into_inner);
            pool.clear_poison();
            *held = Pool::new(Arc::clone(&self.policy));
            emptied.push(held);
        }
        #[cfg(feature = "safety-file")]
        self.changed.store(true, std::sync::atomic::Ordering::Release);
        // All pools are still held: the next commit's mail comes after the gap.
        let inboxes = self.inboxes.write().unwrap_or_else(PoisonError::into_inner);
        inboxes.values().for_each(|inbox| inbox.gap());
        Ok(())
    }
}

#[cfg(feature = "conformance")]
#[async_trait]
impl crate::conformance::Snapshots for MemoryStore {
    async fn snapshot(&self, pool: &PoolId) -> Result<anonchat_core::pool::Snapshot, StoreError> {
        Ok(self.pool(pool)?.snapshot())
    }
}
