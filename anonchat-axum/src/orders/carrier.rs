//! What carries the orders of one pool.

use std::collections::BTreeSet;
use std::sync::Arc;

use anonchat_core::{Command, PoolId, StoreError};
use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use tokio::sync::Notify;

use super::pending;
use super::route::{Route, Trip};
use crate::background::{TICK, ticks};
use crate::chat::AnonChat;
use crate::clock;

/// Orders that set out for a pool together.
const PORTION: usize = 256;

/// How often the pool is asked for more within one tick.
const ROUNDS: usize = 64;

/// Carries what one pool has ordered to all others.
pub(super) struct Carrier {
    from: PoolId,
    routes: Vec<Route>,
    /// How often this server's mail had been lost when the routes began.
    gaps: u64,
    /// The number up to which the pool was told that all others have everything.
    settled: u64,
    /// How often it may still be asked for more in this tick.
    rounds: usize,
}

type Trips = FuturesUnordered<BoxFuture<'static, Trip>>;

impl Carrier {
    pub(super) fn new<'a>(from: &PoolId, others: impl Iterator<Item = &'a PoolId>) -> Self {
        let routes = others.map(|to| Route::new(to.clone())).collect();
        Self { from: from.clone(), routes, gaps: 0, settled: 0, rounds: ROUNDS }
    }

    pub(super) async fn run(
        mut self,
        given: Arc<Notify>,
        chat: impl Fn() -> Option<AnonChat> + Send,
    ) {
        let (mut ticks, mut trips) = (ticks(TICK), Trips::new());
        loop {
            let looks = tokio::select! {
                _ = ticks.tick() => {
                    self.routes.iter_mut().for_each(Route::retry);
                    self.rounds = ROUNDS;
                    true
                }
                () = given.notified() => true,
                Some(trip) = trips.next(), if !trips.is_empty() => self.arrived(&trip),
            };
            let Some(chat) = chat() else { return };
            // Whatever fails here is tried again, and that the store is away is said elsewhere.
            let _ = self.go_on(&chat, looks, &mut trips).await;
        }
    }

    fn arrived(&mut self, trip: &Trip) -> bool {
        let counts = trip.gaps == self.gaps;
        self.routes[trip.route].arrived(trip, counts)
    }

    async fn go_on(
        &mut self,
        chat: &AnonChat,
        looks: bool,
        trips: &mut Trips,
    ) -> Result<(), StoreError> {
        self.begin_anew_after(chat.hub().gaps());
        self.settle(chat).await?;
        if looks && self.rounds > 0 {
            self.rounds -= 1;
            self.look(chat, trips).await?;
        }
        Ok(())
    }

    /// A store that has lost mail may have lost commits as well, and gives their numbers again:
    /// what was carried up to a number before says nothing about the orders that have it now.
    fn begin_anew_after(&mut self, gaps: u64) {
        if self.gaps != gaps {
            self.gaps = gaps;
            self.settled = 0;
            self.routes.iter_mut().for_each(Route::begin_anew);
        }
    }

    /// Has the pool forget what all others have adopted.
    async fn settle(&mut self, chat: &AnonChat) -> Result<(), StoreError> {
        let upto = self.routes.iter().map(Route::carried).min().unwrap_or_default();
        if upto > self.settled {
            let settle = Command::Settle { upto };
            chat.store().apply(&self.from, clock::now(), clock::roll(), &settle).await?;
            self.settled = upto;
        }
        Ok(())
    }

    /// Sends what there is to every pool that is free. Pools to which equally much has been carried
    /// share a look, so that there is mostly one.
    async fn look(&mut self, chat: &AnonChat, trips: &mut Trips) -> Result<(), StoreError> {
        let free = self.routes.iter().filter(|route| route.is_free());
        let starts: BTreeSet<_> = free.map(Route::carried).collect();
        for after in starts {
            let page = pending(chat, &self.from, after, PORTION).await?;
            if page.is_empty() {
                continue;
            }
            for (place, route) in self.routes.iter_mut().enumerate() {
                if route.is_free() && route.carried() == after {
                    let trip = Trip::on(place, self.gaps);
                    trips.push(Box::pin(route.set_out(chat.clone(), trip, Arc::clone(&page))));
                }
            }
        }
        Ok(())
    }
}
