//! What the suite is given to test.

use std::sync::Arc;

use anonchat_core::pool::Snapshot;
use anonchat_core::{PoolId, Store, StoreError};
use async_trait::async_trait;

/// One server's view of a store, with what the store offers to be tested by.
#[derive(Clone)]
pub struct Server {
    pub(super) store: Arc<dyn Store>,
    pub(super) snapshots: Option<Arc<dyn Snapshots>>,
    pub(super) faults: Option<Arc<dyn Faults>>,
}

/// A store that can show everything it knows. Optional: it makes differences visible that no
/// commit has shown yet.
#[async_trait]
pub trait Snapshots: Send + Sync + 'static {
    /// Everything that the pool knows, as [`Pool::snapshot`](anonchat_core::Pool::snapshot) has it.
    ///
    /// # Errors
    ///
    /// As [`Store::read`].
    async fn snapshot(&self, pool: &PoolId) -> Result<Snapshot, StoreError>;
}

/// A connection that can be cut, between a store and what holds its pools. Optional: usually a
/// small relay in the test, which the store is told to connect through.
///
/// The suite cuts while a command is under way, and afterwards finds out from the next commits
/// whether the command was committed, whole with its mail or not at all. Lost mail has to be
/// announced by [`Inbox::gap`](anonchat_core::Inbox::gap) before the next delivery, and at the
/// latest by the first command after [`Faults::heal`].
#[async_trait]
pub trait Faults: Send + Sync + 'static {
    /// Cuts all connections of this server when `bytes` more bytes have passed, both ways
    /// together; 0 cuts at once. The suite asks for 0 to 4095.
    async fn cut_after(&self, bytes: u64);

    /// Takes a cut back that has not happened, lets connections through again, and returns when
    /// the store can be used again.
    async fn heal(&self);
}

impl Server {
    /// A server with this store.
    pub fn new(store: impl Store) -> Self {
        Self::shared(Arc::new(store))
    }

    /// A server with a store that something else holds as well.
    pub fn shared(store: Arc<dyn Store>) -> Self {
        Self { store, snapshots: None, faults: None }
    }

    /// The store can show everything it knows.
    #[must_use]
    pub fn with_snapshots(self, snapshots: Arc<dyn Snapshots>) -> Self {
        Self { snapshots: Some(snapshots), ..self }
    }

    /// The store's connection can be cut.
    #[must_use]
    pub fn with_faults(self, faults: Arc<dyn Faults>) -> Self {
        Self { faults: Some(faults), ..self }
    }
}
