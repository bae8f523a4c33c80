//! Signing in and out, and who cannot.

use anonchat_axum::{AdminKey, AnonChat, Builder, Secret};
use anonchat_store::MemoryStore;
use axum::Router;
use axum::routing::post;
use serde_json::{Value, json};

use crate::admin_desk::{Desk, JSON, bearer, cookie, until};
use crate::admin_ledger::Ledger;
use crate::client::{ADMIN_KEY, KEY, Server, lenient};

/// Further keys of the operator's.
const NEWER: &str = "Jd8Wm3Xz6Rb1Qk9Tf4Yp7Vn2Lc5Hg0Sa";
const OTHER: &str = "Tq4Hy8Bn2Ws6Ed9Rf3Vg7Ju1Km5Lp0Zx";

#[tokio::test]
async fn a_wrong_key_lets_nobody_in_and_is_recorded() {
    let desk = Desk::start(lenient()).await;
    assert_eq!(desk.server.get("/admin/audit").await.status, 401, "no key");
    let wrong = format!("GET /admin/audit HTTP/1.1\r\n{}x", bearer());
    assert_eq!(desk.server.http(&wrong, b"").await.status, 401);
    for key in ["", "x", &ADMIN_KEY[1..], KEY, &format!("{ADMIN_KEY} ")] {
        let answer = desk.sign_in(key).await;
        assert_eq!((answer.status, answer.header("set-cookie")), (401, None), "{key}");
        assert_eq!(answer.json(), json!({ "detail": "Admin key required" }));
    }
    assert_eq!(desk.actions().await, ["refused"; 6], "and nothing is for who shows no key");
}

#[tokio::test]
async fn the_cookie_is_for_this_host_only_and_for_no_script() {
    let listed = |builder: Builder| builder.origins(["https://chat.example.org"]);
    let desk = Desk::with(lenient(), listed).await;
    let plain = desk.sign_in(ADMIN_KEY).await;
    let set = plain.header("set-cookie").expect("cookie");
    assert!(set.starts_with("anonchat-admin=v4.local."), "{set}");
    assert!(set.ends_with("; Path=/; Max-Age=43200; HttpOnly; SameSite=Strict"), "{set}");
    assert_eq!(plain.header("cache-control"), Some("no-store"));
    assert!(!plain.body.contains("v4.local"));

    let from = |origin: &str| format!("POST /admin/sign-in HTTP/1.1\r\n{origin}{JSON}");
    let body = json!({ "key": ADMIN_KEY }).to_string();
    let head = from("Origin: https://chat.example.org\r\n");
    let secure = desk.server.http(&head, body.as_bytes()).await;
    let set = secure.header("set-cookie").expect("cookie");
    assert!(set.starts_with("__Host-anonchat-admin=") && set.ends_with("; Secure"), "{set}");
    let proxied = from("X-Forwarded-Proto: https\r\n");
    let forged = desk.server.http(&proxied, body.as_bytes()).await;
    assert!(!forged.header("set-cookie").expect("cookie").contains("Secure"), "anybody says so");

    let behind = Desk::with(lenient(), |builder| builder.behind_tls(true)).await;
    let set = behind.sign_in(ADMIN_KEY).await;
    assert!(set.header("set-cookie").is_some_and(|set| set.starts_with("__Host-")));
}

#[tokio::test]
async fn a_form_signs_in_as_json_does() {
    let desk = Desk::start(lenient()).await;
    let kind = "Content-Type: application/x-www-form-urlencoded";
    let head = format!("POST /admin/sign-in HTTP/1.1\r\nOrigin: {}\r\n{kind}", desk.origin());
    let answer = desk.server.http(&head, format!("key={ADMIN_KEY}").as_bytes()).await;
    assert_eq!(answer.status, 200);
    assert!(answer.header("set-cookie").is_some());
}

