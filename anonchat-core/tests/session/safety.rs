use anonchat_core::{Command, Event, Rejection};
use serde_json::{Value, json};

use crate::desk::*;

fn about(action: &str, member: &str, more: &Value) -> String {
    let mut frame = json!({"action": action, member: partner().to_string()});
    for (name, value) in more.as_object().expect("an object") {
        frame[name] = value.clone();
    }
    frame.to_string()
}

#[test]
fn a_report_names_the_partner_a_reason_and_a_note() {
    let mut desk = Desk::native().paired();
    let more = json!({"reason": " spam ", "note": " again and again "});
    assert_eq!(desk.frame(&about("report", "reported", &more)), ["apply Report"]);
    assert_eq!(
        desk.command,
        Some(Command::Report {
            device: device(),
            target: partner(),
            reason: "spam".into(),
            note: Some("again and again".into()),
        })
    );
    let lines = desk.event(Event::Reported { target: partner() });
    assert_eq!(one(&lines), json!({"type": "reported", "target": partner().to_string()}));
    assert!(desk.commit().is_empty());
}

#[test]
fn a_report_without_a_reason_has_the_usual_one() {
    for more in [json!({}), json!({"reason": "  ", "note": " "})] {
        let mut desk = Desk::plain().paired();
        desk.frame(&about("report", "reported", &more));
        let Some(Command::Report { reason, note, .. }) = desk.command else { panic!("a report") };
        assert_eq!((&*reason, note), ("Inappropriate behavior", None));
    }
}

#[test]
fn a_report_that_is_too_long_does_not_reach_the_pool() {
    let mut desk = Desk::native().paired();
    for member in ["reason", "note"] {
        let more = json!({member: "é".repeat(501)});
        refused(&desk.frame(&about("report", "reported", &more)), "too_long");
        let more = json!({member: "é".repeat(500)});
        assert_eq!(desk.frame(&about("report", "reported", &more)), ["apply Report"]);
        desk.commit();
    }
}

#[test]
fn a_report_needs_no_pair_that_still_lives() {
    let mut desk = Desk::native();
    assert_eq!(desk.frame(&about("report", "reported", &json!({}))), ["apply Report"]);
}

#[test]
fn somebody_never_met_cannot_be_reported_or_blocked() {
    let mut desk = Desk::native();
    for (action, member) in [("report", "reported"), ("block", "peer"), ("unblock", "block")] {
        let device_id = json!({"action": action, member: "device-1"}).to_string();
        let lines = desk.frame(&device_id);
        refused(&lines, "unknown_peer");
        assert_eq!(one(&lines)["action"], action);
        desk.frame(&about(action, member, &json!({})));
        refused(&desk.reject(Rejection::UnknownPeer), "unknown_peer");
    }
}

#[test]
fn a_pair_is_reported_once() {
    let mut desk = Desk::native().paired();
    desk.frame(&about("report", "reported", &json!({})));
    refused(&desk.reject(Rejection::AlreadyReported), "already_reported");
}

#[test]
fn a_block_ends_the_pair() {
    let mut desk = Desk::native().paired();
    assert_eq!(desk.frame(&about("block", "peer", &json!({}))), ["apply Block"]);
    assert_eq!(desk.command, Some(Command::Block { device: device(), target: partner() }));
    let lines = desk.event(Event::Blocked { block: partner() });
    let name = partner().to_string();
    assert_eq!(one(&lines), json!({"type": "blocked", "peer": name, "block": name}));
    desk.commit();
    refused(&desk.frame(r#"{"action":"msg","text":"hi"}"#), "not_paired");
    assert!(desk.hear(1, text("c1", "hi")).is_empty());
}

#[test]
fn a_block_of_a_former_partner_leaves_the_present_one() {
    let mut desk = Desk::native().paired();
    desk.event(matched(2));
    desk.event(Event::Blocked { block: partner() });
    assert!(!desk.hear(2, text("c1", "hi")).is_empty());
}

#[test]
fn a_block_is_taken_back_by_its_name() {
    let mut desk = Desk::native();
    assert_eq!(desk.frame(&about("unblock", "block", &json!({}))), ["apply Unblock"]);
    let lines = desk.event(Event::Unblocked { block: partner() });
    assert_eq!(one(&lines), json!({"type": "unblocked", "block": partner().to_string()}));
    desk.commit();
    desk.frame(&about("unblock", "block", &json!({})));
    refused(&desk.reject(Rejection::UnknownBlock), "unknown_peer");
}

#[test]
fn blocks_beyond_the_limit_are_refused() {
    let mut desk = Desk::native().paired();
    desk.frame(&about("block", "peer", &json!({})));
    refused(&desk.reject(Rejection::TooManyBlocks { max: 200 }), "too_many_blocks");
}
