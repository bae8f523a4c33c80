//! The store, with an end to the waiting for it.
//!
//! A store should answer in time by itself. One that does not, whoever wrote it, must not hold up a
//! connection, a request or the end of the process: what takes too long counts as unavailable.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use anonchat_core::{
    Command, Commit, Dice, Inbox, NodeId, Policy, PoolId, Query, Store, StoreError, UnixMillis,
    View, Whisper,
};
use tokio::time::timeout;

/// How long any call may take.
pub(crate) const PATIENCE: Duration = Duration::from_secs(3);

/// A store whose every call ends within [`PATIENCE`].
pub(crate) struct Bounded(Arc<dyn Store>);

impl Bounded {
    pub(crate) fn new(store: Arc<dyn Store>) -> Self {
        Self(store)
    }

    pub(crate) fn policy(&self) -> &Arc<Policy> {
        self.0.policy()
    }

    pub(crate) async fn apply(
        &self,
        pool: &PoolId,
        at: UnixMillis,
        dice: Dice,
        command: &Command,
    ) -> Result<Commit, StoreError> {
        within(PATIENCE, self.0.apply(pool, at, dice, command)).await
    }

    pub(crate) async fn read(
        &self,
        pool: &PoolId,
        at: UnixMillis,
        query: &Query,
    ) -> Result<View, StoreError> {
        within(PATIENCE, self.0.read(pool, at, query)).await
    }

    pub(crate) async fn open(&self, node: NodeId, inbox: Arc<dyn Inbox>) -> Result<(), StoreError> {
        within(PATIENCE, self.0.open(node, inbox)).await
    }

    pub(crate) async fn whisper(&self, pool: &PoolId, whisper: Whisper) -> Result<(), StoreError> {
        within(PATIENCE, self.0.whisper(pool, whisper)).await
    }
}

/// What a call gives, or that the store is unavailable if the call takes longer than that.
pub(crate) async fn within<T>(
    patience: Duration,
    call: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, StoreError> {
    let overdue = |elapsed| StoreError::Unavailable(Some(Box::new(elapsed)));
    timeout(patience, call).await.map_err(overdue)?
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_call_that_never_ends_is_given_up() {
        let never = within(PATIENCE, pending::<Result<(), _>>()).await;
        assert!(matches!(never, Err(StoreError::Unavailable(Some(_)))));
    }

    #[tokio::test(start_paused = true)]
    async fn what_a_call_says_in_time_is_passed_on() {
        assert!(matches!(within(PATIENCE, ready(Ok(7))).await, Ok(7)));
        let refused = within(PATIENCE, ready(Err::<(), _>(StoreError::UnknownPool))).await;
        assert!(matches!(refused, Err(StoreError::UnknownPool)));
    }
}
