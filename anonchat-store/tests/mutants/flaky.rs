//! A store in memory that behaves as if there were a network in between which can be cut.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use anonchat_core::{
    Command, Commit, Dice, Inbox, Mail, NodeId, Policy, Pool, PoolId, Query, Store, StoreError,
    UnixMillis, View, Whisper,
};
use anonchat_store::conformance::Faults;
use async_trait::async_trait;

/// How it behaves when it is cut off after a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cut {
    /// What was lost is announced.
    Honest,
    /// The mail is lost, and nobody is told.
    Silent,
    /// The first piece of mail arrives, the others are lost, and nobody is told.
    HalfTheMail,
    /// Unsure whether it was committed, it does it again.
    CommitsTwice,
    /// The gap is announced, but only after later mail.
    GapTooLate,
}

pub(crate) struct Flaky {
    policy: Arc<Policy>,
    kind: Cut,
    state: Mutex<State>,
}

struct State {
    pool: Pool,
    inboxes: BTreeMap<NodeId, Arc<dyn Inbox>>,
    /// The connection is cut after so many bytes.
    cut: Option<u64>,
    /// Nodes that will have to be told that mail was lost.
    lost: bool,
}

impl Flaky {
    pub(crate) fn new(policy: Policy, kind: Cut) -> Self {
        let policy = Arc::new(policy);
        let pool = Pool::new(Arc::clone(&policy));
        let state = State { pool, inboxes: BTreeMap::new(), cut: None, lost: false };
        Self { policy, kind, state: Mutex::new(state) }
    }
}

impl State {
    fn deliver(&self, commit: &Commit, most: usize) {
        for envelope in commit.outcome.iter().flatten().take(most) {
            if let Some(inbox) = self.inboxes.get(&envelope.conn.node) {
                inbox.deliver(Mail::Event(envelope.clone()));
            }
        }
    }

    fn announce(&mut self) {
        if std::mem::take(&mut self.lost) {
            self.inboxes.values().for_each(|inbox| inbox.gap());
        }
    }
}

#[async_trait]
impl Store for Flaky {
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
        if *pool != PoolId::main() {
            return Err(StoreError::UnknownPool);
        }
        let mut state = self.state.lock().expect("state");
        let cut = state.cut.take();
        // The request itself was lost, or the answer to it, with or without the mail.
        if cut.is_some_and(|bytes| bytes % 3 == 0) {
            return Err(StoreError::Unavailable(None));
        }
        let commit = state.pool.apply(at, dice, command);
        let Some(bytes) = cut else {
            state.deliver(&commit, usize::MAX);
            if self.kind == Cut::GapTooLate && commit.outcome.iter().flatten().next().is_some() {
                state.announce();
            }
            return Ok(commit);
        };
        match (self.kind, bytes % 3) {
            (Cut::HalfTheMail, _) => state.deliver(&commit, 1),
            (Cut::CommitsTwice, _) => {
                state.deliver(&commit, usize::MAX);
                let again = state.pool.apply(at, dice, command);
                state.deliver(&again, usize::MAX);
            }
            (Cut::Honest, 1) => state.deliver(&commit, usize::MAX),
            _ => state.lost = self.kind != Cut::Silent,
        }
        Err(StoreError::Unavailable(None))
    }

    async fn read(&self, pool: &PoolId, at: UnixMillis, query: &Query) -> Result<View, StoreError> {
        if *pool != PoolId::main() {
            return Err(StoreError::UnknownPool);
        }
        Ok(self.state.lock().expect("state").pool.read(at, query))
    }

    async fn open(&self, node: NodeId, inbox: Arc<dyn Inbox>) -> Result<(), StoreError> {
        self.state.lock().expect("state").inboxes.insert(node, inbox);
        Ok(())
    }

    async fn whisper(&self, pool: &PoolId, whisper: Whisper) -> Result<(), StoreError> {
        if *pool != PoolId::main() {
            return Err(StoreError::UnknownPool);
        }
        if let Some(inbox) = self.state.lock().expect("state").inboxes.get(&whisper.to.node) {
            inbox.deliver(Mail::Whisper(whisper));
        }
        Ok(())
    }
}

#[async_trait]
impl Faults for Flaky {
    async fn cut_after(&self, bytes: u64) {
        self.state.lock().expect("state").cut = Some(bytes);
    }

    async fn heal(&self) {
        let mut state = self.state.lock().expect("state");
        state.cut = None;
        if self.kind != Cut::GapTooLate {
            state.announce();
        }
    }
}
