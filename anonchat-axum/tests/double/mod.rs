//! A store over one in memory that can be slow, silent, broken, and lose mail.

#![allow(dead_code, reason = "every test binary uses a part of it")]

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anonchat_axum::core::{
    Command, Commit, Dice, Inbox, Mail, NodeId, Policy, PoolId, Query, Store, StoreError,
    UnixMillis, View, Whisper,
};
use anonchat_store::MemoryStore;
use async_trait::async_trait;

/// One server's way to a store, which others may share. Clones are the same way.
#[derive(Clone)]
pub(crate) struct Double {
    policy: Arc<Policy>,
    inner: Arc<Mutex<Arc<MemoryStore>>>,
    way: Arc<Way>,
}

/// Says of a command whether it is refused.
type Refuses = fn(&Command) -> bool;

#[derive(Default)]
struct Way {
    moods: Mutex<BTreeMap<PoolId, Mood>>,
    inboxes: Mutex<Vec<Arc<Lossy>>>,
    nodes: Mutex<Vec<NodeId>>,
    coming: AtomicUsize,
    most_coming: AtomicUsize,
    renewed: Mutex<BTreeMap<PoolId, usize>>,
    refuses: Mutex<Option<Refuses>>,
    refused: AtomicUsize,
    swept: AtomicUsize,
    outboxes_read: AtomicUsize,
    reports_read: AtomicUsize,
}

/// How a pool answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Mood {
    /// At once.
    #[default]
    Well,
    /// After a moment.
    Slow,
    /// With an error.
    Broken,
    /// Never.
    Silent,
}

/// What becomes of a node's mail.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Post {
    /// It arrives.
    #[default]
    Arrives,
    /// It is lost.
    Lost,
    /// It arrives later: see [`Double::release`].
    Late,
}

/// An inbox before which mail can be lost.
struct Lossy {
    inner: Arc<dyn Inbox>,
    post: Mutex<(Post, Vec<Mail>)>,
}

impl Double {
    pub(crate) fn new(policy: Policy) -> Self {
        Self::over(Arc::new(MemoryStore::new(policy).expect("policy")))
    }

    pub(crate) fn over(inner: Arc<MemoryStore>) -> Self {
        let policy = inner.policy().clone();
        Self { policy, inner: Arc::new(Mutex::new(inner)), way: Arc::default() }
    }

    /// Another server's way to the same store.
    pub(crate) fn another(&self) -> Self {
        Self { way: Arc::default(), ..self.clone() }
    }

    /// From now on the pool answers like this.
    pub(crate) fn is(&self, pool: &PoolId, mood: Mood) {
        self.way.moods.lock().expect("moods").insert(pool.clone(), mood);
    }

    /// From now on the pool `main` answers like this.
    pub(crate) fn main_is(&self, mood: Mood) {
        self.is(&PoolId::main(), mood);
    }

    /// From now on these commands fail.
    pub(crate) fn refuses(&self, which: Refuses) {
        *self.way.refuses.lock().expect("refuses") = Some(which);
    }

    /// How many commands have failed for that.
    pub(crate) fn refused(&self) -> usize {
        self.way.refused.load(Ordering::SeqCst)
    }

    /// How often a pool was swept this way.
    pub(crate) fn swept(&self) -> usize {
        self.way.swept.load(Ordering::SeqCst)
    }

    /// How often a pool was asked this way for what it has ordered.
    pub(crate) fn outboxes_read(&self) -> usize {
        self.way.outboxes_read.load(Ordering::SeqCst)
    }

    /// How often a pool was asked this way for reports.
    pub(crate) fn reports_read(&self) -> usize {
        self.way.reports_read.load(Ordering::SeqCst)
    }

    /// Loses all data: the pools are empty, and every server of this way hears of a gap.
    pub(crate) fn forgets_everything(&self, pools: &[PoolId]) {
        let empty = MemoryStore::new(Policy::clone(&self.policy)).expect("policy");
        *self.inner.lock().expect("inner") = Arc::new(empty.with_pools(pools.to_vec()));
        self.gap();
    }

    fn inner(&self) -> Arc<MemoryStore> {
        self.inner.lock().expect("inner").clone()
    }

    /// What becomes of mail from now on.
    pub(crate) fn mail(&self, post: Post) {
        for inbox in &*self.way.inboxes.lock().expect("inboxes") {
            inbox.post.lock().expect("post").0 = post;
        }
    }

