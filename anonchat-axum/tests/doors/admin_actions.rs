//! What those in charge do, and what is kept of it.

use anonchat_axum::Secret;
use anonchat_axum::core::PoolId;
use anonchat_store::MemoryStore;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use crate::admin_desk::{Desk, JSON, until};
use crate::admin_ledger::Ledger;
use crate::client::{Answer, Client, Server, lenient, native_pair, plain_pair};

/// Somebody reports somebody; gives back the report as moderators see it.
async fn report(desk: &Desk, reporter: &str, reported: &str) -> (Value, Client, Client) {
    let [(mut ann, to_bob), (bob, _)] = plain_pair(&desk.server, reporter, reported).await;
    let say = json!({ "action": "report", "reported": to_bob, "reason": "spam", "note": "see" });
    ann.say(say).await;
    ann.expect("reported").await;
    let page = desk.get("/admin/queue?limit=1&open=false").await.json();
    (page["reports"][0].clone(), ann, bob)
}

async fn ban(desk: &Desk, device: &Value, more: Value) -> Answer {
    let mut order = json!({ "device": device });
    order.as_object_mut().expect("object").extend(more.as_object().expect("object").clone());
    desk.post("/admin/bans", &order).await
}

async fn lift(desk: &Desk, device: &Value) -> Answer {
    let device = device.as_str().expect("device");
    desk.post(&format!("/admin/bans/{device}/lift"), &json!({ "note": "a mistake" })).await
}

async fn closed(client: &mut Client) -> u16 {
    loop {
        if let Message::Close(Some(frame)) = client.message().await {
            return frame.code.into();
        }
    }
}

#[tokio::test]
async fn a_ban_closes_the_open_socket_and_keeps_the_device_out_until_it_is_lifted() {
    let desk = Desk::start(lenient()).await;
    let (seen, mut ann, mut bob) = report(&desk, "ann", "bob").await;
    assert_eq!((&seen["reason"], &seen["note"]), (&json!("spam"), &json!("see")));
    assert_eq!((&seen["against"], &seen["banned_until"]), (&json!(1), &Value::Null));
    assert_eq!(seen["earlier"], json!([]));
    let banned = ban(&desk, &seen["device"], json!({ "for_s": 60, "note": "spam" })).await;
    assert_eq!(banned.status, 200, "{banned:?}");
    assert_eq!(closed(&mut bob).await, 4003, "the open socket does not talk on");
    ann.expect("peer_left").await;
    assert_eq!(desk.server.open("/ws?device_id=bob").await.err(), Some(403));

    let listed = desk.get("/admin/bans").await.json();
    assert_eq!(listed["bans"][0]["device"], seen["device"]);
    assert_eq!(listed["bans"][0]["until"], banned.json()["until"]);
    let page = desk.get("/admin/queue?open=false").await.json();
    assert_eq!(page["reports"][0]["banned_until"], banned.json()["until"]);
    assert_eq!(page["reports"][0]["earlier"][0]["action"], "ban");
    assert_eq!(page["reports"][0]["earlier"][0]["note"], "spam");
    let open = desk.get("/admin/queue").await.json();
    assert_eq!(open["reports"], json!([]), "it asks for no decision any more");

    assert_eq!(lift(&desk, &seen["device"]).await.status, 200);
    assert_eq!(desk.get("/admin/bans").await.json()["bans"], json!([]));
    desk.server.plain("bob").await.greeted().await;
    assert_eq!(desk.actions().await, ["ban", "lift"]);
}

