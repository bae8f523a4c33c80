//! What the socket of a room bears: nonsense, too much, and people who do not read.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::json;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;

use crate::client::PATIENCE;
use crate::guests::{Lobby, hear_message, open, say};

#[tokio::test]
async fn malformed_frames_are_answered_and_never_close_the_socket() {
    let lobby = Lobby::start(open()).await;
    let ann = lobby.guest("Ann").await;
    let code = lobby.room(&ann, json!({})).await;
    let deep = format!("{{\"type\":{}", "[".repeat(50_000));
    for native in [false, true] {
        let mut socket = match native {
            false => lobby.plain(&ann, &code).await,
            true => lobby.native(&ann, &code).await.0,
        };
        for frame in ["", "hello", "5", "null", "[]", "\"x\"", "{", "{}{}", "{\"a\"}", &deep] {
            socket.send(Message::text(frame)).await;
            let error = socket.expect("error").await;
            assert_eq!(error["message"], "Invalid JSON format", "{}", &frame[..frame.len().min(9)]);
        }
        socket.send(Message::binary(vec![0_u8, 255, 7])).await;
        assert_eq!(socket.expect("error").await["message"], "Invalid JSON format");
        let long = "x".repeat(1_001);
        for content in [json!(null), json!(5), json!(""), json!(" \n"), json!([]), json!(long)] {
            socket.say(json!({ "type": "chat_message", "content": content })).await;
            assert_eq!(socket.expect("error").await["message"], "Invalid message content");
        }
        for other in
            [json!({}), json!({ "type": null }), json!({ "type": "dance", "content": "x" })]
        {
            socket.say(other).await;
        }
        say(&mut socket, &"é".repeat(1_000)).await;
        assert_eq!(hear_message(&mut socket).await["content"], "é".repeat(1_000));
    }
}

#[tokio::test]
async fn frames_beyond_the_rate_are_refused_or_dropped_and_never_close_the_socket() {
    let mut policy = open();
    policy.rates.signals_per_minute = 3;
    let lobby = Lobby::start(policy).await;
    let (ann, ben) = (lobby.guest("Ann").await, lobby.guest("Ben").await);
    let code = lobby.room(&ann, json!({})).await;
    lobby.join(&ben, &code).await;
    let (mut heard, mut typing) = (lobby.plain(&ben, &code).await, lobby.plain(&ann, &code).await);
    for _ in 0..30 {
        typing.say(json!({ "type": "typing", "is_typing": true })).await;
    }
    typing.send(Message::text("nonsense")).await;
    // Unless a minute began in between, which lets three more through.
    let error = typing.expect("error").await["message"].clone();
    assert!(error == "Rate limit exceeded. Please slow down." || error == "Invalid JSON format");
    say(&mut typing, "done").await;
    let mut told = 0;
    while heard.hear().await["type"] == "typing" {
        told += 1;
    }
    assert!((3..=6).contains(&told), "{told}");
}

#[tokio::test]
async fn a_frame_beyond_the_limit_closes_with_1009_and_one_within_does_not() {
    let mut policy = open();
    policy.connection.frame_bytes = 1 << 20;
    let lobby = Lobby::start(policy).await;
    let ann = lobby.guest("Ann").await;
    let code = lobby.room(&ann, json!({})).await;
    let mut socket = lobby.plain(&ann, &code).await;
    socket.send(Message::text("x".repeat(1 << 20))).await;
    socket.expect("error").await;
    // Sending may fail half-way, which is no reason not to have heard why.
    let long = Message::text("x".repeat((1 << 20) + 1));
    let _ = timeout(PATIENCE, socket.socket.send(long)).await;
    assert_eq!(socket.expect_close().await, 1009);
    lobby.until(async |census| census.connections == 0).await;
}

#[tokio::test]
async fn who_does_not_read_is_dropped_while_the_others_talk_on() {
    let mut policy = open();
    policy.rooms.message_chars = 20_000;
    let lobby = Lobby::start(policy).await;
    let (ann, deaf) = (lobby.guest("Ann").await, lobby.guest("Deaf").await);
    let code = lobby.room(&ann, json!({ "message_retention_days": 0 })).await;
    let alias = lobby.join(&deaf, &code).await;
    let unread = lobby.plain(&deaf, &code).await;
    let (mut socket, _) = lobby.native(&ann, &code).await;
    let text = "x".repeat(20_000);
    let gone = json!({ "type": "presence", "alias": alias, "here": false });
    let mut said = 0;
    'talking: loop {
        say(&mut socket, &text).await;
        said += 1;
        assert!(said < 20_000, "nobody was dropped");
        loop {
            let frame = timeout(Duration::from_secs(5), socket.hear()).await.expect("promptly");
            if frame == gone {
                break 'talking;
            }
            if frame["type"] == "chat_message" {
                break;
            }
        }
    }
    drop(unread);
}

#[tokio::test]
async fn a_silent_client_is_asked_and_then_taken_for_gone() {
    let mut policy = open();
    policy.connection.idle_s = 1;
    let lobby = Lobby::start(policy).await;
    let (ann, silent) = (lobby.guest("Ann").await, lobby.guest("Silent").await);
    let code = lobby.room(&ann, json!({})).await;
    let alias = lobby.join(&silent, &code).await;
    let (mut awake, _) = lobby.native(&ann, &code).await;
    let unread = lobby.plain(&silent, &code).await;
    let here = |here: bool| json!({ "type": "presence", "alias": alias, "here": here });
    assert_eq!(awake.hear().await, here(true));
    // Reading answers pings; the other one does not read.
    assert_eq!(awake.hear().await, here(false));
    say(&mut awake, "still here").await;
    awake.expect("chat_message").await;
    drop(unread);
}

#[tokio::test]
async fn people_in_different_rooms_do_not_hear_each_other() {
    let lobby = Lobby::start(open()).await;
    let ann = lobby.guest("Ann").await;
    let (one, two) = (lobby.room(&ann, json!({})).await, lobby.room(&ann, json!({})).await);
    let (mut first, mut second) = (lobby.plain(&ann, &one).await, lobby.plain(&ann, &two).await);
    say(&mut first, "in the first").await;
    say(&mut second, "in the second").await;
    assert_eq!(hear_message(&mut first).await["content"], "in the first");
    assert_eq!(hear_message(&mut second).await["content"], "in the second");
    let nothing = timeout(Duration::from_millis(50), first.socket.next()).await;
    assert!(nothing.is_err(), "{nothing:?}");
}
