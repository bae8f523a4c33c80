//! What a generator has to remember for its histories to go deep: who speaks through which
//! connection, who probably waits, who was probably paired with whom.
//!
//! These are guesses. Nothing here asks a pool, so that a wrong rule cannot bend the histories
//! that are to find it; a guess that is wrong is one more refusal.

use std::collections::BTreeMap;

use crate::bucket::Bucket;
use crate::event::{Arrival, Client};
use crate::id::{Alias, Conn, DeviceId, NodeId, PairId, Side};
use crate::policy::{Policy, Verification};
use crate::profile::{Claim, Filter, Proof};
use crate::time::UnixMillis;

use super::Run;

/// Guesses about a pool.
pub(super) struct World {
    pub(super) now: UnixMillis,
    lease_ms: u64,
    grace_ms: u64,
    cooldown_ms: u64,
    ban_ms: u64,
    reports_to_ban: u32,
    rematch: bool,
    verified_ms: u64,
    verification: Verification,
    people: Vec<Person>,
    leases: BTreeMap<NodeId, UnixMillis>,
    /// Who waits, the longest-waiting first.
    queue: Vec<u8>,
    /// Probable pairs, the newest last.
    pub(super) pairs: Recent<Pair>,
    /// Probable blocks: by whom, of whom, under which name.
    pub(super) blocks: Recent<(u8, u8, Alias)>,
    /// Probable reports: their number and the reporter.
    pub(super) reports: Recent<(u64, u8)>,
    reports_made: u64,
    /// Who held a block or had a report dismissed of late: what they do next tells the most.
    pub(super) favourite: Option<u8>,
    conns: u64,
}

#[derive(Clone, Copy, Default)]
pub(super) struct Person {
    pub(super) current: Option<Conn>,
    pub(super) former: Option<Conn>,
    pub(super) doing: Doing,
    known: Option<(Claim, UnixMillis)>,
    client: Option<Client>,
    /// How they came to the talk of now.
    pub(super) arrival: Arrival,
    last_partner: u8,
    away_until: Option<UnixMillis>,
    banned_until: UnixMillis,
    joins_from: UnixMillis,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Doing {
    #[default]
    Nothing,
    Waiting(Bucket),
    Talking(Pair),
}

/// Two people and the name of what they have.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Pair {
    pub(super) id: PairId,
    /// The arrival first.
    pub(super) members: [u8; 2],
}

/// The last few of something.
pub(super) struct Recent<T> {
    items: Vec<T>,
    most: usize,
}

pub(super) fn device(number: u8) -> DeviceId {
    let mut bytes = [0; 16];
    bytes[15] = number;
    DeviceId::from_bytes(bytes)
}

pub(super) fn pair_id(number: u64) -> PairId {
    let mut bytes = [0; 16];
    bytes[8..].copy_from_slice(&number.to_be_bytes());
    PairId::from_bytes(bytes)
}

impl World {
    pub(super) fn new(policy: &Policy, now: UnixMillis) -> Self {
        Self {
            now,
            lease_ms: u64::from(policy.connection.lease_s) * 1_000,
            grace_ms: u64::from(policy.connection.grace_s) * 1_000,
            cooldown_ms: policy.matching.cooldown_ms.into(),
            ban_ms: u64::from(policy.safety.ban_s) * 1_000,
            reports_to_ban: policy.safety.reports_to_ban,
            rematch: policy.matching.rematch_after_s == 0,
            verified_ms: u64::from(policy.matching.verified_s) * 1_000,
            verification: policy.verification,
            people: vec![Person::default(); usize::from(Run::DEVICES) + 1],
            leases: BTreeMap::new(),
            queue: Vec::new(),
            pairs: Recent::last(5),
            blocks: Recent::last(4),
            reports: Recent::last(3),
            reports_made: 0,
            favourite: None,
            conns: 0,
        }
    }

    pub(super) fn person(&self, who: u8) -> Person {
        self.people[usize::from(who)]
    }

    fn person_mut(&mut self, who: u8) -> &mut Person {
        &mut self.people[usize::from(who)]
    }

    /// A connection that was never used.
    pub(super) fn new_conn(&mut self, node: NodeId) -> Conn {
        self.conns += 1;
        Conn { node, id: self.conns }
    }

    pub(super) fn attach(&mut self, who: u8, conn: Conn, client: Client, again: bool) {
        let (now, until, person) = (self.now, self.now.after(self.lease_ms), self.person(who));
        let newer = person.current.is_some_and(|current| again && current != conn);
        let talks = matches!(person.doing, Doing::Talking(_));
        let is_direct = person.arrival == Arrival::Direct;
        if now < person.banned_until || newer || talks && !is_direct && !client.has_rooms() {
            return;
        }
        if talks && client == Client::Seeker && person.arrival != Arrival::Expected {
            self.part(who);
        }
        self.leases.entry(conn.node).or_insert(until);
        let person = self.person_mut(who);
        if person.current != Some(conn) {
            person.former = person.current.or(person.former);
        }
        person.current = Some(conn);
        person.client = Some(client);
        if person.arrival == Arrival::Expected && client != Client::Seeker {
            person.arrival = Arrival::Arrived;
        }
        person.away_until = None;
    }

    pub(super) fn detach(&mut self, who: u8) {
        let (until, grace) = (self.now.after(self.grace_ms), self.grace_ms > 0);
        let person = self.person_mut(who);
        person.former = person.current.take().or(person.former);
        if grace && person.client.is_some_and(Client::has_grace) {
            person.away_until = Some(until);
        } else {
            self.part(who);
        }
    }

    pub(super) fn verify(&mut self, who: u8, claim: Claim) {
        let until = self.now.after(self.verified_ms);
        self.person_mut(who).known = Some((claim, until));
    }

