//! Who meets whom, and in which order.

mod world;

use world::*;

use anonchat_core::pool::Snapshot;
use anonchat_core::*;

#[test]
fn the_first_to_arrive_waits_and_the_second_is_matched_in_the_same_step() {
    let mut w = world();
    assert!(queued(&w.join(ANN, ANY), ANN));
    assert!(are_matched(&w.join(BEN, ANY), ANN, BEN));
    assert_eq!(w.crowd(), [2, 0, 1]);
}

#[test]
fn the_longest_waiting_acceptable_person_is_first_across_all_queues() {
    let mut w = world();
    w.join_as(ANN, FEMALE, Filter::Only(MALE));
    w.wait(1).join_as(CLEO, FEMALE, ANY);
    w.wait(1).join_as(EVE, FEMALE, Filter::Only(MALE));
    assert!(are_matched(&w.wait(1).join_as(BEN, MALE, ANY), BEN, ANN));
    assert!(are_matched(&w.wait(1).join_as(DAN, MALE, Filter::Only(FEMALE)), DAN, CLEO));
    assert!(are_matched(&w.wait(1).join_as(FAY, MALE, ANY), FAY, EVE));
}

#[test]
fn arrivals_within_one_millisecond_keep_their_order() {
    let mut w = world();
    for n in 10..20 {
        w.join_as(Who(n), MALE, Filter::Only(FEMALE));
    }
    for n in 0..10 {
        let told = w.join_as(Who(100 + n), FEMALE, ANY);
        assert!(are_matched(&told, Who(100 + n), Who(10 + n)));
    }
}

#[test]
fn the_filter_of_the_one_who_waits_counts_too() {
    let mut w = world();
    w.join_as(ANN, FEMALE, Filter::Only(FEMALE));
    assert!(queued(&w.join_as(BEN, MALE, ANY), BEN));
    assert!(are_matched(&w.join_as(CLEO, FEMALE, ANY), CLEO, ANN));
}

#[test]
fn every_combination_of_genders_and_filters_meets_exactly_if_acceptable_both_ways() {
    let genders = [None].into_iter().chain(Gender::ALL.map(Some));
    for (ga, gb) in genders.clone().flat_map(|a| genders.clone().map(move |b| (a, b))) {
        for (fa, fb) in Filter::ALL.iter().flat_map(|a| Filter::ALL.iter().map(move |b| (*a, *b))) {
            let wish = |gender: Option<Gender>, filter| Wish {
                filter,
                claim: gender.map(|gender| Claim { gender, proof: Proof::Declared }),
                ..Wish::default()
            };
            let mut w = world();
            w.try_join(ANN, wish(ga, fa)).expect("joined");
            let told = w.try_join(BEN, wish(gb, fb)).expect("joined");
            let acceptable = fa.accepts(gb) && fb.accepts(ga);
            assert_eq!(are_matched(&told, ANN, BEN), acceptable, "{ga:?}/{fa:?} {gb:?}/{fb:?}");
        }
    }
}

#[test]
fn prefer_not_to_say_is_a_gender_and_none_is_not() {
    let silent = Gender::PreferNotToSay;
    let mut w = world();
    w.join(ANN, ANY);
    assert!(queued(&w.join_as(BEN, MALE, Filter::Only(silent)), BEN));
    assert!(are_matched(&w.join_as(CLEO, silent, ANY), CLEO, ANN));
    assert!(are_matched(&w.join_as(DAN, silent, ANY), DAN, BEN));
}

#[test]
fn a_second_join_while_waiting_or_paired_is_refused_with_the_reason() {
    let mut w = world();
    w.join(ANN, ANY);
    assert_eq!(w.try_join(ANN, Wish::default()), Err(Rejection::AlreadyWaiting));
    w.join(BEN, ANY);
    assert_eq!(w.try_join(ANN, Wish::default()), Err(Rejection::AlreadyPaired));
    assert_eq!(w.try_join(BEN, Wish::default()), Err(Rejection::AlreadyPaired));
    assert_eq!(w.census().pairs, 1);
}

#[test]
fn nobody_is_matched_with_themselves() {
    let mut w = world();
    w.join(ANN, ANY);
    w.leave(ANN);
    assert!(queued(&w.join(ANN, ANY), ANN));
    assert_eq!(w.census().waiting, 1);
}

#[test]
fn leaving_the_queue_frees_the_place_and_is_confirmed() {
    let mut w = world();
    w.join(ANN, ANY);
    assert_eq!(w.leave(ANN), [(ANN, Event::Left)]);
    assert_eq!(w.census().waiting, 0);
    assert!(queued(&w.join(BEN, ANY), BEN));
}

