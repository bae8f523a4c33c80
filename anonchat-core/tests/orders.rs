//! Bans, lifts and known genders that hold in every pool of a deployment.

mod world;

use anonchat_core::*;
use proptest::prelude::*;
use world::*;

/// A pool of a deployment that has others.
fn pool_among_others(change: impl FnOnce(&mut Policy)) -> World {
    world_with(|policy| {
        policy.other_pools = true;
        policy.verification = Verification::Optional;
        change(policy);
    })
}

fn two_pools() -> [World; 2] {
    [pool_among_others(|_| ()), pool_among_others(|_| ())]
}

fn outbox(w: &World) -> Vec<(u64, Order)> {
    match w.pool.read(at(w.now), &Query::Outbox { after: 0, limit: 1_000 }) {
        View::Outbox(orders) => orders,
        view => panic!("{view:?}"),
    }
}

/// What is to be carried, without the numbers.
fn measures(w: &World) -> Vec<(Who, Measure)> {
    outbox(w).into_iter().map(|(_, order)| (who(order.device), order.measure)).collect()
}

fn adopt(w: &mut World, order: Order) -> Vec<(Who, Event)> {
    w.apply(Command::Adopt { order }).expect("adopted")
}

/// Lets one pool hear what the other has for it. Returns the number of the last.
fn carry(from: &World, to: &mut World) -> u64 {
    let mut last = 0;
    for (number, order) in outbox(from) {
        adopt(to, order);
        last = number;
    }
    last
}

fn ban(w: &mut World, who: Who, until: u64) -> Vec<(Who, Event)> {
    w.apply(Command::Ban { device: who.device(), until: at(until) }).expect("banned")
}

fn lift(w: &mut World, who: Who) {
    w.apply(Command::Lift { device: who.device() }).expect("lifted");
}

fn verify(w: &mut World, who: Who, gender: Gender) {
    let (device, proof) = (who.device(), Proof::Attested);
    w.apply(Command::Verify { device, gender, proof }).expect("verified");
}

/// The gender that a join would have.
fn gender(w: &mut World, who: Who) -> Option<Gender> {
    let told = w.attach(who);
    told.into_iter().find_map(|(_, event)| match event {
        Event::Attached { gender, .. } => Some(gender),
        _ => None,
    })?
}

const BAN: u64 = DAY;
const FOREVER: u64 = UnixMillis::MAX.get();

#[test]
fn a_ban_of_one_pool_holds_in_the_other_and_ends_what_the_device_does_there() {
    let [mut a, mut b] = two_pools();
    b.meet(ANN, BEN);
    ban(&mut a, ANN, T0 + BAN);
    carry(&a, &mut b);
    assert_eq!(b.banned_until(ANN), Some(T0 + BAN));
    assert_eq!(peer_left(&b.log, BEN), Some(Departure::Banned));
    assert_eq!(b.log.last(), Some(&(ANN, Event::Banned { until: at(T0 + BAN) })));
    assert_eq!(b.crowd(), [1, 0, 0]);
    lift(&mut a, ANN);
    carry(&a, &mut b);
    assert_eq!(b.banned_until(ANN), None);
}

#[test]
fn a_ban_by_reports_is_kept_for_the_other_pools_like_any_other() {
    let mut w = pool_among_others(|policy| policy.safety.reports_to_ban = 1);
    let (_, ben) = w.meet(ANN, BEN);
    w.report(ANN, ben).expect("reported");
    assert_eq!(measures(&w), [(BEN, Measure::Ban { until: at(T0 + BAN) })]);
}

#[test]
fn what_another_pool_ordered_is_not_carried_on() {
    let [mut a, mut b] = two_pools();
    ban(&mut a, ANN, FOREVER);
    verify(&mut a, BEN, FEMALE);
    carry(&a, &mut b);
    assert_eq!(outbox(&b), []);
}

#[test]
fn where_there_is_one_pool_nothing_is_kept_for_others() {
    let mut w = world();
    ban(&mut w, ANN, T0 + SECOND);
    verify(&mut w, BEN, FEMALE);
    assert_eq!(outbox(&w), []);
    lift(&mut w, ANN);
    w.wait(2 * DAY).sweep();
    assert_eq!(w.pool.footprint().records, 0);
}

#[test]
fn orders_are_kept_until_the_others_have_them() {
    let [mut a, mut b] = two_pools();
    ban(&mut a, ANN, FOREVER);
    ban(&mut a, BEN, FOREVER);
    let last = carry(&a, &mut b);
    lift(&mut a, CLEO);
    a.wait(400 * DAY).sweep();
    assert_eq!(outbox(&a).len(), 3);
    a.apply(Command::Settle { upto: last }).expect("settled");
    assert_eq!(measures(&a), [(CLEO, Measure::Ban { until: at(0) })]);
    a.apply(Command::Settle { upto: last }).expect("once more");
    assert_eq!(outbox(&a).len(), 1);
}

