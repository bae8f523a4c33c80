//! One Socket.IO connection as the loop sees it.

use std::time::Duration;

use anonchat_core::session::ServerFrame;
use futures_util::FutureExt;
use serde_json::{Value, json};
use socketioxide::extract::{Event, SocketRef, TryData};
use socketioxide::{SendError, SocketError};
use tokio::sync::{mpsc, watch};
use tokio::time::sleep;

use super::events::{self, Asked, Told};
use super::guests::Guest;
use crate::transport::{Heard, Transport};

/// Events of one client that may wait for those before them. More are dropped.
const AHEAD: usize = 32;

/// The most bytes of a frame that an event may become.
const FRAME: usize = 64 << 10;

/// How long a packet waits that a full transport has not taken.
const AGAIN: Duration = Duration::from_millis(20);

/// A connection of somebody who is known.
pub(super) struct Line {
    socket: SocketRef,
    own: String,
    partner: String,
    heard: mpsc::Receiver<Asked>,
    gone: watch::Receiver<bool>,
    /// The words of the last message.
    said: Option<String>,
    /// Whether the session has asked for a sign of life. The transport asks by itself and ends
    /// without one, so that a transport which is there is one.
    is_asked: bool,
}

impl Line {
    /// Listens from now on.
    pub(super) fn new(socket: SocketRef, guest: Guest) -> Self {
        let (sender, heard) = mpsc::channel(AHEAD);
        let (end, gone) = watch::channel(false);
        let own = guest.username.clone();
        // What a handler does before its future is done in the order of the events.
        socket.on_fallback(move |Event(name): Event, TryData(data): TryData<Value>| {
            let data = data.unwrap_or(Value::Null);
            if let Some(asked) = events::read(&guest, &name, &data) {
                let _ = sender.try_send(asked);
            }
            async {}
        });
        socket.on_disconnect(move || {
            end.send_replace(true);
            async {}
        });
        let (partner, said, is_asked) = (String::new(), None, false);
        Self { socket, own, partner, heard, gone, said, is_asked }
    }
}

/// Tells somebody without a session so, whatever they ask for.
pub(super) fn turn_away(socket: &SocketRef) {
    let refuse = |socket: &SocketRef| {
        let _ = socket.emit("error", &json!({ "message": "No session. Please join first." }));
    };
    refuse(socket);
    socket.on_fallback(move |socket: SocketRef| {
        refuse(&socket);
        async {}
    });
}

impl Transport for Line {
    type Packet = Option<Told>;

    async fn hear(&mut self) -> Heard {
        if std::mem::take(&mut self.is_asked) {
            return Heard::Alive;
        }
        let asked = tokio::select! {
            biased;
            asked = self.heard.recv() => asked,
            _ = self.gone.wait_for(|gone| *gone) => None,
        };
        let Some(Asked { frame, said }) = asked else { return Heard::Closed };
        let text = frame.to_string();
        if text.len() > FRAME {
            return Heard::Binary;
        }
        self.said = said;
        Heard::Text(text.into())
    }

    fn hear_now(&mut self) -> Option<Heard> {
        self.hear().now_or_never()
    }

    fn encode(&mut self, frame: &ServerFrame) -> (Option<Told>, usize) {
        let told = events::told(frame, &mut self.partner);
        let bytes = told.as_ref().map_or(0, |(name, data)| name.len() + data.to_string().len());
        (told, bytes)
    }

    fn echo(&mut self) -> Option<Option<Told>> {
        let said = self.said.take()?;
        Some(Some(events::message(&self.own, &said)))
    }

    async fn feed(&mut self, packet: Option<Told>) -> Result<(), ()> {
        let Some((name, data)) = packet else { return Ok(()) };
        loop {
            match self.socket.emit(name, &data) {
                Ok(()) => return Ok(()),
                Err(SendError::Socket(SocketError::InternalChannelFull)) => sleep(AGAIN).await,
                Err(_) => return Err(()),
            }
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

    async fn close(self, _code: u16, _reason: &'static str) {
        let _ = self.socket.disconnect();
    }

    async fn close_unread(self, _code: u16) {
        let _ = self.socket.disconnect();
    }

    async fn part(self) {}
}
