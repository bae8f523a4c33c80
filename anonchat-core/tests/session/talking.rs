use anonchat_core::{Alias, Body, Departure, Event, UnixMillis};
use serde_json::json;

use crate::desk::*;

#[test]
fn a_message_goes_to_the_partner_trimmed() {
    let mut desk = Desk::native().paired();
    let lines = desk.frame(r#"{"action":"msg","text":"  hello \n"}"#);
    assert_eq!(lines, ["whisper text - hello"]);
}

#[test]
fn a_message_is_carried_as_it_is() {
    let mut desk = Desk::native().paired();
    let words = "<b>&amp; \u{1f600} \u{202e}\u{0} 'x'</b>";
    let frame = json!({"action": "msg", "text": words}).to_string();
    assert_eq!(desk.frame(&frame), [format!("whisper text - {words}")]);
    let heard = one(&desk.hear(1, text("", words)));
    assert_eq!(heard["text"], words);
}

#[test]
fn a_message_that_is_empty_or_too_long_is_refused() {
    let mut desk = Desk::native().paired();
    let message = refused(&desk.frame(r#"{"action":"msg","id":"c1","text":" \t "}"#), "empty");
    assert_eq!(message, "Invalid message");
    let long = json!({"action": "msg", "text": "é".repeat(501)}).to_string();
    assert_eq!(refused(&desk.frame(&long), "too_long"), "Invalid message");
    let fits = json!({"action": "msg", "text": format!(" {} ", "é".repeat(500))}).to_string();
    assert_eq!(desk.frame(&fits).len(), 1);
}

#[test]
fn a_refused_message_is_named_by_its_id() {
    let mut desk = Desk::native().paired();
    let lines = desk.frame(r#"{"action":"msg","id":"c1","text":""}"#);
    assert_eq!(
        one(&lines),
        json!({"type": "error", "message": "Invalid message", "code": "empty", "action": "msg",
            "id": "c1"})
    );
}

#[test]
fn contact_details_and_abuse_are_not_relayed() {
    let mut desk = Desk::native().paired();
    let message = refused(&desk.frame(r#"{"action":"msg","text":"me@b"}"#), "contact_details");
    assert_eq!(message, "Sharing personal information is not allowed.");
    refused(&desk.frame(r#"{"action":"msg","text":"damn you"}"#), "profanity");
    let mut desk = Desk::plain().paired();
    let message = plainly_refused(&desk.frame(r#"{"action":"msg","text":"me@b"}"#));
    assert_eq!(message, "Sharing personal information is not allowed.");
}

#[test]
fn without_a_partner_there_is_nobody_to_talk_to() {
    let mut desk = Desk::native().waiting();
    let lines = desk.frame(r#"{"action":"msg","id":"c1","text":"hi"}"#);
    refused(&lines, "not_paired");
    assert_eq!(one(&lines)["id"], "c1");
    refused(&desk.frame(r#"{"action":"typing"}"#), "not_paired");
    assert!(desk.frame(r#"{"action":"ack","id":"c1"}"#).is_empty(), "it may have been on its way");
}

#[test]
fn what_is_meant_for_a_former_partner_does_not_reach_the_next() {
    let said = |peer: &str| {
        json!({"action": "msg", "peer": peer, "id": "c1", "text": "for you only"}).to_string()
    };
    let acknowledged = |peer: &str| json!({"action": "ack", "peer": peer, "id": "c1"}).to_string();
    let types = |peer: &str| json!({"action": "typing", "peer": peer}).to_string();
    let former = partner().to_string();
    let next = Alias { pair: pair_id(2), ..partner() }.to_string();

    let mut desk = Desk::native().paired();
    assert_eq!(desk.frame(&said(&former)), ["whisper text c1 for you only"]);
    assert_eq!(desk.frame(&acknowledged(&former)), ["whisper ack c1"]);
    assert_eq!(desk.frame(&types(&former)), ["whisper typing true"]);
    desk.frame(r#"{"action":"next","filter":"any"}"#);
    desk.event(Event::Left);
    desk.event(matched(2));
    desk.commit();
    desk.pair = pair_id(2);
    for stranger in [former.as_str(), "nobody", ""] {
        let lines = desk.frame(&said(stranger));
        refused(&lines, "not_paired");
        assert_eq!(one(&lines)["id"], "c1");
        assert!(desk.frame(&acknowledged(stranger)).is_empty());
        assert!(desk.frame(&types(stranger)).is_empty());
    }
    assert_eq!(desk.session.unacknowledged(), 0);
    assert_eq!(desk.frame(&said(&next)), ["whisper text c1 for you only"]);
    assert_eq!(desk.frame(&acknowledged(&next)), ["whisper ack c1"]);
    assert_eq!(desk.frame(&types(&next)), ["whisper typing true"]);

    // The original protocol has no such member.
    let mut desk = Desk::plain().paired();
    assert_eq!(desk.frame(&said("nobody")), ["whisper text - for you only"]);
}

#[test]
fn the_partner_is_known_by_an_alias_only() {
    let mut desk = Desk::native().paired();
    let line = &desk.hear(1, text("c1", "hi"))[0];
    assert_eq!(json_of(line)["from"], partner().to_string());
    assert!(!line.contains(&device().to_hex()), "{line}");
    assert_eq!(partner().to_string().find(&device().to_hex()), None);
}

#[test]
fn typing_is_passed_on_both_ways() {
    let mut desk = Desk::native().paired();
    assert_eq!(desk.frame(r#"{"action":"typing","typing":false}"#), ["whisper typing false"]);
    assert_eq!(desk.frame(r#"{"action":"typing"}"#), ["whisper typing true"]);
    for typing in [true, false] {
        let frame = one(&desk.hear(1, Body::Typing(typing)));
        assert_eq!(
            frame,
            json!({"type": "typing", "from": partner().to_string(), "typing": typing})
        );
    }
}

#[test]
fn what_comes_from_a_former_partner_is_dropped() {
    let mut desk = Desk::native().paired();
    assert!(desk.hear(2, text("c1", "still there?")).is_empty());
    assert!(desk.hear(2, Body::Typing(true)).is_empty());
    assert!(desk.hear(2, ack("c1")).is_empty());
    desk.event(Event::PeerLeft { pair: pair_id(1), why: Departure::Left });
    assert!(desk.hear(1, text("c1", "wait")).is_empty());
}

#[test]
fn a_partner_who_leaves_is_told_of_with_the_reason() {
    for (why, reason) in [
        (Departure::Left, "left"),
        (Departure::Next, "next"),
        (Departure::Lost, "lost"),
        (Departure::Blocked, "blocked"),
        (Departure::Banned, "banned"),
    ] {
        let mut desk = Desk::native().paired();
        let lines = desk.event(Event::PeerLeft { pair: pair_id(1), why });
        let peer = partner().to_string();
        assert_eq!(one(&lines), json!({"type": "peer_left", "peer": peer, "reason": reason}));
        refused(&desk.frame(r#"{"action":"msg","text":"hi"}"#), "not_paired");
    }
}

#[test]
fn a_lost_connection_is_told_to_the_partner_and_so_is_its_return() {
    let mut desk = Desk::native().paired();
    let (pair, until) = (pair_id(1), UnixMillis::new(START + 15_000));
    let peer = partner().to_string();
    let lines = desk.event(Event::PeerAway { pair, until });
    assert_eq!(one(&lines), json!({"type": "peer_away", "peer": peer, "until": START + 15_000}));
    let lines = desk.event(Event::PeerBack { pair, route: conn(2) });
    assert_eq!(one(&lines), json!({"type": "peer_back", "peer": peer}));
}

#[test]
fn talk_goes_to_the_connection_that_the_partner_came_back_with() {
    let mut desk = Desk::native();
    desk.frame(r#"{"action":"join"}"#);
    let mut away = ben();
    away.route = Some(conn(9));
    let (pair, side) = (pair_id(1), anonchat_core::Side::A);
    let since = UnixMillis::new(START);
    desk.event(Event::Matched { pair, side, peer: away, since, left: left() });
    desk.commit();
    desk.event(Event::PeerBack { pair, route: conn(2) });
    assert_eq!(desk.frame(r#"{"action":"msg","text":"hi"}"#), ["whisper text - hi"]);
}

#[test]
fn news_of_another_pair_is_ignored() {
    let mut desk = Desk::native().paired();
    let (pair, until) = (pair_id(2), UnixMillis::new(START + 15_000));
    assert!(desk.event(Event::PeerAway { pair, until }).is_empty());
    assert!(desk.event(Event::PeerBack { pair, route: conn(3) }).is_empty());
    assert!(desk.event(Event::PeerLeft { pair, why: Departure::Left }).is_empty());
    assert_eq!(desk.frame(r#"{"action":"msg","text":"hi"}"#), ["whisper text - hi"]);
}