#[test]
fn the_outbox_is_read_from_where_a_reader_stopped() {
    let mut w = pool_among_others(|_| ());
    for n in 0..5 {
        ban(&mut w, Who(n), FOREVER);
    }
    let all = outbox(&w);
    let query = Query::Outbox { after: all[1].0, limit: 2 };
    assert_eq!(w.pool.read(at(w.now), &query), View::Outbox(all[2..4].to_vec()));
}

#[test]
fn the_outbox_holds_one_order_of_a_kind_about_a_device() {
    let [mut a, mut b] = two_pools();
    ban(&mut a, ANN, FOREVER);
    let (settled, _) = outbox(&a)[0];
    for _ in 0..100 {
        ban(&mut a, ANN, FOREVER);
        verify(&mut a, ANN, MALE);
        lift(&mut a, ANN);
        verify(&mut a, ANN, FEMALE);
    }
    let lifted = Measure::Ban { until: at(0) };
    let female = Measure::Verify { gender: FEMALE, proof: Proof::Attested };
    assert_eq!(measures(&a), [(ANN, lifted), (ANN, female)]);
    a.apply(Command::Settle { upto: settled }).expect("settled");
    assert_eq!(outbox(&a).len(), 2, "what came later has a later number");
    carry(&a, &mut b);
    assert_eq!((b.banned_until(ANN), gender(&mut b, ANN)), (None, Some(FEMALE)));
}

#[test]
fn an_order_that_comes_again_changes_nothing() {
    let [mut a, mut b] = two_pools();
    ban(&mut a, ANN, FOREVER);
    verify(&mut a, ANN, FEMALE);
    carry(&a, &mut b);
    b.wait(SECOND);
    lift(&mut b, ANN);
    verify(&mut b, ANN, MALE);
    b.attach(ANN);
    let before = b.log.len();
    carry(&a, &mut b);
    assert_eq!(b.log.len(), before);
    assert_eq!((b.banned_until(ANN), gender(&mut b, ANN)), (None, Some(MALE)));
}

#[test]
fn of_two_orders_the_later_one_holds_in_whatever_sequence_they_come() {
    for lift_first in [false, true] {
        let [mut a, mut b] = two_pools();
        let mut c = pool_among_others(|_| ());
        ban(&mut a, ANN, FOREVER);
        b.wait(1);
        lift(&mut b, ANN);
        for from in if lift_first { [&b, &a] } else { [&a, &b] } {
            carry(from, &mut c);
        }
        carry(&b, &mut a);
        carry(&a, &mut b);
        assert_eq!([&a, &b, &c].map(|w| w.banned_until(ANN)), [None; 3]);
    }
}

#[test]
fn of_a_ban_and_a_lift_at_the_same_instant_the_ban_holds_everywhere() {
    let [mut a, mut b] = two_pools();
    ban(&mut a, ANN, T0 + BAN);
    lift(&mut b, ANN);
    carry(&b, &mut a);
    carry(&a, &mut b);
    assert_eq!([&a, &b].map(|w| w.banned_until(ANN)), [Some(T0 + BAN); 2]);
}

#[test]
fn a_ban_for_reports_never_comes_after_the_memory_of_its_lift() {
    let [mut a, mut b] = two_pools();
    ban(&mut a, ANN, T0 + BAN);
    let late = outbox(&a);
    b.wait(1);
    lift(&mut b, ANN);
    for wait in [BAN - 2, 1, 1] {
        b.wait(wait).sweep();
        for (_, order) in late.clone() {
            assert_eq!(adopt(&mut b, order), []);
        }
        assert_eq!(b.banned_until(ANN), None);
    }
    b.apply(Command::Settle { upto: u64::MAX }).expect("settled");
    b.wait(SECOND).sweep();
    assert_eq!(b.pool.footprint().records, 0);
}

#[test]
fn the_last_word_of_a_moderator_holds_although_another_pools_clock_is_ahead() {
    let [mut a, mut b] = two_pools();
    a.wait(3 * SECOND);
    ban(&mut a, ANN, FOREVER);
    verify(&mut a, ANN, MALE);
    carry(&a, &mut b);
    lift(&mut b, ANN);
    verify(&mut b, ANN, FEMALE);
    carry(&b, &mut a);
    carry(&a, &mut b);
    assert_eq!([&a, &b].map(|w| w.banned_until(ANN)), [None; 2]);
    assert_eq!([gender(&mut a, ANN), gender(&mut b, ANN)], [Some(FEMALE); 2]);
}

