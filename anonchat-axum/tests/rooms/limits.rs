//! How often somebody may do something, at every door together.

use serde_json::json;

use crate::client::Answer;
use crate::guests::{Lobby, hear_message, open, say};

const TEXT: &str = "Rate limit exceeded. Please try again later.";

fn is_refused(answer: &Answer, text: &str) {
    assert_eq!((answer.status, &answer.json()["error"]), (429, &json!(text)), "{answer:?}");
    assert_eq!(answer.json()["detail"], json!(text));
    let wait: u32 = answer.header("retry-after").expect("when").parse().expect("seconds");
    assert!(wait > 0);
}

#[tokio::test]
async fn five_sessions_and_three_rooms_an_hour_and_address_this_machine_included() {
    let mut policy = open();
    policy.rates.sessions_per_hour = 5;
    policy.rates.rooms_per_hour = 3;
    let lobby = Lobby::start(policy).await;
    let ann = lobby.guest("Ann").await;
    for number in 2..=5 {
        lobby.guest(&format!("Guest {number}")).await;
    }
    let sixth = lobby.post("/api/session/create/", None, &json!({ "nickname": "Six" })).await;
    is_refused(&sixth, TEXT);
    for _ in 0..3 {
        lobby.room(&ann, json!({})).await;
    }
    is_refused(&lobby.post("/api/rooms/create/", Some(&ann), &json!({})).await, TEXT);
}

#[tokio::test]
async fn ten_messages_a_minute_and_session_whichever_door_they_take() {
    let mut policy = open();
    policy.rates.room_messages_per_minute = 10;
    let lobby = Lobby::start(policy).await;
    let (ann, ben) = (lobby.guest("Ann").await, lobby.guest("Ben").await);
    let code = lobby.room(&ann, json!({})).await;
    lobby.join(&ben, &code).await;
    let (mut first, mut second) = (lobby.plain(&ann, &code).await, lobby.plain(&ann, &code).await);
    for number in 0..6 {
        say(&mut first, &format!("m{number}")).await;
        hear_message(&mut first).await;
    }
    for _ in 0..4 {
        assert_eq!(lobby.say(&ann, &code, "by post").await.status, 201);
    }
    is_refused(&lobby.say(&ann, &code, "one more").await, TEXT);
    // What is refused as unfit does not count.
    say(&mut second, "and one more").await;
    let error = crate::guests::hear(&mut second, "error").await;
    assert_eq!(error["message"], "Rate limit exceeded. Please slow down.");
    let mut other = lobby.plain(&ben, &code).await;
    say(&mut other, "somebody else").await;
    assert_eq!(hear_message(&mut other).await["content"], "somebody else");
    assert_eq!(lobby.kept(&ben, &code).await.len(), 11);
}

#[tokio::test]
async fn ten_messages_a_minute_and_address_over_rest_whoever_sends_them() {
    let mut policy = open();
    policy.rates.room_messages_per_minute = 10;
    let lobby = Lobby::start(policy).await;
    let (ann, ben) = (lobby.guest("Ann").await, lobby.guest("Ben").await);
    let code = lobby.room(&ann, json!({})).await;
    lobby.join(&ben, &code).await;
    for number in 0..10 {
        let by = if number % 2 == 0 { &ann } else { &ben };
        assert_eq!(lobby.say(by, &code, "hello").await.status, 201);
    }
    is_refused(&lobby.say(&ann, &code, "hello").await, TEXT);
    is_refused(&lobby.say(&ben, &code, "hello").await, TEXT);
    // Five of each went by here, so that each has five left for the socket.
    let mut socket = lobby.plain(&ann, &code).await;
    for _ in 0..5 {
        say(&mut socket, "over the socket").await;
        hear_message(&mut socket).await;
    }
}

#[tokio::test]
async fn requests_about_rooms_count_among_all_of_an_address() {
    let mut policy = open();
    policy.rates.rest_per_minute = 4;
    let lobby = Lobby::start(policy).await;
    let ann = lobby.guest("Ann").await;
    for _ in 0..3 {
        assert_eq!(lobby.get("/api/rooms/", Some(&ann)).await.status, 200);
    }
    is_refused(&lobby.get("/api/rooms/", Some(&ann)).await, "Too many requests. Please slow down.");
}

#[tokio::test]
async fn sockets_of_rooms_have_their_place_among_all() {
    let mut policy = open();
    policy.connection.max_connections = 1;
    let lobby = Lobby::start(policy).await;
    let ann = lobby.guest("Ann").await;
    let code = lobby.room(&ann, json!({})).await;
    let socket = lobby.plain(&ann, &code).await;
    assert_eq!(lobby.refusal(&ann, &code).await, Some(503));
    assert_eq!(lobby.server.open("/ws?device_id=ann").await.err(), Some(503));
    socket.close().await;
    lobby.until(async |census| census.connections == 0).await;
    let again = async |_: &_| {
        let target = format!("/ws/chat/{code}/?token={}", ann.token);
        lobby.server.open(&target).await.is_ok()
    };
    lobby.until(again).await;
}

#[tokio::test]
async fn only_pages_that_are_let_in_ask_for_anything_or_open_a_socket() {
    let lobby = Lobby::start(open()).await;
    let ann = lobby.guest("Ann").await;
    let code = lobby.room(&ann, json!({})).await;
    let target = format!("/ws/chat/{code}/?token={}", ann.token);
    for (origin, refused) in [
        (format!("http://{}", lobby.server.address), None),
        ("https://evil.example".to_owned(), Some(403)),
        ("null".to_owned(), Some(403)),
    ] {
        let opened = lobby.server.open_with(&target, &[("origin", &origin)]).await;
        assert_eq!(opened.err(), refused, "{origin}");
        let head = format!(
            "GET /api/rooms/ HTTP/1.1\r\nOrigin: {origin}\r\nX-Session-Token: {}",
            ann.token
        );
        assert_eq!(lobby.server.http(&head, b"").await.status, refused.unwrap_or(200), "{origin}");
    }
    // A page that is let in may send the token, though it is of another origin.
    let lobby = Lobby::with(open(), |builder| builder.origins(["https://chat.example.org"])).await;
    let ask = "OPTIONS /api/rooms/ HTTP/1.1\r\nOrigin: https://chat.example.org\r\n\
               Access-Control-Request-Method: GET\r\n\
               Access-Control-Request-Headers: x-session-token";
    let told = lobby.server.http(ask, b"").await;
    let allowed = told.header("access-control-allow-headers").expect("headers");
    assert_eq!((told.status, allowed), (200, "x-session-token"));
}
