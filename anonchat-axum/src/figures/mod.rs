//! What this server counts for those in charge: how many of what, and nothing about anybody.
//!
//! Counters and gauges only: none of them has room for an id, an address or a word that a person
//! wrote. What many servers share, such as how many wait, comes from the pools; what only the
//! server itself sees, such as how long somebody waited here, is counted by [`Figures`]. All of it
//! takes the same memory however long the server runs and however many people use it.

mod counts;
mod history;
mod point;
mod sampler;
mod waits;
mod watch;

pub(crate) use counts::{Figures, Outcome};
pub(crate) use point::{Course, Live};
pub(crate) use sampler::{Sampler, spawn};
#[cfg(feature = "ws")]
pub(crate) use watch::Watch;