#[test]
fn a_lift_of_another_pool_clears_the_reports_of_this_one() {
    let [mut a, mut b] = [2, 2].map(|n| pool_among_others(|p| p.safety.reports_to_ban = n));
    let (ann, _) = b.meet_and_part(ANN, BEN);
    b.report(BEN, ann).expect("reported");
    lift(&mut a, ANN);
    carry(&a, &mut b);
    let (ann, _) = b.meet_and_part(ANN, CLEO);
    b.report(CLEO, ann).expect("reported");
    assert_eq!(b.banned_until(ANN), None);
}

#[test]
fn a_gender_is_known_everywhere_for_its_time_and_then_no_longer_carried() {
    let [mut a, mut b] = two_pools();
    verify(&mut a, ANN, FEMALE);
    b.wait(DAY - 1);
    let order = outbox(&a)[0].1;
    adopt(&mut b, order);
    assert_eq!(gender(&mut b, ANN), Some(FEMALE));
    b.detach(ANN);
    b.wait(1);
    assert_eq!(gender(&mut b, ANN), None);
    b.detach(ANN);
    adopt(&mut b, order);
    assert_eq!(gender(&mut b, ANN), None, "it comes too late");

    a.wait(DAY - 1).sweep();
    assert_eq!(outbox(&a).len(), 1);
    a.now += 1;
    assert_eq!(outbox(&a), []);
    a.sweep();
    assert_eq!(a.pool.footprint().records, 0);
}

#[test]
fn an_adopted_gender_counts_from_the_next_join() {
    let [mut a, mut b] = two_pools();
    b.join(ANN, ANY);
    verify(&mut a, ANN, FEMALE);
    carry(&a, &mut b);
    b.try_join(BEN, Wish { filter: Filter::Only(FEMALE), ..Wish::default() }).expect("waits");
    b.leave(ANN);
    assert!(are_matched(&b.join(ANN, ANY), ANN, BEN));
}

/// Something in one of three pools.
#[derive(Clone, Debug)]
enum Act {
    Ban(usize, u32, u64),
    Lift(usize, u32),
    Verify(usize, u32, Gender),
    Wait(usize, u64),
    /// The order at some place of an outbox, perhaps not the first time.
    Carry(usize, usize, usize),
}

fn act() -> impl Strategy<Value = Act> {
    let (pool, device) = (0..3_usize, 1..3_u32);
    prop_oneof![
        (pool.clone(), device.clone(), 0..5_000_u64).prop_map(|(p, d, l)| Act::Ban(p, d, l)),
        (pool.clone(), device.clone()).prop_map(|(p, d)| Act::Lift(p, d)),
        (pool.clone(), device, any::<bool>())
            .prop_map(|(p, d, male)| { Act::Verify(p, d, if male { MALE } else { FEMALE }) }),
        (pool.clone(), 0..3_u64).prop_map(|(p, t)| Act::Wait(p, t)),
        (pool.clone(), pool, 0..4_usize).prop_map(|(p, q, n)| Act::Carry(p, q, n)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn pools_that_have_had_the_same_orders_agree(acts in proptest::collection::vec(act(), 0..60)) {
        let mut pools = [0, 1, 2].map(|_| pool_among_others(|_| ()));
        let mut old = Vec::new();
        for act in acts {
            match act {
                Act::Ban(p, d, length) => {
                    let until = pools[p].now + length;
                    ban(&mut pools[p], Who(d), until);
                }
                Act::Lift(p, d) => lift(&mut pools[p], Who(d)),
                Act::Verify(p, d, gender) => verify(&mut pools[p], Who(d), gender),
                Act::Wait(p, time) => pools[p].now += time,
                Act::Carry(from, to, place) => {
                    old.extend(outbox(&pools[from]));
                    let index = old.len().saturating_sub(place + 1);
                    if let Some((_, order)) = old.get(index) {
                        adopt(&mut pools[to], *order);
                    }
                }
            }
        }
        let pending: Vec<_> = pools.iter().flat_map(outbox).collect();
        let latest = pools.iter().map(|w| w.now).max().unwrap_or_default();
        let known = pools.map(|mut w| {
            w.now = latest;
            for (_, order) in &pending {
                adopt(&mut w, *order);
            }
            let snapshot = w.pool.snapshot();
            let genders: Vec<_> =
                snapshot.devices.into_iter().map(|(id, state)| (id, state.known)).collect();
            (snapshot.bans, genders)
        });
        prop_assert_eq!(&known[0], &known[1]);
        prop_assert_eq!(&known[1], &known[2]);
    }
}
