//! How many frames a device has sent lately, across its connections: who comes back, or opens a
//! second socket, does not begin to count anew.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use anonchat_core::session::Rates;
use anonchat_core::{Conn, DeviceId, UnixMillis};

/// The counts of devices, as their newest connections have told them.
#[derive(Default)]
pub(crate) struct Tally(Mutex<HashMap<DeviceId, (u64, Rates)>>);

impl Tally {
    /// What a new connection of a device starts with.
    pub(crate) fn of(&self, device: DeviceId) -> Rates {
        self.inside().get(&device).map(|(_, rates)| *rates).unwrap_or_default()
    }

    /// Keeps the counts of a connection, unless a newer one of the device has told its own: an old
    /// socket that was left idle must not make the device look quiet.
    pub(crate) fn note(&self, device: DeviceId, conn: Conn, rates: Rates) {
        let mut inside = self.inside();
        let newest = inside.entry(device).or_insert((conn.id, rates));
        if newest.0 <= conn.id {
            *newest = (conn.id, rates);
        }
    }

    /// Forgets counts that no longer matter.
    pub(crate) fn forget_old(&self, now: UnixMillis) {
        let mut inside = self.inside();
        inside.retain(|_, (_, rates)| !rates.is_over(now));
        if inside.len() < inside.capacity() / 4 {
            inside.shrink_to_fit();
        }
    }

    fn inside(&self) -> MutexGuard<'_, HashMap<DeviceId, (u64, Rates)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
