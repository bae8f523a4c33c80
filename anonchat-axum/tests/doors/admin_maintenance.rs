//! Maintenance: nobody new is let in, and those who talk go on.

use anonchat_axum::{Builder, Secret};
use serde_json::{Value, json};

use crate::admin_desk::{Desk, until};
use crate::client::{ADMIN_KEY, KEY, Server, lenient, native_pair};
use crate::judge::{file, post};

const ANN: &str = "ann-0123456789-abcdef";
const BOB: &str = "bob-0123456789-abcdef";

#[tokio::test]
async fn nobody_new_is_let_in_and_those_who_talk_go_on() {
    let desk = Desk::start(lenient()).await;
    let [(mut ann, _), (mut bob, _)] = native_pair(&desk.server, ANN, BOB).await;
    let off = json!({ "on": false, "since": null });
    assert_eq!(desk.get("/admin/maintenance").await.json(), off);
    let on = desk.post("/admin/maintenance", &json!({ "on": true })).await.json();
    assert!(on["on"] == true && on["since"].is_u64(), "{on}");
    assert_eq!(desk.get("/admin/maintenance").await.json(), on);

    assert_eq!(desk.server.open("/ws?device_id=cat").await.err(), Some(503));
    assert_eq!(desk.server.open("/ws?v=1&device_id=cat-0123456789-abcdef").await.err(), Some(503));
    let upgrade = "GET /ws?device_id=cat HTTP/1.1\r\nUpgrade: websocket";
    for answer in [
        desk.server.http(upgrade, b"").await,
        post(&desk.server, "?device_id=cat-0123456789-abcdef&consent=1", &file(200_000)).await,
        desk.server.http("POST /api/verify HTTP/1.1", &[b'x'; 100_000]).await,
    ] {
        assert_eq!((answer.status, answer.header("retry-after")), (503, Some("60")));
        let said = answer.json()["detail"].as_str().expect("text").to_lowercase();
        assert!(said.contains("maintenance") && !said.contains("ban"), "{said}");
    }
    let ready = desk.server.get("/readyz").await;
    assert_eq!((ready.status, &ready.json()["status"]), (503, &json!("maintenance")));
    assert_eq!(desk.server.get("/healthz").await.status, 200);
    ann.say(json!({ "action": "msg", "text": "still here" })).await;
    assert_eq!(bob.expect("msg").await["text"], "still here");
    let shown = |figures: Value| figures["now"]["maintenance"].clone();
    assert_eq!(shown(desk.get("/admin/figures").await.json()), on["since"]);

    desk.post("/admin/maintenance", &json!({ "on": false, "note": "done" })).await;
    assert_eq!(desk.server.get("/readyz").await.status, 200);
    desk.server.plain("cat").await.greeted().await;
    assert_eq!(desk.actions().await, ["maintenance", "maintenance"]);
    let records = desk.get("/admin/audit").await.json();
    assert_eq!(
        (&records["records"][0]["on"], &records["records"][1]["on"]),
        (&json!(false), &json!(true))
    );
}

#[tokio::test]
async fn every_server_follows_and_none_forgets_it_while_the_store_is_away() {
    let desk = Desk::start(lenient()).await;
    let ledger = desk.ledger.clone();
    let with = |builder: Builder| builder.admin_key(Secret::new(ADMIN_KEY)).admin_store(ledger);
    let other = Server::keyed(lenient(), &[KEY], with).await;
    desk.post("/admin/maintenance", &json!({ "on": true })).await;
    until(async || other.get("/readyz").await.status == 503).await;
    assert_eq!(other.open("/ws?device_id=cat").await.err(), Some(503));
    desk.ledger.is_away(true);
    // It looks once a second.
    tokio::time::sleep(std::time::Duration::from_millis(2_500)).await;
    assert_eq!(other.open("/ws?device_id=cat").await.err(), Some(503));
    desk.ledger.is_away(false);
    desk.post("/admin/maintenance", &json!({ "on": false })).await;
    until(async || other.get("/readyz").await.status == 200).await;
}
