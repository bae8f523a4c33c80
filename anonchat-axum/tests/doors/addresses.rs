//! Whose request it is, as far as limits show it.

use anonchat_axum::core::Policy;
use anonchat_axum::{AnonChat, Builder, Secret};
use anonchat_store::MemoryStore;
use axum::Router;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::client::{Answer, KEY, Server, lenient};

/// A policy that lets three requests a minute pass, and two sockets of an address.
fn strict() -> Policy {
    let mut policy = lenient();
    policy.rates.rest_per_minute = 3;
    policy.connection.max_per_address = 2;
    policy
}

/// A server behind a proxy on this machine.
fn proxied(builder: Builder) -> Builder {
    builder.trusted_proxies(["127.0.0.0/8".parse().expect("network")])
}

/// Asks for something that is counted, as somebody whose proxy says this.
async fn ask(server: &Server, forwarded: &str) -> Answer {
    let head = format!("GET /admin/reports HTTP/1.1\r\nX-Forwarded-For: {forwarded}");
    server.http(&head, b"").await
}

/// Asks with one header after the other until there are too many requests: how many passed. Each of
/// so many different clients would have passed.
async fn passes(server: &Server, headers: impl Fn(usize) -> String) -> usize {
    for number in 0..50 {
        let head = format!("GET /admin/reports HTTP/1.1\r\n{}", headers(number));
        match server.http(&head, b"").await.status {
            401 => {}
            429 => return number,
            other => panic!("{other}"),
        }
    }
    panic!("each is another client");
}

/// Lesson 24.
#[tokio::test]
async fn a_forged_forwarding_header_passes_no_limit() {
    let server = Server::start(strict()).await;
    let first = passes(&server, |number| format!("X-Forwarded-For: 192.0.2.{number}")).await;
    assert!(first >= 3, "{first}");
    for forged in ["2001:db8:0:{}::1", "127.0.0.{}", "10.0.0.1, 192.0.2.{}", "192.0.2.{}, 10.0.0.1"]
    {
        let header = |number: usize| {
            format!("X-Forwarded-For: {}", forged.replace("{}", &(number + 100).to_string()))
        };
        passes(&server, header).await;
    }
    for name in ["Forwarded: for=", "X-Real-IP: ", "Client-IP: ", "CF-Connecting-IP: "] {
        passes(&server, |number| format!("{name}192.0.2.{number}")).await;
    }
}

#[tokio::test]
async fn behind_a_trusted_proxy_what_a_client_writes_left_of_it_changes_nothing() {
    let server = Server::with(strict(), proxied).await;
    let left = |number| format!("X-Forwarded-For: 203.0.113.{number}, 192.0.2.1");
    assert!(passes(&server, left).await >= 3);
    let over_two = |number| format!("X-Forwarded-For: 203.0.113.{number}, 192.0.2.1, 127.0.0.9");
    passes(&server, over_two).await;
    let in_two =
        |number| format!("X-Forwarded-For: 203.0.113.{number}\r\nX-Forwarded-For: 192.0.2.1");
    passes(&server, in_two).await;
    let broken = |number| format!("X-Forwarded-For: 203.0.113.{number}, unknown");
    passes(&server, broken).await;
    assert_eq!(ask(&server, "192.0.2.2").await.status, 401, "somebody else");
}

#[tokio::test]
async fn an_ipv6_client_is_counted_by_its_64() {
    let server = Server::with(strict(), proxied).await;
    let one = |number| format!("X-Forwarded-For: 2001:db8:0:7:{number}::{number}");
    assert!(passes(&server, one).await >= 3);
    assert_eq!(ask(&server, "2001:db8:0:8::1").await.status, 401, "somebody else");
}

#[tokio::test]
async fn this_machine_may_open_any_number_of_sockets_and_a_client_behind_a_proxy_not() {
    let server = Server::with(strict(), proxied).await;
    let mut open = Vec::new();
    for number in 0..5 {
        open.push(server.plain(&format!("own-{number}")).await);
    }
    let from = |address: &'static str| [("x-forwarded-for", address)];
    for number in 0..2 {
        let target = format!("/ws?device_id=ann-{number}");
        let opened = server.open_with(&target, &from("192.0.2.1")).await;
        open.push(opened.expect("there is room"));
    }
    let target = "/ws?device_id=ann-3";
    assert_eq!(server.open_with(target, &from("192.0.2.1")).await.err(), Some(503));
    let other = server.open_with(target, &from("192.0.2.2")).await;
    open.push(other.expect("somebody else has room"));
}

/// An application that serves by itself and tells no addresses.
#[tokio::test]
async fn without_addresses_all_clients_count_as_one() {
    let store = MemoryStore::new(strict()).expect("policy");
    let builder = proxied(AnonChat::builder().store(store).key(Secret::new(KEY)));
    let chat = builder.start().await.expect("start");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("port");
    let address = listener.local_addr().expect("address");
    let app: Router = chat.router();
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = tokio::spawn(async move {
        let signal = async { _ = stopped.await };
        axum::serve(listener, app).with_graceful_shutdown(signal).await
    });
    let server = Server::at(address, chat);
    let claimed = |number| format!("X-Forwarded-For: 192.0.2.{number}");
    assert!(passes(&server, claimed).await >= 3);
    let mut open = Vec::new();
    for number in 0..5 {
        open.push(server.plain(&format!("device-{number}")).await);
    }
    drop(open);
    stop.send(()).expect("it runs");
    serving.await.expect("it ends").expect("in order");
}
