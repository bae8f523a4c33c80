//! How many frames a device has sent lately, across its connections: who comes back, or opens a
//! second socket, does not begin to count anew. What adds up to a unit of the count of all servers
//! is told to whoever keeps that ([`Limit::Frames`](anonchat_core::Limit::Frames)).

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Mutex, MutexGuard, PoisonError};

use anonchat_core::session::Rates;
use anonchat_core::{Conn, DeviceId, UnixMillis, frames_in_a_unit, policy};

/// Devices that are known at once, each with about 100 bytes. In a flood of more within a minute,
/// some are forgotten early: whoever commands so many gains nothing by one of them.
const MOST: usize = 1 << 17;

/// The counts of devices, as their newest connections have told them.
pub(crate) struct Tally {
    counts: Mutex<HashMap<DeviceId, Count>>,
    /// How many frames stand for a unit of the count of all servers.
    unit: NonZeroU32,
}

/// One device.
#[derive(Clone, Copy)]
struct Count {
    conn: u64,
    rates: Rates,
    /// Frames that nobody else has been told of.
    untold: u32,
    /// No frame is accepted before that.
    exhausted: Option<UnixMillis>,
}

/// What is new to a connection that has told its counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Noted {
    /// The counts to go on with.
    pub(crate) rates: Rates,
    /// Units of the count of all servers that have come together.
    pub(crate) units: u32,
}

impl Tally {
    pub(crate) fn new(rates: &policy::Rates) -> Self {
        let unit = NonZeroU32::new(frames_in_a_unit(rates)).unwrap_or(NonZeroU32::MIN);
        Self { counts: Mutex::default(), unit }
    }

    /// What a new connection of a device starts with.
    pub(crate) fn of(&self, at: UnixMillis, device: DeviceId) -> Rates {
        self.inside().get(&device).map(|count| count.effective(at)).unwrap_or_default()
    }

    /// Keeps the counts of a connection, unless a newer one of the device has told its own: an old
    /// socket that was left idle must not make the device look quiet. `frames` have been counted
    /// since it told them last.
    pub(crate) fn note(
        &self,
        at: UnixMillis,
        device: DeviceId,
        conn: Conn,
        rates: Rates,
        frames: u32,
    ) -> Noted {
        let mut inside = self.inside();
        if inside.len() >= MOST && !inside.contains_key(&device) {
            let any = inside.keys().next().copied();
            any.and_then(|any| inside.remove(&any));
        }
        let count = inside.entry(device).or_insert(Count {
            conn: conn.id,
            rates,
            untold: 0,
            exhausted: None,
        });
        if count.conn <= conn.id {
            (count.conn, count.rates) = (conn.id, rates);
        }
        let untold = count.untold.saturating_add(frames);
        count.untold = untold % self.unit;
        let rates = Count { rates, ..*count }.effective(at);
        Noted { rates, units: untold / self.unit }
    }

    /// Has no connection of a device accept a frame before `until`, for it has sent too many
    /// elsewhere.
    pub(crate) fn exhaust(&self, device: DeviceId, until: UnixMillis) {
        if let Some(count) = self.inside().get_mut(&device) {
            count.exhausted = Some(until);
        }
    }

    /// Forgets counts that no longer matter.
    pub(crate) fn forget_old(&self, now: UnixMillis) {
        let mut inside = self.inside();
        inside.retain(|_, count| !count.effective(now).is_over(now));
        if inside.len() < inside.capacity() / 4 {
            inside.shrink_to_fit();
        }
    }

    fn inside(&self) -> MutexGuard<'_, HashMap<DeviceId, Count>> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Count {
    fn effective(&self, at: UnixMillis) -> Rates {
        match self.exhausted.filter(|until| at < *until) {
            Some(until) => self.rates.exhausted(until),
            None => self.rates,
        }
    }
}

#[cfg(test)]
mod tests {
    use anonchat_core::NodeId;

    use super::*;

    const AT: UnixMillis = UnixMillis::new(60_000);
    const ANN: DeviceId = DeviceId::from_bytes([1; 16]);
    const BEN: DeviceId = DeviceId::from_bytes([2; 16]);

    const fn conn(id: u64) -> Conn {
        Conn { node: NodeId(1), id }
    }

    fn tally() -> Tally {
        Tally::new(&policy::Rates::default())
    }

    #[test]
    fn frames_of_all_sockets_of_a_device_add_up_to_units() {
        let tally = tally();
        let note =
            |device, id, frames| tally.note(AT, device, conn(id), Rates::default(), frames).units;
        let units = [note(ANN, 1, 14), note(ANN, 2, 0), note(ANN, 1, 1), note(ANN, 2, 45)];
        assert_eq!(units, [0, 0, 1, 3]);
        assert_eq!(note(BEN, 3, 14), 0);
    }

    #[test]
    fn who_is_exhausted_is_so_on_the_next_frame_and_after_coming_back() {
        let (tally, until) = (tally(), AT.after(30_000));
        let note = |at| tally.note(at, ANN, conn(1), Rates::default(), 1).rates;
        tally.exhaust(ANN, until); // who is not known here
        assert_eq!(note(AT), Rates::default());
        tally.exhaust(ANN, until);
        assert_eq!(note(AT), Rates::default().exhausted(until));
        assert_eq!(tally.of(AT, ANN), Rates::default().exhausted(until));
        tally.forget_old(AT.after(29_999));
        assert_eq!(tally.of(AT.after(29_999), ANN), Rates::default().exhausted(until));
        assert_eq!((note(until), tally.of(until, ANN)), (Rates::default(), Rates::default()));
    }

    #[test]
    fn a_flood_of_devices_keeps_a_bounded_number_of_them() {
        let tally = tally();
        let note = |number: u128| {
            let device = DeviceId::from_bytes(number.to_be_bytes());
            tally.note(AT, device, conn(1), Rates::default(), 0);
        };
        (0..MOST as u128 * 2).for_each(note);
        assert_eq!(tally.inside().len(), MOST);
        // One who is known needs no room.
        let known = tally.inside().keys().next().copied().expect("there are many");
        tally.note(AT, known, conn(2), Rates::default(), 0);
        assert_eq!(tally.inside().len(), MOST);
        assert_eq!(tally.inside().get(&known).map(|count| count.conn), Some(2));
        tally.forget_old(UnixMillis::new(0));
        assert_eq!(tally.inside().len(), 0);
    }
}
