//! The figures are true: of a life that is led here, every signal shows.

use anonchat_axum::core::{ClassifyError, Gender, Verdict};
use serde_json::json;
use tokio_tungstenite::tungstenite::Message;

use crate::client::{Server, lenient, native_pair};
use crate::double::{Double, Mood};
use crate::judge::{DEVICE, Judge, file, post};
use crate::scrape::Scrape;

const ANN: &str = "ann-0123456789abcdef";
const BOB: &str = "bob-0123456789abcdef";

#[tokio::test]
async fn frames_and_commands_are_counted_by_what_they_ask_for() {
    let server = Server::start(lenient()).await;
    let [(mut ann, _), (mut bob, _)] = native_pair(&server, ANN, BOB).await;
    for _ in 0..3 {
        ann.say(json!({ "action": "msg", "text": "hello" })).await;
        bob.expect("msg").await;
    }
    ann.say(json!({ "action": "join" })).await;
    ann.expect("error").await;
    ann.say(json!({ "action": "fly" })).await;
    ann.expect("error").await;
    ann.send(Message::text("no json")).await;
    ann.expect("error").await;
    ann.send(Message::binary(vec![1])).await;
    ann.expect("error").await;
    let scrape = Scrape::of(&server).await;
    for (series, value) in [
        ("anonchat_frames_received_total{action=\"msg\",reading=\"read\"}", 3.0),
        ("anonchat_frames_received_total{action=\"join\",reading=\"read\"}", 3.0),
        ("anonchat_frames_received_total{action=\"none\",reading=\"unknown_action\"}", 1.0),
        ("anonchat_frames_received_total{action=\"none\",reading=\"malformed\"}", 2.0),
        ("anonchat_frames_sent_total{type=\"msg\"}", 3.0),
        ("anonchat_frames_sent_total{type=\"hello\"}", 2.0),
        ("anonchat_frames_sent_total{type=\"matched\"}", 2.0),
        ("anonchat_frames_sent_total{type=\"error\"}", 4.0),
        ("anonchat_refusals_total{code=\"already_paired\"}", 1.0),
        ("anonchat_refusals_total{code=\"unknown_action\"}", 1.0),
        ("anonchat_refusals_total{code=\"invalid_frame\"}", 2.0),
        ("anonchat_commands_total{command=\"attach\",outcome=\"ok\"}", 2.0),
        ("anonchat_commands_total{command=\"join\",outcome=\"ok\"}", 2.0),
        ("anonchat_commands_total{command=\"join\",outcome=\"rejected\"}", 1.0),
        ("anonchat_commands_rejected_total{rule=\"already_paired\"}", 1.0),
        ("anonchat_command_duration_seconds_count{command=\"join\"}", 3.0),
        ("anonchat_store_calls_total{call=\"whisper\",outcome=\"ok\"}", 3.0),
        ("anonchat_store_call_duration_seconds_count{call=\"whisper\"}", 3.0),
        ("anonchat_connections_opened_total", 2.0),
        ("anonchat_connections", 2.0),
        ("anonchat_people_online", 2.0),
        ("anonchat_people_waiting", 0.0),
        ("anonchat_pairs", 1.0),
        ("anonchat_pools_unavailable", 0.0),
        ("anonchat_http_requests_total{route=\"/ws\",method=\"get\",status=\"1xx\"}", 2.0),
        ("anonchat_build_info{version=\"0.1.0\"}", 1.0),
    ] {
        assert_eq!(scrape.value(series), value, "{series}");
    }
    // Each piece of mail has lain for a moment: three messages, and the facts that led to them.
    assert!(scrape.value("anonchat_mailbox_wait_seconds_count") >= 3.0);
    let text = json!({ "action": "msg", "text": "hello" }).to_string().len() as f64;
    assert!(scrape.value("anonchat_frames_received_size_bytes_total") > 3.0 * text);
    assert!(scrape.value("anonchat_frames_sent_size_bytes_total") > 3.0 * text);
    assert!(scrape.value("anonchat_background_lag_seconds_count") >= 1.0);
}

