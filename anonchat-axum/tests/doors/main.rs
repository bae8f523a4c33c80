//! One server, seen from the outside: every door, and everything that can go wrong behind it.

#[path = "../client/mod.rs"]
mod client;
mod door;
#[path = "../double/mod.rs"]
mod double;
mod endurance;
mod gaps;
mod judge;
mod moderation;
mod native;
mod nesting;
mod original;
mod outages;
mod pools;
#[cfg(feature = "screens")]
mod screens;
mod shutdown;
mod sittings;
mod tokens;
mod verification;
mod verification_json;
