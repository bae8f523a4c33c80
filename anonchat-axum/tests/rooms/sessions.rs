//! Sessions over REST.

use serde_json::json;

use crate::guests::{Guest, Lobby, open};

#[tokio::test]
async fn a_token_is_taken_from_the_header_or_from_the_body_and_in_either_case() {
    let lobby = Lobby::start(open()).await;
    let ann = lobby.guest("Ann").await;
    let body = json!({ "session_token": ann.token });
    assert_eq!(lobby.post("/api/rooms/create/", None, &body).await.status, 201);
    let upper = Guest { token: ann.token.to_uppercase() };
    assert_eq!(lobby.post("/api/rooms/create/", Some(&upper), &json!({})).await.status, 201);
    let ben = lobby.guest("Ben").await;
    let both = lobby.post("/api/rooms/create/", Some(&ben), &body).await;
    assert_eq!(both.json()["owner_nickname"], "Ben", "the header counts");
    let rooms = lobby.get("/api/rooms/", Some(&ann)).await.json();
    assert_eq!(rooms.as_array().map(Vec::len), Some(2));
}

#[tokio::test]
async fn a_session_that_has_ended_means_nothing_and_its_sockets_are_closed() {
    let lobby = Lobby::start(open()).await;
    let (ann, ben) = (lobby.guest("Ann").await, lobby.guest("Ben").await);
    let code = lobby.room(&ann, json!({})).await;
    let alias = lobby.join(&ben, &code).await;
    let (mut left, _) = lobby.native(&ann, &code).await;
    let (mut gone, _) = lobby.native(&ben, &code).await;
    let ended = lobby.post("/api/session/end/", Some(&ben), &json!({})).await;
    let done = json!({ "message": "Session ended successfully" });
    assert_eq!((ended.status, ended.json()), (200, done));
    let removed = crate::guests::hear(&mut gone, "removed").await;
    assert_eq!(removed["why"], "session_over");
    assert_eq!(gone.expect_close().await, 4003);
    let told = crate::guests::hear(&mut left, "left").await;
    assert_eq!(told, json!({ "type": "left", "alias": alias, "why": "session_over" }));
    assert_eq!(lobby.get("/api/rooms/", Some(&ben)).await.status, 401);
    let validate = format!("/api/session/validate/?token={}", ben.token);
    assert_eq!(lobby.get(&validate, None).await.status, 401);
}

#[tokio::test]
async fn every_call_with_a_token_is_activity_and_a_socket_keeps_a_session_alive() {
    let mut policy = open();
    policy.rooms.session_life_s = 3;
    let lobby = Lobby::start(policy).await;
    let (ann, ben, idle) =
        (lobby.guest("Ann").await, lobby.guest("Ben").await, lobby.guest("Idle").await);
    let code = lobby.room(&ben, json!({})).await;
    let (socket, _) = lobby.native(&ben, &code).await;
    // Until the session of whoever does nothing is over.
    let over = async |census: &anonchat_axum::core::room::RoomCensus| {
        assert_eq!(lobby.get("/api/rooms/", Some(&ann)).await.status, 200, "active");
        census.sessions == 2
    };
    lobby.until(over).await;
    assert_eq!(lobby.get("/api/rooms/", Some(&idle)).await.status, 401);
    assert_eq!(lobby.get("/api/rooms/", Some(&ben)).await.status, 200, "it listens");
    drop(socket);
}

#[cfg(feature = "screens")]
#[tokio::test]
async fn a_nickname_is_screened_as_at_the_other_doors_and_messages_are_not() {
    let screens = anonchat_axum::screens::Screens::default();
    let lobby = Lobby::with(open(), |builder| builder.screen(screens)).await;
    for (nickname, text) in [
        ("fuck", "Profile contains prohibited language."),
        ("ann@example.com", "Sharing personal information is not allowed."),
    ] {
        let refused =
            lobby.post("/api/session/create/", None, &json!({ "nickname": nickname })).await;
        assert_eq!((refused.status, refused.json()), (400, json!({ "nickname": [text] })));
    }
    let ann = lobby.guest("Ann").await;
    let code = lobby.room(&ann, json!({})).await;
    assert_eq!(lobby.say(&ann, &code, "write to ann@example.com").await.status, 201);
}

#[tokio::test]
async fn nobody_new_comes_in_during_maintenance_and_those_who_are_in_talk_on() {
    let lobby = Lobby::start(open()).await;
    let (ann, ben) = (lobby.guest("Ann").await, lobby.guest("Ben").await);
    let code = lobby.room(&ann, json!({})).await;
    assert_eq!(lobby.order("/admin/maintenance", &json!({ "on": true })).await.status, 200);
    let create = lobby.post("/api/session/create/", None, &json!({ "nickname": "Cleo" })).await;
    assert_eq!(create.status, 503);
    assert!(create.header("retry-after").is_some());
    assert_eq!(lobby.post("/api/rooms/create/", Some(&ben), &json!({})).await.status, 503);
    assert_eq!(lobby.try_join(&ben, &code).await.status, 503);
    assert_eq!(lobby.refusal(&ann, &code).await, Some(503));
    assert_eq!(lobby.say(&ann, &code, "hello").await.status, 201);
    assert_eq!(lobby.kept(&ann, &code).await.len(), 1);
}
