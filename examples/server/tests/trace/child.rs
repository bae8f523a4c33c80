//! This very test binary as a server of its own process, with the tiny models, which the real
//! server does not know; with a classifier that panics; and with one that keeps what it gets.

use std::process::Command;
use std::sync::Mutex;
use std::time::Duration;

use anonchat_axum::core::{Classifier, ClassifyError, Policy, Selfie, Verdict};
use anonchat_axum::{AnonChat, Secret};
use anonchat_store::MemoryStore;
use anonchat_verify::{Capacity, Limits, OnnxClassifier, Picture, tiny};
use async_trait::async_trait;
use tokio::net::TcpListener;

/// Set in the process that serves: what its classifier does.
const SERVES: &str = "ANONCHAT_TEST_SERVES";

/// A command that serves with a classifier of this kind, and prints where it listens.
pub(crate) fn command(kind: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("path"));
    command.args(["--exact", "child::serves_if_it_is_told_how", "--nocapture"]).env(SERVES, kind);
    command
}

/// Judges, and then panics with the picture in its hands.
struct Panics;

#[async_trait]
impl Classifier for Panics {
    async fn classify(&self, selfie: Selfie) -> Result<Verdict, ClassifyError> {
        let last = selfie.bytes().len();
        Ok([Verdict::NoFace][selfie.bytes().len().max(last)])
    }
}

/// Does what no classifier may.
struct Keeps(Mutex<Vec<(Selfie, Picture)>>);

#[async_trait]
impl Classifier for Keeps {
    async fn classify(&self, selfie: Selfie) -> Result<Verdict, ClassifyError> {
        let picture = Picture::decode(selfie.bytes(), &Limits::default());
        let picture = picture.map_err(|_| ClassifyError::Failed)?;
        self.0.lock().expect("lock").push((selfie, picture));
        Ok(Verdict::NoFace)
    }
}

/// Writes the picture into a file, which no classifier may either.
struct Writes;

#[async_trait]
impl Classifier for Writes {
    async fn classify(&self, selfie: Selfie) -> Result<Verdict, ClassifyError> {
        let path = std::env::temp_dir().join(format!("anonchat-{}.jpg", std::process::id()));
        let written = std::fs::write(&path, selfie.bytes());
        let _ = std::fs::remove_file(&path);
        written.map(|()| Verdict::NoFace).map_err(|_| ClassifyError::Failed)
    }
}

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::print_stdout, reason = "it is asked by another process")]
async fn serves_if_it_is_told_how() {
    let Ok(kind) = std::env::var(SERVES) else { return };
    let builder = AnonChat::builder()
        .store(MemoryStore::new(Policy::default()).expect("policy"))
        .key(Secret::random());
    let builder = match kind.as_str() {
        "panics" => builder.classifier(Panics),
        "keeps" => builder.classifier(Keeps(Mutex::default())),
        "writes" => builder.classifier(Writes),
        folder => {
            // Somebody hasty gives every picture up before it can be judged.
            let (folder, deadline) = match folder.strip_prefix("hasty ") {
                Some(folder) => (folder, Duration::from_millis(1)),
                None => (folder, Capacity::default().deadline),
            };
            let opened = OnnxClassifier::builder(folder)
                .manifest(tiny::pack().manifest)
                .capacity(Capacity { deadline, ..Capacity::default() })
                .open();
            builder.classifier(opened.expect("open"))
        }
    };
    let chat = builder.start().await.expect("start");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("bind");
    println!("\nListening on http://{}", listener.local_addr().expect("address"));
    let app = chat.router();
    anonchat_axum::serve(listener, app, chat, std::future::pending()).await.expect("serve");
}
