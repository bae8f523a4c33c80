//! A chat in which nobody is verified: people declare a gender, or none.

use std::error::Error;

use anonchat_axum::core::{Policy, Verification};
use anonchat_axum::{AnonChat, Secret};
use anonchat_store::MemoryStore;

async fn chat() -> Result<AnonChat, Box<dyn Error>> {
    let policy = Policy { verification: Verification::Off, ..Policy::default() };
    let store = MemoryStore::new(policy)?;
    Ok(AnonChat::builder().store(store).key(Secret::random()).start().await?)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let chat = chat().await?;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:8080").await?;
    let ctrl_c = async { _ = tokio::signal::ctrl_c().await };
    Ok(anonchat_axum::serve(listener, chat.router(), chat, ctrl_c).await?)
}

#[cfg(test)]
mod tests {
    use futures_util::{SinkExt, StreamExt};
    use tokio_tungstenite::connect_async;
    use tokio_tungstenite::tungstenite::Message;

    use super::*;

    /// Declares, joins, and gives back the frames until one of `kind` has come.
    macro_rules! say_until {
        ($socket:expr, $kind:literal, $($frame:literal),+) => {{
            $($socket.send(Message::text($frame)).await.expect("send");)+
            loop {
                let frame = $socket.next().await.expect("frame").expect("frame").to_string();
                if frame.contains(concat!("\"type\":\"", $kind, "\"")) {
                    break frame;
                }
            }
        }};
    }

    #[tokio::test]
    async fn a_declared_gender_passes_the_filter_that_asks_for_it() {
        let chat = chat().await.expect("chat");
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("port");
        let address = listener.local_addr().expect("address");
        let app = chat.router();
        tokio::spawn(anonchat_axum::serve(listener, app, chat, std::future::pending()));

        let url = |device: &str| format!("ws://{address}/ws?v=1&device_id={device}");
        let (mut ann, _) = connect_async(url("ann-0123456789abcdef")).await.expect("open");
        let (mut bob, _) = connect_async(url("bob-0123456789abcdef")).await.expect("open");
        say_until!(
            ann,
            "queued",
            r#"{"action":"declare","gender":"female"}"#,
            r#"{"action":"join","filter":"any"}"#
        );
        let matched = say_until!(bob, "matched", r#"{"action":"join","filter":"female"}"#);
        assert!(matched.contains(r#""peer_gender":"female""#), "{matched}");
    }
}
