//! Calls that come while others are under way, which then travel together.
//!
//! A lot is of one kind. The first call to come leaves at once; those that come until there is an
//! answer leave as one, and share what a call costs both ends. Nobody waits for company.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;

use tokio::sync::{Notify, Semaphore, oneshot};
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout_at};

use super::outage::Outage;

/// Lots that are under way at once.
const LOTS: usize = 2;

/// The most calls of a lot. Redis does nothing else until it is done.
const CALLS: usize = 32;

/// The most bytes of a lot, but for one call alone.
const BYTES: usize = 1 << 16;

/// What waits to leave, by kind.
pub(super) struct Gather<K, T, R> {
    waiting: Mutex<VecDeque<Call<K, T, R>>>,
    ready: Notify,
}

struct Call<K, T, R> {
    kind: K,
    what: T,
    bytes: usize,
    until: Instant,
    answer: oneshot::Sender<Result<R, Outage>>,
}

/// Calls of one kind, in the order in which they came.
pub(super) struct Lot<K, T, R> {
    pub(super) kind: K,
    pub(super) calls: Vec<T>,
    /// The last of their deadlines.
    pub(super) until: Instant,
    answers: Vec<oneshot::Sender<Result<R, Outage>>>,
}

impl<K: PartialEq, T, R> Gather<K, T, R> {
    pub(super) fn new() -> Self {
        Self { waiting: Mutex::default(), ready: Notify::new() }
    }

    /// Returns what comes of a call of so many bytes.
    pub(super) async fn call(
        &self,
        kind: K,
        what: T,
        bytes: usize,
        until: Instant,
    ) -> Result<R, Outage> {
        let (answer, answered) = oneshot::channel();
        self.lock().push_back(Call { kind, what, bytes, until, answer });
        self.ready.notify_one();
        // Whoever sends lives as long as the store.
        timeout_at(until, answered)
            .await
            .map_or(Err(Outage::Late), |answer| answer.unwrap_or(Err(Outage::NotYet)))
    }

    /// The next lot: those like the one that has waited longest.
    async fn next(&self) -> Lot<K, T, R> {
        loop {
            if let Some(lot) = self.take() {
                return lot;
            }
            self.ready.notified().await;
        }
    }

    fn take(&self) -> Option<Lot<K, T, R>> {
        let mut waiting = self.lock();
        // Who has given up does not want it to happen any more.
        while waiting.front().is_some_and(|call| call.answer.is_closed()) {
            waiting.pop_front();
        }
        let Call { kind, what, mut bytes, until, answer } = waiting.pop_front()?;
        let mut lot = Lot { kind, calls: vec![what], until, answers: vec![answer] };
        let mut place = 0;
        while let Some(call) = waiting.get(place) {
            if call.kind != lot.kind {
                place += 1;
                continue;
            }
            bytes = bytes.saturating_add(call.bytes);
            if lot.calls.len() == CALLS || bytes > BYTES {
                break;
            }
            let Some(Call { what, until, answer, .. }) = waiting.remove(place) else { break };
            if !answer.is_closed() {
                lot.calls.push(what);
                lot.until = lot.until.max(until);
                lot.answers.push(answer);
            }
        }
        Some(lot)
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Call<K, T, R>>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: PartialEq, T, R> Gather<K, T, R> {
    /// Has everything sent, for ever. Lots are begun one after the other, so that what is sent over
    /// one connection arrives in the order in which it came.
    pub(super) async fn run<F>(&self, send: impl Fn(Lot<K, T, R>) -> F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let (places, mut under_way) = (Arc::new(Semaphore::new(LOTS)), JoinSet::new());
        while let Ok(place) = Arc::clone(&places).acquire_owned().await {
            let mut lot = Box::pin(send(self.next().await));
            let begun = poll_fn(|context| Poll::Ready(lot.as_mut().poll(context))).await;
            if begun.is_pending() {
                under_way.spawn(async move {
                    lot.await;
                    drop(place);
                });
            }
            while under_way.try_join_next().is_some() {}
        }
    }
}

impl<K, T, R> Lot<K, T, R> {
    /// Answers the calls, each with its own, or all with the same outage.
    pub(super) fn answer(self, answers: Result<Vec<R>, Outage>) {
        // Whoever gave up waiting is not there any more.
        match answers {
            Ok(answers) => {
                for (to, answer) in self.answers.into_iter().zip(answers) {
                    let _ = to.send(Ok(answer));
                }
            }
            Err(outage) => {
                for to in self.answers {
                    let _ = to.send(Err(outage.clone()));
                }
            }
        }
    }
}
