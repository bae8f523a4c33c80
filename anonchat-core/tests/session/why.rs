use anonchat_core::session::Input;
use anonchat_core::{Bucket, Event, Filter, Gender, Phase, PoolId, Side, UnixMillis, View, Wait};
use serde_json::{Value, json};

use crate::desk::*;

/// Somebody of known gender who looks for anybody, while 17 people wait.
fn plain_wait() -> Wait {
    Wait {
        filter: Filter::Any,
        gender: Some(Gender::Female),
        since: UnixMillis::new(START),
        position: 2,
        waiting: 17,
        beyond_filter: 0,
        beyond_gender: 0,
        blocks: false,
        blocked: 0,
        rematch: false,
        used_up: false,
    }
}

fn why(desk: &mut Desk, wait: Wait) -> Value {
    desk.frame(r#"{"action":"why"}"#);
    one(&desk.give(Input::Viewed(View::Wait(Some(wait)))))
}

fn narrowed_by(change: impl FnOnce(&mut Wait)) -> Value {
    let mut wait = plain_wait();
    change(&mut wait);
    why(&mut Desk::native().waiting(), wait)["narrowed_by"].clone()
}

/// Waits and is matched after so long, in pair `pair`.
fn waits_and_meets(desk: &mut Desk, pair: u8, waited_ms: u64) {
    let began = UnixMillis::new(desk.at);
    desk.frame(r#"{"action":"join"}"#);
    desk.event(Event::Queued { filter: Filter::Any, since: began, left: left() });
    desk.commit();
    desk.at += waited_ms;
    meets(desk, pair);
}

fn meets(desk: &mut Desk, pair: u8) {
    let since = UnixMillis::new(desk.at);
    let pair = pair_id(pair);
    desk.event(Event::Matched { pair, side: Side::B, peer: ben(), since, left: left() });
}

#[test]
fn somebody_who_waits_may_ask_why() {
    let mut desk = Desk::native().waiting();
    let lines = desk.frame(r#"{"action":"why"}"#);
    assert!(lines[0].starts_with("read Wait"), "{lines:?}");
    let lines = desk.give(Input::Viewed(View::Wait(Some(plain_wait()))));
    assert_eq!(
        one(&lines),
        json!({"type": "waiting", "since": START, "position": 2, "people": 20,
            "narrowed_by": [], "estimate_ms": null})
    );
}

#[test]
fn the_number_of_people_is_rounded_so_that_no_single_one_shows() {
    for (waiting, people) in [(1, 5), (5, 5), (6, 10), (u64::MAX, u64::MAX)] {
        let answer = why(&mut Desk::native().waiting(), Wait { waiting, ..plain_wait() });
        assert_eq!(answer["people"], json!(people));
    }
}

#[test]
fn each_rule_is_named_that_is_of_the_clients_own_making() {
    let filter = Filter::Only(Gender::Male);
    assert_eq!(narrowed_by(|_| ()), json!([]));
    assert_eq!(narrowed_by(|wait| wait.filter = filter), json!(["filter"]));
    assert_eq!(narrowed_by(|wait| wait.gender = None), json!(["gender"]));
    assert_eq!(narrowed_by(|wait| wait.blocks = true), json!(["blocks"]));
    assert_eq!(narrowed_by(|wait| wait.rematch = true), json!(["rematch"]));
    assert_eq!(narrowed_by(|wait| wait.used_up = true), json!(["limit"]));
}

#[test]
fn the_rule_that_keeps_most_people_away_comes_first() {
    let all = |filter, gender, blocked| {
        narrowed_by(|wait| {
            *wait = Wait {
                filter: Filter::Only(Gender::Male),
                gender: None,
                beyond_filter: filter,
                beyond_gender: gender,
                blocks: true,
                blocked,
                rematch: true,
                used_up: true,
                ..wait.clone()
            }
        })
    };
    assert_eq!(all(15, 10, 5), json!(["filter", "gender", "blocks", "rematch", "limit"]));
    assert_eq!(all(5, 15, 10), json!(["gender", "blocks", "filter", "rematch", "limit"]));
    assert_eq!(all(0, 5, 20), json!(["blocks", "gender", "filter", "rematch", "limit"]));
}

#[test]
fn one_person_more_or_less_changes_no_order_within_a_crowd() {
    for (filter, gender) in [(0, 4), (4, 0), (5, 9), (9, 5)] {
        let named = narrowed_by(|wait| {
            wait.filter = Filter::Only(Gender::Male);
            wait.gender = None;
            (wait.beyond_filter, wait.beyond_gender) = (filter, gender);
        });
        assert_eq!(named, json!(["filter", "gender"]), "{filter} {gender}");
    }
}

#[test]
fn a_rule_is_named_or_not_whoever_else_is_there() {
    for people in [0, 1, 1_000] {
        let named = narrowed_by(|wait| {
            (wait.beyond_filter, wait.beyond_gender, wait.blocked) = (people, people, people);
        });
        assert_eq!(named, json!([]), "none of them applies");
        let named = narrowed_by(|wait| {
            (wait.filter, wait.beyond_filter) = (Filter::Only(Gender::Male), people);
        });
        assert_eq!(named, json!(["filter"]));
    }
}

#[test]
fn the_estimate_is_what_others_waited_of_late_less_what_was_waited() {
    let mut desk = Desk::native();
    let settings = desk.settings();
    for n in 1..=5 {
        let mut other = Desk::beside(&settings, n);
        waits_and_meets(&mut other, n, 40_000);
    }
    desk.at += 10_000;
    assert_eq!(why(&mut desk, plain_wait())["estimate_ms"], json!(30_000));
    let others = Wait { gender: Some(Gender::Male), ..plain_wait() };
    assert_eq!(why(&mut desk, others)["estimate_ms"], json!(null), "nobody knows of men");
    desk.at += 30_000;
    assert_eq!(why(&mut desk, plain_wait())["estimate_ms"], json!(null), "nobody waited longer");
}

#[test]
fn four_people_are_too_few_for_an_estimate() {
    let mut desk = Desk::native();
    let settings = desk.settings();
    for n in 1..=4 {
        waits_and_meets(&mut Desk::beside(&settings, n), n, 40_000);
    }
    let mut again = Desk::beside(&settings, 4);
    waits_and_meets(&mut again, 9, 40_000);
    assert_eq!(why(&mut desk, plain_wait())["estimate_ms"], json!(null));
}

#[test]
fn only_a_wait_that_led_to_a_match_counts_and_only_from_its_own_beginning() {
    let mut desk = Desk::native();
    let settings = desk.settings();
    for n in 1..=8 {
        let mut other = Desk::beside(&settings, n);
        other.frame(r#"{"action":"join"}"#);
        other.event(queued());
        other.commit();
        other.at += 100_000;
        other.frame(r#"{"action":"leave"}"#);
        other.event(Event::Left);
        other.commit();
        // Matched at once, which is no wait.
        other.frame(r#"{"action":"join"}"#);
        meets(&mut other, n);
        other.commit();
    }
    assert_eq!(why(&mut desk, plain_wait())["estimate_ms"], json!(null));
}

#[test]
fn a_wait_that_went_on_after_a_reconnect_counts_and_one_that_was_replaced_does_not() {
    let bucket = Bucket::of(Some(Gender::Female), Filter::Any);
    for (since, counts) in [(START, true), (START + 1, false)] {
        let desk = Desk::native();
        let settings = desk.settings();
        for n in 1..=5 {
            let mut other = Desk::beside(&settings, n);
            other.frame(r#"{"action":"join"}"#);
            other.event(queued());
            other.commit();
            let profile = std::sync::Arc::default();
            let since = UnixMillis::new(since);
            other.event(attached(Phase::Waiting { filter: Filter::Any, profile, since }));
            other.at += 40_000;
            meets(&mut other, n);
        }
        let now = UnixMillis::new(START + 40_000);
        let estimate = settings.waits.estimate(&PoolId::main(), bucket, now, 0);
        assert_eq!(estimate.is_some(), counts, "{since}");
    }
}

#[test]
fn somebody_who_does_not_wait_is_told_so() {
    let mut desk = Desk::native();
    desk.frame(r#"{"action":"why"}"#);
    refused(&desk.give(Input::Viewed(View::Wait(None))), "not_waiting");
}

#[test]
fn why_is_answered_for_original_clients_too() {
    let answer = why(&mut Desk::plain().waiting(), plain_wait());
    assert_eq!(answer["type"], "waiting");
}

#[test]
fn an_answer_that_nobody_asked_for_or_that_is_another_is_no_harm() {
    let mut desk = Desk::native();
    assert!(desk.give(Input::Viewed(View::Wait(None))).is_empty());
    desk.frame(r#"{"action":"why"}"#);
    refused(&desk.give(Input::Viewed(View::Bans(Vec::new()))), "unavailable");
    desk.frame(r#"{"action":"why"}"#);
    refused(&desk.give(Input::Unavailable), "unavailable");
}