#[tokio::test]
async fn a_session_sees_and_acts_from_the_servers_own_page() {
    let desk = Desk::start(lenient()).await;
    let browser = desk.browser().await;
    let session = browser.get(&desk.server, "/admin/session").await.json();
    assert_eq!(session["session"].as_str().map(str::len), Some(16));
    assert!(session["expires_at"].is_u64());
    let keyed = desk.get("/admin/session").await.json();
    assert_eq!(keyed, json!({ "session": null, "expires_at": null }));
    for path in ["/admin/audit", "/admin/queue", "/admin/bans", "/admin/figures", "/admin/reports"]
    {
        assert_eq!(browser.get(&desk.server, path).await.status, 200, "{path}");
        assert_eq!(desk.server.get(path).await.status, 401, "{path}");
    }
    let on = json!({ "on": true, "note": "a new disk" });
    assert_eq!(browser.post(&desk.server, "/admin/maintenance", &on).await.status, 200);
    let record = &desk.get("/admin/audit?limit=1").await.json()["records"][0];
    assert_eq!((&record["action"], &record["note"]), (&json!("maintenance"), &json!("a new disk")));
    assert_eq!(record["session"], session["session"], "it is said who did it");
}

#[tokio::test]
async fn another_page_cannot_act_in_the_admins_name() {
    let desk = Desk::start(lenient()).await;
    let browser = desk.browser().await;
    let own = format!("Origin: {}", desk.origin());
    let marked = "X-Anonchat-Admin: 1";
    let reset = r#"{"confirm":"reset"}"#;
    for headers in [
        String::new(),
        JSON.to_owned(),
        format!("{marked}\r\n{JSON}"),
        format!("Sec-Fetch-Site: same-origin\r\n{JSON}"),
        format!("Origin: https://evil.example\r\n{JSON}"),
        format!("Origin: null\r\n{JSON}"),
        own.clone(),
        format!("{own}\r\nContent-Type: text/plain"),
        format!("{own}\r\nContent-Type: application/x-www-form-urlencoded"),
        format!("{own}\r\nSec-Fetch-Site: cross-site\r\n{JSON}"),
        format!("{own}\r\nSec-Fetch-Site: none\r\n{JSON}"),
        format!("{own}\r\nOrigin: https://evil.example\r\n{JSON}"),
    ] {
        let answer = browser.post_with(&desk.server, "/admin/reset", &headers, reset).await;
        assert_eq!(answer.status, 403, "{headers}");
    }
    assert_eq!((desk.ledger.resets(), desk.ledger.records().len()), (0, 1), "the sign-in only");
    let kind = format!("{own}\r\nSec-Fetch-Site: same-origin\r\n{JSON}");
    let done = browser.post_with(&desk.server, "/admin/reset", &kind, reset).await;
    assert_eq!((done.status, desk.ledger.resets()), (200, 1));
    // What has no body has the page's mark.
    let lift = format!("/admin/bans/{}/lift", "0".repeat(32));
    let bare = browser.post_with(&desk.server, &lift, &own, "").await;
    let marked = browser.post_with(&desk.server, &lift, &format!("{own}\r\n{marked}"), "").await;
    assert_eq!((bare.status, marked.status), (403, 200));
}

#[tokio::test]
async fn another_page_cannot_sign_a_browser_in() {
    let desk = Desk::start(lenient()).await;
    let body = json!({ "key": ADMIN_KEY }).to_string();
    let head = format!("POST /admin/sign-in HTTP/1.1\r\nOrigin: https://evil.example\r\n{JSON}");
    let answer = desk.server.http(&head, body.as_bytes()).await;
    assert_eq!((answer.status, answer.header("set-cookie")), (403, None));
}

#[tokio::test]
async fn a_one_time_link_signs_in_once() {
    let desk = Desk::start(lenient()).await;
    let former = desk.chat().sign_in_link_secret().expect("a link");
    let secret = desk.chat().sign_in_link_secret().expect("another link");
    assert_eq!(desk.sign_in(former.expose()).await.status, 401, "it was replaced");
    desk.ledger.is_away(true);
    assert_eq!(desk.sign_in(secret.expose()).await.status, 503, "it could not be recorded");
    desk.ledger.is_away(false);
    let answer = desk.sign_in(secret.expose()).await;
    assert_eq!(answer.status, 200, "so it was not used up");
    assert!(cookie(&answer).starts_with("anonchat-admin="));
    assert_eq!(desk.sign_in(secret.expose()).await.status, 401, "a replay");
    let as_key = format!("GET /admin/audit HTTP/1.1\r\nAuthorization: Bearer {}", secret.expose());
    assert_eq!(desk.server.http(&as_key, b"").await.status, 401, "it is no key");
    assert_eq!(desk.actions().await, ["refused", "sign_in", "refused", "refused"]);
}

