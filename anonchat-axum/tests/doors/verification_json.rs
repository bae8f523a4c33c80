//! `POST /api/verify`, case by case.

use anonchat_axum::Consent;
use anonchat_axum::core::{ClassifyError, Gender, Policy, Verdict, Verification};
use serde_json::{Value, json};

use crate::client::{Server, lenient};
use crate::judge::{DEVICE, Judge, data_url, post_json};

const UNREACHABLE: &str =
    "Unable to connect to gender detection service. Please ensure it is running.";
const UNFIT: &str = "Analysis failed. Please try again with a clearer image.";

fn no(text: &str) -> Value {
    json!({ "verified": false, "error": text })
}

fn asking(image: &str) -> String {
    json!({ "image": image, "deviceId": DEVICE, "consent": 1 }).to_string()
}

async fn judged(judge: &Judge) -> Server {
    Server::with(lenient(), |builder| builder.classifier(judge.clone())).await
}

#[tokio::test]
async fn what_is_wrong_is_said_in_the_order_of_checking() {
    let judge = Judge::saying(Ok(Verdict::NoFace));
    let server = judged(&judge).await;
    let fit = data_url(1_000);
    let base64 = &fit["data:image/jpeg;base64,".len()..];
    let gif = format!("data:image/gif;base64,{base64}");
    let percent = format!("data:image/jpeg,{base64}");
    let (image, device) = ("Image data required", "Device ID required");
    let long = "x".repeat(257);
    for (body, status, text) in [
        (String::new(), 400, image),
        ("junk".to_owned(), 400, image),
        ("[]".to_owned(), 400, image),
        (json!({}).to_string(), 400, image),
        (json!({ "deviceId": DEVICE }).to_string(), 400, image),
        (json!({ "image": "", "deviceId": DEVICE }).to_string(), 400, image),
        (json!({ "image": 1, "deviceId": DEVICE }).to_string(), 400, image),
        (json!({ "image": "x" }).to_string(), 400, device),
        (json!({ "image": "x", "deviceId": "" }).to_string(), 400, device),
        (json!({ "image": "x", "deviceId": 12_345_678 }).to_string(), 400, device),
        (json!({ "image": "x", "deviceId": "1234567" }).to_string(), 400, device),
        (json!({ "image": fit, "deviceId": long }).to_string(), 400, device),
        (json!({ "image": base64, "deviceId": DEVICE }).to_string(), 200, UNREACHABLE),
        (json!({ "image": gif, "deviceId": DEVICE }).to_string(), 200, UNFIT),
        (json!({ "image": percent, "deviceId": DEVICE }).to_string(), 200, UNFIT),
        (json!({ "image": data_url(333), "deviceId": DEVICE }).to_string(), 200, UNFIT),
        (json!({ "image": fit, "deviceId": DEVICE }).to_string(), 400, "Consent required"),
        // What is no base64 shows when it is read, and so after consent.
        (
            json!({ "image": fit.clone() + "!", "deviceId": DEVICE }).to_string(),
            400,
            "Consent required",
        ),
        (asking(&(fit.clone() + "!")), 200, UNFIT),
        (asking(&(fit.clone() + "=")), 200, UNFIT),
        (asking(&data_url((10 << 20) / 4)), 413, "Image too large (max 10MB)"),
        (asking(&data_url(4 << 20)), 413, "Image too large (max 10MB)"),
    ] {
        let answer = post_json(&server, "", &body).await;
        let shown = &body[..body.len().min(80)];
        assert_eq!((answer.status, answer.json()), (status, no(text)), "{shown}");
    }
    assert!(judge.seen().is_empty(), "nothing of that was read");
}

#[tokio::test]
async fn a_verified_person_is_told_the_gender_and_gets_a_token() {
    let judge = Judge::saying(Ok(Verdict::Verified(Gender::Female)));
    let server = judged(&judge).await;
    for (gender, letter) in [(Gender::Female, "F"), (Gender::Male, "M")] {
        judge.says(Ok(Verdict::Verified(gender)));
        let answer = post_json(&server, "", &asking(&data_url(1_000))).await;
        let body = answer.json();
        let members: Vec<_> = body.as_object().expect("an object").keys().collect();
        assert_eq!(members, ["expiresAt", "gender", "verificationToken", "verified"]);
        assert_eq!((answer.status, &body["verified"]), (200, &json!(true)));
        assert_eq!(body["gender"], letter);
        assert!(body["expiresAt"].as_u64() > Some(1_700_000_000_000));
        let mut client = server.native(DEVICE).await;
        assert_eq!(client.hello().await["gender"], gender.as_str(), "the pool knows it as well");
    }
    assert_eq!(judge.seen(), [3_000, 3_000]);
}

#[tokio::test]
async fn the_picture_is_taken_as_json_writers_write_it() {
    let judge = Judge::saying(Ok(Verdict::NoFace));
    let server = judged(&judge).await;
    let escaped = asking(&data_url(1_000)).replace('/', "\\/");
    // Two bytes more, with the padding and without, and one plus that is none in the end.
    let padded = asking(&(data_url(1_000) + "cHA="));
    let bare = asking(&(data_url(1_000) + "cHA"));
    let unicode = asking(&data_url(1_000)).replace("cHBw", "c\\u0048Bw");
    for (body, bytes) in [(escaped, 3_000), (padded, 3_002), (bare, 3_002), (unicode, 3_000)] {
        let answer = post_json(&server, "", &body).await;
        assert_eq!((answer.status, answer.json()), (200, no("Face not detected")));
        assert_eq!(judge.seen().last(), Some(&bytes));
    }
    let wrapped = asking(&data_url(1_000)).replace("cHBwcHBw", "cHBw\\r\\ncHBw");
    assert_eq!(post_json(&server, "", &wrapped).await.json(), no(UNFIT));
}

