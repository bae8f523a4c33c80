//! One socket from its coming to its end: whoever is on its page listens to it.

use std::sync::Arc;

use anonchat_core::session::{DEFAULT_REASON, ErrorCode, Rates};
use anonchat_core::{Alias, Client, Command, DeviceId};
use serde_json::json;

use super::admission::admit;
use super::capability::Capability;
use super::events::Cookie;
use super::guests;
use super::incoming::{Incoming, Said};
use super::line::{Dialect, Line};
use super::seeker::{Seeking, no_target};
use super::talk::Talking;
use crate::chat::AnonChat;
use crate::clock;
use crate::connection::{Guest, connect};
use crate::mailbox::Post;
use crate::orders::may_order;

/// A socket, and what is known of who is behind it.
pub(super) struct Lobby {
    chat: AnonChat,
    /// By which partners are reported that were met over this socket.
    device: Option<DeviceId>,
    /// How much was asked for outside of every session.
    rates: Rates,
}

impl Lobby {
    pub(super) fn new(chat: AnonChat) -> Self {
        Self { chat, device: None, rates: Rates::default() }
    }

    /// Serves somebody with a cookie, and then whatever else comes over their socket.
    pub(super) async fn serve_guest(self, incoming: Incoming, guest: guests::Guest) {
        incoming.tell("connected", &json!({ "status": "ok", "username": guest.username }));
        let known = Guest {
            device: self.chat.device(&guest.device()),
            client: Client::Cookie,
            pool: self.chat.settings().pool(None),
            declares: Some(guest.gender),
            enters: None,
        };
        if let Some(incoming) = self.run(known, incoming, Cookie::new(guest)).await {
            self.serve(incoming).await;
        }
    }

    /// Serves somebody of whom nothing is known yet.
    pub(super) async fn serve(mut self, mut incoming: Incoming) {
        while let Some(said) = self.next(&mut incoming).await {
            let rates = &self.chat.settings().policy.rates;
            if self.rates.take_frame(clock::now(), rates).is_err() {
                complain(&incoming, ErrorCode::RateLimited.message());
                continue;
            }
            let listened = match said.name.as_str() {
                "join_queue" => self.seek(incoming, &said).await,
                "join_room" => self.enter(incoming, &said, false).await,
                "leave_chat" if said.data.is_string() => self.enter(incoming, &said, true).await,
                _ => {
                    self.answer(&incoming, &said).await;
                    Some(incoming)
                }
            };
            match listened {
                Some(returned) => incoming = returned,
                None => return,
            }
        }
    }

    /// The next event, unless the client goes or the server stops.
    async fn next(&self, incoming: &mut Incoming) -> Option<Said> {
        let place = self.chat.hub().enter();
        let mailbox = place.mailbox();
        loop {
            tokio::select! {
                biased;
                () = mailbox.arrival() => match mailbox.take() {
                    Some((_, Post::Mail(_) | Post::Gap)) => {}
                    Some((_, Post::Restart(_))) | None => {
                        let _ = incoming.socket.clone().disconnect();
                        return None;
                    }
                },
                said = incoming.next() => return said,
            }
        }
    }

    async fn seek(&mut self, incoming: Incoming, said: &Said) -> Option<Incoming> {
        let seeker = match admit(&self.chat, said).await {
            Ok(seeker) => seeker,
            Err(message) => {
                complain(&incoming, &message);
                return Some(incoming);
            }
        };
        self.device = Some(seeker.device);
        let known = Guest {
            device: seeker.device,
            client: Client::Seeker,
            pool: self.chat.settings().pool(None),
            declares: Some(seeker.gender),
            enters: None,
        };
        let dialect =
            Seeking::new(Arc::clone(self.chat.capabilities()), seeker.device, seeker.join);
        self.run(known, incoming, dialect).await
    }

    async fn enter(&mut self, incoming: Incoming, said: &Said, leaves: bool) -> Option<Incoming> {
        let room_id = said.data.as_str().unwrap_or_default();
        let Some(capability) = self.chat.capabilities().open(room_id) else {
            if !leaves {
                incoming.tell("partner_left", &serde_json::Value::Null);
            }
            return Some(incoming);
        };
        self.device = Some(capability.device);
        let talking =
            Talking::new(Arc::clone(self.chat.capabilities()), capability, room_id.to_owned());
        let dialect = if leaves { talking.leaving() } else { talking };
        self.run(self.guest_of(capability), incoming, dialect).await
    }

    fn guest_of(&self, capability: Capability) -> Guest {
        Guest {
            device: capability.device,
            client: Client::Capability,
            pool: self.chat.settings().pool(None),
            declares: None,
            enters: Some(capability.pair()),
        }
    }

    /// Runs a session over the socket; what is left of it afterwards.
    async fn run(
        &self,
        guest: Guest,
        incoming: Incoming,
        dialect: impl Dialect,
    ) -> Option<Incoming> {
        let (line, returned) = Line::new(incoming, dialect);
        connect(self.chat.clone(), guest, line).await;
        returned.await.ok()
    }

    /// Answers what needs no session.
    async fn answer(&self, incoming: &Incoming, said: &Said) {
        let target = said.text("targetDeviceId").filter(|target| !target.is_empty());
        let alias = target.and_then(Alias::parse);
        match said.name.as_str() {
            "report_user" if target.is_none() => {
                let (name, data) = no_target();
                incoming.tell(name, &data);
            }
            "report_user" => {
                let most = self.chat.settings().policy.text.note_chars as usize;
                let reason = said.text("reason").map(str::trim).filter(|why| !why.is_empty());
                let reason = reason.unwrap_or(DEFAULT_REASON);
                if let (Some(device), Some(target)) = (self.device, alias)
                    && reason.chars().count() <= most
                {
                    let (reason, note) = (reason.into(), None);
                    self.ask(Command::Report { device, target, reason, note }).await;
                }
            }
            "block_user" => {
                let own = said.text("myDeviceId").filter(|id| !id.is_empty());
                let device = own.map(|id| self.chat.device(id)).or(self.device);
                if let (Some(device), Some(target)) = (device, alias) {
                    self.ask(Command::Block { device, target }).await;
                }
            }
            "find_match" | "send_message" | "leave_chat" if said.data.get("roomId").is_none() => {
                complain(incoming, "No session. Please join first.");
            }
            _ => {}
        }
    }

    /// Asks the pool for something of which nothing is told.
    async fn ask(&self, command: Command) {
        if let Some(pool) = self.chat.settings().pool(None) {
            let applied =
                self.chat.store().apply(&pool, clock::now(), clock::roll(), &command).await;
            if applied.is_ok_and(|commit| commit.outcome.is_ok()) && may_order(&command) {
                self.chat.orders().given(&pool);
            }
        }
    }
}

fn complain(incoming: &Incoming, message: &str) {
    incoming.tell("error", &json!({ "message": message }));
}
