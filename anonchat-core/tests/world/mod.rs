//! A small language for telling stories about a pool.
#![allow(dead_code, unreachable_pub, reason = "each chapter uses a part of it")]
#![allow(clippy::needless_pass_by_value, reason = "a story reads better without borrows")]

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use anonchat_core::*;

pub const T0: u64 = 1_800_000_000_000;
pub const DAY: u64 = 86_400_000;
pub const SECOND: u64 = 1_000;
pub const MINUTE: u64 = 60 * SECOND;

/// A person, by number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Who(pub u32);

pub const ANN: Who = Who(1);
pub const BEN: Who = Who(2);
pub const CLEO: Who = Who(3);
pub const DAN: Who = Who(4);
pub const EVE: Who = Who(5);
pub const FAY: Who = Who(6);

pub const ANY: Filter = Filter::Any;
pub const MALE: Gender = Gender::Male;
pub const FEMALE: Gender = Gender::Female;

pub struct World {
    pub pool: Pool,
    pub now: u64,
    pub log: Vec<(Who, Event)>,
    conns: BTreeMap<Who, Conn>,
    made: u64,
    alive: BTreeSet<NodeId>,
}

impl Who {
    pub fn device(self) -> DeviceId {
        DeviceId::from_bytes(u128::from(self.0).to_be_bytes())
    }
}

/// A world in which everybody may join as often as they like.
pub fn world() -> World {
    world_with(|_| {})
}

pub fn world_with(change: impl FnOnce(&mut Policy)) -> World {
    let mut policy = Policy::default();
    policy.matching.cooldown_ms = 0;
    policy.verification = Verification::Off;
    change(&mut policy);
    policy.check().expect("a policy within its bounds");
    World::new(policy)
}

impl World {
    pub fn new(policy: Policy) -> Self {
        let pool = Pool::new(Arc::new(policy));
        Self {
            pool,
            now: T0,
            log: Vec::new(),
            conns: BTreeMap::new(),
            made: 0,
            alive: BTreeSet::new(),
        }
    }

    /// Applies a command, checks every invariant, and notes who was told what.
    pub fn apply(&mut self, command: Command) -> Result<Vec<(Who, Event)>, Rejection> {
        self.commit(&command).outcome.map(|mail| mail.into_iter().map(told).collect())
    }

    fn commit(&mut self, command: &Command) -> Commit {
        self.made += 1;
        let pair = PairId::from_bytes(u128::from(self.made).to_be_bytes());
        let commit = self.pool.apply(UnixMillis::new(self.now), Dice { pair }, command);
        let mail = commit.outcome.as_deref().unwrap_or_default();
        self.pool.check(mail).unwrap_or_else(|broken| panic!("{command:?}: {broken}"));
        self.log.extend(mail.iter().cloned().map(told));
        commit
    }

    /// Lets time pass; the servers that live renew their leases.
    pub fn wait(&mut self, millis: u64) -> &mut Self {
        self.now += millis;
        for node in self.alive.clone() {
            self.apply(Command::Renew { node }).expect("renewed");
        }
        self
    }

    /// From now on a server no longer renews its lease.
    pub fn kill(&mut self, node: u64) {
        self.alive.remove(&NodeId(node));
    }

    pub fn conn(&self, who: Who) -> Conn {
        self.conns[&who]
    }

    pub fn attach_at(
        &mut self,
        who: Who,
        node: u64,
        client: Client,
    ) -> Result<Vec<(Who, Event)>, Rejection> {
        self.made += 1;
        let conn = Conn { node: NodeId(node), id: self.made };
        let (device, again) = (who.device(), false);
        let told = self.apply(Command::Attach { device, conn, client, again })?;
        self.conns.insert(who, conn);
        self.alive.insert(NodeId(node));
        Ok(told)
    }

    /// A connection that held the device before attaches again, as after lost mail.
    pub fn attach_again(
        &mut self,
        who: Who,
        conn: Conn,
        client: Client,
    ) -> Result<Vec<(Who, Event)>, Rejection> {
        let (device, again) = (who.device(), true);
        let told = self.apply(Command::Attach { device, conn, client, again })?;
        self.conns.insert(who, conn);
        Ok(told)
    }

    /// Comes to a talk by a connection of its own.
    pub fn enter(&mut self, who: Who, pair: PairId) -> Result<Vec<(Who, Event)>, Rejection> {
        self.made += 1;
        let conn = Conn { node: NodeId(1), id: self.made };
        let (device, again) = (who.device(), false);
        let told = self.apply(Command::Enter { device, conn, pair, again })?;
        self.conns.insert(who, conn);
        self.alive.insert(NodeId(1));
        Ok(told)
    }

    /// The same by a connection that was there before, as after lost mail.
    pub fn enter_again(
        &mut self,
        who: Who,
        conn: Conn,
        pair: PairId,
    ) -> Result<Vec<(Who, Event)>, Rejection> {
        let (device, again) = (who.device(), true);
        self.apply(Command::Enter { device, conn, pair, again })
    }

    /// Opens a native connection.
    pub fn attach(&mut self, who: Who) -> Vec<(Who, Event)> {
        self.attach_at(who, 1, Client::Native).expect("attached")
    }

    pub fn detach(&mut self, who: Who) -> Vec<(Who, Event)> {
        let conn = self.conn(who);
        self.apply(Command::Detach { device: who.device(), conn }).expect("detached")
    }

    pub fn try_join(&mut self, who: Who, wish: Wish) -> Result<Vec<(Who, Event)>, Rejection> {
        if !self.conns.contains_key(&who) {
            self.attach(who);
        }
        let conn = self.conn(who);
        self.apply(Command::Join { device: who.device(), conn, wish })
    }

