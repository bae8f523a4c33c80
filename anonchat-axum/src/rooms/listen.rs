//! The loop that runs the socket of a room: what the client says goes to the store, and what the
//! store delivers goes to the client, in order.

use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::time::Duration;

use anonchat_core::room::wire::{RoomFrame, RoomFrameError, decode};
use anonchat_core::room::{RoomAnswer, RoomCode, RoomCommand, RoomRejection, RoomText, SessionId};
use anonchat_core::{StoreError, UnixMillis};
use futures_util::FutureExt;
use tokio::time::{sleep, timeout};

use super::frame::{Goodbye, Viewer, error};
use super::hub::{Place, Post};
use super::refusal::AWAY;
use super::{Rooms, of, talk};
use crate::chat::AnonChat;
use crate::clock;
use crate::patience::patiently;
use crate::transport::{Heard, Transport};
use crate::websocket::Socket;

/// Whose socket it is.
pub(super) struct Guest {
    pub(super) session: SessionId,
    pub(super) room: RoomCode,
    /// Whether the client knows the frames of ours.
    pub(super) native: bool,
}

/// When a connection that could not attach tries again.
const AGAIN_MS: u64 = 1_000;

/// How long a socket of a server that stops waits for the store.
const LEAVE: Duration = Duration::from_secs(2);

const MALFORMED: &str = "Invalid JSON format";
const UNFIT: &str = "Invalid message content";
const TOO_MANY: &str = "Rate limit exceeded. Please slow down.";
const NOT_SAID: &str = "This message could not be sent";

/// One socket under way.
struct Line<'a> {
    chat: &'a AnonChat,
    rooms: &'a Rooms,
    guest: &'a Guest,
    place: &'a mut Place,
    viewer: Viewer,
    socket: Socket,
    life: Life,
    signals: Signals,
    /// When to try to attach again, unless it is.
    attach_at: Option<UnixMillis>,
    /// How long a client may let a write wait.
    patience: Duration,
}

/// How a socket ends.
enum End {
    /// The server says why.
    Said(Goodbye),
    /// The client broke the WebSocket protocol.
    Violated(u16),
    /// The client has gone.
    Closed,
    /// The client does not read.
    Stuck,
}

/// Serves a member until they are gone.
pub(super) async fn listen(chat: AnonChat, guest: Guest, socket: Socket) {
    let Ok(rooms) = of(&chat) else { return };
    // Whatever happens, the store is told in the end: see `Place`.
    let mut place = rooms.hub.enter();
    tracing::debug!(native = guest.native, "a socket of a room has come in");
    let served = AssertUnwindSafe(serve(&chat, rooms, &guest, &mut place, socket));
    if served.catch_unwind().await.is_err() {
        tracing::error!("a task of a room's socket panicked");
    }
}

async fn serve(chat: &AnonChat, rooms: &Rooms, guest: &Guest, place: &mut Place, socket: Socket) {
    let policy = &chat.settings().policy;
    let idle_s = policy.connection.idle_s;
    let now = clock::now();
    let mut line = Line {
        chat,
        rooms,
        guest,
        place,
        viewer: Viewer::new(guest.native),
        socket,
        life: Life::new(now, idle_s),
        signals: Signals::new(policy.rates.signals_per_minute),
        attach_at: Some(now),
        patience: Duration::from_secs(idle_s.into()),
    };
    let end = line.run().await;
    line.end(end).await;
}

