//! The rules of anonymous chat matchmaking as pure state machines.
//!
//! [`Pool`] decides who waits, who talks to whom and who may not; [`session::Session`] what one
//! connection may say when. No runtime, no clock, no randomness, no socket and no file: time and
//! dice are arguments, facts come out, and the same history gives the same facts on every machine.
//!
//! ```
//! use std::sync::Arc;
//! use anonchat_core::*;
//!
//! let mut pool = Pool::new(Arc::new(Policy::default()));
//! let now = UnixMillis::new(1_700_000_000_000); // the caller's clock
//! let device = DeviceId::from_bytes([7; 16]); // a keyed hash of the id that the browser made
//! let conn = Conn { node: NodeId(1), id: 1 };
//!
//! let attach = Command::Attach { device, conn, client: Client::Native, again: false };
//! let dice = Dice { pair: PairId::from_bytes([1; 16]) }; // 16 fresh random bytes a command
//! pool.apply(now, dice, &attach).outcome.expect("nobody is banned yet");
//!
//! let join = Command::Join { device, conn, wish: Wish::default() };
//! let told = pool.apply(now, dice, &join).outcome.expect("the first join of the day");
//! assert!(matches!(told[0].event, Event::Queued { .. })); // for told[0].conn
//!
//! let again = pool.apply(now, dice, &join).outcome;
//! assert_eq!(again, Err(Rejection::AlreadyWaiting)); // and nothing has changed
//! ```
//!
//! # What it does not do
//!
//! It stores nothing outside of itself and sends nothing: a [`Store`] keeps pools and an [`Inbox`]
//! takes their mail, both traits that others implement. It holds no chat text: a [`Whisper`] is
//! no [`Command`]. It judges no picture, no text and no token: a [`Classifier`], a [`Screen`] and an
//! [`Attestor`] do.
//!
//! # Features
//!
//! | Feature | Default | What it adds |
//! |---|---|---|
//! | `serde` | no | policies from and to any format, and `wire`: the JSON frames |
//! | `test-util` | no | `history`: generated histories for property tests and fuzzers; `Pool::check`: all invariants; ids that show themselves in `Debug` |

mod admin;
mod attest;
mod bucket;
mod classify;
mod command;
mod event;
#[cfg(feature = "test-util")]
pub mod history;
mod id;
mod order;
pub mod policy;
pub mod pool;
mod profile;
mod query;
mod rate;
mod rejection;
pub mod room;
mod screen;
pub mod session;
mod store;
mod time;
#[cfg(feature = "serde")]
pub mod wire;

pub use admin::{AdminAction, AdminStore, AuditEntry, AuditPage, AuditRecord};
pub use attest::{Attestor, InvalidToken, Unattested};
pub use bucket::{Bucket, Buckets};
pub use classify::{Classifier, ClassifyError, Selfie, Verdict};
pub use command::{Command, Commit, Dice, Wish};
pub use event::{Allowance, Arrival, Client, Departure, Envelope, Event, Peer, Phase};
pub use id::{Alias, Conn, DeviceId, NodeId, PairId, PoolId, ReportId, Side};
pub use order::{Measure, Order};
pub use policy::{Policy, PolicyError, Verification};
pub use pool::Pool;
pub use profile::{Claim, Filter, Gender, Profile, Proof};
pub use query::{BanView, Census, Query, Report, Reports, View, Wait};
pub use rate::{Limit, Quota, RateKey, RateLimits, Taken, frames_in_a_unit};
pub use rejection::Rejection;
pub use room::{RoomInbox, RoomStore, Rooms};
pub use screen::{Field, Finding, Screen, Unscreened};
pub use store::{Body, ChatImage, ChatText, Inbox, Mail, MessageId, Store, StoreError, Whisper};
pub use time::{Day, UnixMillis};
