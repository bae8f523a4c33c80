//! The rules of matching once more, as plainly as they can be said: lists that are searched from
//! the beginning to the end. Written from the product's table and the documentation of commands
//! and events; nothing here knows how the pool does it.

use anonchat_core::{
    Alias, Conn, Day, Departure, Filter, Gender, NodeId, PairId, Policy, Rejection, Side,
    UnixMillis,
};

use crate::act::{Act, Fact, Said, Verb};
use crate::orders::Given;

pub(crate) const PEOPLE: usize = 5;

/// Everything that ever happened, as far as a rule may ask for it.
#[derive(Clone, Debug)]
pub(crate) struct Reference {
    pub(crate) policy: Policy,
    pub(crate) now: UnixMillis,
    pub(crate) people: Vec<Person>,
    pub(crate) pairs: Vec<Pair>,
    pub(crate) blocks: Vec<Block>,
    pub(crate) reports: Vec<Report>,
    /// Every ban and lift that was ordered here, and up to which step they were carried.
    pub(crate) orders: Vec<Given>,
    pub(crate) settled: u64,
    pub(crate) steps: u64,
    pub(crate) conns: u64,
    /// What the last command should have brought about.
    pub(crate) said: Said,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Person {
    pub(crate) conn: Option<Conn>,
    /// The connections that ever held the device, the newest last.
    pub(crate) held: Vec<Conn>,
    pub(crate) native: bool,
    pub(crate) ticket: Option<Ticket>,
    pub(crate) away_until: Option<UnixMillis>,
    pub(crate) joined: Option<UnixMillis>,
    pub(crate) banned_until: UnixMillis,
    /// When the last ban or lift was given, and until when it bans.
    pub(crate) last_word: Option<(UnixMillis, UnixMillis)>,
}

/// A place in the queue, or what somebody met the other with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ticket {
    pub(crate) order: u64,
    pub(crate) filter: Filter,
    pub(crate) gender: Option<Gender>,
}

#[derive(Clone, Debug)]
pub(crate) struct Pair {
    pub(crate) id: PairId,
    /// The one who arrived first, then the one who waited, with the filters they used.
    pub(crate) members: [usize; 2],
    pub(crate) filters: [Filter; 2],
    pub(crate) began: UnixMillis,
    pub(crate) ended: Option<UnixMillis>,
    pub(crate) reported: [bool; 2],
}

#[derive(Clone, Debug)]
pub(crate) struct Block {
    pub(crate) by: usize,
    pub(crate) whom: usize,
    pub(crate) name: Alias,
}

#[derive(Clone, Debug)]
pub(crate) struct Report {
    pub(crate) at: UnixMillis,
    pub(crate) by: usize,
    pub(crate) about: usize,
}

pub(crate) type Told = Vec<(usize, Fact)>;
pub(crate) type Outcome = Result<Told, Vec<Rejection>>;

pub(crate) fn pair_id(step: u64) -> PairId {
    let mut bytes = [0; 16];
    bytes[8..].copy_from_slice(&step.to_be_bytes());
    PairId::from_bytes(bytes)
}

pub(crate) fn seconds(count: u32) -> u64 {
    u64::from(count) * 1_000
}

impl Reference {
    pub(crate) fn new(policy: Policy, now: UnixMillis) -> Self {
        Self {
            policy,
            now,
            people: vec![Person::default(); PEOPLE],
            pairs: Vec::new(),
            blocks: Vec::new(),
            reports: Vec::new(),
            orders: Vec::new(),
            settled: 0,
            steps: 0,
            conns: 0,
            said: Said::Yes(Vec::new()),
        }
    }

    pub(crate) fn act(&mut self, act: &Act) {
        self.now = self.now.after(act.wait);
        self.steps += 1;
        let who = act.who;
        let outcome = match &act.verb {
            Verb::Attach(client) => self.come(who, *client),
            Verb::AttachAgain(client) => self.come_again(who, *client),
            Verb::Detach => self.detach(who),
            Verb::Join(filter, gender) => self.join(who, *filter, *gender),
            Verb::Next(filter, gender) => self.next(who, *filter, *gender),
            Verb::Leave => self.leave(who, Departure::Left),
            Verb::Block(target) => self.block(who, *target),
            Verb::Unblock(name) => self.unblock(who, *name),
            Verb::Report(target) => self.report(who, *target),
            Verb::Ban(length) => Ok(self.ban(who, self.now.after(*length))),
            Verb::Lift => Ok(self.ban(who, UnixMillis::default())),
            Verb::Adopt(length, ago) => Ok(self.adopt(who, *length, *ago)),
            Verb::Settle(but) => {
                self.settled = self.settled.max(self.steps.saturating_sub(*but));
                Ok(Told::new())
            }
            Verb::Sweep => Ok(self.sweep()),
        };
        self.said = match outcome {
            Ok(told) => Said::Yes(told),
            Err(rules) => Said::No(rules),
        };
    }

