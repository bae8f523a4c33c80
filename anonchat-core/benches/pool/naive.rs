//! A queue that is searched from the front.

use std::collections::VecDeque;

use anonchat_core::Bucket;

use crate::matchmaker::{Kind, Matchmaker};

#[derive(Default)]
pub(crate) struct NaiveQueue {
    waiting: VecDeque<(u64, Bucket)>,
    numbers: u64,
}

impl Matchmaker for NaiveQueue {
    type Person = (u64, Bucket);

    fn new() -> Self {
        Self::default()
    }

    fn come(&mut self, kind: Kind) -> Self::Person {
        self.numbers += 1;
        (self.numbers, Bucket::of(Some(kind.0), kind.1))
    }

    fn join(&mut self, person: Self::Person) -> Option<Self::Person> {
        let found = self.waiting.iter().position(|(_, theirs)| person.1.accepts(*theirs));
        let met = found.and_then(|place| self.waiting.remove(place));
        if met.is_none() {
            self.waiting.push_back(person);
        }
        met
    }

    fn seat(&mut self, person: Self::Person) {
        self.waiting.push_back(person);
    }

    fn leave(&mut self, person: Self::Person) {
        let place = self.waiting.iter().position(|(other, _)| *other == person.0);
        self.waiting.remove(place.expect("waits"));
    }

    /// Who talks is not in the queue, and whoever goes home from it has left it before.
    fn go(&mut self, _: Self::Person) {}
}
