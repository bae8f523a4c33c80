//! A partner who is expected, and a connection that comes for one talk only.

use anonchat_core::session::{ClientFrame, Input};
use anonchat_core::{
    Arrival, Body, ChatImage, Client, Command, Departure, Event, Peer, Phase, Policy, Rejection,
    UnixMillis,
};

use crate::desk::*;

/// Ben, who was matched and has not come to the talk.
fn expected() -> Peer {
    Peer { route: None, arrival: Arrival::Expected, ..ben() }
}

fn matched_with(peer: Peer) -> Event {
    match matched(1) {
        Event::Matched { pair, side, since, left, .. } => {
            Event::Matched { pair, side, peer, since, left }
        }
        event => event,
    }
}

/// Somebody who was matched with Ben, whom they expect.
fn expecting(client: Client, change: impl FnOnce(&mut Policy)) -> Desk {
    let mut desk = Desk::new(client, change).arrived();
    desk.frame(r#"{"action":"join"}"#);
    desk.event(matched_with(expected()));
    desk.commit();
    desk
}

fn arrives() -> Event {
    Event::PeerBack { pair: pair_id(1), route: conn(2) }
}

fn say(desk: &mut Desk, words: &str) -> Vec<String> {
    desk.frame(&format!(r#"{{"action":"msg","text":"{words}"}}"#))
}

#[test]
fn what_is_said_to_somebody_expected_waits_for_them_in_its_order() {
    for client in [Client::Plain, Client::Cookie, Client::Capability, Client::Native] {
        let mut desk = expecting(client, |_| ());
        for words in ["one", "two", "three"] {
            let told: &[&str] = if client == Client::Cookie { &["accepted"] } else { &[] };
            assert_eq!(say(&mut desk, words), told, "{client:?}");
        }
        let lines = desk.event(arrives());
        let said: Vec<_> = lines.iter().filter(|line| line.starts_with("whisper")).collect();
        let order = ["one", "two", "three"].map(|words| format!("whisper text - {words}"));
        assert_eq!(said, order.iter().collect::<Vec<_>>(), "{client:?}");
        assert_eq!(say(&mut desk, "four")[0], "whisper text - four");
    }
}

#[test]
fn no_more_than_the_policys_number_waits() {
    let mut desk = expecting(Client::Plain, |policy| policy.connection.held_messages = 2);
    assert!(say(&mut desk, "one").is_empty() && say(&mut desk, "two").is_empty());
    assert_eq!(
        plainly_refused(&say(&mut desk, "three")),
        "Rate limit exceeded. Try again in a moment."
    );
    assert_eq!(desk.event(arrives()), ["whisper text - one", "whisper text - two"]);
}

#[test]
fn what_has_waited_for_its_time_is_forgotten_then() {
    let mut desk = expecting(Client::Plain, |_| ());
    say(&mut desk, "one");
    desk.at += 10_000;
    say(&mut desk, "two");
    assert_eq!(desk.session.deadline(), Some(UnixMillis::new(START + 15_000)));
    assert!(desk.time_out().is_empty());
    assert_eq!(desk.at, START + 15_000);
    assert_eq!(desk.session.deadline(), Some(UnixMillis::new(START + 25_000)));
    assert_eq!(desk.event(arrives()), ["whisper text - two"]);
}

#[test]
fn what_a_native_client_numbers_is_its_own_to_repeat() {
    let mut desk = expecting(Client::Native, |_| ());
    assert!(desk.frame(r#"{"action":"msg","id":"c1","text":"one"}"#).is_empty());
    let lines = desk.event(arrives());
    assert_eq!(json_of(&lines[0])["type"], "peer_back");
    assert_eq!(lines.len(), 1, "{lines:?}");
    let again = desk.frame(r#"{"action":"msg","id":"c1","text":"one"}"#);
    assert_eq!(again, ["whisper text c1 one"]);
}

#[test]
fn nothing_waits_for_somebody_who_was_there_and_is_away() {
    let mut desk = expecting(Client::Plain, |_| ());
    desk.event(arrives());
    desk.event(Event::PeerAway { pair: pair_id(1), until: UnixMillis::new(START) });
    assert!(say(&mut desk, "one").is_empty());
    assert!(desk.event(arrives()).is_empty());
}

#[test]
fn what_waits_goes_with_the_pair() {
    let mut desk = expecting(Client::Plain, |_| ());
    say(&mut desk, "for Ben alone");
    desk.event(Event::PeerLeft { pair: pair_id(1), why: Departure::Lost });
    desk.frame(r#"{"action":"join"}"#);
    desk.pair = pair_id(2);
    desk.event(matched(2));
    desk.commit();
    assert!(desk.event(Event::PeerBack { pair: pair_id(2), route: conn(2) }).is_empty());
}

#[test]
fn whoever_comes_back_learns_that_their_partner_has_come_meanwhile() {
    let mut desk = expecting(Client::Capability, |_| ());
    say(&mut desk, "one");
    desk.give(Input::Gap { conn: conn(3) });
    desk.commit();
    let lines = desk.attached(talking(1, Peer { arrival: Arrival::Arrived, ..ben() }));
    assert_eq!(lines, ["whisper text - one"]);
}

/// A connection that comes for its talk with Ben.
fn entering() -> Desk {
    let mut desk = Desk::entering(1);
    let pair = pair_id(1);
    let enter = Command::Enter { device: device(), conn: conn(1), pair, again: false };
    desk.outputs();
    assert_eq!(desk.command, Some(enter));
    desk
}

#[test]
fn a_connection_for_one_talk_is_told_when_there_is_none() {
    let mut desk = entering();
    let lines = desk.reject(Rejection::UnknownPeer);
    assert_eq!(lines, [r#"{"type":"left"}"#, "apply Detach"]);
    assert_eq!(desk.reject(Rejection::NotAttached), ["close 1000 over"]);
}

#[test]
fn a_connection_for_one_talk_ends_with_it() {
    let ends: [fn(&mut Desk) -> Vec<String>; 3] = [
        |desk| desk.event(Event::PeerLeft { pair: pair_id(1), why: Departure::Left }),
        |desk| {
            desk.frame(r#"{"action":"leave"}"#);
            let mut lines = desk.event(Event::Left);
            lines.extend(desk.commit());
            lines
        },
        |desk| {
            desk.frame(&format!(r#"{{"action":"block","peer":"{}"}}"#, partner()));
            let mut lines = desk.event(Event::Blocked { block: partner() });
            lines.extend(desk.commit());
            lines
        },
    ];
    for end in ends {
        let mut desk = entering();
        desk.attached(talking(1, ben()));
        let lines = end(&mut desk);
        assert_eq!(lines.last().map(String::as_str), Some("apply Detach"), "{lines:?}");
        assert_eq!(desk.commit(), ["close 1000 over"]);
    }
}

#[test]
fn a_talk_that_ended_unheard_is_over_when_the_pool_says_so() {
    let mut desk = entering();
    desk.attached(talking(1, ben()));
    desk.give(Input::Gap { conn: conn(1) });
    let lines = desk.reject(Rejection::UnknownPeer);
    assert_eq!(json_of(&lines[0])["type"], "peer_left");
    assert_eq!(lines[1..], ["apply Detach"]);
}

#[test]
fn a_store_that_is_away_keeps_a_connection_for_one_talk_waiting() {
    let mut desk = entering();
    assert!(plainly_refused(&desk.give(Input::Unavailable)).starts_with("Matchmaking"));
    assert_eq!(desk.time_out(), ["apply Enter"]);
    assert!(matches!(desk.command, Some(Command::Enter { again: false, .. })));
    let lines = desk.attached(talking(1, ben()));
    assert_eq!(json_of(&lines[1])["type"], "matched", "{lines:?}");
}

fn show(desk: &mut Desk, image: &str) -> Vec<String> {
    desk.give(Input::Frame(Ok(ClientFrame::Image { image: ChatImage::new(image) })))
}

#[test]
fn a_picture_goes_to_a_partner_whose_client_shows_it() {
    let mut desk = entering();
    desk.attached(talking(1, Peer { arrival: Arrival::Arrived, ..ben() }));
    assert_eq!(
        show(&mut desk, "data:image/png;base64,AA"),
        ["whisper image data:image/png;base64,AA"]
    );
    let lines = desk.hear(1, Body::Image(ChatImage::new("data:image/png;base64,BB")));
    assert_eq!(json_of(&lines[0])["image"], "data:image/png;base64,BB");
}

#[test]
fn a_picture_is_refused_for_a_client_that_shows_none_or_is_not_there_or_when_it_is_too_large() {
    let is_refused = |peer: Peer, image: &str| {
        let mut desk = Desk::entering_under(1, |policy| policy.text.image_bytes = 10);
        desk.outputs();
        desk.attached(talking(1, peer));
        plainly_refused(&show(&mut desk, image))
    };
    let words = "Your partner's client does not show pictures.";
    assert_eq!(is_refused(ben(), "x"), words);
    assert_eq!(is_refused(expected(), "x"), "Your partner is not here yet.");
    let there = Peer { arrival: Arrival::Arrived, ..ben() };
    assert_eq!(is_refused(there, &"x".repeat(11)), "That picture is too large.");
}

#[test]
fn a_picture_is_passed_over_by_clients_that_show_none() {
    for client in [Client::Plain, Client::Native, Client::Cookie] {
        let mut desk = Desk::new(client, |_| ()).arrived().paired();
        assert!(desk.hear(1, Body::Image(ChatImage::new("x"))).is_empty(), "{client:?}");
    }
}

#[test]
fn no_text_is_read_as_a_picture() {
    let mut desk = entering();
    desk.attached(talking(1, Peer { arrival: Arrival::Arrived, ..ben() }));
    let lines = desk.frame(r#"{"action":"image","image":"data:image/png;base64,AA"}"#);
    assert_eq!(plainly_refused(&lines), "Unknown action");
}

#[test]
fn an_idle_seeker_stays() {
    let mut desk = Desk::new(Client::Seeker, |_| ());
    desk.outputs();
    assert!(desk.attached(Phase::Idle).iter().all(|line| !line.starts_with("close")));
}
