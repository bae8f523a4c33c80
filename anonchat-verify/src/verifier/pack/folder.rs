//! A folder of models, held against a manifest.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use sha2::{Digest, Sha256};

use super::manifest::{Manifest, ModelFile};
use crate::verifier::error::Error;

/// What became of a file of a pack. See [`inspect`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FileState {
    /// It is the very file that the manifest knows.
    Good,
    /// It is not there.
    Missing,
    /// It is there and cannot be read.
    Unreadable,
    /// Its size or its SHA-256 differs.
    Changed,
    /// The manifest knows no model of this name.
    Unknown,
}

/// The name of every model that the manifest knows or the folder has, with what became of it: first
/// those of the manifest in its order, then those unknown to it by name. Files that are not called
/// `*.onnx` are passed over.
///
/// # Errors
///
/// If the folder cannot be listed.
pub fn inspect(folder: &Path, manifest: &Manifest) -> io::Result<Vec<(String, FileState)>> {
    let known = manifest.0.iter().map(|file| {
        let state = match read(folder, file) {
            Ok(_) => FileState::Good,
            Err(Error::Missing { .. }) => FileState::Missing,
            Err(Error::Changed { .. }) => FileState::Changed,
            Err(_) => FileState::Unreadable,
        };
        (file.name.to_string(), state)
    });
    let unknown = unknown(folder, manifest)?;
    Ok(known.chain(unknown.into_iter().map(|name| (name, FileState::Unknown))).collect())
}

/// Models in the folder that the manifest does not know.
pub(crate) fn unknown(folder: &Path, manifest: &Manifest) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name();
        let is_model = Path::new(&name).extension() == Some(OsStr::new("onnx"));
        let is_known = manifest.0.iter().any(|file| OsStr::new(&*file.name) == name);
        if is_model && !is_known {
            names.push(name.to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(names)
}

/// Reads a file of the pack, if it is the very one. Never reads more than the manifest says.
pub(crate) fn read(folder: &Path, file: &ModelFile) -> Result<Vec<u8>, Error> {
    let name = || file.name.to_string();
    let unreadable = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => Error::Missing { name: name() },
        _ => Error::Unreadable { name: name(), source: error },
    };
    let opened = File::open(folder.join(&*file.name)).map_err(unreadable)?;
    if opened.metadata().map_err(unreadable)?.len() != file.bytes {
        return Err(Error::Changed { name: name() });
    }
    let mut bytes = Vec::new();
    opened.take(file.bytes + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if file.describes(&bytes) { Ok(bytes) } else { Err(Error::Changed { name: name() }) }
}

impl ModelFile {
    /// Whether these are the bytes of this very file.
    pub fn describes(&self, bytes: &[u8]) -> bool {
        let digest = Sha256::digest(bytes);
        let known = self.sha256.as_bytes();
        let digits = |byte: u8| {
            [byte >> 4, byte & 15].map(|nibble| b"0123456789abcdef"[usize::from(nibble)])
        };
        bytes.len() as u64 == self.bytes
            && digest.iter().copied().flat_map(digits).eq(known.iter().copied())
    }
}
