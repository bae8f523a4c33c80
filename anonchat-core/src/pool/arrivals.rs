//! One queue: people in the order of their arrival, with ranks.
//!
//! Who arrives gets the next place. A place may be *here* (can be matched), *away* (keeps its
//! order within the grace) or *gone*. A Fenwick tree over the places counts those here, which
//! gives rank, successor and head in logarithmic time; places that are gone are dropped when they
//! are the majority, so that memory follows the number of people.

use super::device::Slot;

/// People in the order of their arrival.
#[derive(Default)]
pub(super) struct Arrivals {
    entries: Vec<Entry>,
    /// Fenwick tree, 1-based: how many are here among the places that each node covers.
    tree: Vec<u32>,
    here: u32,
    gone: u32,
    /// The first place that is here, if any is.
    first: usize,
}

struct Entry {
    seq: u64,
    slot: Slot,
    mark: Mark,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    Here,
    Away,
    Gone,
}

/// Somebody here, as found by a look into the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Waiter {
    pub(super) seq: u64,
    pub(super) slot: Slot,
    pub(super) place: u32,
}

impl Arrivals {
    /// Appends somebody, here. `seq` is larger than all before.
    pub(super) fn push(&mut self, seq: u64, slot: Slot) -> u32 {
        let place = self.entries.len();
        debug_assert!(self.entries.last().is_none_or(|last| last.seq < seq));
        self.entries.push(Entry { seq, slot, mark: Mark::Here });
        let node = place + 1;
        let mut count = 1;
        let mut child = node - 1;
        while child > node - low_bit(node) {
            count += self.tree[child - 1];
            child -= low_bit(child);
        }
        self.tree.push(count);
        if self.here == 0 {
            self.first = place;
        }
        self.here += 1;
        place as u32
    }

    /// Puts somebody here aside; the place is kept.
    pub(super) fn set_away(&mut self, place: u32) {
        self.take_out(place as usize, Mark::Away);
    }

    /// Puts somebody back who was away.
    pub(super) fn set_here(&mut self, place: u32) {
        let place = place as usize;
        debug_assert!(self.entries[place].mark == Mark::Away);
        self.entries[place].mark = Mark::Here;
        self.count(place, 1);
        if self.here == 0 || place < self.first {
            self.first = place;
        }
        self.here += 1;
    }

    /// Drops somebody, here or away. `moved` hears of everybody whose place changes by it.
    pub(super) fn remove(&mut self, place: u32, moved: impl FnMut(Slot, u32)) {
        let index = place as usize;
        match self.entries[index].mark {
            Mark::Here => self.take_out(index, Mark::Gone),
            _ => self.entries[index].mark = Mark::Gone,
        }
        self.gone += 1;
        if self.gone as usize * 2 > self.entries.len().max(64) {
            self.compact(moved);
        }
    }

    /// How many are here.
    pub(super) fn here(&self) -> u32 {
        self.here
    }

    /// The bytes reserved.
    pub(super) fn footprint(&self) -> usize {
        self.entries.capacity() * size_of::<Entry>() + self.tree.capacity() * size_of::<u32>()
    }

    /// How many here come before `place`.
    pub(super) fn rank(&self, place: u32) -> u32 {
        let mut node = place as usize;
        let mut count = 0;
        while node > 0 {
            count += self.tree[node - 1];
            node -= low_bit(node);
        }
        count
    }

    /// The first who is here.
    pub(super) fn first(&self) -> Option<Waiter> {
        (self.here > 0).then(|| self.waiter(self.first))
    }

    /// The next one here after `place`.
    pub(super) fn after(&self, place: u32) -> Option<Waiter> {
        self.select(self.rank(place + 1))
    }

    /// The first one here who arrived after `seq`.
    pub(super) fn after_seq(&self, seq: u64) -> Option<Waiter> {
        let place = self.entries.partition_point(|entry| entry.seq <= seq);
        self.select(self.rank(place as u32))
    }

    /// The one here before whom exactly `rank` others are.
    fn select(&self, rank: u32) -> Option<Waiter> {
        (rank < self.here).then(|| self.waiter(self.find(rank)))
    }

