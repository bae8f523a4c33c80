//! One picture at a time for each device.

use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use anonchat_core::DeviceId;

/// The devices whose picture is on its way or judged. There are never more than there are uploads.
#[derive(Default)]
pub(crate) struct Sittings(Mutex<HashSet<DeviceId>>);

/// A device's turn, which ends when this is dropped: with the answer, by a panic, or because the
/// client has gone away. A classifier that still works on a picture then is bounded by itself.
pub(super) struct Sitting<'a> {
    sittings: &'a Sittings,
    device: DeviceId,
}

impl Sittings {
    /// A turn for a device; `None` while it has one.
    pub(super) fn begin(&self, device: DeviceId) -> Option<Sitting<'_>> {
        self.devices().insert(device).then(|| Sitting { sittings: self, device })
    }

    fn devices(&self) -> MutexGuard<'_, HashSet<DeviceId>> {
        // Nothing that could panic is done with the lock held.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Sitting<'_> {
    fn drop(&mut self) {
        self.sittings.devices().remove(&self.device);
    }
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use super::*;

    #[test]
    fn a_device_has_one_turn_and_another_device_its_own() {
        let sittings = Sittings::default();
        let [one, two] = [1, 2].map(|byte| DeviceId::from_bytes([byte; 16]));
        let first = sittings.begin(one).expect("the first");
        assert!(sittings.begin(one).is_none());
        assert!(sittings.begin(two).is_some());
        drop(first);
        assert!(sittings.begin(one).is_some());
    }

    #[test]
    fn a_turn_ends_with_a_panic() {
        let sittings = Sittings::default();
        let device = DeviceId::from_bytes([1; 16]);
        let panicked = catch_unwind(AssertUnwindSafe(|| {
            let _sitting = sittings.begin(device).expect("the first");
            panic!("on purpose");
        }));
        assert!(panicked.is_err());
        assert!(sittings.begin(device).is_some());
    }
}