    /// The live pair of somebody, and their place in it.
    pub(crate) fn live(&self, who: usize) -> Option<(usize, Side)> {
        self.pairs.iter().enumerate().rev().find_map(|(index, pair)| {
            let side = pair.side(who).filter(|_| pair.ended.is_none())?;
            Some((index, side))
        })
    }

    pub(crate) fn waits(&self, who: usize) -> bool {
        self.people[who].ticket.is_some() && self.live(who).is_none()
    }

    /// Those who may be matched now: waiting, and here.
    pub(crate) fn matchable(&self, who: usize) -> bool {
        self.waits(who) && self.people[who].conn.is_some()
    }

    /// Nothing stands between two people: both pass each other's filter, neither blocks the other,
    /// and they are not each other's last partner of a short time ago.
    pub(crate) fn acceptable(&self, one: usize, other: usize) -> bool {
        let (Some(a), Some(b)) = (self.people[one].ticket, self.people[other].ticket) else {
            return false;
        };
        let blocked = self.blocks.iter().any(|block| {
            (block.by, block.whom) == (one, other) || (block.by, block.whom) == (other, one)
        });
        one != other
            && a.filter.accepts(b.gender)
            && b.filter.accepts(a.gender)
            && !blocked
            && self.excluded_until(one, other).is_none_or(|until| until <= self.now)
    }

    /// The end of the exclusion of two people who met each other last.
    fn excluded_until(&self, one: usize, other: usize) -> Option<UnixMillis> {
        let last = |who| self.pairs.iter().rev().find(|pair| pair.side(who).is_some());
        let (a, b) = (last(one)?, last(other)?);
        let rule = seconds(self.policy.matching.rematch_after_s);
        if a.id == b.id { Some(a.ended?.after(rule)) } else { None }
    }

    pub(crate) fn tell(&self, told: &mut Told, who: usize, fact: Fact) {
        if self.people[who].conn.is_some() {
            told.push((who, fact));
        }
    }

    pub(crate) fn attached(&self, who: usize) -> Result<(), Vec<Rejection>> {
        self.people[who].conn.map(drop).ok_or_else(|| vec![Rejection::NotAttached])
    }

    /// Ends what somebody is doing and tells the partner.
    pub(crate) fn stop(&mut self, who: usize, why: Departure, told: &mut Told) {
        if let Some((index, side)) = self.live(who) {
            self.pairs[index].ended = Some(self.now);
            let partner = self.pairs[index].members[side.other().index()];
            self.tell(told, partner, Fact::PeerLeft(self.pairs[index].id, why));
            self.people[partner].ticket = None;
            self.people[partner].away_until = None;
        }
        self.people[who].ticket = None;
        self.people[who].away_until = None;
    }

    /// All rules that refuse a join of somebody with nothing to do.
    fn refusals(&self, who: usize, filter: Filter) -> Vec<Rejection> {
        let rules = &self.policy.matching;
        let mut refusals = Vec::new();
        let until = self.people[who].joined.map(|at| at.after(rules.cooldown_ms.into()));
        if let Some(until) = until.filter(|until| self.now < *until) {
            refusals.push(Rejection::Cooldown { until });
        }
        let today = Day::of(self.now, rules.day_offset_min);
        let resets = today.end(rules.day_offset_min);
        let used: Vec<_> = self
            .pairs
            .iter()
            .filter(|pair| Day::of(pair.began, rules.day_offset_min) == today)
            .filter_map(|pair| Some(pair.filters[pair.side(who)?.index()]))
            .collect();
        if rules.daily_total > 0 && used.len() >= rules.daily_total as usize {
            refusals.push(Rejection::DailyTotal { resets });
        }
        let through = used.iter().filter(|used| **used == filter).count();
        if let Filter::Only(gender) = filter
            && rules.daily_per_filter > 0
            && through >= rules.daily_per_filter as usize
        {
            refusals.push(Rejection::DailyLimit { filter: gender, resets });
        }
        refusals
    }

