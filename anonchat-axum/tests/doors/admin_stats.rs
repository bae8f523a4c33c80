//! 001's figures.

use serde_json::json;

use crate::admin_desk::{Desk, until};
use crate::client::{Server, lenient, plain_pair};
use crate::double::{Double, Mood};

#[tokio::test]
async fn everybody_sees_how_many_are_online_and_how_many_wait() {
    let desk = Desk::with(lenient(), |builder| builder.development(true)).await;
    let _pair = plain_pair(&desk.server, "ann", "bob").await;
    let mut cat = desk.server.plain("cat").await.greeted().await;
    cat.join("male").await;
    cat.expect("queued").await;
    let counted = json!({ "onlineUsers": 3, "waitingInQueue": 1 });
    let stats = async || desk.server.get("/api/stats").await;
    until(async || {
        let stats = stats().await;
        stats.status == 200 && stats.json() == counted
    })
    .await;
    let origin = "http://localhost:3000";
    let asked = format!("GET /api/stats HTTP/1.1\r\nOrigin: {origin}");
    let told = desk.server.http(&asked, b"").await;
    assert_eq!(told.header("access-control-allow-origin"), Some(origin));
    assert_eq!(told.header("access-control-allow-credentials"), Some("true"));
    let foreign = "GET /api/stats HTTP/1.1\r\nOrigin: https://evil.example";
    assert_eq!(desk.server.http(foreign, b"").await.status, 403);
}

#[tokio::test]
async fn the_admin_page_finds_every_figure_that_it_needs() {
    let desk = Desk::start(lenient()).await;
    let [(mut ann, bob), _other] = plain_pair(&desk.server, "ann", "bob").await;
    ann.say(json!({ "action": "report", "reported": bob, "reason": "spam" })).await;
    ann.expect("reported").await;
    desk.post("/admin/bans", &json!({ "device": "0".repeat(32) })).await;
    let is_there = async || {
        let metrics = desk.get("/api/admin/metrics").await.json();
        metrics["safety"]["totalReports"] == 1 && metrics["safety"]["activeBans"] == 1
    };
    until(is_there).await;
    let metrics = desk.get("/api/admin/metrics").await.json();
    let technical = &metrics["technical"];
    assert_eq!(
        (&technical["activeSessions"], &technical["totalMatchesLife"]),
        (&json!(2), &json!(1))
    );
    assert!(technical["queueThroughput"].is_u64() && technical["matchTimeLimitMet"].is_boolean());
    assert!(technical["avgMatchTimeMs"].as_str().is_some_and(|text| text.parse::<f64>().is_ok()));
    assert_eq!(metrics["safety"]["reportRate"], "100.00");
    let user = json!({ "verificationSuccessRate": "0.00", "dropOffAtVerification": 0 });
    assert_eq!(metrics["user"], user);
}

#[tokio::test]
async fn figures_that_nobody_knows_are_not_given_to_everybody() {
    let store = Double::new(lenient());
    let server = Server::over(store.clone(), |builder| builder).await;
    until(async || server.get("/api/stats").await.status == 200).await;
    store.main_is(Mood::Broken);
    until(async || server.get("/api/stats").await.status == 503).await;
    store.main_is(Mood::Well);
    until(async || server.get("/api/stats").await.status == 200).await;
}
