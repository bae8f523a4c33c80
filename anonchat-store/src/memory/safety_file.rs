//! The file that keeps people's safety through a restart.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use anonchat_core::StoreError;

use super::disk::{self, ThisDisk};
use super::safety_bytes::{self, States, Unreadable};

/// No file is larger; that is more than a million blocks.
const MOST: u64 = 64 << 20;

/// A file for what a [`MemoryStore`](super::MemoryStore) knows of people's safety: bans, blocks,
/// reports without their words, dismissals, and today's counts of matches. Devices are in it as
/// the keyed hashes that the store knows; nothing in it is a word that somebody wrote.
///
/// It is written whole and put in the place of the former one, so that a crash at any instant
/// leaves the one or the other. It has a checksum and the fingerprint of the key under which
/// devices are hashed, and nobody but its owner may read it. It is for one process at a time.
#[derive(Clone, Debug)]
pub struct SafetyFile {
    path: PathBuf,
    temporary: PathBuf,
    fingerprint: [u8; 32],
}

/// What a [`SafetyFile`] held.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SavedSafety(pub(super) States);

/// Why a [`SafetyFile`] is not read or written. What is there is left as it is.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SafetyFileError {
    /// The operating system does not let it be read.
    #[error("{} cannot be read: {error}", path.display())]
    Read {
        /// Which file.
        path: PathBuf,
        /// Why not.
        error: io::Error,
    },
    /// The operating system does not let it be written.
    #[error("{} cannot be written: {error}", path.display())]
    Write {
        /// Which file.
        path: PathBuf,
        /// Why not.
        error: io::Error,
    },
    /// Something else has this name.
    #[error("{} is no safety file", .0.display())]
    Foreign(PathBuf),
    /// It is of another version of this software.
    #[error("{} has version {found}, which this server does not know", path.display())]
    Version {
        /// Which file.
        path: PathBuf,
        /// Its version.
        found: u32,
    },
    /// It is not as it was written.
    #[error("{} is damaged or cut short", .0.display())]
    Damaged(PathBuf),
    /// It was written under another key: no device in it would be recognized.
    #[error("{} was written under another key", .0.display())]
    OtherKey(PathBuf),
    /// It is, or would be, larger than 64 MiB.
    #[error("{} is larger than 64 MiB, or would be", .0.display())]
    TooLarge(PathBuf),
    /// The store cannot say what is to be written.
    #[error("what {} is to hold is not known", path.display())]
    Store {
        /// Which file.
        path: PathBuf,
        /// Why not.
        #[source]
        error: StoreError,
    },
}

impl SafetyFile {
    /// A file at `path`, whether or not it exists yet, for devices that are hashed under the key
    /// with this fingerprint. Next to it a file with `.tmp` behind the name is made at times.
    pub fn new(path: impl Into<PathBuf>, fingerprint: [u8; 32]) -> Self {
        let path = path.into();
        let mut temporary = path.clone().into_os_string();
        temporary.push(".tmp");
        Self { path, temporary: temporary.into(), fingerprint }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Reads the file; `None` if there is none. Blocks for as long as the disk does.
    ///
    /// # Errors
    ///
    /// A file that is there and cannot be read to its last byte is an error and never an empty
    /// one, or the banned would be back. It is left as it is.
    pub fn read(&self) -> Result<Option<SavedSafety>, SafetyFileError> {
        let path = || self.path.clone();
        let failed = |error| SafetyFileError::Read { path: path(), error };
        let file = match File::open(&self.path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(failed(error)),
        };
        let mut bytes = Vec::new();
        file.take(MOST + 1).read_to_end(&mut bytes).map_err(failed)?;
        if bytes.len() as u64 > MOST {
            return Err(SafetyFileError::TooLarge(path()));
        }
        match safety_bytes::decode(&bytes, &self.fingerprint) {
            Ok(states) => Ok(Some(SavedSafety(states))),
            Err(Unreadable::Foreign) => Err(SafetyFileError::Foreign(path())),
            Err(Unreadable::Version(found)) => {
                Err(SafetyFileError::Version { path: path(), found })
            }
            Err(Unreadable::Damaged) => Err(SafetyFileError::Damaged(path())),
            Err(Unreadable::OtherKey) => Err(SafetyFileError::OtherKey(path())),
        }
    }

    /// Replaces the file. Blocks for as long as the disk does.
    pub(super) fn write(&self, states: &States) -> Result<(), SafetyFileError> {
        let bytes = safety_bytes::encode(states, &self.fingerprint)
            .filter(|bytes| bytes.len() as u64 <= MOST)
            .ok_or_else(|| SafetyFileError::TooLarge(self.path.clone()))?;
        disk::replace(&ThisDisk, &self.path, &self.temporary, &bytes)
            .map_err(|error| SafetyFileError::Write { path: self.path.clone(), error })
    }

    pub(super) fn unknown(&self, error: StoreError) -> SafetyFileError {
        SafetyFileError::Store { path: self.path.clone(), error }
    }
}
