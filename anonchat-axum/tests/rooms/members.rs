//! Who is in a room, and what the others are told of it.

use serde_json::{Value, json};

use crate::guests::{Lobby, hear, open};

async fn members(lobby: &Lobby, by: &crate::guests::Guest, code: &str) -> Vec<Value> {
    let listed = lobby.get(&format!("/api/rooms/{code}/members/"), Some(by)).await;
    listed.json().as_array().expect("members").clone()
}

#[tokio::test]
async fn members_are_listed_and_coming_and_going_is_told_to_clients_that_know_of_it() {
    let lobby = Lobby::start(open()).await;
    let (ann, ben) = (lobby.guest("Ann").await, lobby.guest("Ben").await);
    let code = lobby.room(&ann, json!({ "name": "Tea" })).await;
    let (mut first, room) = lobby.native(&ann, &code).await;
    assert_eq!((&room["name"], &room["you"]), (&json!("Tea"), &room["owner_alias"]));
    assert_eq!(room["owner_session"], room["owner_alias"]);
    let alias = lobby.join(&ben, &code).await;
    let joined = json!({ "type": "joined", "alias": alias, "nickname": "Ben" });
    assert_eq!(first.hear().await, joined);
    let listed = members(&lobby, &ben, &code).await;
    assert_eq!(listed.len(), 2);
    let ben_seen =
        json!({ "alias": alias, "nickname": "Ben", "here": false, "owner": false, "you": true });
    assert_eq!(listed[1], ben_seen);
    assert_eq!((&listed[0]["here"], &listed[0]["owner"]), (&json!(true), &json!(true)));

    let (second, _) = lobby.native(&ben, &code).await;
    let here = |here: bool| json!({ "type": "presence", "alias": alias, "here": here });
    assert_eq!(first.hear().await, here(true));
    let (third, _) = lobby.native(&ben, &code).await;
    second.vanish();
    lobby.until(async |census| census.connections == 2).await;
    third.close().await;
    assert_eq!(first.hear().await, here(false), "when the last one is gone");

    let left = lobby.act(&ben, &code, "leave", json!({})).await;
    assert_eq!(left.json(), json!({ "message": "Left the room successfully" }));
    assert_eq!(first.hear().await, json!({ "type": "left", "alias": alias, "why": "left" }));
    let again = lobby.join(&ben, &code).await;
    assert_ne!(again, alias, "nobody is recognized");
}

#[tokio::test]
async fn a_room_outlives_its_owner_and_passes_to_who_was_there_longest() {
    let lobby = Lobby::start(open()).await;
    let (ann, ben, cleo) =
        (lobby.guest("Ann").await, lobby.guest("Ben").await, lobby.guest("Cleo").await);
    let code = lobby.room(&ann, json!({})).await;
    let heir = lobby.join(&ben, &code).await;
    lobby.join(&cleo, &code).await;
    let (mut socket, _) = lobby.native(&cleo, &code).await;
    lobby.act(&ann, &code, "leave", json!({})).await;
    assert_eq!(hear(&mut socket, "left").await["why"], "left");
    assert_eq!(socket.hear().await, json!({ "type": "owner", "alias": heir }));
    let room = lobby.get(&format!("/api/rooms/{code}/"), Some(&ben)).await.json();
    assert_eq!((&room["owner_alias"], &room["you"]), (&json!(heir), &json!(heir)));
    assert_eq!(room["participant_count"], 2);
}

#[tokio::test]
async fn one_socket_too_many_replaces_the_oldest() {
    let mut policy = open();
    policy.rooms.max_connections = 1;
    let lobby = Lobby::start(policy).await;
    let ann = lobby.guest("Ann").await;
    let code = lobby.room(&ann, json!({})).await;
    let mut plain = lobby.plain(&ann, &code).await;
    let (mut second, _) = lobby.native(&ann, &code).await;
    plain.expect("error").await;
    assert_eq!(plain.expect_close().await, 4001);
    let (mut third, _) = lobby.native(&ann, &code).await;
    second.expect("replaced").await;
    assert_eq!(second.expect_close().await, 4001);
    crate::guests::say(&mut third, "still here").await;
    third.expect("chat_message").await;
}

#[tokio::test]
async fn rooms_and_sessions_beyond_what_the_deployment_holds_are_refused_with_a_time() {
    let mut policy = open();
    policy.rooms.max_sessions = 1;
    policy.rooms.max_rooms = 1;
    policy.rooms.max_rooms_per_session = 1;
    let lobby = Lobby::start(policy).await;
    let ann = lobby.guest("Ann").await;
    let more = lobby.post("/api/session/create/", None, &json!({ "nickname": "Ben" })).await;
    assert_eq!((more.status, &more.json()["error"]), (503, &json!("The server is full")));
    assert!(more.header("retry-after").is_some());
    lobby.room(&ann, json!({})).await;
    let more = lobby.post("/api/rooms/create/", Some(&ann), &json!({})).await;
    assert_eq!((more.status, more.json()), (403, json!({ "error": "You are in too many rooms" })));
}
