//! The way from one pool to another, and how far everything has come on it.

use std::sync::Arc;

use anonchat_core::{Order, PoolId};
use tokio::time::Instant;

use super::adopt;
use crate::bounded::PATIENCE;
use crate::chat::AnonChat;

/// The way from a carrier's pool to another one.
pub(super) struct Route {
    to: PoolId,
    /// The number up to which everything has been adopted.
    carried: u64,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Free,
    /// A portion is on its way.
    Busy,
    /// The pool does not answer; it is tried again at the next tick.
    Closed,
}

/// What became of one portion of orders on its way to one pool.
pub(super) struct Trip {
    /// The place of the route among those of its carrier.
    pub(super) route: usize,
    /// How often mail had been lost when it began.
    pub(super) gaps: u64,
    /// The number up to which the pool has everything.
    carried: u64,
    has_failed: bool,
}

impl Route {
    pub(super) fn new(to: PoolId) -> Self {
        Self { to, carried: 0, state: State::Free }
    }

    pub(super) fn carried(&self) -> u64 {
        self.carried
    }

    pub(super) fn is_free(&self) -> bool {
        self.state == State::Free
    }

    /// A pool that did not answer may do so by now.
    pub(super) fn retry(&mut self) {
        if self.state == State::Closed {
            self.state = State::Free;
        }
    }

    /// Everything that is still kept is carried once more.
    pub(super) fn begin_anew(&mut self) {
        self.carried = 0;
    }

    /// A portion sets out: what is returned has to be awaited, and then given to [`Self::arrived`].
    pub(super) fn set_out(
        &mut self,
        chat: AnonChat,
        mut trip: Trip,
        page: Arc<[(u64, Order)]>,
    ) -> impl Future<Output = Trip> + Send + use<> {
        self.state = State::Busy;
        trip.carried = self.carried;
        let to = self.to.clone();
        async move {
            let end = Instant::now() + PATIENCE;
            for &(number, order) in &*page {
                trip.has_failed = !adopt(&chat, &to, order).await;
                if trip.has_failed {
                    break;
                }
                trip.carried = number;
                if Instant::now() >= end {
                    break;
                }
            }
            trip
        }
    }

    /// Whether it is worth looking for more to carry.
    pub(super) fn arrived(&mut self, trip: &Trip, counts: bool) -> bool {
        self.state = if trip.has_failed { State::Closed } else { State::Free };
        if counts {
            self.carried = trip.carried;
        }
        self.is_free()
    }
}

impl Trip {
    pub(super) fn on(route: usize, gaps: u64) -> Self {
        Self { route, gaps, carried: 0, has_failed: false }
    }
}
