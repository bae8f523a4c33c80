//! Which program serves.

use std::ffi::OsString;
use std::path::PathBuf;

/// A server program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// `redis-server`, or what `REDIS_SERVER` names.
    Redis,
    /// `valkey-server`, or what `VALKEY_SERVER` names.
    Valkey,
}

impl Engine {
    /// The program to start.
    ///
    /// # Panics
    ///
    /// If there is none: the message says how to get it.
    pub(crate) fn program(self) -> PathBuf {
        let (variable, name) = match self {
            Self::Redis => ("REDIS_SERVER", "redis-server"),
            Self::Valkey => ("VALKEY_SERVER", "valkey-server"),
        };
        let named = std::env::var_os(variable).filter(|value| !value.is_empty());
        let found = match &named {
            Some(path) => Some(PathBuf::from(path)).filter(|path| path.is_file()),
            None => in_path(name),
        };
        found.unwrap_or_else(|| match named {
            Some(path) => panic!("{variable} names {}, which is no file", path.display()),
            None => panic!(
                "{name} is missing: install it (`scripts/test` does), or name it in {variable}"
            ),
        })
    }
}

fn in_path(name: &str) -> Option<PathBuf> {
    let path: OsString = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
}