    /// Where a join probably leads; to nowhere without the attested gender that is required.
    fn bucket(&self, who: u8, own: Option<Claim>, filter: Filter) -> Option<Bucket> {
        let known = self.person(who).known.filter(|(_, until)| self.now < *until);
        let of = |claim: Option<Claim>, proof| claim.filter(|claim| claim.proof == proof);
        let find = |proof| of(own, proof).or(of(known.map(|(claim, _)| claim), proof));
        let claim = match self.verification {
            Verification::Off => find(Proof::Declared),
            Verification::Optional => find(Proof::Attested).or(of(own, Proof::Declared)),
            Verification::Required => Some(find(Proof::Attested)?),
        };
        Some(Bucket::of(claim.map(|claim| claim.gender), filter))
    }

    pub(super) fn join(&mut self, who: u8, own: Option<Claim>, filter: Filter, id: PairId) {
        let person = self.person(who);
        let Some(bucket) = self.bucket(who, own, filter) else { return };
        if self.now < person.joins_from {
            return;
        }
        if person.doing != Doing::Nothing {
            return;
        }
        self.person_mut(who).joins_from = self.now.after(self.cooldown_ms);
        let fits = |other: &u8| match self.person(*other) {
            Person { doing: Doing::Waiting(theirs), current: Some(_), .. } => {
                bucket.accepts(theirs) && self.may_meet(who, *other)
            }
            _ => false,
        };
        let Some(place) = self.queue.iter().position(fits) else {
            self.queue.push(who);
            self.person_mut(who).doing = Doing::Waiting(bucket);
            return;
        };
        let waiter = self.queue.remove(place);
        let pair = Pair { id, members: [who, waiter] };
        for (member, other) in [(who, waiter), (waiter, who)] {
            let member = self.person_mut(member);
            (member.doing, member.last_partner) = (Doing::Talking(pair), other);
            member.arrival = match member.client {
                Some(Client::Seeker) => Arrival::Expected,
                _ => Arrival::Direct,
            };
        }
        self.pairs.push(pair);
    }

    fn may_meet(&self, one: u8, other: u8) -> bool {
        let strangers = self.rematch
            || self.person(one).last_partner != other
            || self.person(other).last_partner != one;
        let blocked = |(by, whom, _): &(u8, u8, Alias)| {
            [one, other] == [*by, *whom] || [other, one] == [*by, *whom]
        };
        strangers && !self.blocks.items().iter().any(blocked)
    }

    /// Stops waiting or talking.
    pub(super) fn part(&mut self, who: u8) {
        self.queue.retain(|waiting| *waiting != who);
        let person = self.person_mut(who);
        person.away_until = None;
        if let Doing::Talking(pair) = std::mem::take(&mut person.doing) {
            for member in pair.members {
                self.person_mut(member).doing = Doing::Nothing;
            }
        }
    }

    pub(super) fn talks_to(&self, who: u8, target: Alias) -> bool {
        matches!(self.person(who).doing, Doing::Talking(pair) if pair.id == target.pair)
    }

    pub(super) fn block(&mut self, who: u8, target: Alias) {
        if self.talks_to(who, target) {
            self.favourite = Some(who);
            self.blocks.push((who, self.person(who).last_partner, target));
            self.part(who);
        }
    }

    pub(super) fn unblock(&mut self, who: u8, block: Alias) {
        self.blocks.items.retain(|(by, _, name)| (*by, *name) != (who, block));
    }

    pub(super) fn report(&mut self, who: u8, target: Alias) {
        if self.talks_to(who, target) {
            self.reports_made += 1;
            self.reports.push((self.reports_made, who));
            if self.reports_to_ban == 1 {
                self.ban(self.person(who).last_partner, self.now.after(self.ban_ms));
            }
        }
    }

    pub(super) fn ban(&mut self, who: u8, until: UnixMillis) {
        self.person_mut(who).banned_until = until;
        if until > self.now {
            self.part(who);
            let person = self.person_mut(who);
            person.former = person.current.take().or(person.former);
        }
    }

    pub(super) fn renew(&mut self, node: NodeId) {
        self.leases.insert(node, self.now.after(self.lease_ms));
    }

    pub(super) fn sweep(&mut self) {
        let now = self.now;
        let over = |until: &UnixMillis| *until <= now;
        let leases = self.leases.iter().filter(|(_, until)| over(until));
        let dead: Vec<_> = leases.map(|(node, _)| *node).collect();
        self.leases.retain(|_, until| !over(until));
        for who in 1..=Run::DEVICES {
            let node = self.person(who).current.map(|conn| conn.node);
            if node.is_some_and(|node| dead.contains(&node)) {
                self.detach(who);
            }
            if self.person(who).away_until.is_some_and(|until| until <= now) {
                self.part(who);
            }
        }
    }
}

impl Pair {
    /// A member, and the other one's alias.
    pub(super) fn seen_by(self, side: Side) -> (u8, Alias) {
        (self.members[side.index()], Alias { pair: self.id, side: side.other() })
    }

    /// The alias of the partner of `who`, if `who` is a member.
    pub(super) fn partner_of(self, who: u8) -> Option<Alias> {
        let sides = [Side::A, Side::B].into_iter();
        sides
            .map(|side| self.seen_by(side))
            .find(|(viewer, _)| *viewer == who)
            .map(|(_, other)| other)
    }
}

impl<T> Recent<T> {
    pub(super) fn last(most: usize) -> Self {
        Self { items: Vec::new(), most }
    }

    pub(super) fn push(&mut self, item: T) {
        if self.items.len() == self.most {
            self.items.remove(0);
        }
        self.items.push(item);
    }

    pub(super) fn items(&self) -> &[T] {
        &self.items
    }
}
