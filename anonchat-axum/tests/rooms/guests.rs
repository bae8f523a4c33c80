//! A server with rooms, and people in them.

use std::sync::Arc;

use anonchat_axum::Builder;
use anonchat_axum::core::room::{RoomCensus, RoomQuery, RoomView};
use anonchat_axum::core::{Policy, RoomStore, UnixMillis};
use anonchat_store::{MemoryRooms, MemoryStore};
use serde_json::{Value, json};
use tokio::time::{Duration, sleep, timeout};

use crate::client::{ADMIN_KEY, Answer, Client, PATIENCE, Server, lenient};

/// A server with rooms.
pub(crate) struct Lobby {
    pub(crate) server: Server,
    pub(crate) rooms: Arc<dyn RoomStore>,
}

/// Somebody with a session.
#[derive(Clone)]
pub(crate) struct Guest {
    pub(crate) token: String,
}

/// A policy without the limits that stand in the way of tests that are not about them.
pub(crate) fn open() -> Policy {
    let mut policy = lenient();
    policy.rates.sessions_per_hour = 0;
    policy.rates.rooms_per_hour = 0;
    policy.rates.room_messages_per_minute = 0;
    policy
}

impl Lobby {
    pub(crate) async fn start(policy: Policy) -> Self {
        Self::with(policy, |builder| builder).await
    }

    pub(crate) async fn with(policy: Policy, more: impl FnOnce(Builder) -> Builder) -> Self {
        let rooms = MemoryRooms::new(Arc::new(policy.clone())).expect("policy");
        Self::over(Arc::new(rooms), policy, more).await
    }

    pub(crate) async fn over(
        rooms: Arc<dyn RoomStore>,
        policy: Policy,
        more: impl FnOnce(Builder) -> Builder,
    ) -> Self {
        let store = Arc::clone(&rooms);
        let record = MemoryStore::new(policy.clone()).expect("policy");
        let with = |builder: Builder| more(builder.rooms(store).admin_store(record));
        Self { server: Server::with(policy, with).await, rooms }
    }

    pub(crate) async fn post(&self, path: &str, by: Option<&Guest>, body: &Value) -> Answer {
        let token = by.map(|by| format!("\r\nX-Session-Token: {}", by.token)).unwrap_or_default();
        let head = format!("POST {path} HTTP/1.1\r\nContent-Type: application/json{token}");
        self.server.http(&head, body.to_string().as_bytes()).await
    }

    pub(crate) async fn get(&self, path: &str, by: Option<&Guest>) -> Answer {
        let token = by.map(|by| format!("\r\nX-Session-Token: {}", by.token)).unwrap_or_default();
        self.server.http(&format!("GET {path} HTTP/1.1{token}"), b"").await
    }

    /// Asks with the admin key.
    pub(crate) async fn order(&self, path: &str, body: &Value) -> Answer {
        let head = format!(
            "POST {path} HTTP/1.1\r\nContent-Type: application/json\r\n\
             Authorization: Bearer {ADMIN_KEY}"
        );
        self.server.http(&head, body.to_string().as_bytes()).await
    }

    pub(crate) async fn inspect(&self, path: &str) -> Answer {
        let head = format!("GET {path} HTTP/1.1\r\nAuthorization: Bearer {ADMIN_KEY}");
        self.server.http(&head, b"").await
    }

    /// Somebody new.
    pub(crate) async fn guest(&self, nickname: &str) -> Guest {
        let made = self.post("/api/session/create/", None, &json!({ "nickname": nickname })).await;
        assert_eq!(made.status, 201, "{made:?}");
        Guest { token: text(&made.json()["session_token"]) }
    }

    /// The code of a new room.
    pub(crate) async fn room(&self, owner: &Guest, wish: Value) -> String {
        let made = self.post("/api/rooms/create/", Some(owner), &wish).await;
        assert_eq!(made.status, 201, "{made:?}");
        text(&made.json()["code"])
    }

    /// Joins a room. Gives back what the member is called.
    pub(crate) async fn join(&self, guest: &Guest, code: &str) -> String {
        let joined = self.try_join(guest, code).await;
        assert_eq!(joined.status, 200, "{joined:?}");
        text(&joined.json()["you"])
    }

    pub(crate) async fn try_join(&self, guest: &Guest, code: &str) -> Answer {
        self.post("/api/rooms/join/", Some(guest), &json!({ "room_code": code })).await
    }

    /// Acts upon a room.
    pub(crate) async fn act(&self, by: &Guest, code: &str, what: &str, body: Value) -> Answer {
        self.post(&format!("/api/rooms/{code}/{what}/"), Some(by), &body).await
    }

    pub(crate) async fn say(&self, by: &Guest, code: &str, content: &str) -> Answer {
        let body = json!({ "room_code": code, "content": content });
        self.post("/api/messages/send/", Some(by), &body).await
    }

    /// What is kept, newest first.
    pub(crate) async fn kept(&self, by: &Guest, code: &str) -> Vec<Value> {
        let page = self.get(&format!("/api/rooms/{code}/messages/"), Some(by)).await;
        assert_eq!(page.status, 200, "{page:?}");
        page.json()["results"].as_array().expect("results").clone()
    }

    /// A socket of 004's client, which hears nothing when it opens.
    pub(crate) async fn plain(&self, by: &Guest, code: &str) -> Client {
        let before = self.census().await.connections;
        let target = format!("/ws/chat/{code}/?token={}", by.token);
        let client = self.server.open(&target).await.expect("handshake");
        // Nothing tells it that it listens.
        self.until(async |census| census.connections > before).await;
        client
    }

    /// A socket of a client that knows our frames, and the room as it was told.
    pub(crate) async fn native(&self, by: &Guest, code: &str) -> (Client, Value) {
        let target = format!("/ws/chat/{code}/?token={}&v=1", by.token);
        let mut client = self.server.open(&target).await.expect("handshake");
        let room = client.expect("room").await["room"].clone();
        (client, room)
    }

    /// With which status a handshake is refused, if it is.
    pub(crate) async fn refusal(&self, by: &Guest, code: &str) -> Option<u16> {
        self.server.open(&format!("/ws/chat/{code}/?token={}", by.token)).await.err()
    }

    pub(crate) async fn census(&self) -> RoomCensus {
        let now = UnixMillis::default();
        match self.rooms.read(now, &RoomQuery::Census).await.expect("rooms") {
            RoomView::Census(census) => census,
            other => panic!("{other:?}"),
        }
    }

    /// Waits until the rooms are so.
    pub(crate) async fn until(&self, is_so: impl AsyncFn(&RoomCensus) -> bool) {
        let wait = async {
            while !is_so(&self.census().await).await {
                sleep(Duration::from_millis(10)).await;
            }
        };
        timeout(PATIENCE, wait).await.expect("it comes to be so");
    }
}

pub(crate) fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

/// Says something over a socket.
pub(crate) async fn say(client: &mut Client, content: &str) {
    client.say(json!({ "type": "chat_message", "content": content })).await;
}

/// The next message that a socket hears, whatever else it hears before.
pub(crate) async fn hear_message(client: &mut Client) -> Value {
    loop {
        let frame = client.hear().await;
        if frame["type"] == "chat_message" {
            return frame["data"].clone();
        }
    }
}

/// The next frame of a type, whatever else is heard before.
pub(crate) async fn hear(client: &mut Client, kind: &str) -> Value {
    loop {
        let frame = client.hear().await;
        if frame["type"] == kind {
            return frame;
        }
    }
}
