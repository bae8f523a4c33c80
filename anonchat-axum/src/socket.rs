//! A WebSocket as the loop sees it.

use std::time::Duration;

use axum::body::Bytes;
use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket};
use futures_util::{FutureExt, SinkExt, StreamExt};
use tokio::time::timeout;
use tungstenite::Error;

/// One WebSocket. Every write leaves the waiting to the caller.
pub(crate) struct Socket {
    inner: WebSocket,
    /// Whether something is written but not on its way.
    is_dirty: bool,
}

/// What comes out of a socket.
pub(crate) enum Heard {
    /// A text.
    Text(Utf8Bytes),
    /// Bytes that are no text.
    Binary,
    /// A ping or a pong.
    Alive,
    /// The client has closed it, or the network has.
    Closed,
    /// The client broke the WebSocket protocol; this is the code to close with.
    Violation(u16),
}

/// How long the client has to answer a close frame.
const FAREWELL: Duration = Duration::from_secs(1);

impl Socket {
    pub(crate) fn new(inner: WebSocket) -> Self {
        Self { inner, is_dirty: false }
    }

    /// What comes next. Nothing is lost if this is dropped while it waits.
    pub(crate) async fn hear(&mut self) -> Heard {
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

    /// What is there already, without waiting.
    pub(crate) fn hear_now(&mut self) -> Option<Heard> {
        self.hear().now_or_never()
    }

    /// Adds a text to what is to be sent; `Err` if the socket is gone.
    pub(crate) async fn feed(&mut self, text: String) -> Result<(), ()> {
        self.is_dirty = true;
        self.inner.feed(Message::Text(text.into())).await.map_err(drop)
    }

    /// Adds a ping.
    pub(crate) async fn feed_ping(&mut self) -> Result<(), ()> {
        self.is_dirty = true;
        self.inner.feed(Message::Ping(Bytes::new())).await.map_err(drop)
    }

    /// Whether a flush has something to do.
    pub(crate) fn is_dirty(&self) -> bool {
        self.is_dirty
    }

    /// Puts everything on its way.
    pub(crate) async fn flush(&mut self) -> Result<(), ()> {
        self.inner.flush().await.map_err(drop)?;
        self.is_dirty = false;
        Ok(())
    }

    /// Says why it ends, and waits a moment for the client to have heard it.
    pub(crate) async fn close(mut self, code: u16, reason: &'static str) {
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

    /// As [`close`](Self::close), after a violation: what the client is still sending is not read,
    /// but a reset in the middle of it would take the close frame away with it.
    pub(crate) async fn close_unread(mut self, code: u16) {
        let frame = CloseFrame { code, reason: Utf8Bytes::default() };
        let sent = timeout(FAREWELL, self.inner.send(Message::Close(Some(frame)))).await;
        if matches!(sent, Ok(Ok(()))) {
            tokio::time::sleep(FAREWELL).await;
        }
    }

    /// Answers the client's own close frame.
    pub(crate) async fn part(mut self) {
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
