//! What a connection bears: nonsense, too much, and partners who do not read.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::json;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;

use crate::client::{PATIENCE, Server, lenient, native_pair, plain_pair};

const ANN: &str = "ann-0123456789abcdef";
const BOB: &str = "bob-0123456789abcdef";

#[tokio::test]
async fn five_hundred_malformed_frames_are_answered_without_closing() {
    let server = Server::start(lenient()).await;
    for mut client in [server.plain("ann").await.greeted().await, greeted_native(&server).await] {
        for (number, frame) in malformed(500).into_iter().enumerate() {
            client.send(frame.clone()).await;
            let answer = client.hear().await;
            assert_eq!(answer["type"], "error", "{number}: {frame:?} got {answer}");
            let message = answer["message"].as_str().expect("message").to_lowercase();
            assert!(!message.contains("ban"), "{message}");
        }
        client.join("any").await;
        client.expect("queued").await;
        client.say(json!({ "action": "leave" })).await;
    }
}

async fn greeted_native(server: &Server) -> crate::client::Client {
    let mut client = server.native(ANN).await;
    client.hello().await;
    client
}

/// Frames that are none, from a generator that always gives the same.
fn malformed(count: usize) -> Vec<Message> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state as usize % below
    };
    let seeds = [
        r#"{"action":"join","filter":"any","nickname":"x"}"#,
        r#"{"action":"msg","text":"hello"}"#,
        r#"{"action":"report","reported":"a","reason":"b"}"#,
        r#"{"action":"block","peer":{"a":[1,2,{"b":null}]}}"#,
    ];
    let pieces = ["{", "}", "[", "\"", "\\", "\u{0}", "null", "1e999", "\u{10ffff}", ":", ",", "-"];
    let mut frames = Vec::new();
    while frames.len() < count {
        let mut text = seeds[next(seeds.len())].to_owned();
        match next(6) {
            0 => {
                let bytes = (0..next(300)).map(|_| next(256) as u8).collect::<Vec<_>>();
                frames.push(Message::binary(bytes));
                continue;
            }
            1 => text.truncate(next(text.len())),
            2 => text = (0..next(200)).map(|_| pieces[next(pieces.len())]).collect(),
            3 => text = format!("{{\"action\":{}}}", ["1", "null", "[]", "\"fly\"", "{}"][next(5)]),
            4 => text = format!("{}{text}", "[".repeat(1 + next(5000))),
            _ => text = format!("{text}{}", pieces[next(pieces.len())].repeat(1 + next(9))),
        }
        frames.push(Message::text(text));
    }
    frames
}

#[tokio::test]
async fn a_frame_beyond_the_limit_closes_with_1009_and_one_within_does_not() {
    let mut policy = lenient();
    policy.connection.frame_bytes = 1 << 20;
    let server = Server::start(policy).await;
    let mut ann = server.plain("ann").await.greeted().await;
    ann.send(Message::text("x".repeat(1 << 20))).await;
    ann.expect("error").await;
    // Sending may fail half-way, which is no reason not to have heard why.
    let _ = timeout(PATIENCE, ann.socket.send(Message::text("x".repeat((1 << 20) + 1)))).await;
    assert_eq!(ann.expect_close().await, 1009);
}

#[tokio::test]
async fn a_partner_who_does_not_read_is_dropped_while_others_talk_on() {
    let mut policy = lenient();
    policy.text.message_chars = 20_000;
    let server = Server::start(policy).await;
    let [(mut ann, to_deaf), (deaf, _)] = plain_pair(&server, "ann", "deaf").await;
    let [(mut cat, _), (mut dan, _)] = native_pair(&server, ANN, BOB).await;

    let text = "x".repeat(20_000);
    let frame = Message::text(json!({ "action": "msg", "text": text }).to_string());
    let mut sent = 0;
    let left = loop {
        // More than any socket buffers hold; and nobody else has to wait for it.
        let next = async {
            tokio::select! {
                biased;
                heard = ann.socket.next() => heard.map(|heard| heard.expect("message")),
                () = std::future::ready(()) => None,
            }
        };
        if let Some(Message::Text(heard)) = next.await {
            break heard;
        }
        ann.send(frame.clone()).await;
        sent += 1;
        assert!(sent < 20_000, "nobody was dropped");
        if sent % 50 == 0 {
            let id = format!("m{sent}");
            cat.say(json!({ "action": "msg", "id": id, "text": "hi" })).await;
            let heard = timeout(Duration::from_secs(5), dan.expect("msg")).await;
            assert_eq!(heard.expect("promptly")["id"], id);
            dan.say(json!({ "action": "ack", "id": id })).await;
            cat.expect("ack").await;
        }
    };
    let left: serde_json::Value = serde_json::from_str(&left).expect("JSON");
    assert_eq!(left, json!({ "type": "peer_left", "peer": to_deaf }));
    drop(deaf);
}

#[tokio::test]
async fn a_silent_client_is_asked_and_then_taken_for_gone() {
    let mut policy = lenient();
    policy.connection.idle_s = 1;
    let server = Server::start(policy).await;
    let [(mut ann, _), (silent, to_ann)] = plain_pair(&server, "ann", "silent").await;
    // Reading answers pings; the other one does not read.
    assert_eq!(ann.expect("peer_left").await["type"], "peer_left");
    drop((silent, to_ann));
    ann.join("any").await;
    ann.expect("queued").await;
}