#[test]
fn leaving_a_pair_tells_the_partner_why_and_names_the_pair() {
    let mut w = world();
    let (ann, _) = w.meet(ANN, BEN);
    let told = w.leave(BEN);
    let expected = Event::PeerLeft { pair: ann.pair, why: Departure::Left };
    assert_eq!(told, [(ANN, expected), (BEN, Event::Left)]);
    assert_eq!(w.leave(ANN), [(ANN, Event::Left)], "leaving nothing is harmless");
}

#[test]
fn next_leaves_and_joins_in_one_step() {
    let mut w = world();
    w.meet(ANN, BEN);
    w.join_as(CLEO, FEMALE, Filter::Only(FEMALE));
    w.join_as(DAN, MALE, Filter::Only(MALE));
    let told = w.next(BEN, ANY);
    assert_eq!(peer_left(&told, ANN), Some(Departure::Next));
    assert!(told.contains(&(BEN, Event::Left)));
    assert!(queued(&told, BEN));
    assert!(are_matched(&w.join(EVE, ANY), EVE, BEN));
}

#[test]
fn the_leave_of_a_next_stands_even_if_its_join_is_refused() {
    let mut w = world_with(|p| p.matching.cooldown_ms = 5_000);
    w.meet(ANN, BEN);
    let told = w.next(BEN, ANY);
    assert_eq!(peer_left(&told, ANN), Some(Departure::Next));
    let rejection = Rejection::Cooldown { until: at(T0 + 5_000) };
    assert!(told.contains(&(BEN, Event::JoinRefused { rejection })));
    assert_eq!(w.crowd(), [2, 0, 0]);
}

#[test]
fn a_partner_is_shown_profile_and_alias_but_never_the_device() {
    let mut w = world();
    let profile =
        |name: &str| std::sync::Arc::new(Profile { nickname: Some(name.into()), bio: None });
    let join = |name: &str| Wish { profile: profile(name), ..wish(MALE, ANY) };
    w.try_join(ANN, join("Ann")).expect("joined");
    let told = w.try_join(BEN, join("Ben")).expect("joined");
    let peers: Vec<_> = told
        .iter()
        .filter_map(|(to, event)| match event {
            Event::Matched { peer, side, .. } => Some((*to, *side, peer.profile.nickname.clone())),
            _ => None,
        })
        .collect();
    assert_eq!(peers, [(BEN, Side::A, Some("Ann".into())), (ANN, Side::B, Some("Ben".into()))]);
}

#[test]
fn the_aliases_of_two_pairs_of_the_same_people_have_nothing_in_common() {
    let mut w = world_with(|p| p.matching.rematch_after_s = 0);
    let (one, _) = w.meet_and_part(ANN, BEN);
    let (two, _) = w.meet_and_part(ANN, BEN);
    assert_ne!(one.pair, two.pair);
}

#[test]
fn the_last_partner_is_not_offered_again_for_ten_minutes() {
    let mut w = world();
    w.meet_and_part(ANN, BEN);
    w.join(ANN, ANY);
    assert!(queued(&w.wait(10 * MINUTE - 1).join(BEN, ANY), BEN));
    assert!(w.sweep().is_empty());
    assert!(are_matched(&w.wait(1).sweep(), ANN, BEN), "both still wait when it ends");
}

#[test]
fn the_ten_minutes_begin_when_the_pair_ends() {
    let mut w = world();
    w.meet(ANN, BEN);
    w.wait(60 * MINUTE).leave(ANN);
    w.join(ANN, ANY);
    assert!(queued(&w.wait(10 * MINUTE - 1).join(BEN, ANY), BEN));
    w.leave(BEN);
    assert!(are_matched(&w.wait(1).join(BEN, ANY), ANN, BEN));
}

#[test]
fn meeting_somebody_else_ends_the_exclusion_for_either() {
    let mut w = world();
    w.meet_and_part(ANN, BEN);
    w.meet_and_part(CLEO, BEN);
    w.join(ANN, ANY);
    assert!(are_matched(&w.join(BEN, ANY), ANN, BEN));
}

#[test]
fn others_are_met_while_the_last_partner_is_looked_past() {
    let mut w = world();
    w.meet_and_part(ANN, BEN);
    w.join(ANN, ANY);
    w.join_as(CLEO, FEMALE, Filter::Only(FEMALE));
    assert!(queued(&w.join(BEN, ANY), BEN));
    assert!(are_matched(&w.join(DAN, ANY), DAN, ANN), "the longest-waiting first");
    assert!(are_matched(&w.join(EVE, ANY), EVE, BEN));
}

