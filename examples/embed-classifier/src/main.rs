//! A chat whose selfies are judged by a service elsewhere: the whole classifier is in
//! `classifier.rs`.

mod classifier;

use std::error::Error;

use anonchat_axum::{AnonChat, Secret};
use anonchat_store::MemoryStore;

use classifier::RemoteClassifier;

async fn chat(service: String) -> Result<AnonChat, Box<dyn Error>> {
    let builder = AnonChat::builder().store(MemoryStore::default()).key(Secret::random());
    Ok(builder.classifier(RemoteClassifier(service)).start().await?)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let service = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:9000".to_owned());
    let chat = chat(service).await?;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:8080").await?;
    let ctrl_c = async { _ = tokio::signal::ctrl_c().await };
    Ok(anonchat_axum::serve(listener, chat.router(), chat, ctrl_c).await?)
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::{TcpListener, TcpStream};

    use super::*;

    /// What the chat answers to a picture.
    async fn verify(chat: &AnonChat, picture: &str) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("port");
        let address = listener.local_addr().expect("address");
        let (app, chat) = (chat.router(), chat.clone());
        tokio::spawn(anonchat_axum::serve(listener, app, chat, std::future::pending()));
        let body = format!(
            "--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.jpg\"\r\n\
             Content-Type: image/jpeg\r\n\r\n{picture}\r\n--B--\r\n"
        );
        let head = format!(
            "POST /verify?device_id=0123456789abcdef&consent=1 HTTP/1.1\r\nHost: {address}\r\n\
             Content-Type: multipart/form-data; boundary=B\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        let mut stream = TcpStream::connect(address).await.expect("connect");
        stream.write_all((head + &body).as_bytes()).await.expect("write");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.expect("answer");
        answer
    }

    #[tokio::test]
    async fn the_service_is_asked_and_its_word_counts() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("port");
        let service = listener.local_addr().expect("address").to_string();
        // Knows a woman when it sees two thousand times the letter w.
        let judge = |picture: String| async move {
            if picture == "w".repeat(2_000) { "female" } else { "nobody" }
        };
        let app = axum::Router::new().route("/", axum::routing::post(judge));
        tokio::spawn(async { axum::serve(listener, app).await });
        let chat = chat(service).await.expect("chat");
        let answer = verify(&chat, &"w".repeat(2_000)).await;
        assert!(answer.contains("\"gender\":\"female\""), "{answer}");
        assert!(verify(&chat, &"x".repeat(2_000)).await.contains("No face was found"));
    }

    #[tokio::test]
    async fn a_service_that_is_not_there_is_a_failure_and_no_verdict() {
        let chat = chat("127.0.0.1:1".to_owned()).await.expect("chat");
        assert!(verify(&chat, &"w".repeat(2_000)).await.contains("Verification failed"));
    }
}
