//! Why somebody waits: what of their own keeps people from them, and how many.

mod world;

use anonchat_core::*;
use world::*;

fn wait(w: &World, who: Who) -> Wait {
    match w.pool.read(UnixMillis::new(w.now), &Query::Wait { device: who.device() }) {
        View::Wait(Some(wait)) => wait,
        view => panic!("{view:?}"),
    }
}

const WOMEN: Filter = Filter::Only(FEMALE);
const MEN: Filter = Filter::Only(MALE);

#[test]
fn a_filter_keeps_away_whoever_would_do_for_somebody_who_looks_for_anybody() {
    let mut w = world();
    w.join_as(ANN, FEMALE, WOMEN);
    w.join_as(BEN, MALE, WOMEN);
    w.join_as(CLEO, MALE, WOMEN);
    w.join_as(DAN, MALE, MEN);
    let ann = wait(&w, ANN);
    assert_eq!((ann.filter, ann.gender, ann.waiting), (WOMEN, Some(FEMALE), 4));
    assert_eq!((ann.beyond_filter, ann.beyond_gender), (2, 0), "Dan looks for men anyway");
    assert_eq!(wait(&w, BEN).beyond_filter, 1, "Dan; that Ann wants women is not Ben's doing");
    w.detach(CLEO);
    assert_eq!(wait(&w, ANN).beyond_filter, 1, "who is away can be met by nobody");
}

#[test]
fn without_a_gender_those_who_look_for_one_are_out_of_reach() {
    let mut w = world();
    w.join_as(BEN, MALE, WOMEN);
    w.join_as(CLEO, FEMALE, WOMEN);
    w.join(ANN, ANY);
    let ann = wait(&w, ANN);
    assert_eq!((ann.gender, ann.beyond_filter, ann.beyond_gender), (None, 0, 2));
    w.leave(ANN);
    w.join(ANN, MEN);
    assert_eq!(wait(&w, ANN).beyond_gender, 1, "of the men whom Ann looks for");
    w.join_as(EVE, Gender::NonBinary, MEN);
    assert_eq!(wait(&w, EVE).beyond_gender, 0, "who has a gender lacks none");
}

#[test]
fn blocks_count_for_whoever_holds_them_and_are_not_shown_to_the_blocked() {
    let mut w = world();
    let (_, ben) = w.meet(ANN, BEN);
    w.block(ANN, ben).expect("blocked");
    w.join(ANN, ANY);
    let alone = wait(&w, ANN);
    assert_eq!((alone.blocks, alone.blocked), (true, 0), "Ben does not wait");
    w.join(BEN, ANY);
    let (ann, ben) = (wait(&w, ANN), wait(&w, BEN));
    assert_eq!((ann.blocks, ann.blocked), (true, 1));
    assert_eq!((ben.blocks, ben.blocked), (false, 0), "that Ann blocks him is hers to know");
    w.detach(BEN);
    assert_eq!(wait(&w, ANN).blocked, 0, "who is away would not be met anyway");
}

#[test]
fn somebody_blocked_who_would_not_do_anyway_does_not_count() {
    let mut w = world();
    let (_, ben) = w.meet(ANN, BEN);
    w.block(ANN, ben).expect("blocked");
    w.join_as(ANN, FEMALE, WOMEN);
    w.join_as(BEN, MALE, ANY);
    let ann = wait(&w, ANN);
    assert_eq!((ann.blocked, ann.beyond_filter), (0, 1));
}

#[test]
fn the_last_partner_is_named_for_as_long_as_the_exclusion_lasts_whatever_they_do() {
    let mut w = world_with(|policy| policy.matching.rematch_after_s = 60);
    w.meet_and_part(ANN, BEN);
    w.join(ANN, ANY);
    assert!(wait(&w, ANN).rematch);
    w.join(CLEO, WOMEN);
    assert!(!wait(&w, CLEO).rematch);
    w.join_as(DAN, FEMALE, MEN);
    w.join_as(BEN, MALE, WOMEN);
    assert!(wait(&w, ANN).rematch, "that Ben has met Dan is his to know");
    w.wait(60 * SECOND - 1);
    assert!(wait(&w, ANN).rematch);
    w.wait(1);
    assert!(!wait(&w, ANN).rematch);
}

#[test]
fn a_filter_that_is_used_up_is_named_until_the_day_ends() {
    let mut w = world_with(|policy| policy.matching.daily_per_filter = 1);
    w.join_as(ANN, FEMALE, MEN);
    assert!(!wait(&w, ANN).used_up);
    w.join_as(BEN, MALE, ANY);
    w.leave(ANN);
    w.join_as(ANN, FEMALE, WOMEN);
    assert!(wait(&w, ANN).used_up, "men are used up");
    w.join_as(BEN, MALE, MEN);
    assert!(!wait(&w, BEN).used_up, "anybody has no limit");
    w.wait(DAY - w.now % DAY);
    assert!(!wait(&w, ANN).used_up);
}

#[test]
fn without_a_daily_limit_no_filter_is_used_up() {
    let mut w = world_with(|policy| policy.matching.daily_per_filter = 0);
    w.join_as(ANN, FEMALE, MEN);
    w.join_as(BEN, MALE, ANY);
    w.leave(ANN);
    w.join_as(ANN, FEMALE, WOMEN);
    assert!(!wait(&w, ANN).used_up);
}
