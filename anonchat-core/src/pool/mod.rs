//! Who waits, who talks to whom, who may not.

use crate::command::{Command, Commit, Dice};
use crate::policy::Policy;
use crate::query::{Query, View};
use crate::time::UnixMillis;
use std::sync::Arc;

/// One atomic partition of the population.
pub struct Pool {
    policy: Arc<Policy>,
}

impl Pool {
    /// An empty pool with these rules.
    pub fn new(policy: Arc<Policy>) -> Self {
        Self { policy }
    }
    /// The rules.
    pub fn policy(&self) -> &Arc<Policy> {
        &self.policy
    }
    /// Applies one command.
    pub fn apply(&mut self, _at: UnixMillis, _dice: Dice, _command: &Command) -> Commit {
        unreachable!()
    }
    /// Looks without changing.
    pub fn read(&self, _at: UnixMillis, _query: &Query) -> View {
        unreachable!()
    }
}
