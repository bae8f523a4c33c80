//! `POST /verify`, case by case.

use anonchat_axum::Consent;
use anonchat_axum::core::{ClassifyError, Gender, Policy, Verdict, Verification};
use serde_json::json;

use crate::client::{Server, lenient};
use crate::judge::{DEVICE, Judge, file, part, post};

#[tokio::test]
async fn what_is_wrong_is_said_in_the_order_of_checking() {
    let server = Server::start(lenient()).await;
    let query = format!("?device_id={DEVICE}");
    let missing = |place: &str, name: &str| json!({ "type": "missing", "loc": [place, name], "msg": "Field required", "input": null });
    let (device, picture) = (missing("query", "device_id"), missing("body", "file"));
    let empty_name = part("name=\"file\"; filename=\"\"", Some("image/jpeg"), &"p".repeat(2000));
    let no_name = part("name=\"file\"", None, &"p".repeat(2000));
    let gif = part("name=\"file\"; filename=\"a.gif\"", Some("image/gif"), "p");
    let other = part("name=\"other\"; filename=\"a.jpg\"", Some("image/jpeg"), &"p".repeat(2000));
    let types = "Invalid file type. Allowed: image/jpeg, image/jpg, image/png, image/webp";
    for (query, parts, status, detail) in [
        ("", String::new(), 422, json!([device, picture])),
        ("", file(2000), 422, json!([device])),
        (&query, String::new(), 422, json!([picture])),
        (&query, other, 422, json!([picture])),
        ("?device_id=", file(2000), 400, json!("Invalid device_id")),
        ("?device_id=1234567", gif.clone(), 400, json!("Invalid device_id")),
        (&query, empty_name, 400, json!("No file uploaded")),
        (&query, no_name, 400, json!("No file uploaded")),
        (&query, gif, 400, json!(types)),
        (&query, file(999), 400, json!("Failed to read image file")),
        (&query, file((10 << 20) + 1), 400, json!("Failed to read image file")),
        (&query, file(11 << 20), 400, json!("Failed to read image file")),
    ] {
        let answer = post(&server, query, &parts).await;
        assert_eq!((answer.status, &answer.json()["detail"]), (status, &detail), "{query}");
    }
    let bare = server.http(&format!("POST /verify{query} HTTP/1.1"), b"junk").await;
    assert_eq!((bare.status, &bare.json()["detail"]), (422, &json!([picture])));
}

#[tokio::test]
async fn without_a_classifier_the_picture_is_not_judged() {
    let server = Server::start(lenient()).await;
    for bytes in [1000, 10 << 20] {
        let answer = post(&server, &format!("?device_id={DEVICE}"), &file(bytes)).await;
        assert_eq!(answer.status, 200);
        assert_eq!(
            answer.json(),
            json!({
                "device_id": DEVICE, "gender": "prefer-not-to-say", "verified": false,
                "message": "Could not verify gender - defaulting to neutral",
            })
        );
    }
    let mut client = server.native(DEVICE).await;
    assert!(client.hello().await["gender"].is_null());
}

#[tokio::test]
async fn a_verified_gender_counts_from_the_next_join() {
    let judge = Judge::saying(Ok(Verdict::Verified(Gender::Female)));
    let server = Server::with(lenient(), |builder| builder.classifier(judge.clone())).await;
    let answer = post(&server, &format!("?device_id={DEVICE}&consent=1"), &file(5000)).await;
    let mut body = answer.json();
    let members = body.as_object_mut().expect("an object");
    let (token, expires) = (members.remove("token"), members.remove("expires_at"));
    assert!(token.expect("token").is_string() && expires.expect("an instant").is_u64());
    assert_eq!(
        body,
        json!({
            "device_id": DEVICE, "gender": "female", "verified": true,
            "message": "Gender verified as female",
        })
    );
    assert_eq!(judge.seen(), [5000]);
    let mut client = server.native(DEVICE).await;
    assert_eq!(client.hello().await["gender"], "female");
}

#[tokio::test]
async fn a_picture_is_read_with_consent_only() {
    let judge = Judge::saying(Ok(Verdict::NoFace));
    let server = Server::with(lenient(), |builder| builder.classifier(judge.clone())).await;
    let query = format!("?device_id={DEVICE}");
    let said = |value: &str| part("name=\"consent\"", None, value) + &file(2000);
    for (query, parts, status) in [
        (query.clone(), file(2000), 400),
        (format!("{query}&consent=0"), file(2000), 400),
        (format!("{query}&consent="), file(2000), 400),
        (query.clone(), said("no"), 400),
        (format!("{query}&consent=1"), file(2000), 200),
        (format!("{query}&consent=true"), file(2000), 200),
        (query.clone(), said("1"), 200),
        (query.clone(), said("true"), 200),
        (query.clone(), file(2000) + &part("name=\"consent\"", None, "1"), 200),
        (format!("{query}&consent=0"), said("1"), 200),
        // Looked at after the file itself.
        (query.clone(), file(10), 400),
    ] {
        let before = judge.seen().len();
        let answer = post(&server, &query, &parts).await;
        assert_eq!(answer.status, status, "{query}");
        assert_eq!(judge.seen().len() > before, status == 200, "{query}");
        if status == 400 && parts.len() > 1000 {
            assert_eq!(answer.json(), json!({ "detail": "Consent required" }));
        }
    }
    let implied = |builder: anonchat_axum::Builder| {
        builder.classifier(judge.clone()).consent(Consent::Implied)
    };
    let server = Server::with(lenient(), implied).await;
    assert_eq!(post(&server, &query, &file(2000)).await.status, 200);
}

