//! A pool that is made anew from what it knew of people's safety.

mod world;

use std::sync::Arc;

use anonchat_core::history::Run;
use anonchat_core::pool::{BanState, SafetyState};
use anonchat_core::*;
use world::*;

/// The process ends, and another begins with what the first has saved.
fn restarted(w: &World) -> World {
    let policy = w.pool.policy();
    let mut next = World::new((**policy).clone());
    next.now = w.now;
    next.pool = Pool::restore(Arc::clone(policy), at(w.now), &w.pool.safety_state());
    next.pool.check(&[]).expect("a pool like any other");
    next
}

/// Lets so many people meet somebody and report them.
fn reported_by(w: &mut World, whom: Who, reporters: std::ops::Range<u32>) {
    for n in reporters {
        let (_, name) = w.meet(Who(n), whom);
        w.report(Who(n), name).expect("reported");
        w.leave(whom);
    }
}

#[test]
fn a_ban_holds_after_a_restart_and_ends_at_its_instant() {
    let mut w = world();
    w.attach(BEN);
    w.apply(Command::Ban { device: BEN.device(), until: at(T0 + MINUTE) }).expect("banned");
    let mut w = restarted(&w);
    assert_eq!(w.banned_until(BEN), Some(T0 + MINUTE));
    let refused = w.attach_at(BEN, 1, Client::Native);
    assert_eq!(refused, Err(Rejection::Banned { until: at(T0 + MINUTE) }));
    w.wait(MINUTE);
    w.attach(BEN);
    assert_eq!(restarted(&w).pool.safety_state().bans.len(), 0, "nothing is left of it");
}

#[test]
fn reports_from_before_and_after_a_restart_add_up_to_a_ban() {
    let mut w = world_with(|policy| policy.safety.reports_to_ban = 3);
    reported_by(&mut w, BEN, 10..12);
    let mut w = restarted(&w);
    reported_by(&mut w, BEN, 10..11);
    assert_eq!(w.banned_until(BEN), None, "one of them has only reported again");
    let (_, name) = w.meet(Who(12), BEN);
    w.report(Who(12), name).expect("reported");
    assert!(w.banned_until(BEN).is_some());
}

#[test]
fn a_report_comes_back_with_its_number_and_without_a_word() {
    let mut w = world();
    let (_, name) = w.meet(ANN, BEN);
    let (device, target) = (ANN.device(), name);
    let (reason, note) = ("a reason".into(), Some("a note".into()));
    w.apply(Command::Report { device, target, reason, note }).expect("reported");
    let before = w.reports();
    let mut w = restarted(&w);
    let expected = Report { reason: "".into(), note: None, ..before[0].clone() };
    assert_eq!(w.reports(), [expected]);
    reported_by(&mut w, CLEO, 20..21);
    assert_eq!(w.reports()[0].id, ReportId(2), "numbers go on");
    w.apply(Command::Dismiss { report: ReportId(1) }).expect("dismissed by its number");
    assert_eq!(w.pool.safety_state().accusations.len(), 1, "only the one against Cleo counts");
}

#[test]
fn whose_reports_were_dismissed_does_not_count_after_a_restart() {
    let mut w = world_with(|policy| {
        policy.safety.dismissals_to_mute = 1;
        policy.safety.reports_to_ban = 2;
    });
    reported_by(&mut w, BEN, 10..11);
    w.apply(Command::Dismiss { report: ReportId(1) }).expect("dismissed");
    let mut w = restarted(&w);
    reported_by(&mut w, BEN, 10..11);
    assert!(!w.reports()[0].counted);
    reported_by(&mut w, BEN, 11..12);
    assert_eq!(w.banned_until(BEN), None, "one who counts is not two");
}

#[test]
fn two_of_whom_one_blocks_the_other_do_not_meet_after_a_restart() {
    let mut w = world();
    let (_, ben) = w.meet(ANN, BEN);
    w.block(ANN, ben).expect("blocked");
    let mut w = restarted(&w);
    w.join(ANN, ANY);
    assert!(queued(&w.join(BEN, ANY), BEN));
    let told = w.unblock(ANN, ben).expect("it has its name");
    assert!(are_matched(&told, ANN, BEN));
}

#[test]
fn a_block_lapses_after_its_time_with_a_restart_in_between_and_without_either_device() {
    let mut w = world_with(|policy| policy.matching.block_lapse_days = 2);
    let (_, ben) = w.meet(ANN, BEN);
    w.block(ANN, ben).expect("blocked");
    w.leave(BEN);
    for who in [ANN, BEN] {
        w.detach(who);
    }
    w.wait(DAY);
    w.sweep();
    let mut w = restarted(&w);
    w.wait(DAY - 1);
    w.sweep();
    assert_eq!(w.pool.safety_state().blocks.len(), 1);
    w.wait(1);
    w.sweep();
    assert_eq!(w.pool.safety_state().blocks.len(), 0);
}

