//! What a reply or a message from Redis may be instead of what it should be.

/// Bytes from Redis that no script of this version writes, or an answer that another deployment
/// wrote the pool. It names what is wrong and never shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Malformed {
    /// The pool was written by scripts of another version.
    #[error("the pool has schema version {found}, but this server has {expected}")]
    Version {
        /// The version of the pool.
        found: u32,
        /// The version of this server.
        expected: u32,
    },
    /// The pool was made by servers with another key or policy.
    #[error("the pool belongs to servers with another key")]
    Fingerprint,
    /// A value of another type stands in this place.
    #[error("{0} is of another type")]
    Type(&'static str),
    /// A number stands for nothing that could be in this place.
    #[error("{0} is out of its range")]
    Range(&'static str),
    /// The bytes end too early.
    #[error("it is cut short")]
    Short,
    /// There is more than belongs to it.
    #[error("there is something behind its end")]
    Trailing,
    /// A text is longer, or there are more of something, than anybody sends.
    #[error("{0} is too long")]
    TooLong(&'static str),
    /// A text is not UTF-8.
    #[error("a text is not UTF-8")]
    NotText,
}