    fn find(&self, rank: u32) -> usize {
        let size = self.entries.len();
        let (mut place, mut left) = (0, rank);
        let mut step = size.checked_ilog2().map_or(0, |bits| 1 << bits);
        while step > 0 {
            if place + step <= size && self.tree[place + step - 1] <= left {
                place += step;
                left -= self.tree[place - 1];
            }
            step /= 2;
        }
        place
    }

    fn waiter(&self, place: usize) -> Waiter {
        let entry = &self.entries[place];
        Waiter { seq: entry.seq, slot: entry.slot, place: place as u32 }
    }

    fn take_out(&mut self, place: usize, mark: Mark) {
        debug_assert!(self.entries[place].mark == Mark::Here);
        self.entries[place].mark = mark;
        self.here -= 1;
        self.count(place, u32::MAX);
        if place == self.first && self.here > 0 {
            self.first = self.find(0);
        }
    }

    /// Adds `change` (modulo 2^32, so that `u32::MAX` takes one away) at `place`.
    fn count(&mut self, place: usize, change: u32) {
        let mut node = place + 1;
        while node <= self.tree.len() {
            self.tree[node - 1] = self.tree[node - 1].wrapping_add(change);
            node += low_bit(node);
        }
    }

    fn compact(&mut self, mut moved: impl FnMut(Slot, u32)) {
        self.entries.retain(|entry| entry.mark != Mark::Gone);
        self.entries.shrink_to(self.entries.len() * 2);
        self.gone = 0;
        self.tree.clear();
        self.tree.shrink_to(self.entries.len() * 2);
        self.tree.resize(self.entries.len(), 0);
        for (place, entry) in self.entries.iter().enumerate() {
            moved(entry.slot, place as u32);
            self.tree[place] += u32::from(entry.mark == Mark::Here);
            let parent = place + 1 + low_bit(place + 1);
            if parent <= self.tree.len() {
                self.tree[parent - 1] += self.tree[place];
            }
        }
        if self.here > 0 {
            self.first = self.find(0);
        }
    }
}

const fn low_bit(node: usize) -> usize {
    node & node.wrapping_neg()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn it_agrees_with_an_ordered_map(ops in prop::collection::vec((0u8..6, any::<u16>()), 0..600)) {
            let mut queue = Arrivals::default();
            // slot → (seq, here); places as the queue reports them.
            let mut model: BTreeMap<u32, (u64, bool)> = BTreeMap::new();
            let mut places: BTreeMap<u32, u32> = BTreeMap::new();
            for (seq, (op, pick)) in ops.into_iter().enumerate() {
                let keys: Vec<u32> = model.keys().copied().collect();
                let chosen = (!keys.is_empty()).then(|| keys[pick as usize % keys.len()]);
                match (op, chosen) {
                    (0..=2, _) | (_, None) => {
                        let slot = seq as u32;
                        places.insert(slot, queue.push(seq as u64, Slot::test(slot)));
                        model.insert(slot, (seq as u64, true));
                    }
                    (3, Some(slot)) => {
                        let here = &mut model.get_mut(&slot).expect("chosen").1;
                        if *here { queue.set_away(places[&slot]) } else { queue.set_here(places[&slot]) }
                        *here = !*here;
                    }
                    (_, Some(slot)) => {
                        model.remove(&slot);
                        let place = places.remove(&slot).expect("placed");
                        queue.remove(place, |slot, place| { places.insert(slot.number(), place); });
                    }
                }
                let here: Vec<(u64, u32)> =
                    model.iter().filter(|(_, m)| m.1).map(|(s, m)| (m.0, *s)).collect();
                prop_assert_eq!(queue.here() as usize, here.len());
                let mut walk = Vec::new();
                let mut next = queue.first();
                while let Some(waiter) = next {
                    prop_assert_eq!(queue.rank(waiter.place) as usize, walk.len());
                    walk.push((waiter.seq, waiter.slot.number()));
                    next = queue.after(waiter.place);
                }
                prop_assert_eq!(&walk, &here);
                let later = queue.after_seq(seq as u64 / 2).map(|w| w.seq);
                prop_assert_eq!(later, here.iter().map(|h| h.0).find(|s| *s > seq as u64 / 2));
            }
        }
    }
}
