//! Orders on their way: what one pool has ordered, such as a ban, is adopted by all others.
//!
//! A pool keeps its orders until somebody says that all others have them. Every server carries
//! them, each for itself; that several do, or that one begins anew, does no harm. So nothing about
//! it is written down: a server that starts begins with the oldest order that is kept.
//!
//! Each pool has a carrier of its own for what it has ordered, and carries to each other pool by
//! itself, so that one that does not answer keeps only what is to come to it waiting.

mod carrier;
mod route;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use anonchat_core::{Command, Order, PoolId, Query, StoreError, UnixMillis, View};
use futures_util::future::join_all;
use tokio::sync::Notify;

use crate::chat::AnonChat;
use crate::clock;
use carrier::Carrier;

/// Tells the carriers of this server that there is something to carry.
pub(crate) struct Orders(BTreeMap<PoolId, Arc<Notify>>);

impl Orders {
    /// With a single pool there is nobody to carry anything to.
    pub(crate) fn new(pools: &[PoolId]) -> Self {
        let pools: BTreeSet<_> = pools.iter().cloned().collect();
        let carries = pools.len() > 1;
        Self(pools.into_iter().filter(|_| carries).map(|pool| (pool, Arc::default())).collect())
    }

    /// Has what a pool has just ordered carried at once. Without this it waits for the next tick.
    pub(crate) fn given(&self, pool: &PoolId) {
        if let Some(carrier) = self.0.get(pool) {
            carrier.notify_one();
        }
    }

    fn others<'a>(&'a self, pool: &'a PoolId) -> impl Iterator<Item = &'a PoolId> {
        self.0.keys().filter(move |other| *other != pool)
    }
}

/// Whether a command may order something that holds in every pool.
pub(crate) fn may_order(command: &Command) -> bool {
    matches!(
        command,
        Command::Ban { .. }
            | Command::Lift { .. }
            | Command::Report { .. }
            | Command::Verify { .. }
    )
}

/// Gives an order in the first pool that answers. From there it comes to all others, and to those
/// that answer before the caller goes on.
pub(crate) async fn give(
    chat: &AnonChat,
    at: UnixMillis,
    order: &Command,
) -> Result<(), StoreError> {
    let mut failure = StoreError::UnknownPool;
    for pool in chat.pools() {
        match chat.store().apply(pool, at, clock::roll(), order).await {
            Ok(commit) => {
                carry_now(chat, pool, commit.seq).await;
                return Ok(());
            }
            Err(error) => failure = error,
        }
    }
    Err(failure)
}

/// Starts a carrier for each pool. They run until nobody holds the chat any more.
pub(crate) fn spawn(chat: &AnonChat) {
    for (pool, given) in &chat.orders().0 {
        let others = chat.orders().others(pool);
        tokio::spawn(Carrier::new(pool, others).run(Arc::clone(given), chat.weak()));
    }
}

/// Has what the commit of this number has ordered adopted before the caller goes on, by every
/// other pool that answers. The carrier sees to the others.
async fn carry_now(chat: &AnonChat, from: &PoolId, number: u64) {
    if chat.orders().0.is_empty() {
        return;
    }
    let Ok(page) = pending(chat, from, number.saturating_sub(1), 1).await else { return };
    if let Some((_, order)) = page.iter().find(|(found, _)| *found == number) {
        join_all(chat.orders().others(from).map(|to| adopt(chat, to, *order))).await;
    }
    chat.orders().given(from);
}

async fn pending(
    chat: &AnonChat,
    from: &PoolId,
    after: u64,
    limit: usize,
) -> Result<Arc<[(u64, Order)]>, StoreError> {
    match chat.store().read(from, clock::now(), &Query::Outbox { after, limit }).await? {
        View::Outbox(orders) => Ok(orders.into()),
        _ => Err(StoreError::Unavailable(None)),
    }
}

/// Whether a pool has adopted an order.
async fn adopt(chat: &AnonChat, to: &PoolId, order: Order) -> bool {
    let adopt = Command::Adopt { order };
    let commit = chat.store().apply(to, clock::now(), clock::roll(), &adopt).await;
    commit.is_ok_and(|commit| commit.outcome.is_ok())
}