impl Line<'_> {
    async fn run(&mut self) -> End {
        let mut timer = pin!(sleep(Duration::ZERO));
        loop {
            let due = self.attach_at.is_some_and(|at| at <= clock::now());
            let done = if due { self.attach().await } else { Ok(()) };
            if let Err(end) = done {
                return end;
            }
            if let Err(end) = self.flush().await {
                return end;
            }
            let deadline = self.life.deadline();
            let deadline = self.attach_at.map_or(deadline, |at| at.min(deadline));
            timer.as_mut().reset(clock::instant(deadline));
            let done = tokio::select! {
                biased;
                () = self.place.mailbox().arrival() => self.open_mail().await,
                heard = self.socket.hear() => self.take(heard).await,
                () = &mut timer => self.judge().await,
            };
            if let Err(end) = done {
                return end;
            }
        }
    }

    /// Listens, or tries again later.
    async fn attach(&mut self) -> Result<(), End> {
        let Guest { session, room, .. } = *self.guest;
        let attach = RoomCommand::Attach { session, room, conn: self.place.conn() };
        // From here on the store may know of it, whatever it answers.
        self.place.is_known = true;
        let chat = self.chat;
        // When a store comes back, all sockets want to attach.
        let turn = chat.turns().acquire().await.ok();
        let attached = self.apply(&attach).await;
        drop(turn);
        match attached {
            Ok(Ok(_)) => {
                self.attach_at = None;
                self.open_mail().await
            }
            Ok(Err(rejection)) => {
                self.place.is_known = false;
                self.open_mail().await?;
                self.refuse(rejection).await
            }
            Err(_) => {
                self.attach_at = Some(clock::now().after(AGAIN_MS));
                self.write(error(AWAY)).await
            }
        }
    }

    /// Hands on what has come.
    async fn open_mail(&mut self) -> Result<(), End> {
        while let Some((_, post)) = self.place.mailbox().take() {
            match post {
                Post::Mail(envelope) => {
                    if envelope.event.is_last() {
                        self.place.is_known = false;
                    }
                    let told = self.viewer.tell(&envelope.event);
                    self.speak(told).await?;
                }
                Post::Gap => self.attach_at = Some(clock::now()),
                Post::Restart(reconnect_in_ms) => {
                    let told = self.viewer.restart(reconnect_in_ms);
                    self.speak(told).await?;
                }
            }
        }
        if self.place.mailbox().has_overflowed() { Err(End::Stuck) } else { Ok(()) }
    }

    async fn take(&mut self, heard: Heard) -> Result<(), End> {
        self.life.sign(clock::now());
        match heard {
            Heard::Text => self.read().await,
            #[cfg(feature = "socketio")]
            Heard::Image(_) => self.answer(Err(RoomFrameError::Malformed)).await,
            Heard::Binary => self.answer(Err(RoomFrameError::Malformed)).await,
            Heard::Alive => Ok(()),
            Heard::Closed => Err(End::Closed),
            Heard::Violation(code) => Err(End::Violated(code)),
        }
    }

    async fn read(&mut self) -> Result<(), End> {
        let text = self.socket.text().map_err(End::Violated)?.to_owned();
        self.answer(decode(&text)).await
    }

    async fn answer(&mut self, frame: Result<RoomFrame<'_>, RoomFrameError>) -> Result<(), End> {
        let content = match &frame {
            Ok(RoomFrame::Say { content }) => RoomText::message(self.rooms.policy(), content).ok(),
            _ => None,
        };
        if let Some(content) = content {
            return self.say(content).await;
        }
        let is_within = self.signals.take(clock::now());
        match frame {
            Ok(RoomFrame::Typing { on }) if is_within => self.type_in(on).await,
            // It would be told once a keystroke.
            Ok(RoomFrame::Typing { .. }) => Ok(()),
            _ if !is_within => self.write(error(TOO_MANY)).await,
            Ok(RoomFrame::Say { .. }) | Err(RoomFrameError::NoContent) => {
                self.write(error(UNFIT)).await
            }
            Err(_) => self.write(error(MALFORMED)).await,
            Ok(_) => Ok(()),
        }
    }

    async fn say(&mut self, content: RoomText) -> Result<(), End> {
        let Guest { session, room, .. } = *self.guest;
        if talk::take(self.chat, session).await.is_err() {
            return self.write(error(TOO_MANY)).await;
        }
        let said = self.apply(&RoomCommand::Post { session, room, content }).await;
        // The sender hears it like everybody else.
        self.open_mail().await?;
        match said {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(
                rejection @ (RoomRejection::UnknownSession
                | RoomRejection::UnknownRoom
                | RoomRejection::NotMember),
            )) => self.refuse(rejection).await,
            Ok(Err(_)) => self.write(error(NOT_SAID)).await,
            Err(_) => self.write(error(AWAY)).await,
        }
    }

    async fn type_in(&mut self, on: bool) -> Result<(), End> {
        let Guest { session, room, .. } = *self.guest;
        // Nobody needs to know that it was not told.
        let _ = self.apply(&RoomCommand::Typing { session, room, on }).await;
        Ok(())
    }

    /// Applies a command, unless the server stops or the client falls behind meanwhile.
    async fn apply(
        &mut self,
        command: &RoomCommand,
    ) -> Result<Result<RoomAnswer, RoomRejection>, StoreError> {
        tokio::select! {
            biased;
            answer = self.rooms.apply(command) => answer,
            _ = self.place.mailbox().pressure() => Err(StoreError::Unavailable(None)),
        }
    }

    async fn judge(&mut self) -> Result<(), End> {
        match self.life.judge(clock::now()) {
            Silence::Bearable => Ok(()),
            Silence::Ask => {
                let ping = self.socket.feed_ping();
                written(patiently(self.place.mailbox(), self.patience, None, ping).await)
            }
            Silence::Dead => Err(End::Said(Goodbye { code: 1001, reason: "idle" })),
        }
    }

    async fn refuse(&mut self, rejection: RoomRejection) -> Result<(), End> {
        let told = self.viewer.refuse(rejection);
        self.speak(told).await
    }

    async fn speak(&mut self, told: (Option<String>, Option<Goodbye>)) -> Result<(), End> {
        let (frame, goodbye) = told;
        if let Some(frame) = frame {
            self.write(frame).await?;
        }
        goodbye.map_or(Ok(()), |goodbye| Err(End::Said(goodbye)))
    }

    async fn write(&mut self, frame: String) -> Result<(), End> {
        let feed = self.socket.say(&frame);
        written(patiently(self.place.mailbox(), self.patience, None, feed).await)
    }

    async fn flush(&mut self) -> Result<(), End> {
        if !self.socket.is_dirty() {
            return Ok(());
        }
        let flush = self.socket.flush();
        written(patiently(self.place.mailbox(), self.patience, None, flush).await)
    }

    async fn end(mut self, end: End) {
        let end = match (end, self.flush().await) {
            (End::Said(_), Err(stuck)) => stuck,
            (end, _) => end,
        };
        if self.place.is_known {
            self.detach().await;
        }
        match end {
            End::Said(Goodbye { code, reason }) => self.socket.say_goodbye(code, reason).await,
            End::Violated(code) => self.socket.close_unread(code).await,
            End::Closed => self.socket.part().await,
            End::Stuck => {}
        }
        tracing::debug!("a socket of a room has gone");
    }

    /// Tells the store that it listens no more. If that does not work, somebody else will.
    async fn detach(&mut self) {
        let detach = RoomCommand::Detach { conn: self.place.conn() };
        let asking = async {
            let _turn = self.chat.turns().acquire().await.ok();
            self.rooms.apply(&detach).await
        };
        if matches!(timeout(LEAVE, asking).await, Ok(Ok(_))) {
            self.place.is_known = false;
        }
    }
}

