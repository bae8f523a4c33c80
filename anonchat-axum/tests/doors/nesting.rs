//! A chat within an application that has its own routes and its own state.

use anonchat_axum::{AdminKey, AnonChat, Error, Secret};
use anonchat_store::MemoryStore;
use axum::Router;
use axum::extract::{FromRef, State};
use axum::routing::get;

use crate::client::{ADMIN_KEY, KEY, Server, lenient};

#[derive(Clone)]
struct App {
    name: &'static str,
    chat: AnonChat,
}

impl FromRef<App> for AnonChat {
    fn from_ref(app: &App) -> Self {
        app.chat.clone()
    }
}

async fn name(State(app): State<App>) -> &'static str {
    app.name
}

async fn secret(_key: AdminKey, State(app): State<App>) -> &'static str {
    app.name
}

#[tokio::test]
async fn a_chat_nests_in_an_application_with_its_own_state() {
    let builder = AnonChat::builder().store(MemoryStore::new(lenient()).expect("policy"));
    let builder = builder.key(Secret::new(KEY)).admin_key(Secret::new(ADMIN_KEY));
    let chat = builder.start().await.expect("start");
    let app = Router::new()
        .route("/name", get(name))
        .route("/secret", get(secret))
        .nest("/chat", chat.router())
        .with_state(App { name: "app", chat: chat.clone() });
    let server = Server::serve(chat, app).await;

    assert_eq!(server.get("/name").await.body, "app");
    assert_eq!(server.get("/secret").await.status, 401);
    let key = format!("GET /secret HTTP/1.1\r\nAuthorization: Bearer {ADMIN_KEY}");
    assert_eq!(server.http(&key, b"").await.body, "app");
    assert_eq!(server.get("/chat/readyz").await.status, 200);
    assert_eq!(server.get("/readyz").await.status, 404);
    let mut ann = server.open("/chat/ws?device_id=ann").await.expect("open");
    ann.expect("daily_limits").await;
}

#[tokio::test]
async fn a_chat_does_not_start_without_what_it_needs() {
    let store = || MemoryStore::new(lenient()).expect("policy");
    let strong = || Secret::new(KEY);
    let builder = AnonChat::builder;
    let refused = builder().key(strong()).start().await.err();
    assert!(matches!(refused, Some(Error::NoStore)));
    let refused = builder().store(store()).start().await.err();
    assert!(matches!(refused, Some(Error::NoKey)));
    let refused = builder().store(store()).key(Secret::new("short")).start().await.err();
    assert!(matches!(refused, Some(Error::WeakSecret { name: "key", .. })));
    let weak_admin = builder().store(store()).key(strong()).admin_key(Secret::new("short"));
    let refused = weak_admin.start().await.err();
    assert!(matches!(refused, Some(Error::WeakSecret { name: "admin key", .. })));
    let refused = builder().store(store()).key(strong()).origins(["*"]).start().await.err();
    assert!(matches!(refused, Some(Error::Origin(_))));
    assert!(builder().store(store()).development(true).start().await.is_ok());
}

#[tokio::test]
async fn a_chat_ends_when_nobody_holds_it_any_more() {
    let builder = AnonChat::builder().store(MemoryStore::new(lenient()).expect("policy"));
    let chat = builder.key(Secret::new(KEY)).start().await.expect("start");
    drop(chat.router::<()>());
    drop(chat);
}
