//! One deployment under test: its servers, and a recording inbox for each node.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use anonchat_core::history::{Run, Step};
use anonchat_core::{
    Command, Commit, DeviceId, NodeId, Pool, PoolId, Query, ReportId, StoreError, UnixMillis, View,
};

use super::failure::{Failure, Obligation};
use super::ledger::Ledger;
use super::recorder::Recorder;
use super::server::Server;

/// A deployment. Dropping it drops the servers first and then what they live on.
pub(super) struct Case<G> {
    servers: Vec<Server>,
    inboxes: BTreeMap<NodeId, Arc<Recorder>>,
    pub(super) pool: PoolId,
    patience: Duration,
    _guard: G,
}

impl<G> Case<G> {
    /// Opens an inbox for each node, the nodes spread over the servers.
    pub(super) async fn open(
        (guard, servers): (G, Vec<Server>),
        patience: Duration,
    ) -> Result<Self, Failure> {
        if servers.is_empty() {
            return Err(Failure::unable("the deployment has no server"));
        }
        let mut case = Self {
            servers,
            inboxes: BTreeMap::new(),
            pool: PoolId::main(),
            patience,
            _guard: guard,
        };
        for node in Run::nodes() {
            let inbox = Arc::new(Recorder::default());
            let opened = case.at(node).store.open(node, Arc::clone(&inbox) as _).await;
            opened.map_err(|error| broken_off(&error))?;
            case.inboxes.insert(node, inbox);
        }
        Ok(case)
    }

    /// The server on which a node lives.
    pub(super) fn at(&self, node: NodeId) -> &Server {
        &self.servers[self.index(node)]
    }

    /// The server by which a step enters: that of its connection, or any.
    pub(super) fn entry(&self, step: &Step, index: usize) -> (&Server, Vec<NodeId>) {
        let chosen = match node(&step.command) {
            Some(node) => self.index(node),
            None => index % self.servers.len(),
        };
        let home = Run::nodes().filter(|node| self.index(*node) == chosen).collect();
        (&self.servers[chosen], home)
    }

    pub(super) fn inbox(&self, node: NodeId) -> &Recorder {
        &self.inboxes[&node]
    }

    pub(super) fn shared_inbox(&self, node: NodeId) -> Arc<Recorder> {
        Arc::clone(&self.inboxes[&node])
    }

    pub(super) fn servers(&self) -> &[Server] {
        &self.servers
    }

    /// Applies a step through the given server.
    pub(super) async fn apply(&self, server: &Server, step: &Step) -> Result<Commit, Failure> {
        server
            .store
            .apply(&self.pool, step.at, step.dice, &step.command)
            .await
            .map_err(|error| broken_off(&error))
    }

    /// Asks every server, which all have to answer the same.
    pub(super) async fn expect_view(
        &self,
        at: UnixMillis,
        query: &Query,
        wanted: &View,
    ) -> Result<(), Failure> {
        for server in &self.servers {
            let view = server.store.read(&self.pool, at, query).await;
            let view = view.map_err(|error| broken_off(&error))?;
            if view != *wanted {
                let detail = format!(
                    "asked at {} for {query:?}, the store says\n  {view:?}\nand the pool\n  {wanted:?}",
                    at.get()
                );
                return Err(Failure::new(Obligation::Agree, detail));
            }
        }
        Ok(())
    }

    /// Compares all that is known, where the store can show it.
    pub(super) async fn expect_snapshot(&self, pool: &Pool) -> Result<(), Failure> {
        let wanted = pool.snapshot();
        for snapshots in self.servers.iter().filter_map(|server| server.snapshots.as_ref()) {
            let got = snapshots.snapshot(&self.pool).await.map_err(|error| broken_off(&error))?;
            if got != wanted {
                let detail =
                    format!("at the end, the store knows\n{got:#?}\nand the pool\n{wanted:#?}");
                return Err(Failure::new(Obligation::Agree, detail));
            }
        }
        Ok(())
    }

    /// Waits until all mail has come, and demands that it is right and not more.
    pub(super) async fn settle(&self, ledger: &mut Ledger) -> Result<(), Failure> {
        let waiting = async {
            loop {
                for node in Run::nodes() {
                    ledger.take(node, self.inbox(node).drain())?;
                }
                if Run::nodes().all(|node| ledger.missing(node).is_none()) {
                    return Ok(());
                }
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        // Whoever ran out of patience says below what is missing.
        tokio::time::timeout(self.patience, waiting).await.unwrap_or(Ok(()))?;
        Run::nodes().try_for_each(|node| ledger.settled(node, Obligation::DeliverInOrder))
    }

    /// Waits for something that the network may still bring, and not longer than mail may take.
    pub(super) async fn wait_until(&self, done: impl Fn() -> bool) {
        let waiting = async {
            while !done() {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        // Whoever waits looks again, and says what is missing.
        let _ = tokio::time::timeout(self.patience, waiting).await;
    }

    fn index(&self, node: NodeId) -> usize {
        node.0 as usize % self.servers.len()
    }
}

/// Everything that can be asked, for all devices of a run.
pub(super) fn queries() -> Vec<Query> {
    let each = |query: fn(DeviceId) -> Query| Run::devices().map(query);
    each(|device| Query::Standing { device })
        .chain(each(|device| Query::Wait { device }))
        .chain([Query::Census])
        .chain([(None, false, 2), (None, false, 1_000), (Some(4), true, 3), (None, true, 1)].map(
            |(before, open, limit)| Query::Reports { before: before.map(ReportId), open, limit },
        ))
        .chain([0, 1, 1_000].map(|limit| Query::Bans { after: None, limit }))
        .chain([(0, 1), (0, 1_000), (40, 2)].map(|(after, limit)| Query::Outbox { after, limit }))
        .collect()
}

/// The node of the connection that speaks, if the command names one.
fn node(command: &Command) -> Option<NodeId> {
    match command {
        Command::Attach { conn, .. }
        | Command::Enter { conn, .. }
        | Command::Detach { conn, .. }
        | Command::Join { conn, .. }
        | Command::Next { conn, .. }
        | Command::Leave { conn, .. } => Some(conn.node),
        Command::Renew { node } => Some(*node),
        _ => None,
    }
}

/// The device that asks, if one does; servers and moderators do the rest.
pub(super) fn device(command: &Command) -> Option<DeviceId> {
    match command {
        Command::Attach { device, .. }
        | Command::Enter { device, .. }
        | Command::Detach { device, .. }
        | Command::Join { device, .. }
        | Command::Next { device, .. }
        | Command::Leave { device, .. }
        | Command::Block { device, .. }
        | Command::Unblock { device, .. }
        | Command::Report { device, .. }
        | Command::Verify { device, .. } => Some(*device),
        Command::Ban { .. }
        | Command::Lift { .. }
        | Command::Dismiss { .. }
        | Command::Adopt { .. }
        | Command::Settle { .. }
        | Command::Renew { .. }
        | Command::Sweep => None,
    }
}

/// The store failed where nothing was done to it.
pub(super) fn broken_off(error: &StoreError) -> Failure {
    Failure::unable(format!("the store failed: {error:?}"))
}
