//! The pool against a reference that searches plain lists: who meets whom, who is refused and why,
//! who is told what.

mod act;
mod orders;
mod presence;
mod reference;
mod safety;

use act::{Act, Fact, Said, Verb};
use anonchat_core::{
    Alias, Census, Claim, Client, Command, Conn, DeviceId, Dice, Envelope, Event, Filter, Gender,
    Measure, NodeId, Order, Phase, Policy, Pool, Profile, Proof, Query, Rejection, Side,
    UnixMillis, Verification, View, Wish,
};
use proptest::prelude::*;
use proptest::sample::select;
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest, prop_state_machine};
use reference::{PEOPLE, Reference, pair_id};

/// Just before a day ends.
const START: UnixMillis = UnixMillis::new(20_001 * 86_400_000 - 2_500);

/// The reference as a source of things to do.
#[derive(Debug)]
struct Rules;

impl ReferenceStateMachine for Rules {
    type State = Reference;
    type Transition = Act;

    fn init_state() -> BoxedStrategy<Reference> {
        let rules = (0..=3_u32, 0..=2_u32, select(vec![0, 0, 2, 4_u32]), 0..=2_u32, 1..=2_u32);
        let safety = (
            select(vec![1, 2, 2_u32]),
            select(vec![1, 1, 2, 600, 600_u32]),
            1..=2_u32,
            0..=3_u32,
            0..=2_u32,
        );
        (rules, safety, any::<bool>())
            .prop_map(|((cooldown, per_filter, total, rematch, blocks), safety, other_pools)| {
                let mut policy = Policy { verification: Verification::Off, ..Policy::default() };
                policy.matching.cooldown_ms = cooldown.saturating_sub(1) * 700;
                policy.matching.daily_per_filter = per_filter;
                policy.matching.daily_total = total;
                policy.matching.rematch_after_s = rematch;
                policy.matching.max_blocks = blocks;
                let (reports, window, ban, after, grace) = safety;
                policy.safety.reports_to_ban = reports;
                policy.safety.report_window_s = window;
                policy.safety.ban_s = ban;
                policy.safety.report_after_s = after;
                policy.connection.grace_s = grace;
                policy.other_pools = other_pools;
                // Dead servers are another chapter.
                policy.connection.lease_s = 600;
                Reference::new(policy, START)
            })
            .boxed()
    }

    fn transitions(state: &Reference) -> BoxedStrategy<Act> {
        use Filter::{Any, Only};
        use Gender::{Female, Male};
        let filter = select(vec![Any, Any, Only(Male), Only(Female)]);
        let gender = select(vec![None, Some(Male), Some(Male), Some(Female), Some(Female)]);
        let wish = (filter, gender);
        let anybody = || (0..PEOPLE).boxed();
        // Mostly those for whom it makes sense.
        let those = |fits: &dyn Fn(usize) -> bool| -> BoxedStrategy<usize> {
            let fitting: Vec<_> = (0..PEOPLE).filter(|who| fits(*who)).collect();
            if fitting.is_empty() {
                return anybody();
            }
            prop_oneof![7 => select(fitting), 1 => anybody()].boxed()
        };
        let here = |who: usize| state.people[who].conn.is_some();
        let busy = |who: usize| state.waits(who) || state.live(who).is_some();
        let (gone, idle) = (those(&|who| !here(who)), those(&|who| here(who) && !busy(who)));
        let (busy, met) = (those(&|who| here(who) && busy(who)), met(state));
        let client = select(vec![Client::Native, Client::Native, Client::Plain]);
        let order = (
            select(vec![None, None, Some(0), Some(1_000), Some(2_000)]),
            select(vec![-1_000, -1, 0, 0, 1, 1_000, 2_000_i64]),
        );
        let simple = |who: BoxedStrategy<usize>, verb: Verb| (who, Just(verb)).boxed();
        let deed = prop_oneof![
            6 => (gone, client.clone().prop_map(Verb::Attach)),
            2 => (anybody(), client.prop_map(Verb::AttachAgain)),
            2 => simple(busy.clone(), Verb::Detach),
            10 => (idle, wish.clone().prop_map(|(filter, gender)| Verb::Join(filter, gender))),
            3 => (busy.clone(), wish.prop_map(|(filter, gender)| Verb::Next(filter, gender))),
            2 => simple(busy, Verb::Leave),
            3 => met.clone().prop_map(|(who, alias)| (who, Verb::Block(alias))),
            2 => block(state).prop_map(|(who, alias)| (who, Verb::Unblock(alias))),
            4 => met.prop_map(|(who, alias)| (who, Verb::Report(alias))),
            1 => (anybody(), (0..=2_u64).prop_map(|s| Verb::Ban(s * 1_000))),
            1 => simple(anybody(), Verb::Lift),
            2 => (anybody(), order).prop_map(|(who, (length, ago))| (who, Verb::Adopt(length, ago))),
            1 => (anybody(), (0..9_u64).prop_map(Verb::Settle)),
            3 => simple(anybody(), Verb::Sweep),
        ];
        let edges = vec![
            0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 699, 700, 999, 1_000, 1_000, 1_000, 1_001, 1_400, 2_000,
            2_499,
        ];
        (select(edges), deed).prop_map(|(wait, (who, verb))| Act { wait, who, verb }).boxed()
    }

