//! What the log does not say.

mod client;

use std::fmt::Write;
use std::sync::{Arc, Mutex};

use anonchat_axum::Builder;
use anonchat_axum::core::{Classifier, ClassifyError, Gender, Selfie, Verdict};
use anonchat_store::MemoryStore;
use async_trait::async_trait;
use client::{ADMIN_KEY, Server, lenient, native_pair};
use serde_json::json;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Record};
use tracing::{Event, Id, Metadata, Subscriber};

/// Takes every event and span at every level, from everywhere.
#[derive(Clone, Default)]
struct Everything(Arc<Mutex<String>>);

struct Line<'a>(&'a mut String);

impl Visit for Line<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        let _ = write!(self.0, " {field}={value:?}");
    }
}

impl Subscriber for Everything {
    fn enabled(&self, _metadata: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let mut log = self.0.lock().expect("log");
        let _ = write!(log, "\n[{}] {}", span.metadata().target(), span.metadata().name());
        span.record(&mut Line(&mut log));
        Id::from_u64(1)
    }

    fn record(&self, _span: &Id, values: &Record<'_>) {
        values.record(&mut Line(&mut self.0.lock().expect("log")));
    }

    fn record_follows_from(&self, _span: &Id, _follows: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut log = self.0.lock().expect("log");
        let _ = write!(log, "\n[{}]", event.metadata().target());
        event.record(&mut Line(&mut log));
    }

    fn enter(&self, _span: &Id) {}

    fn exit(&self, _span: &Id) {}
}

/// Verifies whoever looks into the camera, and falls over those who sent something else.
struct Credulous;

#[async_trait]
impl Classifier for Credulous {
    async fn classify(&self, selfie: Selfie) -> Result<Verdict, ClassifyError> {
        let shown = String::from_utf8_lossy(selfie.bytes());
        assert!(shown.starts_with("canary-picture"), "this panic belongs to a test");
        Ok(Verdict::Verified(Gender::Female))
    }
}

/// Everything that `tracing` takes, whatever crate it is from. (`tungstenite` writes frames to the
/// `log` crate, which is why the server does not take its records.)
#[tokio::test]
async fn no_event_at_any_level_names_a_device_a_text_or_a_key() {
    let everything = Everything::default();
    tracing::subscriber::set_global_default(everything.clone()).expect("the only log");
    let record = MemoryStore::new(lenient()).expect("policy");
    let with = |builder: Builder| {
        #[cfg(feature = "screens")]
        let builder = builder.screen(anonchat_axum::screens::Screens::default());
        #[cfg(feature = "rooms")]
        let builder =
            builder.rooms(anonchat_store::MemoryRooms::new(Default::default()).expect("rules"));
        builder.classifier(Credulous).admin_store(record)
    };
    let server = Server::with(lenient(), with).await;
    let (ann_id, bob_id) = ("canary-ann-0123456789", "canary-bob-0123456789");
    let [(mut ann, to_bob), (mut bob, _)] = native_pair(&server, ann_id, bob_id).await;
    ann.say(json!({ "action": "msg", "id": "canary-id", "text": "canary-text" })).await;
    bob.expect("msg").await;
    #[cfg(feature = "screens")]
    for text in ["canary@example.com", "canary 202 555 0142", "insta: canary_x"] {
        ann.say(json!({ "action": "msg", "id": "canary-refused", "text": text })).await;
        assert_eq!(ann.expect("error").await["code"], "contact_details");
        let nickname = format!("{text} fuck");
        ann.say(json!({ "action": "next", "filter": "any", "nickname": nickname })).await;
        ann.expect("error").await;
    }
    ann.say(json!({ "action": "report", "reported": to_bob, "reason": "canary-reason" })).await;
    ann.expect("reported").await;
    ann.say(json!({ "action": "canary-action" })).await;
    ann.expect("error").await;
    ann.vanish();
    bob.expect("peer_away").await;
    let verify = "POST /verify?device_id=canary-verify HTTP/1.1\r\nX: canary-header";
    server.http(verify, b"canary-body").await;
    // In base64 of three bytes each, as `canary-picture0` repeats itself.
    let base64 = "Y2FuYXJ5LXBpY3R1cmUw".repeat(100);
    let image = format!("data:image/jpeg;base64,{base64}");
    let verified = json!({ "image": image, "deviceId": "canary-cat-0123456789", "consent": 1 });
    let ask = "POST /api/verify HTTP/1.1";
    let verified = server.http(ask, verified.to_string().as_bytes()).await.json();
    let token = verified["verificationToken"].as_str().expect("token").to_owned();
    for image in [format!("{image}!"), image.replace("base64,Y2Fu", "base64,cHBw"), base64.clone()]
    {
        let refused = json!({ "image": image, "deviceId": "canary-dan", "consent": 1 });
        let refused = server.http(ask, refused.to_string().as_bytes()).await;
        assert_eq!((refused.status, &refused.json()["verified"]), (200, &json!(false)));
    }
    let mut cat = server.native("canary-cat-0123456789").await;
    cat.hello().await;
    cat.say(json!({ "action": "join", "token": format!("{token}x") })).await;
    cat.expect("error").await;
    cat.say(json!({ "action": "join", "token": token })).await;
    cat.expect("queued").await;
    let reports = "GET /admin/reports?limit=canary HTTP/1.1\r\nAuthorization: Bearer canary-token";
    server.http(reports, b"").await;
    let known = format!("GET /admin/reports HTTP/1.1\r\nAuthorization: Bearer {ADMIN_KEY}");
    let listed = server.http(&known, b"").await.json();
    let link = server.chat.sign_in_link_secret().expect("link").expose().to_owned();
    for key in [ADMIN_KEY, &link, "canary-key"] {
        let sign_in = "POST /admin/sign-in HTTP/1.1\r\nContent-Type: application/json";
        server.http(sign_in, json!({ "key": key }).to_string().as_bytes()).await;
    }
    let ban = format!(
        "POST /admin/bans HTTP/1.1\r\nAuthorization: Bearer {ADMIN_KEY}\r\n\
         Content-Type: application/json"
    );
    let order = json!({ "device": listed[0]["reported"], "note": "canary-note" });
    assert_eq!(server.http(&ban, order.to_string().as_bytes()).await.status, 200);
    server.open("/ws?device_id=").await.err().expect("refused");
    #[cfg(feature = "rooms")]
    let [room_token, room_code, room_alias] = &visit_rooms(&server).await;
    #[cfg(not(feature = "rooms"))]
    let [room_token, room_code, room_alias] = ["no rooms"; 3];
    server.stop().await;

    let log = everything.0.lock().expect("log").clone();
    assert!(!log.is_empty(), "the log was taken");
    let hash = listed[0]["reported"].as_str().expect("hash");
    let alias = to_bob.as_str().expect("alias");
    let (sealed, picture) = (&token[9..40], &base64[..20]);
    for secret in [
        "canary",
        "202 555",
        alias,
        &alias[1..],
        hash,
        ADMIN_KEY,
        client::KEY,
        &link,
        "v4.local",
        sealed,
        picture,
        room_token,
        room_code,
        room_alias,
    ] {
        let line = log.lines().find(|line| line.contains(secret));
        assert!(line.is_none(), "{secret} is in: {line:?}");
    }
}

