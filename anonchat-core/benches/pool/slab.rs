//! The least that a matcher can do: people with integer ids in lists that run through one slab.
//!
//! It knows genders and filters and no other rule. Nobody is attached to anything, nothing is
//! remembered of those who have met, and nobody is told.

use anonchat_core::{Bucket, Buckets};
use rustc_hash::FxHashMap;
use slab::Slab;

use crate::matchmaker::{Kind, Matchmaker};

const NONE: usize = usize::MAX;

pub(crate) struct SlabLists {
    nodes: Slab<Node>,
    index: FxHashMap<u64, usize>,
    ends: [(usize, usize); Bucket::COUNT],
    occupied: Buckets,
    numbers: u64,
    joins: u64,
}

struct Node {
    person: u64,
    bucket: Bucket,
    join: u64,
    before: usize,
    after: usize,
}

impl SlabLists {
    fn push(&mut self, (person, bucket): (u64, Bucket)) {
        self.joins += 1;
        let (first, last) = &mut self.ends[bucket.index()];
        let node = Node { person, bucket, join: self.joins, before: *last, after: NONE };
        let number = self.nodes.insert(node);
        match *last {
            NONE => *first = number,
            last => self.nodes[last].after = number,
        }
        *last = number;
        self.occupied = self.occupied.with(bucket);
        self.index.insert(person, number);
    }

    fn unlink(&mut self, number: usize) -> (u64, Bucket) {
        let Node { person, bucket, before, after, .. } = self.nodes.remove(number);
        let ends = &mut self.ends[bucket.index()];
        match before {
            NONE => ends.0 = after,
            before => self.nodes[before].after = after,
        }
        match after {
            NONE => ends.1 = before,
            after => self.nodes[after].before = before,
        }
        if ends.0 == NONE {
            self.occupied = self.occupied.without(bucket);
        }
        (person, bucket)
    }
}

impl Matchmaker for SlabLists {
    type Person = (u64, Bucket);

    fn new() -> Self {
        let ends = [(NONE, NONE); Bucket::COUNT];
        let (nodes, index) = (Slab::new(), FxHashMap::default());
        Self { nodes, index, ends, occupied: Buckets::default(), numbers: 0, joins: 0 }
    }

    fn come(&mut self, kind: Kind) -> Self::Person {
        self.numbers += 1;
        (self.numbers.wrapping_mul(0x9e37_79b9_7f4a_7c15), Bucket::of(Some(kind.0), kind.1))
    }

    fn join(&mut self, person: Self::Person) -> Option<Self::Person> {
        let heads = person.1.compatible().and(self.occupied).iter();
        let heads = heads.map(|bucket| self.ends[bucket.index()].0);
        let Some(number) = heads.min_by_key(|number| self.nodes[*number].join) else {
            self.push(person);
            return None;
        };
        let met = self.unlink(number);
        self.index.remove(&met.0);
        Some(met)
    }

    fn leave(&mut self, person: Self::Person) {
        if let Some(number) = self.index.remove(&person.0) {
            self.unlink(number);
        }
    }

    fn go(&mut self, person: Self::Person) {
        self.leave(person);
    }
}
