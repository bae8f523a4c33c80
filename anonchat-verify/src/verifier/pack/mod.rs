//! The model pack: which files, and that they are the very ones.

mod built_in;
mod folder;
mod manifest;

pub use folder::{FileState, inspect};
pub(crate) use folder::{read, unknown};
pub use manifest::{Manifest, ModelFile, Port, Role};