fn written(written: Option<Result<(), ()>>) -> Result<(), End> {
    match written {
        Some(Ok(())) => Ok(()),
        Some(Err(())) => Err(End::Closed),
        None => Err(End::Stuck),
    }
}

/// When the client last showed that it lives. After half the idle time it is asked for a sign; the
/// other half is for the answer.
struct Life {
    half_ms: u64,
    heard: UnixMillis,
    asked: Option<UnixMillis>,
}

/// What the silence of a client calls for.
#[derive(Debug, PartialEq, Eq)]
enum Silence {
    Bearable,
    Ask,
    Dead,
}

impl Life {
    fn new(at: UnixMillis, idle_s: u32) -> Self {
        Self { half_ms: u64::from(idle_s) * 500, heard: at, asked: None }
    }

    fn sign(&mut self, at: UnixMillis) {
        (self.heard, self.asked) = (at, None);
    }

    fn deadline(&self) -> UnixMillis {
        self.asked.unwrap_or(self.heard).after(self.half_ms)
    }

    fn judge(&mut self, at: UnixMillis) -> Silence {
        if at < self.deadline() {
            return Silence::Bearable;
        }
        match self.asked.replace(at) {
            None => Silence::Ask,
            Some(_) => Silence::Dead,
        }
    }
}

/// How many frames but messages one socket may send in a minute.
struct Signals {
    most: u32,
    minute: u64,
    used: u32,
}

impl Signals {
    const fn new(most: u32) -> Self {
        Self { most, minute: 0, used: 0 }
    }

    fn take(&mut self, at: UnixMillis) -> bool {
        let minute = at.get() / 60_000;
        if minute != self.minute {
            (self.minute, self.used) = (minute, 0);
        }
        if self.most != 0 && self.used >= self.most {
            return false;
        }
        self.used = self.used.saturating_add(1);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: UnixMillis = UnixMillis::new(1_800_000_000_000);

    #[test]
    fn a_silent_client_is_asked_before_it_is_taken_for_gone() {
        let mut life = Life::new(NOON, 10);
        assert_eq!(life.judge(NOON.after(4_999)), Silence::Bearable);
        assert_eq!(life.judge(NOON.after(5_000)), Silence::Ask);
        assert_eq!(life.judge(NOON.after(9_999)), Silence::Bearable);
        assert_eq!(life.judge(NOON.after(10_000)), Silence::Dead);
        life.sign(NOON.after(10_000));
        assert_eq!(life.judge(NOON.after(14_999)), Silence::Bearable);
        assert_eq!(life.judge(NOON.after(15_000)), Silence::Ask);
    }

    #[test]
    fn frames_beyond_the_rate_wait_for_the_next_minute() {
        let mut signals = Signals::new(2);
        let within = [0, 1, 2].map(|ms| signals.take(NOON.after(ms)));
        assert_eq!(within, [true, true, false]);
        assert!(signals.take(NOON.after(60_000)));
        assert!((0..1_000).all(|_| Signals::new(0).take(NOON)), "0 means no limit");
    }
}
