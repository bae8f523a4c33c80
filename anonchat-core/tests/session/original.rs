//! What the original client gets, to the letter of its own protocol.

use anonchat_core::Client;
use anonchat_core::{Body, Departure, Event, Gender, Rejection, UnixMillis, Verification};
use serde_json::json;

use crate::desk::*;

const LIMITS: &str = r#""limits":{"male":5,"female":4,"non-binary":9999,"prefer-not-to-say":0}"#;

#[test]
fn its_frames_have_the_members_of_its_own_protocol_and_no_other() {
    let mut desk = Desk::plain();
    desk.frame(r#"{"action":"join","filter":"any","nickname":"UserA"}"#);
    let lines = desk.event(queued());
    assert_eq!(lines, [format!(r#"{{"type":"queued","filter":"any",{LIMITS}}}"#)]);
    desk.commit();
    let peer = partner();
    let lines = desk.event(matched(1));
    let profile = r#""peer_profile":{"nickname":"Ben","gender":"male"},"peer_gender":"male""#;
    assert_eq!(lines, [format!(r#"{{"type":"matched","peer":"{peer}",{profile},{LIMITS}}}"#)]);
    let lines = desk.hear(1, text("c1", "hello"));
    assert_eq!(lines[0], format!(r#"{{"type":"msg","from":"{peer}","text":"hello"}}"#));
    let lines = desk.hear(1, Body::Typing(true));
    assert_eq!(lines, [format!(r#"{{"type":"typing","from":"{peer}"}}"#)]);
    let lines = desk.event(Event::Reported { target: peer });
    assert_eq!(lines, [format!(r#"{{"type":"reported","target":"{peer}"}}"#)]);
    let lines = desk.event(Event::PeerLeft { pair: pair_id(1), why: Departure::Next });
    assert_eq!(lines, [format!(r#"{{"type":"peer_left","peer":"{peer}"}}"#)]);
}

#[test]
fn a_partner_without_gender_or_name_is_shown_as_unknown() {
    let mut desk = Desk::plain();
    desk.frame(r#"{"action":"join"}"#);
    let (pair, since) = (pair_id(1), UnixMillis::new(START));
    let mut peer = ben();
    (peer.gender, peer.profile) = (None, Default::default());
    let side = anonchat_core::Side::A;
    let lines = desk.event(Event::Matched { pair, side, peer, since, left: left() });
    let matched = one(&lines);
    assert_eq!(matched["peer_profile"], json!({"nickname": null, "gender": "?"}));
    assert_eq!(matched["peer_gender"], json!(null));
}

#[test]
fn its_errors_have_its_own_words() {
    let until = UnixMillis::new(START + 9);
    for (rejection, message) in [
        (Rejection::Cooldown { until }, "Cooldown: wait before re-joining"),
        (
            Rejection::DailyLimit { filter: Gender::Male, resets: until },
            "Daily limit reached for this filter",
        ),
        (
            Rejection::DailyTotal { resets: until },
            "Daily match limit reached. Please return tomorrow.",
        ),
    ] {
        let mut desk = Desk::plain();
        desk.frame(r#"{"action":"join"}"#);
        assert_eq!(plainly_refused(&desk.reject(rejection)), message);
    }
    let mut desk = Desk::plain().paired();
    let message = plainly_refused(&desk.frame(r#"{"action":"msg","text":" "}"#));
    assert_eq!(message, "Invalid message");
}

#[test]
fn next_is_answered_and_leave_is_not() {
    let mut desk = Desk::plain().paired();
    desk.frame(r#"{"action":"next"}"#);
    assert_eq!(desk.event(Event::Left), [r#"{"type":"left"}"#]);
    desk.commit();
    assert_eq!(desk.frame(r#"{"action":"leave"}"#), ["apply Leave"]);
    assert!(desk.event(Event::Left).is_empty());
    assert!(desk.commit().is_empty());
}

#[test]
fn next_does_not_queue_again_whatever_it_says() {
    let mut desk = Desk::plain().paired();
    assert_eq!(desk.frame(r#"{"action":"next","filter":"any"}"#), ["apply Leave"]);
}

#[test]
fn without_a_partner_its_messages_and_typing_pass_in_silence() {
    let mut desk = Desk::plain();
    assert!(desk.frame(r#"{"action":"msg","text":"hi"}"#).is_empty());
    assert!(desk.frame(r#"{"action":"typing"}"#).is_empty());
}

#[test]
fn nothing_unknown_comes_unasked() {
    let mut desk = Desk::plain().paired();
    let (pair, until) = (pair_id(1), UnixMillis::new(START + 15_000));
    assert!(desk.event(Event::PeerAway { pair, until }).is_empty());
    assert!(desk.event(Event::PeerBack { pair, route: conn(2) }).is_empty());
    assert!(desk.hear(1, Body::Typing(false)).is_empty());
    assert!(desk.hear(1, ack("c1")).is_empty());
    assert!(desk.event(Event::Verified { gender: Gender::Male }).is_empty());
}

#[test]
fn an_id_is_a_member_that_it_does_not_know() {
    let mut desk = Desk::plain().paired();
    let lines = desk.frame(r#"{"action":"msg","id":"an id of no use","text":"hi"}"#);
    assert_eq!(lines, ["whisper text - hi"]);
    assert_eq!(desk.session.unacknowledged(), 0);
}

#[test]
fn the_newer_actions_are_understood_and_answered_all_the_same() {
    let mut desk = Desk::new(Client::Plain, |policy| policy.verification = Verification::Off);
    desk = desk.arrived();
    desk.frame(r#"{"action":"declare","gender":"male"}"#);
    let lines = desk.event(Event::Verified { gender: Gender::Male });
    assert_eq!(lines, [r#"{"type":"declared","gender":"male"}"#]);
    desk.commit();
    desk.frame(&json!({"action": "block", "peer": partner().to_string()}).to_string());
    assert_eq!(one(&desk.event(Event::Blocked { block: partner() }))["type"], "blocked");
}

#[test]
fn malformed_frames_are_answered_and_never_close() {
    let mut desk = Desk::plain();
    for bad in ["", "null", "[]", r#"["leave"]"#, "{}", r#"{"action":7}"#, "\u{0}", "}{", "{"] {
        assert_eq!(plainly_refused(&desk.frame(bad)), "Invalid frame", "{bad}");
    }
    assert_eq!(plainly_refused(&desk.frame(r#"{"action":"dance"}"#)), "Unknown action");
    assert_eq!(desk.frame(r#"{"action":"join"}"#), ["apply Join"]);
}
