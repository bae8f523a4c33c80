//! One queue: people in the order of their arrival, with ranks.
//!
//! Who arrives gets the next place. A place may be *here* (can be matched), *away* (keeps its
//! order within the grace) or *gone*. A bit says who is here, and counters over 4,096 and 262,144
//! places say how many, so that to come, to go and to find the next one take a few steps however
//! long the queue is. Places that are gone at the front are dropped; those in the middle are when
//! they are the majority, so that memory follows the number of people.

use super::device::Slot;

/// Places of one word of bits, of one group of words and of one block of groups.
const WORD: usize = 64;
const GROUP: usize = 64 * WORD;
const BLOCK: usize = 64 * GROUP;

/// People in the order of their arrival.
#[derive(Default)]
pub(super) struct Arrivals {
    /// The name of the first place that is kept. Names go on, and wrap around.
    origin: u32,
    seqs: Vec<u64>,
    /// Whose place it is; nobody's if it is gone.
    slots: Vec<Option<Slot>>,
    /// Who is here, one bit a place.
    bits: Vec<u64>,
    /// How many are here in each group and in each block.
    groups: Vec<u32>,
    blocks: Vec<u32>,
    here: u32,
    gone: usize,
    /// The first place that is here, if any is.
    first: usize,
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
        let index = self.seqs.len();
        debug_assert!(self.seqs.last().is_none_or(|last| *last < seq));
        self.seqs.push(seq);
        self.slots.push(Some(slot));
        if index.is_multiple_of(WORD) {
            self.bits.push(0);
        }
        if index.is_multiple_of(GROUP) {
            self.groups.push(0);
        }
        if index.is_multiple_of(BLOCK) {
            self.blocks.push(0);
        }
        self.mark(index);
        self.name(index)
    }

    /// Puts somebody here aside; the place is kept.
    pub(super) fn set_away(&mut self, place: u32) {
        self.unmark(self.index(place));
    }

    /// Puts somebody back who was away.
    pub(super) fn set_here(&mut self, place: u32) {
        self.mark(self.index(place));
    }

    /// Drops somebody, here or away. `moved` hears of everybody whose place has another name by it.
    pub(super) fn remove(&mut self, place: u32, moved: impl FnMut(Slot, u32)) {
        let index = self.index(place);
        if self.is_here(index) {
            self.unmark(index);
        }
        self.slots[index] = None;
        self.gone += 1;
        if self.gone * 2 > self.seqs.len().max(64) {
            self.compact(moved);
        }
    }

    /// How many are here.
    pub(super) fn here(&self) -> u32 {
        self.here
    }

    /// The bytes reserved.
    pub(super) fn footprint(&self) -> usize {
        let words = self.seqs.capacity() + self.bits.capacity();
        let halves = self.slots.capacity() + self.groups.capacity() + self.blocks.capacity();
        words * size_of::<u64>() + halves * size_of::<u32>()
    }

    /// How many here come before `place`.
    pub(super) fn rank(&self, place: u32) -> u32 {
        let index = self.index(place);
        let (block, group, word) = (index / BLOCK, index / GROUP, index / WORD);
        let within = self.bits[word] & ((1 << (index % WORD)) - 1);
        let words = self.bits[group * 64..word].iter().map(|word| word.count_ones());
        let groups = self.groups[block * 64..group].iter();
        let blocks = self.blocks[..block].iter();
        within.count_ones() + words.sum::<u32>() + groups.chain(blocks).sum::<u32>()
    }

    /// The first who is here.
    pub(super) fn first(&self) -> Option<Waiter> {
        if self.here == 0 { None } else { self.waiter(self.first) }
    }

    /// The next one here after `place`.
    pub(super) fn after(&self, place: u32) -> Option<Waiter> {
        self.waiter(self.next_from(self.index(place) + 1)?)
    }

    /// The first one here who arrived after `seq`.
    pub(super) fn after_seq(&self, seq: u64) -> Option<Waiter> {
        self.waiter(self.next_from(self.seqs.partition_point(|other| *other <= seq))?)
    }

    fn index(&self, place: u32) -> usize {
        place.wrapping_sub(self.origin) as usize
    }

    fn name(&self, index: usize) -> u32 {
        self.origin.wrapping_add(index as u32)
    }

    fn is_here(&self, index: usize) -> bool {
        self.bits[index / WORD] >> (index % WORD) & 1 == 1
    }

    fn waiter(&self, index: usize) -> Option<Waiter> {
        Some(Waiter { seq: self.seqs[index], slot: self.slots[index]?, place: self.name(index) })
    }

    fn mark(&mut self, index: usize) {
        debug_assert!(!self.is_here(index));
        self.bits[index / WORD] |= 1 << (index % WORD);
        self.groups[index / GROUP] += 1;
        self.blocks[index / BLOCK] += 1;
        if self.here == 0 || index < self.first {
            self.first = index;
        }
        self.here += 1;
    }

    fn unmark(&mut self, index: usize) {
        debug_assert!(self.is_here(index));
        self.bits[index / WORD] &= !(1 << (index % WORD));
        self.groups[index / GROUP] -= 1;
        self.blocks[index / BLOCK] -= 1;
        self.here -= 1;
        if index == self.first
            && let Some(next) = self.next_from(index)
        {
            self.first = next;
        }
    }

    /// The first place from `index` on that is here.
    fn next_from(&self, index: usize) -> Option<usize> {
        let word = index / WORD;
        let rest = self.bits.get(word)? & u64::MAX << (index % WORD);
        if rest != 0 {
            return Some(word * WORD + rest.trailing_zeros() as usize);
        }
        // To the end of the group, then of the block, then over whole blocks; and down again.
        let group = (word + 1).div_ceil(64);
        if let Some(word) = filled(&self.bits, word + 1, group * 64) {
            return Some(self.first_in(word));
        }
        let block = group.div_ceil(64);
        let group = filled(&self.groups, group, block * 64).or_else(|| {
            let block = filled(&self.blocks, block, usize::MAX)?;
            filled(&self.groups, block * 64, usize::MAX)
        })?;
        Some(self.first_in(filled(&self.bits, group * 64, usize::MAX)?))
    }

    fn first_in(&self, word: usize) -> usize {
        word * WORD + self.bits[word].trailing_zeros() as usize
    }

    /// Drops the places that are gone: whole words of them at the front, which leaves the others
    /// their names, and if that is not enough, all of them.
    fn compact(&mut self, moved: impl FnMut(Slot, u32)) {
        let front = self.slots.iter().take_while(|slot| slot.is_none()).count() / WORD * WORD;
        if front * 2 >= self.gone {
            self.seqs.drain(..front);
            self.slots.drain(..front);
            self.bits.drain(..front / WORD);
            self.origin = self.origin.wrapping_add(front as u32);
            self.gone -= front;
            self.recount();
        } else {
            self.close_up(moved);
        }
    }

    fn close_up(&mut self, mut moved: impl FnMut(Slot, u32)) {
        let mut kept = 0;
        for index in 0..self.slots.len() {
            let Some(slot) = self.slots[index] else { continue };
            let here = self.is_here(index);
            (self.seqs[kept], self.slots[kept]) = (self.seqs[index], Some(slot));
            let (word, bit) = (kept / WORD, 1 << (kept % WORD));
            self.bits[word] = if here { self.bits[word] | bit } else { self.bits[word] & !bit };
            moved(slot, self.name(kept));
            kept += 1;
        }
        self.seqs.truncate(kept);
        self.slots.truncate(kept);
        self.bits.truncate(kept.div_ceil(WORD));
        if let Some(last) = self.bits.last_mut() {
            *last &= u64::MAX >> (kept.next_multiple_of(WORD) - kept);
        }
        self.gone = 0;
        self.recount();
    }

    /// Counts anew, and gives back memory that is not needed any more.
    fn recount(&mut self) {
        let (len, sum) = (self.seqs.len(), |counts: &[u32]| counts.iter().sum());
        self.seqs.shrink_to(len * 2);
        self.slots.shrink_to(len * 2);
        self.bits.shrink_to(len * 2 / WORD);
        let ones = |words: &[u64]| words.iter().map(|word| word.count_ones()).sum();
        self.groups = self.bits.chunks(64).map(ones).collect();
        self.blocks = self.groups.chunks(64).map(sum).collect();
        self.first = self.next_from(0).unwrap_or_default();
    }
}

/// The first number from `start` up to `end` that is not zero.
fn filled<T: Copy + Default + PartialEq>(numbers: &[T], start: usize, end: usize) -> Option<usize> {
    let some = numbers.get(start..end.min(numbers.len()))?;
    some.iter().position(|number| *number != T::default()).map(|place| start + place)
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
                        places.insert(slot, queue.push(seq as u64, Slot::new(slot)));
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
