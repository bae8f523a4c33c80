//! Where admin actions are recorded, with an end to the waiting for it.

use std::sync::Arc;
use std::time::Duration;

use anonchat_core::{AdminStore, AuditEntry, AuditPage, AuditRecord, UnixMillis};

use super::refused::Refused;
use crate::bounded::{PATIENCE, within};

/// How long emptying all pools may take.
const LONG: Duration = Duration::from_secs(30);

/// The store of those in charge, if there is one.
pub(crate) struct Book(Option<Arc<dyn AdminStore>>);

impl Book {
    pub(super) fn new(store: Option<Arc<dyn AdminStore>>) -> Self {
        Self(store)
    }

    /// Refuses if there is none.
    pub(super) fn open(&self) -> Result<&Arc<dyn AdminStore>, Refused> {
        self.0.as_ref().ok_or(Refused::NoRecord)
    }

    pub(super) async fn record(&self, entry: &AuditEntry) -> Result<u64, Refused> {
        Ok(within(PATIENCE, self.open()?.record(entry)).await?)
    }

    pub(super) async fn audit(&self, page: &AuditPage) -> Result<Vec<AuditRecord>, Refused> {
        Ok(within(PATIENCE, self.open()?.audit(page)).await?)
    }

    pub(super) async fn maintenance(&self) -> Result<Option<UnixMillis>, Refused> {
        Ok(within(PATIENCE, self.open()?.maintenance()).await?)
    }

    pub(super) async fn set_maintenance(&self, since: Option<UnixMillis>) -> Result<(), Refused> {
        Ok(within(PATIENCE, self.open()?.set_maintenance(since)).await?)
    }

    pub(super) async fn reset(&self) -> Result<(), Refused> {
        Ok(within(LONG, self.open()?.reset()).await?)
    }
}
