//! Connections from which a whole request is still to come: only so many, and the oldest goes first.
//!
//! A client that means to ask something does so at once. Whoever holds many connections open and
//! asks nothing, or a letter at a time, meets the oldest of them ended by the newest, and those who
//! ask are served all the while.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anonchat_core::RateKey;
use anonchat_core::policy::Connection;
use tokio::sync::{Notify, Semaphore, SemaphorePermit};

/// So many may be told at once that there is no room for them. The others are ended without a word,
/// so that those who are sent away take no room either.
const TOLD: usize = 256;

/// The connections of this server from which a request is to come.
pub(crate) struct HalfOpen {
    inside: Mutex<Inside>,
    told: Semaphore,
    most: usize,
    most_each: usize,
}

#[derive(Default)]
struct Inside {
    next: u64,
    /// The oldest first.
    waiting: BTreeMap<u64, Arc<Notify>>,
    /// Those that have not sent their first request, by peer.
    new: HashMap<RateKey, usize>,
}

/// One connection's place, given back when dropped.
pub(super) struct Waiting {
    table: Arc<HalfOpen>,
    turned_out: Arc<Notify>,
    /// Its number while a request is to come.
    number: Mutex<Option<u64>>,
    /// The peer of which it is counted while it is new.
    peer: Option<RateKey>,
    is_new: AtomicBool,
}

impl HalfOpen {
    pub(crate) fn new(rules: &Connection) -> Self {
        Self {
            inside: Mutex::default(),
            told: Semaphore::new(TOLD),
            most: (rules.max_half_open as usize).max(1),
            most_each: rules.max_half_open_per_address as usize,
        }
    }

    /// A place for a new connection. `None` if its peer, which is named unless it may have any
    /// number, has too many new ones.
    pub(super) fn enter(self: &Arc<Self>, peer: Option<RateKey>) -> Option<Waiting> {
        let peer = peer.filter(|_| self.most_each > 0);
        if let Some(peer) = peer {
            let mut inside = self.inside();
            let own = inside.new.entry(peer).or_default();
            if *own >= self.most_each {
                return None;
            }
            *own += 1;
        }
        let waiting = Waiting {
            table: Arc::clone(self),
            turned_out: Arc::new(Notify::new()),
            number: Mutex::new(None),
            peer,
            is_new: AtomicBool::new(true),
        };
        waiting.wait();
        Some(waiting)
    }

    /// Leave to tell one connection that there is no room, until it is dropped.
    pub(super) fn may_tell(&self) -> Option<SemaphorePermit<'_>> {
        self.told.try_acquire().ok()
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting {
    /// A request is to come.
    pub(super) fn wait(&self) {
        let mut inside = self.table.inside();
        if inside.waiting.len() >= self.table.most
            && let Some((_, oldest)) = inside.waiting.pop_first()
        {
            oldest.notify_one();
        }
        let number = inside.next;
        inside.next += 1;
        inside.waiting.insert(number, Arc::clone(&self.turned_out));
        drop(inside);
        *self.number() = Some(number);
    }

    /// The head of a request has come in whole.
    pub(super) fn begin(&self) {
        let number = self.number().take();
        let mut inside = self.table.inside();
        if let Some(number) = number {
            inside.waiting.remove(&number);
        }
        if self.is_new.swap(false, Ordering::Relaxed) {
            inside.leave(self.peer);
        }
    }

    /// The table in which the place is.
    pub(super) fn table(&self) -> &HalfOpen {
        &self.table
    }

    /// Whether no request has ever come.
    pub(super) fn is_new(&self) -> bool {
        self.is_new.load(Ordering::Relaxed)
    }

    /// Waits until somebody newer takes the place. A request that came meanwhile is seen through.
    pub(super) async fn turned_out(&self) {
        loop {
            self.turned_out.notified().await;
            if self.number().is_some() {
                return;
            }
        }
    }

    fn number(&self) -> MutexGuard<'_, Option<u64>> {
        self.number.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.begin();
    }
}

impl Inside {
    /// A connection of a peer is no longer new.
    fn leave(&mut self, peer: Option<RateKey>) {
        let Some(peer) = peer else { return };
        if let Some(own) = self.new.get_mut(&peer) {
            *own -= 1;
            if *own == 0 {
                self.new.remove(&peer);
                if self.new.len() < self.new.capacity() / 4 {
                    self.new.shrink_to_fit();
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    fn table(most: u32, most_each: u32) -> Arc<HalfOpen> {
        let rules = Connection {
            max_half_open: most,
            max_half_open_per_address: most_each,
            ..Connection::default()
        };
        Arc::new(HalfOpen::new(&rules))
    }

    fn goes(waiting: &Waiting) -> bool {
        waiting.turned_out().now_or_never().is_some()
    }

    #[test]
    fn the_newest_takes_the_place_of_the_oldest() {
        let table = table(2, 0);
        let enter = || table.enter(None).expect("room");
        let (first, second, third) = (enter(), enter(), enter());
        assert!(goes(&first) && !goes(&second) && !goes(&third));
        // Who has asked something has no place to lose, until the answer has gone.
        second.begin();
        let (fourth, fifth) = (enter(), enter());
        assert!(goes(&third) && !goes(&second));
        second.wait();
        assert!(goes(&fourth) && !goes(&fifth) && !goes(&second));
        drop((fifth, second));
        assert_eq!(table.inside().waiting.len(), 0, "the others are out already");
    }

    #[test]
    fn a_request_that_comes_with_the_turning_out_is_seen_through() {
        let table = table(1, 0);
        let first = table.enter(None).expect("room");
        let _second = table.enter(None).expect("room");
        first.begin();
        assert!(!goes(&first));
    }

    #[test]
    fn only_so_many_are_told_at_once() {
        let table = table(1, 1);
        let mut told: Vec<_> = (0..TOLD).map(|_| table.may_tell().expect("few are told")).collect();
        assert!(table.may_tell().is_none());
        told.pop();
        assert!(table.may_tell().is_some());
    }

    #[test]
    fn a_peer_has_only_so_many_new_ones() {
        let table = table(100, 2);
        let (ann, bob) = (RateKey::from_bytes([1; 16]), RateKey::from_bytes([2; 16]));
        let one = table.enter(Some(ann)).expect("room");
        let two = table.enter(Some(ann)).expect("room");
        assert!(table.enter(Some(ann)).is_none());
        assert!(table.enter(Some(bob)).is_some());
        assert!((0..50).all(|_| table.enter(None).is_some()), "proxies and this machine");
        one.begin();
        assert!(!one.is_new() && two.is_new());
        let three = table.enter(Some(ann)).expect("one is no longer new");
        one.wait();
        assert!(table.enter(Some(ann)).is_none());
        drop((one, two, three));
        let inside = table.inside();
        assert_eq!((inside.new.len(), inside.waiting.len()), (0, 0));
    }
}
