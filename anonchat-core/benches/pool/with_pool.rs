//! The pool, with all rules on at their defaults.

use std::sync::Arc;

use anonchat_core::pool::{BanState, SafetyState};
use anonchat_core::{
    Alias, Claim, Client, Command, Conn, Departure, DeviceId, Dice, Envelope, Event, NodeId,
    PairId, Policy, Pool, Profile, Proof, Side, UnixMillis, Wish,
};

use crate::matchmaker::{Kind, Matchmaker, random};

const NODE: NodeId = NodeId(1);
const START: UnixMillis = UnixMillis::new(1_700_000_000_000);

/// One in so many people has blocked somebody, who is not here.
const BLOCKS: u64 = 100;
/// So many people are banned, and so many of the blocks are held.
const BANS: u64 = 1_000;
/// After so many tenths of a second a new day begins, before anybody's matches are used up.
const TICKS_A_DAY: u64 = 40_000;

pub(crate) struct WithPool {
    pool: Pool,
    at: UnixMillis,
    dice: u64,
    people: u64,
    ticks: u64,
}

#[derive(Clone, Copy)]
pub(crate) struct Person {
    device: DeviceId,
    conn: Conn,
    kind: Kind,
}

fn device(number: u64) -> DeviceId {
    DeviceId::from_bytes(random(!number))
}

/// Who has blocked whom, and who is banned.
fn remembered() -> SafetyState {
    let mut state = SafetyState { clock: START, ..SafetyState::default() };
    for number in 0..BANS {
        let (holder, stranger) = (device(number * BLOCKS), device(1 << 40 | number));
        let pair = PairId::from_bytes(random(1 << 41 | number));
        state.blocks.insert((holder, stranger), Alias { pair, side: Side::A });
        let banned = device(1 << 42 | number);
        let until = START.after(365 * 86_400_000);
        state.bans.insert(banned, BanState { given: START, until });
    }
    state
}

impl WithPool {
    fn apply(&mut self, command: &Command) -> Vec<Envelope> {
        self.dice += 1;
        let dice = Dice { pair: PairId::from_bytes(random(self.dice)) };
        self.pool.apply(self.at, dice, command).outcome.expect("no rule is in the way")
    }
}

impl Matchmaker for WithPool {
    type Person = Person;

    fn new() -> Self {
        let pool = Pool::restore(Arc::new(Policy::default()), START, &remembered());
        Self { pool, at: START, dice: 0, people: 0, ticks: 0 }
    }

    fn come(&mut self, kind: Kind) -> Person {
        let (device, conn) = (device(self.people), Conn { node: NODE, id: self.people });
        self.people += 1;
        self.apply(&Command::Attach { device, conn, client: Client::Plain, again: false });
        Person { device, conn, kind }
    }

    fn join(&mut self, Person { device, conn, kind }: Person) -> Option<Person> {
        // As a door makes it: every join has its own.
        let profile = Arc::new(Profile::default());
        let claim = Some(Claim { gender: kind.0, proof: Proof::Attested });
        let wish = Wish { filter: kind.1, profile, claim };
        let mail = self.apply(&Command::Join { device, conn, wish });
        let met = mail.iter().find(|envelope| envelope.conn != conn)?;
        assert!(matches!(met.event, Event::Matched { .. }));
        Some(Person { device: met.to, conn: met.conn, kind: crate::matchmaker::CROWD })
    }

    fn leave(&mut self, Person { device, conn, .. }: Person) {
        self.apply(&Command::Leave { device, conn, why: Departure::Left });
    }

    fn go(&mut self, Person { device, conn, .. }: Person) {
        self.apply(&Command::Detach { device, conn });
    }

    fn pass(&mut self) {
        self.at = self.at.after(100);
        self.ticks += 1;
        let dawns = self.ticks.is_multiple_of(TICKS_A_DAY);
        if dawns {
            self.at = self.at.after(86_400_000);
        }
        if dawns || self.ticks.is_multiple_of(50) {
            self.apply(&Command::Renew { node: NODE });
        }
        if self.ticks.is_multiple_of(20) {
            self.apply(&Command::Sweep);
        }
    }
}
