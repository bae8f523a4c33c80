use anonchat_core::session::{Rates, Session};
use anonchat_core::{Client, Policy, UnixMillis};
use serde_json::json;

use crate::desk::*;

fn tight(policy: &mut Policy) {
    policy.rates.frames_per_minute = 3;
    policy.rates.signals_per_minute = 4;
}

#[test]
fn frames_beyond_the_rate_are_dropped_and_the_connection_stays() {
    let mut desk = Desk::new(Client::Native, tight).arrived();
    desk.at += 10_000;
    for _ in 0..3 {
        refused(&desk.frame(r#"{"action":"msg","text":"hi"}"#), "not_paired");
    }
    desk.at += 59_000;
    let lines = desk.frame(r#"{"action":"msg","id":"c1","text":"hi"}"#);
    assert_eq!(
        one(&lines),
        json!({"type": "error", "message": "Rate limit exceeded. Try again in a moment.",
            "code": "rate_limited", "retry_after_ms": 1_000, "action": "msg", "id": "c1"})
    );
    desk.at += 1_000;
    refused(&desk.frame(r#"{"action":"msg","text":"hi"}"#), "not_paired");
}

#[test]
fn malformed_and_unknown_frames_count() {
    let mut desk = Desk::new(Client::Native, tight).arrived();
    refused(&desk.frame("}{"), "invalid_frame");
    refused(&desk.frame(r#"{"action":"dance"}"#), "unknown_action");
    refused(&desk.frame(r#"{"action":"msg","text":7}"#), "invalid_frame");
    refused(&desk.frame("}{"), "rate_limited");
}

#[test]
fn signals_of_a_native_client_count_in_a_bucket_of_their_own() {
    let mut desk = Desk::new(Client::Native, tight).arrived().paired();
    for _ in 0..2 {
        assert_eq!(desk.frame(r#"{"action":"typing"}"#), ["whisper typing true"]);
        assert_eq!(desk.frame(r#"{"action":"ack","id":"c1"}"#), ["whisper ack c1"]);
    }
    refused(&desk.frame(r#"{"action":"why"}"#), "rate_limited");
    assert_eq!(desk.frame(r#"{"action":"msg","text":"hi"}"#), ["whisper text - hi"]);
}

#[test]
fn every_frame_of_an_original_client_counts_in_one_bucket() {
    let mut desk = Desk::new(Client::Plain, tight).arrived().paired();
    assert_eq!(desk.frame(r#"{"action":"typing"}"#).len(), 1);
    assert_eq!(desk.frame(r#"{"action":"msg","text":"hi"}"#), ["whisper text - hi"]);
    let message = plainly_refused(&desk.frame(r#"{"action":"typing"}"#));
    assert_eq!(message, "Rate limit exceeded. Try again in a moment.");
}

#[test]
fn without_a_limit_every_frame_passes() {
    let mut desk = Desk::new(Client::Plain, |policy| {
        policy.rates.frames_per_minute = 0;
    });
    desk = desk.arrived().paired();
    for _ in 0..1_000 {
        assert_eq!(desk.frame(r#"{"action":"typing"}"#), ["whisper typing true"]);
    }
}

#[test]
fn a_reconnect_does_not_start_the_count_anew() {
    let mut desk = Desk::new(Client::Native, tight).arrived();
    for _ in 0..3 {
        desk.frame("}{");
    }
    let rates = desk.session.rates();
    assert!(!rates.is_over(UnixMillis::new(START + 59_999)));
    assert!(rates.is_over(UnixMillis::new(START + 60_000)));

    let mut next = Desk::new(Client::Native, tight);
    next.session = Session::with_rates(next.session, rates);
    next = next.arrived();
    refused(&next.frame(r#"{"action":"join"}"#), "rate_limited");
    assert!(Rates::default().is_over(UnixMillis::new(0)));
}
