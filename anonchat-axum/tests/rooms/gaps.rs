//! What happens when the rooms are away, and when mail was lost.

use anonchat_axum::core::room::RoomDice;
use serde_json::json;

use crate::guests::{Lobby, hear, hear_message, open, say};
use crate::shaky::Shaky;

const AWAY: &str = "Rooms are temporarily unavailable. Please try again shortly.";

async fn shaky() -> (std::sync::Arc<Shaky>, Lobby) {
    let rooms = Shaky::new(&open());
    let lobby = Lobby::over(rooms.clone(), open(), |builder| builder).await;
    (rooms, lobby)
}

#[tokio::test]
async fn after_a_gap_everybody_who_is_still_a_member_listens_on_and_the_others_are_closed() {
    let (rooms, lobby) = shaky().await;
    let (ann, ben, cleo) =
        (lobby.guest("Ann").await, lobby.guest("Ben").await, lobby.guest("Cleo").await);
    let code = lobby.room(&ann, json!({})).await;
    let other = lobby.room(&ann, json!({})).await;
    let alias = lobby.join(&ben, &code).await;
    lobby.join(&cleo, &other).await;
    let (mut owner, _) = lobby.native(&ann, &code).await;
    let (mut kicked, _) = lobby.native(&ben, &code).await;
    let (mut closed, _) = lobby.native(&cleo, &other).await;
    let mut over = lobby.plain(&ann, &other).await;
    rooms.loses(true);
    lobby.act(&ann, &code, "lock", json!({ "locked": true })).await;
    lobby.act(&ann, &code, "kick", json!({ "alias": alias })).await;
    lobby.act(&ann, &other, "close", json!({})).await;
    rooms.loses(false);
    rooms.gap();

    let room = hear(&mut owner, "room").await["room"].clone();
    assert_eq!((&room["locked"], &room["participant_count"]), (&json!(true), &json!(1)));
    say(&mut owner, "still here").await;
    assert_eq!(hear_message(&mut owner).await["content"], "still here");
    assert_eq!(hear(&mut kicked, "removed").await["why"], "unknown");
    assert_eq!(kicked.expect_close().await, 4003);
    hear(&mut closed, "closed").await;
    assert_eq!(closed.expect_close().await, 4004);
    assert_eq!(hear(&mut over, "error").await["message"], "Room not found");
    assert_eq!(over.expect_close().await, 4004);
}

#[tokio::test]
async fn while_the_rooms_are_away_everybody_is_told_and_afterwards_goes_on() {
    let (rooms, lobby) = shaky().await;
    let ann = lobby.guest("Ann").await;
    let code = lobby.room(&ann, json!({})).await;
    let mut plain = lobby.plain(&ann, &code).await;
    let (mut native, _) = lobby.native(&ann, &code).await;
    rooms.is_away(true);
    let answer = lobby.say(&ann, &code, "hello").await;
    assert_eq!((answer.status, &answer.json()["error"]), (503, &json!(AWAY)));
    assert!(answer.header("retry-after").is_some());
    assert_eq!(lobby.get("/api/rooms/", Some(&ann)).await.status, 503);
    assert_eq!(lobby.inspect("/admin/rooms").await.status, 503);
    assert_eq!(lobby.refusal(&ann, &code).await, Some(503));
    assert_eq!(lobby.server.get("/readyz").await.status, 503);
    for socket in [&mut plain, &mut native] {
        say(socket, "hello").await;
        assert_eq!(socket.expect("error").await["message"], AWAY);
    }
    // Mail is lost meanwhile: everybody attaches again when that is possible.
    rooms.gap();
    assert_eq!(native.expect("error").await["message"], AWAY);
    rooms.is_away(false);
    hear(&mut native, "room").await;
    say(&mut native, "back").await;
    assert_eq!(hear_message(&mut native).await["content"], "back");
    assert_eq!(hear_message(&mut plain).await["content"], "back");
    assert_eq!(lobby.server.get("/readyz").await.status, 200);
}

#[tokio::test]
async fn a_socket_that_ends_while_the_rooms_are_away_is_not_there_afterwards() {
    let (rooms, lobby) = shaky().await;
    let ann = lobby.guest("Ann").await;
    let code = lobby.room(&ann, json!({})).await;
    let plain = lobby.plain(&ann, &code).await;
    let (native, _) = lobby.native(&ann, &code).await;
    rooms.is_away(true);
    native.vanish();
    plain.close().await;
    rooms.is_away(false);
    lobby.until(async |census| census.connections == 0).await;
}

#[tokio::test]
async fn what_was_drawn_twice_is_drawn_again() {
    let (rooms, lobby) = shaky().await;
    let (ann, ben) = (lobby.guest("Ann").await, lobby.guest("Ben").await);
    let dice = |n: u8| RoomDice::from_bytes([n; 32]);
    rooms.load(vec![dice(1)]);
    let code = lobby.room(&ann, json!({})).await;
    rooms.load(vec![dice(2), dice(1), dice(1)]);
    let other = lobby.room(&ann, json!({})).await;
    assert_ne!(code, other);
    rooms.load(vec![dice(3), dice(1), dice(1)]);
    lobby.join(&ben, &code).await;
    rooms.load(vec![dice(1); 100]);
    let given_up = lobby.post("/api/rooms/create/", Some(&ann), &json!({})).await;
    assert_eq!(given_up.status, 503);
}

#[tokio::test]
async fn a_server_keeps_its_lease_and_with_it_its_sockets() {
    let mut policy = open();
    policy.connection.lease_s = 1;
    let rooms = Shaky::new(&policy);
    let lobby = Lobby::over(rooms.clone(), policy, |builder| builder).await;
    let ann = lobby.guest("Ann").await;
    let code = lobby.room(&ann, json!({})).await;
    let (mut socket, _) = lobby.native(&ann, &code).await;
    // Each time after a third of the lease, so that several leases have ended meanwhile.
    lobby.until(async |_| rooms.renewed() > 8).await;
    assert_eq!(lobby.census().await.connections, 1);
    say(&mut socket, "still here").await;
    assert_eq!(hear_message(&mut socket).await["content"], "still here");
}

#[tokio::test]
async fn servers_that_share_the_rooms_are_one_place() {
    let here = Lobby::start(open()).await;
    let there = Lobby::over(here.rooms.clone(), open(), |builder| builder).await;
    let (ann, ben) = (here.guest("Ann").await, there.guest("Ben").await);
    let code = here.room(&ann, json!({})).await;
    let (mut first, _) = here.native(&ann, &code).await;
    let alias = there.join(&ben, &code).await;
    assert_eq!(hear(&mut first, "joined").await["alias"], json!(alias));
    let (mut second, _) = there.native(&ben, &code).await;
    say(&mut second, "from there").await;
    assert_eq!(hear_message(&mut first).await["content"], "from there");
    assert_eq!(there.act(&ann, &code, "kick", json!({ "alias": alias })).await.status, 200);
    assert_eq!(hear(&mut second, "removed").await["why"], "kicked");
    assert_eq!(second.expect_close().await, 4003);
}
