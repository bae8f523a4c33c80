//! The whole store: one lock over the pool and the inboxes, so that commands and their mail come
//! one after the other.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use anonchat_core::{
    Command, Commit, Dice, Inbox, Mail, NodeId, Policy, Pool, PoolId, Query, Store, StoreError,
    UnixMillis, View, Whisper,
};
use async_trait::async_trait;

type Inboxes = HashMap<NodeId, Arc<dyn Inbox>>;

/// One pool, `main`, in this process.
pub(crate) struct LockedStore {
    policy: Arc<Policy>,
    state: Mutex<(Pool, Inboxes)>,
}

impl LockedStore {
    pub(crate) fn new(policy: Arc<Policy>) -> Self {
        Self { state: Mutex::new((Pool::new(policy.clone()), HashMap::new())), policy }
    }

    /// Does something to the pool, delivers what came of it, and gives back the answer.
    fn with<T>(
        &self,
        pool: &PoolId,
        job: impl FnOnce(&mut Pool) -> (T, Vec<Mail>),
    ) -> Result<T, StoreError> {
        (*pool == PoolId::main()).then_some(()).ok_or(StoreError::UnknownPool)?;
        let (pool, inboxes) = &mut *self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let (answer, mail) = job(pool);
        for mail in mail {
            if let Some(inbox) = inboxes.get(&mail.conn().node) {
                inbox.deliver(mail);
            }
        }
        Ok(answer)
    }
}

#[async_trait]
impl Store for LockedStore {
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
        self.with(pool, |pool| {
            let commit = pool.apply(at, dice, command);
            let mail = commit.outcome.iter().flatten().cloned().map(Mail::Event).collect();
            (commit, mail)
        })
    }

    async fn read(&self, pool: &PoolId, at: UnixMillis, query: &Query) -> Result<View, StoreError> {
        self.with(pool, |pool| (pool.read(at, query), Vec::new()))
    }

    async fn open(&self, node: NodeId, inbox: Arc<dyn Inbox>) -> Result<(), StoreError> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).1.insert(node, inbox);
        Ok(())
    }

    async fn whisper(&self, pool: &PoolId, whisper: Whisper) -> Result<(), StoreError> {
        self.with(pool, |_| ((), vec![Mail::Whisper(whisper)]))
    }
}
