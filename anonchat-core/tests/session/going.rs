use anonchat_core::session::{Input, Session};
use anonchat_core::{Client, Command, Event, Phase, Rejection, UnixMillis};

use crate::desk::*;

fn restart(desk: &mut Desk) -> Vec<String> {
    desk.give(Input::Restart { reconnect_in_ms: 1_200 })
}

#[test]
fn a_connection_that_ends_takes_its_leave_of_the_pool() {
    for mut desk in [Desk::native(), Desk::plain().paired(), Desk::native().waiting()] {
        assert_eq!(desk.give(Input::Closed), ["apply Detach"]);
        assert_eq!(desk.command, Some(Command::Detach { device: device(), conn: conn(1) }));
        assert_eq!(desk.commit(), ["close 1000 "]);
        assert_eq!(desk.session.deadline(), None);
    }
}

#[test]
fn a_connection_that_ends_while_it_comes_in_still_takes_its_leave() {
    let mut desk = Desk::new(Client::Native, |_| ());
    desk.outputs();
    assert!(desk.give(Input::Closed).is_empty());
    desk.event(attached(Phase::Idle));
    assert_eq!(desk.commit(), ["apply Detach"]);
    assert_eq!(desk.reject(Rejection::NotAttached), ["close 1000 "]);
}

#[test]
fn a_leave_that_the_store_did_not_take_is_repeated_until_it_does() {
    let mut desk = Desk::native().waiting();
    desk.give(Input::Closed);
    for _ in 0..3 {
        assert!(desk.give(Input::Unavailable).is_empty());
        let wait = desk.session.deadline().expect("a retry").get() - desk.at;
        assert!((1_000..=2_000).contains(&wait), "{wait}");
        assert_eq!(desk.time_out(), ["apply Detach"]);
    }
    assert_eq!(desk.commit(), ["close 1000 "]);
}

#[test]
fn a_silent_client_is_asked_for_a_sign_and_then_closed() {
    let mut desk = Desk::native();
    assert_eq!(desk.time_out(), ["ping"]);
    assert_eq!(desk.at, START + 30_000);
    assert_eq!(desk.time_out(), ["apply Detach"]);
    assert_eq!(desk.at, START + 60_000);
    assert_eq!(desk.commit(), ["close 1001 idle"]);
}

#[test]
fn any_sign_of_life_keeps_a_connection() {
    for sign in [true, false] {
        let mut desk = Desk::plain();
        for _ in 0..5 {
            assert_eq!(desk.time_out(), ["ping"]);
            desk.at += 29_999;
            if sign {
                desk.give(Input::Alive);
            } else {
                desk.frame(r#"{"action":"typing"}"#);
            }
            assert!(desk.give(Input::Timeout).is_empty(), "an early timeout changes nothing");
        }
    }
}

#[test]
fn mail_is_no_sign_of_life() {
    let mut desk = Desk::native().paired();
    desk.time_out();
    desk.at += 29_000;
    desk.hear(1, text("c1", "hi"));
    desk.event(Event::PeerAway { pair: pair_id(1), until: UnixMillis::MAX });
    assert_eq!(desk.time_out(), ["apply Detach"]);
    assert_eq!(desk.at, START + 60_000);
}

#[test]
fn a_client_is_not_taken_for_dead_because_the_server_was_late() {
    let mut desk = Desk::native();
    desk.at = START + 600_000;
    assert_eq!(desk.give(Input::Timeout), ["ping"]);
    desk.frame(r#"{"action":"join"}"#);
    assert_eq!(desk.session.deadline(), None, "nothing is read while the store works");
    desk.at += 600_000;
    desk.event(queued());
    assert!(desk.commit().is_empty());
    assert_eq!(desk.time_out(), ["ping"]);
}

#[test]
fn before_a_restart_the_leave_is_committed_and_then_the_client_told() {
    let mut desk = Desk::native().paired();
    assert_eq!(restart(&mut desk), ["apply Detach"]);
    assert!(desk.frame(r#"{"action":"msg","text":"hi"}"#).is_empty());
    assert!(desk.hear(1, text("c1", "hi")).is_empty(), "the sender keeps it");
    assert_eq!(
        desk.commit(),
        [r#"{"type":"server_restarting","reconnect_in_ms":1200}"#, "close 1012 restarting"]
    );
}

#[test]
fn before_a_restart_an_original_client_is_closed_only() {
    let mut desk = Desk::plain().paired();
    assert_eq!(restart(&mut desk), ["apply Detach"]);
    assert!(desk.hear(1, text("c1", "hi")).is_empty(), "nothing is acknowledged");
    assert_eq!(desk.commit(), ["close 1012 restarting"]);
}

#[test]
fn a_restart_does_not_wait_for_a_store_that_is_away() {
    let mut desk = Desk::native().paired();
    restart(&mut desk);
    assert_eq!(desk.give(Input::Unavailable).len(), 2);

    let mut desk = Desk::new(Client::Plain, |_| ());
    desk.outputs();
    desk.give(Input::Unavailable);
    assert_eq!(restart(&mut desk), ["apply Detach"]);
    assert_eq!(desk.give(Input::Unavailable), ["close 1012 restarting"]);

    let mut desk = Desk::native();
    desk.give(Input::Closed);
    desk.give(Input::Unavailable);
    assert_eq!(restart(&mut desk), ["apply Detach"]);
    assert_eq!(desk.give(Input::Unavailable), ["close 1000 "]);
}

#[test]
fn a_restart_waits_for_the_answer_that_is_on_its_way() {
    let mut desk = Desk::native();
    desk.frame(r#"{"action":"join"}"#);
    assert!(restart(&mut desk).is_empty());
    assert!(desk.event(queued()).is_empty());
    assert_eq!(desk.commit(), ["apply Detach"]);
    assert_eq!(desk.commit().len(), 2);
}

#[test]
fn after_the_close_nothing_comes() {
    let mut desk = Desk::native().paired();
    desk.event(Event::Replaced { by: Client::Native });
    restart(&mut desk);
    for input in [
        Input::Alive,
        Input::Gap { conn: conn(1) },
        Input::Timeout,
        Input::Unavailable,
        Input::Closed,
    ] {
        assert!(desk.give(input).is_empty());
    }
    assert!(desk.frame(r#"{"action":"join"}"#).is_empty());
    assert!(desk.event(matched(2)).is_empty());
    assert_eq!(desk.session.deadline(), None);
}

#[test]
fn a_session_can_move_between_threads() {
    fn moves<T: Send>() {}
    moves::<Session>();
}

#[test]
fn a_client_that_could_not_be_heard_is_not_judged() {
    let mut desk = Desk::native();
    assert_eq!(desk.time_out(), ["ping"]);
    desk.give(Input::Gap { conn: conn(1) });
    desk.at += 600_000;
    assert!(desk.give(Input::Timeout).is_empty(), "its answer may be waiting to be read");
    desk.attached(Phase::Idle);
    assert!(desk.give(Input::Timeout).is_empty(), "and so it may still be");
    let deadline = desk.session.deadline().expect("a deadline");
    assert_eq!(deadline.get() - desk.at, 30_000);
    assert_eq!(desk.time_out(), ["apply Detach"]);
}

#[test]
fn time_does_not_run_back() {
    let mut desk = Desk::native();
    desk.at += 10_000;
    desk.give(Input::Alive);
    let deadline = desk.session.deadline();
    desk.at -= 9_000;
    desk.give(Input::Alive);
    assert_eq!(desk.session.deadline(), deadline);
}
