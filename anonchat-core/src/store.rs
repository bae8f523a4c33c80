//! The traits between the rules and the world: where a pool lives, and where its mail goes.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;

use crate::command::{Command, Commit, Dice};
use crate::event::Envelope;
use crate::id::{Conn, DeviceId, NodeId, PairId, PoolId};
use crate::policy::Policy;
use crate::query::{Query, View};
use crate::time::UnixMillis;

/// Where pools live.
///
/// # To be correct, an implementation must
///
/// 1. **Serialize.** The commits of one pool form one order; `seq` counts it from 1 without holes.
/// 2. **Agree.** The commit equals what [`Pool::apply`](crate::Pool::apply) gives for the same
///    history of (instant, dice, command) under [`Store::policy`].
/// 3. **Deliver in order, or announce a gap.** The envelopes of a commit reach the inbox of their
///    node in the order of `seq`, and in their order within one commit, each once; an
///    implementation that may have lost one calls [`Inbox::gap`]. A whisper that is sent when one
///    envelope of a commit has arrived comes after all of them.
/// 4. **Deliver before returning.** When `apply` returns a commit, the envelopes for the caller's
///    own node, of this commit and all before it, have been handed to its inbox.
/// 5. **Not half-happen.** A command whose call returns an error, or whose future is dropped, has
///    either committed entirely, envelopes included, or not at all.
/// 6. **Carry, not keep.** A whisper is handed to the inbox of its node or lost; no part of it is
///    written anywhere.
///
/// `anonchat_store::conformance::run` checks them.
#[async_trait]
pub trait Store: Send + Sync + 'static {
    /// The rules by which this store's pools were made. They do not change while it is open.
    fn policy(&self) -> &Arc<Policy>;

    /// Applies one command to a pool.
    ///
    /// # Errors
    ///
    /// [`StoreError::UnknownPool`] and [`StoreError::Unavailable`]; see obligation 5.
    async fn apply(
        &self,
        pool: &PoolId,
        at: UnixMillis,
        dice: Dice,
        command: &Command,
    ) -> Result<Commit, StoreError>;

    /// Looks at a pool without changing it.
    ///
    /// # Errors
    ///
    /// [`StoreError::UnknownPool`] and [`StoreError::Unavailable`].
    async fn read(&self, pool: &PoolId, at: UnixMillis, query: &Query) -> Result<View, StoreError>;

    /// From now on, delivers here what is for `node`. A second call for a node replaces its inbox.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    async fn open(&self, node: NodeId, inbox: Arc<dyn Inbox>) -> Result<(), StoreError>;

    /// Carries something from one member of a pair to the other, without storing it. To a node
    /// that is open at this store it is handed directly, so that people on one server talk on
    /// whatever else is away.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] if it was not carried, or perhaps not. `Ok` is no promise that
    /// it arrives; acknowledgements go end to end.
    async fn whisper(&self, pool: &PoolId, whisper: Whisper) -> Result<(), StoreError>;

    /// The same without waiting, for what is said most: carries the whisper if it is to a node
    /// that is open at this store, and gives it back otherwise. By default it gives it back.
    fn whisper_here(&self, pool: &PoolId, whisper: Whisper) -> Option<Whisper> {
        let _ = pool;
        Some(whisper)
    }
}

/// A store that several hold is that store.
#[async_trait]
impl<S: Store + ?Sized> Store for Arc<S> {
    fn policy(&self) -> &Arc<Policy> {
        (**self).policy()
    }

    async fn apply(
        &self,
        pool: &PoolId,
        at: UnixMillis,
        dice: Dice,
        command: &Command,
    ) -> Result<Commit, StoreError> {
        (**self).apply(pool, at, dice, command).await
    }

    async fn read(&self, pool: &PoolId, at: UnixMillis, query: &Query) -> Result<View, StoreError> {
        (**self).read(pool, at, query).await
    }

    async fn open(&self, node: NodeId, inbox: Arc<dyn Inbox>) -> Result<(), StoreError> {
        (**self).open(node, inbox).await
    }

    async fn whisper(&self, pool: &PoolId, whisper: Whisper) -> Result<(), StoreError> {
        (**self).whisper(pool, whisper).await
    }

    fn whisper_here(&self, pool: &PoolId, whisper: Whisper) -> Option<Whisper> {
        (**self).whisper_here(pool, whisper)
    }
}

/// Takes a node's mail in. Called while the store may hold its locks.
///
/// # To be correct, an implementation must
///
/// 1. **Not wait**, for a slow client least of all: its mail is dropped together with the client.
/// 2. **Keep the order** of the calls for each connection.
/// 3. **Not call back** into the store.
pub trait Inbox: Send + Sync + 'static {
    /// Takes one piece of mail. Mail for an unknown connection is dropped.
    fn deliver(&self, mail: Mail);

    /// Mail may have been lost: every connection of the node must attach again to learn the truth.
    fn gap(&self);
}