#[tokio::test]
async fn connections_are_counted_by_why_they_ended() {
    let server = Server::start(lenient()).await;
    let longest = lenient().connection.frame_bytes as usize;
    let mut replaced = server.native(ANN).await;
    replaced.hello().await;
    let mut newer = server.native(ANN).await;
    newer.hello().await;
    replaced.expect("replaced").await;
    assert_eq!(replaced.expect_close().await, 4001);
    newer.send(Message::text("x".repeat(longest + 1))).await;
    assert_eq!(newer.expect_close().await, 1009);
    let mut leaving = server.native(BOB).await;
    leaving.hello().await;
    leaving.close().await;
    for reason in ["replaced", "violated", "closed"] {
        let series = format!("anonchat_connections_closed_total{{reason=\"{reason}\"}}");
        // The connection may take its leave a moment after the client has seen its end.
        while Scrape::of(&server).await.value(&series) < 1.0 {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        assert_eq!(Scrape::of(&server).await.value(&series), 1.0);
    }
}

#[tokio::test]
async fn verifications_are_counted_by_verdict_and_not_by_gender() {
    let judge = Judge::saying(Ok(Verdict::NoFace));
    let server = Server::with(lenient(), |builder| builder.classifier(judge.clone())).await;
    let query = format!("?device_id={DEVICE}&consent=1");
    for answer in [
        Ok(Verdict::Verified(Gender::Female)),
        Ok(Verdict::Verified(Gender::Male)),
        Ok(Verdict::Verified(Gender::PreferNotToSay)),
        Ok(Verdict::NoFace),
        Err(ClassifyError::Busy { retry_after_s: 1 }),
        Err(ClassifyError::Timeout),
    ] {
        judge.says(answer);
        post(&server, &query, &file(2000)).await;
    }
    judge.panics();
    post(&server, &query, &file(2000)).await;
    let scrape = Scrape::of(&server).await;
    for (verdict, count) in
        [("verified", 3.0), ("no_face", 1.0), ("busy", 1.0), ("failed", 2.0), ("given_up", 0.0)]
    {
        let series = format!("anonchat_verifications_total{{verdict=\"{verdict}\"}}");
        assert_eq!(scrape.value(&series), count, "{verdict}");
    }
    assert_eq!(scrape.value("anonchat_verification_duration_seconds_count"), 7.0);
    assert_eq!(scrape.value("anonchat_verifications_under_way"), 0.0);
    let requests = "anonchat_http_requests_total{route=\"/verify\",method=\"post\",status=";
    assert_eq!(scrape.value(&format!("{requests}\"2xx\"}}")), 4.0);
    assert_eq!(scrape.value(&format!("{requests}\"5xx\"}}")), 3.0);
}

#[tokio::test]
async fn a_picture_that_is_looked_at_shows_and_so_does_one_that_nobody_waits_for() {
    let judge = Judge::thinking(Verdict::NoFace);
    let server = Server::with(lenient(), |builder| builder.classifier(judge.clone())).await;
    let query = format!("?device_id={DEVICE}&consent=1");
    let picture = file(2000);
    {
        let asking = post(&server, &query, &picture);
        let watching = async {
            judge.has_seen(1).await;
            let scrape = Scrape::of(&server).await;
            assert_eq!(scrape.value("anonchat_verifications_under_way"), 1.0);
            assert_eq!(scrape.value("anonchat_uploads"), 1.0);
        };
        tokio::select! {
            _ = asking => panic!("nobody has judged it"),
            () = watching => {}
        }
    }
    // The client has gone away, and with it the request.
    let given_up = "anonchat_verifications_total{verdict=\"given_up\"}";
    while Scrape::of(&server).await.value(given_up) < 1.0 {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    assert_eq!(Scrape::of(&server).await.value("anonchat_verifications_under_way"), 0.0);
}

#[tokio::test]
async fn a_store_that_does_not_answer_shows_and_does_not_keep_the_figures_back() {
    let store = Double::new(lenient());
    let server = Server::over(store.clone(), |builder| builder).await;
    let [(mut ann, _), (mut bob, _)] = native_pair(&server, ANN, BOB).await;
    store.main_is(Mood::Broken);
    ann.say(json!({ "action": "leave" })).await;
    assert_eq!(ann.expect("error").await["code"], "unavailable");
    let scrape = Scrape::of(&server).await;
    let leave = "anonchat_commands_total{command=\"leave\",outcome=\"unavailable\"}";
    assert_eq!(scrape.value(leave), 1.0);
    assert!(
        scrape.value("anonchat_store_calls_total{call=\"apply\",outcome=\"unavailable\"}") >= 1.0
    );
    assert_eq!(scrape.value("anonchat_pools_unavailable"), 1.0);
    assert!(
        scrape.value("anonchat_queries_total{query=\"census\",outcome=\"unavailable\"}") >= 1.0
    );

    store.main_is(Mood::Silent);
    bob.say(json!({ "action": "leave" })).await;
    assert_eq!(bob.expect("error").await["code"], "unavailable");
    let scrape = Scrape::of(&server).await;
    let lost = |outcome| {
        let series = format!("anonchat_store_calls_total{{call=\"apply\",outcome=\"{outcome}\"}}");
        scrape.value(&series)
    };
    assert!(lost("unavailable") + lost("given_up") >= 2.0, "however the waiting ended");
    assert_eq!(scrape.value(leave), 2.0);
}

#[tokio::test]
async fn many_scrapes_ask_the_store_once() {
    let server = Server::start(lenient()).await;
    let census = "anonchat_queries_total{query=\"census\",outcome=\"ok\"}";
    let scrapes = (0..50).map(|_| Scrape::of(&server));
    let scrapes = futures_util::future::join_all(scrapes).await;
    let asked = scrapes.iter().map(|scrape| scrape.value(census)).fold(0.0, f64::max);
    // More than once only if it took longer than the second for which figures are good.
    assert!((1.0..50.0).contains(&asked), "{asked}");
}

#[tokio::test]
async fn mail_that_may_be_lost_is_counted() {
    let store = Double::new(lenient());
    let server = Server::over(store.clone(), |builder| builder).await;
    store.gap();
    store.gap();
    assert_eq!(Scrape::of(&server).await.value("anonchat_mail_gaps_total"), 2.0);
}
