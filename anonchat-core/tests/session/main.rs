//! The protocol of one connection: one file per chapter, one sentence per test.

mod arrivals;
mod coming_in;
mod delivery;
mod desk;
mod going;
mod limits;
mod original;
mod outages;
mod profile;
mod random;
mod safety;
mod socketio;
mod talking;
mod why;
