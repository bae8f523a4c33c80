//! Where a node's mail goes: from the store to the mailbox of each connection.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use anonchat_core::{Conn, Inbox, Mail, NodeId, Policy};
use rustc_hash::FxHashMap;
use tokio::sync::Notify;

use crate::clock;
use crate::mailbox::{Mailbox, Post};

/// All connections of this server.
pub(crate) struct Hub {
    node: NodeId,
    next: AtomicU64,
    room: usize,
    shards: [RwLock<FxHashMap<u64, Arc<Mailbox>>>; SHARDS],
    open: AtomicUsize,
    closing: AtomicBool,
    gaps: AtomicU64,
    left: Notify,
}

/// A connection's place in the hub, given back when dropped.
pub(crate) struct Place {
    hub: Arc<Hub>,
    id: AtomicU64,
    /// The name before that, or the same.
    former: AtomicU64,
    mailbox: Arc<Mailbox>,
}

const SHARDS: usize = 16;

/// Pieces of mail that a connection may be behind, beyond what a partner may send in one go.
const SLACK: usize = 64;

/// The most pieces that it may be behind, unless a partner may send more in one go.
const MOST: usize = 1024;

/// Bytes that a connection which does not read may cost, unless the fewest pieces take more.
const BYTES: usize = 2 << 20;

/// Within how many milliseconds the clients of a stopping server are told to come back.
const SPREAD_MS: (u64, u64) = (500, 2500);

impl Hub {
    pub(crate) fn new(policy: &Policy) -> Self {
        let longest = policy.text.message_chars as usize * 4; // in UTF-8
        let fewest = policy.connection.unacknowledged as usize + SLACK;
        Self {
            node: NodeId(clock::number()),
            next: AtomicU64::new(1),
            room: (BYTES / longest.max(1)).min(MOST).max(fewest),
            shards: Default::default(),
            open: AtomicUsize::new(0),
            closing: AtomicBool::new(false),
            gaps: AtomicU64::new(0),
            left: Notify::new(),
        }
    }

    pub(crate) fn node(&self) -> NodeId {
        self.node
    }

    /// Whether the server is about to stop.
    pub(crate) fn is_closing(&self) -> bool {
        self.closing.load(Ordering::SeqCst)
    }

    /// Gives a new connection its place.
    pub(crate) fn enter(self: &Arc<Self>) -> Place {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let mailbox = Arc::new(Mailbox::new(self.room));
        self.open.fetch_add(1, Ordering::SeqCst);
        self.shard(id).write().unwrap_or_else(PoisonError::into_inner).insert(id, mailbox.clone());
        // Whoever entered after `close` went through the shards has to be told here.
        if self.is_closing() {
            mailbox.put(restart());
        }
        let (id, former) = (AtomicU64::new(id), AtomicU64::new(id));
        Place { hub: self.clone(), id, former, mailbox }
    }

    /// Tells every connection, present and future, that the server is about to stop.
    pub(crate) fn close(&self) {
        if !self.closing.swap(true, Ordering::SeqCst) {
            self.each(restart);
        }
    }

    /// How often mail may have been lost.
    pub(crate) fn gaps(&self) -> u64 {
        self.gaps.load(Ordering::SeqCst)
    }

    /// How many are here.
    pub(crate) fn connections(&self) -> usize {
        self.open.load(Ordering::SeqCst)
    }

    /// How many pieces of mail lie in all mailboxes, and in the fullest.
    #[cfg(feature = "metrics")]
    pub(crate) fn depths(&self) -> (usize, usize) {
        let (mut all, mut most) = (0, 0);
        for shard in &self.shards {
            let shard = shard.read().unwrap_or_else(PoisonError::into_inner);
            for depth in shard.values().map(|mailbox| mailbox.depth()) {
                all += depth;
                most = most.max(depth);
            }
        }
        (all, most)
    }

    /// How many pieces one mailbox has room for.
    #[cfg(feature = "metrics")]
    pub(crate) fn room(&self) -> usize {
        self.room
    }

    /// Waits until nobody is here.
    pub(crate) async fn drained(&self) {
        loop {
            let left = self.left.notified();
            if self.connections() == 0 {
                return;
            }
            left.await;
        }
    }

    fn each(&self, post: impl Fn() -> Post) {
        for shard in &self.shards {
            let shard = shard.read().unwrap_or_else(PoisonError::into_inner);
            shard.values().for_each(|mailbox| mailbox.put(post()));
        }
    }

    fn shard(&self, id: u64) -> &RwLock<FxHashMap<u64, Arc<Mailbox>>> {
        &self.shards[id as usize % SHARDS]
    }
}

fn restart() -> Post {
    Post::Restart(clock::between(SPREAD_MS.0, SPREAD_MS.1))
}

impl Inbox for Hub {
    fn deliver(&self, mail: Mail) {
        let conn = mail.conn();
        let shard = self.shard(conn.id).read().unwrap_or_else(PoisonError::into_inner);
        if let Some(mailbox) = shard.get(&conn.id).filter(|_| conn.node == self.node) {
            mailbox.put(Post::Mail(mail));
        }
    }

    fn gap(&self) {
        self.gaps.fetch_add(1, Ordering::SeqCst);
        self.each(|| Post::Gap);
    }
}

impl Place {
    /// What the connection is called.
    pub(crate) fn conn(&self) -> Conn {
        Conn { node: self.hub.node, id: self.id.load(Ordering::SeqCst) }
    }

    /// What the connection is called, and was called before.
    pub(crate) fn names(&self) -> [Conn; 2] {
        let former = self.former.load(Ordering::SeqCst);
        [self.conn(), Conn { node: self.hub.node, id: former }]
    }

    /// Calls the connection something new. What is for its former name does not arrive any more.
    pub(crate) fn rename(&self) -> Conn {
        let id = self.hub.next.fetch_add(1, Ordering::Relaxed);
        let shard = self.hub.shard(id).write();
        shard.unwrap_or_else(PoisonError::into_inner).insert(id, self.mailbox.clone());
        // It has a name at every moment, or it would miss that the server stops.
        let former = self.id.swap(id, Ordering::SeqCst);
        self.former.store(former, Ordering::SeqCst);
        let shard = self.hub.shard(former).write();
        shard.unwrap_or_else(PoisonError::into_inner).remove(&former);
        self.conn()
    }

    pub(crate) fn mailbox(&self) -> Arc<Mailbox> {
        Arc::clone(&self.mailbox)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let id = self.conn().id;
        let shard = self.hub.shard(id);
        shard.write().unwrap_or_else(PoisonError::into_inner).remove(&id);
        if self.hub.open.fetch_sub(1, Ordering::SeqCst) == 1 {
            self.hub.left.notify_waiters();
        }
    }
}
