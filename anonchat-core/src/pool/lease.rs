//! Servers: which devices hang on which, and when one counts as dead.

use std::collections::{BTreeMap, BTreeSet};

use super::Pool;
use super::sweep::Due;
use crate::id::{DeviceId, NodeId};
use crate::policy::Policy;
use crate::time::UnixMillis;

/// The servers that are alive, or whose devices are not all detached yet.
#[derive(Default)]
pub(super) struct Leases {
    nodes: BTreeMap<NodeId, Lease>,
}

pub(super) struct Lease {
    pub(super) until: UnixMillis,
    pub(super) devices: BTreeSet<DeviceId>,
}

impl Leases {
    /// Notes that a device hangs on a server. One that was never heard of is alive from now on.
    pub(super) fn add(
        &mut self,
        node: NodeId,
        device: DeviceId,
        now: UnixMillis,
        policy: &Policy,
        due: &mut BTreeSet<(UnixMillis, Due)>,
    ) {
        let lease = self.nodes.entry(node).or_insert_with(|| {
            let until = lease_end(now, policy);
            due.insert((until, Due::Lease(node)));
            Lease { until, devices: BTreeSet::new() }
        });
        lease.devices.insert(device);
    }

    pub(super) fn remove(&mut self, node: NodeId, device: DeviceId) {
        if let Some(lease) = self.nodes.get_mut(&node) {
            lease.devices.remove(&device);
        }
    }

    /// A device that hangs on a server.
    pub(super) fn any_device(&self, node: NodeId) -> Option<DeviceId> {
        self.nodes.get(&node)?.devices.first().copied()
    }

    pub(super) fn forget(&mut self, node: NodeId) {
        self.nodes.remove(&node);
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&NodeId, &Lease)> {
        self.nodes.iter()
    }
}

impl Pool {
    pub(super) fn renew(&mut self, node: NodeId) {
        let until = lease_end(self.clock, &self.policy);
        let lease = self
            .leases
            .nodes
            .entry(node)
            .or_insert_with(|| Lease { until, devices: BTreeSet::new() });
        self.due.remove(&(lease.until, Due::Lease(node)));
        lease.until = until;
        self.due.insert((until, Due::Lease(node)));
    }
}

fn lease_end(now: UnixMillis, policy: &Policy) -> UnixMillis {
    now.after(u64::from(policy.connection.lease_s) * 1_000)
}
