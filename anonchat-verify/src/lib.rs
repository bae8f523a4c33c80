//! From a selfie to a verdict, with nothing kept.
//!
//! # Features
//!
//! | Feature | Default | What it adds |
//! |---|---|---|
//! | `test-util` | no | `pictures`: good and bad pictures, made by us; `exercise`, what fuzzers call |

mod decode;
#[cfg(feature = "test-util")]
mod exercise;
#[cfg(feature = "test-util")]
pub mod pictures;

pub use decode::{DecodeError, Limits, Picture};
#[cfg(feature = "test-util")]
pub use exercise::exercise;