#[tokio::test]
async fn a_ban_reaches_the_socket_in_whatever_pool_it_is() {
    let pools = ["eu", "us", "quiet"].map(|name| PoolId::new(name).expect("a name"));
    let store = MemoryStore::new(lenient()).expect("policy").with_pools(pools.clone());
    let ledger = Ledger::default();
    let record = ledger.clone();
    let with = |builder: anonchat_axum::Builder| builder.pools(pools).admin_store(record);
    let desk = Desk { server: Server::over(store, with).await, ledger };
    let open = async |device: &str, pool: &str| {
        let target = format!("/ws?v=1&device_id={device}&pool={pool}");
        desk.server.open(&target).await.expect("handshake")
    };
    let mut ann = open("ann-0123456789-abcdef", "us").await;
    let mut bob = open("bob-0123456789-abcdef", "us").await;
    ann.hello().await;
    bob.hello().await;
    let [to_bob, _] = crate::client::pair(&mut ann, &mut bob).await;
    ann.say(json!({ "action": "report", "reported": to_bob, "reason": "spam" })).await;
    ann.expect("reported").await;
    assert_eq!(desk.get("/admin/queue").await.json()["reports"], json!([]), "the first is eu");
    let page = desk.get("/admin/queue?pool=us").await.json();
    assert_eq!(page["pools"], json!(["eu", "us", "quiet"]));
    let device = &page["reports"][0]["device"];
    assert_eq!(ban(&desk, device, json!({})).await.status, 200);
    bob.expect("banned").await;
    assert_eq!(bob.expect_close().await, 4003);
    for pool in ["eu", "us", "quiet"] {
        let mut again = open("bob-0123456789-abcdef", pool).await;
        assert_eq!(closed(&mut again).await, 4003, "{pool}");
    }
    assert_eq!(lift(&desk, device).await.status, 200);
    open("bob-0123456789-abcdef", "us").await.hello().await;
}

#[tokio::test]
async fn a_ban_needs_a_device_and_an_end_that_is_to_come() {
    let desk = Desk::start(lenient()).await;
    let device = "0123456789abcdef0123456789abcdef";
    for body in [
        json!({}),
        json!({ "device": "bob" }),
        json!({ "device": &device[1..] }),
        json!({ "device": device, "until": 1_000 }),
        json!({ "device": device, "for_s": 0 }),
        json!({ "device": device, "for_s": -1 }),
        json!({ "device": device, "for_s": 1, "until": 4_000_000_000_000_u64 }),
        json!({ "device": device, "forever": true }),
        json!({ "device": device, "note": "x".repeat(501) }),
    ] {
        assert_eq!(desk.post("/admin/bans", &body).await.status, 400, "{body}");
    }
    assert!(desk.ledger.records().is_empty(), "what is not done is not recorded");
    let body = json!({ "device": device, "for_s": u64::MAX, "note": "é".repeat(500) });
    assert_eq!(desk.post("/admin/bans", &body).await.status, 200);
    assert_eq!(desk.post("/admin/bans/bob/lift", &json!({})).await.status, 400);
    assert_eq!(desk.get("/admin/bans").await.json()["bans"][0]["until"], 253_402_300_799_999_u64);
}

#[tokio::test]
async fn who_reports_falsely_three_times_no_longer_counts() {
    let desk = Desk::start(lenient()).await;
    for number in 1..=3 {
        let (seen, ann, _bob) = report(&desk, "ann", &format!("bob-{number}")).await;
        assert_eq!((&seen["counted"], &seen["against"]), (&json!(true), &json!(1)));
        let path = format!("/admin/reports/main/{}/dismiss", seen["id"]);
        let dismissed = desk.post(&path, &json!({ "note": "nothing there" })).await;
        assert_eq!(dismissed.status, 200, "{dismissed:?}");
        assert_eq!(dismissed.json()["audit"], number);
        let open = desk.get("/admin/queue").await.json();
        assert_eq!(open["reports"], json!([]), "it is decided");
        ann.close().await;
    }
    let (seen, _ann, _bob) = report(&desk, "ann", "bob-4").await;
    assert_eq!((&seen["counted"], &seen["against"]), (&json!(false), &json!(0)));
    let all = desk.get("/admin/queue?open=false").await.json();
    assert_eq!(all["reports"][1]["dismissed"], true);
    let decided = &all["reports"][1]["earlier"][0];
    assert_eq!((&decided["action"], &decided["report"]), (&json!("dismiss"), &json!(3)));
    assert_eq!((&decided["pool"], &decided["note"]), (&json!("main"), &json!("nothing there")));
    for path in ["main/99", "main/0", "mars/1", "main/one", "main/18446744073709551615"] {
        let answer = desk.post(&format!("/admin/reports/{path}/dismiss"), &json!({})).await;
        assert_eq!(answer.status, 404, "{path}");
    }
    assert_eq!(desk.actions().await, ["dismiss"; 3]);
}