#[tokio::test]
async fn each_verdict_has_the_text_that_clients_know() {
    let judge = Judge::saying(Ok(Verdict::NoFace));
    let server = judged(&judge).await;
    let several = "Multiple faces detected. Please ensure only one face is visible.";
    let lifeless = "Liveness check failed. Please ensure you are capturing a real person.";
    for (verdict, text) in [
        (Ok(Verdict::NoFace), "Face not detected"),
        (Ok(Verdict::SeveralFaces), several),
        (Ok(Verdict::NotLive), lifeless),
        (Ok(Verdict::TooDark), UNFIT),
        (Ok(Verdict::TooBlurred), UNFIT),
        (Ok(Verdict::TooSmall), UNFIT),
        (Ok(Verdict::TurnedAway), UNFIT),
        (Ok(Verdict::Unreadable), UNFIT),
        (Ok(Verdict::Verified(Gender::PreferNotToSay)), UNFIT),
        (Ok(Verdict::Verified(Gender::NonBinary)), UNFIT),
        (Err(ClassifyError::Timeout), "Verification failed"),
        (Err(ClassifyError::Failed), "Verification failed"),
    ] {
        judge.says(verdict);
        let answer = post_json(&server, "", &asking(&data_url(1_000))).await;
        assert_eq!((answer.status, answer.json()), (200, no(text)), "{verdict:?}");
    }
    judge.panics();
    let answer = post_json(&server, "", &asking(&data_url(1_000))).await;
    assert_eq!((answer.status, answer.json()), (200, no("Verification failed")));
    judge.says(Err(ClassifyError::Busy { retry_after_s: 7 }));
    let busy = post_json(&server, "", &asking(&data_url(1_000))).await;
    assert_eq!((busy.status, busy.header("retry-after")), (503, Some("7")));
    let body = busy.json();
    assert!(body["detail"].is_string() && body["error"].is_string());
    assert_eq!(body["verified"], false);
}

#[tokio::test]
async fn a_picture_is_read_with_consent_only() {
    let judge = Judge::saying(Ok(Verdict::NoFace));
    let server = judged(&judge).await;
    for (query, said, given) in [
        ("", None, false),
        ("", Some(json!(0)), false),
        ("", Some(json!(false)), false),
        ("", Some(json!("no")), false),
        ("", Some(json!(null)), false),
        ("?consent=0", None, false),
        ("", Some(json!(1)), true),
        ("", Some(json!(true)), true),
        ("", Some(json!("1")), true),
        ("", Some(json!("true")), true),
        ("?consent=1", None, true),
        ("?consent=true", None, true),
        ("?consent=0", Some(json!(1)), true),
    ] {
        let before = judge.seen().len();
        let mut body = json!({ "image": data_url(1_000), "deviceId": DEVICE });
        if let Some(said) = &said {
            body["consent"] = said.clone();
        }
        let answer = post_json(&server, query, &body.to_string()).await;
        let expected = if given { no("Face not detected") } else { no("Consent required") };
        assert_eq!(answer.json(), expected, "{query} {said:?}");
        assert_eq!(answer.status, if given { 200 } else { 400 });
        assert_eq!(judge.seen().len() > before, given);
    }
    let implied = |builder: anonchat_axum::Builder| {
        builder.classifier(judge.clone()).consent(Consent::Implied)
    };
    let server = Server::with(lenient(), implied).await;
    let body = json!({ "image": data_url(1_000), "deviceId": DEVICE }).to_string();
    assert_eq!(post_json(&server, "", &body).await.json(), no("Face not detected"));
}

#[tokio::test]
async fn where_nothing_judges_the_service_is_not_there() {
    let server = Server::start(lenient()).await;
    let body = json!({ "image": data_url(1_000), "deviceId": DEVICE }).to_string();
    let answer = post_json(&server, "", &body).await;
    assert_eq!((answer.status, answer.json()), (200, no(UNREACHABLE)));

    let judge = Judge::saying(Ok(Verdict::Verified(Gender::Male)));
    let policy = Policy { verification: Verification::Off, ..lenient() };
    let server = Server::with(policy, |builder| builder.classifier(judge.clone())).await;
    assert_eq!(post_json(&server, "", &body).await.json(), no(UNREACHABLE));
    assert!(judge.seen().is_empty());
}

#[tokio::test]
async fn an_abstention_keeps_nobody_out_where_verification_is_required() {
    let judge = Judge::saying(Ok(Verdict::Verified(Gender::PreferNotToSay)));
    let policy = Policy { verification: Verification::Required, ..lenient() };
    let server = Server::with(policy, |builder| builder.classifier(judge.clone())).await;
    assert_eq!(post_json(&server, "", &asking(&data_url(1_000))).await.json(), no(UNFIT));
    let mut client = server.native(DEVICE).await;
    client.hello().await;
    client.join("any").await;
    client.expect("queued").await;
}

#[tokio::test]
async fn only_pages_that_are_let_in_may_ask() {
    let server = Server::with(lenient(), |builder| builder.development(true)).await;
    let ask = |origin: &str| format!("POST /api/verify HTTP/1.1\r\nOrigin: {origin}");
    let told = server.http(&ask("http://localhost:3000"), b"{}").await;
    assert_eq!((told.status, told.json()), (400, no("Image data required")));
    assert_eq!(told.header("access-control-allow-origin"), Some("http://localhost:3000"));
    assert_eq!(told.header("access-control-allow-credentials"), Some("true"));
    let told = server.http(&ask("https://evil.example"), b"{}").await;
    assert_eq!((told.status, told.header("access-control-allow-origin")), (403, None));
}
