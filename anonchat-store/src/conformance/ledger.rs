//! What each node should have been told and was not yet.

use std::collections::{BTreeMap, VecDeque};

use anonchat_core::{Commit, Envelope, NodeId};

use super::failure::{Failure, Obligation};
use super::recorder::Fact;

/// Compares mail with what was committed.
#[derive(Default)]
pub(super) struct Ledger {
    pending: BTreeMap<NodeId, VecDeque<Envelope>>,
    /// Nodes that were told of a gap after the last envelope.
    gaps: BTreeMap<NodeId, bool>,
    /// Whether a gap may be announced at all.
    faults: bool,
}

impl Ledger {
    /// A ledger for a store whose connection is cut now and then.
    pub(super) fn with_faults() -> Self {
        Self { faults: true, ..Self::default() }
    }

    /// The mail of a commit is now due.
    pub(super) fn expect(&mut self, commit: &Commit) {
        for envelope in commit.outcome.iter().flatten() {
            self.pending.entry(envelope.conn.node).or_default().push_back(envelope.clone());
        }
    }

    /// A node was told something.
    pub(super) fn take(&mut self, node: NodeId, facts: Vec<Fact>) -> Result<(), Failure> {
        let pending = self.pending.entry(node).or_default();
        let gap = self.gaps.entry(node).or_default();
        for fact in facts {
            let envelope = match fact {
                Fact::Envelope(envelope) => envelope,
                Fact::Gap if self.faults => {
                    *gap = true;
                    continue;
                }
                Fact::Gap => return Err(broken(format!("{node:?} was told of a gap for nothing"))),
            };
            // After an announced gap, what is missing is excused.
            while *gap && pending.front().is_some_and(|next| *next != envelope) {
                pending.pop_front();
            }
            *gap = false;
            match pending.pop_front() {
                Some(next) if next == envelope => {}
                Some(next) => {
                    return Err(broken(format!(
                        "{node:?} was told\n  {envelope:?}\nand should have been told\n  {next:?}"
                    )));
                }
                None => {
                    return Err(broken(format!(
                        "{node:?} was told, and nothing was left to tell,\n  {envelope:?}"
                    )));
                }
            }
        }
        Ok(())
    }

    /// What a node was not told, with no gap announced since.
    pub(super) fn missing(&self, node: NodeId) -> Option<&Envelope> {
        let excused = self.gaps.get(&node).copied().unwrap_or_default();
        if excused { None } else { self.pending.get(&node)?.front() }
    }

    /// Demands that a node was told everything.
    pub(super) fn settled(&self, node: NodeId, otherwise: Obligation) -> Result<(), Failure> {
        match self.missing(node) {
            None => Ok(()),
            Some(next) => {
                Err(Failure::new(otherwise, format!("{node:?} was not told\n  {next:?}")))
            }
        }
    }
}

fn broken(detail: String) -> Failure {
    Failure::new(Obligation::DeliverInOrder, detail)
}
