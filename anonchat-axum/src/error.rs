//! Why a chat does not start.

use anonchat_core::{PolicyError, StoreError};

use crate::secret::Weakness;

/// Why [`Builder::start`](crate::Builder::start) or [`serve`](crate::serve) failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No store was given.
    #[error("no store was given")]
    NoStore,
    /// No key was given, and it is not development mode.
    #[error("no key was given")]
    NoKey,
    /// A secret is too weak to serve with outside development mode.
    #[error("the {name} {weakness}")]
    WeakSecret {
        /// Which one: `key` or `admin key`.
        name: &'static str,
        /// What is wrong with it.
        weakness: Weakness,
    },
    /// An allowed origin is not of the form `scheme://host[:port]`.
    #[error("`{0}` is no origin; one looks like https://chat.example.org")]
    Origin(String),
    /// The store's policy is out of its bounds.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// The store could not be opened.
    #[error("the store could not be opened")]
    Store(#[from] StoreError),
    /// There are several pools, and the store's policy does not say so with
    /// [`Policy::other_pools`](anonchat_core::Policy::other_pools): a ban would hold in one only.
    #[error("the store does not keep bans for its other pools")]
    PoolsApart,
    /// A listener failed.
    #[error("the listener failed")]
    Listen(#[from] std::io::Error),
}
