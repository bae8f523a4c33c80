//! A WebSocket as the loop sees it.

use std::cell::RefCell;
use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, Waker, ready};
use std::time::Duration;

use anonchat_core::session::{Close, ServerFrame};
use anonchat_core::{Client, wire};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::time::timeout;

use super::Violation;
use super::frame::{self, CONTROL, Opcode};
use super::reader::{Item, Reader};
use super::stream::Stream;
use crate::transport::{Added, Heard, Transport};

/// Bytes after which what is gathered goes out without waiting for more.
const GATHERED: usize = 16 << 10;

/// Bytes that are read at once.
const READ: usize = 64 << 10;

/// How long the client has to answer a close frame.
const FAREWELL: Duration = Duration::from_secs(1);

thread_local! {
    /// Where every connection of the thread reads, for what is read is looked at before the next
    /// one does.
    static BUFFER: RefCell<Box<[u8]>> = RefCell::new(vec![0; READ].into());
}

/// One WebSocket, on a stream of any kind.
pub(crate) struct Socket<S = Stream> {
    stream: S,
    reader: Reader,
    /// Frames that are to go out.
    out: Vec<u8>,
    /// How many bytes of them have.
    sent: usize,
    /// How the client speaks.
    client: Client,
}

impl<S: AsyncRead + AsyncWrite + Unpin + Send> Socket<S> {
    /// A WebSocket whose handshake is done, of which these bytes were read with it. Messages have
    /// at most `longest` bytes.
    pub(super) fn new(stream: S, first: &[u8], longest: usize, client: Client) -> Self {
        let mut reader = Reader::new(longest);
        reader.push(first);
        Self { stream, reader, out: Vec::new(), sent: 0, client }
    }

    /// Adds a text to what is to be sent.
    #[cfg(feature = "rooms")]
    pub(crate) async fn say(&mut self, text: &str) -> Result<(), ()> {
        frame::append(&mut self.out, Opcode::Text, |out| out.extend_from_slice(text.as_bytes()));
        self.feed(()).await
    }

    /// Closes with a code and a reason, and waits a moment for the client's answer.
    pub(crate) async fn say_goodbye(&mut self, code: u16, reason: &'static str) {
        self.add_close(Some(code), reason);
        let farewell = async {
            self.flush().await?;
            // Frames that were on their way are let go by, and nothing is answered any more.
            while !matches!(self.hear().await, Heard::Closed | Heard::Violation(_)) {
                self.out.clear();
            }
            self.stream.shutdown().await.map_err(drop)
        };
        let _ = timeout(FAREWELL, farewell).await;
    }

    fn add_close(&mut self, code: Option<u16>, reason: &'static str) {
        debug_assert!(reason.len() <= CONTROL - 2, "a reason fits into its frame");
        frame::append(&mut self.out, Opcode::Close, |out| {
            let Some(code) = code else { return };
            out.extend_from_slice(&code.to_be_bytes());
            out.extend_from_slice(reason.as_bytes());
        });
    }

    /// What has come, if it is whole. Pings are answered here.
    fn heard(&mut self) -> Option<Heard> {
        Some(match self.reader.next() {
            Ok(item) => match item? {
                Item::Text => Heard::Text,
                Item::Binary => Heard::Binary,
                Item::Ping => {
                    let answer = self.reader.message();
                    frame::append(&mut self.out, Opcode::Pong, |out| out.extend_from_slice(answer));
                    Heard::Alive
                }
                Item::Pong => Heard::Alive,
                Item::Close(code) => {
                    self.add_close(code, "");
                    Heard::Closed
                }
            },
            Err(violation) => Heard::Violation(violation.code()),
        })
    }

    fn poll_hear(&mut self, cx: &mut Context<'_>) -> Poll<Heard> {
        loop {
            if let Some(heard) = self.heard() {
                return Poll::Ready(heard);
            }
            match ready!(self.poll_fill(cx)) {
                Ok(0) | Err(_) => return Poll::Ready(Heard::Closed),
                Ok(_) => {}
            }
        }
    }

    /// Reads what has arrived.
    fn poll_fill(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        BUFFER.with_borrow_mut(|buffer| {
            let mut into = ReadBuf::new(buffer);
            ready!(Pin::new(&mut self.stream).poll_read(cx, &mut into))?;
            self.reader.push(into.filled());
            Poll::Ready(Ok(into.filled().len()))
        })
    }

    fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while self.sent < self.out.len() {
            match ready!(Pin::new(&mut self.stream).poll_write(cx, &self.out[self.sent..]))? {
                0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                more => self.sent += more,
            }
        }
        (self.out, self.sent) = (Vec::new(), 0);
        Pin::new(&mut self.stream).poll_flush(cx)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin + Send> Transport for Socket<S> {
    type Packet = ();

    async fn hear(&mut self) -> Heard {
        poll_fn(|cx| self.poll_hear(cx)).await
    }

    fn hear_now(&mut self) -> Option<Heard> {
        self.heard()
    }

    fn text(&self) -> Result<&str, u16> {
        std::str::from_utf8(self.reader.message()).map_err(|_| Violation::Utf8.code())
    }

    fn encode(&mut self, frame: &ServerFrame) -> ((), usize) {
        let before = self.out.len();
        let client = self.client;
        frame::append(&mut self.out, Opcode::Text, |out| wire::encode_into(out, frame, client));
        ((), self.out.len() - before)
    }

    fn add(&mut self, (): ()) -> Added<()> {
        if self.out.len() - self.sent < GATHERED { Added::Kept } else { Added::Full(()) }
    }

    async fn feed(&mut self, (): ()) -> Result<(), ()> {
        if self.out.len() - self.sent < GATHERED { Ok(()) } else { self.flush().await }
    }

    async fn feed_ping(&mut self) -> Result<(), ()> {
        frame::append(&mut self.out, Opcode::Ping, |_| {});
        self.feed(()).await
    }

    fn is_dirty(&self) -> bool {
        !self.out.is_empty()
    }

    async fn flush(&mut self) -> Result<(), ()> {
        poll_fn(|cx| self.poll_flush(cx)).await.map_err(drop)
    }

    // Whoever waits for the rest asks again, and is woken.
    fn flush_now(&mut self) -> Poll<Result<(), ()>> {
        self.poll_flush(&mut Context::from_waker(Waker::noop())).map_err(drop)
    }

    async fn close(&mut self, close: Close) {
        self.say_goodbye(close.code(), close.reason()).await;
    }

    // A reset in the middle of what is still being sent would take the close frame away with it.
    async fn close_unread(&mut self, code: u16) {
        self.add_close(Some(code), "");
        if matches!(timeout(FAREWELL, self.flush()).await, Ok(Ok(()))) {
            tokio::time::sleep(FAREWELL).await;
        }
    }

    async fn part(&mut self) {
        let answer = async {
            self.flush().await?;
            self.stream.shutdown().await.map_err(drop)
        };
        let _ = timeout(FAREWELL, answer).await;
    }
}
