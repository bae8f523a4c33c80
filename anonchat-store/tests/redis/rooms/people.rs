//! Servers with a store of rooms, and the people who come by them.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use anonchat_core::room::{
    RoomAnswer, RoomCensus, RoomCode, RoomCommand, RoomCommit, RoomDetails, RoomDice, RoomEnvelope,
    RoomMessage, RoomMessageId, RoomQuery, RoomRejection, RoomText, RoomView, SessionId,
};
use anonchat_core::{Conn, NodeId, Policy, RoomInbox, RoomStore, StoreError, UnixMillis};
use anonchat_store::{RedisRooms, RedisStore, RedisStoreBuilder, RoomKeys};

/// How long anything may take that has to happen.
const PATIENCE: Duration = Duration::from_secs(60);

/// When everything happens that does not say otherwise.
pub(crate) const NOON: UnixMillis = UnixMillis::new(1_700_000_000_000);

/// The key under which words are sealed.
pub(crate) const KEY: [u8; 32] = [7; 32];

pub(crate) const ANN: SessionId = SessionId::from_bytes([1; 16]);
pub(crate) const BEN: SessionId = SessionId::from_bytes([2; 16]);

/// A builder that takes instants as they are given.
pub(crate) fn builder(url: &str) -> RedisStoreBuilder {
    RedisStore::builder(url.parse().expect("a URL")).correct_instants(false)
}

pub(crate) async fn rooms(builder: RedisStoreBuilder) -> RedisRooms {
    let store = builder.connect().await.unwrap_or_else(|error| panic!("{error}"));
    store.rooms(&RoomKeys::new(KEY)).await.unwrap_or_else(|error| panic!("{error:?}"))
}

pub(crate) async fn rooms_with(url: &str, policy: Policy) -> RedisRooms {
    rooms(builder(url).policy(policy)).await
}

/// Waits until something is so.
pub(crate) async fn until(what: &str, so: impl AsyncFn() -> bool) {
    let waiting = async {
        while !so().await {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let waited = tokio::time::timeout(PATIENCE, waiting).await;
    waited.unwrap_or_else(|_| panic!("waited in vain: {what}"));
}

pub(crate) fn text(words: &str) -> RoomText {
    RoomText::restored(words.to_owned())
}

/// A server: its store, its node, and what its inbox has heard.
pub(crate) struct Seat {
    pub(crate) store: RedisRooms,
    node: NodeId,
    inbox: Arc<Recorder>,
    now: UnixMillis,
}

#[derive(Default)]
struct Recorder(Mutex<Heard>);

#[derive(Default)]
struct Heard {
    mail: Vec<RoomEnvelope>,
    gaps: usize,
}

impl Seat {
    pub(crate) async fn open(url: &str, node: u64) -> Self {
        Self::of(rooms(builder(url)).await, node).await
    }

    pub(crate) async fn of(store: RedisRooms, node: u64) -> Self {
        let (node, inbox) = (NodeId(node), Arc::new(Recorder::default()));
        store.open(node, Arc::clone(&inbox) as _).await.expect("the store opens");
        Self { store, node, inbox, now: NOON }
    }

    /// From now on everything happens at this instant.
    pub(crate) fn at(mut self, now: UnixMillis) -> Self {
        self.now = now;
        self
    }

    pub(crate) fn conn(&self, id: u64) -> Conn {
        Conn { node: self.node, id }
    }

    /// Applies one command, once.
    pub(crate) async fn apply(&self, command: RoomCommand) -> Result<RoomCommit, StoreError> {
        static COMMANDS: AtomicU64 = AtomicU64::new(0);
        let number = COMMANDS.fetch_add(1, Ordering::Relaxed);
        let mut random = [0; 32];
        for (place, two) in random[..16].chunks_exact_mut(2).enumerate() {
            let digit = number / 36_u64.pow(place as u32) % 36;
            two.copy_from_slice(&(digit as u16).to_be_bytes());
        }
        random[16..24].copy_from_slice(&number.to_be_bytes());
        self.store.apply(self.now, RoomDice::from_bytes(random), &command).await
    }

    /// Applies a command that the store carries out; the rules may refuse it.
    pub(crate) async fn ask(&self, command: RoomCommand) -> Result<RoomAnswer, RoomRejection> {
        self.apply(command).await.expect("the store works").outcome
    }

    /// Applies a command that the rules do not refuse.
    pub(crate) async fn done(&self, command: RoomCommand) -> RoomAnswer {
        self.ask(command).await.expect("the rules allow it")
    }

    pub(crate) async fn enter(&self, session: SessionId, nickname: &str) {
        self.done(RoomCommand::OpenSession { session, nickname: text(nickname) }).await;
    }

    pub(crate) async fn create(&self, session: SessionId, name: &str, days: u32) -> RoomDetails {
        let (name, retention_days, max_participants) = (text(name), Some(days), None);
        let create = RoomCommand::Create { session, name, retention_days, max_participants };
        match self.done(create).await {
            RoomAnswer::Room(room) => room,
            other => panic!("{other:?}"),
        }
    }

    pub(crate) async fn attach(&self, session: SessionId, room: RoomCode, id: u64) {
        self.done(RoomCommand::Attach { session, room, conn: self.conn(id) }).await;
    }

    pub(crate) async fn say(&self, session: SessionId, room: RoomCode, words: &str) -> RoomMessage {
        match self.done(RoomCommand::Post { session, room, content: text(words) }).await {
            RoomAnswer::Message(message) => message,
            other => panic!("{other:?}"),
        }
    }

    pub(crate) async fn report(&self, session: SessionId, message: RoomMessageId, reason: &str) {
        self.done(RoomCommand::Report { session, message, reason: text(reason) }).await;
    }

    pub(crate) async fn read(&self, query: RoomQuery) -> Result<RoomView, StoreError> {
        self.store.read(self.now, &query).await
    }

    /// What somebody finds on the first page, newest first: who has said what.
    pub(crate) async fn history(
        &self,
        session: SessionId,
        room: RoomCode,
    ) -> Vec<(String, String)> {
        let query = RoomQuery::Messages { session, room, page: 1, page_size: 100 };
        match self.read(query).await.expect("the store works") {
            RoomView::Messages(page) => {
                let messages = page.results.into_iter().map(|view| view.message);
                messages
                    .map(|it| (it.nickname.words().to_owned(), it.content.words().to_owned()))
                    .collect()
            }
            other => panic!("{other:?}"),
        }
    }

    pub(crate) async fn census(&self) -> Result<RoomCensus, StoreError> {
        match self.read(RoomQuery::Census).await? {
            RoomView::Census(census) => Ok(census),
            other => panic!("{other:?}"),
        }
    }

    /// Sweeps again and again until the store has carried one out; gives its number.
    pub(crate) async fn until_served(&self) -> u64 {
        let trying = async {
            loop {
                match self.apply(RoomCommand::Sweep).await {
                    Ok(commit) => return commit.seq,
                    Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
                }
            }
        };
        tokio::time::timeout(PATIENCE, trying).await.expect("the store works again")
    }

    pub(crate) fn mail(&self) -> Vec<RoomEnvelope> {
        self.inbox.lock().mail.clone()
    }

    pub(crate) fn gaps(&self) -> usize {
        self.inbox.lock().gaps
    }
}

impl Recorder {
    fn lock(&self) -> MutexGuard<'_, Heard> {
        self.0.lock().expect("nobody panics here")
    }
}

impl RoomInbox for Recorder {
    fn deliver(&self, envelope: RoomEnvelope) {
        self.lock().mail.push(envelope);
    }

    fn gap(&self) {
        self.lock().gaps += 1;
    }
}