    /// Hands in what was late.
    pub(crate) fn release(&self) {
        for inbox in &*self.way.inboxes.lock().expect("inboxes") {
            let late = std::mem::take(&mut inbox.post.lock().expect("post").1);
            late.into_iter().for_each(|mail| inbox.inner.deliver(mail));
        }
    }

    /// Says that mail may have been lost.
    pub(crate) fn gap(&self) {
        for inbox in &*self.way.inboxes.lock().expect("inboxes") {
            inbox.inner.gap();
        }
    }

    /// The most attaches and detaches that were under way at once.
    pub(crate) fn most_coming(&self) -> usize {
        self.way.most_coming.load(Ordering::SeqCst)
    }

    /// How often this server's lease in a pool was renewed.
    pub(crate) fn renewed(&self, pool: &PoolId) -> usize {
        self.way.renewed.lock().expect("renewed").get(pool).copied().unwrap_or_default()
    }

    async fn answer(&self, pool: &PoolId) -> Result<(), StoreError> {
        let mood = self.way.moods.lock().expect("moods").get(pool).copied().unwrap_or_default();
        match mood {
            Mood::Well => Ok(()),
            Mood::Slow => {
                tokio::time::sleep(Duration::from_millis(20)).await;
                Ok(())
            }
            Mood::Broken => Err(StoreError::Unavailable(None)),
            Mood::Silent => std::future::pending().await,
        }
    }
}

/// Counts a command for as long as it is under way, even if it is given up.
struct Coming<'a>(&'a Way);

impl<'a> Coming<'a> {
    fn count(way: &'a Way) -> Self {
        let now = way.coming.fetch_add(1, Ordering::SeqCst) + 1;
        way.most_coming.fetch_max(now, Ordering::SeqCst);
        Self(way)
    }
}

impl Drop for Coming<'_> {
    fn drop(&mut self) {
        self.0.coming.fetch_sub(1, Ordering::SeqCst);
    }
}

#[async_trait]
impl Store for Double {
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
        let comes = matches!(command, Command::Attach { .. } | Command::Detach { .. });
        let _coming = comes.then(|| Coming::count(&self.way));
        self.answer(pool).await?;
        if self.way.refuses.lock().expect("refuses").is_some_and(|refuses| refuses(command)) {
            self.way.refused.fetch_add(1, Ordering::SeqCst);
            return Err(StoreError::Unavailable(None));
        }
        if matches!(command, Command::Sweep) {
            self.way.swept.fetch_add(1, Ordering::SeqCst);
        }
        if matches!(command, Command::Renew { .. }) {
            *self.way.renewed.lock().expect("renewed").entry(pool.clone()).or_default() += 1;
        }
        self.inner().apply(pool, at, dice, command).await
    }

    async fn read(&self, pool: &PoolId, at: UnixMillis, query: &Query) -> Result<View, StoreError> {
        self.answer(pool).await?;
        if matches!(query, Query::Outbox { .. }) {
            self.way.outboxes_read.fetch_add(1, Ordering::SeqCst);
        }
        if matches!(query, Query::Reports { .. }) {
            self.way.reports_read.fetch_add(1, Ordering::SeqCst);
        }
        self.inner().read(pool, at, query).await
    }

    async fn open(&self, node: NodeId, inbox: Arc<dyn Inbox>) -> Result<(), StoreError> {
        let lossy = Arc::new(Lossy { inner: inbox, post: Mutex::default() });
        self.way.inboxes.lock().expect("inboxes").push(lossy.clone());
        self.way.nodes.lock().expect("nodes").push(node);
        self.inner().open(node, lossy).await
    }

    async fn whisper(&self, pool: &PoolId, whisper: Whisper) -> Result<(), StoreError> {
        if !self.way.nodes.lock().expect("nodes").contains(&whisper.to.node) {
            self.answer(pool).await?;
        }
        self.inner().whisper(pool, whisper).await
    }
}

impl Inbox for Lossy {
    fn deliver(&self, mail: Mail) {
        let mut post = self.post.lock().expect("post");
        match post.0 {
            Post::Arrives => self.inner.deliver(mail),
            Post::Lost => {}
            Post::Late => post.1.push(mail),
        }
    }

    fn gap(&self) {
        self.inner.gap();
    }
}
