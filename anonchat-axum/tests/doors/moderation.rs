//! The admin API and the health of the server.

use anonchat_axum::{AnonChat, Secret};
use anonchat_store::MemoryStore;
use serde_json::json;

use crate::client::{ADMIN_KEY, Answer, KEY, Server, lenient, plain_pair};

async fn reports(server: &Server, query: &str, key: Option<&str>) -> Answer {
    let key = key.map(|key| format!("\r\nAuthorization: {key}")).unwrap_or_default();
    server.http(&format!("GET /admin/reports{query} HTTP/1.1{key}"), b"").await
}

#[tokio::test]
async fn reports_are_listed_for_who_has_the_key() {
    let server = Server::start(lenient()).await;
    let key = format!("Bearer {ADMIN_KEY}");
    assert_eq!(reports(&server, "", Some(&key)).await.json(), json!([]));
    for number in 1..=3 {
        let [(mut ann, bob), _other] = plain_pair(&server, "ann", &format!("bob-{number}")).await;
        ann.say(json!({ "action": "report", "reported": bob, "reason": "spam" })).await;
        ann.expect("reported").await;
        ann.close().await;
    }
    let answer = reports(&server, "", Some(&key)).await;
    assert_eq!(answer.status, 200);
    let listed = answer.json();
    let ids: Vec<_> = listed.as_array().expect("list").iter().map(|one| &one["id"]).collect();
    assert_eq!(ids, [3, 2, 1], "newest first");
    let first = &listed[0];
    assert_eq!(first["reason"], "spam");
    for name in ["reporter", "reported"] {
        let hash = first[name].as_str().expect("hash");
        assert!(hash.len() == 32 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()), "{hash}");
    }
    assert_ne!(first["reporter"], first["reported"]);
    let at = first["created_at"].as_str().expect("instant");
    assert!(at.len() == 26 && at.as_bytes()[10] == b'T', "{at}");
    assert!(!answer.body.contains("ann") && !answer.body.contains("bob"));

    let two = reports(&server, "?limit=2", Some(&key)).await.json();
    assert_eq!(two.as_array().map(Vec::len), Some(2));
    for limit in ["ten", "1.5", "", "99999999999999999999"] {
        let answer = reports(&server, &format!("?limit={limit}"), Some(&key)).await;
        assert_eq!(answer.status, 422, "{limit}");
        assert_eq!(answer.json()["detail"][0]["loc"], json!(["query", "limit"]));
    }
    assert_eq!(reports(&server, "?pool=mars", Some(&key)).await.status, 404);
}

#[tokio::test]
async fn nobody_gets_in_without_the_key() {
    let server = Server::start(lenient()).await;
    let (lower, longer) = (format!("bearer {ADMIN_KEY}"), format!("Bearer {ADMIN_KEY}x"));
    assert_eq!(reports(&server, "", Some(&lower)).await.status, 200, "the scheme has no case");
    let basic = format!("Basic {ADMIN_KEY}");
    for key in [None, Some("Bearer"), Some("Bearer "), Some(ADMIN_KEY), Some(&basic), Some(&longer)]
    {
        let answer = reports(&server, "?limit=ten", key).await;
        assert_eq!(answer.status, 401, "{key:?}");
        assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
    }
    let store = MemoryStore::new(lenient()).expect("policy");
    let builder = AnonChat::builder().store(store).key(Secret::new(KEY));
    let chat = builder.start().await.expect("start");
    let app = chat.router();
    let server = Server::serve(chat, app).await;
    for key in [None, Some("Bearer "), Some(&*lower)] {
        assert_eq!(reports(&server, "", key).await.status, 401, "no key, nobody");
    }
}
