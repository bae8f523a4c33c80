//! Rooms in memory that can be away, and lose mail.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use anonchat_axum::core::room::{
    RoomCommand, RoomCommit, RoomDice, RoomEnvelope, RoomQuery, RoomView,
};
use anonchat_axum::core::{NodeId, Policy, RoomInbox, RoomStore, StoreError, UnixMillis};
use anonchat_store::MemoryRooms;
use async_trait::async_trait;

/// One server's way to the rooms.
pub(crate) struct Shaky {
    inner: MemoryRooms,
    away: AtomicBool,
    renewed: AtomicUsize,
    /// What is to be drawn first, whatever was rolled.
    loaded: Mutex<Vec<RoomDice>>,
    inbox: Mutex<Option<Arc<Lossy>>>,
}

/// An inbox before which mail can be lost.
struct Lossy {
    inner: Arc<dyn RoomInbox>,
    loses: AtomicBool,
}

impl Shaky {
    pub(crate) fn new(policy: &Policy) -> Arc<Self> {
        let inner = MemoryRooms::new(Arc::new(policy.clone())).expect("policy");
        let (away, renewed, loaded, inbox) = Default::default();
        Arc::new(Self { inner, away, renewed, loaded, inbox })
    }

    /// Whether nothing is answered.
    pub(crate) fn is_away(&self, away: bool) {
        self.away.store(away, Ordering::SeqCst);
    }

    /// Whether mail is lost.
    pub(crate) fn loses(&self, loses: bool) {
        self.inbox().loses.store(loses, Ordering::SeqCst);
    }

    /// How often the lease of a server was renewed.
    pub(crate) fn renewed(&self) -> usize {
        self.renewed.load(Ordering::SeqCst)
    }

    /// Says that mail may have been lost.
    pub(crate) fn gap(&self) {
        self.inbox().inner.gap();
    }

    /// Rolls these, the last first, for commands to come that need a code or an alias.
    pub(crate) fn load(&self, dice: Vec<RoomDice>) {
        *self.loaded.lock().expect("dice") = dice;
    }

    fn inbox(&self) -> Arc<Lossy> {
        self.inbox.lock().expect("inbox").clone().expect("open")
    }

    fn reach(&self) -> Result<&MemoryRooms, StoreError> {
        match self.away.load(Ordering::SeqCst) {
            true => Err(StoreError::Unavailable(None)),
            false => Ok(&self.inner),
        }
    }
}

#[async_trait]
impl RoomStore for Shaky {
    fn policy(&self) -> &Arc<Policy> {
        self.inner.policy()
    }

    async fn apply(
        &self,
        at: UnixMillis,
        dice: RoomDice,
        command: &RoomCommand,
    ) -> Result<RoomCommit, StoreError> {
        if matches!(command, RoomCommand::Renew { .. }) {
            self.renewed.fetch_add(1, Ordering::SeqCst);
        }
        let draws = matches!(command, RoomCommand::Create { .. } | RoomCommand::Join { .. });
        let loaded = if draws { self.loaded.lock().expect("dice").pop() } else { None };
        self.reach()?.apply(at, loaded.unwrap_or(dice), command).await
    }

    async fn read(&self, at: UnixMillis, query: &RoomQuery) -> Result<RoomView, StoreError> {
        self.reach()?.read(at, query).await
    }

    async fn open(&self, node: NodeId, inbox: Arc<dyn RoomInbox>) -> Result<(), StoreError> {
        let lossy = Arc::new(Lossy { inner: inbox, loses: AtomicBool::new(false) });
        *self.inbox.lock().expect("inbox") = Some(lossy.clone());
        self.reach()?.open(node, lossy).await
    }
}

impl RoomInbox for Lossy {
    fn deliver(&self, envelope: RoomEnvelope) {
        if !self.loses.load(Ordering::SeqCst) {
            self.inner.deliver(envelope);
        }
    }

    fn gap(&self) {
        self.inner.gap();
    }
}