#[test]
fn todays_counts_hold_after_a_restart_and_yesterdays_do_not() {
    let mut w = world_with(|policy| policy.matching.daily_per_filter = 1);
    w.join_as(ANN, FEMALE, Filter::Only(MALE));
    w.join_as(BEN, MALE, ANY);
    let mut w = restarted(&w);
    let again = w.try_join(ANN, wish(FEMALE, Filter::Only(MALE)));
    assert!(matches!(again, Err(Rejection::DailyLimit { filter: MALE, .. })), "{again:?}");
    w.wait(DAY - w.now % DAY);
    let saved = w.pool.safety_state();
    w.join_as(ANN, FEMALE, Filter::Only(MALE));

    let policy = Arc::clone(w.pool.policy());
    let mut late = World::new((*policy).clone());
    late.now = w.now;
    late.pool = Pool::restore(policy, at(w.now), &saved);
    late.join_as(ANN, FEMALE, Filter::Only(MALE));
}

#[test]
fn the_total_of_the_day_holds_too() {
    let mut w = world_with(|policy| policy.matching.daily_total = 1);
    w.meet_and_part(ANN, BEN);
    let mut w = restarted(&w);
    let refused = w.try_join(BEN, Wish::default());
    assert!(matches!(refused, Err(Rejection::DailyTotal { .. })), "{refused:?}");
}

#[test]
fn nobody_is_there_after_a_restart() {
    let mut w = world();
    w.meet(ANN, BEN);
    w.join(CLEO, ANY);
    assert_eq!(restarted(&w).census(), Census::default());
}

#[test]
fn a_ban_of_another_pool_is_taken_over_if_it_is_later() {
    let ban = |given, until| BanState { given: at(given), until: at(until) };
    let device = BEN.device();
    let mut state = SafetyState::default();
    state.accusations.insert(device, vec![ReportId(1)]);
    state.adopt(device, ban(2, 100));
    assert_eq!((state.bans[&device], state.accusations.len()), (ban(2, 100), 0));
    state.accusations.insert(device, vec![ReportId(2)]);
    for old in [ban(1, 200), ban(2, 99), ban(2, 100)] {
        state.adopt(device, old);
        assert_eq!((state.bans[&device], state.accusations.len()), (ban(2, 100), 1));
    }
    state.adopt(device, ban(3, 0));
    assert_eq!((state.bans[&device], state.accusations.len()), (ban(3, 0), 0), "a lift");
}

#[test]
fn every_history_is_restored_to_what_it_was() {
    let mut seen = [0; 5];
    for seed in 0..100 {
        let run = Run::from_seed(seed, 240);
        let mut steps = 0;
        run.play(|pool, _, _| {
            steps += 1;
            if steps % 8 == 0 {
                let sizes = restores(&run, pool, seed);
                seen.iter_mut().zip(sizes).for_each(|(seen, size)| *seen += size);
            }
        });
    }
    assert!(seen.iter().all(|seen| *seen > 20), "the histories reach everything: {seen:?}");
}

/// Restores a pool and compares. Returns how much of each kind there was.
fn restores(run: &Run, pool: &Pool, seed: u64) -> [usize; 5] {
    let state = pool.safety_state();
    let restored = Pool::restore(run.policy.clone().into(), UnixMillis::default(), &state);
    restored.check(&[]).expect("a pool like any other");
    assert_eq!(restored.safety_state(), state, "seed {seed}");
    let (before, after) = (pool.snapshot(), restored.snapshot());
    assert_eq!(
        (before.bans, before.blocks, before.accusations, before.dismissals),
        (after.bans, after.blocks, after.accusations, after.dismissals),
        "seed {seed}"
    );
    for later in [0, 1, 1_000, 60_000, DAY] {
        for device in Run::devices() {
            let (at, query) = (state.clock.after(later), Query::Standing { device });
            assert_eq!(pool.read(at, &query), restored.read(at, &query), "seed {seed}");
        }
    }
    let SafetyState { bans, blocks, accusations, dismissals, counts, .. } = state;
    [bans.len(), blocks.len(), accusations.len(), dismissals.len(), counts.len()]
}

#[test]
fn what_is_over_is_not_restored() {
    let mut w = world();
    let (_, ben) = w.meet(ANN, BEN);
    w.report(ANN, ben).expect("reported");
    w.apply(Command::Dismiss { report: ReportId(1) }).expect("dismissed");
    w.apply(Command::Ban { device: BEN.device(), until: at(T0 + MINUTE) }).expect("banned");
    let state = w.pool.safety_state();
    assert_eq!((state.bans.len(), state.reports.len(), state.dismissals.len()), (1, 1, 1));
    assert_eq!(state.counts.len(), 2);
    let much_later = at(T0 + 100 * DAY);
    let pool = Pool::restore(Arc::clone(w.pool.policy()), much_later, &state);
    let nothing = SafetyState { clock: much_later, reports_made: 1, ..SafetyState::default() };
    assert_eq!(pool.safety_state(), nothing);
}