/// Everything that can be done in a room, well and badly: the token, the code and the alias.
#[cfg(feature = "rooms")]
async fn visit_rooms(server: &Server) -> [String; 3] {
    use client::Answer;
    use serde_json::Value;

    let post = async |path: &str, token: &str, body: Value| -> Answer {
        let head = format!(
            "POST {path} HTTP/1.1\r\nContent-Type: application/json\r\nX-Session-Token: {token}\r\n\
             Authorization: Bearer {ADMIN_KEY}"
        );
        server.http(&head, body.to_string().as_bytes()).await
    };
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    let nickname = json!({ "nickname": "canary-nickname" });
    let made = post("/api/session/create/", "canary-token", nickname).await.json();
    let token = text(&made["session_token"]);
    let room = post("/api/rooms/create/", &token, json!({ "name": "canary-room" })).await.json();
    let (code, alias) = (text(&room["code"]), text(&room["you"]));
    let socket = format!("/ws/chat/{code}/?token={token}&v=1");
    let mut ann = server.open(&socket).await.expect("handshake");
    ann.expect("room").await;
    ann.say(json!({ "type": "chat_message", "content": "canary-content" })).await;
    ann.expect("chat_message").await;
    ann.say(json!({ "type": "typing", "is_typing": "canary-typing" })).await;
    ann.say(json!({ "type": "canary-kind" })).await;
    ann.send(tokio_tungstenite::tungstenite::Message::text("canary-nonsense")).await;
    ann.expect("error").await;
    let say = json!({ "room_code": code, "content": "canary-rest" });
    let said = post("/api/messages/send/", &token, say).await.json();
    ann.expect("chat_message").await;
    let report = format!("/api/messages/{}/report/", said["id"]);
    post(&report, &token, json!({ "reason": "canary-reason" })).await;
    post("/api/rooms/create/", &token, json!({ "max_participants": "canary-number" })).await;
    post("/api/rooms/canary-code/kick/", "canary-token", json!({ "alias": "canary-alias" })).await;
    server.open("/ws/chat/CANARY/?token=canary-token").await.err().expect("refused");
    let broken = "POST /api/rooms/join/ HTTP/1.1\r\nContent-Type: application/canary";
    server.http(broken, b"{\"canary\"").await;
    post("/admin/rooms/close", "", json!({ "room": code, "note": "canary-note" })).await;
    ann.expect("closed").await;
    [token, code, alias]
}
