//! Why the server does not start.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use anonchat_axum::Weakness;
use anonchat_core::PolicyError;

use crate::keys::KEY;

/// Why the server does not start, in words that name the setting.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    /// A key is needed.
    #[error(
        "{flag} ({variable}) is missing: {address} can be reached from elsewhere; set it to at \
         least 32 random characters, such as the output of `openssl rand -hex 32`"
    )]
    MissingKey { flag: &'static str, variable: &'static str, address: SocketAddr },
    /// A key is too weak.
    #[error("{flag} ({variable}) {weakness}; set it to at least 32 random characters")]
    WeakKey { flag: &'static str, variable: &'static str, weakness: Weakness },
    /// The store is one that this build has not.
    #[cfg(not(feature = "redis"))]
    #[error("--store (ANONCHAT_STORE): this build has the store `memory` only")]
    Store,
    /// The store's address is none. It may hold a password, so it is not shown.
    #[cfg(feature = "redis")]
    #[error("--store (ANONCHAT_STORE): {0}")]
    StoreUrl(#[from] anonchat_store::UrlError),
    /// The store does not open.
    #[cfg(feature = "redis")]
    #[error("--store (ANONCHAT_STORE): {}", chain(.0))]
    StoreOpen(anonchat_store::ConnectError),
    /// The store belongs to servers with another key.
    #[cfg(feature = "redis")]
    #[error(
        "{flag} ({variable}): the store belongs to servers whose last key is another; give the \
         same here, or every device would be a stranger and the banned would come back",
        flag = KEY.0, variable = KEY.1
    )]
    OtherKey,
    /// Devices that others know need a key that lasts.
    #[error(
        "{flag} ({variable}) is missing: without it every start makes another, and what the store \
         keeps of a device would be lost; set it to at least 32 random characters, such as the \
         output of `openssl rand -hex 32`",
        flag = KEY.0, variable = KEY.1
    )]
    KeyOfStore,
    /// The collector's address is none. It may hold a password, so it is not shown.
    #[cfg(feature = "otel")]
    #[error(
        "--otlp-endpoint (OTEL_EXPORTER_OTLP_ENDPOINT): expected a URL of the form http://host:port"
    )]
    Collector,
    /// Only the memory store forgets.
    #[error(
        "--safety-file (ANONCHAT_SAFETY_FILE) is for the store `memory`; the store that --store \
         names keeps bans, blocks and counts itself: leave one of the two out"
    )]
    SafetyFileOfStore,
    /// Devices in a file need a key that lasts.
    #[error(
        "{flag} ({variable}) is missing: without it every start makes another, and no device in \
         --safety-file would be recognized; set it to at least 32 random characters, such as the \
         output of `openssl rand -hex 32`",
        flag = KEY.0, variable = KEY.1
    )]
    KeyOfSafetyFile,
    /// The safety file is none that can be gone on from.
    #[error(
        "--safety-file (ANONCHAT_SAFETY_FILE): {}; it is left as it is, and to go on without it \
         would let back everybody who was banned: {}",
        chain(.0), way_on(.0)
    )]
    SafetyFile(#[from] anonchat_store::SafetyFileError),
    /// A pool is named twice.
    #[error("--pools (ANONCHAT_POOLS): `{0}` is named twice")]
    PoolTwice(String),
    /// The verifier is one that this build has not.
    #[cfg(not(feature = "onnx"))]
    #[error(
        "--models (ANONCHAT_MODELS): this build has no verifier; build it with `--features onnx`"
    )]
    Models,
    /// The verifier does not open.
    #[cfg(feature = "onnx")]
    #[error("{setting}: {}: {}", path.display(), chain(error))]
    Verifier { setting: &'static str, path: PathBuf, error: anonchat_verify::Error },
    /// A pack is not what it should be.
    #[cfg(feature = "onnx")]
    #[error("{}: not the model pack that this version knows", .0.display())]
    Pack(PathBuf),
    /// The policy file cannot be read.
    #[error("--policy (ANONCHAT_POLICY): {path}: {error}", path = path.display())]
    PolicyFile { path: PathBuf, error: io::Error },
    /// The policy file says something that is not understood.
    #[error("--policy (ANONCHAT_POLICY): {path}: {error}", path = path.display())]
    PolicyText { path: PathBuf, error: toml::de::Error },
    /// A number of the policy is out of its bounds.
    #[error("--policy (ANONCHAT_POLICY): {0}")]
    Policy(#[from] PolicyError),
    /// The policy cannot be printed.
    #[error("the policy cannot be printed: {0}")]
    PolicyPrint(#[from] toml::ser::Error),
    /// An address cannot be listened on.
    #[error("--listen (ANONCHAT_LISTEN): {address}: {error}")]
    Listen { address: SocketAddr, error: io::Error },
    /// The chat does not start.
    #[error(transparent)]
    Chat(#[from] anonchat_axum::Error),
    /// Something of the operating system failed.
    #[error(transparent)]
    System(#[from] io::Error),
}

/// What somebody can do whose safety file is refused.
fn way_on(error: &anonchat_store::SafetyFileError) -> String {
    use anonchat_store::SafetyFileError as Error;
    let first = match error {
        Error::Read { .. } | Error::Write { .. } => {
            "let this user read and write it and its folder"
        }
        Error::OtherKey(_) => "give the key that it was written under as the last one of --key",
        Error::Version { .. } => "run the version that wrote it",
        _ => "put a sound copy in its place",
    };
    format!("{first}, or move it away to begin with nothing remembered")
}

/// An error with all that brought it about.
fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}
