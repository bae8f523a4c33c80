//! An orderly end.

use crate::client::{Server, lenient, native_pair, plain_pair};

#[tokio::test]
async fn everybody_is_told_and_every_socket_is_closed() {
    let mut server = Server::start(lenient()).await;
    let [(mut ann, _), (mut bob, _)] = plain_pair(&server, "ann", "bob").await;
    let [(mut cat, _), (mut dan, to_cat)] =
        native_pair(&server, "cat-0123456789abcdef", "dan-0123456789abcdef").await;
    server.signal_stop();

    for native in [&mut cat, &mut dan] {
        let mut frame = native.hear().await;
        if frame["type"] == "peer_away" {
            assert_eq!(frame["peer"], to_cat);
            frame = native.hear().await;
        }
        assert_eq!(frame["type"], "server_restarting", "{frame}");
        let back = frame["reconnect_in_ms"].as_u64().expect("time");
        assert!((500..2500).contains(&back), "{back}");
        assert_eq!(native.expect_close().await, 1012);
    }
    for plain in [&mut ann, &mut bob] {
        loop {
            match plain.message().await {
                tokio_tungstenite::tungstenite::Message::Close(Some(frame)) => {
                    break assert_eq!(u16::from(frame.code), 1012);
                }
                text => assert!(text.to_string().contains("peer_left"), "{text}"),
            }
        }
    }
    server.stopped().await;
}

#[tokio::test]
async fn nobody_new_is_let_in_while_the_server_stops() {
    let server = Server::start(lenient()).await;
    assert_eq!(server.get("/readyz").await.status, 200);
    server.chat.shutdown().await;
    server.chat.shutdown().await;
    assert_eq!(server.get("/healthz").await.status, 200);
    assert_eq!(server.get("/readyz").await.status, 503);
    assert_eq!(server.open("/ws?device_id=ann").await.err(), Some(503));
    server.stop().await;
}

#[tokio::test]
async fn a_client_that_does_not_read_does_not_hold_the_end_up() {
    let mut policy = lenient();
    policy.text.message_chars = 100_000;
    let mut server = Server::start(policy).await;
    let [(mut ann, _), (deaf, _)] = plain_pair(&server, "ann", "deaf").await;
    let text = "x".repeat(100_000);
    for _ in 0..200 {
        // Fills the buffers of the sockets, but not the mailbox.
        ann.say(serde_json::json!({ "action": "msg", "text": text })).await;
    }
    server.signal_stop();
    server.stopped().await;
    drop(deaf);
}
