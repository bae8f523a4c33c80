//! How much a pool remembers.

use super::Pool;

/// How much a pool remembers, rules that are over included as long as they are not forgotten.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Footprint {
    /// Records of devices, pairs, blocks, bans, reports, dismissals and orders.
    pub records: usize,
    /// Bytes reserved for the tables that grow with the number of devices and pairs.
    pub bytes: usize,
}

impl Pool {
    /// How much the pool remembers. Constant cost.
    pub fn footprint(&self) -> Footprint {
        let (devices, device_bytes) = self.devices.footprint();
        let (meetings, meeting_bytes) = self.met.footprint();
        let rules = self.blocks.footprint() + self.safety.footprint() + self.orders.footprint();
        let records = devices + meetings + rules;
        let bytes = device_bytes + meeting_bytes + self.queues.footprint();
        Footprint { records, bytes }
    }
}
