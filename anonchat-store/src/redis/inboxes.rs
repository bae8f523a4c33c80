//! The nodes that are open at this store, and where their mail goes.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use anonchat_core::room::RoomEnvelope;
use anonchat_core::{Inbox, Mail, NodeId, RoomInbox, Whisper};
use tokio::sync::watch;

/// One inbox for each open node: for the mail of all pools, or for that of rooms.
pub(super) struct Inboxes<I: ?Sized = dyn Inbox> {
    by_node: RwLock<BTreeMap<NodeId, Arc<I>>>,
    /// The open nodes in the order in which they were opened. They never become fewer.
    nodes: watch::Sender<Vec<NodeId>>,
}

impl<I: ?Sized> Inboxes<I> {
    pub(super) fn new() -> Self {
        Self { by_node: RwLock::default(), nodes: watch::Sender::new(Vec::new()) }
    }

    /// Opens a node, or replaces its inbox.
    pub(super) fn open(&self, node: NodeId, inbox: Arc<I>) {
        let mut by_node = self.lock();
        if by_node.insert(node, inbox).is_none() {
            self.nodes.send_modify(|nodes| nodes.push(node));
        }
    }

    /// Whether any node is open.
    pub(super) fn any(&self) -> bool {
        !self.nodes.borrow().is_empty()
    }

    pub(super) fn watch(&self) -> watch::Receiver<Vec<NodeId>> {
        self.nodes.subscribe()
    }

    fn read(&self) -> RwLockReadGuard<'_, BTreeMap<NodeId, Arc<I>>> {
        self.by_node.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock(&self) -> RwLockWriteGuard<'_, BTreeMap<NodeId, Arc<I>>> {
        self.by_node.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inboxes {
    /// Hands a whisper over if its node is open, and gives it back otherwise.
    pub(super) fn whisper(&self, whisper: Whisper) -> Option<Whisper> {
        let by_node = self.read();
        let Some(inbox) = by_node.get(&whisper.to.node) else { return Some(whisper) };
        inbox.deliver(Mail::Whisper(whisper));
        None
    }

    /// Hands mail over, in order; that of nodes that are not open is nobody's. Nobody else delivers
    /// meanwhile: once [`Self::open`] has returned, the inbox that it replaced gets nothing more;
    /// and no whisper comes between the mail of one commit, of which one may answer before the
    /// other is told.
    pub(super) fn deliver(&self, mail: impl IntoIterator<Item = Mail>) {
        let by_node = self.lock();
        for item in mail {
            if let Some(inbox) = by_node.get(&item.conn().node) {
                inbox.deliver(item);
            }
        }
    }

    /// Tells every node that mail may have been lost.
    pub(super) fn gap(&self) {
        let by_node = self.lock();
        by_node.values().for_each(|inbox| inbox.gap());
    }
}

impl Inboxes<dyn RoomInbox> {
    /// Hands mail of rooms over, in order.
    pub(super) fn deliver(&self, mail: impl IntoIterator<Item = RoomEnvelope>) {
        let by_node = self.lock();
        for envelope in mail {
            if let Some(inbox) = by_node.get(&envelope.conn.node) {
                inbox.deliver(envelope);
            }
        }
    }

    /// Tells every node that mail of rooms may have been lost.
    pub(super) fn gap(&self) {
        self.lock().values().for_each(|inbox| inbox.gap());
    }
}
