//! One server, seen from the outside: every door, and everything that can go wrong behind it.

mod addresses;
mod admin_actions;
mod admin_desk;
mod admin_ledger;
mod admin_live;
mod admin_maintenance;
mod admin_queue;
mod admin_shared;
mod admin_sign_in;
mod admin_stats;
#[path = "../client/mod.rs"]
mod client;
mod crowding;
mod description;
mod door;
#[path = "../double/mod.rs"]
mod double;
mod endurance;
mod gaps;
mod headers;
mod judge;
mod moderation;
mod native;
mod nesting;
mod original;
mod outages;
mod pools;
mod rates;
#[cfg(feature = "screens")]
mod screens;
mod shutdown;
mod sittings;
mod tokens;
mod verification;
mod verification_json;
mod why;
