//! The store that several servers share: each command is one script in Redis.

mod backoff;
mod builder;
#[cfg(feature = "test-util")]
mod calls;
mod clock;
mod connector;
mod decode;
mod desk;
mod encode;
mod entry;
mod envelope;
#[cfg(feature = "test-util")]
pub mod exercise;
mod inboxes;
mod keys;
mod library;
mod line;
mod link;
#[cfg(test)]
mod lint;
mod mail;
mod mailbox;
mod malformed;
#[cfg(any(test, feature = "test-util"))]
mod mirror;
mod outage;
mod pack;
mod pulse;
mod rate;
mod rooms;
mod script;
#[cfg(feature = "conformance")]
mod snapshot;
mod store;
mod subscription;
#[cfg(test)]
mod tests;
mod unpack;
mod url;

pub use builder::{ConnectError, RedisStoreBuilder};
#[cfg(feature = "test-util")]
pub use calls::{Calls, Unexpected};
pub use rate::RedisRateLimits;
pub use rooms::{RedisRooms, RoomKeys};
pub use store::RedisStore;
pub use url::{RedisUrl, UrlError};
