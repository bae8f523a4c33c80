//! Who is let in, and from which page.

use anonchat_axum::core::Policy;

use crate::client::{Server, lenient};

#[tokio::test]
async fn a_handshake_needs_a_device_id_of_a_fitting_length() {
    let server = Server::start(lenient()).await;
    let (long, longest) = ("x".repeat(257), "x".repeat(256));
    for (target, refused) in [
        ("/ws".to_owned(), Some(403)),
        ("/ws?v=1".to_owned(), Some(403)),
        ("/ws?device_id=".to_owned(), Some(403)),
        (format!("/ws?device_id={long}"), Some(403)),
        (format!("/ws?device_id={longest}"), None),
        ("/ws?device_id=d".to_owned(), None),
        ("/ws?device_id=%C3%A9t%C3%A9".to_owned(), None),
        ("/ws?v=1&device_id=0123456789abcde".to_owned(), Some(403)),
        ("/ws?v=1&device_id=0123456789abcdef".to_owned(), None),
    ] {
        assert_eq!(server.open(&target).await.err(), refused, "{target}");
    }
}

#[tokio::test]
async fn only_pages_that_are_let_in_open_a_socket() {
    let chosen = |builder: anonchat_axum::Builder| builder.origins(["https://chat.example.org"]);
    let server = Server::with(lenient(), chosen).await;
    let own = format!("http://{}", server.address);
    for (headers, refused) in [
        (vec![], None),
        (vec![("origin", own.as_str())], None),
        (vec![("origin", "https://chat.example.org")], None),
        (vec![("origin", "https://chat.example.org"), ("host", "chat.example.org")], None),
        (vec![("origin", "https://evil.example")], Some(403)),
        (vec![("origin", "null")], Some(403)),
        (vec![("origin", "http://rebound.example"), ("host", "rebound.example")], Some(403)),
        (vec![("origin", "http://localhost:3000")], Some(403)),
        (vec![("x-forwarded-for", "192.0.2.1")], None),
    ] {
        let opened = server.open_with("/ws?device_id=ann", &headers).await;
        assert_eq!(opened.err(), refused, "{headers:?}");
    }
}

#[tokio::test]
async fn development_mode_serves_this_machine_only() {
    let server = Server::with(lenient(), |builder| builder.development(true)).await;
    for (headers, refused) in [
        (vec![("origin", "http://localhost:3000")], None),
        (vec![("origin", "http://localhost:5173"), ("host", "localhost:8000")], None),
        (vec![("host", "chat.example.org")], Some(403)),
        (vec![("host", "192.0.2.1:8000")], Some(403)),
        (vec![("x-forwarded-for", "127.0.0.1")], Some(403)),
        (vec![("forwarded", "for=127.0.0.1")], Some(403)),
    ] {
        let opened = server.open_with("/ws?device_id=ann", &headers).await;
        assert_eq!(opened.err(), refused, "{headers:?}");
    }
    let verify = server.http("POST /verify HTTP/1.1\r\nHost: chat.example.org", b"").await;
    assert_eq!(verify.status, 403);
}

#[tokio::test]
async fn browsers_are_told_which_pages_may_ask() {
    let server = Server::with(Policy::default(), |builder| builder.development(true)).await;
    for origin in ["http://localhost:3000", "http://localhost:5173"] {
        let ask = format!(
            "OPTIONS /verify?device_id=x HTTP/1.1\r\nOrigin: {origin}\r\n\
             Access-Control-Request-Method: PUT\r\nAccess-Control-Request-Headers: X-Any, Content-Type"
        );
        let told = server.http(&ask, b"").await;
        assert_eq!(told.status, 200);
        assert_eq!(told.header("access-control-allow-origin"), Some(origin));
        assert_eq!(told.header("access-control-allow-credentials"), Some("true"));
        assert_eq!(told.header("access-control-allow-methods"), Some("PUT"));
        let headers = told.header("access-control-allow-headers").expect("headers");
        assert_eq!(headers.to_lowercase(), "x-any, content-type");

        let ask = format!("POST /verify HTTP/1.1\r\nOrigin: {origin}");
        let told = server.http(&ask, b"").await;
        assert_eq!(told.status, 422);
        assert_eq!(told.header("access-control-allow-origin"), Some(origin));
    }
    let ask = "POST /verify HTTP/1.1\r\nOrigin: https://evil.example";
    let told = server.http(ask, b"").await;
    assert_eq!(told.status, 403);
    assert_eq!(told.header("access-control-allow-origin"), None);
}

#[tokio::test]
async fn a_full_server_says_so_before_the_socket_opens() {
    let mut policy = lenient();
    policy.connection.max_connections = 1;
    let server = Server::start(policy).await;
    let ann = server.plain("ann").await.greeted().await;
    assert_eq!(server.open("/ws?device_id=bob").await.err(), Some(503));
    ann.close().await;
}