#[tokio::test]
async fn what_cannot_be_recorded_is_not_done() {
    let desk = Desk::start(lenient()).await;
    let (seen, _ann, mut bob) = report(&desk, "ann", "bob").await;
    desk.ledger.is_away(true);
    let confirm = json!({ "confirm": "reset" });
    for answer in [
        ban(&desk, &seen["device"], json!({})).await,
        lift(&desk, &seen["device"]).await,
        desk.post("/admin/reports/main/1/dismiss", &json!({})).await,
        desk.post("/admin/maintenance", &json!({ "on": true })).await,
        desk.post("/admin/reset", &confirm).await,
        desk.get("/admin/audit/export").await,
        desk.get("/admin/queue").await,
        desk.sign_in(crate::client::ADMIN_KEY).await,
    ] {
        assert_eq!((answer.status, answer.header("retry-after")), (503, Some("2")), "{answer:?}");
    }
    bob.expect_silence().await;
    desk.ledger.is_away(false);
    assert!(desk.ledger.records().is_empty());
    assert_eq!(desk.get("/admin/bans").await.json()["bans"], json!([]));
    assert_eq!(desk.get("/admin/queue").await.json()["reports"][0]["dismissed"], false);
    assert_eq!((desk.ledger.resets(), desk.server.get("/readyz").await.status), (0, 200));
}

#[tokio::test]
async fn a_reset_takes_a_post_a_key_and_a_word() {
    let desk = Desk::start(lenient()).await;
    let confirm = json!({ "confirm": "reset" });
    for path in ["/admin/reset", "/api/nuclear-reset"] {
        assert_eq!(desk.get(path).await.status, 405, "{path}");
        let head = format!("POST {path} HTTP/1.1\r\n{JSON}");
        let keyless = desk.server.http(&head, confirm.to_string().as_bytes()).await;
        assert_eq!(keyless.status, 401, "{path}");
        for body in [json!({}), json!({ "confirm": "yes" }), json!({ "confirm": true })] {
            assert_eq!(desk.post(path, &body).await.status, 400, "{path} {body}");
        }
    }
    assert_eq!((desk.ledger.resets(), desk.ledger.records().len()), (0, 0));
    assert_eq!(desk.post("/admin/reset", &confirm).await.json(), json!({ "audit": 1 }));
    let nuclear = desk.post("/api/nuclear-reset", &confirm).await;
    let wiped = json!({ "success": true, "message": "All cross-server data wiped." });
    assert_eq!((nuclear.status, nuclear.json()), (200, wiped));
    assert_eq!((desk.ledger.resets(), desk.actions().await), (2, vec!["reset".to_owned(); 2]));
}

#[tokio::test]
async fn the_record_is_read_in_pages_by_device_and_exported_whole() {
    let desk = Desk::start(lenient()).await;
    let device = |number: usize| format!("{number:032x}");
    for number in 0..450 {
        let path = format!("/admin/bans/{}/lift", device(number % 9));
        let lifted = desk.post(&path, &json!({ "note": format!("number {number}") })).await;
        assert_eq!(lifted.json()["audit"], number + 1);
    }
    let (mut next, mut ids) = (String::new(), Vec::new());
    loop {
        let page = desk.get(&format!("/admin/audit?limit=100{next}")).await.json();
        let records = page["records"].as_array().expect("records");
        assert!(records.len() <= 100);
        ids.extend(records.iter().map(|record| record["id"].as_u64().expect("id")));
        let Some(before) = page["next"].as_u64() else { break };
        next = format!("&before={before}");
    }
    assert_eq!(ids, (1..=450).rev().collect::<Vec<_>>(), "each once, newest first");
    let most = desk.get("/admin/audit?limit=100000").await.json();
    assert_eq!(most["records"].as_array().map(Vec::len), Some(200));

    let about = desk.get(&format!("/admin/audit?about={}&limit=3", device(4))).await.json();
    let numbers: Vec<_> = about["records"].as_array().expect("records").iter().collect();
    assert_eq!(numbers.len(), 3);
    assert!(numbers.iter().all(|record| record["device"] == device(4)));
    assert_eq!(numbers[0]["note"], "number 445");

    let export = desk.get("/admin/audit/export").await;
    assert_eq!(export.header("content-type"), Some("application/x-ndjson"));
    assert!(export.header("content-disposition").is_some_and(|value| value.contains("attachment")));
    let body = unchunked(&export);
    let lines: Vec<Value> =
        body.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(lines.len(), 451);
    assert_eq!((&lines[0]["action"], &lines[0]["id"]), (&json!("export"), &json!(451)));
    assert_eq!((&lines[450]["id"], &lines[450]["note"]), (&json!(1), &json!("number 0")));
}

