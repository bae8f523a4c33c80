//! What leaves in one write, and in which order, over a transport that writes down its writes.

use std::collections::VecDeque;
use std::mem;
use std::sync::Mutex;
use std::task::Poll;

use anonchat_core::session::ServerFrame;
use anonchat_core::{
    Client, Command, Commit, DeviceId, Dice, Inbox, NodeId, Policy, PoolId, Query, Store,
    StoreError, UnixMillis, View, Whisper,
};
use anonchat_store::MemoryStore;
use async_trait::async_trait;
use tokio::sync::{mpsc, watch};
use tokio::task::yield_now;

use super::*;
use crate::connection::{Guest, connect};
use crate::secret::Secret;
use crate::transport::{Added, Heard};

type Writes = Arc<Mutex<Vec<Vec<String>>>>;

/// What the server holds of a client.
struct Wires {
    said: mpsc::UnboundedReceiver<&'static [&'static str]>,
    /// What came in one read and is not heard yet.
    read: VecDeque<&'static str>,
    text: &'static str,
    out: Vec<String>,
    writes: Writes,
    takes: watch::Receiver<bool>,
}

/// What a client holds of itself.
struct Person {
    says: mpsc::UnboundedSender<&'static [&'static str]>,
    writes: Writes,
    takes: watch::Sender<bool>,
}

impl Wires {
    fn write(&mut self) -> Poll<Result<(), ()>> {
        if !*self.takes.borrow() {
            return Poll::Pending;
        }
        let out = mem::take(&mut self.out);
        if !out.is_empty() {
            self.writes.lock().expect("writes").push(out);
        }
        Poll::Ready(Ok(()))
    }
}

impl Transport for Wires {
    type Packet = String;

    async fn hear(&mut self) -> Heard {
        if self.read.is_empty() {
            let Some(read) = self.said.recv().await else { return Heard::Closed };
            self.read.extend(read);
        }
        self.hear_now().unwrap_or(Heard::Alive)
    }

    fn hear_now(&mut self) -> Option<Heard> {
        self.text = self.read.pop_front()?;
        Some(Heard::Text)
    }

    fn text(&self) -> Result<&str, u16> {
        Ok(self.text)
    }

    fn encode(&mut self, frame: &ServerFrame) -> (String, usize) {
        let text = wire::encode(frame, Client::Plain);
        let bytes = text.len();
        (text, bytes)
    }

    fn add(&mut self, packet: String) -> Added<String> {
        self.out.push(packet);
        Added::Kept
    }

    async fn feed(&mut self, packet: String) -> Result<(), ()> {
        self.out.push(packet);
        Ok(())
    }

    async fn feed_ping(&mut self) -> Result<(), ()> {
        Ok(())
    }

    fn is_dirty(&self) -> bool {
        !self.out.is_empty()
    }

    async fn flush(&mut self) -> Result<(), ()> {
        let _ = self.takes.wait_for(|takes| *takes).await;
        std::future::poll_fn(|_| self.write()).await
    }

    fn flush_now(&mut self) -> Poll<Result<(), ()>> {
        self.write()
    }

    async fn close(&mut self, _: Close) {}

    async fn close_unread(&mut self, _: u16) {}

    async fn part(&mut self) {
        self.writes.lock().expect("writes").push(vec![PARTED.into()]);
    }
}

impl Person {
    fn come(chat: &AnonChat, number: u8) -> Self {
        let (says, said) = mpsc::unbounded_channel();
        let (takes, may_write) = watch::channel(true);
        let writes = Writes::default();
        let wires = Wires {
            said,
            read: VecDeque::new(),
            text: "",
            out: Vec::new(),
            writes: writes.clone(),
            takes: may_write,
        };
        let guest = Guest {
            device: DeviceId::from_bytes([number; 16]),
            client: Client::Plain,
            pool: chat.settings().pool(None),
            declares: None,
            enters: None,
        };
        tokio::spawn(connect(chat.clone(), guest, wires));
        Self { says, writes, takes }
    }

    /// Says something, all of which comes in one read.
    fn say(&self, frames: &'static [&'static str]) {
        self.says.send(frames).expect("the connection is there");
    }

    /// The types of what was written since, a list for each write.
    fn writes(&self) -> Vec<Vec<String>> {
        let kind = |frame: String| {
            let frame: serde_json::Value = serde_json::from_str(&frame).expect("JSON");
            let text = frame["text"].as_str().map(|text| format!(" {text}")).unwrap_or_default();
            format!("{}{text}", frame["type"].as_str().expect("type"))
        };
        let writes = mem::take(&mut *self.writes.lock().expect("writes"));
        writes.into_iter().map(|frames| frames.into_iter().map(kind).collect()).collect()
    }
}

/// Written down when what a client had is given back.
const PARTED: &str = r#"{"type":"parted"}"#;

