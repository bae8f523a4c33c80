//! A classifier that judges as it is told to, and pictures for it.

use std::sync::{Arc, Mutex};

use anonchat_axum::core::{Classifier, ClassifyError, Selfie, Verdict};
use async_trait::async_trait;
use tokio::sync::Semaphore;

use crate::client::{Answer, Server};

/// A device id that every door takes.
pub(crate) const DEVICE: &str = "device-0123456789abcdef";

/// Judges as it is told to, and remembers what it saw.
#[derive(Clone)]
pub(crate) struct Judge {
    bench: Arc<Mutex<Bench>>,
    /// How many may pass before the judge thinks for ever.
    gate: Arc<Semaphore>,
}

struct Bench {
    verdict: Option<Result<Verdict, ClassifyError>>,
    /// The sizes of the pictures, in bytes.
    seen: Vec<usize>,
}

impl Judge {
    pub(crate) fn saying(verdict: Result<Verdict, ClassifyError>) -> Self {
        let bench = Bench { verdict: Some(verdict), seen: Vec::new() };
        let gate = Arc::new(Semaphore::new(Semaphore::MAX_PERMITS));
        Self { bench: Arc::new(Mutex::new(bench)), gate }
    }

    /// One that says nothing before it is [let](Self::let_pass).
    pub(crate) fn thinking(verdict: Verdict) -> Self {
        Self { gate: Arc::new(Semaphore::new(0)), ..Self::saying(Ok(verdict)) }
    }

    pub(crate) fn let_pass(&self) {
        self.gate.add_permits(1);
    }

    pub(crate) fn says(&self, verdict: Result<Verdict, ClassifyError>) {
        self.bench.lock().expect("lock").verdict = Some(verdict);
    }

    pub(crate) fn panics(&self) {
        self.bench.lock().expect("lock").verdict = None;
    }

    pub(crate) fn seen(&self) -> Vec<usize> {
        self.bench.lock().expect("lock").seen.clone()
    }

    pub(crate) async fn has_seen(&self, pictures: usize) {
        while self.seen().len() < pictures {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    }
}

#[async_trait]
impl Classifier for Judge {
    async fn classify(&self, selfie: Selfie) -> Result<Verdict, ClassifyError> {
        assert!(selfie.bytes().iter().all(|byte| *byte == b'p'), "the picture, and nothing else");
        self.bench.lock().expect("lock").seen.push(selfie.bytes().len());
        self.gate.acquire().await.expect("open").forget();
        let verdict = self.bench.lock().expect("lock").verdict;
        verdict.expect("a verdict: this panic belongs to a test")
    }
}

pub(crate) fn file(bytes: usize) -> String {
    part("name=\"file\"; filename=\"selfie.jpg\"", Some("image/jpeg"), &"p".repeat(bytes))
}

pub(crate) fn part(disposition: &str, kind: Option<&str>, content: &str) -> String {
    let kind = kind.map(|kind| format!("Content-Type: {kind}\r\n")).unwrap_or_default();
    format!("--BOUND\r\nContent-Disposition: form-data; {disposition}\r\n{kind}\r\n{content}\r\n")
}

/// A picture for 000's door.
pub(crate) async fn post(server: &Server, query: &str, parts: &str) -> Answer {
    let head = format!(
        "POST /verify{query} HTTP/1.1\r\nContent-Type: multipart/form-data; boundary=BOUND"
    );
    server.http(&head, format!("{parts}--BOUND--\r\n").as_bytes()).await
}

/// A picture of `p`s as 001's client sends it; three times as many as `thirds`.
pub(crate) fn data_url(thirds: usize) -> String {
    format!("data:image/jpeg;base64,{}", "cHBw".repeat(thirds))
}

/// A body for 001's door.
pub(crate) async fn post_json(server: &Server, query: &str, body: &str) -> Answer {
    let head = format!("POST /api/verify{query} HTTP/1.1\r\nContent-Type: application/json");
    server.http(&head, body.as_bytes()).await
}
