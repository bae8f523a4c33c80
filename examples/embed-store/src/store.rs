//! The whole store: requests are handled one after the other, and mail is handed over before the
//! request that brought it about is answered.

use std::collections::HashMap;
use std::sync::Arc;

use anonchat_core::{
    Command, Commit, Dice, Inbox, Mail, NodeId, Policy, Pool, PoolId, Query, Store, StoreError,
    UnixMillis, View, Whisper,
};
use async_trait::async_trait;
use tokio::sync::{mpsc, oneshot};

/// A handle to the actor, which ends when the last one is dropped.
pub(crate) struct ActorStore {
    policy: Arc<Policy>,
    actor: mpsc::Sender<Request>,
}

/// What the actor is asked to do with what it owns.
type Request = Box<dyn FnOnce(&mut Owned) + Send>;

struct Owned {
    pool: Pool,
    inboxes: HashMap<NodeId, Arc<dyn Inbox>>,
}

impl ActorStore {
    /// Starts the actor on the runtime of the caller.
    pub(crate) fn start(policy: Policy) -> Self {
        let (policy, (actor, mut requests)) = (Arc::new(policy), mpsc::channel::<Request>(1_024));
        let mut owned = Owned { pool: Pool::new(Arc::clone(&policy)), inboxes: HashMap::new() };
        tokio::spawn(async move {
            while let Some(request) = requests.recv().await {
                request(&mut owned);
            }
        });
        Self { policy, actor }
    }

    /// Has something done by the actor. Once sent, it is done even if nobody waits for it.
    async fn ask<T: Send + 'static>(
        &self,
        pool: &PoolId,
        job: impl FnOnce(&mut Owned) -> T + Send + 'static,
    ) -> Result<T, StoreError> {
        if *pool != PoolId::main() {
            return Err(StoreError::UnknownPool);
        }
        let (answer, answered) = oneshot::channel();
        let request: Request = Box::new(|owned| drop(answer.send(job(owned))));
        self.actor.send(request).await.map_err(|_| StoreError::Unavailable(None))?;
        answered.await.map_err(|error| StoreError::Unavailable(Some(error.into())))
    }
}

impl Owned {
    fn deliver(&self, mail: Mail) {
        if let Some(inbox) = self.inboxes.get(&mail.conn().node) {
            inbox.deliver(mail);
        }
    }
}

#[async_trait]
impl Store for ActorStore {
    fn policy(&self) -> &Arc<Policy> {
        &self.policy
    }

    async fn apply(
        &self,
        pool: &PoolId,
        at: UnixMillis,
        dice: Dice,
        command: &Command,
    ) -> Result<Commit, StoreError> {
        let command = command.clone();
        self.ask(pool, move |owned| {
            let commit = owned.pool.apply(at, dice, &command);
            for envelope in commit.outcome.iter().flatten() {
                owned.deliver(Mail::Event(envelope.clone()));
            }
            commit
        })
        .await
    }

    async fn read(&self, pool: &PoolId, at: UnixMillis, query: &Query) -> Result<View, StoreError> {
        let query = query.clone();
        self.ask(pool, move |owned| owned.pool.read(at, &query)).await
    }

    async fn open(&self, node: NodeId, inbox: Arc<dyn Inbox>) -> Result<(), StoreError> {
        self.ask(&PoolId::main(), move |owned| drop(owned.inboxes.insert(node, inbox))).await
    }

    async fn whisper(&self, pool: &PoolId, whisper: Whisper) -> Result<(), StoreError> {
        self.ask(pool, move |owned| owned.deliver(Mail::Whisper(whisper))).await
    }
}
