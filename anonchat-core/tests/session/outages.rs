use anonchat_core::session::Input;
use anonchat_core::{Client, Command, Event, Peer, Phase, Rejection};
use serde_json::json;

use crate::desk::*;

const AWAY: &str = "Matchmaking is temporarily unavailable. Please try again shortly.";

#[test]
fn while_the_store_is_away_the_frames_that_need_it_are_refused() {
    for (frame, action) in [
        (r#"{"action":"join"}"#, "join"),
        (r#"{"action":"next","filter":"any"}"#, "next"),
        (r#"{"action":"leave"}"#, "leave"),
        (r#"{"action":"why"}"#, "why"),
    ] {
        let mut desk = Desk::native().waiting();
        desk.frame(frame);
        let lines = desk.give(Input::Unavailable);
        assert_eq!(refused(&lines, "unavailable"), AWAY);
        assert_eq!(one(&lines)["action"], action);
    }
    let mut desk = Desk::plain();
    desk.frame(r#"{"action":"leave"}"#);
    assert_eq!(plainly_refused(&desk.give(Input::Unavailable)), AWAY);
}

#[test]
fn while_the_store_is_away_two_people_go_on_talking() {
    let mut desk = Desk::native().paired();
    desk.give(Input::Gap { conn: conn(1) });
    desk.give(Input::Unavailable);
    assert_eq!(desk.frame(r#"{"action":"msg","text":"hi"}"#), ["whisper text - hi"]);
    assert_eq!(desk.hear(1, text("c1", "hi")).len(), 1);
    refused(&desk.frame(r#"{"action":"next"}"#), "unavailable");
}

#[test]
fn coming_in_is_tried_again_and_the_client_told_once() {
    let mut desk = Desk::new(Client::Native, |_| ());
    desk.outputs();
    assert_eq!(refused(&desk.give(Input::Unavailable), "unavailable"), AWAY);
    for _ in 0..3 {
        refused(&desk.frame(r#"{"action":"join"}"#), "unavailable");
        assert_eq!(desk.time_out(), ["apply Attach"]);
        assert!(desk.give(Input::Unavailable).is_empty());
    }
    assert_eq!(desk.time_out(), ["apply Attach"]);
    assert_eq!(desk.attached(Phase::Idle).len(), 2);
    assert_eq!(desk.frame(r#"{"action":"join"}"#), ["apply Join"]);
}

#[test]
fn connections_do_not_all_come_back_at_once() {
    let retries: std::collections::BTreeSet<_> = (0..20)
        .map(|number| {
            let mut desk = Desk::native();
            let settings = std::sync::Arc::new(settings(|_| ()));
            let at = anonchat_core::UnixMillis::new(START);
            let pool = settings.pool(None);
            desk.session = anonchat_core::session::Session::new(
                at,
                settings,
                pool,
                Client::Native,
                device(),
                conn(number),
            );
            desk.outputs();
            desk.give(Input::Unavailable);
            desk.session.deadline().expect("a retry").get() - START
        })
        .collect();
    assert_eq!(retries.len(), 20);
    assert!(retries.iter().all(|wait| (1_000..2_000).contains(wait)));
}

#[test]
fn after_a_gap_the_pool_says_the_truth_and_hello_shows_it() {
    let mut desk = Desk::native().paired();
    assert_eq!(desk.give(Input::Gap { conn: conn(1) }), ["apply Attach"]);
    let hello = one(&desk.attached(Phase::Idle));
    assert_eq!((&hello["type"], &hello["phase"]), (&json!("hello"), &json!("idle")));
    refused(&desk.frame(r#"{"action":"msg","text":"hi"}"#), "not_paired");
}

#[test]
fn a_gap_while_something_is_asked_is_looked_after_when_it_is_answered() {
    let mut desk = Desk::native();
    desk.frame(r#"{"action":"join"}"#);
    assert!(desk.give(Input::Gap { conn: conn(1) }).is_empty());
    assert_eq!(desk.commit(), ["apply Attach"]);
    assert_eq!(json_of(&desk.attached(lining_up())[0])["phase"], "waiting");
}

#[test]
fn who_was_taken_for_dead_comes_in_again_and_asks_again() {
    let mut desk = Desk::native();
    desk.frame(r#"{"action":"join","filter":"female"}"#);
    let join = desk.command.clone();
    assert_eq!(desk.reject(Rejection::NotAttached), ["apply Attach"]);
    let lines = desk.attached(Phase::Idle);
    assert_eq!(json_of(&lines[0])["type"], "hello");
    assert_eq!(lines[1..], ["apply Join"]);
    assert_eq!(desk.command, join);
    desk.event(queued());
    assert!(desk.commit().is_empty());
}

#[test]
fn what_is_refused_twice_for_that_is_refused() {
    let mut desk = Desk::native();
    desk.frame(r#"{"action":"join"}"#);
    desk.reject(Rejection::NotAttached);
    desk.attached(Phase::Idle);
    refused(&desk.reject(Rejection::NotAttached), "unavailable");

    desk.frame(r#"{"action":"join"}"#);
    desk.reject(Rejection::NotAttached);
    let lines = desk.give(Input::Unavailable);
    refused(&lines, "unavailable");
    assert_eq!(one(&lines)["action"], "join");
}

#[test]
fn an_original_client_learns_after_a_gap_what_it_has_missed() {
    let gap = |mut desk: Desk, phase: Phase| {
        desk.give(Input::Gap { conn: conn(1) });
        desk.attached(phase).iter().map(|line| json_of(line)["type"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(gap(Desk::plain(), Phase::Idle), [""; 0]);
    assert_eq!(gap(Desk::plain().waiting(), lining_up()), [""; 0]);
    assert_eq!(gap(Desk::plain().paired(), talking(1, ben())), [""; 0]);
    assert_eq!(gap(Desk::plain().waiting(), talking(1, ben())), ["matched"]);
    assert_eq!(gap(Desk::plain().paired(), Phase::Idle), ["peer_left"]);
    assert_eq!(gap(Desk::plain().paired(), talking(2, ben())), ["peer_left", "matched"]);
    assert_eq!(gap(Desk::plain().paired(), lining_up()), ["peer_left", "queued"]);
    assert_eq!(gap(Desk::plain().waiting(), Phase::Idle), ["error"]);
}

#[test]
fn a_command_that_was_carried_out_although_its_answer_was_lost_still_tells() {
    let mut desk = Desk::native();
    desk.frame(r#"{"action":"join"}"#);
    refused(&desk.give(Input::Unavailable), "unavailable");
    assert_eq!(json_of(&desk.event(queued())[0])["type"], "queued");
}

#[test]
fn two_original_clients_that_cross_leave_one_with_the_device() {
    let mut desk = Desk::plain();
    desk.give(Input::Gap { conn: conn(1) });
    assert!(desk.event(Event::Replaced { by: Client::Plain }).is_empty());
    desk.attached(Phase::Idle);
    assert_eq!(desk.frame(r#"{"action":"join"}"#), ["apply Join"]);
    desk.event(queued());
    desk.commit();
    assert_eq!(desk.give(Input::Closed), ["apply Detach"]);
    assert!(matches!(desk.command, Some(Command::Detach { .. })));
}

#[test]
fn every_attach_but_the_first_that_succeeds_says_that_it_comes_again() {
    let again = |desk: &Desk| match desk.command {
        Some(Command::Attach { again, .. }) => again,
        _ => panic!("no attach"),
    };
    let mut desk = Desk::new(Client::Native, |_| ());
    desk.outputs();
    assert!(!again(&desk));
    desk.give(Input::Unavailable);
    desk.time_out();
    assert!(!again(&desk), "it has not come in yet");
    desk.attached(Phase::Idle);
    for _ in 0..2 {
        assert_eq!(desk.give(Input::Gap { conn: conn(1) }), ["apply Attach"]);
        assert!(again(&desk));
        desk.attached(Phase::Idle);
    }

    let mut desk = Desk::new(Client::Native, |_| ());
    desk.outputs();
    desk.event(attached(Phase::Idle));
    desk.give(Input::Unavailable);
    desk.time_out();
    assert!(again(&desk), "it has come in although the answer was lost");
}

#[test]
fn who_missed_that_it_was_replaced_learns_it_when_it_comes_again() {
    let gap = |client| {
        let mut desk = Desk::new(client, |_| ()).arrived().paired();
        assert_eq!(desk.give(Input::Gap { conn: conn(1) }), ["apply Attach"]);
        desk
    };
    for by in [Client::Native, Client::Plain] {
        let lines = gap(Client::Native).reject(Rejection::Replaced { by });
        assert_eq!(lines, [r#"{"type":"replaced"}"#, "close 4001 replaced"]);
    }
    let lines = gap(Client::Plain).reject(Rejection::Replaced { by: Client::Native });
    assert_eq!(lines, ["close 4001 replaced"]);

    let mut desk = gap(Client::Plain);
    let lines = desk.reject(Rejection::Replaced { by: Client::Plain });
    assert_eq!(one(&lines)["type"], "peer_left");
    assert_eq!(
        plainly_refused(&desk.frame(r#"{"action":"join"}"#)),
        "This chat is open in another window."
    );
    assert_eq!(desk.give(Input::Closed), ["close 1000 "], "the device is not its to detach");
}

#[test]
fn a_question_of_somebody_who_was_replaced_is_not_asked_again() {
    let mut desk = Desk::plain();
    desk.frame(r#"{"action":"join"}"#);
    assert_eq!(desk.reject(Rejection::NotAttached), ["apply Attach"]);
    let lines = desk.reject(Rejection::Replaced { by: Client::Plain });
    assert_eq!(plainly_refused(&lines), "This chat is open in another window.");
}

#[test]
fn a_replacement_that_is_told_twice_is_said_once() {
    let mut desk = Desk::native();
    desk.give(Input::Gap { conn: conn(1) });
    let by = Client::Native;
    assert_eq!(desk.event(Event::Replaced { by }), [r#"{"type":"replaced"}"#]);
    assert_eq!(desk.reject(Rejection::Replaced { by }), ["close 4001 replaced"]);
}

#[test]
fn after_a_gap_talk_goes_to_where_the_partner_is_now() {
    let mut desk = Desk::native().paired();
    desk.give(Input::Gap { conn: conn(1) });
    let peer = Peer { route: None, ..ben() };
    assert_eq!(one(&desk.attached(talking(1, peer)))["peer_present"], false);
    assert!(desk.frame(r#"{"action":"msg","text":"hi"}"#).is_empty());
    desk.give(Input::Gap { conn: conn(1) });
    desk.attached(talking(1, ben()));
    assert_eq!(desk.frame(r#"{"action":"msg","text":"hi"}"#), ["whisper text - hi"]);
}

#[test]
fn after_a_gap_who_waits_or_talks_comes_in_under_a_new_name() {
    for (mut desk, phase) in
        [(Desk::native().paired(), talking(1, ben())), (Desk::native().waiting(), lining_up())]
    {
        assert!(desk.session.wants_new_name());
        assert_eq!(desk.give(Input::Gap { conn: name(9) }), ["apply Detach"]);
        assert_eq!(desk.command, Some(Command::Detach { device: device(), conn: conn(1) }));
        assert_eq!(desk.commit(), ["apply Attach"]);
        let Some(Command::Attach { conn, .. }) = desk.command else { panic!("an attach") };
        assert_eq!(conn, name(9));
        assert_eq!(one(&desk.attached(phase))["type"], "hello");
        assert_eq!(desk.give(Input::Closed), ["apply Detach"]);
        assert_eq!(desk.command, Some(Command::Detach { device: device(), conn: name(9) }));
    }
}

#[test]
fn who_has_nothing_to_miss_or_no_grace_keeps_the_name() {
    let without = |policy: &mut anonchat_core::Policy| policy.connection.grace_s = 0;
    let mut beside = Desk::native().paired();
    beside.event(Event::PeerBack { pair: pair_id(1), route: name(3) });
    for desk in [
        Desk::native(),
        beside,
        Desk::plain().paired(),
        Desk::new(Client::Native, without).arrived().paired(),
    ] {
        assert!(!desk.session.wants_new_name());
    }
}

#[test]
fn who_learns_late_that_the_partner_was_elsewhere_says_that_it_missed_something() {
    let beside = || {
        let mut desk = Desk::native().paired();
        desk.event(Event::PeerBack { pair: pair_id(1), route: name(3) });
        desk.give(Input::Gap { conn: conn(1) });
        desk
    };
    let mut desk = beside();
    let lines = desk.attached(talking(1, ben()));
    assert_eq!(lines[1..], ["missed"]);
    assert!(desk.session.wants_new_name());
    assert_eq!(desk.give(Input::Gap { conn: name(9) }), ["apply Detach"]);
    desk.commit();
    assert_eq!(desk.attached(talking(1, ben())).len(), 1, "only once");
    for route in [None, Some(name(3)), Some(name(4))] {
        let mut desk = beside();
        assert_eq!(desk.attached(talking(1, Peer { route, ..ben() })).len(), 1);
    }
}

#[test]
fn a_former_name_is_given_up_however_long_the_store_is_away() {
    let mut desk = Desk::native().paired();
    desk.give(Input::Gap { conn: name(8) });
    refused(&desk.give(Input::Unavailable), "unavailable");
    assert_eq!(desk.time_out(), ["apply Detach"]);
    assert!(desk.give(Input::Gap { conn: name(9) }).is_empty());
    assert!(desk.give(Input::Unavailable).is_empty());
    assert_eq!(desk.time_out(), ["apply Detach"]);
    assert_eq!(desk.command, Some(Command::Detach { device: device(), conn: conn(1) }));
    assert!(desk.give(Input::Unavailable).is_empty());
    assert_eq!(desk.give(Input::Closed), ["apply Detach"], "and so it is by who goes");
    assert_eq!(desk.command, Some(Command::Detach { device: device(), conn: conn(1) }));
    assert_eq!(desk.commit().len(), 1);
}

#[test]
fn after_a_gap_nothing_is_handed_on_before_what_may_be_lost_comes_again() {
    let say = |id: &str| format!(r#"{{"action":"msg","id":"{id}","text":"hi"}}"#);
    let mut desk = Desk::native().paired();
    assert_eq!(desk.frame(&say("c1")), ["whisper text c1 hi"]);
    desk.give(Input::Gap { conn: name(9) });
    assert!(desk.frame(&say("c2")).is_empty());
    desk.commit();
    desk.attached(talking(1, ben()));
    assert!(desk.frame(&say("c3")).is_empty());
    for id in ["c1", "c2", "c3"] {
        assert_eq!(desk.frame(&say(id)), [format!("whisper text {id} hi")]);
    }
}