async fn server(keys: &[&str], admin_key: &str, ledger: &Ledger) -> Server {
    let (admin_key, ledger) = (Secret::new(admin_key), ledger.clone());
    let with = |builder: Builder| builder.admin_key(admin_key).admin_store(ledger);
    Server::keyed(lenient(), keys, with).await
}

#[tokio::test]
async fn who_signs_out_is_out_at_every_server() {
    let desk = Desk::start(lenient()).await;
    let other = server(&[KEY], ADMIN_KEY, &desk.ledger).await;
    let (browser, second) = (desk.browser().await, desk.browser().await);
    assert_eq!(browser.get(&other, "/admin/session").await.status, 200, "any server takes it");
    let out = browser.post(&desk.server, "/admin/sign-out", &json!({})).await;
    assert_eq!(out.status, 200);
    let taken: Vec<_> = out.head.lines().filter(|line| line.contains("Max-Age=0")).collect();
    assert_eq!(taken.len(), 2, "{}", out.head);
    assert_eq!(browser.get(&desk.server, "/admin/session").await.status, 401, "a kept cookie");
    until(async || browser.get(&other, "/admin/session").await.status == 401).await;
    // One that starts later knows it as well.
    let later = server(&[KEY], ADMIN_KEY, &desk.ledger).await;
    until(async || browser.get(&later, "/admin/session").await.status == 401).await;
    for server in [&desk.server, &other, &later] {
        assert_eq!(second.get(server, "/admin/session").await.status, 200, "others stay in");
    }
    assert_eq!(desk.actions().await, ["sign_in", "sign_in", "sign_out"]);
}

#[tokio::test]
async fn who_wants_to_be_out_is_out_though_the_store_is_away() {
    let desk = Desk::start(lenient()).await;
    let browser = desk.browser().await;
    desk.ledger.is_away(true);
    assert_eq!(browser.post(&desk.server, "/admin/sign-out", &json!({})).await.status, 200);
    assert_eq!(browser.get(&desk.server, "/admin/session").await.status, 401);
}

#[tokio::test]
async fn a_session_outlives_a_rotation_of_the_key_and_no_change_of_the_admin_key() {
    let desk = Desk::start(lenient()).await;
    let browser = desk.browser().await;
    for (keys, admin_key, status) in [
        (&[KEY][..], ADMIN_KEY, 200),
        (&[NEWER, KEY], ADMIN_KEY, 200),
        (&[NEWER], ADMIN_KEY, 401),
        (&[KEY], OTHER, 401),
    ] {
        let server = server(keys, admin_key, &desk.ledger).await;
        assert_eq!(browser.get(&server, "/admin/session").await.status, status, "{keys:?}");
    }
}

#[tokio::test]
async fn a_cookie_that_is_not_as_it_was_made_is_refused() {
    let desk = Desk::start(lenient()).await;
    let browser = desk.browser().await;
    let whole = &browser.cookie;
    let flipped = whole.replace("v4.local.", "v4.local.A");
    for cookie in ["anonchat-admin=", "anonchat-admin", &flipped, &whole[..whole.len() - 1]] {
        let head = format!("GET /admin/session HTTP/1.1\r\nCookie: {cookie}");
        assert_eq!(desk.server.http(&head, b"").await.status, 401, "{cookie}");
    }
}

