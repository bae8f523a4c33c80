//! Records under numbers, in pages: memory grows by a page and never by half of all there is, and
//! nothing is copied when it does.

use std::ops::{Index, IndexMut};

/// Records of one page.
const PAGE: usize = 256;

/// Records under numbers. The number of one that is removed is given to another one later.
pub(super) struct Pages<T> {
    pages: Vec<Box<[Entry<T>; PAGE]>>,
    /// The last number that became free, if any is.
    free: Option<u32>,
    /// The first number that was never given.
    fresh: u32,
    len: usize,
}

enum Entry<T> {
    Held(T),
    /// The number that became free before this one.
    Free(Option<u32>),
}

impl<T> Pages<T> {
    /// Keeps a record. Returns its number.
    pub(super) fn insert(&mut self, record: T) -> u32 {
        self.len += 1;
        let number = self.free.unwrap_or(self.fresh);
        if self.free.is_none() {
            self.fresh += 1;
            if number as usize == self.pages.len() * PAGE {
                self.pages.push(empty_page());
            }
        }
        let entry = &mut self.pages[number as usize / PAGE][number as usize % PAGE];
        if let Entry::Free(before) = std::mem::replace(entry, Entry::Held(record)) {
            self.free = before;
        }
        number
    }

    /// Drops a record. When the last one goes, all memory is given back.
    pub(super) fn remove(&mut self, number: u32) -> Option<T> {
        let entry = &mut self.pages.get_mut(number as usize / PAGE)?[number as usize % PAGE];
        if !matches!(entry, Entry::Held(_)) {
            return None;
        }
        let Entry::Held(record) = std::mem::replace(entry, Entry::Free(self.free)) else {
            return None;
        };
        self.free = Some(number);
        self.len -= 1;
        if self.len == 0 {
            *self = Self::default();
        }
        Some(record)
    }

    pub(super) fn get(&self, number: u32) -> Option<&T> {
        match &self.pages.get(number as usize / PAGE)?[number as usize % PAGE] {
            Entry::Held(record) => Some(record),
            Entry::Free(_) => None,
        }
    }

    pub(super) fn get_mut(&mut self, number: u32) -> Option<&mut T> {
        match &mut self.pages.get_mut(number as usize / PAGE)?[number as usize % PAGE] {
            Entry::Held(record) => Some(record),
            Entry::Free(_) => None,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// The bytes reserved.
    pub(super) fn footprint(&self) -> usize {
        self.pages.capacity() * size_of::<Box<[Entry<T>; PAGE]>>()
            + self.pages.len() * PAGE * size_of::<Entry<T>>()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (u32, &T)> {
        self.pages.iter().flat_map(|page| page.iter()).zip(0..).filter_map(|(entry, number)| {
            match entry {
                Entry::Held(record) => Some((number, record)),
                Entry::Free(_) => None,
            }
        })
    }
}

/// A page without a record, made where it stays.
fn empty_page<T>() -> Box<[Entry<T>; PAGE]> {
    let entries: Vec<_> = std::iter::repeat_with(|| Entry::Free(None)).take(PAGE).collect();
    match entries.into_boxed_slice().try_into() {
        Ok(page) => page,
        Err(_) => unreachable!("as many as a page has"),
    }
}

impl<T> Default for Pages<T> {
    fn default() -> Self {
        Self { pages: Vec::new(), free: None, fresh: 0, len: 0 }
    }
}

impl<T> Index<u32> for Pages<T> {
    type Output = T;

    fn index(&self, number: u32) -> &T {
        self.get(number).expect("a number is used as long as its record is kept")
    }
}

impl<T> IndexMut<u32> for Pages<T> {
    fn index_mut(&mut self, number: u32) -> &mut T {
        self.get_mut(number).expect("a number is used as long as its record is kept")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_agrees_with_an_ordered_map(ops in prop::collection::vec(any::<u16>(), 0..2_000)) {
            let (mut pages, mut model) = (Pages::default(), BTreeMap::new());
            for (step, op) in ops.into_iter().enumerate() {
                let numbers: Vec<u32> = model.keys().copied().collect();
                if op % 5 < 2 && !numbers.is_empty() {
                    let number = numbers[op as usize % numbers.len()];
                    prop_assert_eq!(pages.remove(number), model.remove(&number));
                    prop_assert_eq!(pages.remove(number), None);
                } else {
                    prop_assert_eq!(model.insert(pages.insert(step), step), None);
                }
                prop_assert_eq!(pages.len(), model.len());
            }
            let held: BTreeMap<u32, usize> = pages.iter().map(|(n, held)| (n, *held)).collect();
            prop_assert_eq!(held, model);
        }
    }
}
