//! A client that behaves as the native extension asks: it comes back when its line is lost, keeps
//! what is not acknowledged and says it again, and takes no message twice.

#![allow(dead_code, reason = "every test binary uses a part of it")]

pub(crate) mod talkers;

use std::collections::VecDeque;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{WebSocketStream, client_async};

/// Longer than anything takes that works.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// Between two attempts to connect.
const PAUSE: Duration = Duration::from_millis(300);

/// What a person is doing, by all that they have been told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    Idle,
    Waiting,
    /// Talking to the one of this name.
    Paired(String),
}

/// Somebody at a server, or on the way to one.
pub(crate) struct Person {
    device: String,
    /// `host:port` of the servers. The next one is tried when one does not answer.
    servers: Vec<String>,
    server: usize,
    socket: Option<WebSocketStream<TcpStream>>,
    pub(crate) phase: Phase,
    /// Whether the partner is there.
    present: bool,
    /// Messages that the partner has not acknowledged.
    kept: VecDeque<String>,
    said: usize,
    /// Messages of the partner, in the order in which they were shown.
    pub(crate) heard: Vec<String>,
    /// With which code a server has closed the line the last time.
    pub(crate) closed: Option<u16>,
    /// How often the line has ended.
    pub(crate) returns: usize,
    /// How long a server that stops wants to be left alone.
    wait: Duration,
}

impl Person {
    /// Somebody who will first go to the given one of the servers.
    pub(crate) fn new(device: impl Into<String>, servers: Vec<String>, first: usize) -> Self {
        Self {
            device: device.into(),
            server: first % servers.len(),
            servers,
            socket: None,
            phase: Phase::Idle,
            present: false,
            kept: VecDeque::new(),
            said: 0,
            heard: Vec::new(),
            closed: None,
            returns: 0,
            wait: Duration::ZERO,
        }
    }

    /// Comes in, wherever somebody answers. Returns the greeting.
    pub(crate) async fn come(&mut self) -> Value {
        let greeted = async {
            loop {
                if let Some(hello) = self.try_come().await {
                    return hello;
                }
                self.server = (self.server + 1) % self.servers.len();
                sleep(PAUSE).await;
            }
        };
        timeout(PATIENCE, greeted).await.expect("somewhere a server lets one in")
    }

    async fn try_come(&mut self) -> Option<Value> {
        let address = &self.servers[self.server];
        let stream = TcpStream::connect(address).await.ok()?;
        stream.set_nodelay(true).ok()?;
        let url = format!("ws://{address}/ws?v=1&device_id={}", self.device);
        let (mut socket, _) = client_async(url, stream).await.ok()?;
        // A server whose store is away lets one in and says so; it may find its store again.
        let greeting = async {
            loop {
                let frame = text(socket.next().await)?;
                if frame["type"] == "hello" {
                    return Some(frame);
                }
            }
        };
        let hello = timeout(Duration::from_secs(10), greeting).await.ok()??;
        self.socket = Some(socket);
        self.obey(&hello).await;
        Some(hello)
    }

    /// Goes to another server the next time.
    pub(crate) fn turn_to(&mut self, server: usize) {
        self.server = server % self.servers.len();
    }

    /// Loses the network.
    pub(crate) fn vanish(&mut self) {
        self.socket = None;
    }

    /// Sends a frame, which is lost if the line is.
    pub(crate) async fn ask(&mut self, frame: &Value) {
        if let Some(socket) = &mut self.socket {
            let _ = socket.send(Message::text(frame.to_string())).await;
        }
    }

    /// Says something, now or when the partner is there.
    pub(crate) async fn say(&mut self) {
        self.said += 1;
        let id = format!("m{}", self.said);
        self.kept.push_back(id.clone());
        if self.present {
            self.send(&id).await;
        }
    }

    async fn send(&mut self, id: &str) {
        let Phase::Paired(peer) = &self.phase else { return };
        self.ask(&json!({ "action": "msg", "peer": peer, "id": id, "text": id })).await;
    }

    async fn send_kept(&mut self) {
        for id in self.kept.clone() {
            self.send(&id).await;
        }
    }

    /// How many messages were said, and how many of them are not acknowledged.
    pub(crate) fn said(&self) -> (usize, usize) {
        (self.said, self.kept.len())
    }

    /// What comes next on the line, for [`Person::take`]: a frame, or nothing if it has ended.
    /// Nothing is lost if this is dropped while it waits.
    pub(crate) async fn next(&mut self) -> Option<Value> {
        let next = self.socket.as_mut()?.next().await;
        if let Some(Ok(Message::Close(Some(frame)))) = &next {
            self.closed = Some(frame.code.into());
        }
        text(next)
    }

    /// Does what a frame asks for. Where the line has ended, comes in again: after the time that a
    /// server which stopped has asked for, and elsewhere if there is another. Returns the frame, or
    /// the greeting.
    pub(crate) async fn take(&mut self, next: Option<Value>) -> Value {
        match next {
            Some(frame) => {
                self.obey(&frame).await;
                frame
            }
            None => {
                self.socket = None;
                self.returns += 1;
                sleep(std::mem::take(&mut self.wait)).await;
                self.server = (self.server + 1) % self.servers.len();
                self.come().await
            }
        }
    }

    async fn obey(&mut self, frame: &Value) {
        let name = |member: &str| frame[member].as_str().unwrap_or_default().to_owned();
        match name("type").as_str() {
            "hello" => {
                let phase = match name("phase").as_str() {
                    "waiting" => Phase::Waiting,
                    "paired" => Phase::Paired(name("peer")),
                    _ => Phase::Idle,
                };
                self.enter(phase);
                self.present = frame["peer_present"] == true;
                if self.present {
                    self.send_kept().await;
                }
            }
            "queued" => self.enter(Phase::Waiting),
            "matched" => {
                self.enter(Phase::Paired(name("peer")));
                self.present = true;
            }
            "left" | "peer_left" | "blocked" => self.enter(Phase::Idle),
            "peer_away" => self.present = false,
            "peer_back" => {
                self.present = true;
                self.send_kept().await;
            }
            "msg" => {
                let id = name("id");
                if !self.heard.contains(&id) {
                    self.heard.push(id.clone());
                    assert_eq!(id, format!("m{}", self.heard.len()), "in the sender's order");
                }
                let peer = &frame["from"];
                self.ask(&json!({ "action": "ack", "peer": peer, "id": id })).await;
            }
            "server_restarting" => {
                let millis = frame["reconnect_in_ms"].as_u64().expect("a time");
                self.wait = Duration::from_millis(millis);
            }
            "ack" => {
                let id = name("id");
                self.kept.retain(|kept| *kept != id);
            }
            _ => {}
        }
    }

    /// What was said in a pair ends with it.
    fn enter(&mut self, phase: Phase) {
        if self.phase != phase {
            self.phase = phase;
            self.present = false;
            self.kept.clear();
            self.said = 0;
            self.heard.clear();
        }
    }
}

/// A frame, unless the line ends.
fn text<E>(next: Option<Result<Message, E>>) -> Option<Value> {
    match next? {
        Ok(Message::Text(text)) => serde_json::from_str(&text).ok(),
        Ok(Message::Ping(_) | Message::Pong(_)) => Some(Value::Null),
        _ => None,
    }
}
