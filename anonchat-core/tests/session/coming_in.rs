use anonchat_core::session::Input;
use anonchat_core::{Client, Command, Event, Peer, Phase, Rejection, UnixMillis};
use serde_json::json;

use crate::desk::*;

const BAN: &str =
    "You have been temporarily banned due to multiple reports. Ban expires in 24 hours.";

#[test]
fn a_connection_first_takes_the_device() {
    let mut desk = Desk::new(Client::Native, |_| ());
    assert_eq!(desk.outputs(), ["apply Attach"]);
    let attach =
        Command::Attach { device: device(), conn: conn(1), client: Client::Native, again: false };
    assert_eq!(desk.command, Some(attach));
}

#[test]
fn the_first_frame_is_what_is_left_today() {
    for client in [Client::Plain, Client::Native] {
        let mut desk = Desk::new(client, |_| ());
        desk.outputs();
        let lines = desk.attached(Phase::Idle);
        assert_eq!(
            lines[0],
            "{\"type\":\"daily_limits\",\"limits\":{\"male\":5,\"female\":4,\
             \"non-binary\":9999,\"prefer-not-to-say\":0}}"
        );
        assert_eq!(lines.len(), if client == Client::Native { 2 } else { 1 });
    }
}

#[test]
fn hello_says_what_the_device_does_and_what_the_server_allows() {
    let mut desk = Desk::new(Client::Native, |policy| {
        policy.connection.grace_s = 20;
        policy.text.bio_chars = 99;
    });
    desk.outputs();
    let hello = json_of(&desk.attached(Phase::Idle)[1]);
    assert_eq!(
        hello,
        json!({"type": "hello", "v": 1, "phase": "idle", "gender": "female",
            "verification": "optional",
            "limits": {"male": 5, "female": 4, "non-binary": 9999, "prefer-not-to-say": 0},
            "text": {"message_chars": 500, "nickname_chars": 30, "bio_chars": 99},
            "grace_ms": 20_000, "pools": ["main", "quiet"],
            "reports": ["harassment", "spam", "minor", "explicit", "other"]})
    );
}

#[test]
fn hello_shows_the_place_in_the_queue_that_was_kept() {
    let mut desk = Desk::new(Client::Native, |_| ());
    desk.outputs();
    let hello = json_of(&desk.attached(lining_up())[1]);
    assert_eq!(hello["phase"], "waiting");
    assert_eq!(hello["filter"], "male");
    assert_eq!(hello["since"], START);
    assert_eq!(hello.get("peer"), None);
}

#[test]
fn hello_shows_the_pair_that_was_kept_and_whether_the_partner_is_there() {
    for present in [true, false] {
        let mut desk = Desk::new(Client::Native, |_| ());
        desk.outputs();
        let peer = Peer { route: present.then(|| conn(2)), ..ben() };
        let hello = json_of(&desk.attached(talking(1, peer))[1]);
        assert_eq!(hello["phase"], "paired");
        assert_eq!(hello["peer"], partner().to_string());
        assert_eq!(hello["peer_profile"]["nickname"], "Ben");
        assert_eq!(hello["peer_profile"]["bio"], "hums");
        assert_eq!(hello["peer_present"], present);
        assert_eq!(hello["since"], START);
    }
}