/// What a node receives. There is deliberately no `Debug`: it may hold chat text.
#[derive(Clone)]
pub enum Mail {
    /// A fact from the pool.
    Event(Envelope),
    /// Something from a partner.
    Whisper(Whisper),
}

/// Something that one member of a pair says to the other: carried, never stored.
#[derive(Clone)]
pub struct Whisper {
    /// The partner's connection.
    pub to: Conn,
    /// The pair; a receiver drops what is not for its current one.
    pub pair: PairId,
    /// What is said.
    pub body: Body,
}

/// What is said. There is deliberately no `Debug`.
#[derive(Clone)]
pub enum Body {
    /// A message.
    Text {
        /// The sender's id of it, if it wants an acknowledgement.
        id: Option<MessageId>,
        /// The words.
        text: ChatText,
    },
    /// A picture, for a [`Client::Capability`](crate::Client).
    Image(ChatImage),
    /// The sender types, or no longer does.
    Typing(bool),
    /// The sender has received the message of this id.
    Ack(MessageId),
}

/// The words of a chat message, trimmed and within the policy's length.
///
/// It can neither be shown nor stored: no `Debug`, no `Display`, no serialization, and no
/// [`Command`] that takes it.
///
/// ```compile_fail
/// fn show(text: anonchat_core::ChatText) { println!("{text:?}"); }
/// ```
/// ```compile_fail
/// fn keep(text: anonchat_core::ChatText) -> anonchat_core::Command { text.into() }
/// ```
#[derive(Clone)]
pub struct ChatText(Box<str>);

/// A picture in a chat, as a `data:` URL whose type and content the door has checked. It can neither
/// be shown nor stored, like [`ChatText`].
#[derive(Clone)]
pub struct ChatImage(Box<str>);

/// A sender's name for a message: 1 to 32 characters of printable ASCII.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageId {
    /// Padded with zeros, which are no such characters: so they are ordered as texts are.
    chars: [u8; Self::MAX_CHARS],
    len: u8,
}

/// The store failed. The rules did not say no: that is a [`Rejection`](crate::Rejection).
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The store cannot be reached, or did not answer in time.
    #[error("the store is unavailable")]
    Unavailable(#[source] Option<Box<dyn std::error::Error + Send + Sync>>),
    /// This deployment has no such pool.
    #[error("unknown pool")]
    UnknownPool,
    /// What the store holds was written by another version of the software, and must not be
    /// touched by this one.
    #[error("the store has schema version {found}, and this server has {expected}")]
    Version {
        /// The version of what is there.
        found: u32,
        /// The version that this server reads and writes.
        expected: u32,
    },
    /// What the store holds belongs to servers with another key for device ids: to them, every
    /// device here would be a stranger.
    #[error("the store belongs to servers with another key")]
    OtherKey,
}

impl ChatText {
    /// Takes words as they are.
    pub fn new(text: impl Into<Box<str>>) -> Self {
        Self(text.into())
    }

    /// The words, for the frame that carries them on.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl ChatImage {
    /// Takes a checked `data:` URL.
    pub fn new(url: impl Into<Box<str>>) -> Self {
        Self(url.into())
    }

    /// The bytes of the URL.
    pub fn size(&self) -> usize {
        self.0.len()
    }

    /// The URL, for the frame that carries it on.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl MessageId {
    /// The most characters of an id.
    pub const MAX_CHARS: usize = 32;

    /// Checks an id; `None` unless it is 1 to 32 characters of printable ASCII.
    pub fn new(id: &str) -> Option<Self> {
        let fits = (1..=Self::MAX_CHARS).contains(&id.len())
            && id.bytes().all(|byte| byte.is_ascii_graphic());
        let mut chars = [0; Self::MAX_CHARS];
        chars.get_mut(..id.len()).filter(|_| fits)?.copy_from_slice(id.as_bytes());
        Some(Self { chars, len: id.len() as u8 })
    }

    /// The id.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.chars[..usize::from(self.len)]).unwrap_or_default()
    }
}

impl fmt::Debug for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("MessageId").field(&self.as_str()).finish()
    }
}

impl Mail {
    /// The connection it is for.
    pub fn conn(&self) -> Conn {
        match self {
            Self::Event(envelope) => envelope.conn,
            Self::Whisper(whisper) => whisper.to,
        }
    }

    /// The device it is about, if it is a fact from the pool.
    pub fn device(&self) -> Option<DeviceId> {
        match self {
            Self::Event(envelope) => Some(envelope.to),
            Self::Whisper(_) => None,
        }
    }
}
