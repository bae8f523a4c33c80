//! What a session asks the store, while it is on its way.

use std::convert::Infallible;
use std::future::{Future, pending};
use std::pin::Pin;
use std::time::Duration;

use anonchat_core::session::Input;
use anonchat_core::{Command, PoolId, Query, StoreError};
use futures_util::FutureExt;

use crate::bounded::{PATIENCE, within};
use crate::chat::AnonChat;
use crate::clock;
use crate::orders;

/// How many connections may come in or take their leave at once. When a store comes back, or a
/// server stops, all connections want to; those beyond this wait for their turn.
pub(crate) const TURNS: usize = 64;

/// How long a connection of a server that stops waits for the store.
const LEAVE: Duration = Duration::from_secs(2);

/// A question to the store, and its answer once that is there.
pub(crate) struct Call {
    asking: Pin<Box<dyn Future<Output = Input<'static>> + Send>>,
    answer: Option<Input<'static>>,
}

impl Call {
    /// Asks for a command. Without a pool there is nobody to ask.
    pub(crate) fn apply(chat: &AnonChat, pool: Option<&PoolId>, command: Command) -> Self {
        let takes_turn = matches!(
            command,
            Command::Attach { .. } | Command::Enter { .. } | Command::Detach { .. }
        );
        let patience = if chat.hub().is_closing() { LEAVE } else { PATIENCE };
        let (chat, pool) = (chat.clone(), pool.cloned());
        let applied = async move {
            let pool = pool.ok_or(StoreError::UnknownPool)?;
            let _turn = if takes_turn { chat.turns().acquire().await.ok() } else { None };
            let commit = chat.store().apply(&pool, clock::now(), clock::roll(), &command).await?;
            if commit.outcome.is_ok() && orders::may_order(&command) {
                chat.orders().given(&pool);
            }
            Ok(commit)
        };
        let asking = Box::pin(async move {
            match within(patience, applied).await {
                Ok(commit) => Input::Committed(commit.outcome.map(drop)),
                Err(_) => Input::Unavailable,
            }
        });
        Self { asking, answer: None }
    }

    /// Asks a question.
    pub(crate) fn read(chat: &AnonChat, pool: Option<&PoolId>, query: Query) -> Self {
        let (chat, pool) = (chat.clone(), pool.cloned());
        let asking = Box::pin(async move {
            let Some(pool) = pool else { return Input::Unavailable };
            let view = chat.store().read(&pool, clock::now(), &query).await;
            view.map_or(Input::Unavailable, Input::Viewed)
        });
        Self { asking, answer: None }
    }

    /// The answer, if it is there already: that of a store in memory always is.
    pub(crate) fn answer_now(&mut self) -> Option<Input<'static>> {
        self.answer().now_or_never()
    }

    /// Waits for the answer, which is given once. Nothing is lost if this is dropped.
    pub(crate) async fn answer(&mut self) -> Input<'static> {
        match self.answer.take() {
            Some(answer) => answer,
            None => self.asking.as_mut().await,
        }
    }

    /// Sees to it that the call does not stand still, or keep its turn, while its connection waits
    /// for something else.
    pub(crate) async fn go_on(&mut self) -> Infallible {
        if self.answer.is_none() {
            self.answer = Some(self.asking.as_mut().await);
        }
        pending().await
    }
}
