//! Where this server's mail from the rooms goes: to the mailbox of each socket.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use anonchat_core::room::RoomEnvelope;
use anonchat_core::{Conn, NodeId, Policy, RoomInbox};
use tokio::sync::Notify;

use crate::clock;
use crate::mailbox;

impl mailbox::Letter for RoomEnvelope {}

/// The mail of one socket.
pub(super) type Mailbox = mailbox::Mailbox<RoomEnvelope>;

/// What lies in it.
pub(super) type Post = mailbox::Post<RoomEnvelope>;

/// All sockets of rooms at this server.
pub(crate) struct RoomHub {
    node: NodeId,
    next: AtomicU64,
    /// Pieces that one mailbox has room for.
    room: usize,
    places: RwLock<HashMap<u64, Arc<Mailbox>>>,
    closing: AtomicBool,
    /// Sockets that are gone without the store's knowing.
    lost: Mutex<Vec<Conn>>,
    left: Notify,
}

/// A socket's place in the hub, given back when dropped.
pub(super) struct Place {
    hub: Arc<RoomHub>,
    conn: Conn,
    mailbox: Arc<Mailbox>,
    /// Whether the store may take it for one that listens.
    pub(super) is_known: bool,
}

/// Bytes that a socket which is not read may cost, and in how many pieces.
const BYTES: usize = 2 << 20;
const FEWEST: usize = 64;
const MOST: usize = 1024;

/// Within how many milliseconds the clients of a stopping server are told to come back.
const SPREAD_MS: (u64, u64) = (500, 2500);

impl RoomHub {
    pub(super) fn new(policy: &Policy) -> Self {
        let longest = policy.rooms.message_chars as usize * 4; // in UTF-8
        Self {
            node: NodeId(clock::number()),
            next: AtomicU64::new(1),
            room: (BYTES / longest.max(1)).clamp(FEWEST, MOST),
            places: RwLock::default(),
            closing: AtomicBool::new(false),
            lost: Mutex::default(),
            left: Notify::new(),
        }
    }

    pub(super) fn node(&self) -> NodeId {
        self.node
    }

    /// Gives a new socket its place.
    pub(super) fn enter(self: &Arc<Self>) -> Place {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let mailbox = Arc::new(Mailbox::new(self.room));
        let mut places = self.places.write().unwrap_or_else(PoisonError::into_inner);
        places.insert(id, mailbox.clone());
        drop(places);
        // Whoever entered after `close` went through the places has to be told here.
        if self.is_closing() {
            mailbox.put(restart());
        }
        let conn = Conn { node: self.node, id };
        Place { hub: self.clone(), conn, mailbox, is_known: false }
    }

    pub(super) fn is_closing(&self) -> bool {
        self.closing.load(Ordering::SeqCst)
    }

    /// Tells every socket, present and future, that the server is about to stop.
    pub(crate) fn close(&self) {
        if !self.closing.swap(true, Ordering::SeqCst) {
            self.each(restart);
        }
    }

    /// Waits until nobody is here.
    pub(crate) async fn drained(&self) {
        loop {
            let left = self.left.notified();
            if self.places.read().unwrap_or_else(PoisonError::into_inner).is_empty() {
                return;
            }
            left.await;
        }
    }

    /// Sockets that the store has to be told of.
    pub(super) fn take_lost(&self) -> Vec<Conn> {
        std::mem::take(&mut *self.lost())
    }

    /// Puts back those of which it could not be told.
    pub(super) fn put_back(&self, conns: impl IntoIterator<Item = Conn>) {
        self.lost().extend(conns);
    }

    fn lost(&self) -> MutexGuard<'_, Vec<Conn>> {
        self.lost.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn each(&self, post: impl Fn() -> Post) {
        let places = self.places.read().unwrap_or_else(PoisonError::into_inner);
        places.values().for_each(|mailbox| mailbox.put(post()));
    }
}

fn restart() -> Post {
    Post::Restart(clock::between(SPREAD_MS.0, SPREAD_MS.1))
}

impl RoomInbox for RoomHub {
    fn deliver(&self, envelope: RoomEnvelope) {
        let conn = envelope.conn;
        let places = self.places.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(mailbox) = places.get(&conn.id).filter(|_| conn.node == self.node) {
            mailbox.put(Post::Mail(envelope));
        }
    }

    fn gap(&self) {
        self.each(|| Post::Gap);
    }
}

impl Place {
    pub(super) fn conn(&self) -> Conn {
        self.conn
    }

    pub(super) fn mailbox(&self) -> &Mailbox {
        &self.mailbox
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if self.is_known {
            self.hub.put_back([self.conn]);
        }
        let mut places = self.hub.places.write().unwrap_or_else(PoisonError::into_inner);
        places.remove(&self.conn.id);
        if places.is_empty() {
            drop(places);
            self.hub.left.notify_waiters();
        }
    }
}

#[cfg(test)]
mod tests {
    use anonchat_core::room::{RoomCode, RoomEvent};

    use super::*;

    fn mail(conn: Conn) -> RoomEnvelope {
        let room = RoomCode::parse("ABCDEF").expect("a code");
        RoomEnvelope { conn, room, seq: 1, event: RoomEvent::Closed }
    }

    fn pieces(place: &Place) -> usize {
        std::iter::from_fn(|| place.mailbox().take()).count()
    }

    #[test]
    fn mail_reaches_its_socket_and_no_other() {
        let hub = Arc::new(RoomHub::new(&Policy::default()));
        let (one, two) = (hub.enter(), hub.enter());
        hub.deliver(mail(one.conn()));
        hub.deliver(mail(Conn { node: NodeId(hub.node().0 ^ 1), id: one.conn().id }));
        hub.deliver(mail(Conn { node: hub.node(), id: 77 }));
        assert_eq!((pieces(&one), pieces(&two)), (1, 0));
        hub.gap();
        assert_eq!((pieces(&one), pieces(&two)), (1, 1));
    }

    #[tokio::test]
    async fn those_who_enter_while_it_closes_are_told_and_it_is_drained_when_they_have_left() {
        let hub = Arc::new(RoomHub::new(&Policy::default()));
        let one = hub.enter();
        hub.close();
        hub.close();
        let two = hub.enter();
        assert_eq!((pieces(&one), pieces(&two)), (1, 1));
        drop((one, two));
        hub.drained().await;
    }

    #[test]
    fn a_socket_that_is_gone_without_the_stores_knowing_is_not_forgotten() {
        let hub = Arc::new(RoomHub::new(&Policy::default()));
        let (mut known, unknown) = (hub.enter(), hub.enter());
        known.is_known = true;
        let conn = known.conn();
        drop((known, unknown));
        assert_eq!(hub.take_lost(), [conn]);
        assert_eq!(hub.take_lost(), []);
    }
}