    /// Joins without a gender.
    pub fn join(&mut self, who: Who, filter: Filter) -> Vec<(Who, Event)> {
        self.try_join(who, Wish { filter, ..Wish::default() }).expect("joined")
    }

    /// Joins with a declared gender.
    pub fn join_as(&mut self, who: Who, gender: Gender, filter: Filter) -> Vec<(Who, Event)> {
        self.try_join(who, wish(gender, filter)).expect("joined")
    }

    pub fn next(&mut self, who: Who, filter: Filter) -> Vec<(Who, Event)> {
        let conn = self.conn(who);
        let wish = Wish { filter, ..Wish::default() };
        self.apply(Command::Next { device: who.device(), conn, wish }).expect("gone on")
    }

    pub fn leave(&mut self, who: Who) -> Vec<(Who, Event)> {
        let conn = self.conn(who);
        let why = Departure::Left;
        self.apply(Command::Leave { device: who.device(), conn, why }).expect("left")
    }

    pub fn block(&mut self, who: Who, target: Alias) -> Result<Vec<(Who, Event)>, Rejection> {
        self.apply(Command::Block { device: who.device(), target })
    }

    pub fn unblock(&mut self, who: Who, block: Alias) -> Result<Vec<(Who, Event)>, Rejection> {
        self.apply(Command::Unblock { device: who.device(), block })
    }

    pub fn report(&mut self, who: Who, target: Alias) -> Result<Vec<(Who, Event)>, Rejection> {
        self.apply(Command::Report {
            device: who.device(),
            target,
            reason: "spam".into(),
            note: None,
        })
    }

    /// Sweeps until nothing more is due.
    pub fn sweep(&mut self) -> Vec<(Who, Event)> {
        let mut mail = Vec::new();
        loop {
            let commit = self.commit(&Command::Sweep);
            mail.extend(commit.outcome.expect("swept"));
            if !commit.more {
                return mail.into_iter().map(told).collect();
            }
        }
    }

    /// Lets the two meet in a fresh pair and gives what each is called by the other: (of the
    /// first, of the second).
    pub fn meet(&mut self, one: Who, other: Who) -> (Alias, Alias) {
        self.join(one, ANY);
        let told = self.join(other, ANY);
        let pair = matched(&told, other).expect("the two are matched");
        assert!(matched(&told, one).is_some(), "with each other: {told:?}");
        (Alias { pair, side: Side::B }, Alias { pair, side: Side::A })
    }

    /// Lets the two meet and the second leave.
    pub fn meet_and_part(&mut self, one: Who, other: Who) -> (Alias, Alias) {
        let aliases = self.meet(one, other);
        self.leave(other);
        aliases
    }

    /// Lets that many different people meet `target` and report it.
    pub fn accuse(&mut self, target: Who, people: Range<u32>) {
        for n in people {
            let reporter = Who(1_000 + n);
            let (name, _) = self.meet_and_part(target, reporter);
            self.report(reporter, name).expect("reported");
        }
    }

    /// Who is online, who waits, and pairs.
    pub fn crowd(&self) -> [u64; 3] {
        let census = self.census();
        [census.online, census.waiting, census.pairs]
    }

    pub fn census(&self) -> Census {
        match self.pool.read(UnixMillis::new(self.now), &Query::Census) {
            View::Census(census) => census,
            view => panic!("{view:?}"),
        }
    }

    pub fn reports(&self) -> Vec<Report> {
        self.page(None, false, 512).reports
    }

    pub fn page(&self, before: Option<ReportId>, open: bool, limit: usize) -> Reports {
        match self.pool.read(UnixMillis::new(self.now), &Query::Reports { before, open, limit }) {
            View::Reports(page) => page,
            view => panic!("{view:?}"),
        }
    }

    pub fn banned_until(&self, who: Who) -> Option<u64> {
        let query = Query::Standing { device: who.device() };
        match self.pool.read(UnixMillis::new(self.now), &query) {
            View::Standing { banned_until } => banned_until.map(UnixMillis::get),
            view => panic!("{view:?}"),
        }
    }
}

pub fn wish(gender: Gender, filter: Filter) -> Wish {
    let claim = Some(Claim { gender, proof: Proof::Declared });
    Wish { filter, claim, ..Wish::default() }
}

fn told(envelope: Envelope) -> (Who, Event) {
    (who(envelope.to), envelope.event)
}

pub fn who(device: DeviceId) -> Who {
    Who(u128::from_be_bytes(*device.as_bytes()) as u32)
}

/// The pair into which `who` was matched, if it was told so.
pub fn matched(told: &[(Who, Event)], who: Who) -> Option<PairId> {
    told.iter().find_map(|(to, event)| match event {
        Event::Matched { pair, .. } if *to == who => Some(*pair),
        _ => None,
    })
}

pub fn are_matched(told: &[(Who, Event)], one: Who, other: Who) -> bool {
    matched(told, one).is_some() && matched(told, one) == matched(told, other)
}

pub fn queued(told: &[(Who, Event)], who: Who) -> bool {
    told.iter().any(|(to, event)| *to == who && matches!(event, Event::Queued { .. }))
}

/// Why `who` was told that the partner is gone.
pub fn peer_left(told: &[(Who, Event)], who: Who) -> Option<Departure> {
    told.iter().find_map(|(to, event)| match event {
        Event::PeerLeft { why, .. } if *to == who => Some(*why),
        _ => None,
    })
}

pub fn at(millis: u64) -> UnixMillis {
    UnixMillis::new(millis)
}
