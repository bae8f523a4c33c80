//! Where the pools of anonymous chat matchmaking live.
//!
//! [`MemoryStore`] keeps them in this process: right for one server, and for tests. `RedisStore`
//! keeps them in Redis, where several servers share them: `RedisStore::connect(url).await?` in the
//! place of `MemoryStore::default()`, and nothing else changes.
//!
//! ```
//! use std::sync::Arc;
//! use anonchat_core::*;
//! use anonchat_store::MemoryStore;
//!
//! struct Print;
//!
//! impl Inbox for Print {
//!     fn deliver(&self, mail: Mail) {
//!         if let Mail::Event(envelope) = mail {
//!             println!("connection {}: {:?}", envelope.conn.id, envelope.event);
//!         }
//!     }
//!     fn gap(&self) {}
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), StoreError> {
//! let store = MemoryStore::default();
//! let (pool, node) = (PoolId::main(), NodeId(1));
//! store.open(node, Arc::new(Print)).await?;
//!
//! let device = DeviceId::from_bytes([7; 16]); // a keyed hash, made at the door
//! let conn = Conn { node, id: 1 };
//! let attach = Command::Attach { device, conn, client: Client::Native, again: false };
//! let dice = Dice { pair: PairId::from_bytes([9; 16]) }; // 16 random bytes
//! let now = UnixMillis::new(1_700_000_000_000);
//!
//! let commit = store.apply(&pool, now, dice, &attach).await?;
//! assert!(commit.outcome.is_ok()); // and `Print` has been told
//!
//! let census = store.read(&pool, now, &Query::Census).await?;
//! assert!(matches!(census, View::Census(Census { online: 1, waiting: 0, pairs: 0, .. })));
//! # Ok(())
//! # }
//! ```
//!
//! # What it does not do
//!
//! It holds no rule: every decision is [`Pool::apply`](anonchat_core::Pool::apply)'s. It keeps no
//! chat text: a [`Whisper`](anonchat_core::Whisper) is handed on and dropped. What is said in rooms
//! by code is kept for as long as the room says, in Redis sealed.
//!
//! # Features
//!
//! | Feature | Default | What it adds |
//! |---|---|---|
//! | `memory` | yes | [`MemoryStore`], and [`MemoryRooms`] for rooms by code |
//! | `safety-file` | no | with `memory`: a file that keeps bans, blocks, reports and counts through a restart |
//! | `redis` | no | `RedisStore` and `RedisRooms`, which several servers share: one Redis or Valkey, Sentinel, Cluster |
//! | `redis-tls` | no | with `redis`: connections over TLS |
//! | `conformance` | no | `conformance`: the suite that a store has to pass, ours or yours |
//! | `test-util` | no | with `redis`: `exercise`, what fuzzers call, and `Calls`, what benchmarks send |
//!
//! A store of your own is tested by the suite in a few lines; see `conformance::run`.

#[cfg(feature = "conformance")]
pub mod conformance;
#[cfg(feature = "memory")]
mod memory;
#[cfg(feature = "redis")]
mod redis;

#[cfg(feature = "redis")]
pub use self::redis::{
    ConnectError, RedisRateLimits, RedisRooms, RedisStore, RedisStoreBuilder, RedisUrl, RoomKeys,
    UrlError,
};
#[cfg(all(feature = "safety-file", feature = "test-util"))]
pub use memory::exercise_safety;
#[cfg(feature = "memory")]
pub use memory::{MemoryRooms, MemoryStore};
#[cfg(feature = "safety-file")]
pub use memory::{SafetyFile, SafetyFileError, SavedSafety};
#[cfg(all(feature = "redis", feature = "test-util"))]
pub use redis::{Calls, Unexpected, exercise};
