//! Three servers on one store: whoever is where, they are one crowd.

mod book;
#[path = "../client/mod.rs"]
mod client;
mod crowd;
#[path = "../double/mod.rs"]
mod double;
mod faults;
mod frames;
mod life;
mod meeting;
#[path = "../person/mod.rs"]
mod person;
mod pools;
mod privacy;
mod soak;
mod three;