#[test]
fn nobody_is_skipped_for_good_behind_any_number_of_blocked_people() {
    // 1,300 people whom Ann has blocked wait before the one whom she may meet.
    let mut w = world_with(|p| {
        p.matching.max_blocks = 2_000;
        p.matching.daily_total = 0;
        p.matching.rematch_after_s = 0;
    });
    let crowd: Vec<Who> = (1_000..2_300).map(Who).collect();
    w.attach(ANN);
    for other in &crowd {
        w.attach(*other);
    }
    let conn = |w: &World, who| w.conn(who);
    // Invariants are quadratic in those who wait, so that this story goes round them.
    let mut made = 1_u64 << 40;
    let mut apply = |w: &mut World, command: Command| {
        made += 1;
        let pair = PairId::from_bytes(u128::from(made).to_be_bytes());
        w.pool.apply(at(w.now), Dice { pair }, &command)
    };
    for other in &crowd {
        for who in [ANN, *other] {
            let conn = conn(&w, who);
            let join = Command::Join { device: who.device(), conn, wish: Wish::default() };
            let commit = apply(&mut w, join);
            if let Some(Event::Matched { pair, .. }) =
                commit.outcome.expect("joined").first().map(|e| e.event.clone())
            {
                let target = Alias { pair, side: Side::A };
                apply(&mut w, Command::Block { device: ANN.device(), target })
                    .outcome
                    .expect("blocked");
            }
        }
    }
    // Everybody of the crowd wants only men, so that they do not meet each other.
    for (who, gender) in crowd.iter().map(|who| (*who, FEMALE)).chain([(BEN, FEMALE)]) {
        if who == BEN {
            w.attach(BEN);
        }
        let conn = conn(&w, who);
        let wish = wish(gender, Filter::Only(MALE));
        apply(&mut w, Command::Join { device: who.device(), conn, wish }).outcome.expect("joined");
    }
    let ann = Command::Join { device: ANN.device(), conn: conn(&w, ANN), wish: wish(MALE, ANY) };
    let told = apply(&mut w, ann).outcome.expect("joined");
    assert!(matches!(told[0].event, Event::Queued { .. }), "one command looks past 512 at most");
    let mut sweeps = 0;
    loop {
        sweeps += 1;
        let commit = apply(&mut w, Command::Sweep);
        let told = commit.outcome.expect("swept");
        if told.iter().any(|e| who(e.to) == BEN && matches!(e.event, Event::Matched { .. })) {
            break;
        }
        assert!(commit.more, "the search goes on until everybody was looked at");
    }
    assert!(sweeps <= 3, "{sweeps}");
}

#[test]
fn a_used_pair_id_is_refused_and_changes_nothing() {
    let mut w = world();
    let (ann, _) = w.meet(ANN, BEN);
    w.attach(CLEO);
    let before = w.pool.snapshot();
    let command =
        Command::Join { device: CLEO.device(), conn: w.conn(CLEO), wish: Wish::default() };
    let commit = w.pool.apply(at(w.now), Dice { pair: ann.pair }, &command);
    assert_eq!(commit.outcome, Err(Rejection::DiceUsed));
    assert_eq!(w.pool.snapshot(), Snapshot { seq: before.seq + 1, ..before });
}

#[test]
fn a_pair_id_is_free_again_when_nobody_can_report_that_pair_any_more() {
    let mut w = world();
    let (ann, _) = w.meet_and_part(ANN, BEN);
    w.attach(CLEO);
    let command =
        Command::Join { device: CLEO.device(), conn: w.conn(CLEO), wish: Wish::default() };
    let join = |w: &mut World| w.pool.apply(at(w.now), Dice { pair: ann.pair }, &command).outcome;
    w.now += 30 * MINUTE - 1;
    assert_eq!(join(&mut w), Err(Rejection::DiceUsed));
    w.now += 1;
    join(&mut w).expect("joined");
}

#[test]
fn of_two_whom_a_sweep_pairs_the_later_to_join_has_the_first_place() {
    for (first, second) in [(ANN, BEN), (BEN, ANN)] {
        let mut w = world();
        w.meet_and_part(ANN, BEN);
        w.join(first, ANY);
        w.join(second, ANY);
        let sides: Vec<_> = w
            .wait(10 * MINUTE)
            .sweep()
            .into_iter()
            .filter_map(|(to, event)| match event {
                Event::Matched { side, .. } => Some((to, side)),
                _ => None,
            })
            .collect();
        assert_eq!(sides, [(second, Side::A), (first, Side::B)]);
    }
}

#[test]
fn the_clock_of_the_pool_never_runs_back() {
    let mut w = world_with(|p| p.matching.cooldown_ms = 5_000);
    w.join(ANN, ANY);
    w.leave(ANN);
    w.now -= 60_000;
    let refused = w.try_join(ANN, Wish::default());
    assert_eq!(refused, Err(Rejection::Cooldown { until: at(T0 + 5_000) }));
}

#[test]
fn a_pool_can_be_handed_from_thread_to_thread() {
    fn is_send<T: Send>() {}
    is_send::<Pool>();
}
