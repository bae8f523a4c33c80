//! What 004's own client does, unchanged.

use serde_json::{Value, json};

use crate::client::Client;
use crate::guests::{Lobby, open};

fn keys(object: &Value) -> Vec<&str> {
    object.as_object().expect("an object").keys().map(String::as_str).collect()
}

async fn say(client: &mut Client, content: &str) {
    client.say(json!({ "type": "chat_message", "content": content })).await;
}

/// An instant in ISO 8601 with microseconds, and this at its end.
fn is_instant(value: &Value, zone: &str) -> bool {
    let text = value.as_str().expect("an instant");
    let (date, time) = text.split_once('T').expect("a date");
    let time = time.strip_suffix(zone).expect("a zone");
    let digits = |text: &str| text.chars().all(|c| c.is_ascii_digit() || "-:.".contains(c));
    date.len() == 10 && time.len() == 15 && digits(date) && digits(time)
}

#[tokio::test]
async fn a_client_of_004_lives_its_whole_life_unchanged() {
    let lobby = Lobby::start(open()).await;
    let made = lobby.post("/api/session/create/", None, &json!({ "nickname": " Alice " })).await;
    assert_eq!(made.status, 201);
    let session = made.json();
    assert_eq!(keys(&session), ["created_at", "nickname", "session_token"]);
    assert_eq!(session["nickname"], "Alice");
    assert!(is_instant(&session["created_at"], "Z"));
    let alice = crate::guests::Guest { token: crate::guests::text(&session["session_token"]) };
    let validate = format!("/api/session/validate/?token={}", alice.token);
    let valid = lobby.get(&validate, None).await;
    assert_eq!(valid.status, 200);
    assert_eq!(keys(&valid.json()), ["created_at", "last_active", "nickname", "session_token"]);

    // Exactly what its page sends.
    let wish = json!({ "name": "", "message_retention_days": 30, "max_participants": null });
    let made = lobby.post("/api/rooms/create/", Some(&alice), &wish).await;
    assert_eq!(made.status, 201);
    let room = made.json();
    let code = crate::guests::text(&room["code"]);
    assert!((6..=8).contains(&code.len()));
    assert!(code.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit()), "{code}");
    for (key, value) in [
        ("name", json!("")),
        ("owner_nickname", json!("Alice")),
        ("message_retention_days", json!(30)),
        ("is_active", json!(true)),
        ("max_participants", json!(null)),
        ("participant_count", json!(1)),
        ("locked", json!(false)),
    ] {
        assert_eq!(room[key], value, "{key}");
    }
    assert!(is_instant(&room["created_at"], "Z"));

    let bob = lobby.guest("Bob").await;
    let joined = lobby.try_join(&bob, &code.to_lowercase()).await;
    assert_eq!((joined.status, &joined.json()["code"]), (200, &json!(code)));
    assert_eq!(joined.json()["participant_count"], 2);
    let looked = lobby.get(&format!("/api/rooms/{}/", code.to_lowercase()), Some(&bob)).await;
    assert_eq!((looked.status, looked.json()), (200, joined.json()));

    let mut first = lobby.plain(&alice, &code).await;
    let mut second = lobby.plain(&bob, &code).await;
    say(&mut first, " Hello <Bob> & co ").await;
    for socket in [&mut first, &mut second] {
        let frame = socket.hear().await;
        assert_eq!(keys(&frame), ["data", "type"]);
        assert_eq!(frame["type"], "chat_message");
        let data = &frame["data"];
        assert_eq!(keys(data), ["content", "id", "session_nickname", "timestamp"]);
        assert_eq!(data["session_nickname"], "Alice");
        assert_eq!(data["content"], "Hello <Bob> & co");
        assert!(is_instant(&data["timestamp"], "+00:00"));
    }
    first.say(json!({ "type": "typing", "is_typing": true })).await;
    let typing = json!({ "type": "typing", "nickname": "Alice", "is_typing": true });
    assert_eq!(second.hear().await, typing);
    first.say(json!({ "type": "dance" })).await;
    first.say(json!({ "type": "chat_message", "content": " " })).await;
    let refused = json!({ "type": "error", "message": "Invalid message content" });
    assert_eq!(first.hear().await, refused, "neither typing nor dancing comes back");

    // Its socket is down, so it sends by REST and adds the answer itself.
    first.close().await;
    let sent = lobby.say(&alice, &code, "by post").await;
    assert_eq!(sent.status, 201);
    assert_eq!(second.hear().await["data"]["id"], sent.json()["id"]);
    let sent = sent.json();
    assert!(is_instant(&sent["timestamp"], "Z"));

    let path = format!("/api/rooms/{code}/messages/?page=1&page_size=50");
    let page = lobby.get(&path, Some(&bob)).await.json();
    assert_eq!(keys(&page), ["count", "page", "page_size", "results", "total_pages"]);
    assert_eq!((&page["count"], &page["total_pages"]), (&json!(2), &json!(1)));
    let newest = &page["results"][0];
    for key in [
        "id",
        "room",
        "room_code",
        "session",
        "session_nickname",
        "content",
        "timestamp",
        "is_deleted",
        "reported_count",
    ] {
        assert!(newest.get(key).is_some(), "{key} is missing");
    }
    assert_eq!((&newest["content"], &newest["id"]), (&json!("by post"), &sent["id"]));
    assert_eq!(page["results"][1]["content"], "Hello <Bob> & co");

    let report = format!("/api/messages/{}/report/", sent["id"]);
    let reported = lobby.post(&report, Some(&bob), &json!({ "reason": "rude" })).await;
    let done = json!({ "message": "Message reported successfully" });
    assert_eq!((reported.status, reported.json()), (200, done));
    let reports =
        format!("/api/moderation/reports/?room_code={code}&session_token={}", alice.token);
    let reports = lobby.get(&reports, None).await;
    assert_eq!(reports.status, 200);
    assert_eq!(reports.json()[0]["reported_count"], 1);
    assert_eq!(reports.json()[0]["reasons"], json!(["rude"]));

    let block = json!({
        "room_code": code, "target_session_token": bob.token, "reason": "rude",
        "session_token": alice.token,
    });
    let blocked = lobby.post("/api/moderation/block-session/", None, &block).await;
    let done = json!({ "message": "Session blocked successfully" });
    assert_eq!((blocked.status, blocked.json()), (200, done));
    assert_eq!(second.expect("error").await["message"], "You have been banned from this room");
    assert_eq!(second.expect_close().await, 4003);
    assert_eq!(lobby.refusal(&bob, &code).await, Some(403));
}