#[test]
fn a_pair_that_was_kept_goes_on_talking() {
    let mut desk = Desk::new(Client::Native, |_| ());
    desk.outputs();
    desk.attached(talking(1, ben()));
    let lines = desk.frame(r#"{"action":"msg","id":"c7","text":"back again"}"#);
    assert_eq!(lines, ["whisper text c7 back again"]);
}

#[test]
fn an_original_client_that_takes_a_pair_over_is_shown_it() {
    let mut desk = Desk::new(Client::Plain, |_| ());
    desk.outputs();
    let lines = desk.attached(talking(1, ben()));
    assert_eq!(json_of(&lines[1])["type"], "matched");
    assert_eq!(desk.frame(r#"{"action":"msg","text":"hi"}"#), ["whisper text - hi"]);
}

#[test]
fn an_original_client_that_takes_a_place_in_the_queue_over_is_shown_it() {
    let mut desk = Desk::new(Client::Plain, |_| ());
    desk.outputs();
    let queued = json_of(&desk.attached(lining_up())[1]);
    assert_eq!((&queued["type"], &queued["filter"]), (&json!("queued"), &json!("male")));
}

#[test]
fn a_banned_native_client_is_told_until_when_and_closed() {
    let mut desk = Desk::new(Client::Native, |_| ());
    desk.outputs();
    let lines = desk.reject(Rejection::Banned { until: UnixMillis::new(2_000_000) });
    assert_eq!(lines, [r#"{"type":"banned","until":2000000}"#, "close 4003 banned"]);
    assert!(desk.give(Input::Closed).is_empty());
}

#[test]
fn a_banned_original_client_gets_its_own_words_and_is_closed() {
    let mut desk = Desk::new(Client::Plain, |_| ());
    desk.outputs();
    let lines = desk.reject(Rejection::Banned { until: UnixMillis::new(2_000_000) });
    assert_eq!(plainly_refused(&lines[..1]), BAN);
    assert_eq!(lines[1..], ["close 4003 banned"]);
}

#[test]
fn a_ban_ends_the_connection_that_is_open() {
    let mut desk = Desk::native().paired();
    let lines = desk.event(Event::Banned { until: UnixMillis::new(2_000_000) });
    assert_eq!(lines, [r#"{"type":"banned","until":2000000}"#, "close 4003 banned"]);
    let mut desk = Desk::plain().paired();
    let lines = desk.event(Event::Banned { until: UnixMillis::new(2_000_000) });
    assert_eq!(plainly_refused(&lines[..1]), BAN);
    assert_eq!(lines[1..], ["close 4003 banned"]);
}

#[test]
fn a_pool_that_does_not_exist_is_named_as_the_error_of_every_frame() {
    let mut desk = Desk::in_pool(Client::Native, |_| (), |settings| settings.pool(Some("none")));
    refused(&desk.outputs(), "unknown_pool");
    refused(&desk.frame(r#"{"action":"join"}"#), "unknown_pool");
    refused(&desk.frame(r#"{"action":"why"}"#), "unknown_pool");
    assert_eq!(desk.give(Input::Closed), ["close 1000 "]);
}

#[test]
fn a_client_chooses_its_pool_or_gets_the_first() {
    let settings = settings(|_| ());
    assert_eq!(settings.pool(None), settings.pool(Some("main")));
    assert_eq!(settings.pool(Some("quiet")).expect("is there").as_str(), "quiet");
    assert_eq!(settings.pool(Some("{main}")), None);
}

#[test]
fn a_newer_connection_closes_a_native_one() {
    for by in [Client::Plain, Client::Native] {
        let mut desk = Desk::native().paired();
        let lines = desk.event(Event::Replaced { by });
        assert_eq!(lines, [r#"{"type":"replaced"}"#, "close 4001 replaced"]);
        assert!(desk.give(Input::Closed).is_empty(), "the device is another connection's now");
    }
}

#[test]
fn an_original_client_is_closed_only_when_a_native_one_replaces_it() {
    let mut desk = Desk::plain().waiting();
    assert_eq!(desk.event(Event::Replaced { by: Client::Native }), ["close 4001 replaced"]);

    let mut desk = Desk::plain().waiting();
    assert!(desk.event(Event::Replaced { by: Client::Plain }).is_empty());
    assert!(desk.session.deadline().is_some(), "it stays");
}

#[test]
fn an_original_client_without_state_gets_errors_and_never_touches_the_pool() {
    let mut desk = Desk::plain().paired();
    let lines = desk.event(Event::Replaced { by: Client::Plain });
    assert_eq!(one(&lines), json!({"type": "peer_left", "peer": partner().to_string()}));
    for frame in ["join", "next", "declare\",\"gender\":\"male", "why"] {
        let lines = desk.frame(&format!(r#"{{"action":"{frame}"}}"#));
        let message = plainly_refused(&lines);
        assert!(!message.is_empty());
    }
    for frame in [r#"{"action":"leave"}"#, r#"{"action":"msg","text":"hi"}"#] {
        assert!(desk.frame(frame).is_empty());
    }
    assert!(desk.hear(1, text("c1", "late")).is_empty());
    assert_eq!(desk.give(Input::Closed), ["close 1000 "]);
}

#[test]
fn what_was_asked_while_another_connection_took_over_is_answered() {
    let mut desk = Desk::plain();
    assert_eq!(desk.frame(r#"{"action":"join"}"#), ["apply Join"]);
    desk.event(Event::Replaced { by: Client::Plain });
    let message = plainly_refused(&desk.reject(Rejection::NotAttached));
    assert_eq!(message, "This chat is open in another window.");
}

#[test]
fn an_attach_that_overtakes_its_own_replacement_is_undone() {
    let mut desk = Desk::native();
    assert_eq!(desk.give(Input::Gap { conn: conn(1) }), ["apply Attach"]);
    let lines = desk.event(Event::Replaced { by: Client::Native });
    assert_eq!(lines, [r#"{"type":"replaced"}"#]);
    assert!(desk.event(attached(Phase::Idle)).is_empty());
    assert_eq!(desk.commit(), ["apply Detach"]);
    assert_eq!(desk.commit(), ["close 4001 replaced"]);
}
