//! 001's second page: it comes to a talk by the room id that the first one was given.

use std::sync::Arc;

use anonchat_core::session::ServerFrame;
use serde_json::{Value, json};

use super::capability::{Capabilities, Capability};
use super::incoming::Said;
use super::line::{Dialect, Meaning, Told};
use super::picture::{self, Shown};
use super::seeker::{about_partner, complaint};
use crate::clock;

/// The events of somebody in a talk.
pub(super) struct Talking {
    capabilities: Arc<Capabilities>,
    own: Capability,
    /// The room id by which they came.
    room_id: String,
    /// What comes first.
    first: Option<Value>,
    /// Whether the talk is still there.
    lasts: bool,
    /// Whether they were let in.
    entered: bool,
}

impl Talking {
    pub(super) const fn new(
        capabilities: Arc<Capabilities>,
        own: Capability,
        room_id: String,
    ) -> Self {
        Self { capabilities, own, room_id, first: None, lasts: true, entered: false }
    }

    /// The same for somebody who only comes to leave.
    pub(super) fn leaving(mut self) -> Self {
        (self.first, self.lasts) = (Some(leave()), false);
        self
    }

    /// Whether a room id stands for this side of this talk.
    fn is_here(&self, room_id: Option<&str>) -> bool {
        let other = |id: &str| self.capabilities.open(id) == Some(self.own);
        room_id.is_some_and(|id| id == self.room_id || other(id))
    }

    /// What something stands for that is said in a room.
    fn read_here(&self, said: &Said) -> Meaning {
        match said.name.as_str() {
            "send_message" => match said.text("message") {
                Some(words) => Meaning::Frame(json!({ "action": "msg", "text": words })),
                None => Meaning::Frame(json!({ "action": "msg" })),
            },
            "send_image" => match picture::look(said.text("image").unwrap_or_default()) {
                Shown::Picture(image) => Meaning::Image(image),
                Shown::Unfit => Meaning::Answer(picture::refusal()),
                Shown::Nothing => Meaning::Nothing,
            },
            "typing" => {
                let typing = said.data.get("isTyping").and_then(Value::as_bool).unwrap_or(false);
                Meaning::Frame(json!({ "action": "typing", "typing": typing }))
            }
            _ => Meaning::Nothing,
        }
    }

    fn gone(&mut self) -> Option<Told> {
        std::mem::take(&mut self.lasts).then_some(("partner_left", Value::Null))
    }
}

impl Dialect for Talking {
    fn first(&mut self) -> Option<Value> {
        self.first.take()
    }

    fn read(&mut self, said: Said) -> Meaning {
        match said.name.as_str() {
            "join_room" if self.is_here(said.data.as_str()) => Meaning::Nothing,
            "join_room" | "join_queue" | "find_match" => Meaning::Onward(said),
            "leave_chat" if self.is_here(said.data.as_str()) => {
                self.lasts = false;
                Meaning::Frame(leave())
            }
            "leave_chat" => Meaning::Nothing,
            _ if self.is_here(said.text("roomId")) => self.read_here(&said),
            _ => about_partner(&said).unwrap_or(Meaning::Nothing),
        }
    }

    fn told(&mut self, frame: &ServerFrame) -> Option<Told> {
        let now = || clock::now().get();
        match frame {
            ServerFrame::Matched { .. } => {
                self.entered = true;
                None
            }
            ServerFrame::Msg { from, text, .. } => Some((
                "receive_message",
                json!({ "senderId": from.to_string(), "text": text.reveal(), "timestamp": now() }),
            )),
            ServerFrame::Image { from, image } => Some((
                "receive_message",
                json!({ "senderId": from.to_string(), "image": image.reveal(), "timestamp": now() }),
            )),
            ServerFrame::Typing { typing, .. } => {
                Some(("partner_typing", json!({ "isTyping": typing })))
            }
            ServerFrame::PeerLeft { .. } => self.gone(),
            // There is no such talk (any more).
            ServerFrame::Left if !self.entered => self.gone(),
            ServerFrame::Error(refusal) => complaint(refusal),
            _ => None,
        }
    }
}

fn leave() -> Value {
    json!({ "action": "leave" })
}
