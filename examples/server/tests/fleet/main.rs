//! Three real servers that share a store, and all that can happen to them.

mod clocks;
mod killed;
mod outages;
#[path = "../../../../anonchat-axum/tests/person/mod.rs"]
mod person;
mod restarts;
#[path = "../running/mod.rs"]
mod running;
mod three;
mod together;
