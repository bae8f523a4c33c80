//! What does not differ between the sessions of a server.

use std::sync::Arc;

use super::waits::Waits;
use crate::attest::Attestor;
use crate::id::PoolId;
use crate::policy::Policy;
use crate::screen::Screen;

/// What all sessions of a server share.
pub struct Settings {
    /// The rules.
    pub policy: Arc<Policy>,
    /// What refuses texts.
    pub screen: Arc<dyn Screen>,
    /// What reads tokens that come with a join; not asked with verification off. A server that
    /// makes no tokens has [`Unattested`](crate::Unattested).
    pub attestor: Arc<dyn Attestor>,
    /// The pools that clients may choose from, the default first.
    pub pools: Vec<PoolId>,
    /// How long people waited of late, for the answer to `why`. Sessions put in what they see and
    /// take out estimates; a new one is [`Waits::default`].
    pub waits: Waits,
}

impl Settings {
    /// The pool of this name, the default one if no name is given; `None` if there is no such pool.
    pub fn pool(&self, name: Option<&str>) -> Option<PoolId> {
        let mut pools = self.pools.iter();
        match name {
            None => pools.next().cloned(),
            Some(name) => pools.find(|pool| pool.as_str() == name).cloned(),
        }
    }
}

#[cfg(feature = "test-util")]
impl std::fmt::Debug for Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Settings").field("policy", &self.policy).finish_non_exhaustive()
    }
}
