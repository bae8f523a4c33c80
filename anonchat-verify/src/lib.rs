//! From a selfie to a verdict, with nothing kept.
//!
//! ```no_run
//! use anonchat_core::{Classifier, Selfie};
//! use anonchat_verify::OnnxClassifier;
//!
//! # async fn run(bytes: Vec<u8>) -> Result<(), Box<dyn std::error::Error>> {
//! let classifier = OnnxClassifier::open("models")?; // or `builder`, for a native ONNX Runtime
//! let verdict = classifier.classify(Selfie::new(bytes)).await?;
//! # Ok(())
//! # }
//! ```
//!
//! An [`OnnxClassifier`] decodes a picture within [`Limits`], finds the face, says what a person can
//! do better about the picture, tells the living from prints and screens as far as one picture
//! allows, and estimates the gender that the face presents, or abstains. The models are not part of
//! this crate: it knows each by name, size and SHA-256, and loads them from a folder. What all of
//! it is worth is in the model card (`MODEL_CARD.md`), and nobody should claim more.
//!
//! # What it promises
//!
//! * Nothing of a picture is written anywhere, and no verdict or error holds any of it.
//! * Every buffer of this crate that holds a picture, its pixels or the input of a model is wiped,
//!   whatever happens: errors, panics, and callers that have gone away. So is the stack of the
//!   threads that look at pictures.
//! * Libraries below it (decoders, tract) free their own buffers without wiping them. An
//!   application that promises more installs an allocator that wipes what it frees, such as
//!   `zeroizing-alloc`, as `examples/server` does. A native ONNX Runtime has an allocator of its
//!   own, which wipes nothing: numbers computed from a picture may stay there for a while. The
//!   picture itself it reads where it lies.
//! * A picture takes bounded time and memory, whatever its bytes.
//!
//! # What it does not do
//!
//! It does not recognise anybody, keeps no face record, and takes no part in who meets whom.
//!
//! # Features
//!
//! | Feature | Default | What it adds |
//! |---|---|---|
//! | `onnx` | yes | the verifier; without it, the bounded decoder of pictures is left |
//! | `test-util` | no | `pictures`: good and bad pictures, made by us; `exercise`, what fuzzers call; with `onnx`, `tiny`: a model pack for tests, and the scenes that it understands |

mod decode;
#[cfg(feature = "test-util")]
mod exercise;
#[cfg(feature = "test-util")]
pub mod pictures;
#[cfg(feature = "onnx")]
mod verifier;

pub use decode::{DecodeError, Limits, Picture};
#[cfg(feature = "test-util")]
pub use exercise::exercise;
#[cfg(feature = "onnx")]
pub use verifier::*;
