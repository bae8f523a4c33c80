//! What a match costs as the number who wait grows, beside a queue that is searched from the front.
//!
//! The number who wait stays the same: whoever is matched or leaves is replaced. Every person is
//! new, and all rules are on at their defaults, with renewals and sweeps as a server makes them;
//! time goes on by a tenth of a second with each match. The queue beside it knows genders and
//! filters and no other rule, and has no connections to look after.

use std::collections::VecDeque;
use std::hint::black_box;
use std::sync::Arc;

use anonchat_core::{
    Bucket, Claim, Client, Command, Conn, DeviceId, Dice, Event, Filter, Gender, NodeId, PairId,
    Policy, Pool, Proof, UnixMillis, Wish,
};
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};

const WAITING: [usize; 3] = [1_000, 100_000, 1_000_000];

/// One in so many who wait looks for somebody who never comes.
const PATIENT: usize = 100;

/// A kind of person: a gender, and whom they look for.
#[derive(Clone, Copy)]
struct Kind(Gender, Gender);

/// The crowd, and those who come to meet its longest-waiting member.
const CROWD: Kind = Kind(Gender::Male, Gender::Female);
const GUEST: Kind = Kind(Gender::Female, Gender::Male);
/// Fits only its like: whoever of them waits, waits behind the whole crowd.
const RARE: Kind = Kind(Gender::PreferNotToSay, Gender::PreferNotToSay);
/// Never meets anybody here.
const LONELY: Kind = Kind(Gender::NonBinary, Gender::Female);

impl Kind {
    fn bucket(self) -> Bucket {
        Bucket::of(Some(self.0), Filter::Only(self.1))
    }
}

/// What is measured: both sides do the same things to the same people.
trait Matchmaker: Sized {
    type Person: Copy;

    fn new() -> Self;
    /// Somebody arrives, and meets whom they meet.
    fn arrive(&mut self, kind: Kind) -> (Self::Person, Option<Self::Person>);
    /// Somebody arrives who certainly meets nobody: the hall is being filled.
    fn seat(&mut self, kind: Kind) -> Self::Person;
    /// Somebody who waits goes home.
    fn leave(&mut self, person: Self::Person);
    /// Two who talk go home.
    fn part(&mut self, one: Self::Person, other: Self::Person);
    /// A tenth of a second passes.
    fn pass(&mut self);
}

struct WithPool {
    pool: Pool,
    at: UnixMillis,
    wishes: [Arc<Wish>; 4],
    numbers: u64,
    ticks: u64,
}

impl WithPool {
    fn apply(&mut self, command: &Command) -> Vec<anonchat_core::Envelope> {
        self.numbers += 1;
        let dice = Dice { pair: PairId::from_bytes(random(self.numbers)) };
        self.pool.apply(self.at, dice, command).outcome.expect("no rule is in the way")
    }

    fn wish(&self, kind: Kind) -> Wish {
        self.wishes[kind.0.index()].as_ref().clone()
    }
}

impl Matchmaker for WithPool {
    type Person = (DeviceId, Conn);

    fn new() -> Self {
        let wish = |Kind(gender, whom): Kind| {
            let claim = Some(Claim { gender, proof: Proof::Attested });
            Arc::new(Wish { filter: Filter::Only(whom), claim, ..Wish::default() })
        };
        // By gender: each kind has another.
        let wishes = [wish(CROWD), wish(GUEST), wish(LONELY), wish(RARE)];
        let pool = Pool::new(Arc::new(Policy::default()));
        Self { pool, at: UnixMillis::new(1_700_000_000_000), wishes, numbers: 0, ticks: 0 }
    }

    fn arrive(&mut self, kind: Kind) -> (Self::Person, Option<Self::Person>) {
        let device = DeviceId::from_bytes(random(!self.numbers));
        let conn = Conn { node: NodeId(1), id: self.numbers };
        self.apply(&Command::Attach { device, conn, client: Client::Plain, again: false });
        let mail = self.apply(&Command::Join { device, conn, wish: self.wish(kind) });
        let met = mail.iter().find(|envelope| envelope.conn != conn);
        let met = met.map(|envelope| {
            assert!(matches!(envelope.event, Event::Matched { .. }));
            (envelope.to, envelope.conn)
        });
        ((device, conn), met)
    }

    fn seat(&mut self, kind: Kind) -> Self::Person {
        self.arrive(kind).0
    }

    fn leave(&mut self, (device, conn): Self::Person) {
        black_box(self.apply(&Command::Detach { device, conn }));
    }

    fn part(&mut self, one: Self::Person, other: Self::Person) {
        self.leave(one);
        self.leave(other);
    }

