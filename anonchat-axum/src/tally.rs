//! How many frames a device has sent lately, across its connections: who comes back, or opens a
//! second socket, does not begin to count anew.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use anonchat_core::session::Rates;
use anonchat_core::{Conn, DeviceId, UnixMillis};

/// Devices that are known at once, each with about 100 bytes. In a flood of more within a minute,
/// some are forgotten early: whoever commands so many gains nothing by one of them.
const MOST: usize = 1 << 17;

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
        if inside.len() >= MOST && !inside.contains_key(&device) {
            let any = inside.keys().next().copied();
            any.and_then(|any| inside.remove(&any));
        }
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

#[cfg(test)]
mod tests {
    use anonchat_core::NodeId;

    use super::*;

    #[test]
    fn a_flood_of_devices_keeps_a_bounded_number_of_them() {
        let tally = Tally::default();
        let note = |number: u128| {
            let device = DeviceId::from_bytes(number.to_be_bytes());
            tally.note(device, Conn { node: NodeId(1), id: 1 }, Rates::default());
        };
        (0..MOST as u128 * 2).for_each(note);
        assert_eq!(tally.inside().len(), MOST);
        // One who is known needs no room.
        let known = tally.inside().keys().next().copied().expect("there are many");
        tally.note(known, Conn { node: NodeId(1), id: 2 }, Rates::default());
        assert_eq!(tally.inside().len(), MOST);
        assert_eq!(tally.inside().get(&known).map(|(conn, _)| *conn), Some(2));
        tally.forget_old(UnixMillis::new(0));
        assert_eq!(tally.inside().len(), 0);
    }
}
