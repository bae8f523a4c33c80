//! Those in charge, and the rooms.

use serde_json::{Value, json};

use crate::guests::{Guest, Lobby, hear, open, say};

/// Ann's room, in which Eve has said something that Ann has reported; what those in charge see.
async fn reported(lobby: &Lobby) -> (Guest, Guest, String, Value) {
    let (ann, eve) = (lobby.guest("Ann").await, lobby.guest("Eve").await);
    let code = lobby.room(&ann, json!({})).await;
    lobby.join(&eve, &code).await;
    let said = lobby.say(&eve, &code, "spam & more").await.json();
    let path = format!("/api/messages/{}/report/", said["id"]);
    lobby.post(&path, Some(&ann), &json!({ "reason": "spam" })).await;
    let seen = lobby.inspect("/admin/rooms").await;
    assert_eq!(seen.status, 200, "{seen:?}");
    (ann, eve, code, seen.json())
}

async fn actions(lobby: &Lobby) -> Vec<Value> {
    let page = lobby.inspect("/admin/audit").await.json();
    page["records"].as_array().expect("records").clone()
}

#[tokio::test]
async fn those_in_charge_see_what_was_reported_and_by_a_ban_every_socket_is_closed() {
    let lobby = Lobby::start(open()).await;
    let (_, eve, code, seen) = reported(&lobby).await;
    let census = json!({
        "sessions": 2, "bans": 0, "rooms": 1, "connections": 0, "messages": 1, "reported": 1,
    });
    assert_eq!(seen["census"], census);
    let report = &seen["reports"][0];
    assert_eq!((&report["room"], &report["content"]), (&json!(code), &json!("spam & more")));
    assert_eq!((&report["nickname"], &report["reasons"]), (&json!("Eve"), &json!(["spam"])));
    assert!(!seen.to_string().contains(&eve.token), "never the token");

    let (mut native, _) = lobby.native(&eve, &code).await;
    let mut plain = lobby.plain(&eve, &code).await;
    let order = json!({ "session": report["session"], "note": "spam" });
    let banned = lobby.order("/admin/rooms/ban", &order).await;
    assert_eq!(banned.status, 200, "{banned:?}");
    assert_eq!(hear(&mut native, "removed").await["why"], "banned");
    assert_eq!(native.expect_close().await, 4003);
    assert_eq!(hear(&mut plain, "error").await["message"], "Your session has been banned");
    assert_eq!(plain.expect_close().await, 4003);
    assert_eq!(lobby.say(&eve, &code, "more").await.status, 401);

    let lifted = lobby.order("/admin/rooms/lift", &json!({ "session": report["session"] })).await;
    assert_eq!(lifted.status, 200);
    lobby.join(&eve, &code).await;
    let records = actions(&lobby).await;
    assert_eq!(
        (&records[0]["action"], &records[1]["action"]),
        (&json!("room_lift"), &json!("room_ban"))
    );
    assert_eq!(records[1]["room_session"], report["session"]);
    assert_eq!((&records[1]["note"], &records[1]["id"]), (&json!("spam"), &banned.json()["audit"]));
}

#[tokio::test]
async fn those_in_charge_close_any_room() {
    let lobby = Lobby::start(open()).await;
    let (ann, _, code, _) = reported(&lobby).await;
    let (mut socket, _) = lobby.native(&ann, &code).await;
    let closed = lobby.order("/admin/rooms/close", &json!({ "room": code })).await;
    assert_eq!(closed.status, 200, "{closed:?}");
    hear(&mut socket, "closed").await;
    assert_eq!(socket.expect_close().await, 4004);
    let records = actions(&lobby).await;
    assert_eq!((&records[0]["action"], &records[0]["room"]), (&json!("room_close"), &json!(code)));
    let again = lobby.order("/admin/rooms/close", &json!({ "room": code })).await;
    assert_eq!(again.status, 404);
}

#[tokio::test]
async fn a_reset_empties_the_rooms_too() {
    let lobby = Lobby::start(open()).await;
    let (ann, _, code, _) = reported(&lobby).await;
    let (mut socket, _) = lobby.native(&ann, &code).await;
    assert_eq!(lobby.order("/admin/reset", &json!({ "confirm": "reset" })).await.status, 200);
    hear(&mut socket, "closed").await;
    assert_eq!(socket.expect_close().await, 4004);
    assert_eq!(lobby.census().await, anonchat_axum::core::room::RoomCensus::default());
    let bob = lobby.guest("Bob").await;
    let code = lobby.room(&bob, json!({})).await;
    let (mut socket, _) = lobby.native(&bob, &code).await;
    say(&mut socket, "anew").await;
    socket.expect("chat_message").await;
}

#[tokio::test]
async fn nobody_else_gets_in_and_orders_are_checked_before_they_are_recorded() {
    let lobby = Lobby::start(open()).await;
    for path in ["/admin/rooms/ban", "/admin/rooms/lift", "/admin/rooms/close"] {
        let answer = lobby.post(path, None, &json!({ "session": "0".repeat(32) })).await;
        assert_eq!(answer.status, 401, "{path}");
    }
    assert_eq!(lobby.get("/admin/rooms", None).await.status, 401);
    for (path, body, status) in [
        ("/admin/rooms/ban", json!({}), 400),
        ("/admin/rooms/ban", json!({ "session": "x" }), 400),
        ("/admin/rooms/ban", json!({ "session": "0".repeat(31) }), 400),
        ("/admin/rooms/lift", json!({ "session": 5 }), 400),
        ("/admin/rooms/close", json!({ "room": "x" }), 400),
        ("/admin/rooms/close", json!({ "room": "ABCDEF", "more": 1 }), 400),
    ] {
        assert_eq!(lobby.order(path, &body).await.status, status, "{path} {body}");
    }
    assert_eq!(actions(&lobby).await, [] as [Value; 0], "nothing was ordered");
    let unknown = lobby.order("/admin/rooms/ban", &json!({ "session": "0".repeat(32) })).await;
    assert_eq!(unknown.status, 404);
    assert_eq!(actions(&lobby).await.len(), 1, "an order is recorded before it is looked up");
    assert_eq!(lobby.inspect("/admin/rooms?before=0").await.status, 400);
}

#[tokio::test]
async fn reported_messages_come_in_pages() {
    let lobby = Lobby::start(open()).await;
    let (ann, _, code, _) = reported(&lobby).await;
    for number in 1..=4 {
        let said = lobby.say(&ann, &code, &format!("m{number}")).await.json();
        let path = format!("/api/messages/{}/report/", said["id"]);
        lobby.post(&path, Some(&ann), &json!({})).await;
    }
    let mut seen = Vec::new();
    let mut before = String::new();
    loop {
        let page = lobby.inspect(&format!("/admin/rooms?limit=2{before}")).await.json();
        let reports = page["reports"].as_array().expect("reports").clone();
        assert!(reports.len() <= 2);
        seen.extend(reports.iter().map(|report| crate::guests::text(&report["content"])));
        let Some(next) = page["next"].as_u64() else { break };
        before = format!("&before={next}");
    }
    assert_eq!(seen, ["m4", "m3", "m2", "m1", "spam & more"]);
}
