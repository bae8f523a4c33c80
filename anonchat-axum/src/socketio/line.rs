//! One Socket.IO connection as the loop sees it.

use std::task::Poll;
use std::time::Duration;

use anonchat_core::ChatImage;
use anonchat_core::session::{Close, ServerFrame};
use futures_util::FutureExt;
use serde_json::Value;
use socketioxide::{SendError, SocketError};
use tokio::sync::oneshot;
use tokio::time::sleep;

use super::incoming::{Incoming, Said};
use crate::transport::{Added, Heard, Transport};

/// The most bytes of a frame that an event may become.
const FRAME: usize = 64 << 10;

/// How long a packet waits that a full transport has not taken.
const AGAIN: Duration = Duration::from_millis(20);

/// An event for the client.
pub(super) type Told = (&'static str, Value);

/// A table between the events of a kind of client and the frames of a session.
pub(super) trait Dialect: Send {
    /// A frame of the native protocol that comes before every event; asked until there is none.
    fn first(&mut self) -> Option<Value> {
        None
    }

    /// What an event stands for.
    fn read(&mut self, said: Said) -> Meaning;

    /// What a frame is told as.
    fn told(&mut self, frame: &ServerFrame) -> Option<Told>;

    /// What the client is told of its own message when it has been taken.
    fn echo(&mut self) -> Option<Told> {
        None
    }
}

/// What an event of a client stands for.
pub(super) enum Meaning {
    /// A frame of the native protocol.
    Frame(Value),
    /// A picture for the partner.
    Image(ChatImage),
    /// Nothing for the session; the client is told this.
    Answer(Told),
    /// Nothing.
    Nothing,
    /// The end of the session: the event is for whoever listens next.
    Onward(Said),
}

/// A connection whose events one session listens to for a time.
pub(super) struct Line<D> {
    incoming: Option<Incoming>,
    dialect: D,
    /// The frame that was heard last.
    text: String,
    /// Gets the events back.
    back: Option<oneshot::Sender<Incoming>>,
    /// Whether the session has asked for a sign of life. The transport asks by itself and ends
    /// without one, so that a transport which is there is one.
    is_asked: bool,
}

impl<D: Dialect> Line<D> {
    /// The line, and where the events will be when it is over.
    pub(super) fn new(incoming: Incoming, dialect: D) -> (Self, oneshot::Receiver<Incoming>) {
        let (back, returned) = oneshot::channel();
        let (incoming, back, text) = (Some(incoming), Some(back), String::new());
        let line = Self { incoming, dialect, text, back, is_asked: false };
        (line, returned)
    }

    /// What comes next that concerns the session; `None` when nothing more does.
    async fn next(&mut self) -> Option<Heard> {
        if let Some(frame) = self.dialect.first() {
            return Some(self.heard(&frame));
        }
        let incoming = self.incoming.as_mut()?;
        loop {
            match self.dialect.read(incoming.next().await?) {
                Meaning::Frame(frame) => return Some(self.heard(&frame)),
                Meaning::Image(image) => return Some(Heard::Image(image)),
                Meaning::Answer((name, data)) => incoming.tell(name, &data),
                Meaning::Nothing => {}
                Meaning::Onward(said) => {
                    incoming.give_back(said);
                    return None;
                }
            }
        }
    }

    fn heard(&mut self, frame: &Value) -> Heard {
        self.text = frame.to_string();
        if self.text.len() <= FRAME { Heard::Text } else { Heard::Binary }
    }

    fn disconnect(&mut self) {
        if let Some(incoming) = self.incoming.take() {
            let _ = incoming.socket.disconnect();
        }
    }
}

impl<D> Drop for Line<D> {
    fn drop(&mut self) {
        if let (Some(incoming), Some(back)) = (self.incoming.take(), self.back.take()) {
            let _ = back.send(incoming);
        }
    }
}

impl<D: Dialect> Transport for Line<D> {
    type Packet = Option<Told>;

    async fn hear(&mut self) -> Heard {
        if std::mem::take(&mut self.is_asked) {
            return Heard::Alive;
        }
        self.next().await.unwrap_or(Heard::Closed)
    }

    fn hear_now(&mut self) -> Option<Heard> {
        self.hear().now_or_never()
    }

    fn text(&self) -> Result<&str, u16> {
        Ok(&self.text)
    }

    fn encode(&mut self, frame: &ServerFrame) -> (Option<Told>, usize) {
        let told = self.dialect.told(frame);
        let bytes = told.as_ref().map_or(0, |(name, data)| name.len() + data.to_string().len());
        (told, bytes)
    }

    fn echo(&mut self) -> Option<Option<Told>> {
        self.dialect.echo().map(Some)
    }

    fn add(&mut self, packet: Option<Told>) -> Added<Option<Told>> {
        let (Some((name, data)), Some(incoming)) = (packet, &self.incoming) else {
            return Added::Kept;
        };
        match incoming.emit(name, &data) {
            Ok(()) => Added::Kept,
            Err(SendError::Socket(SocketError::InternalChannelFull)) => {
                Added::Full(Some((name, data)))
            }
            Err(_) => Added::Gone,
        }
    }

    async fn feed(&mut self, packet: Option<Told>) -> Result<(), ()> {
        let mut packet = packet;
        loop {
            match self.add(packet) {
                Added::Kept => return Ok(()),
                Added::Gone => return Err(()),
                Added::Full(again) => packet = again,
            }
            sleep(AGAIN).await;
        }
    }

    async fn feed_ping(&mut self) -> Result<(), ()> {
        self.is_asked = true;
        Ok(())
    }

    fn is_dirty(&self) -> bool {
        false
    }

    async fn flush(&mut self) -> Result<(), ()> {
        Ok(())
    }

    fn flush_now(&mut self) -> Poll<Result<(), ()>> {
        Poll::Ready(Ok(()))
    }

    async fn close(&mut self, close: Close) {
        // Who came for one talk may come for another.
        if close != Close::Over {
            self.disconnect();
        }
    }

    async fn close_unread(&mut self, _code: u16) {
        self.disconnect();
    }

    async fn part(&mut self) {}
}
