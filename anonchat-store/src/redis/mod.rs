//! The store that several servers share: each command is one script in Redis.

mod decode;
mod encode;
mod envelope;
#[cfg(feature = "test-util")]
pub mod exercise;
mod keys;
mod mail;
mod malformed;
#[cfg(any(test, feature = "test-util"))]
mod mirror;
mod pack;
mod script;
#[cfg(feature = "conformance")]
mod snapshot;
#[cfg(test)]
mod tests;
mod unpack;
