//! Why a verifier does not open.

use std::io;

/// Why a verifier does not open. Nothing of a picture is ever in it: pictures come later, and what
/// goes wrong with them is a [`Verdict`](anonchat_core::Verdict) or a
/// [`ClassifyError`](anonchat_core::ClassifyError).
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The folder of the pack cannot be listed.
    #[error("the folder of the models cannot be read")]
    Folder {
        /// Why not.
        source: io::Error,
    },
    /// A file of the pack is not in the folder.
    #[error("the model {name} is missing")]
    Missing {
        /// The name of the file.
        name: String,
    },
    /// A file of the pack cannot be read.
    #[error("the model {name} cannot be read")]
    Unreadable {
        /// The name of the file.
        name: String,
        /// Why not.
        source: io::Error,
    },
    /// A file is not the one that the manifest knows by this name.
    #[error(
        "the model {name} is not the one that is known by this name: its size or SHA-256 differs"
    )]
    Changed {
        /// The name of the file.
        name: String,
    },
    /// The folder has a model that the manifest does not know.
    #[error("the model {name} is not part of the pack")]
    Unknown {
        /// The name of the file.
        name: String,
    },
    /// The backend cannot carry a model out.
    #[error("the model {name} cannot be prepared")]
    Model {
        /// The name of the file.
        name: String,
        /// Why not.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The backend does not start.
    #[error("the backend does not start")]
    Backend {
        /// Why not.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// This process has started another backend before.
    #[error("this process has another backend already; one process has one")]
    BackendTaken,
    /// A thread that was preparing a model panicked.
    #[error("a model could not be prepared: its thread panicked")]
    Panicked,
    /// The threads that look at pictures cannot be started.
    #[error("the threads of the verifier cannot be started")]
    Threads {
        /// Why not.
        source: io::Error,
    },
}

impl Error {
    pub(crate) fn backend(error: ort::Error) -> Self {
        Self::Backend { source: Box::new(error) }
    }
}
