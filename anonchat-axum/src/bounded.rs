//! The store, with an end to the waiting for it.
//!
//! A store should answer in time by itself. One that does not, whoever wrote it, must not hold up a
//! connection, a request or the end of the process: what takes too long counts as unavailable.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use anonchat_core::{
    Command, Commit, Dice, Inbox, NodeId, Policy, PoolId, Query, Store, StoreError, UnixMillis,
    View, Whisper,
};
use tokio::time::timeout;
use tracing::{Instrument, debug_span, trace_span};

use crate::metrics::label::{Kind, Label, Question};
use crate::metrics::{Metrics, Timer, Watch};

/// How long any call may take.
pub(crate) const PATIENCE: Duration = Duration::from_secs(3);

/// A store whose every call ends within [`PATIENCE`].
pub(crate) struct Bounded {
    store: Arc<dyn Store>,
    metrics: Arc<Metrics>,
}

impl Bounded {
    pub(crate) fn new(store: Arc<dyn Store>, metrics: Arc<Metrics>) -> Self {
        Self { store, metrics }
    }

    pub(crate) fn policy(&self) -> &Arc<Policy> {
        self.store.policy()
    }

    pub(crate) async fn apply(
        &self,
        pool: &PoolId,
        at: UnixMillis,
        dice: Dice,
        command: &Command,
    ) -> Result<Commit, StoreError> {
        let watch = Watch::apply(&self.metrics, command);
        let span = debug_span!("store.apply", command = Kind::of(command).value());
        let applying = self.store.apply(pool, at, dice, command);
        let answer = within(PATIENCE, applying).instrument(span).await;
        watch.committed(&answer);
        answer
    }

    pub(crate) async fn read(
        &self,
        pool: &PoolId,
        at: UnixMillis,
        query: &Query,
    ) -> Result<View, StoreError> {
        let watch = Watch::read(&self.metrics, query);
        let span = debug_span!("store.read", query = Question::of(query).value());
        let answer = within(PATIENCE, self.store.read(pool, at, query)).instrument(span).await;
        watch.viewed(&answer);
        answer
    }

    pub(crate) async fn open(&self, node: NodeId, inbox: Arc<dyn Inbox>) -> Result<(), StoreError> {
        within(PATIENCE, self.store.open(node, inbox)).await
    }

    /// Carries something to a partner on this server, or gives it back.
    pub(crate) fn whisper_here(&self, pool: &PoolId, whisper: Whisper) -> Option<Whisper> {
        let since = Timer::start();
        let rest = self.store.whisper_here(pool, whisper);
        if rest.is_none() {
            Watch::whispered(&self.metrics, since);
        }
        rest
    }

    /// Carries something to a partner, wherever.
    pub(crate) async fn whisper(&self, pool: &PoolId, whisper: Whisper) -> Result<(), StoreError> {
        let watch = Watch::whisper(&self.metrics);
        let carrying = within(PATIENCE, self.store.whisper(pool, whisper));
        // A message is the one call that is too frequent to be told of by default.
        let answer = carrying.instrument(trace_span!("store.whisper")).await;
        watch.carried(&answer);
        answer
    }
}

/// What a call gives, or that the store is unavailable if the call takes longer than that.
pub(crate) async fn within<T>(
    patience: Duration,
    call: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, StoreError> {
    let mut call = pin!(call);
    // A store in memory has answered at once, and needs no timer.
    if let Poll::Ready(done) = poll_fn(|cx| Poll::Ready(call.as_mut().poll(cx))).await {
        return done;
    }
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
