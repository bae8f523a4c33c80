//! Frames as JSON text, one object each.
//!
//! [`decode`] is total: whatever the text, it gives a frame or says why it is none, in time linear
//! in its length. [`encode`] writes what the client's protocol knows: for [`Client::Plain`] the
//! frames of the original protocol have exactly its members. `schema/native.schema.json` in this
//! crate describes both directions of the native extension.
//!
//! [`Client::Plain`]: crate::Client::Plain

mod decode;
mod encode;
mod shape;

pub use decode::decode;
pub use encode::{encode, encode_into};
