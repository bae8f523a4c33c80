use anonchat_core::session::Input;
use anonchat_core::{Filter, Gender, UnixMillis, View, Wait};
use serde_json::json;

use crate::desk::*;

fn wait(filter: Filter, waiting: u64, blocks: bool) -> View {
    let since = UnixMillis::new(START);
    View::Wait(Some(Wait { filter, since, position: 2, waiting, blocks }))
}

#[test]
fn somebody_who_waits_may_ask_why() {
    let mut desk = Desk::native().waiting();
    let lines = desk.frame(r#"{"action":"why"}"#);
    assert!(lines[0].starts_with("read Wait"), "{lines:?}");
    let lines = desk.give(Input::Viewed(wait(Filter::Only(Gender::Male), 17, true)));
    assert_eq!(
        one(&lines),
        json!({"type": "waiting", "since": START, "position": 2, "people": 20,
            "narrowed_by": ["filter", "blocks"], "estimate_ms": null})
    );
}

#[test]
fn the_number_of_people_is_rounded_so_that_no_single_one_shows() {
    for (waiting, people) in [(1, 5), (5, 5), (6, 10), (u64::MAX, u64::MAX)] {
        let mut desk = Desk::native().waiting();
        desk.frame(r#"{"action":"why"}"#);
        let answer = one(&desk.give(Input::Viewed(wait(Filter::Any, waiting, false))));
        assert_eq!((&answer["people"], &answer["narrowed_by"]), (&json!(people), &json!([])));
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
    let mut desk = Desk::plain().waiting();
    desk.frame(r#"{"action":"why"}"#);
    let answer = one(&desk.give(Input::Viewed(wait(Filter::Any, 1, false))));
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