    fn join(&mut self, who: usize, filter: Filter, gender: Option<Gender>) -> Outcome {
        self.attached(who)?;
        let mut refusals = self.refusals(who, filter);
        if self.live(who).is_some() {
            refusals.push(Rejection::AlreadyPaired);
        } else if self.waits(who) {
            refusals.push(Rejection::AlreadyWaiting);
        }
        if !refusals.is_empty() {
            return Err(refusals);
        }
        let mut told = Vec::new();
        self.people[who].joined = Some(self.now);
        self.people[who].ticket = Some(Ticket { order: self.steps, filter, gender });
        if !self.arrive(who, &mut told) {
            told.push((who, Fact::Queued));
        }
        Ok(told)
    }

    /// The longest-waiting acceptable person is met, at once.
    pub(crate) fn arrive(&mut self, who: usize, told: &mut Told) -> bool {
        let waiting = (0..PEOPLE).filter(|other| self.matchable(*other));
        let fits = waiting.filter(|other| self.acceptable(who, *other));
        let first = fits.min_by_key(|other| self.people[*other].ticket.map(|t| t.order));
        first.map(|other| self.meet(who, other, told)).is_some()
    }

    pub(crate) fn meet(&mut self, who: usize, other: usize, told: &mut Told) {
        let id = pair_id(self.steps);
        let filters = [who, other].map(|one| self.people[one].ticket.expect("waits").filter);
        let members = [who, other];
        let (began, ended, reported) = (self.now, None, [false; 2]);
        self.pairs.push(Pair { id, members, filters, began, ended, reported });
        told.push((who, Fact::Matched(id, Side::A)));
        told.push((other, Fact::Matched(id, Side::B)));
    }

    fn leave(&mut self, who: usize, why: Departure) -> Outcome {
        self.attached(who)?;
        let mut told = Vec::new();
        self.stop(who, why, &mut told);
        told.push((who, Fact::Left));
        Ok(told)
    }

    fn next(&mut self, who: usize, filter: Filter, gender: Option<Gender>) -> Outcome {
        let mut told = self.leave(who, Departure::Next)?;
        match self.join(who, filter, gender) {
            Ok(more) => told.extend(more),
            Err(_) => told.push((who, Fact::JoinRefused)),
        }
        Ok(told)
    }

    /// Former partners who wait and may meet again, with the instant since when.
    pub(crate) fn may_meet_again(&self) -> Vec<(UnixMillis, usize, usize)> {
        let all = (0..PEOPLE).flat_map(|one| (one + 1..PEOPLE).map(move |other| (one, other)));
        all.filter(|(one, other)| {
            self.matchable(*one) && self.matchable(*other) && self.acceptable(*one, *other)
        })
        .map(|(one, other)| (self.excluded_until(one, other).unwrap_or_default(), one, other))
        .collect()
    }

    /// Those whose grace is over leave; then former partners who still wait meet again. What was
    /// due first comes first, and one pair is made at most.
    fn sweep(&mut self) -> Told {
        let mut told = Vec::new();
        let again = self.may_meet_again().into_iter().min();
        let limit = again.map_or(self.now, |(since, ..)| since);
        for who in 0..PEOPLE {
            if self.people[who].away_until.is_some_and(|until| until <= limit) {
                self.stop(who, Departure::Lost, &mut told);
            }
        }
        if let Some((_, one, other)) = again {
            let order = |who: usize| self.people[who].ticket.map(|ticket| ticket.order);
            let later = order(one) > order(other);
            let (one, other) = if later { (one, other) } else { (other, one) };
            self.meet(one, other, &mut told);
        }
        told
    }
}

impl Person {
    /// The connection before the last; the last, if it is the only one.
    pub(crate) fn former(&self) -> Conn {
        let older = self.held.iter().rev().nth(1).or(self.held.last());
        older.copied().unwrap_or(Conn { node: NodeId(1), id: 0 })
    }
}

impl Pair {
    fn side(&self, who: usize) -> Option<Side> {
        [Side::A, Side::B].into_iter().find(|side| self.members[side.index()] == who)
    }
}
