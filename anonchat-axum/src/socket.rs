//! A WebSocket as the loop sees it.

use std::time::Duration;

use anonchat_core::session::{Close, ServerFrame};
use anonchat_core::{Client, wire};
use axum::body::Bytes;
use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket};
use futures_util::{FutureExt, SinkExt, StreamExt};
use tokio::time::timeout;
use tungstenite::Error;

use crate::transport::{Heard, Transport};

/// One WebSocket.
pub(crate) struct Socket {
    inner: WebSocket,
    /// How the client speaks.
    client: Client,
    /// Whether something is written but not on its way.
    is_dirty: bool,
}

/// How long the client has to answer a close frame.
const FAREWELL: Duration = Duration::from_secs(1);

impl Socket {
    pub(crate) fn new(inner: WebSocket, client: Client) -> Self {
        Self { inner, client, is_dirty: false }
    }

    /// Closes with a code and a reason, and waits a moment for the client's answer.
    pub(crate) async fn say_goodbye(mut self, code: u16, reason: &'static str) {
        let frame = CloseFrame { code, reason: Utf8Bytes::from_static(reason) };
        let farewell = async {
            self.inner.send(Message::Close(Some(frame))).await.map_err(drop)?;
            while let Some(heard) = self.inner.next().await {
                heard.map_err(drop)?;
            }
            Ok::<(), ()>(())
        };
        let _ = timeout(FAREWELL, farewell).await;
    }
}

impl Transport for Socket {
    type Packet = String;

    async fn hear(&mut self) -> Heard {
        match self.inner.next().await {
            Some(Ok(Message::Text(text))) => Heard::Text(text),
            Some(Ok(Message::Binary(_))) => Heard::Binary,
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => Heard::Alive,
            Some(Ok(Message::Close(_))) | None => Heard::Closed,
            Some(Err(error)) => match close_code(error) {
                Some(code) => Heard::Violation(code),
                None => Heard::Closed,
            },
        }
    }

    fn hear_now(&mut self) -> Option<Heard> {
        self.hear().now_or_never()
    }

    fn encode(&mut self, frame: &ServerFrame) -> (String, usize) {
        let text = wire::encode(frame, self.client);
        let bytes = text.len();
        (text, bytes)
    }

    async fn feed(&mut self, text: String) -> Result<(), ()> {
        self.is_dirty = true;
        self.inner.feed(Message::Text(text.into())).await.map_err(drop)
    }

    async fn feed_ping(&mut self) -> Result<(), ()> {
        self.is_dirty = true;
        self.inner.feed(Message::Ping(Bytes::new())).await.map_err(drop)
    }

    fn is_dirty(&self) -> bool {
        self.is_dirty
    }

    async fn flush(&mut self) -> Result<(), ()> {
        self.inner.flush().await.map_err(drop)?;
        self.is_dirty = false;
        Ok(())
    }

    async fn close(self, close: Close) {
        self.say_goodbye(close.code(), close.reason()).await;
    }

    // A reset in the middle of what is still being sent would take the close frame away with it.
    async fn close_unread(mut self, code: u16) {
        let frame = CloseFrame { code, reason: Utf8Bytes::default() };
        let sent = timeout(FAREWELL, self.inner.send(Message::Close(Some(frame)))).await;
        if matches!(sent, Ok(Ok(()))) {
            tokio::time::sleep(FAREWELL).await;
        }
    }

    async fn part(mut self) {
        let _ = timeout(FAREWELL, self.inner.next()).await;
    }
}

/// The code with which a client's mistake is answered; `None` if there is nobody to answer to.
fn close_code(error: axum::Error) -> Option<u16> {
    match *error.into_inner().downcast::<Error>().ok()? {
        Error::Capacity(_) => Some(1009),
        Error::Utf8(_) => Some(1007),
        Error::Protocol(tungstenite::error::ProtocolError::ResetWithoutClosingHandshake) => None,
        Error::Protocol(_) => Some(1002),
        _ => None,
    }
}