#[tokio::test]
async fn each_verdict_says_what_to_do_better() {
    let judge = Judge::saying(Ok(Verdict::NoFace));
    let server = Server::with(lenient(), |builder| builder.classifier(judge.clone())).await;
    let query = format!("?device_id={DEVICE}&consent=1");
    let mut messages = Vec::new();
    for (verdict, word) in [
        (Verdict::NoFace, "face"),
        (Verdict::SeveralFaces, "exactly one"),
        (Verdict::NotLive, "live"),
        (Verdict::TooDark, "dark"),
        (Verdict::TooBlurred, "blurred"),
        (Verdict::TooSmall, "small"),
        (Verdict::TurnedAway, "turned"),
        (Verdict::Unreadable, "Could not verify gender - defaulting to neutral"),
        (Verdict::Verified(Gender::PreferNotToSay), "defaulting to neutral"),
    ] {
        judge.says(Ok(verdict));
        let answer = post(&server, &query, &file(2000)).await;
        let body = answer.json();
        assert_eq!((answer.status, &body["verified"]), (200, &json!(false)), "{verdict:?}");
        assert_eq!(body["gender"], "prefer-not-to-say");
        // Only a verdict about a person is something to show elsewhere.
        assert_eq!(body["token"].is_string(), matches!(verdict, Verdict::Verified(_)));
        let message = body["message"].as_str().expect("message").to_owned();
        assert!(message.contains(word), "{verdict:?}: {message}");
        messages.push(message);
    }
    messages.truncate(8);
    messages.sort();
    messages.dedup();
    assert_eq!(messages.len(), 8, "the cases are told apart");
}

#[tokio::test]
async fn a_classifier_that_is_busy_or_broken_is_told_apart() {
    let judge = Judge::saying(Err(ClassifyError::Busy { retry_after_s: 7 }));
    let server = Server::with(lenient(), |builder| builder.classifier(judge.clone())).await;
    let query = format!("?device_id={DEVICE}&consent=1");
    let busy = post(&server, &query, &file(2000)).await;
    assert_eq!((busy.status, busy.header("retry-after")), (503, Some("7")));
    assert!(busy.json()["detail"].is_string() && busy.json()["error"].is_string());
    for error in [ClassifyError::Timeout, ClassifyError::Failed] {
        judge.says(Err(error));
        let broken = post(&server, &query, &file(2000)).await;
        assert_eq!(broken.status, 500);
        assert_eq!(broken.json(), json!({ "detail": "Verification failed" }));
    }
    judge.panics();
    let broken = post(&server, &query, &file(2000)).await;
    assert_eq!(broken.status, 500);
    assert_eq!(broken.json(), json!({ "detail": "Verification failed" }));
    judge.says(Ok(Verdict::Verified(Gender::Male)));
    assert_eq!(post(&server, &query, &file(2000)).await.status, 200, "and goes on");
}

#[tokio::test]
async fn where_nobody_is_verified_no_picture_is_read() {
    let judge = Judge::saying(Ok(Verdict::Verified(Gender::Male)));
    let policy = Policy { verification: Verification::Off, ..lenient() };
    let server = Server::with(policy, |builder| builder.classifier(judge.clone())).await;
    let answer = post(&server, &format!("?device_id={DEVICE}"), &file(2000)).await;
    assert_eq!((answer.status, &answer.json()["verified"]), (200, &json!(false)));
    assert!(judge.seen().is_empty());
}

#[tokio::test]
async fn an_abstention_keeps_nobody_out_where_verification_is_required() {
    let judge = Judge::saying(Ok(Verdict::Verified(Gender::PreferNotToSay)));
    let policy = Policy { verification: Verification::Required, ..lenient() };
    let server = Server::with(policy, |builder| builder.classifier(judge.clone())).await;
    let mut client = server.native(DEVICE).await;
    client.hello().await;
    client.join("any").await;
    assert_eq!(client.expect("error").await["code"], "verification_required");
    post(&server, &format!("?device_id={DEVICE}&consent=1"), &file(2000)).await;
    client.join("any").await;
    client.expect("queued").await;
}
