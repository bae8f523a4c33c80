//! Blocks, reports, bans, and reporters who no longer count.

mod world;

use anonchat_core::*;
use world::*;

#[test]
fn blocked_people_never_meet_in_either_direction() {
    for (blocker, first) in [(ANN, ANN), (ANN, BEN), (BEN, ANN), (BEN, BEN)] {
        let mut w = world_with(|p| p.matching.rematch_after_s = 0);
        let (ann, ben) = w.meet(ANN, BEN);
        let target = if blocker == ANN { ben } else { ann };
        w.block(blocker, target).expect("blocked");
        w.join(first, ANY);
        let second = if first == ANN { BEN } else { ANN };
        assert!(queued(&w.wait(DAY).join(second, ANY), second));
        assert!(w.sweep().is_empty());
    }
}

#[test]
fn a_block_ends_the_pair_and_tells_both() {
    let mut w = world();
    let (ann, ben) = w.meet(ANN, BEN);
    let told = w.block(ANN, ben).expect("blocked");
    let left = Event::PeerLeft { pair: ann.pair, why: Departure::Blocked };
    assert_eq!(told, [(BEN, left), (ANN, Event::Blocked { block: ben })]);
    assert_eq!(w.census().pairs, 0);
}

#[test]
fn a_late_block_of_the_old_partner_does_not_hit_the_new_one() {
    let mut w = world();
    let (_, ben) = w.meet_and_part(ANN, BEN);
    w.meet(ANN, CLEO);
    let told = w.block(ANN, ben).expect("blocked");
    assert_eq!(told, [(ANN, Event::Blocked { block: ben })]);
    assert_eq!(w.census().pairs, 1);
}

#[test]
fn blocking_somebody_through_an_older_alias_ends_the_pair_with_them() {
    let mut w = world_with(|p| p.matching.rematch_after_s = 0);
    let (_, old) = w.meet_and_part(ANN, BEN);
    w.meet(ANN, BEN);
    let told = w.block(ANN, old).expect("blocked");
    assert_eq!(peer_left(&told, BEN), Some(Departure::Blocked));
    assert_eq!(peer_left(&told, ANN), Some(Departure::Blocked), "the old name does not say it");
    assert_eq!(told.last(), Some(&(ANN, Event::Blocked { block: old })));
}

#[test]
fn only_somebody_met_can_be_blocked_or_reported() {
    let mut w = world();
    let (ann, ben) = w.meet(ANN, BEN);
    w.attach(CLEO);
    for (who, target) in [(CLEO, ben), (CLEO, ann), (ANN, ann), (BEN, ben)] {
        assert_eq!(w.block(who, target), Err(Rejection::UnknownPeer));
        assert_eq!(w.report(who, target), Err(Rejection::UnknownPeer));
    }
    let invented = Alias { pair: PairId::from_bytes([9; 16]), side: Side::A };
    assert_eq!(w.report(ANN, invented), Err(Rejection::UnknownPeer));
}

#[test]
fn an_unblock_lets_two_who_wait_meet_at_once() {
    let mut w = world_with(|p| p.matching.rematch_after_s = 0);
    let (_, ben) = w.meet(ANN, BEN);
    w.block(ANN, ben).expect("blocked");
    w.join(ANN, ANY);
    w.join(BEN, ANY);
    let told = w.unblock(ANN, ben).expect("unblocked");
    assert_eq!(told[0], (ANN, Event::Unblocked { block: ben }));
    assert!(are_matched(&told, ANN, BEN));
    assert_eq!(w.unblock(ANN, ben), Err(Rejection::UnknownBlock));
}

#[test]
fn an_unblock_does_not_lift_the_block_of_the_other_side_nor_the_rematch_rule() {
    let mut w = world();
    let (ann, ben) = w.meet(ANN, BEN);
    w.block(ANN, ben).expect("blocked");
    w.block(BEN, ann).expect("blocked back");
    w.join(ANN, ANY);
    w.join(BEN, ANY);
    assert!(!are_matched(&w.unblock(ANN, ben).expect("unblocked"), ANN, BEN));
    w.wait(10 * MINUTE).sweep();
    assert!(are_matched(&w.unblock(BEN, ann).expect("unblocked"), ANN, BEN));
}

