//! No id, text or address ever becomes a label, and strangers make no series.

use std::collections::{BTreeMap, BTreeSet};

use anonchat_axum::core::session::{Action, ErrorCode};
use anonchat_axum::core::{Classifier, ClassifyError, Gender, Selfie, Verdict};
use async_trait::async_trait;
use futures_util::StreamExt;
use futures_util::stream;
use serde_json::json;
use tokio_tungstenite::tungstenite::Message;

use crate::client::{ADMIN_KEY, Client, KEY, Server, lenient, native_pair};
use crate::documents::documented_labels;
use crate::judge::{data_url, post_json};
use crate::scrape::Scrape;

/// Verifies everybody.
struct Credulous;

#[async_trait]
impl Classifier for Credulous {
    async fn classify(&self, _selfie: Selfie) -> Result<Verdict, ClassifyError> {
        Ok(Verdict::Verified(Gender::Female))
    }
}

/// Hears frames until there is one of this type: a ban may have ended the pair meanwhile.
async fn until(client: &mut Client, kind: &str) {
    while client.hear().await["type"] != kind {}
}

/// Leads a life in which everything that a client can say is recognizable. Gives back what else
/// must not show: aliases, hashes, tokens.
async fn life(server: &Server) -> Vec<String> {
    let (ann_id, bob_id) = ("canary-ann-0123456789", "canary-bob-0123456789");
    let forged = [("x-forwarded-for", "203.0.113.77"), ("user-agent", "canary-agent")];
    let target = format!("/ws?v=1&device_id={ann_id}&canary=canary-query");
    let mut first = server.open_with(&target, &forged).await.expect("handshake");
    first.hello().await;
    let [(mut ann, to_bob), (mut bob, _)] = native_pair(server, ann_id, bob_id).await;
    ann.say(json!({ "action": "msg", "id": "canary-id", "text": "canary-text" })).await;
    bob.expect("msg").await;
    ann.say(json!({ "action": "report", "reported": to_bob, "reason": "canary-reason" })).await;
    until(&mut ann, "reported").await;
    ann.say(json!({ "action": "canary-action" })).await;
    until(&mut ann, "error").await;
    ann.send(Message::text("canary-garbage {")).await;
    ann.expect("error").await;
    ann.say(json!({ "action": "next", "nickname": "canary-name", "bio": "canary-bio" })).await;
    until(&mut ann, "left").await;
    let asked = json!({ "image": data_url(1000), "deviceId": ann_id, "consent": 1 }).to_string();
    let verified = post_json(server, "", &asked).await.json();
    let token = verified["verificationToken"].as_str().expect("token").to_owned();
    ann.say(json!({ "action": "join", "token": format!("{token}x") })).await;
    ann.expect("error").await;
    for path in ["/canary-path", "/admin/canary", "/canary/ws", "/canary/metrics?canary=1"] {
        let request = format!(
            "GET {path} HTTP/1.1\r\nX-Forwarded-For: 203.0.113.77\r\nForwarded: for=203.0.113.77\r\n\
             Authorization: Bearer canary-token\r\nCookie: canary-cookie=1"
        );
        assert!((400..500).contains(&server.http(&request, b"canary-body").await.status));
    }
    server.http("CANARYMETHOD /ws HTTP/1.1", b"").await;
    let known = format!("GET /admin/reports HTTP/1.1\r\nAuthorization: Bearer {ADMIN_KEY}");
    let listed = server.http(&known, b"").await.json();
    let hash = |member: &str| listed[0][member].as_str().expect("hash").to_owned();
    let alias = to_bob.as_str().expect("alias").to_owned();
    vec![hash("reporter"), hash("reported"), alias[1..].to_owned(), token[9..40].to_owned()]
}

#[tokio::test]
async fn no_id_text_or_address_ever_becomes_a_label() {
    let mut policy = lenient();
    policy.safety.reports_to_ban = 1;
    let server = Server::with(policy, |builder| builder.classifier(Credulous)).await;
    let before = Scrape::of(&server).await;
    let mut secrets = life(&server).await;
    secrets.extend(["canary", "203.0.113.77", "127.0.0.1", KEY, ADMIN_KEY].map(str::to_owned));
    secrets.push(server.address.port().to_string());
    let banned = "anonchat_connections_closed_total{reason=\"banned\"}";
    while Scrape::of(&server).await.value(banned) < 1.0 {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    let scrape = Scrape::of(&server).await;
    assert_eq!(scrape.value("anonchat_refusals_total{code=\"verification_invalid\"}"), 1.0);
    assert_eq!(scrape.value("anonchat_verifications_total{verdict=\"verified\"}"), 1.0);
    let other = "anonchat_http_requests_total{route=\"other\",method=\"get\",status=\"4xx\"}";
    assert_eq!(scrape.value(other), 4.0, "unknown paths are one");
    for secret in secrets {
        // Not in the values: a port may well be a count.
        let name = scrape.series.keys().find(|series| series.contains(&secret));
        assert_eq!(name, None, "{secret}");
    }
    assert!(before.series.keys().eq(scrape.series.keys()), "nothing that was done made a series");
}

#[tokio::test]
async fn labels_have_the_values_of_fixed_lists_and_no_others() {
    let server = Server::with(lenient(), |builder| builder.classifier(Credulous)).await;
    life(&server).await;
    let scrape = Scrape::of(&server).await;
    let mut labels = scrape.labels();
    assert_eq!(labels.remove("version"), Some(BTreeSet::from([env!("CARGO_PKG_VERSION")])));
    let documented = documented_labels();
    let documented: BTreeMap<_, BTreeSet<_>> = documented
        .iter()
        .map(|(label, values)| (label.as_str(), values.iter().map(String::as_str).collect()))
        .collect();
    for (label, values) in &labels {
        assert_eq!(Some(values), documented.get(label), "{label}");
    }
    assert!(labels.keys().eq(documented.keys()), "no label is missing");
    let actions = Action::ALL.iter().map(|action| action.as_str()).chain(["none"]);
    assert_eq!(labels["action"], actions.collect());
    let codes = ErrorCode::ALL.iter().map(|code| code.as_str()).chain(["other"]);
    assert_eq!(labels["code"], codes.collect());
}

#[tokio::test]
async fn a_thousand_devices_make_no_further_series() {
    let server = Server::start(lenient()).await;
    let before = Scrape::of(&server).await;
    let visits = (0..1000).map(|number| {
        let server = &server;
        async move {
            let mut client = server.native(&format!("device-{number}-0123456789")).await;
            client.hello().await;
            client.say(json!({ "action": format!("action-{number}") })).await;
            client.expect("error").await;
            server.get(&format!("/path-{number}")).await;
            client.close().await;
        }
    });
    stream::iter(visits).buffer_unordered(16).collect::<Vec<_>>().await;
    let after = Scrape::of(&server).await;
    assert_eq!(after.value("anonchat_connections_opened_total"), 1000.0);
    assert_eq!(after.value("anonchat_refusals_total{code=\"unknown_action\"}"), 1000.0);
    assert_eq!(before.series.len(), after.series.len());
    assert!(before.series.keys().eq(after.series.keys()));
}
