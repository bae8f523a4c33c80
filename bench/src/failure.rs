//! Why a measurement could not be made.

use std::io;

/// Why a measurement could not be made. Every one ends the program.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The system refused something.
    #[error("{0}")]
    System(#[from] io::Error),
    /// A result cannot be read or written.
    #[error("result: {0}")]
    Result(#[from] serde_json::Error),
    /// What is measured did not do its part.
    #[error("{0}")]
    Unmeasurable(String),
}

impl Failure {
    pub(crate) fn because<T>(reason: impl Into<String>) -> Result<T, Self> {
        Err(Self::Unmeasurable(reason.into()))
    }
}
