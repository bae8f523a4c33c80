//! So many people who wait, and what happens among them.

use crate::matchmaker::{CROWD, GUEST, Kind, LONELY, Matchmaker, RARE};

/// One in so many who wait looks for somebody who never comes.
const PATIENT: usize = 10;
/// So many pairs talk.
const PAIRS: usize = 10_000;
/// Prime to the numbers of those from whom one is picked, so that everybody's turn comes.
const STRIDE: usize = 7_919;

pub(crate) struct Hall<M: Matchmaker> {
    matchmaker: M,
    /// Who waits in vain, and can be made to leave from the middle.
    lonely: Vec<M::Person>,
    /// Who talks to whom: one of the guests, and one of the crowd.
    pairs: Vec<(M::Person, M::Person)>,
    turns: usize,
}

impl<M: Matchmaker> Hall<M> {
    /// So many people wait.
    pub(crate) fn with(waiting: usize) -> Self {
        let mut matchmaker = M::new();
        let mut lonely = Vec::new();
        for number in 1..waiting {
            let kind = if number % PATIENT == 0 { LONELY } else { CROWD };
            let person = matchmaker.come(kind);
            matchmaker.seat(person);
            if number % PATIENT == 0 {
                lonely.push(person);
            }
        }
        let rare = matchmaker.come(RARE);
        matchmaker.seat(rare);
        Self { matchmaker, lonely, pairs: Vec::new(), turns: 0 }
    }

    /// So many people wait, and many others talk.
    pub(crate) fn with_talks(waiting: usize) -> Self {
        let mut hall = Self::with(waiting);
        for _ in 0..PAIRS {
            let guest = hall.matchmaker.come(GUEST);
            let met = hall.matchmaker.join(guest).expect("somebody waits");
            hall.pairs.push((guest, met));
            let next = hall.matchmaker.come(CROWD);
            hall.matchmaker.seat(next);
            hall.matchmaker.pass();
        }
        hall
    }

    /// One of a pair leaves, the other one waits again, and the first meets the longest-waiting.
    pub(crate) fn stay(&mut self) {
        self.turns += 1;
        let pair = self.turns.wrapping_mul(STRIDE) % PAIRS;
        let (guest, left) = self.pairs[pair];
        self.matchmaker.leave(guest);
        assert!(self.matchmaker.join(left).is_none());
        let met = self.matchmaker.join(guest).expect("somebody waits");
        self.pairs[pair].1 = met;
        self.matchmaker.pass();
    }

    /// The same, and somebody in the middle of a queue leaves it and joins again.
    pub(crate) fn stay_with_leave(&mut self) {
        let place = self.turns.wrapping_mul(STRIDE) % self.lonely.len();
        let leaving = self.lonely[place];
        self.matchmaker.leave(leaving);
        assert!(self.matchmaker.join(leaving).is_none());
        self.stay();
    }

    /// Somebody comes and meets one who waits; both go home, and another one like that comes.
    pub(crate) fn meet(&mut self, arriving: Kind, waiting: Kind) {
        let guest = self.matchmaker.come(arriving);
        let met = self.matchmaker.join(guest).expect("somebody waits");
        self.matchmaker.go(guest);
        self.matchmaker.go(met);
        let next = self.matchmaker.come(waiting);
        assert!(self.matchmaker.join(next).is_none());
        self.matchmaker.pass();
    }
}
