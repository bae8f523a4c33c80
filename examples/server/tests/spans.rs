//! Spans reach an OpenTelemetry collector, and name nobody.

mod running;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;

use futures_util::{SinkExt, StreamExt};
use memchr::memmem;
use running::{OTHER, Process, STRONG, run};
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;

/// Takes what is posted to it: the request line, and the body.
fn collector() -> (String, Receiver<(String, Vec<u8>)>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("port");
    let address = listener.local_addr().expect("address");
    let (posts, posted) = mpsc::channel();
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let posts = posts.clone();
            thread::spawn(move || {
                let mut stream = BufReader::new(stream);
                while take(&mut stream, &posts).is_some() {}
            });
        }
    });
    (format!("http://{address}"), posted)
}

/// Passes one request of a connection on, and answers it; `None` when there are no more.
fn take(stream: &mut BufReader<TcpStream>, posts: &Sender<(String, Vec<u8>)>) -> Option<()> {
    let mut request = String::new();
    stream.read_line(&mut request).ok().filter(|bytes| *bytes > 0)?;
    let mut length = 0;
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).ok()?;
        let line = line.trim_end().to_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(bytes) = line.strip_prefix("content-length:") {
            length = bytes.trim().parse().expect("a length");
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).ok()?;
    posts.send((request, body)).ok()?;
    let answer =
        "HTTP/1.1 200 OK\r\nContent-Type: application/x-protobuf\r\nContent-Length: 0\r\n\r\n";
    stream.get_mut().write_all(answer.as_bytes()).ok()
}

#[test]
fn a_collector_is_told_what_the_server_did_and_not_for_whom() {
    let (endpoint, posted) = collector();
    let arguments = [
        "--listen",
        "127.0.0.1:0",
        "--key",
        STRONG,
        "--admin-key",
        OTHER,
        "--otlp-endpoint",
        &endpoint,
    ];
    let server = Process::start(&arguments);
    let address = server.addresses[0].clone();
    let runtime = tokio::runtime::Runtime::new().expect("runtime");
    let alias = runtime.block_on(talk(&address));
    let bearer = format!("Authorization: Bearer {OTHER}\r\nX-Forwarded-For: 203.0.113.77\r\n");
    let (_, reports) = server.get("/admin/reports?canary=1", &bearer);
    let reports: serde_json::Value = serde_json::from_str(&reports).expect("JSON");
    let hash = reports[0]["reported"].as_str().expect("hash").to_owned();
    server.get("/canary-path", "User-Agent: canary-agent\r\n");
    let (code, log) = server.terminate();
    assert_eq!(code, Some(0));
    assert!(!log.contains("not taken by the collector"), "{log}");

    // The server waits for the answer to its last before it ends.
    let mut spans = Vec::new();
    for (request, body) in posted.try_iter() {
        assert!(request.starts_with("POST /v1/traces HTTP/1.1"), "{request}");
        spans.extend(body);
    }
    for told in [
        "service.name",
        "anonchat",
        "connection",
        "http.request",
        "store.apply",
        "store.read",
        "command",
        "join",
        "route",
        "/admin",
        "other",
        "native",
    ] {
        assert!(has(&spans, told), "{told} is missing");
    }
    let port = address.rsplit(':').next().expect("port");
    for secret in
        ["canary", "127.0.0.1", "203.0.113.77", &address, port, &alias, &hash, STRONG, OTHER]
    {
        assert!(!has(&spans, secret), "{secret} was sent");
    }
}

fn has(bytes: &[u8], text: &str) -> bool {
    memmem::find(bytes, text.as_bytes()).is_some()
}

/// Two people meet, talk, and one reports the other. Gives back an alias.
async fn talk(address: &str) -> String {
    let open = |device: &str| {
        connect_async(format!("ws://{address}/ws?v=1&device_id=canary-{device}-0123456789"))
    };
    let (mut ann, _) = open("ann").await.expect("open");
    let (mut bob, _) = open("bob").await.expect("open");
    let join = r#"{"action":"join","nickname":"canary-name"}"#;
    ann.send(Message::text(join)).await.expect("send");
    bob.send(Message::text(join)).await.expect("send");
    let mut alias = String::new();
    while let Some(Ok(message)) = ann.next().await {
        let Message::Text(text) = message else { continue };
        let frame: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        if frame["type"] == "matched" {
            let peer = frame["peer"].as_str().expect("alias");
            alias = peer[1..].to_owned();
            let say = r#"{"action":"msg","id":"canary-id","text":"canary-text"}"#;
            ann.send(Message::text(say)).await.expect("send");
            let report = format!(r#"{{"action":"report","reported":"{peer}","reason":"canary"}}"#);
            ann.send(Message::text(report)).await.expect("send");
        }
        if frame["type"] == "reported" {
            break;
        }
    }
    while let Some(Ok(message)) = bob.next().await {
        if message.to_text().is_ok_and(|text| text.contains("canary-text")) {
            break;
        }
    }
    ann.close(None).await.expect("close");
    while let Some(Ok(_)) = ann.next().await {}
    alias
}

#[test]
fn a_collector_that_is_away_keeps_nobody_waiting_and_one_that_is_none_is_refused() {
    // Nobody listens on port 9, the one for what is thrown away.
    let server =
        Process::start(&["--listen", "127.0.0.1:0", "--otlp-endpoint", "http://127.0.0.1:9"]);
    assert!(server.get("/readyz", "").0.starts_with("http/1.1 200"));
    assert_eq!(server.terminate().0, Some(0));
    for none in ["canary", "https://canary@127.0.0.1:4318", "http://can ary"] {
        let (success, _, log) = run(&["--listen", "127.0.0.1:0", "--otlp-endpoint", none]);
        assert!(!success && log.contains("--otlp-endpoint"), "{log}");
        assert!(!log.contains("canary"), "{log}");
    }
}
