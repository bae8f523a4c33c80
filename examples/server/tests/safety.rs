//! What the memory store remembers through a restart, and which files it does not go on from.

mod running;

use std::fs;
use std::path::{Path, PathBuf};

use futures_util::{SinkExt, StreamExt};
use running::{OTHER, PATIENCE, Process, STRONG, run};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::{Duration, sleep, timeout};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

const POLICY: &str = "[matching]\ncooldown_ms = 0\ndaily_per_filter = 1\nrematch_after_s = 0\n";

/// A folder for one test, with a policy in it.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let name = format!("anonchat-safety-{name}-{}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        fs::create_dir_all(&folder).expect("a folder");
        fs::write(folder.join("policy.toml"), POLICY).expect("written");
        Self(folder)
    }

    fn file(&self) -> PathBuf {
        self.0.join("safety")
    }

    fn arguments(&self, key: &str) -> Vec<String> {
        let policy = self.0.join("policy.toml").display().to_string();
        let file = self.file().display().to_string();
        let fixed = ["--listen", "127.0.0.1:0", "--verification", "off", "--admin-key", OTHER];
        let more = ["--policy", &policy, "--safety-file", &file, "--key", key];
        fixed.into_iter().chain(more).map(str::to_owned).collect()
    }

    fn start(&self) -> Process {
        let arguments = self.arguments(STRONG);
        Process::start(&arguments.iter().map(String::as_str).collect::<Vec<_>>())
    }

    /// Why the server does not start under this key.
    fn refusal(&self, key: &str) -> String {
        let arguments = self.arguments(key);
        let (success, _, log) = run(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
        assert!(!success, "{log}");
        log
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Somebody with a socket.
struct Person(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Person {
    /// Comes in, and says a gender if there is one to say.
    async fn come(server: &Process, name: &str, gender: Option<&str>) -> Self {
        let url = format!("ws://{}/ws?v=1&device_id={name}-canary-device", server.addresses[0]);
        let (socket, _) = connect_async(url).await.expect("open");
        let mut person = Self(socket);
        if let Some(gender) = gender {
            person.hear("hello").await;
            person.say(json!({ "action": "declare", "gender": gender })).await;
            person.hear("declared").await;
        }
        person
    }

    async fn say(&mut self, frame: Value) {
        self.0.send(Message::text(frame.to_string())).await.expect("send");
    }

    /// Joins and waits for the answer of this type.
    async fn join(&mut self, filter: &str, answer: &str) -> Value {
        self.say(json!({ "action": "join", "filter": filter, "nickname": "canary-name" })).await;
        self.hear(answer).await
    }

    /// The next frame of this type.
    async fn hear(&mut self, kind: &str) -> Value {
        let heard = async {
            loop {
                match self.0.next().await.expect("open").expect("open") {
                    Message::Text(text) => {
                        let frame: Value = serde_json::from_str(&text).expect("JSON");
                        let unexpected = frame["type"] == "error" && kind != "error";
                        assert!(!unexpected, "{kind} is awaited: {frame}");
                        if frame["type"] == kind {
                            return frame;
                        }
                    }
                    Message::Close(close) => panic!("{kind} is awaited: {close:?}"),
                    _ => {}
                }
            }
        };
        timeout(PATIENCE, heard).await.unwrap_or_else(|_| panic!("{kind} does not come"))
    }
}

/// Lets two meet who have come in; what the second is called by the first.
async fn meet(first: &mut Person, second: &mut Person) -> Value {
    first.join("any", "queued").await;
    second.join("any", "matched").await;
    first.hear("matched").await["peer"].clone()
}

/// Until what happens now is in the file.
async fn until_kept(server: &Process, file: &Path) {
    // What is written first may have been copied before.
    for n in 0..2 {
        let before = fs::read(file).expect("a file");
        let mut person = Person::come(server, &format!("nobody-{n}"), Some("female")).await;
        person.join("non-binary", "queued").await;
        let changed = async {
            while fs::read(file).expect("there is always a file") == before {
                sleep(Duration::from_millis(20)).await;
            }
        };
        timeout(PATIENCE, changed).await.expect("it is written");
    }
}

#[tokio::test]
async fn bans_blocks_and_counts_survive_a_crash_and_no_word_is_in_the_file() {
    let folder = Folder::new("crash");
    let server = folder.start();
    let mut bad = Person::come(&server, "bad", Some("male")).await;
    for n in 0..5 {
        let mut reporter = Person::come(&server, &format!("reporter-{n}"), Some("male")).await;
        let alias = meet(&mut reporter, &mut bad).await;
        let words = json!({ "action": "report", "reported": alias, "reason": "canary-reason",
            "note": "canary-note" });
        reporter.say(words).await;
        reporter.hear("reported").await;
        if n < 4 {
            reporter.say(json!({ "action": "leave" })).await;
            reporter.hear("left").await;
            bad.hear("peer_left").await;
        }
    }
    bad.hear("banned").await;
    let mut ann = Person::come(&server, "ann", Some("female")).await;
    let mut ben = Person::come(&server, "ben", Some("male")).await;
    let alias = meet(&mut ann, &mut ben).await;
    ann.say(json!({ "action": "block", "peer": alias })).await;
    ann.hear("blocked").await;
    let mut cat = Person::come(&server, "cat", Some("female")).await;
    let mut dan = Person::come(&server, "dan", Some("male")).await;
    cat.join("male", "queued").await;
    dan.join("any", "matched").await;
    until_kept(&server, &folder.file()).await;
    server.kill();

    let kept = fs::read(folder.file()).expect("a file");
    for word in ["canary", "reporter", STRONG, OTHER] {
        assert_eq!(memchr::memmem::find(&kept, word.as_bytes()), None, "{word}");
    }
    let server = folder.start();
    let mut bad = Person::come(&server, "bad", None).await;
    bad.hear("banned").await;
    let mut cat = Person::come(&server, "cat", Some("female")).await;
    assert_eq!(cat.join("male", "error").await["code"], "daily_limit");
    let mut ann = Person::come(&server, "ann", Some("female")).await;
    let mut ben = Person::come(&server, "ben", Some("male")).await;
    ann.join("any", "queued").await;
    ben.join("any", "queued").await;
    let (code, log) = server.terminate();
    assert_eq!(code, Some(0));
    assert!(!log.contains("a restart forgets bans") && !log.contains("canary"), "{log}");
}

#[tokio::test]
async fn an_orderly_end_forgets_not_even_the_last_moment() {
    let folder = Folder::new("order");
    let server = folder.start();
    let mut ann = Person::come(&server, "ann", Some("female")).await;
    let mut ben = Person::come(&server, "ben", Some("male")).await;
    let alias = meet(&mut ann, &mut ben).await;
    ann.say(json!({ "action": "block", "peer": alias })).await;
    ann.hear("blocked").await;
    assert_eq!(server.terminate().0, Some(0));

    let server = folder.start();
    let mut ann = Person::come(&server, "ann", Some("female")).await;
    let mut ben = Person::come(&server, "ben", Some("male")).await;
    ann.join("any", "queued").await;
    ben.join("any", "queued").await;
}

#[test]
fn a_file_that_cannot_be_gone_on_from_is_refused_and_left_alone() {
    let folder = Folder::new("damaged");
    drop(folder.start());
    let whole = fs::read(folder.file()).expect("a file");
    let last = whole.len() - 1;
    let flipped = |at: usize| {
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        bytes
    };
    for (bytes, named) in [
        (flipped(last), "is damaged or cut short"),
        (flipped(20), "is damaged or cut short"),
        (whole[..last].to_vec(), "is damaged or cut short"),
        (Vec::new(), "is damaged or cut short"),
        (flipped(19), "has version 0, which this server does not know"),
        (flipped(0), "is no safety file"),
        (b"something else entirely, of some length".to_vec(), "is no safety file"),
    ] {
        fs::write(folder.file(), &bytes).expect("written");
        let log = folder.refusal(STRONG);
        let (file, flag) = (folder.file().display().to_string(), "--safety-file");
        assert!(log.contains(&format!("{file} {named}")) && log.contains(flag), "{log}");
        assert!(log.contains("or move it away"), "{log}");
        assert_eq!(fs::read(folder.file()).expect("a file"), bytes, "{named}");
    }
    fs::write(folder.file(), &whole).expect("written");
    let log = folder.refusal(&format!("{STRONG},{OTHER}"));
    assert!(log.contains("was written under another key"), "{log}");
    assert_eq!(fs::read(folder.file()).expect("a file"), whole);
    drop(folder.start());
}

#[test]
fn a_safety_file_needs_a_key_a_place_and_a_store_that_forgets() {
    let folder = Folder::new("settings");
    let file = folder.file().display().to_string();
    let nowhere = folder.0.join("nowhere").join("safety").display().to_string();
    for (arguments, named) in [
        (&["--safety-file", &file][..], "--key (ANONCHAT_KEY) is missing"),
        (&["--safety-file", &nowhere, "--key", STRONG], "cannot be written"),
        (&["--safety-file", "/", "--key", STRONG], "cannot be read"),
    ] {
        let (success, _, log) = run(&[&["--listen", "127.0.0.1:0"], arguments].concat());
        assert!(!success && log.contains(named), "{arguments:?}: {log}");
    }
    assert!(!folder.file().exists());
}

#[cfg(feature = "redis")]
#[test]
fn a_store_that_remembers_takes_no_safety_file() {
    let store = ["--listen", "127.0.0.1:0", "--key", STRONG, "--store", "redis://127.0.0.1:1"];
    let (success, _, log) = run(&[&store[..], &["--safety-file", "/nonexistent"]].concat());
    assert!(!success && log.contains("--safety-file (ANONCHAT_SAFETY_FILE) is for"), "{log}");
}