    /// Two pairs that a sweep may make: either is right, so that the reference cannot say which.
    fn preconditions(state: &Reference, act: &Act) -> bool {
        let mut then = state.clone();
        then.now = then.now.after(act.wait);
        !matches!(act.verb, Verb::Sweep) || then.may_meet_again().len() <= 1
    }

    fn apply(mut state: Reference, act: &Act) -> Reference {
        state.act(act);
        state
    }
}

/// Somebody and the alias of a partner of late; now and then the wrong way round, or nobody's.
fn met(state: &Reference) -> BoxedStrategy<(usize, Alias)> {
    let mut known = vec![(0, Alias { pair: pair_id(0), side: Side::A })];
    for pair in state.pairs.iter().rev().take(4) {
        for side in [Side::A, Side::A, Side::B, Side::B] {
            let viewer = pair.members[side.other().index()];
            known.push((viewer, Alias { pair: pair.id, side }));
        }
        known.push((pair.members[0], Alias { pair: pair.id, side: Side::A }));
    }
    select(known).boxed()
}

/// Somebody and a block; now and then one that they do not hold.
fn block(state: &Reference) -> BoxedStrategy<(usize, Alias)> {
    let held: Vec<_> = state.blocks.iter().map(|block| (block.by, block.name)).collect();
    if held.is_empty() {
        met(state)
    } else {
        prop_oneof![4 => select(held), 1 => met(state)].boxed()
    }
}

struct PoolTest {
    pool: Pool,
    at: UnixMillis,
    conns: [Option<Conn>; PEOPLE],
    /// Numbers that are given out as the reference does.
    steps: u64,
    made: u64,
}

impl StateMachineTest for PoolTest {
    type SystemUnderTest = Self;
    type Reference = Rules;

    fn init_test(state: &Reference) -> Self {
        let pool = Pool::new(state.policy.clone().into());
        Self { pool, at: START, conns: [None; PEOPLE], steps: 0, made: 0 }
    }

    fn apply(mut system: Self, state: &Reference, act: Act) -> Self {
        system.at = system.at.after(act.wait);
        system.steps += 1;
        let command = system.command(&act, state);
        let dice = Dice { pair: pair_id(system.steps) };
        let commit = system.pool.apply(system.at, dice, &command);
        match (&commit.outcome, &state.said) {
            (Err(rejection), Said::No(rules)) => {
                assert!(rules.contains(rejection), "{act:?}: {rejection:?} is none of {rules:?}");
            }
            (Ok(mail), Said::Yes(told)) => {
                let (mut got, mut wanted) = (facts(mail), told.clone());
                got.sort();
                wanted.sort();
                assert_eq!(got, wanted, "{act:?}");
            }
            (got, wanted) => panic!("{act:?}: {got:?}, and by the rules {wanted:?}"),
        }
        for (who, person) in state.people.iter().enumerate() {
            system.conns[who] = person.conn.or(system.conns[who]);
        }
        system.pool.check(commit.outcome.as_deref().unwrap_or_default()).expect("invariants");
        system
    }

    fn check_invariants(system: &Self, state: &Reference) {
        let all = 0..PEOPLE;
        let View::Census(census) = system.pool.read(system.at, &Query::Census) else {
            panic!("a census")
        };
        assert_eq!(census.buckets.iter().sum::<u64>(), census.waiting);
        let wanted = Census {
            online: all.clone().filter(|who| state.people[*who].conn.is_some()).count() as u64,
            waiting: all.clone().filter(|who| state.matchable(*who)).count() as u64,
            pairs: state.pairs.iter().filter(|pair| pair.ended.is_none()).count() as u64,
            bans: all.filter(|who| state.now < state.people[*who].banned_until).count() as u64,
            ..census
        };
        assert_eq!(census, wanted);
        let orders = state.outbox().into_iter();
        let orders = orders.map(|o| (o.step, order(o.whom, o.given, o.until))).collect();
        let outbox = Query::Outbox { after: 0, limit: usize::MAX };
        assert_eq!(system.pool.read(system.at, &outbox), View::Outbox(orders));
    }
}

