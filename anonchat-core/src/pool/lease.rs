//! Servers: which devices hang on which, and when one counts as dead.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

use super::Pool;
use super::device::{Devices, Slot};
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
    /// The devices that hang on the server, as a list through their records.
    first: Option<Slot>,
    /// All of them, and perhaps some that do no longer, by their ids: once the server is dead,
    /// until it is alive again.
    dying: Option<BinaryHeap<Reverse<DeviceId>>>,
}

impl Lease {
    const fn new(until: UnixMillis) -> Self {
        Self { until, first: None, dying: None }
    }

    /// The devices, in no order that may show.
    pub(super) fn devices<'a>(&self, devices: &'a Devices) -> impl Iterator<Item = DeviceId> + 'a {
        let slots = std::iter::successors(self.first, |slot| devices[*slot].neighbours[1]);
        slots.map(|slot| devices[slot].id)
    }
}

impl Leases {
    pub(super) fn iter(&self) -> impl Iterator<Item = (&NodeId, &Lease)> {
        self.nodes.iter()
    }

    /// Notes that a device hangs on a server. One that was never heard of is alive from now on.
    pub(super) fn add(
        &mut self,
        node: NodeId,
        slot: Slot,
        devices: &mut Devices,
        now: UnixMillis,
        policy: &Policy,
        due: &mut BTreeSet<(UnixMillis, Due)>,
    ) {
        let lease = self.nodes.entry(node).or_insert_with(|| {
            let until = lease_end(now, policy);
            due.insert((until, Due::Lease(node)));
            Lease::new(until)
        });
        if let Some(dying) = &mut lease.dying {
            dying.push(Reverse(devices[slot].id));
        }
        let after = lease.first.replace(slot);
        devices[slot].neighbours = [None, after];
        if let Some(after) = after {
            devices[after].neighbours[0] = Some(slot);
        }
    }

    pub(super) fn remove(&mut self, node: NodeId, slot: Slot, devices: &mut Devices) {
        let [before, after] = std::mem::take(&mut devices[slot].neighbours);
        if let Some(after) = after {
            devices[after].neighbours[0] = before;
        }
        if let Some(before) = before {
            devices[before].neighbours[1] = after;
        } else if let Some(lease) = self.nodes.get_mut(&node) {
            lease.first = after;
        }
    }

    /// The lowest device that hangs on a server that is dead.
    ///
    /// Linear in the devices of the server when it is first asked, which each of them has paid for
    /// by its coming, and logarithmic afterwards.
    pub(super) fn lowest_device(&mut self, node: NodeId, devices: &Devices) -> Option<Slot> {
        let lease = self.nodes.get_mut(&node)?;
        if lease.dying.is_none() {
            lease.dying = Some(lease.devices(devices).map(Reverse).collect());
        }
        let dying = lease.dying.as_mut()?;
        while let Some(Reverse(device)) = dying.peek() {
            let slot = devices.find(*device);
            let hangs = |slot: &Slot| {
                devices[*slot].attached.is_some_and(|attached| attached.conn.node == node)
            };
            if let Some(slot) = slot.filter(hangs) {
                return Some(slot);
            }
            dying.pop();
        }
        None
    }

    pub(super) fn forget(&mut self, node: NodeId) {
        self.nodes.remove(&node);
    }
}

impl Pool {
    pub(super) fn renew(&mut self, node: NodeId) {
        let until = lease_end(self.clock, &self.policy);
        let lease = self.leases.nodes.entry(node).or_insert(Lease::new(until));
        self.due.remove(&(lease.until, Due::Lease(node)));
        lease.until = until;
        lease.dying = None;
        self.due.insert((until, Due::Lease(node)));
    }
}

fn lease_end(now: UnixMillis, policy: &Policy) -> UnixMillis {
    now.after(u64::from(policy.connection.lease_s) * 1_000)
}