const JOIN: &[&str] = &[r#"{"action":"join","nickname":"a","filter":"any"}"#];
const AGAIN: &[&str] =
    &[r#"{"action":"leave"}"#, r#"{"action":"join","nickname":"a","filter":"any"}"#];

async fn chat(store: impl Fn(MemoryStore) -> Detour) -> AnonChat {
    let mut policy = Policy::default();
    policy.matching.cooldown_ms = 0;
    policy.matching.rematch_after_s = 0;
    let store = store(MemoryStore::new(policy).expect("policy"));
    AnonChat::builder().store(store).key(Secret::random()).start().await.expect("start")
}

/// Two who have met, and everything that was written till then taken away.
async fn pair(chat: &AnonChat, numbers: [u8; 2]) -> [Person; 2] {
    let two = numbers.map(|number| Person::come(chat, number));
    two.iter().for_each(|person| person.say(JOIN));
    everything().await;
    let met = two.each_ref().map(|person| person.writes().concat().contains(&"matched".to_owned()));
    assert_eq!(met, [true, true]);
    two
}

/// Lets everybody do what they can do now.
async fn everything() {
    for _ in 0..50 {
        yield_now().await;
    }
}

/// A store that has partners on this server told by the way over another one, unless it is asked to
/// tell them here.
struct Detour(Arc<MemoryStore>);

impl Detour {
    fn new(store: MemoryStore) -> Self {
        Self(Arc::new(store))
    }
}

#[async_trait]
impl Store for Detour {
    fn policy(&self) -> &Arc<Policy> {
        self.0.policy()
    }

    async fn apply(
        &self,
        pool: &PoolId,
        at: UnixMillis,
        dice: Dice,
        command: &Command,
    ) -> Result<Commit, StoreError> {
        self.0.apply(pool, at, dice, command).await
    }

    async fn read(&self, pool: &PoolId, at: UnixMillis, query: &Query) -> Result<View, StoreError> {
        self.0.read(pool, at, query).await
    }

    async fn open(&self, node: NodeId, inbox: Arc<dyn Inbox>) -> Result<(), StoreError> {
        self.0.open(node, inbox).await
    }

    async fn whisper(&self, pool: &PoolId, whisper: Whisper) -> Result<(), StoreError> {
        let (store, pool) = (Arc::clone(&self.0), pool.clone());
        tokio::spawn(async move {
            sleep(Duration::from_secs(1)).await;
            store.whisper(&pool, whisper).await
        });
        Ok(())
    }

    fn whisper_here(&self, pool: &PoolId, whisper: Whisper) -> Option<Whisper> {
        self.0.whisper_here(pool, whisper)
    }
}

#[tokio::test(start_paused = true)]
async fn two_who_part_and_meet_again_are_told_by_one_write_each() {
    let chat = chat(Detour::new).await;
    let [ann, ben] = pair(&chat, [1, 2]).await;
    [&ann, &ben].into_iter().for_each(|person| person.say(AGAIN));
    everything().await;
    assert_eq!(ann.writes(), [["queued", "matched"]]);
    assert_eq!(ben.writes(), [["peer_left", "matched"]]);
}

#[tokio::test(start_paused = true)]
async fn whoever_is_left_hears_of_it_before_anything_is_given_back() {
    let chat = chat(Detour::new).await;
    let [ann, ben] = pair(&chat, [1, 2]).await;
    let [cid, dan] = pair(&chat, [3, 4]).await;
    let (left, stayed) = ([ann, cid].map(|person| person.writes), [ben, dan]);
    while left.iter().all(|writes| writes.lock().expect("writes").is_empty()) {
        turn::give_way().await;
    }
    for person in stayed {
        assert_eq!(person.writes(), [["peer_left"]]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_word_waits_for_nobody_else() {
    let chat = chat(Detour::new).await;
    let [ann, ben] = pair(&chat, [1, 2]).await;
    ann.say(&[r#"{"action":"msg","text":"one"}"#]);
    // Ann is heard, and then Ben: neither gives way to anybody in between.
    for _ in 0..2 {
        yield_now().await;
    }
    assert_eq!(ben.writes(), [["msg one"]]);
}

#[tokio::test(start_paused = true)]
async fn what_is_said_while_a_write_waits_is_not_overtaken() {
    let chat = chat(Detour::new).await;
    let [ann, ben] = pair(&chat, [1, 2]).await;
    ann.takes.send_replace(false);
    // The answer to the first is to be on its way before the second is handed on.
    ann.say(&["nonsense", r#"{"action":"msg","text":"one"}"#]);
    everything().await;
    assert_eq!(ben.writes(), [[""; 0]; 0]);
    ann.takes.send_replace(true);
    ann.say(&[r#"{"action":"msg","text":"two"}"#]);
    everything().await;
    assert_eq!(ben.writes().concat(), ["msg one", "msg two"]);
    assert_eq!(ann.writes(), [["error"]]);
}