impl PoolTest {
    fn command(&mut self, act: &Act, state: &Reference) -> Command {
        let device = device(act.who);
        let known = self.conns[act.who];
        let conn = known.unwrap_or(Conn { node: NodeId(1), id: 0 });
        match act.verb {
            Verb::Attach(client) => {
                // The reference counts only connections that were let in.
                let banned = self.pool.read(self.at, &Query::Standing { device });
                if banned == (View::Standing { banned_until: None }) {
                    self.made += 1;
                }
                let conn = Conn { node: NodeId(1), id: self.made };
                Command::Attach { device, conn, client, again: false }
            }
            Verb::AttachAgain(client) => {
                let conn = state.people[act.who].former();
                Command::Attach { device, conn, client, again: true }
            }
            Verb::Detach => Command::Detach { device, conn },
            Verb::Join(filter, gender) => {
                Command::Join { device, conn, wish: wish(filter, gender) }
            }
            Verb::Next(filter, gender) => {
                Command::Next { device, conn, wish: wish(filter, gender) }
            }
            Verb::Leave => Command::Leave { device, conn, why: anonchat_core::Departure::Left },
            Verb::Block(target) => Command::Block { device, target },
            Verb::Unblock(block) => Command::Unblock { device, block },
            Verb::Report(target) => {
                Command::Report { device, target, reason: "spam".into(), note: None }
            }
            Verb::Ban(length) => Command::Ban { device, until: self.at.after(length) },
            Verb::Lift => Command::Lift { device },
            Verb::Adopt(length, ago) => {
                let (given, until) = state.other_pools_word(length, ago);
                Command::Adopt { order: order(act.who, given, until) }
            }
            Verb::Settle(but) => Command::Settle { upto: self.steps.saturating_sub(but) },
            Verb::Sweep => Command::Sweep,
        }
    }
}

fn device(who: usize) -> DeviceId {
    DeviceId::from_bytes([who as u8 + 1; 16])
}

fn order(who: usize, given: UnixMillis, until: UnixMillis) -> Order {
    Order { device: device(who), given, measure: Measure::Ban { until } }
}

fn wish(filter: Filter, gender: Option<Gender>) -> Wish {
    let claim = gender.map(|gender| Claim { gender, proof: Proof::Declared });
    Wish { filter, profile: Profile::default().into(), claim }
}

fn facts(mail: &[Envelope]) -> Vec<(usize, Fact)> {
    mail.iter()
        .map(|envelope| (usize::from(envelope.to.as_bytes()[0]) - 1, fact(envelope)))
        .collect()
}

fn fact(envelope: &Envelope) -> Fact {
    match &envelope.event {
        Event::Attached { phase: Phase::Idle, .. } => Fact::Attached("idle"),
        Event::Attached { phase: Phase::Waiting { .. }, .. } => Fact::Attached("waiting"),
        Event::Attached { phase: Phase::Paired { .. }, .. } => Fact::Attached("paired"),
        Event::Replaced { .. } => Fact::Replaced,
        Event::Queued { .. } => Fact::Queued,
        Event::Matched { pair, side, .. } => Fact::Matched(*pair, *side),
        Event::Left => Fact::Left,
        Event::PeerLeft { pair, why } => Fact::PeerLeft(*pair, *why),
        Event::PeerAway { pair, until } => Fact::PeerAway(*pair, *until),
        Event::PeerBack { pair, .. } => Fact::PeerBack(*pair),
        Event::Blocked { block } => Fact::Blocked(*block),
        Event::Unblocked { block } => Fact::Unblocked(*block),
        Event::Reported { target } => Fact::Reported(*target),
        Event::JoinRefused { rejection } => {
            assert!(!matches!(rejection, Rejection::NotAttached | Rejection::AlreadyPaired));
            Fact::JoinRefused
        }
        Event::Verified { .. } => panic!("nobody verifies here"),
        Event::Banned { until } => Fact::Banned(*until),
    }
}

fn config() -> ProptestConfig {
    let asked = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    let (cases, failure_persistence) = (asked.unwrap_or(6_000), None);
    ProptestConfig { cases, failure_persistence, ..ProptestConfig::default() }
}

prop_state_machine! {
    #![proptest_config(config())]

    #[test]
    fn the_pool_does_what_the_rules_say(sequential 1..120 => PoolTest);
}
