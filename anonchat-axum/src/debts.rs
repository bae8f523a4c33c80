//! Commands that must reach the pool although nobody waits for their answer any more.
//!
//! A connection that ends while the store is away cannot tell it so. Without this its device would
//! stay attached to a living server, and its partner would talk to nobody.

use std::sync::{Mutex, PoisonError};

use anonchat_core::{Command, PoolId, Store, StoreError};

use crate::clock;

/// What is owed to the store, in the order in which it came up.
#[derive(Default)]
pub(crate) struct Debts(Mutex<Vec<(PoolId, Command)>>);

impl Debts {
    /// Owes a command to a pool.
    pub(crate) fn owe(&self, pool: PoolId, command: Command) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push((pool, command));
    }

    /// Pays what can be paid.
    pub(crate) async fn pay(&self, store: &dyn Store) {
        let owed = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        for (pool, command) in owed {
            let paid = store.apply(&pool, clock::now(), clock::roll(), &command).await;
            if let Err(StoreError::Unavailable(_)) = paid {
                self.owe(pool, command);
            }
        }
    }
}
