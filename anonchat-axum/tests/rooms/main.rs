//! Rooms by code, seen from the outside: REST, sockets, limits, and those in charge.

mod admin;
#[path = "../client/mod.rs"]
mod client;
mod client_004;
mod gaps;
mod guests;
mod history;
mod lessons;
mod limits;
mod members;
mod owner;
mod refusals;
mod sessions;
mod shaky;
mod sockets;
mod stopping;
