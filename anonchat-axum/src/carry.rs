//! Carrying out what a session wants.
//!
//! Nearly always nothing has to be waited for, and then this is no future and leaves nothing in the
//! memory of the connection's task. What has to be waited for is handed out, to be finished in a
//! box of its own.

use std::task::Poll;

use anonchat_core::Whisper;
use anonchat_core::session::{Close, Output, ServerFrame};

use crate::call::Call;
use crate::drive::{Line, Wire};
use crate::mailbox::Post;
use crate::metrics::label::{Refused, Told};
use crate::patience::patiently;
use crate::transport::{Added, Transport};

/// How far the session's wishes are carried out.
pub(crate) enum Progress<P> {
    /// There is nothing left to do now.
    Ready,
    /// It is the turn of others; there is more to do.
    Busy,
    /// There is something to be waited for.
    Waits(Unfinished<P>),
    /// The transport is to be closed.
    Closes(Close),
}

/// What has to be waited for.
pub(crate) enum Unfinished<P> {
    /// A packet for which there was no room.
    Packet(P),
    /// A question for a sign of life.
    Ping,
    /// Something for the partner, as what was written before is not on its way or the partner is on
    /// another server.
    Whisper(Whisper),
}

impl<T: Transport> Line<T> {
    /// Carries out what the session wants, until it wants nothing more.
    pub(crate) fn carry_out(&mut self) -> Progress<T::Packet> {
        while let Some(output) = self.session.poll() {
            let unfinished = match output {
                Output::Send(frame) => self.send(&frame),
                Output::Ping => Some(Unfinished::Ping),
                Output::Apply(command) => {
                    self.ask(Call::apply(&self.chat, self.session.pool(), command));
                    None
                }
                Output::Read(query) => {
                    self.ask(Call::read(&self.chat, self.session.pool(), query));
                    None
                }
                Output::Whisper(whisper) => {
                    self.chat.figures().relayed(&whisper);
                    self.whisper(whisper)
                }
                Output::Accepted => self.transport.echo().and_then(|echo| self.add(echo)),
                Output::Missed => {
                    self.open(Post::Gap);
                    None
                }
                Output::Close(close) => return Progress::Closes(close),
            };
            if let Some(unfinished) = unfinished {
                return Progress::Waits(unfinished);
            }
        }
        Progress::Ready
    }

    /// Waits for what has to be waited for.
    pub(crate) async fn finish(&mut self, unfinished: Unfinished<T::Packet>) {
        match unfinished {
            Unfinished::Packet(packet) => {
                let op = self.transport.feed(packet);
                let mailbox = &self.mailbox;
                let written = patiently(mailbox, self.patience, self.call.as_deref_mut(), op).await;
                self.check(written);
            }
            Unfinished::Ping if self.wire == Wire::Open => {
                let op = self.transport.feed_ping();
                let mailbox = &self.mailbox;
                let written = patiently(mailbox, self.patience, self.call.as_deref_mut(), op).await;
                self.check(written);
            }
            Unfinished::Ping => {}
            Unfinished::Whisper(whisper) => {
                self.flush().await;
                let Some(pool) = self.session.pool() else { return };
                let store = self.chat.store();
                // A partner on this server is told here every time, or a message could overtake another.
                if let Some(whisper) = store.whisper_here(pool, whisper)
                    && store.whisper(pool, whisper).await.is_err()
                {
                    // It is the sender's to repeat; and if it was an answer, the partner's.
                    self.open(Post::Gap);
                }
            }
        }
    }

    /// Puts everything on its way that is gathered.
    pub(crate) async fn flush(&mut self) {
        if self.flush_now() {
            return;
        }
        let flushing = async {
            let op = self.transport.flush();
            let mailbox = &self.mailbox;
            patiently(mailbox, self.patience, self.call.as_deref_mut(), op).await
        };
        let written = Box::pin(flushing).await;
        self.check(written);
    }

    fn send(&mut self, frame: &ServerFrame) -> Option<Unfinished<T::Packet>> {
        // Nobody is told anything any more once the transport is closed.
        let packet = (self.wire == Wire::Open).then(|| self.transport.encode(frame));
        self.count(frame, packet.as_ref().map_or(0, |(_, bytes)| *bytes));
        packet.and_then(|(packet, _)| self.add(packet))
    }

    fn add(&mut self, packet: T::Packet) -> Option<Unfinished<T::Packet>> {
        if self.wire != Wire::Open {
            return None;
        }
        match self.transport.add(packet) {
            Added::Kept => None,
            Added::Full(packet) => Some(Unfinished::Packet(packet)),
            Added::Gone => {
                self.lose(Wire::Closed);
                None
            }
        }
    }

    fn whisper(&mut self, whisper: Whisper) -> Option<Unfinished<T::Packet>> {
        if !self.flush_now() {
            return Some(Unfinished::Whisper(whisper));
        }
        let rest = self.chat.store().whisper_here(self.session.pool()?, whisper);
        rest.map(Unfinished::Whisper)
    }

    /// As [`flush`](Self::flush), if nothing has to be waited for. Returns whether it is done.
    fn flush_now(&mut self) -> bool {
        if self.wire != Wire::Open || !self.transport.is_dirty() {
            return true;
        }
        match self.transport.flush_now() {
            Poll::Ready(written) => {
                self.check(Some(written));
                true
            }
            Poll::Pending => false,
        }
    }

    fn check(&mut self, written: Option<Result<(), ()>>) {
        match written {
            Some(Ok(())) => {}
            Some(Err(())) => self.lose(Wire::Closed),
            None => self.lose(Wire::Stuck),
        }
    }

    fn count(&self, frame: &ServerFrame, bytes: usize) {
        let refused = match frame {
            ServerFrame::Error(refusal) => Some(refusal.code),
            _ => None,
        };
        if let Some(code) = refused {
            self.chat.figures().refused(code);
        }
        self.chat.metrics().told(Told::of(frame), refused.map(Refused), bytes);
    }
}
