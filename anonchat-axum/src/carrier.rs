//! What one pool decides about a device holds in all: bans, lifts and known genders are carried
//! from each pool to the others.
//!
//! Every server does this; an order that comes twice changes nothing. A pool keeps its orders until
//! all others have taken them, so that none is lost while a pool, or this server, is away.

use std::time::Duration;

use anonchat_core::{Command, PoolId, Query, StoreError, View};
use futures_util::future::join_all;
use tokio::time::{MissedTickBehavior, interval};

use crate::chat::AnonChat;
use crate::clock;

/// How long an order may lie in its pool.
const TICK: Duration = Duration::from_secs(1);

/// Orders that are read at once.
const PORTION: usize = 64;

/// Runs until nobody holds the chat any more.
pub(crate) fn spawn(chat: &AnonChat) {
    let pools = chat.pools();
    if pools.len() < 2 {
        return;
    }
    for source in pools {
        let others = pools.iter().filter(|pool| *pool != source);
        let targets = others.map(|pool| Target { pool: pool.clone(), taken: 0 }).collect();
        let route = Route { source: source.clone(), targets };
        tokio::spawn(route.run(chat.weak()));
    }
}

/// From one pool to all others.
struct Route {
    source: PoolId,
    targets: Vec<Target>,
}

/// A pool, and the number of the last order that it has taken.
struct Target {
    pool: PoolId,
    taken: u64,
}

impl Route {
    async fn run(mut self, chat: impl Fn() -> Option<AnonChat> + Send) {
        let mut ticks = interval(TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            let Some(chat) = chat() else { return };
            self.carry(&chat).await;
        }
    }

    async fn carry(&mut self, chat: &AnonChat) {
        let source = &self.source;
        let carried = join_all(self.targets.iter_mut().map(|target| target.carry(chat, source)));
        let is_done = carried.await.iter().all(Result::is_ok);
        let upto = self.targets.iter().map(|target| target.taken).min().unwrap_or_default();
        if upto == 0 {
            return;
        }
        let settle = Command::Settle { upto };
        let settled = chat.store().apply(source, clock::now(), clock::roll(), &settle).await;
        if is_done && settled.is_ok() {
            // Nothing is left there, so that to begin anew costs nothing, and suits a pool that
            // does as well.
            self.targets.iter_mut().for_each(|target| target.taken = 0);
        }
    }
}

impl Target {
    /// Brings what it has not taken yet.
    async fn carry(&mut self, chat: &AnonChat, source: &PoolId) -> Result<(), StoreError> {
        loop {
            let query = Query::Outbox { after: self.taken, limit: PORTION };
            let view = chat.store().read(source, clock::now(), &query).await?;
            let View::Outbox(orders) = view else { return Ok(()) };
            if orders.is_empty() {
                return Ok(());
            }
            for (number, order) in orders {
                let adopt = Command::Adopt { order };
                chat.store().apply(&self.pool, clock::now(), clock::roll(), &adopt).await?;
                self.taken = number;
            }
        }
    }
}
