//! A record of admin actions in memory, which can be away, and counts how it is read.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use anonchat_axum::core::{
    AdminStore, AuditEntry, AuditPage, AuditRecord, DeviceId, StoreError, UnixMillis,
};
use async_trait::async_trait;

/// Clones are the same record, as several servers share one.
#[derive(Clone, Default)]
pub(crate) struct Ledger(Arc<Inside>);

#[derive(Default)]
struct Inside {
    records: Mutex<Vec<AuditRecord>>,
    about: Mutex<HashMap<DeviceId, Vec<u64>>>,
    maintenance: Mutex<Option<UnixMillis>>,
    is_away: AtomicBool,
    pages: AtomicUsize,
    resets: AtomicUsize,
}

impl Ledger {
    /// From now on it answers, or does not.
    pub(crate) fn is_away(&self, away: bool) {
        self.0.is_away.store(away, Ordering::SeqCst);
    }

    pub(crate) fn records(&self) -> Vec<AuditRecord> {
        self.0.records.lock().expect("records").clone()
    }

    /// Pages about a device that were read.
    pub(crate) fn pages_about(&self) -> usize {
        self.0.pages.load(Ordering::SeqCst)
    }

    pub(crate) fn resets(&self) -> usize {
        self.0.resets.load(Ordering::SeqCst)
    }

    fn answer(&self) -> Result<(), StoreError> {
        if self.0.is_away.load(Ordering::SeqCst) {
            Err(StoreError::Unavailable(None))
        } else {
            Ok(())
        }
    }
}

#[async_trait]
impl AdminStore for Ledger {
    async fn record(&self, entry: &AuditEntry) -> Result<u64, StoreError> {
        self.answer()?;
        let mut records = self.0.records.lock().expect("records");
        let id = records.len() as u64 + 1;
        if let Some(device) = entry.action.about() {
            self.0.about.lock().expect("about").entry(device).or_default().push(id);
        }
        records.push(AuditRecord { id, entry: entry.clone() });
        Ok(id)
    }

    async fn audit(&self, page: &AuditPage) -> Result<Vec<AuditRecord>, StoreError> {
        self.answer()?;
        let records = self.0.records.lock().expect("records");
        let before = page.before.unwrap_or(u64::MAX);
        let Some(device) = page.about else {
            let older = records.iter().rev().skip_while(|record| record.id >= before);
            return Ok(older.take(page.limit).cloned().collect());
        };
        self.0.pages.fetch_add(1, Ordering::SeqCst);
        let about = self.0.about.lock().expect("about");
        let ids = about.get(&device).map(Vec::as_slice).unwrap_or_default();
        let ids = ids.iter().rev().filter(|id| **id < before).take(page.limit);
        Ok(ids.map(|id| records[*id as usize - 1].clone()).collect())
    }

    async fn maintenance(&self) -> Result<Option<UnixMillis>, StoreError> {
        self.answer()?;
        Ok(*self.0.maintenance.lock().expect("maintenance"))
    }

    async fn set_maintenance(&self, since: Option<UnixMillis>) -> Result<(), StoreError> {
        self.answer()?;
        *self.0.maintenance.lock().expect("maintenance") = since;
        Ok(())
    }

    async fn reset(&self) -> Result<(), StoreError> {
        self.answer()?;
        self.0.resets.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }
}
