//! More connections than there is room for.

use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::client::{Answer, PATIENCE, Server, lenient};

/// A handshake as it is answered.
async fn handshake(server: &Server, more: &str) -> Answer {
    let head = format!(
        "GET /ws?device_id=somebody HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
         Host: {}{more}\r\n\r\n",
        server.address
    );
    let mut stream = TcpStream::connect(server.address).await.expect("connect");
    stream.write_all(head.as_bytes()).await.expect("write");
    let mut answer = vec![0; 4_096];
    let read = timeout(PATIENCE, stream.read(&mut answer)).await.expect("answer").expect("open");
    Answer::parse(&answer[..read])
}

#[tokio::test]
async fn a_handshake_that_finds_no_room_is_told_why_and_when_to_come_again() {
    let mut policy = lenient();
    policy.connection.max_connections = 2;
    policy.connection.max_per_address = 1;
    let proxied = |builder: anonchat_axum::Builder| {
        builder.trusted_proxies(["127.0.0.1/32".parse().expect("network")])
    };
    let server = Server::with(policy, proxied).await;
    let from = |address: &'static str| [("x-forwarded-for", address)];
    let first = server.open_with("/ws?device_id=ann", &from("192.0.2.1")).await;
    let mut first = first.expect("there is room");
    first.expect("daily_limits").await;
    let mut told = Vec::new();
    told.push(handshake(&server, "\r\nX-Forwarded-For: 192.0.2.1").await);
    let second = server.open_with("/ws?device_id=bob", &from("192.0.2.2")).await;
    let second = second.expect("there is room");
    told.push(handshake(&server, "\r\nX-Forwarded-For: 192.0.2.3").await);
    let texts = ["Too many connections from your address", "Server is full"];
    for (answer, text) in told.iter().zip(texts) {
        let body = json!({ "detail": text, "error": text });
        assert_eq!((answer.status, answer.json()), (503, body));
        assert!(answer.header("retry-after").is_some());
    }
    // Whoever leaves, in whatever way, makes room.
    first.close().await;
    second.vanish();
    let both = async {
        for address in ["192.0.2.1", "192.0.2.2"] {
            while server.open_with("/ws?device_id=cat", &from(address)).await.is_err() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        }
    };
    timeout(PATIENCE, both).await.expect("there is room again");
}

#[tokio::test]
async fn a_head_that_never_ends_is_not_waited_for() {
    let mut policy = lenient();
    policy.connection.header_s = 1;
    let server = Server::start(policy).await;
    for begun in ["", "G", "GET /healthz HTTP/1.1\r\nHost: chat\r\nX-Slow: "] {
        let mut stream = TcpStream::connect(server.address).await.expect("connect");
        stream.write_all(begun.as_bytes()).await.expect("write");
        let mut rest = Vec::new();
        let ended = timeout(PATIENCE, stream.read_to_end(&mut rest)).await;
        ended.expect("it ends by itself").expect("in order");
    }
}

#[tokio::test]
async fn many_silent_connections_keep_nobody_from_being_served() {
    let mut policy = lenient();
    policy.connection.max_half_open = 20;
    let server = Server::start(policy).await;
    let mut silent = Vec::new();
    for _ in 0..200 {
        silent.push(TcpStream::connect(server.address).await.expect("connect"));
    }
    assert_eq!(server.get("/healthz").await.status, 200);
    server.plain("ann").await.greeted().await;
    let mut told = 0;
    for mut stream in silent.drain(..180) {
        let mut rest = String::new();
        let ended = timeout(PATIENCE, stream.read_to_string(&mut rest)).await;
        ended.expect("the oldest give way").expect("in order");
        told += usize::from(rest.starts_with("HTTP/1.1 503"));
    }
    assert_eq!(told, 180);
}
