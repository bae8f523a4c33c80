//! Which number stands for which identifier: 16 bytes are looked up once, at the edge of the pool,
//! and inside it a record is known by its number.

use std::hash::BuildHasher;

use hashbrown::HashTable;
use rustc_hash::FxBuildHasher;

/// The numbers of records, found by their keys. It holds no key: who asks knows where they are.
#[derive(Default)]
pub(super) struct Index {
    numbers: HashTable<u32>,
}

fn hash(key: &[u8; 16]) -> u64 {
    FxBuildHasher.hash_one(u128::from_ne_bytes(*key))
}

impl Index {
    pub(super) fn find<'a>(
        &self,
        key: &[u8; 16],
        key_of: impl Fn(u32) -> &'a [u8; 16],
    ) -> Option<u32> {
        self.numbers.find(hash(key), |number| key_of(*number) == key).copied()
    }

    /// Notes a number under a key that has none.
    pub(super) fn insert<'a>(
        &mut self,
        key: &[u8; 16],
        number: u32,
        key_of: impl Fn(u32) -> &'a [u8; 16],
    ) {
        self.numbers.insert_unique(hash(key), number, |number| hash(key_of(*number)));
    }

    /// Forgets a number, if it is the one of this key.
    pub(super) fn remove(&mut self, key: &[u8; 16], number: u32) {
        if let Ok(found) = self.numbers.find_entry(hash(key), |held| *held == number) {
            found.remove();
        }
    }

    /// Gives back memory when most of it is not needed any more.
    pub(super) fn shrink<'a>(&mut self, key_of: impl Fn(u32) -> &'a [u8; 16]) {
        let len = self.numbers.len();
        if len == 0 || len * 4 < self.numbers.capacity() {
            self.numbers.shrink_to(len * 2, |number| hash(key_of(*number)));
        }
    }

    pub(super) fn len(&self) -> usize {
        self.numbers.len()
    }

    /// The bytes reserved.
    pub(super) fn footprint(&self) -> usize {
        self.numbers.allocation_size()
    }

    /// The numbers, in no order that may show.
    #[expect(clippy::disallowed_methods, reason = "the snapshot sorts what it takes from here")]
    pub(super) fn iter(&self) -> impl Iterator<Item = u32> {
        self.numbers.iter().copied()
    }
}