#[test]
fn a_second_block_of_the_same_person_is_the_first_one() {
    let mut w = world_with(|p| p.matching.rematch_after_s = 0);
    let (_, old) = w.meet_and_part(ANN, BEN);
    let (_, new) = w.meet(ANN, BEN);
    w.block(ANN, old).expect("blocked");
    let told = w.block(ANN, new).expect("blocked again");
    assert_eq!(told, [(ANN, Event::Blocked { block: old })]);
}

#[test]
fn more_than_the_allowed_blocks_are_refused_and_change_nothing() {
    let mut w = world_with(|p| p.matching.max_blocks = 2);
    let mut names = Vec::new();
    for n in 0..3 {
        names.push(w.meet_and_part(ANN, Who(1_000 + n)).1);
    }
    w.block(ANN, names[0]).expect("the first");
    w.block(ANN, names[1]).expect("the second");
    assert_eq!(w.block(ANN, names[2]), Err(Rejection::TooManyBlocks { max: 2 }));
    w.unblock(ANN, names[0]).expect("room again");
    w.block(ANN, names[2]).expect("the third");
}

#[test]
fn a_block_lapses_when_neither_was_here_for_four_hundred_days() {
    let mut w = world_with(|p| p.matching.rematch_after_s = 0);
    let (_, ben) = w.meet(ANN, BEN);
    w.block(ANN, ben).expect("blocked");
    w.detach(ANN);
    w.wait(200 * DAY).sweep();
    w.detach(BEN);
    w.wait(400 * DAY - 1).sweep();
    assert_eq!(w.pool.snapshot().blocks.len(), 1, "Ben was here 399 days ago");
    w.wait(1).sweep();
    assert!(w.pool.snapshot().blocks.is_empty());
}

#[test]
fn a_block_lapses_from_when_its_people_were_here_and_not_from_when_they_were_forgotten() {
    let mut w = world();
    let (_, ben) = w.meet(ANN, BEN);
    w.block(ANN, ben).expect("blocked");
    w.detach(ANN);
    w.detach(BEN);
    // The counts of the day keep the records for a while; nothing is forgotten before this sweep.
    w.wait(3 * DAY).sweep();
    w.wait(397 * DAY).sweep();
    assert!(w.pool.snapshot().blocks.is_empty());
}

#[test]
fn what_is_done_about_somebody_absent_does_not_keep_their_blocks() {
    let mut w = world();
    let (_, ben) = w.meet(ANN, BEN);
    w.block(ANN, ben).expect("blocked");
    w.detach(ANN);
    w.detach(BEN);
    w.wait(1);
    for who in [ANN, BEN] {
        w.apply(Command::Ban { device: who.device(), until: at(w.now + 1) }).expect("banned");
    }
    w.block(ANN, ben).expect("blocked already");
    w.wait(400 * DAY - 1).sweep();
    assert!(w.pool.snapshot().blocks.is_empty());
}

#[test]
fn five_different_reporters_within_a_week_ban_for_a_day() {
    let mut w = world();
    w.accuse(ANN, 0..4);
    assert_eq!(w.banned_until(ANN), None);
    w.accuse(ANN, 4..5);
    assert_eq!(w.banned_until(ANN), Some(w.now + DAY));
    let refused = w.attach_at(ANN, 1, Client::Native);
    assert_eq!(refused, Err(Rejection::Banned { until: at(w.now + DAY) }));
    w.wait(DAY).attach(ANN);
}

#[test]
fn a_ban_ends_what_the_device_is_doing_and_closes_its_connection() {
    let mut w = world_with(|p| p.safety.reports_to_ban = 1);
    let (ann, ben) = w.meet(ANN, BEN);
    let told = w.report(BEN, ann).expect("reported");
    let left = Event::PeerLeft { pair: ann.pair, why: Departure::Banned };
    let banned = Event::Banned { until: at(T0 + DAY) };
    assert_eq!(told, [(BEN, Event::Reported { target: ann }), (BEN, left), (ANN, banned)]);
    assert_eq!(w.try_join(ANN, Wish::default()), Err(Rejection::NotAttached));
    assert_eq!(w.block(ANN, ben).map(drop), Ok(()), "what was met stays met");
    w.join(CLEO, ANY);
    let told = w.apply(Command::Ban { device: CLEO.device(), until: at(T0 + 1) }).expect("banned");
    assert_eq!(told, [(CLEO, Event::Banned { until: at(T0 + 1) })]);
    assert_eq!(w.census().waiting, 0);
}

