//! Which number stands for which identifier: 16 bytes are looked up once, at the edge of the pool,
//! and inside it a record is known by its number.
//!
//! A table with linear probing. Half of a key's hash stands beside its number, so that a look
//! touches one line of the cache here and one where the record is, and the table grows without a
//! look at any record. Nothing is left behind where an entry was: the next ones move up.

use std::hash::BuildHasher;

use rustc_hash::FxBuildHasher;

/// The numbers of records, found by their keys. It holds no key: who asks knows where they are.
#[derive(Default)]
pub(super) struct Index {
    /// As many as a power of two, or none.
    entries: Box<[Entry]>,
    len: usize,
}

#[derive(Clone, Copy)]
struct Entry {
    hash: u32,
    number: u32,
}

/// No record has the last number.
const EMPTY: Entry = Entry { hash: 0, number: u32::MAX };

/// The smallest table.
const LEAST: usize = 8;

/// Without a key of its own: the identifiers are drawn, or hashed under a key, before they come here.
fn hash(key: &[u8; 16]) -> u32 {
    FxBuildHasher.hash_one(u128::from_ne_bytes(*key)) as u32
}

impl Index {
    pub(super) fn find<'a>(
        &self,
        key: &[u8; 16],
        key_of: impl Fn(u32) -> &'a [u8; 16],
    ) -> Option<u32> {
        let hash = hash(key);
        let found = self.probe(hash, |entry| entry.hash == hash && key_of(entry.number) == key)?;
        Some(self.entries[found].number)
    }

    /// Notes a number under a key that has none.
    pub(super) fn insert(&mut self, key: &[u8; 16], number: u32) {
        debug_assert!(number != EMPTY.number);
        // A quarter stays empty, so that a look ends soon.
        if (self.len + 1) * 4 > self.entries.len() * 3 {
            self.resize((self.entries.len() * 2).max(LEAST));
        }
        self.len += 1;
        self.place(Entry { hash: hash(key), number });
    }

    /// Forgets a number, if it is the one of this key.
    pub(super) fn remove(&mut self, key: &[u8; 16], number: u32) {
        let Some(mut hole) = self.probe(hash(key), |entry| entry.number == number) else { return };
        self.len -= 1;
        let mask = self.entries.len() - 1;
        let mut at = hole;
        loop {
            at = (at + 1) & mask;
            let entry = self.entries[at];
            if entry.number == EMPTY.number {
                break;
            }
            // It moves up unless it would come to stand before its home.
            let from_home = at.wrapping_sub(entry.hash as usize) & mask;
            if from_home >= (at.wrapping_sub(hole) & mask) {
                self.entries[hole] = entry;
                hole = at;
            }
        }
        self.entries[hole] = EMPTY;
        // Gives back memory when most of it is not needed any more.
        if self.len * 6 < self.entries.len() {
            self.resize(if self.len == 0 { 0 } else { self.entries.len() / 2 });
        }
    }

    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// The bytes reserved.
    pub(super) fn footprint(&self) -> usize {
        size_of_val(&*self.entries)
    }

    /// The numbers, in no order that may show.
    pub(super) fn iter(&self) -> impl Iterator<Item = u32> {
        let numbers = self.entries.iter().map(|entry| entry.number);
        numbers.filter(|number| *number != EMPTY.number)
    }

    /// Where the first entry from a hash's home on is for which this is true.
    fn probe(&self, hash: u32, is_it: impl Fn(Entry) -> bool) -> Option<usize> {
        let mask = self.entries.len().checked_sub(1)?;
        let mut at = hash as usize & mask;
        loop {
            let entry = self.entries[at];
            if entry.number == EMPTY.number {
                return None;
            }
            if is_it(entry) {
                return Some(at);
            }
            at = (at + 1) & mask;
        }
    }

    /// Puts an entry into the first empty place.
    fn place(&mut self, entry: Entry) {
        let mask = self.entries.len() - 1;
        let mut at = entry.hash as usize & mask;
        while self.entries[at].number != EMPTY.number {
            at = (at + 1) & mask;
        }
        self.entries[at] = entry;
    }

    fn resize(&mut self, entries: usize) {
        let former = std::mem::replace(&mut self.entries, vec![EMPTY; entries].into());
        let held = former.iter().filter(|entry| entry.number != EMPTY.number);
        held.for_each(|entry| self.place(*entry));
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    /// Few keys, so that each comes and goes often among the others.
    fn key(byte: u8) -> [u8; 16] {
        [byte % 64; 16]
    }

    proptest! {
        #[test]
        fn it_agrees_with_an_ordered_map(ops in prop::collection::vec(any::<(u8, bool)>(), 0..2_000)) {
            let keys: Vec<[u8; 16]> = (0..64).map(key).collect();
            let (mut index, mut model) = (Index::default(), BTreeMap::new());
            for (byte, comes) in ops {
                let (key, number) = (key(byte), u32::from(byte % 64));
                let found = index.find(&key, |number| &keys[number as usize]);
                prop_assert_eq!(found, model.get(&key).copied());
                if !comes {
                    index.remove(&key, number);
                    model.remove(&key);
                } else if found.is_none() {
                    index.insert(&key, number);
                    model.insert(key, number);
                }
                prop_assert_eq!(index.len(), model.len());
                prop_assert!(index.entries.len() <= (index.len() * 6).max(LEAST));
            }
            let mut held: Vec<u32> = index.iter().collect();
            held.sort_unstable();
            prop_assert_eq!(held, model.into_values().collect::<Vec<_>>());
        }
    }
}
