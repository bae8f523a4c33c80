//! Fair shares: the cooldown, the daily limits, whose gender counts.

mod world;

use anonchat_core::*;
use world::*;

fn left(told: &[(Who, Event)], who: Who) -> Allowance {
    let left = told.iter().rev().find_map(|(to, event)| match event {
        Event::Queued { left, .. } | Event::Matched { left, .. } | Event::Attached { left, .. }
            if *to == who =>
        {
            Some(*left)
        }
        _ => None,
    });
    left.expect("somebody who was told what is left")
}

/// Lets a fresh man wait and `who` meet him through the filter for men.
fn meet_a_man(w: &mut World, who: Who, n: u32) -> Result<Vec<(Who, Event)>, Rejection> {
    let man = Who(1_000 + n);
    w.join_as(man, MALE, ANY);
    let told = w.try_join(who, wish(FEMALE, Filter::Only(MALE)));
    w.leave(man);
    told
}

#[test]
fn a_second_join_within_five_seconds_is_refused_until_they_are_over() {
    let mut w = world_with(|p| p.matching.cooldown_ms = 5_000);
    w.join(ANN, ANY);
    w.leave(ANN);
    let refused = Err(Rejection::Cooldown { until: at(T0 + 5_000) });
    assert_eq!(w.wait(4_999).try_join(ANN, Wish::default()), refused);
    assert!(queued(&w.wait(1).join(ANN, ANY), ANN));
}

#[test]
fn a_refused_join_does_not_restart_the_cooldown() {
    let mut w = world_with(|p| p.matching.cooldown_ms = 5_000);
    w.join(ANN, ANY);
    w.leave(ANN);
    for _ in 0..5 {
        w.wait(999).try_join(ANN, Wish::default()).expect_err("too soon");
    }
    w.wait(5).join(ANN, ANY);
}

#[test]
fn the_cooldown_belongs_to_the_device_and_not_to_the_connection() {
    let mut w = world_with(|p| p.matching.cooldown_ms = 5_000);
    w.join(ANN, ANY);
    w.leave(ANN);
    w.detach(ANN);
    w.attach(ANN);
    let refused = Err(Rejection::Cooldown { until: at(T0 + 5_000) });
    assert_eq!(w.try_join(ANN, Wish::default()), refused);
}

#[test]
fn the_sixth_match_through_a_filter_is_refused_and_other_filters_are_not() {
    let mut w = world();
    for n in 0..5 {
        let told = meet_a_man(&mut w, ANN, n).expect("within the limit");
        assert_eq!(left(&told, ANN).left(MALE), Some(4 - n as u16));
        assert_eq!(left(&told, ANN).left(FEMALE), Some(5));
    }
    let resets = at((T0 / DAY + 1) * DAY);
    let refused = meet_a_man(&mut w, ANN, 5);
    assert_eq!(refused, Err(Rejection::DailyLimit { filter: MALE, resets }));
    w.join_as(ANN, FEMALE, Filter::Only(FEMALE));
    w.leave(ANN);
    w.join_as(ANN, FEMALE, ANY);
}

#[test]
fn the_match_is_charged_when_it_happens_and_not_at_the_join() {
    let mut w = world();
    let told = w.join_as(ANN, FEMALE, Filter::Only(MALE));
    assert_eq!(left(&told, ANN).left(MALE), Some(5));
    w.leave(ANN);
    w.join_as(ANN, FEMALE, Filter::Only(MALE));
    let told = w.join_as(BEN, MALE, ANY);
    assert_eq!(left(&told, ANN).left(MALE), Some(4));
}

#[test]
fn each_side_is_charged_under_the_filter_it_used() {
    let mut w = world();
    w.join_as(ANN, FEMALE, Filter::Only(MALE));
    let told = w.join_as(BEN, MALE, Filter::Only(FEMALE));
    assert_eq!((left(&told, ANN).left(MALE), left(&told, ANN).left(FEMALE)), (Some(4), Some(5)));
    assert_eq!((left(&told, BEN).left(MALE), left(&told, BEN).left(FEMALE)), (Some(5), Some(4)));
}

#[test]
fn the_filter_any_is_not_limited_but_the_day_is() {
    let mut w = world_with(|p| p.matching.daily_total = 7);
    for n in 0..7 {
        w.meet_and_part(Who(1_000 + n), ANN);
        w.leave(Who(1_000 + n));
    }
    let resets = at((T0 / DAY + 1) * DAY);
    let refused = w.try_join(ANN, Wish::default());
    assert_eq!(refused, Err(Rejection::DailyTotal { resets }));
}

#[test]
fn the_hundredth_match_of_a_day_is_the_last() {
    let mut w = world();
    for n in 0..100 {
        w.meet_and_part(Who(1_000 + n), ANN);
    }
    assert!(matches!(w.try_join(ANN, Wish::default()), Err(Rejection::DailyTotal { .. })));
}

