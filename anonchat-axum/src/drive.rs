//! The loop in which async meets the protocol, and the only one.
//!
//! It feeds a [`Session`] with what the socket, the mailbox and the clock bring, and carries out
//! what the session wants, in order. Frames that are due together go out in one write.
//!
//! While the store is asked something, mail comes in all the same, so that somebody whose partner
//! is on the same server hears them however slow the store is. What the client says waits for the
//! answer, as the session wants it; only talk does not, while the pool is asked anew what the
//! device is doing, for that is nothing that the client has asked for.

mod hearing;
#[cfg(test)]
mod tests;
mod turn;

use std::future::{Future, pending};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use anonchat_core::session::{Close, Input, Rates, Session};
use anonchat_core::{Mail, wire};
use tokio::task::yield_now;
use tokio::time::sleep;

use crate::call::Call;
use crate::carry::Progress;
use crate::chat::AnonChat;
use crate::clock;
use crate::figures::Watch;
use crate::hub::Place;
use crate::limits;
use crate::mailbox::{Mailbox, Post};
use crate::metrics::Timer;
use crate::metrics::label::{Label, Reason};
use crate::transport::Transport;
use turn::Turn;

/// Frames of one client that are answered before the others get their turn.
const BATCH: usize = 64;

/// One connection under way.
pub(crate) struct Line<T> {
    pub(crate) chat: AnonChat,
    place: Arc<Place>,
    /// That of the place, at hand.
    pub(crate) mailbox: Arc<Mailbox>,
    pub(crate) session: Session,
    pub(crate) transport: T,
    pub(crate) wire: Wire,
    /// What the store has not answered yet.
    pub(crate) call: Option<Box<Call>>,
    /// A frame that waits for that answer. Nothing is heard after it.
    held: Option<Box<str>>,
    /// The counts that the tally knows.
    noted: Rates,
    watch: Watch,
    /// How long a client may let a write wait.
    pub(crate) patience: Duration,
    turn: Turn,
}

/// What the transport still carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wire {
    /// Everything.
    Open,
    /// Nothing but a close frame: the client broke the WebSocket protocol.
    Violated(u16),
    /// Nothing but the answer to the client's close frame.
    Closed,
    /// Nothing: the client does not read.
    Stuck,
}

/// Runs a connection from its first frame to its last.
///
/// What it needs is put together before the future is, which holds it once and not at each step.
pub(crate) fn drive<T: Transport>(
    chat: AnonChat,
    place: Arc<Place>,
    session: Session,
    transport: T,
) -> impl Future<Output = ()> + Send {
    let patience = Duration::from_secs(chat.settings().policy.connection.idle_s.into());
    let (wire, noted) = (Wire::Open, session.rates());
    let mut line = Line {
        mailbox: place.mailbox(),
        chat,
        place,
        session,
        transport,
        wire,
        call: None,
        held: None,
        noted,
        watch: Watch::default(),
        patience,
        turn: Turn::default(),
    };
    async move {
        let close = line.run().await;
        line.note();
        // Boxed, like everything that a connection does once or seldom: it costs no room till then.
        Box::pin(line.end(close)).await;
    }
}

impl<T: Transport> Line<T> {
    async fn run(&mut self) -> Close {
        let mailbox = Arc::clone(&self.mailbox);
        let mut timer = pin!(sleep(Duration::ZERO));
        let mut armed = None;
        loop {
            match self.gather() {
                Progress::Ready => {}
                Progress::Waits(unfinished) => {
                    // Boxed: seldom needed, and then for a moment.
                    Box::pin(self.finish(unfinished)).await;
                    continue;
                }
                Progress::Busy => {
                    self.note();
                    // Who is talked to takes out of the mailbox before more is put in.
                    self.flush().await;
                    yield_now().await;
                    continue;
                }
                Progress::Closes(close) => return close,
            }
            self.note();
            if self.transport.is_dirty() {
                if self.gathers_more().await {
                    continue;
                }
                self.flush().await;
                // A client that is gone ends the session, which has its say first.
                match self.carry_out() {
                    Progress::Waits(unfinished) => {
                        Box::pin(self.finish(unfinished)).await;
                        continue;
                    }
                    Progress::Closes(close) => return close,
                    Progress::Ready | Progress::Busy => {}
                }
            }
            // A deadline mostly moves away. The timer follows only when it comes nearer.
            if let Some(deadline) = self.session.deadline()
                && armed.is_none_or(|armed| deadline < armed)
            {
                timer.as_mut().reset(clock::instant(deadline));
                armed = Some(deadline);
            }
            self.turn = Turn::default();
            let is_full = mailbox.has_overflowed();
            let hears = self.hears();
            tokio::select! {
                biased;
                () = mailbox.arrival(), if !is_full => {}
                answer = answer(&mut self.call), if self.call.is_some() => self.answered(answer),
                heard = self.transport.hear(), if hears => self.take(heard),
                () = &mut timer, if armed.is_some() => {
                    armed = None;
                    self.tell(Input::Timeout);
                }
                else => return Close::Gone,
            }
        }
    }

