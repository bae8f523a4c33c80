use anonchat_core::session::Input;
use anonchat_core::{Client, Event, Phase, UnixMillis};
use serde_json::json;

use crate::desk::*;

fn say(desk: &mut Desk, id: &str) -> Vec<String> {
    desk.frame(&json!({"action": "msg", "id": id, "text": "hi"}).to_string())
}

fn away(desk: &mut Desk) {
    desk.event(Event::PeerAway { pair: pair_id(1), until: UnixMillis::new(START + 15_000) });
}

fn back(desk: &mut Desk) {
    desk.event(Event::PeerBack { pair: pair_id(1), route: conn(2) });
}

#[test]
fn a_message_with_an_id_is_acknowledged_end_to_end() {
    let mut desk = Desk::native().paired();
    assert_eq!(say(&mut desk, "c1"), ["whisper text c1 hi"]);
    assert_eq!(desk.session.unacknowledged(), 1);
    assert_eq!(desk.hear(1, ack("c1")), [r#"{"type":"ack","id":"c1"}"#]);
    assert_eq!(desk.session.unacknowledged(), 0);
}

#[test]
fn a_receiving_client_acknowledges_itself() {
    let mut desk = Desk::native().paired();
    let heard = one(&desk.hear(1, text("c1", "hi")));
    let from = partner().to_string();
    assert_eq!(heard, json!({"type": "msg", "from": from, "id": "c1", "text": "hi"}));
    assert_eq!(desk.frame(r#"{"action":"ack","id":"c1"}"#), ["whisper ack c1"]);
}

#[test]
fn for_an_original_receiver_the_server_acknowledges_after_handing_over() {
    let mut desk = Desk::plain().paired();
    let lines = desk.hear(1, text("c1", "hi"));
    let from = partner().to_string();
    assert_eq!(json_of(&lines[0]), json!({"type": "msg", "from": from, "text": "hi"}));
    assert_eq!(lines[1..], ["whisper ack c1"]);
}

#[test]
fn an_original_receiver_sees_a_repeated_message_once() {
    let mut desk = Desk::plain().paired();
    assert_eq!(desk.hear(1, text("c1", "hi")).len(), 2);
    assert_eq!(desk.hear(1, text("c1", "hi")), ["whisper ack c1"]);
    assert_eq!(desk.hear(1, text("c2", "hi")).len(), 2);
}

#[test]
fn a_message_without_an_id_is_not_tracked() {
    let mut desk = Desk::native().paired();
    assert_eq!(desk.frame(r#"{"action":"msg","text":"hi"}"#), ["whisper text - hi"]);
    assert_eq!(desk.session.unacknowledged(), 0);
    let heard = one(&desk.hear(1, text("", "hi")));
    assert_eq!(heard.get("id"), None);
    assert_eq!(Desk::plain().paired().hear(1, text("", "hi")).len(), 1);
}

#[test]
fn an_id_is_1_to_32_printable_characters() {
    let mut desk = Desk::native().paired();
    for bad in ["", " ", "é", "a b", &"x".repeat(33)] {
        refused(&say(&mut desk, bad), "invalid_frame");
        let frame = json!({"action": "ack", "id": bad}).to_string();
        refused(&desk.frame(&frame), "invalid_frame");
    }
    assert_eq!(say(&mut desk, &"x".repeat(32)).len(), 1);
    assert_eq!(desk.session.unacknowledged(), 1);
}

#[test]
fn no_more_than_the_policys_number_of_messages_are_on_their_way() {
    let mut desk = Desk::new(Client::Native, |policy| {
        policy.connection.unacknowledged = 2;
    });
    desk = desk.arrived().paired();
    say(&mut desk, "c1");
    say(&mut desk, "c2");
    let lines = say(&mut desk, "c3");
    refused(&lines, "rate_limited");
    assert_eq!(one(&lines)["id"], "c3");
    assert_eq!(say(&mut desk, "c1"), ["whisper text c1 hi"], "sent again, it counts once");
    desk.hear(1, ack("c2"));
    assert_eq!(say(&mut desk, "c3"), ["whisper text c3 hi"]);
    assert_eq!(desk.session.unacknowledged(), 2);
}

#[test]
fn a_message_to_somebody_who_is_away_is_neither_held_nor_acknowledged() {
    let mut desk = Desk::native().paired();
    away(&mut desk);
    assert!(say(&mut desk, "c1").is_empty());
    assert!(desk.frame(r#"{"action":"typing"}"#).is_empty());
    assert!(desk.frame(r#"{"action":"ack","id":"c9"}"#).is_empty());
    assert_eq!(desk.session.unacknowledged(), 1);
    let mut resent = desk;
    back(&mut resent);
    assert_eq!(say(&mut resent, "c1"), ["whisper text c1 hi"], "the sender repeats it");
    assert_eq!(resent.session.unacknowledged(), 1);
}

#[test]
fn a_message_sent_before_a_reconnect_can_be_acknowledged_after_it() {
    let mut desk = Desk::new(Client::Native, |_| ());
    desk.outputs();
    desk.attached(talking(1, ben()));
    assert_eq!(desk.hear(1, ack("c1")), [r#"{"type":"ack","id":"c1"}"#]);
}

#[test]
fn a_new_pair_starts_with_nothing_on_its_way() {
    let mut desk = Desk::native().paired();
    say(&mut desk, "c1");
    desk.event(matched(2));
    assert_eq!(desk.session.unacknowledged(), 0);
    assert!(desk.hear(1, ack("c1")).is_empty());
}

#[test]
fn a_gap_within_the_same_pair_forgets_nothing() {
    let mut desk = Desk::native().paired();
    say(&mut desk, "c1");
    assert_eq!(desk.give(Input::Gap { conn: conn(1) }), ["apply Attach"]);
    desk.attached(talking(1, ben()));
    assert_eq!(desk.session.unacknowledged(), 1);
    desk.give(Input::Gap { conn: conn(1) });
    desk.attached(Phase::Idle);
    assert_eq!(desk.session.unacknowledged(), 0);
}

#[test]
fn a_session_remembers_no_message() {
    for mut desk in [Desk::native().paired(), Desk::plain().paired()] {
        say(&mut desk, "c1");
        desk.frame(r#"{"action":"msg","text":"canary 1"}"#);
        desk.frame(r#"{"action":"msg","id":"c2","text":"canary 2"}"#);
        desk.hear(1, text("c3", "canary 3"));
        away(&mut desk);
        desk.frame(r#"{"action":"msg","id":"c4","text":"canary 4"}"#);
        let remembered = format!("{:?}", desk.session);
        assert!(remembered.contains("unacknowledged"), "{remembered}");
        assert!(!remembered.contains("canary"), "{remembered}");
    }
}

#[test]
fn after_a_change_of_connection_nothing_overtakes_what_may_have_been_lost() {
    let mut desk = Desk::native().paired();
    say(&mut desk, "c1");
    say(&mut desk, "c2");
    away(&mut desk);
    assert_eq!(say(&mut desk, "c3"), [""; 0], "nobody is there");
    back(&mut desk);
    assert_eq!(say(&mut desk, "c4"), [""; 0], "sent before the client heard of the return");
    for id in ["c1", "c2", "c3", "c4"] {
        assert_eq!(say(&mut desk, id), [format!("whisper text {id} hi")]);
    }
}

#[test]
fn what_is_acknowledged_late_need_not_come_again() {
    let mut desk = Desk::native().paired();
    say(&mut desk, "c1");
    away(&mut desk);
    back(&mut desk);
    desk.hear(1, ack("c1"));
    assert_eq!(say(&mut desk, "c2"), ["whisper text c2 hi"]);
}
