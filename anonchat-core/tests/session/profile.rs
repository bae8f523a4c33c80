use std::sync::Arc;

use anonchat_core::session::Input;
use anonchat_core::{
    Attestor, Claim, Client, Command, Departure, Event, Filter, Gender, InvalidToken, Profile,
    Proof, Rejection, Unattested, UnixMillis, Verification, Wish,
};
use serde_json::json;

use crate::desk::*;

fn joined(desk: &Desk) -> Wish {
    match &desk.command {
        Some(Command::Join { wish, .. } | Command::Next { wish, .. }) => wish.clone(),
        other => panic!("no join: {other:?}"),
    }
}

#[test]
fn a_join_asks_the_pool_with_a_trimmed_profile() {
    let mut desk = Desk::native();
    let frame = r#"{"action":"join","filter":"female","nickname":"  Ann ","bio":" likes tea\n"}"#;
    assert_eq!(desk.frame(frame), ["apply Join"]);
    let profile = Arc::new(profile("Ann", "likes tea"));
    let filter = Filter::Only(Gender::Female);
    assert_eq!(joined(&desk), Wish { filter, profile, claim: None::<Claim> });
}

#[test]
fn a_join_looks_for_anybody_and_shows_nothing_unless_it_says_so() {
    let mut desk = Desk::native();
    desk.frame(r#"{"action":"join","nickname":"   ","bio":null}"#);
    assert_eq!(joined(&desk), Wish::default());
}

#[test]
fn a_join_is_answered_by_what_the_pool_makes_of_it() {
    let mut desk = Desk::native();
    desk.frame(r#"{"action":"join"}"#);
    let queued = one(&desk.event(queued()));
    assert_eq!((&queued["type"], &queued["filter"]), (&json!("queued"), &json!("any")));
    assert_eq!(queued["limits"]["non-binary"], 9999);
    assert!(desk.commit().is_empty());

    let matched = one(&desk.event(matched(1)));
    assert_eq!(matched["type"], "matched");
    assert_eq!(matched["peer"], partner().to_string());
    assert_eq!(matched["peer_gender"], "male");
    assert_eq!(
        matched["peer_profile"],
        json!({"nickname": "Ben", "gender": "male", "bio": "hums", "verified": true})
    );
}

#[test]
fn only_nickname_bio_gender_and_alias_of_a_partner_are_shown() {
    let mut desk = Desk::native();
    desk.frame(r#"{"action":"join"}"#);
    let mut matched = one(&desk.event(matched(1)));
    let frame = matched.as_object_mut().expect("an object");
    let members: Vec<_> = frame.keys().map(String::as_str).collect();
    assert_eq!(members, ["limits", "peer", "peer_gender", "peer_profile", "type"]);
    let profile = frame["peer_profile"].as_object().expect("an object");
    let members: Vec<_> = profile.keys().map(String::as_str).collect();
    assert_eq!(members, ["bio", "gender", "nickname", "verified"]);
}

#[test]
fn a_refused_join_says_which_rule_and_until_when() {
    let until = UnixMillis::new(START + 4_000);
    for (rejection, code, message) in [
        (Rejection::Cooldown { until }, "cooldown", "Cooldown: wait before re-joining"),
        (
            Rejection::DailyLimit { filter: Gender::Male, resets: until },
            "daily_limit",
            "Daily limit reached for this filter",
        ),
        (
            Rejection::DailyTotal { resets: until },
            "daily_total",
            "Daily match limit reached. Please return tomorrow.",
        ),
    ] {
        let mut desk = Desk::native();
        desk.frame(r#"{"action":"join"}"#);
        assert_eq!(
            one(&desk.reject(rejection)),
            json!({"type": "error", "message": message, "code": code, "action": "join",
                "until": START + 4_000, "retry_after_ms": 4_000})
        );
    }
}

#[test]
fn a_second_join_is_refused_with_the_reason() {
    for (rejection, code) in [
        (Rejection::AlreadyWaiting, "already_waiting"),
        (Rejection::AlreadyPaired, "already_paired"),
        (Rejection::VerificationRequired, "verification_required"),
    ] {
        let mut desk = Desk::native().waiting();
        assert_eq!(desk.frame(r#"{"action":"join"}"#), ["apply Join"]);
        refused(&desk.reject(rejection), code);
    }
}

#[test]
fn a_profile_that_is_too_long_does_not_reach_the_pool() {
    let mut desk = Desk::native();
    let (name, bio) = ("é".repeat(31), "é".repeat(141));
    refused(&desk.frame(&json!({"action": "join", "nickname": name}).to_string()), "too_long");
    refused(&desk.frame(&json!({"action": "join", "bio": bio}).to_string()), "too_long");
    let (name, bio) = ("é".repeat(30), format!(" {} ", "é".repeat(140)));
    let frame = json!({"action": "join", "nickname": name, "bio": bio}).to_string();
    assert_eq!(desk.frame(&frame), ["apply Join"]);
}

#[test]
fn an_abusive_or_telling_profile_does_not_reach_the_pool() {
    let mut desk = Desk::native();
    let message = refused(&desk.frame(r#"{"action":"join","nickname":"damn"}"#), "profanity");
    assert_eq!(message, "Profile contains prohibited language.");
    let message = refused(&desk.frame(r#"{"action":"join","bio":"a@b"}"#), "contact_details");
    assert_eq!(message, "Sharing personal information is not allowed.");
    let mut desk = Desk::plain();
    let message = plainly_refused(&desk.frame(r#"{"action":"join","nickname":"damn"}"#));
    assert_eq!(message, "Profile contains prohibited language.");
}

#[test]
fn an_unknown_filter_is_an_invalid_frame() {
    let lines = Desk::native().frame(r#"{"action":"join","filter":"tall"}"#);
    refused(&lines, "invalid_frame");
    assert_eq!(one(&lines)["action"], "join");
}

fn checking(mode: Verification) -> Desk {
    Desk::new(Client::Native, |policy| policy.verification = mode).arrived()
}

#[test]
fn a_token_that_holds_is_an_attested_claim_of_that_join_only() {
    let claim = Some(Claim { gender: Gender::Female, proof: Proof::Attested });
    for mode in [Verification::Optional, Verification::Required] {
        let mut desk = checking(mode);
        assert_eq!(desk.frame(r#"{"action":"join","token":"female"}"#), ["apply Join"]);
        assert_eq!(joined(&desk).claim, claim);
        desk.commit();
        desk.frame(r#"{"action":"next","filter":"any"}"#);
        assert_eq!(joined(&desk).claim, None);
        desk.commit();
        desk.frame(r#"{"action":"next","filter":"any","token":"female"}"#);
        assert_eq!(joined(&desk).claim, claim);
    }
    let mut desk = Desk::plain();
    desk.frame(r#"{"action":"join","token":"female"}"#);
    assert_eq!(joined(&desk).claim, claim);
}

#[test]
fn a_token_that_does_not_hold_is_refused_before_the_pool() {
    for mode in [Verification::Optional, Verification::Required] {
        let mut desk = checking(mode);
        for token in ["", "male", "female "] {
            for action in ["join", "next"] {
                let frame = json!({"action": action, "filter": "any", "token": token}).to_string();
                let lines = desk.frame(&frame);
                let message = refused(&lines, "verification_invalid");
                assert_eq!(message, "Verification expired or invalid. Please verify again.");
                assert_eq!(one(&lines)["action"], action);
            }
        }
        assert_eq!(desk.frame(r#"{"action":"join"}"#), ["apply Join"], "nothing was asked before");
    }
}

#[test]
fn a_token_is_read_at_the_instant_of_the_join() {
    let mut desk = checking(Verification::Required);
    desk.at = TOKEN_END;
    refused(&desk.frame(r#"{"action":"join","token":"female"}"#), "verification_invalid");
    let mut desk = checking(Verification::Required);
    desk.at = TOKEN_END - 1;
    assert_eq!(desk.frame(r#"{"action":"join","token":"female"}"#), ["apply Join"]);
}

#[test]
fn where_nobody_is_verified_a_token_is_not_read() {
    for token in ["female", "t"] {
        let mut desk = checking(Verification::Off);
        let frame = json!({"action": "join", "token": token}).to_string();
        assert_eq!(desk.frame(&frame), ["apply Join"]);
        assert_eq!(joined(&desk).claim, None);
    }
}

#[test]
fn without_anybody_who_vouches_no_token_holds() {
    for token in ["", "t", "female"] {
        let read = Unattested.attest(UnixMillis::new(START), device(), token);
        assert_eq!(read, Err(InvalidToken));
    }
}

#[test]
fn next_with_a_filter_leaves_and_joins_in_one_step_with_the_last_profile() {
    let mut desk = Desk::native().paired();
    assert_eq!(desk.frame(r#"{"action":"next","filter":"male"}"#), ["apply Next"]);
    assert_eq!(joined(&desk).profile, Arc::new(profile("Ann", "likes tea")));
    assert_eq!(desk.event(Event::Left), [r#"{"type":"left"}"#]);
    assert_eq!(json_of(&desk.event(queued())[0])["type"], "queued");
    assert!(desk.commit().is_empty());

    desk.frame(r#"{"action":"next","filter":"any","nickname":"Anna"}"#);
    assert_eq!(joined(&desk).profile, Arc::new(profile("Anna", "likes tea")));
    desk.commit();
    desk.frame(r#"{"action":"next","filter":"any","bio":""}"#);
    let profile = Profile { nickname: Some("Anna".into()), bio: None };
    assert_eq!(joined(&desk).profile, Arc::new(profile));
}

#[test]
fn next_after_a_reconnect_uses_the_profile_that_the_pool_kept() {
    for phase in [lining_up(), talking(1, ben())] {
        let mut desk = Desk::new(Client::Native, |_| ());
        desk.outputs();
        desk.attached(phase);
        desk.frame(r#"{"action":"next","filter":"any"}"#);
        assert_eq!(joined(&desk).profile, Arc::new(profile("Ann", "likes tea")));
    }
}

#[test]
fn the_leave_of_a_next_stands_even_if_its_join_is_refused() {
    let mut desk = Desk::native().paired();
    desk.frame(r#"{"action":"next","filter":"any"}"#);
    assert_eq!(desk.event(Event::Left), [r#"{"type":"left"}"#]);
    let rejection = Rejection::Cooldown { until: UnixMillis::new(START + 1) };
    let lines = desk.event(Event::JoinRefused { rejection });
    refused(&lines, "cooldown");
    assert_eq!(one(&lines)["action"], "next");
    assert!(desk.commit().is_empty());
    refused(&desk.frame(r#"{"action":"msg","text":"hi"}"#), "not_paired");
}

#[test]
fn next_without_a_filter_only_leaves() {
    let mut desk = Desk::native().paired();
    assert_eq!(desk.frame(r#"{"action":"next"}"#), ["apply Leave"]);
    let why = Departure::Next;
    assert_eq!(desk.command, Some(Command::Leave { device: device(), conn: conn(1), why }));
    assert_eq!(desk.event(Event::Left), [r#"{"type":"left"}"#]);
}

#[test]
fn leave_is_answered_so_that_a_match_on_its_way_is_told_apart() {
    let mut desk = Desk::native().waiting();
    assert_eq!(desk.frame(r#"{"action":"leave"}"#), ["apply Leave"]);
    let why = Departure::Left;
    assert_eq!(desk.command, Some(Command::Leave { device: device(), conn: conn(1), why }));
    assert_eq!(json_of(&desk.event(matched(1))[0])["type"], "matched");
    assert_eq!(desk.event(Event::Left), [r#"{"type":"left"}"#]);
    desk.commit();
    refused(&desk.frame(r#"{"action":"typing"}"#), "not_paired");
}

#[test]
fn a_gender_is_declared_where_nobody_is_verified() {
    let mut desk =
        Desk::new(Client::Native, |policy| policy.verification = Verification::Off).arrived();
    assert_eq!(desk.frame(r#"{"action":"declare","gender":"non-binary"}"#), ["apply Verify"]);
    let (gender, proof) = (Gender::NonBinary, Proof::Declared);
    assert_eq!(desk.command, Some(Command::Verify { device: device(), gender, proof }));
    let lines = desk.event(Event::Verified { gender });
    assert_eq!(lines, [r#"{"type":"declared","gender":"non-binary"}"#]);
}

#[test]
fn a_declaration_is_refused_where_people_are_verified() {
    for mode in [Verification::Optional, Verification::Required] {
        let mut desk = Desk::new(Client::Native, |policy| policy.verification = mode).arrived();
        let lines = desk.frame(r#"{"action":"declare","gender":"male"}"#);
        refused(&lines, "verification_required");
    }
}

#[test]
fn a_verification_that_was_not_asked_for_here_is_not_answered_here() {
    for mut desk in [Desk::native(), Desk::plain(), Desk::native().paired()] {
        assert!(desk.event(Event::Verified { gender: Gender::Male }).is_empty());
    }
    let mut desk = Desk::native();
    desk.frame(r#"{"action":"join"}"#);
    assert!(desk.event(Event::Verified { gender: Gender::Male }).is_empty());
}

#[test]
fn one_thing_is_asked_of_the_pool_at_a_time() {
    let mut desk = Desk::native();
    assert_eq!(desk.frame(r#"{"action":"join"}"#), ["apply Join"]);
    refused(&desk.frame(r#"{"action":"leave"}"#), "unavailable");
    desk.event(queued());
    assert!(desk.commit().is_empty());
    assert!(desk.give(Input::Committed(Ok(()))).is_empty(), "nothing was asked");
    assert_eq!(desk.frame(r#"{"action":"leave"}"#), ["apply Leave"]);
}