    /// Tells the tally how many frames were counted, and hears of those of other servers.
    fn note(&mut self) {
        let rates = self.session.rates();
        if rates == self.noted {
            return;
        }
        let (device, conn, frames) =
            (self.session.device(), self.session.conn(), rates.frames_since(self.noted));
        let noted = self.chat.tally().note(clock::now(), device, conn, rates, frames);
        self.noted = noted.rates;
        self.session.set_rates(noted.rates);
        limits::tell(&self.chat, device, noted.units);
    }

    /// Handles everything that is there already.
    fn gather(&mut self) -> Progress<T::Packet> {
        for _ in 0..BATCH {
            match self.carry_out() {
                Progress::Ready => {}
                other => return other,
            }
            while let Some((since, post)) = self.mailbox.take() {
                self.taken_out(since, post);
                match self.carry_out() {
                    Progress::Ready => {}
                    other => return other,
                }
            }
            if self.mailbox.has_overflowed() {
                self.lose(Wire::Stuck);
            }
            if self.call.is_none()
                && let Some(text) = self.held.take()
            {
                self.hand_in(wire::decode(&text), text.len());
                continue;
            }
            if !self.hears() {
                return self.carry_out();
            }
            match self.transport.hear_now() {
                Some(heard) => self.take(heard),
                None => return Progress::Ready,
            }
        }
        match self.carry_out() {
            Progress::Ready => Progress::Busy,
            other => other,
        }
    }

    /// Whether the client is listened to now.
    fn hears(&self) -> bool {
        let is_asked_anew = self.session.is_coming_in() && self.session.is_talking();
        let is_free = self.call.is_none() || is_asked_anew;
        is_free && self.held.is_none() && self.wire == Wire::Open
    }

    /// Asks the store something, and goes on at once if it answers at once.
    pub(crate) fn ask(&mut self, mut call: Call) {
        match call.answer_now() {
            Some(answer) => {
                self.turn.note_command();
                self.answered(answer);
            }
            None => self.call = Some(Box::new(call)),
        }
    }

    fn answered(&mut self, answer: Input<'_>) {
        self.call = None;
        self.collect();
        self.tell(answer);
    }

    /// Hands in the mail that came before an answer.
    fn collect(&mut self) {
        while let Some((since, post)) = self.mailbox.take() {
            self.taken_out(since, post);
        }
    }

    fn taken_out(&mut self, since: Timer, post: Post) {
        self.chat.metrics().taken_out(since);
        self.open(post);
    }

    pub(crate) fn open(&mut self, post: Post) {
        match post {
            // What is for a name that the connection no longer has came before a gap.
            Post::Mail(mail) if mail.conn() != self.session.conn() => {}
            Post::Mail(Mail::Event(envelope)) => {
                self.turn.note_event();
                self.watch.saw(&envelope.event, self.chat.figures());
                self.tell(Input::Event(envelope.event));
            }
            Post::Mail(Mail::Whisper(whisper)) => self.tell(Input::Whisper(whisper)),
            Post::Gap => {
                let renamed = self.session.wants_new_name();
                let conn = if renamed { self.place.rename() } else { self.place.conn() };
                self.tell(Input::Gap { conn });
            }
            Post::Restart(reconnect_in_ms) => self.tell(Input::Restart { reconnect_in_ms }),
        }
    }

    fn tell(&mut self, input: Input<'_>) {
        self.session.handle(clock::now(), input);
    }

    pub(crate) fn lose(&mut self, wire: Wire) {
        if self.wire == Wire::Open {
            self.wire = wire;
            self.tell(Input::Closed);
        }
    }

    async fn end(&mut self, close: Close) {
        self.flush().await;
        let call = self.call.take();
        tracing::debug!(?close, wire = ?self.wire, "a connection has ended");
        let reason = match self.wire {
            Wire::Violated(_) => Reason::Violated,
            Wire::Stuck => Reason::Slow,
            Wire::Closed => Reason::Closed,
            Wire::Open => Reason::of(close),
        };
        tracing::Span::current().record("reason", reason.value());
        self.chat.metrics().closed(reason, self.mailbox.has_overflowed());
        match self.wire {
            Wire::Open => self.transport.close(close).await,
            Wire::Violated(code) => self.transport.close_unread(code).await,
            Wire::Closed => {
                turn::give_way_to_those_who_hear_of_it().await;
                self.transport.part().await;
            }
            Wire::Stuck => {}
        }
        // What the client asked for before it was replaced, say, is seen through.
        if let Some(mut call) = call {
            call.answer().await;
        }
    }
}

/// The answer to the call that is under way.
async fn answer(call: &mut Option<Box<Call>>) -> Input<'static> {
    match call {
        Some(call) => call.answer().await,
        None => pending().await,
    }
}
