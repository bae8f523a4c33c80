//! One picture at a time for each device, and what is left of one: nothing.

use std::time::Duration;

use anonchat_axum::core::{Gender, Verdict};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use crate::client::{Answer, PATIENCE, Server, lenient};
use crate::judge::{DEVICE, Judge, data_url, file, post, post_json};

fn body() -> String {
    json!({ "image": data_url(1_000), "deviceId": DEVICE, "consent": 1 }).to_string()
}

fn slow_down(answer: &Answer) {
    let text = "Too many requests. Please slow down.";
    let body = json!({ "detail": text, "error": text, "verified": false });
    assert_eq!((answer.status, answer.json()), (429, body));
    assert!(answer.header("retry-after").is_some());
}

/// Asks until the device has its turn again.
async fn comes_in(server: &Server) {
    let query = format!("?device_id={DEVICE}&consent=1");
    let asking = async {
        while post(server, &query, &file(2_000)).await.status != 200 {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(PATIENCE, asking).await.expect("the turn ends");
}

#[tokio::test]
async fn a_second_picture_of_a_device_is_refused_while_one_is_judged() {
    let judge = Judge::thinking(Verdict::NoFace);
    let server = Server::with(lenient(), |builder| builder.classifier(judge.clone())).await;
    let query = format!("?device_id={DEVICE}&consent=1");
    let (json, form) = (body(), file(2_000));
    for is_form in [true, false] {
        let seen = judge.seen().len();
        let first = async {
            if is_form {
                post(&server, &query, &form).await
            } else {
                post_json(&server, "", &json).await
            }
        };
        let meanwhile = async {
            judge.has_seen(seen + 1).await;
            slow_down(&post(&server, &query, &form).await);
            slow_down(&post(&server, &query, &file(10 << 20)).await);
            slow_down(&post_json(&server, "", &json).await);
            judge.let_pass();
        };
        let (first, ()) = tokio::join!(first, meanwhile);
        assert_eq!(first.status, 200);
        assert_eq!(judge.seen().len(), seen + 1, "no other was looked at");
    }
}

#[tokio::test]
async fn pictures_of_different_devices_are_judged_at_once() {
    let judge = Judge::thinking(Verdict::NoFace);
    let server = Server::with(lenient(), |builder| builder.classifier(judge.clone())).await;
    let (one, two, form) =
        ("?device_id=device-one&consent=1", "?device_id=device-two&consent=1", file(2_000));
    let open = async {
        judge.has_seen(2).await;
        judge.let_pass();
        judge.let_pass();
    };
    let (one, two, ()) = tokio::join!(post(&server, one, &form), post(&server, two, &form), open);
    assert_eq!((one.status, two.status), (200, 200));
}

#[tokio::test]
async fn the_turn_ends_with_a_client_that_goes_away_and_with_a_panic() {
    let judge = Judge::saying(Ok(Verdict::NoFace));
    let server = Server::with(lenient(), |builder| builder.classifier(judge.clone())).await;
    // In the middle of the upload.
    let mut client = TcpStream::connect(server.address).await.expect("connect");
    let head = format!(
        "POST /verify?device_id={DEVICE}&consent=1 HTTP/1.1\r\nHost: {}\r\n\
         Content-Type: multipart/form-data; boundary=BOUND\r\nContent-Length: 5000000\r\n\r\n",
        server.address
    );
    client.write_all(head.as_bytes()).await.expect("write");
    client.write_all(file(100_000).as_bytes()).await.expect("write");
    let query = format!("?device_id={DEVICE}&consent=1");
    let refused = async {
        while post(&server, &query, &file(2_000)).await.status != 429 {
            sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(PATIENCE, refused).await.expect("the upload has the turn");
    drop(client);
    comes_in(&server).await;

    judge.panics();
    assert_eq!(post(&server, &query, &file(2_000)).await.status, 500);
    assert_eq!(post_json(&server, "", &body()).await.status, 200);
    judge.says(Ok(Verdict::NoFace));
    comes_in(&server).await;
}

#[tokio::test]
async fn the_turn_ends_with_a_client_that_does_not_wait_for_the_verdict() {
    let judge = Judge::thinking(Verdict::Verified(Gender::Male));
    let server = Server::with(lenient(), |builder| builder.classifier(judge.clone())).await;
    let query = format!("?device_id={DEVICE}&consent=1");
    let form = file(2_000);
    tokio::select! {
        _ = post(&server, &query, &form) => panic!("nobody has judged"),
        () = judge.has_seen(1) => {}
    }
    // The call is dropped with its picture: the only verdict is for the next one.
    let open = async {
        judge.has_seen(2).await;
        judge.let_pass();
    };
    tokio::join!(comes_in(&server), open);
}

#[tokio::test]
async fn the_connection_that_brought_a_picture_ends_with_the_answer() {
    let judge = Judge::saying(Ok(Verdict::NoFace));
    let server = Server::with(lenient(), |builder| builder.classifier(judge.clone())).await;
    let form = format!("{}--BOUND--\r\n", file(2_000));
    let kind = "multipart/form-data; boundary=BOUND";
    let form_path = format!("/verify?device_id={DEVICE}&consent=1");
    let evil = "https://evil.example";
    for (path, kind, body, origin, status) in [
        (form_path.as_str(), kind, form.clone(), None, 200),
        ("/verify", kind, form.clone(), None, 422),
        (form_path.as_str(), kind, form.clone(), Some(evil), 403),
        ("/api/verify", "application/json", body(), None, 200),
        ("/api/verify", "application/json", "{}".to_owned(), None, 400),
        ("/api/verify", "application/json", body(), Some(evil), 403),
    ] {
        let mut stream = TcpStream::connect(server.address).await.expect("connect");
        let origin = origin.map(|page| format!("Origin: {page}\r\n")).unwrap_or_default();
        // A client that would like to go on.
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: {}\r\nConnection: keep-alive\r\n{origin}\
             Content-Type: {kind}\r\nContent-Length: {}\r\n\r\n{body}",
            server.address,
            body.len()
        );
        stream.write_all(request.as_bytes()).await.expect("write");
        let mut answer = Vec::new();
        let end = timeout(PATIENCE, stream.read_to_end(&mut answer)).await;
        end.expect("it ends by itself").expect("in order");
        let answer = Answer::parse(&answer);
        assert_eq!((answer.status, answer.header("connection")), (status, Some("close")), "{path}");
    }
    // Where no picture comes in, a connection is kept.
    let mut stream = TcpStream::connect(server.address).await.expect("connect");
    for _ in 0..2 {
        let request = format!("GET /healthz HTTP/1.1\r\nHost: {}\r\n\r\n", server.address);
        stream.write_all(request.as_bytes()).await.expect("write");
        let mut answer = [0; 4_096];
        let read = timeout(PATIENCE, stream.read(&mut answer)).await.expect("answer");
        assert!(answer[..read.expect("open")].starts_with(b"HTTP/1.1 200"));
    }
}
