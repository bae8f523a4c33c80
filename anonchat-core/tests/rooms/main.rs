//! Rooms by code: one file per chapter, one sentence per test.

mod membership;
mod moderation;
mod owner;
mod presence;
mod properties;
mod retention;
mod sessions;
mod talking;
mod world;