#[test]
fn a_new_day_gives_the_matches_back_and_starts_where_the_policy_says() {
    for offset in [0, 90] {
        let mut w = world_with(|p| {
            p.matching.day_offset_min = offset;
            p.matching.daily_per_filter = 1;
        });
        meet_a_man(&mut w, ANN, 0).expect("the first");
        let resets = Day::of(at(T0), offset).end(offset);
        let refused = meet_a_man(&mut w, ANN, 1);
        assert_eq!(refused, Err(Rejection::DailyLimit { filter: MALE, resets }));
        let until = resets.get() - w.now;
        w.wait(until - 1);
        meet_a_man(&mut w, ANN, 2).expect_err("the last millisecond of the day");
        w.wait(1);
        meet_a_man(&mut w, ANN, 3).expect("the next day");
    }
}

#[test]
fn a_match_is_charged_to_the_day_on_which_it_happens() {
    let mut w = world_with(|p| p.matching.daily_per_filter = 1);
    let midnight = (T0 / DAY + 1) * DAY;
    w.wait(midnight - 1 - T0);
    w.join_as(ANN, FEMALE, Filter::Only(MALE));
    w.wait(1).join_as(BEN, MALE, ANY);
    w.leave(BEN);
    let resets = at(midnight + DAY);
    let refused = meet_a_man(&mut w, ANN, 0);
    assert_eq!(refused, Err(Rejection::DailyLimit { filter: MALE, resets }));
}

#[test]
fn leaving_and_coming_back_does_not_give_matches_back() {
    let mut w = world_with(|p| p.matching.daily_per_filter = 1);
    meet_a_man(&mut w, ANN, 0).expect("the first");
    w.leave(ANN);
    w.detach(ANN);
    let told = w.attach(ANN);
    assert_eq!(left(&told, ANN).left(MALE), Some(0));
    meet_a_man(&mut w, ANN, 1).expect_err("used up");
}

#[test]
fn zero_means_no_limit() {
    let mut w = world_with(|p| {
        p.matching.daily_per_filter = 0;
        p.matching.daily_total = 0;
    });
    for n in 0..150 {
        let told = meet_a_man(&mut w, ANN, n).expect("no limit");
        assert_eq!(left(&told, ANN), Allowance::UNLIMITED);
        w.leave(ANN);
    }
}

#[test]
fn with_verification_off_the_declared_gender_counts_and_lasts_a_day() {
    let mut w = world();
    w.attach(ANN);
    let declare = |proof| Command::Verify { device: ANN.device(), gender: FEMALE, proof };
    let told = w.apply(declare(Proof::Declared)).expect("declared");
    assert_eq!(told, [(ANN, Event::Verified { gender: FEMALE })]);
    w.join_as(BEN, MALE, Filter::Only(FEMALE));
    assert!(are_matched(&w.join(ANN, ANY), ANN, BEN));
    w.leave(ANN);
    w.join_as(CLEO, MALE, Filter::Only(FEMALE));
    assert!(queued(&w.wait(DAY).join(ANN, ANY), ANN), "a day later it is unknown again");
}

#[test]
fn an_attested_gender_goes_before_a_declared_one_and_is_marked() {
    for (mode, gender, verified) in [
        (Verification::Off, MALE, false),
        (Verification::Optional, FEMALE, true),
        (Verification::Required, FEMALE, true),
    ] {
        let mut w = world_with(|p| p.verification = mode);
        let attest = |who: Who| Command::Verify {
            device: who.device(),
            gender: FEMALE,
            proof: Proof::Attested,
        };
        w.apply(attest(ANN)).expect("verified before the first visit");
        w.apply(attest(BEN)).expect("verified");
        w.try_join(ANN, wish(MALE, ANY)).expect("joined");
        let told = w.try_join(BEN, wish(MALE, ANY)).expect("joined");
        let peer = told.iter().find_map(|(to, event)| match event {
            Event::Matched { peer, .. } if *to == BEN => Some((peer.gender, peer.verified)),
            _ => None,
        });
        assert_eq!(peer, Some((Some(gender), verified)), "{mode}");
    }
}

#[test]
fn required_verification_refuses_everybody_else() {
    let mut w = world_with(|p| p.verification = Verification::Required);
    let refused = Err(Rejection::VerificationRequired);
    assert_eq!(w.try_join(ANN, wish(MALE, ANY)), refused);
    let verify = Command::Verify { device: ANN.device(), gender: MALE, proof: Proof::Attested };
    w.apply(verify).expect("verified");
    w.join(ANN, ANY);
    w.leave(ANN);
    assert_eq!(w.wait(DAY).try_join(ANN, Wish::default()), refused, "for a day");
}

#[test]
fn gender_is_fixed_at_the_join() {
    let mut w = world();
    w.join_as(ANN, FEMALE, ANY);
    let verify = Command::Verify { device: ANN.device(), gender: MALE, proof: Proof::Declared };
    w.apply(verify).expect("declared");
    assert!(queued(&w.join_as(BEN, MALE, Filter::Only(MALE)), BEN));
    assert!(are_matched(&w.join_as(CLEO, MALE, Filter::Only(FEMALE)), CLEO, ANN));
}