#[tokio::test]
async fn without_a_record_nobody_signs_in_or_acts() {
    let server = Server::start(lenient()).await;
    assert!(server.chat.sign_in_link_secret().is_none());
    let device = "0".repeat(32);
    let confirm = json!({ "confirm": "reset" });
    for (path, body) in [
        ("/admin/sign-in".to_owned(), json!({ "key": ADMIN_KEY })),
        ("/admin/bans".to_owned(), json!({ "device": device })),
        (format!("/admin/bans/{device}/lift"), json!({})),
        ("/admin/maintenance".to_owned(), json!({ "on": true })),
        ("/admin/reset".to_owned(), confirm.clone()),
        ("/api/nuclear-reset".to_owned(), confirm.clone()),
    ] {
        let head = format!("POST {path} HTTP/1.1\r\n{}\r\n{JSON}", bearer());
        let answer = server.http(&head, body.to_string().as_bytes()).await;
        assert_eq!(answer.status, 501, "{path}");
        assert!(answer.json()["detail"].as_str().is_some_and(|text| text.contains("record")));
    }
    for (path, status) in [
        ("/admin/audit", 501),
        ("/admin/audit/export", 501),
        ("/admin/queue", 501),
        ("/admin/maintenance", 501),
        ("/admin/figures", 200),
        ("/admin/bans", 200),
        ("/admin/reports", 200),
        ("/api/admin/metrics", 200),
    ] {
        let head = format!("GET {path} HTTP/1.1\r\n{}", bearer());
        assert_eq!(server.http(&head, b"").await.status, status, "{path}");
    }
}

#[tokio::test]
async fn a_body_is_bounded_and_never_repeated() {
    let desk = Desk::start(lenient()).await;
    let long = format!("{{\"key\":\"{}\"}}", "canary".repeat(20_000));
    for (body, kind, status) in [
        (&*long, JSON, 413),
        (r#"{"key":"a","canary":1}"#, JSON, 400),
        (r#"{"canary":1}"#, JSON, 400),
        (r#"{"key":["canary"]}"#, JSON, 400),
        ("\"canary\"", JSON, 400),
        ("{canary", JSON, 400),
        ("", JSON, 400),
        (r#"{"key":"canary"}"#, "Content-Type: text/plain", 400),
        ("canary=1", "Content-Type: application/x-www-form-urlencoded", 400),
    ] {
        let head = format!("POST /admin/sign-in HTTP/1.1\r\n{kind}");
        let answer = desk.server.http(&head, body.as_bytes()).await;
        assert_eq!(answer.status, status, "{body:.40}");
        assert!(!answer.body.contains("canary") && answer.body.len() < 200, "{}", answer.body);
    }
    for (path, status) in [
        ("/admin/audit?limit=canary", 400),
        ("/admin/audit?before=-1", 400),
        ("/admin/audit?about=canary", 400),
        ("/admin/queue?before=canary", 400),
        ("/admin/queue?pool=canary", 404),
        ("/admin/bans?after=canary", 400),
        ("/admin/bans?pool=canary", 404),
    ] {
        let answer = desk.get(path).await;
        assert_eq!(answer.status, status, "{path}");
        assert!(!answer.body.contains("canary"), "{}", answer.body);
    }
}

async fn act(_key: AdminKey) -> &'static str {
    "done"
}

#[tokio::test]
async fn a_session_holds_for_the_application_in_which_the_chat_nests() {
    let store = MemoryStore::new(lenient()).expect("policy");
    let builder = AnonChat::builder().store(store).admin_store(Ledger::default());
    let builder = builder.key(Secret::new(KEY)).admin_key(Secret::new(ADMIN_KEY));
    let chat = builder.start().await.expect("start");
    let app = Router::new()
        .route("/act", post(act))
        .with_state(chat.clone())
        .nest("/chat", chat.router());
    let server = Server::serve(chat, app).await;
    let own = format!("Origin: http://{}\r\n{JSON}", server.address);
    let body: Value = json!({ "key": ADMIN_KEY });
    let head = format!("POST /chat/admin/sign-in HTTP/1.1\r\n{own}");
    let signed_in = server.http(&head, body.to_string().as_bytes()).await;
    let set = signed_in.header("set-cookie").expect("cookie").to_owned();
    assert!(set.contains("; Path=/;"), "{set}");
    let cookie = cookie(&signed_in);
    let audit = format!("GET /chat/admin/audit HTTP/1.1\r\nCookie: {cookie}");
    assert_eq!(server.http(&audit, b"").await.status, 200);
    let own = format!("POST /act HTTP/1.1\r\nCookie: {cookie}\r\n{own}");
    assert_eq!(server.http(&own, b"{}").await.body, "done");
    let foreign = format!("POST /act HTTP/1.1\r\nCookie: {cookie}\r\n{JSON}");
    assert_eq!(server.http(&foreign, b"{}").await.status, 403, "the rule is the extractor's");
}
