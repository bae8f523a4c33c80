//! Clients that speak Socket.IO, as far as their sessions differ.

use anonchat_core::session::Session;
use anonchat_core::{
    Claim, Client, Command, Event, Gender, Phase, Policy, Proof, Rejection, UnixMillis,
    Verification,
};

use crate::desk::*;

const SOCKET_IO: [Client; 3] = [Client::Cookie, Client::Capability, Client::Seeker];

#[test]
fn a_newer_connection_of_any_kind_closes_a_socket_io_one_without_a_word() {
    for client in SOCKET_IO {
        for by in Client::ALL {
            let mut desk = Desk::new(client, |_| ()).arrived();
            assert_eq!(desk.event(Event::Replaced { by }), ["close 4001 replaced"], "{by:?}");
            let mut desk = Desk::new(client, |_| ());
            desk.outputs();
            assert_eq!(desk.reject(Rejection::Replaced { by }), ["close 4001 replaced"], "{by:?}");
        }
    }
}

#[test]
fn a_socket_io_connection_closes_an_original_one() {
    for by in SOCKET_IO {
        let mut desk = Desk::plain();
        assert_eq!(desk.event(Event::Replaced { by }), ["close 4001 replaced"]);
    }
}

#[test]
fn typing_counts_apart_and_is_dropped_in_silence_beyond_its_rate() {
    for client in SOCKET_IO {
        let mut desk = Desk::new(client, |policy| {
            policy.rates.frames_per_minute = 2;
            policy.rates.signals_per_minute = 3;
        });
        desk.outputs();
        desk.attached(Phase::Idle);
        let mut desk = desk.paired();
        for _ in 0..3 {
            assert_eq!(desk.frame(r#"{"action":"typing"}"#), ["whisper typing true"]);
        }
        assert!(desk.frame(r#"{"action":"typing"}"#).is_empty());
        assert_eq!(desk.frame(r#"{"action":"msg","text":"hi"}"#)[0], "whisper text - hi");
        assert_eq!(
            plainly_refused(&desk.frame(r#"{"action":"msg","text":"hi"}"#)),
            "Rate limit exceeded. Try again in a moment."
        );
    }
}

#[test]
fn the_senders_door_sets_the_length_of_a_message_and_the_owners_that_of_a_bio() {
    let short = |policy: &mut Policy| {
        (policy.text.message_chars, policy.text.cookie_message_chars) = (3, 5);
        (policy.text.bio_chars, policy.text.cookie_bio_chars) = (3, 5);
    };
    for (client, most) in [(Client::Plain, 3), (Client::Capability, 3), (Client::Cookie, 5)] {
        for (chars, fits) in [(most, true), (most + 1, false)] {
            let words = "x".repeat(chars);
            let mut desk = Desk::new(client, short).arrived();
            let lines = desk.frame(&format!(r#"{{"action":"join","bio":"{words}"}}"#));
            assert_eq!(lines == ["apply Join"], fits, "{client:?} {chars}");
            if !fits {
                desk.frame(r#"{"action":"join"}"#);
            }
            desk.event(matched(1));
            desk.commit();
            let lines = desk.frame(&format!(r#"{{"action":"msg","text":"{words}"}}"#));
            let said = format!("whisper text - {words}");
            assert_eq!(lines.first() == Some(&said), fits, "{client:?} {chars}");
            let echoes = lines.last().is_some_and(|line| line == "accepted");
            assert_eq!(echoes, fits && client == Client::Cookie, "{client:?} {chars}");
        }
    }
}

#[test]
fn a_gender_that_was_declared_at_the_door_comes_with_every_join_that_brings_no_token() {
    let declares = |mode| {
        let mut desk = Desk::new(Client::Cookie, |policy| policy.verification = mode);
        let (settings, at) = (desk.settings(), UnixMillis::new(START));
        let pool = settings.pool(None);
        desk.session = Session::new(at, settings, pool, Client::Cookie, device(), conn(1))
            .declaring(Some(Gender::Male));
        desk.arrived()
    };
    let claim = |desk: &Desk| match &desk.command {
        Some(Command::Join { wish, .. }) => wish.claim,
        other => panic!("no join: {other:?}"),
    };
    let declared = Some(Claim { gender: Gender::Male, proof: Proof::Declared });
    for mode in [Verification::Off, Verification::Optional, Verification::Required] {
        let mut desk = declares(mode);
        desk.frame(r#"{"action":"join"}"#);
        assert_eq!(claim(&desk), declared, "the pool decides what it is worth");
    }
    let mut desk = declares(Verification::Optional);
    desk.frame(r#"{"action":"join","token":"female"}"#);
    let attested = Some(Claim { gender: Gender::Female, proof: Proof::Attested });
    assert_eq!(claim(&desk), attested);
}
