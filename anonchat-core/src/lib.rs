//! The rules of anonymous chat matchmaking as pure state machines.
//!
//! No runtime, no clock, no randomness, no socket and no file: time and dice are arguments, facts
//! come out, and the same history gives the same facts on every machine.

mod bucket;
mod classify;
mod command;
mod event;
#[cfg(feature = "test-util")]
pub mod history;
mod id;
pub mod policy;
pub mod pool;
mod profile;
mod query;
mod rejection;
mod screen;
pub mod session;
mod store;
mod time;
#[cfg(feature = "serde")]
pub mod wire;

pub use bucket::{Bucket, Buckets};
pub use classify::{Classifier, ClassifyError, Selfie, Verdict};
pub use command::{Command, Commit, Dice, Wish};
pub use event::{Allowance, Client, Departure, Envelope, Event, Peer, Phase};
pub use id::{Alias, Conn, DeviceId, NodeId, PairId, PoolId, ReportId, Side};
pub use policy::{Policy, PolicyError, Verification};
pub use pool::Pool;
pub use profile::{Claim, Filter, Gender, Profile, Proof};
pub use query::{Census, Query, Report, View, Wait};
pub use rejection::Rejection;
pub use screen::{Field, Finding, Screen, Unscreened};
pub use store::{Body, ChatText, Inbox, Mail, MessageId, Store, StoreError, Whisper};
pub use time::{Day, UnixMillis};