#[test]
fn one_person_counts_once_however_often_they_report() {
    let mut w = world_with(|p| p.matching.rematch_after_s = 0);
    for _ in 0..6 {
        let (name, _) = w.meet_and_part(ANN, BEN);
        w.report(BEN, name).expect("reported");
    }
    assert_eq!(w.banned_until(ANN), None);
    assert_eq!(w.reports().len(), 6);
}

#[test]
fn a_pair_can_be_reported_once_by_each_side() {
    let mut w = world();
    let (ann, ben) = w.meet(ANN, BEN);
    w.report(BEN, ann).expect("reported");
    assert_eq!(w.report(BEN, ann), Err(Rejection::AlreadyReported));
    w.report(ANN, ben).expect("the other side too");
}

#[test]
fn a_former_partner_can_be_reported_for_thirty_minutes() {
    let mut w = world();
    let (ann, ben) = w.meet_and_part(ANN, BEN);
    w.wait(30 * MINUTE - 1).report(BEN, ann).expect("just in time");
    assert_eq!(w.wait(1).report(ANN, ben), Err(Rejection::UnknownPeer));
}

#[test]
fn reports_older_than_a_week_do_not_count() {
    let mut w = world();
    w.accuse(ANN, 0..4);
    w.wait(7 * DAY);
    w.accuse(ANN, 4..8);
    assert_eq!(w.banned_until(ANN), None);
    assert_eq!(w.reports().len(), 4);
    w.accuse(ANN, 8..9);
    assert!(w.banned_until(ANN).is_some());
}

#[test]
fn a_ban_consumes_the_reports_behind_it() {
    let mut w = world();
    w.accuse(ANN, 0..5);
    w.wait(DAY).attach(ANN);
    w.accuse(ANN, 5..9);
    assert_eq!(w.banned_until(ANN), None);
}

#[test]
fn lifting_ends_the_ban_and_clears_the_count() {
    let mut w = world();
    w.accuse(ANN, 0..5);
    w.apply(Command::Lift { device: ANN.device() }).expect("lifted");
    w.attach(ANN);
    w.accuse(ANN, 5..9);
    w.apply(Command::Lift { device: ANN.device() }).expect("lifted again");
    w.accuse(ANN, 9..13);
    assert_eq!(w.banned_until(ANN), None);
}

#[test]
fn a_dismissed_report_stops_counting() {
    let mut w = world();
    w.accuse(ANN, 0..4);
    let report = w.reports()[0].id;
    w.apply(Command::Dismiss { report }).expect("dismissed");
    assert!(w.reports()[0].dismissed);
    w.accuse(ANN, 4..5);
    assert_eq!(w.banned_until(ANN), None);
    let unknown = Command::Dismiss { report: ReportId(99) };
    assert_eq!(w.apply(unknown), Err(Rejection::UnknownReport));
}

#[test]
fn after_three_dismissals_in_thirty_days_a_reporter_no_longer_counts() {
    let mut w = world_with(|p| {
        p.safety.reports_to_ban = 1;
        p.matching.rematch_after_s = 0;
    });
    let report = |w: &mut World, target| {
        let (name, _) = w.meet_and_part(target, EVE);
        w.report(EVE, name).expect("taken without a word");
        w.reports()[0].clone()
    };
    for n in 0..3 {
        let target = Who(1_000 + n);
        let made = report(&mut w, target);
        assert!(w.banned_until(target).is_some());
        let dismiss = Command::Dismiss { report: made.id };
        w.apply(dismiss.clone()).expect("dismissed");
        w.apply(dismiss).expect("twice counts once");
    }
    assert!(!report(&mut w, ANN).counted);
    assert_eq!(w.banned_until(ANN), None);
    w.wait(30 * DAY);
    assert!(report(&mut w, BEN).counted);
    assert!(w.banned_until(BEN).is_some());
}
