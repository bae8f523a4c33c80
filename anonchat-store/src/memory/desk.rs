//! What those in charge keep, in memory.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use anonchat_core::{AuditEntry, AuditPage, AuditRecord, DeviceId, UnixMillis};

/// So many records are kept; the oldest one makes room for the next.
pub(super) const RECORDS: usize = 100_000;

/// The record of what was done, and the switch.
#[derive(Default)]
pub(crate) struct Desk(Mutex<Kept>);

#[derive(Default)]
pub(crate) struct Kept {
    /// Since when nobody new is let in.
    pub(crate) maintenance: Option<UnixMillis>,
    /// How many records were forgotten.
    forgotten: u64,
    records: VecDeque<AuditEntry>,
    /// The numbers of those about a device, in ascending order.
    about: BTreeMap<DeviceId, VecDeque<u64>>,
}

impl Desk {
    pub(crate) fn lock(&self) -> MutexGuard<'_, Kept> {
        // Nothing here panics half-way.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    /// Adds a record and gives its number.
    pub(crate) fn add(&mut self, entry: AuditEntry) -> u64 {
        if self.records.len() == RECORDS {
            self.forget_oldest();
        }
        let number = self.end();
        if let Some(device) = entry.action.about() {
            self.about.entry(device).or_default().push_back(number);
        }
        self.records.push_back(entry);
        number
    }

    /// One page, newest first.
    pub(crate) fn page(&self, page: &AuditPage) -> Vec<AuditRecord> {
        let end = page.before.map_or(self.end(), |before| before.min(self.end()));
        let record = |id: u64| {
            let place = usize::try_from(id.checked_sub(self.forgotten + 1)?).ok()?;
            Some(AuditRecord { id, entry: self.records.get(place)?.clone() })
        };
        let Some(device) = page.about else {
            return (self.forgotten + 1..end).rev().take(page.limit).filter_map(record).collect();
        };
        let Some(numbers) = self.about.get(&device) else { return Vec::new() };
        let earlier = numbers.partition_point(|number| *number < end);
        numbers.range(..earlier).rev().take(page.limit).copied().filter_map(record).collect()
    }

    /// The number of the next record.
    fn end(&self) -> u64 {
        self.forgotten + self.records.len() as u64 + 1
    }

    fn forget_oldest(&mut self) {
        let Some(entry) = self.records.pop_front() else { return };
        self.forgotten += 1;
        if let Some(device) = entry.action.about()
            && let Some(numbers) = self.about.get_mut(&device)
        {
            numbers.pop_front();
            if numbers.is_empty() {
                self.about.remove(&device);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use anonchat_core::AdminAction;

    fn lift(n: u8) -> AuditEntry {
        let action = AdminAction::Lift { device: DeviceId::from_bytes([n; 16]) };
        AuditEntry { at: UnixMillis::default(), session: None, action, note: None }
    }

    #[test]
    fn the_oldest_records_make_room_and_numbers_go_on() {
        let mut kept = Kept::default();
        kept.add(lift(1));
        kept.add(lift(2));
        for _ in 0..RECORDS {
            kept.add(lift(2));
        }
        let page = |before, about: Option<u8>| {
            let about = about.map(|n| DeviceId::from_bytes([n; 16]));
            let page = kept.page(&AuditPage { before, about, limit: 2 });
            page.iter().map(|record| record.id).collect::<Vec<_>>()
        };
        assert_eq!(kept.records.len(), RECORDS);
        assert_eq!(page(None, None), [RECORDS as u64 + 2, RECORDS as u64 + 1]);
        assert_eq!(page(Some(4), None), [3], "the first two are forgotten");
        assert_eq!(page(Some(4), Some(2)), [3]);
        assert_eq!(page(None, Some(1)), [0_u64; 0]);
        assert_eq!(kept.about.len(), 1, "nothing is known of whom no record is about");
    }
}
