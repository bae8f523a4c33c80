//! Who may read the figures, and where.

use axum::Router;
use tokio::net::TcpListener;

use crate::client::{ADMIN_KEY, KEY, Server, lenient};
use crate::scrape::{Scrape, get};

/// LESSONS 14: at 001 everybody could read them.
#[tokio::test]
async fn metrics_need_the_key() {
    let server = Server::start(lenient()).await;
    for wrong in [None, Some(""), Some(KEY), Some("wrong")] {
        let answer = get(&server, wrong).await;
        assert_eq!(answer.status, 401, "{wrong:?}");
        assert!(!answer.body.contains("anonchat_"), "{answer:?}");
    }
    let answer = get(&server, Some(ADMIN_KEY)).await;
    assert_eq!(answer.status, 200);
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    assert_eq!(answer.header("content-type"), Some(kind));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert!(answer.body.ends_with("# EOF\n"), "{answer:?}");
}

#[tokio::test]
async fn a_page_of_another_origin_reads_no_metrics() {
    let server = Server::start(lenient()).await;
    let request = format!(
        "GET /metrics HTTP/1.1\r\nAuthorization: Bearer {ADMIN_KEY}\r\n\
         Origin: https://evil.example"
    );
    assert_eq!(server.http(&request, b"").await.status, 403);
}

#[tokio::test]
async fn metrics_that_are_served_elsewhere_are_not_on_the_main_address() {
    let server = Server::with(lenient(), |builder| builder.metrics_elsewhere(true)).await;
    assert_eq!(get(&server, Some(ADMIN_KEY)).await.status, 404);
    assert_eq!(get(&server, None).await.status, 404);

    let listener = TcpListener::bind("127.0.0.1:0").await.expect("port");
    let address = listener.local_addr().expect("address");
    let app: Router = server.chat.metrics_router();
    tokio::spawn(async { axum::serve(listener, app).await });
    let mut elsewhere = server;
    elsewhere.address = address;
    let answer = get(&elsewhere, None).await;
    assert_eq!(answer.status, 200);
    assert_eq!(Scrape::read(answer.body).value("anonchat_pools"), 1.0);
    assert_eq!(elsewhere.get("/healthz").await.status, 404, "and serves nothing else");
}
