//! How many frames a device has sent lately, across its connections: who comes back at once does
//! not begin to count anew.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use anonchat_core::session::Rates;
use anonchat_core::{DeviceId, UnixMillis};

/// The counts of devices whose connection has ended.
#[derive(Default)]
pub(crate) struct Tally(Mutex<HashMap<DeviceId, Rates>>);

impl Tally {
    /// Takes the counts of a device that is back.
    pub(crate) fn take(&self, device: DeviceId) -> Rates {
        let mut tally = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        tally.remove(&device).unwrap_or_default()
    }

    /// Keeps the counts of a device that leaves.
    pub(crate) fn keep(&self, device: DeviceId, rates: Rates) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(device, rates);
    }

    /// Forgets counts that no longer matter.
    pub(crate) fn forget_old(&self, now: UnixMillis) {
        let mut tally = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        tally.retain(|_, rates| !rates.is_over(now));
        if tally.len() < tally.capacity() / 4 {
            tally.shrink_to_fit();
        }
    }
}