/// The body of an answer whose length was not known when it began.
fn unchunked(answer: &Answer) -> String {
    let (mut rest, mut body) = (answer.body.as_str(), String::new());
    while let Some((size, after)) = rest.split_once("\r\n") {
        let size = usize::from_str_radix(size, 16).expect("size");
        body += &after[..size];
        rest = after.get(size + 2..).unwrap_or_default();
    }
    body
}

#[tokio::test]
async fn a_reset_empties_the_pools_and_keeps_the_record() {
    let store = std::sync::Arc::new(MemoryStore::new(lenient()).expect("policy"));
    let record = store.clone();
    let with = |builder: anonchat_axum::Builder| builder.admin_store(record);
    let desk = Desk { server: Server::over(store, with).await, ledger: Ledger::default() };
    let (seen, _ann, mut bob) = report(&desk, "ann", "bob").await;
    assert_eq!(ban(&desk, &seen["device"], json!({ "note": "spam" })).await.status, 200);
    assert_eq!(closed(&mut bob).await, 4003);
    let reset = desk.post("/admin/reset", &json!({ "confirm": "reset" })).await;
    assert_eq!((reset.status, reset.json()), (200, json!({ "audit": 2 })));
    assert_eq!(desk.get("/admin/bans").await.json()["bans"], json!([]));
    assert_eq!(desk.get("/admin/queue?open=false").await.json()["reports"], json!([]));
    // Whoever comes now is matched as at the beginning.
    plain_pair(&desk.server, "bob", "cat").await;
    assert_eq!(desk.actions().await, ["ban", "reset"]);
    let about = format!("/admin/audit?about={}", seen["device"].as_str().expect("device"));
    assert_eq!(desk.get(&about).await.json()["records"][0]["note"], "spam");
}

#[tokio::test]
async fn people_who_talk_go_on_after_their_reporter_is_gone() {
    // What a moderator does to one pair is nothing to another.
    let desk = Desk::start(lenient()).await;
    let (ann, bob) = ("ann-0123456789-abcdef", "bob-0123456789-abcdef");
    let [(mut ann, _), (mut bob, _)] = native_pair(&desk.server, ann, bob).await;
    let (seen, _cat, mut dan) = report(&desk, "cat", "dan").await;
    assert_eq!(ban(&desk, &seen["device"], json!({})).await.status, 200);
    assert_eq!(closed(&mut dan).await, 4003);
    ann.say(json!({ "action": "msg", "text": "still here" })).await;
    assert_eq!(bob.expect("msg").await["text"], "still here");
}

#[tokio::test]
async fn a_second_server_carries_out_what_the_first_was_told() {
    let store = std::sync::Arc::new(MemoryStore::new(lenient()).expect("policy"));
    let ledger = Ledger::default();
    let start = async || {
        let record = ledger.clone();
        Server::over(store.clone(), |builder| builder.admin_store(record)).await
    };
    let desk = Desk { server: start().await, ledger: ledger.clone() };
    let other = Desk { server: start().await, ledger: ledger.clone() };
    let (seen, _ann, mut bob) = report(&other, "ann", "bob").await;
    assert_eq!(ban(&desk, &seen["device"], json!({})).await.status, 200);
    assert_eq!(closed(&mut bob).await, 4003);
    until(async || other.server.open("/ws?device_id=bob").await.err() == Some(403)).await;
    let secret: Option<Secret> = other.chat().sign_in_link_secret();
    assert!(secret.is_some());
}
