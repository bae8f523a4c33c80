//! What the server counts of itself, for whoever runs it.
//!
//! Four things of everything that goes on: how much of it, how long it took, how often it failed,
//! and how much room is left. What is counted where a message passes is an atomic in a table that
//! was made at the start: no lock and no search by name. `docs/observability/` says what each
//! figure means.
//!
//! Without the feature `metrics` the same calls count nothing.

#![cfg_attr(not(feature = "metrics"), allow(dead_code, reason = "what would be counted"))]

#[cfg(feature = "metrics")]
mod each;
#[cfg(feature = "metrics")]
mod exposure;
pub(crate) mod label;
#[cfg(feature = "metrics")]
mod latency;
#[cfg(feature = "metrics")]
mod moment;
#[cfg(not(feature = "metrics"))]
mod nothing;
mod request;
#[cfg(feature = "metrics")]
mod series;
mod watch;

#[cfg(feature = "metrics")]
pub(crate) use exposure::{open, router};
#[cfg(not(feature = "metrics"))]
pub(crate) use nothing::{Metrics, Timer};
pub(crate) use request::measure;
#[cfg(feature = "metrics")]
pub(crate) use series::{Metrics, Timer};
pub(crate) use watch::{Judging, Watch};
