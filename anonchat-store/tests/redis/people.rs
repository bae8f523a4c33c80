//! Servers with a store, and the people who come by them.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use anonchat_core::{
    Body, Census, ChatText, Client, Command, Commit, Conn, DeviceId, Dice, Envelope, Event, Inbox,
    Mail, NodeId, PairId, PoolId, Profile, Query, Store, StoreError, UnixMillis, View, Whisper,
    Wish,
};
use anonchat_store::{RedisStore, RedisStoreBuilder};

/// How long anything may take that has to happen.
const PATIENCE: Duration = Duration::from_secs(60);

/// When everything happens that does not say otherwise.
pub(crate) const NOON: UnixMillis = UnixMillis::new(1_700_000_000_000);

/// A server: its store, its node, and what its inbox has heard.
pub(crate) struct Seat {
    pub(crate) store: RedisStore,
    node: NodeId,
    inbox: Arc<Recorder>,
}

#[derive(Default)]
struct Recorder(Mutex<Heard>);

#[derive(Default)]
struct Heard {
    events: Vec<Envelope>,
    texts: Vec<String>,
    gaps: usize,
}

/// A builder that takes instants as they are given.
pub(crate) fn builder(url: &str) -> RedisStoreBuilder {
    RedisStore::builder(url.parse().expect("a URL")).correct_instants(false)
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

/// Two people who talk, the first on the first server and the second on the second.
pub(crate) async fn pair(one: &Seat, other: &Seat) -> PairId {
    one.attach(1).await;
    other.attach(2).await;
    one.join(1).await;
    other.join(2).await;
    until("they are matched", async || one.matched().is_some()).await;
    one.matched().expect("just seen")
}

impl Seat {
    pub(crate) async fn open(builder: RedisStoreBuilder, node: u64) -> Self {
        let store = builder.connect().await.unwrap_or_else(|error| panic!("{error}"));
        let (node, inbox) = (NodeId(node), Arc::new(Recorder::default()));
        store.open(node, Arc::clone(&inbox) as _).await.expect("the store opens");
        Self { store, node, inbox }
    }

    pub(crate) fn conn(&self, person: u8) -> Conn {
        Conn { node: self.node, id: person.into() }
    }

    /// Applies one command, once.
    pub(crate) async fn apply_at(
        &self,
        at: UnixMillis,
        command: Command,
    ) -> Result<Commit, StoreError> {
        static COMMANDS: AtomicU64 = AtomicU64::new(0);
        let number = COMMANDS.fetch_add(1, Ordering::Relaxed);
        let dice = Dice { pair: PairId::from_bytes(u128::from(number).to_be_bytes()) };
        self.store.apply(&PoolId::main(), at, dice, &command).await
    }

    pub(crate) async fn apply(&self, command: Command) -> Result<Commit, StoreError> {
        self.apply_at(NOON, command).await
    }

    /// Applies a command that the rules do not refuse.
    pub(crate) async fn done(&self, command: Command) -> u64 {
        let commit = self.apply(command).await.expect("the store works");
        commit.outcome.expect("the rules allow it");
        commit.seq
    }

    /// Sweeps again and again until the store has carried one out; gives its number.
    pub(crate) async fn until_served(&self) -> u64 {
        let trying = async {
            loop {
                match self.apply(Command::Sweep).await {
                    Ok(commit) => return commit.seq,
                    Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
                }
            }
        };
        tokio::time::timeout(PATIENCE, trying).await.expect("the store works again")
    }

    pub(crate) async fn attach(&self, person: u8) -> u64 {
        let (device, conn) = (device(person), self.conn(person));
        let client = Client::Native;
        self.done(Command::Attach { device, conn, client, again: false }).await
    }

    pub(crate) async fn join(&self, person: u8) -> u64 {
        let profile = Profile { nickname: Some(format!("person {person}").into()), bio: None };
        let wish = Wish { profile: profile.into(), ..Wish::default() };
        self.done(Command::Join { device: device(person), conn: self.conn(person), wish }).await
    }

    /// Says something to a connection.
    pub(crate) async fn say(&self, to: Conn, pair: PairId, text: &str) -> Result<(), StoreError> {
        let body = Body::Text { id: None, text: ChatText::new(text) };
        self.store.whisper(&PoolId::main(), Whisper { to, pair, body }).await
    }

    pub(crate) async fn census(&self) -> Result<Census, StoreError> {
        match self.store.read(&PoolId::main(), NOON, &Query::Census).await? {
            View::Census(census) => Ok(census),
            _ => panic!("a census was asked for"),
        }
    }

    /// The pair of the last match that this server was told of.
    pub(crate) fn matched(&self) -> Option<PairId> {
        self.events().iter().rev().find_map(|envelope| match &envelope.event {
            Event::Matched { pair, .. } => Some(*pair),
            _ => None,
        })
    }

    pub(crate) fn events(&self) -> Vec<Envelope> {
        self.inbox.lock().events.clone()
    }

    pub(crate) fn texts(&self) -> Vec<String> {
        self.inbox.lock().texts.clone()
    }

    pub(crate) fn gaps(&self) -> usize {
        self.inbox.lock().gaps
    }
}

pub(crate) fn device(person: u8) -> DeviceId {
    DeviceId::from_bytes([person; 16])
}

impl Recorder {
    fn lock(&self) -> MutexGuard<'_, Heard> {
        self.0.lock().expect("nobody panics here")
    }
}

impl Inbox for Recorder {
    fn deliver(&self, mail: Mail) {
        match mail {
            Mail::Event(envelope) => self.lock().events.push(envelope),
            Mail::Whisper(Whisper { body: Body::Text { text, .. }, .. }) => {
                self.lock().texts.push(text.reveal().to_owned());
            }
            Mail::Whisper(_) => {}
        }
    }

    fn gap(&self) {
        self.lock().gaps += 1;
    }
}
