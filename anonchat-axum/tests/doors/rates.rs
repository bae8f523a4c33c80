//! How often somebody may ask.

use anonchat_axum::core::{Policy, Verdict};
use serde_json::json;

use crate::client::{ADMIN_KEY, Answer, Server, lenient};
use crate::judge::{DEVICE, Judge, data_url, file, post, post_json};

const TEXT: &str = "Too many requests. Please slow down.";

fn policy(change: impl FnOnce(&mut anonchat_axum::core::policy::Rates)) -> Policy {
    let mut policy = lenient();
    change(&mut policy.rates);
    policy
}

/// That it says when to come again, and in the words of every client.
fn slow_down(answer: &Answer) {
    let body = json!({ "detail": TEXT, "error": TEXT });
    assert_eq!((answer.status, answer.json()), (429, body));
    let wait = answer.header("retry-after").and_then(|wait| wait.parse::<u32>().ok());
    assert!(wait.is_some_and(|wait| (1..=3_600).contains(&wait)), "{wait:?}");
}

async fn reports(server: &Server, key: Option<&str>) -> Answer {
    let key = key.map(|key| format!("\r\nAuthorization: Bearer {key}")).unwrap_or_default();
    server.http(&format!("GET /admin/reports HTTP/1.1{key}"), b"").await
}

/// Asks until it is too often: how many passed before, and the answer that said so.
async fn asked_too_often(ask: impl AsyncFn() -> Answer) -> (usize, Answer) {
    for passed in 0..1_000 {
        let answer = ask().await;
        if answer.status == 429 {
            return (passed, answer);
        }
    }
    panic!("there is no limit");
}

#[tokio::test]
async fn thirty_requests_a_minute_and_no_more_from_this_machine_too() {
    let server = Server::start(Policy::default()).await;
    let (passed, answer) = asked_too_often(async || reports(&server, None).await).await;
    assert!(passed >= 30, "{passed}");
    slow_down(&answer);
    // Every REST route counts, and is refused.
    for path in ["/verify", "/api/verify"] {
        let ask = format!("POST {path} HTTP/1.1");
        let (passed, answer) = asked_too_often(async || server.http(&ask, b"{}").await).await;
        assert!(passed < 30, "{path} is counted by itself");
        let body = json!({ "detail": TEXT, "error": TEXT, "verified": false });
        assert_eq!(answer.json(), body, "{path}");
        assert!(answer.header("retry-after").is_some());
    }
    // What is no REST does not.
    for _ in 0..40 {
        assert_eq!(server.get("/healthz").await.status, 200);
    }
    assert_eq!(server.get("/readyz").await.status, 200);
    server.plain("ann").await.greeted().await;
}

#[tokio::test]
async fn a_valid_admin_key_is_not_counted() {
    let server = Server::start(policy(|rates| rates.rest_per_minute = 2)).await;
    for _ in 0..50 {
        assert_eq!(reports(&server, Some(ADMIN_KEY)).await.status, 200);
    }
    let (passed, answer) = asked_too_often(async || reports(&server, Some("another")).await).await;
    assert!(passed >= 2, "what was shown with the key was counted");
    slow_down(&answer);
    assert_eq!(reports(&server, Some(ADMIN_KEY)).await.status, 200);
}

#[tokio::test]
async fn wrong_admin_keys_shut_the_door_for_the_right_one_too() {
    let server = Server::start(policy(|rates| rates.sign_ins_per_minute = 2)).await;
    for _ in 0..5 {
        assert_eq!(reports(&server, None).await.status, 401, "showing none is no attempt");
    }
    let (passed, answer) = asked_too_often(async || reports(&server, Some("guess")).await).await;
    assert!(passed >= 2, "{passed}");
    slow_down(&answer);
    // Each wrong one that passes meanwhile shuts the door again.
    reports(&server, Some("guess")).await;
    slow_down(&reports(&server, Some(ADMIN_KEY)).await);
    assert_eq!(reports(&server, None).await.status, 401);
}

#[tokio::test]
async fn preflights_are_not_counted() {
    let chosen = |builder: anonchat_axum::Builder| builder.origins(["https://chat.example.org"]);
    let server = Server::with(policy(|rates| rates.rest_per_minute = 1), chosen).await;
    for _ in 0..5 {
        let ask = "OPTIONS /verify HTTP/1.1\r\nOrigin: https://chat.example.org\r\n\
                   Access-Control-Request-Method: POST";
        assert_eq!(server.http(ask, b"").await.status, 200);
    }
    let own = "GET /admin/reports HTTP/1.1\r\nOrigin: https://chat.example.org";
    let (passed, refused) = asked_too_often(async || server.http(own, b"").await).await;
    assert!(passed >= 1, "preflights are counted");
    slow_down(&refused);
    // Or the page could not read what it is told.
    assert_eq!(
        refused.header("access-control-allow-origin"),
        Some("https://chat.example.org"),
        "{}",
        refused.head
    );
}

#[tokio::test]
async fn pictures_to_be_judged_have_a_limit_of_their_own() {
    let judge = Judge::saying(Ok(Verdict::NoFace));
    let few = policy(|rates| rates.verifications_per_hour = 2);
    let server = Server::with(few.clone(), |builder| builder.classifier(judge.clone())).await;
    let query = format!("?device_id={DEVICE}&consent=1");
    assert_eq!(post(&server, &query, &file(2_000)).await.status, 200);
    let body = json!({ "image": data_url(1_000), "deviceId": DEVICE, "consent": 1 }).to_string();
    assert_eq!(post_json(&server, "", &body).await.status, 200);
    for answer in [post(&server, &query, &file(9 << 20)).await, post_json(&server, "", &body).await]
    {
        let body = json!({ "detail": TEXT, "error": TEXT, "verified": false });
        assert_eq!((answer.status, answer.json()), (429, body));
        let wait = answer.header("retry-after").and_then(|wait| wait.parse::<u32>().ok());
        assert!(wait.is_some_and(|wait| (1_700..=1_800).contains(&wait)), "{wait:?}");
    }
    assert_eq!(judge.seen().len(), 2);
    assert_eq!(reports(&server, None).await.status, 401, "nothing else is refused");

    let server = Server::start(few).await;
    for _ in 0..5 {
        let answer = post(&server, &query, &file(2_000)).await;
        assert_eq!(answer.status, 200, "where none is judged, none counts");
    }
}
