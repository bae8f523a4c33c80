//! Servers that are asked to end: their people are told, go on elsewhere, and miss nothing.

use std::time::Duration;

use futures_util::StreamExt;
use serde_json::Value;
use test_services::{Engine, Server};
use tokio::time::sleep;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;

use crate::person::talkers::{Talkers, meet, until};
use crate::three::{Terms, Three, exchange, until_peer_is};

const PAIRS: usize = 30;

/// All that a client hears until its line ends: frames, and the code of the end.
async fn hear_out(url: String) -> (Vec<Value>, Option<u16>) {
    let (mut socket, _) = connect_async(url).await.expect("open");
    let mut frames = Vec::new();
    while let Some(Ok(message)) = socket.next().await {
        match message {
            Message::Text(text) => frames.push(serde_json::from_str(&text).expect("JSON")),
            Message::Close(frame) => return (frames, frame.map(|frame| frame.code.into())),
            _ => {}
        }
    }
    (frames, None)
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_of_a_server_that_stops_are_told_and_go_on_elsewhere() {
    let redis = Server::start(Engine::Redis);
    let mut three = Three::on(&redis, Terms::default());
    let socket = |query: &str| format!("ws://{}/ws?{query}", three.addresses[0]);
    let native = tokio::spawn(hear_out(socket("v=1&device_id=native-0123456789abcdef")));
    let plain = tokio::spawn(hear_out(socket("device_id=plain")));
    let (mut ann, mut bob) = (three.person("ann", 0), three.person("bob", 1));
    meet(&mut ann, &mut bob).await;
    exchange(&mut ann, &mut bob).await;

    three.stop(0);
    until_peer_is(&mut bob, false).await;
    let told = until(&mut ann, "server_restarting").await;
    assert!(told["reconnect_in_ms"].is_u64());
    exchange(&mut ann, &mut bob).await;
    assert_eq!((ann.returns, ann.closed, bob.returns), (1, Some(1012), 0));

    let (frames, code) = native.await.expect("a client");
    assert_eq!(frames.last().expect("frames")["type"], "server_restarting");
    assert_eq!(code, Some(1012));
    let (frames, code) = plain.await.expect("a client");
    assert!(frames.iter().all(|frame| frame["type"] != "server_restarting"));
    assert_eq!(code, Some(1012));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rolling_restart_of_all_servers_ends_no_chat_and_loses_no_message() {
    let redis = Server::start(Engine::Redis);
    let mut three = Three::on(&redis, Terms::default());
    let talkers = Talkers::start(&three.addresses, PAIRS).await;
    for server in 0..3 {
        three.stop(server);
        three.start_again(server);
        three.ready().await;
        // Most of those who were sent away are back when the next one goes.
        sleep(Duration::from_secs(3)).await;
    }
    let outcome = talkers.finish().await;
    assert!(outcome.returns >= 2 * PAIRS, "everybody had to go elsewhere: {outcome:?}");
}
