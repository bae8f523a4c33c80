//! The store that several servers share: each command is one script in Redis.

mod decode;
mod encode;
mod envelope;
mod keys;
#[cfg(test)]
mod lint;
mod mail;
mod malformed;
#[cfg(test)]
mod mirror;
mod pack;
mod script;
#[cfg(feature = "conformance")]
mod snapshot;
#[cfg(test)]
mod tests;
mod unpack;
