//! The verifier as those meet it who embed it.

mod backends;
mod capacity;
mod packs;
mod real;
mod verdicts;

use std::path::PathBuf;
use std::sync::OnceLock;

use anonchat_verify::{Manifest, OnnxClassifier, tiny};

/// The tiny pack, written once by each process of these tests.
fn tiny_pack() -> (PathBuf, Manifest) {
    static WRITTEN: OnceLock<Manifest> = OnceLock::new();
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
        .join(format!("tiny-pack-{}", std::process::id()));
    let manifest = WRITTEN.get_or_init(|| tiny::write(&folder).expect("write"));
    (folder, manifest.clone())
}

/// A verifier that begins with the tiny pack and is otherwise as it comes.
fn tiny_builder() -> anonchat_verify::Builder {
    let (folder, manifest) = tiny_pack();
    OnnxClassifier::builder(folder).manifest(manifest)
}
