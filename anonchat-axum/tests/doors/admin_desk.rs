//! Somebody in charge, at a server whose record they share.

use anonchat_axum::core::Policy;
use anonchat_axum::{AnonChat, Builder};
use serde_json::{Value, json};
use tokio::time::{Duration, sleep, timeout};

use crate::admin_ledger::Ledger;
use crate::client::{ADMIN_KEY, Answer, PATIENCE, Server};

/// A server with a record.
pub(crate) struct Desk {
    pub(crate) server: Server,
    pub(crate) ledger: Ledger,
}

/// A browser that may have signed in.
pub(crate) struct Browser {
    pub(crate) cookie: String,
    origin: String,
}

impl Desk {
    pub(crate) async fn start(policy: Policy) -> Self {
        Self::with(policy, |builder| builder).await
    }

    pub(crate) async fn with(policy: Policy, more: impl FnOnce(Builder) -> Builder) -> Self {
        let ledger = Ledger::default();
        let record = ledger.clone();
        let with = |builder: Builder| more(builder.admin_store(record));
        Self { server: Server::with(policy, with).await, ledger }
    }

    pub(crate) fn chat(&self) -> &AnonChat {
        &self.server.chat
    }

    /// Asks with the key itself.
    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.server.http(&format!("GET {path} HTTP/1.1\r\n{}", bearer()), b"").await
    }

    /// Acts with the key itself.
    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        let head = format!("POST {path} HTTP/1.1\r\n{}\r\n{JSON}", bearer());
        self.server.http(&head, body.to_string().as_bytes()).await
    }

    /// Signs in, from the server's own page.
    pub(crate) async fn sign_in(&self, key: &str) -> Answer {
        let head = format!("POST /admin/sign-in HTTP/1.1\r\nOrigin: {}\r\n{JSON}", self.origin());
        self.server.http(&head, json!({ "key": key }).to_string().as_bytes()).await
    }

    pub(crate) async fn browser(&self) -> Browser {
        let answer = self.sign_in(ADMIN_KEY).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        Browser { cookie: cookie(&answer), origin: self.origin() }
    }

    pub(crate) fn origin(&self) -> String {
        format!("http://{}", self.server.address)
    }

    /// The names of what was recorded, oldest first.
    pub(crate) async fn actions(&self) -> Vec<String> {
        let answer = self.get("/admin/audit?limit=200").await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let page = answer.json();
        let records = page["records"].as_array().expect("records").iter().rev();
        records.map(|record| record["action"].as_str().expect("action").to_owned()).collect()
    }
}

impl Browser {
    pub(crate) async fn get(&self, server: &Server, path: &str) -> Answer {
        let head = format!("GET {path} HTTP/1.1\r\nCookie: {}", self.cookie);
        server.http(&head, b"").await
    }

    pub(crate) async fn post(&self, server: &Server, path: &str, body: &Value) -> Answer {
        let own = format!("Origin: {}\r\nSec-Fetch-Site: same-origin\r\n{JSON}", self.origin);
        self.post_with(server, path, &own, &body.to_string()).await
    }

    pub(crate) async fn post_with(
        &self,
        server: &Server,
        path: &str,
        headers: &str,
        body: &str,
    ) -> Answer {
        let lines = if headers.is_empty() { String::new() } else { format!("\r\n{headers}") };
        let head = format!("POST {path} HTTP/1.1\r\nCookie: {}{lines}", self.cookie);
        server.http(&head, body.as_bytes()).await
    }
}

pub(crate) const JSON: &str = "Content-Type: application/json";

pub(crate) fn bearer() -> String {
    format!("Authorization: Bearer {ADMIN_KEY}")
}

/// What a browser sends back of what it was given.
pub(crate) fn cookie(answer: &Answer) -> String {
    let set = answer.header("set-cookie").expect("cookie");
    set.split(';').next().expect("pair").to_owned()
}

/// Waits until something is so.
pub(crate) async fn until(mut is_so: impl AsyncFnMut() -> bool) {
    let wait = async {
        while !is_so().await {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(PATIENCE, wait).await.expect("it comes to be so");
}