    fn pass(&mut self) {
        self.at = self.at.after(100);
        self.ticks += 1;
        if self.ticks.is_multiple_of(50) {
            self.apply(&Command::Renew { node: NodeId(1) });
        }
        if self.ticks.is_multiple_of(20) {
            self.apply(&Command::Sweep);
        }
    }
}

#[derive(Default)]
struct NaiveQueue {
    waiting: VecDeque<(u64, Bucket)>,
    numbers: u64,
}

impl Matchmaker for NaiveQueue {
    type Person = u64;

    fn new() -> Self {
        Self::default()
    }

    fn arrive(&mut self, kind: Kind) -> (u64, Option<u64>) {
        self.numbers += 1;
        let bucket = kind.bucket();
        let found = self.waiting.iter().position(|(_, theirs)| bucket.accepts(*theirs));
        let met = found.and_then(|place| self.waiting.remove(place)).map(|(person, _)| person);
        if met.is_none() {
            self.waiting.push_back((self.numbers, bucket));
        }
        (self.numbers, met)
    }

    fn seat(&mut self, kind: Kind) -> u64 {
        self.numbers += 1;
        self.waiting.push_back((self.numbers, kind.bucket()));
        self.numbers
    }

    fn leave(&mut self, person: u64) {
        let place = self.waiting.iter().position(|(other, _)| *other == person);
        self.waiting.remove(place.expect("waits"));
    }

    fn part(&mut self, _: u64, _: u64) {}

    fn pass(&mut self) {}
}

/// So many people who wait, and who of them can be made to leave.
struct Hall<M: Matchmaker> {
    matchmaker: M,
    lonely: Vec<M::Person>,
    turns: u64,
}

impl<M: Matchmaker> Hall<M> {
    fn with(waiting: usize) -> Self {
        let mut hall = Self { matchmaker: M::new(), lonely: Vec::new(), turns: 0 };
        for number in 1..waiting {
            if number % PATIENT == 0 {
                hall.lonely.push(hall.matchmaker.seat(LONELY));
            } else {
                hall.matchmaker.seat(CROWD);
            }
        }
        hall.matchmaker.seat(RARE);
        hall
    }

    /// Somebody arrives and meets one who waits; both go home, and another one like that comes.
    fn meet(&mut self, arriving: Kind, waiting: Kind) {
        let (guest, met) = self.matchmaker.arrive(arriving);
        self.matchmaker.part(guest, met.expect("somebody waits"));
        let (_, nobody) = self.matchmaker.arrive(waiting);
        assert!(nobody.is_none());
        self.matchmaker.pass();
    }

    /// Somebody in the middle leaves, another one comes, and two people meet.
    fn leave(&mut self) {
        self.turns += 1;
        let place = u64::from_le_bytes(random(self.turns)[..8].try_into().expect("8 bytes"));
        let place = place as usize % self.lonely.len();
        let leaving = self.lonely[place];
        self.matchmaker.leave(leaving);
        self.lonely[place] = self.matchmaker.arrive(LONELY).0;
        self.meet(GUEST, CROWD);
    }
}

/// Sixteen bytes as a hash would have them.
fn random(number: u64) -> [u8; 16] {
    let mix = |word: u64| {
        let word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^ (word >> 31)
    };
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&mix(number).to_le_bytes());
    bytes[8..].copy_from_slice(&mix(number ^ 0x9e37_79b9_7f4a_7c15).to_le_bytes());
    bytes
}

fn both(
    criterion: &mut Criterion,
    name: &str,
    pool: fn(&mut Hall<WithPool>),
    naive: fn(&mut Hall<NaiveQueue>),
) {
    let mut group = criterion.benchmark_group(name);
    group.sample_size(20).warm_up_time(std::time::Duration::from_secs(2));
    for waiting in WAITING {
        let mut hall = Hall::with(waiting);
        group.bench_function(BenchmarkId::new("pool", waiting), |b| b.iter(|| pool(&mut hall)));
        let mut hall = Hall::with(waiting);
        group.bench_function(BenchmarkId::new("naive", waiting), |b| b.iter(|| naive(&mut hall)));
    }
    group.finish();
}

/// The person who is met has waited longest, and stands at the very front.
fn the_longest_waiting(criterion: &mut Criterion) {
    both(criterion, "meet_first", |hall| hall.meet(GUEST, CROWD), |hall| hall.meet(GUEST, CROWD));
}

/// The person who is met has come after the whole crowd.
fn the_last(criterion: &mut Criterion) {
    both(criterion, "meet_last", |hall| hall.meet(RARE, RARE), |hall| hall.meet(RARE, RARE));
}

fn leave_join_match(criterion: &mut Criterion) {
    both(criterion, "leave_join_match", Hall::leave, Hall::leave);
}

criterion_group!(benches, the_longest_waiting, the_last, leave_join_match);
criterion_main!(benches);
