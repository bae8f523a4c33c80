//! A chat nested in an application that has its own state and its own routes.
//!
//! The application counts its visitors; the chat is at `/chat`, its WebSocket at `/chat/ws`.

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anonchat_axum::{AnonChat, Secret};
use anonchat_store::MemoryStore;
use axum::Router;
use axum::extract::State;
use axum::routing::get;

/// What the application itself is about.
#[derive(Clone, Default)]
struct Visits(Arc<AtomicU64>);

async fn count(State(visits): State<Visits>) -> String {
    format!("You are visitor {}.", visits.0.fetch_add(1, Ordering::Relaxed) + 1)
}

fn application(chat: &AnonChat) -> Router {
    Router::new()
        .route("/visits", get(count))
        .nest("/chat", chat.router()) // fits whatever the state is
        .with_state(Visits::default())
}

async fn chat() -> Result<AnonChat, anonchat_axum::Error> {
    // An application that lives longer than its process keeps its key somewhere.
    AnonChat::builder().store(MemoryStore::default()).key(Secret::random()).start().await
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let chat = chat().await?;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:8080").await?;
    let ctrl_c = async { _ = tokio::signal::ctrl_c().await };
    Ok(anonchat_axum::serve(listener, application(&chat), chat, ctrl_c).await?)
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};

    use futures_util::StreamExt;

    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn the_application_and_the_chat_answer_side_by_side() {
        let chat = chat().await.expect("chat");
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("port");
        let address = listener.local_addr().expect("address");
        let app = application(&chat);
        tokio::spawn(anonchat_axum::serve(listener, app, chat, std::future::pending()));

        let visits = tokio::task::spawn_blocking(move || {
            let mut stream = std::net::TcpStream::connect(address)?;
            stream.write_all(b"GET /visits HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")?;
            let mut answer = String::new();
            stream.read_to_string(&mut answer).map(|_| answer)
        });
        let answer = visits.await.expect("task").expect("answer");
        assert!(answer.ends_with("You are visitor 1."), "{answer}");

        let url = format!("ws://{address}/chat/ws?device_id=ann");
        let (mut ann, _) = tokio_tungstenite::connect_async(url).await.expect("open");
        let greeting = ann.next().await.expect("frame").expect("frame").to_string();
        assert!(greeting.contains("daily_limits"), "{greeting}");
    }
}
