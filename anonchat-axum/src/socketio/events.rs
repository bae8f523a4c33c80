//! The table between 002's events and the frames of a session.

use anonchat_core::Departure;
use anonchat_core::session::{Action, ErrorCode, ServerFrame};
use serde_json::{Value, json};

use super::guests::Guest;
use super::incoming::Said;
use super::line::{Dialect, Meaning, Told};
use crate::clock;
use crate::iso::iso;

/// The events of somebody who came with a cookie.
pub(super) struct Cookie {
    own: Guest,
    partner: String,
    /// The words of the last message.
    said: Option<String>,
}

impl Cookie {
    pub(super) fn new(own: Guest) -> Self {
        Self { own, partner: String::new(), said: None }
    }
}

impl Dialect for Cookie {
    fn read(&mut self, said: Said) -> Meaning {
        // Another client of the same browser brings the cookie as well.
        if matches!(said.name.as_str(), "join_queue" | "join_room" | "report_user" | "block_user") {
            return Meaning::Onward(said);
        }
        let Some(asked) = read(&self.own, &said.name, &said.data) else { return Meaning::Nothing };
        self.said = asked.said;
        Meaning::Frame(asked.frame)
    }

    fn told(&mut self, frame: &ServerFrame) -> Option<Told> {
        told(frame, &mut self.partner)
    }

    fn echo(&mut self) -> Option<Told> {
        Some(message(&self.own.username, &self.said.take()?))
    }
}

/// What an event of the client stands for.
struct Asked {
    /// A frame of the native protocol.
    frame: Value,
    /// The words, if it says something to the partner.
    said: Option<String>,
}

/// Reads an event; `None` for one that 002 does not know.
fn read(own: &Guest, event: &str, data: &Value) -> Option<Asked> {
    let frame = match event {
        "find_match" => {
            let looks_for = data.get("looking_for").and_then(Value::as_str).and_then(looks_for);
            let filter = looks_for.unwrap_or_else(|| own.looks_for().as_str());
            json!({ "action": "join", "filter": filter, "nickname": own.username, "bio": own.bio })
        }
        "send_message" => {
            let members = || data.get("message").or_else(|| data.get("text"));
            let said = data.as_str().or_else(|| members()?.as_str());
            let Some(said) = said else {
                return Some(Asked { frame: json!({ "action": "msg" }), said: None });
            };
            let frame = json!({ "action": "msg", "text": said });
            return Some(Asked { frame, said: Some(said.trim().to_owned()) });
        }
        "leave_chat" => json!({ "action": "leave" }),
        "typing" => {
            let typing = data.get("typing").and_then(Value::as_bool).unwrap_or(true);
            json!({ "action": "typing", "typing": typing })
        }
        _ => return None,
    };
    Some(Asked { frame, said: None })
}

/// Whom somebody looks for, in any of 002's words.
pub(super) fn looks_for(said: &str) -> Option<&'static str> {
    match said.trim().to_ascii_lowercase().as_str() {
        "male" => Some("male"),
        "female" => Some("female"),
        "anyone" | "any" | "both" => Some("any"),
        _ => None,
    }
}

/// What a frame is told as. `partner` is the name under which the partner is shown.
fn told(frame: &ServerFrame, partner: &mut String) -> Option<Told> {
    match frame {
        ServerFrame::Queued { .. } => {
            Some(("waiting", json!({ "message": "Looking for a chat partner..." })))
        }
        ServerFrame::Matched { peer, profile, gender, .. } => {
            *partner = profile.nickname.as_deref().unwrap_or("Anonymous").to_owned();
            let gender = gender.map_or("unknown", anonchat_core::Gender::as_str);
            let bio = profile.bio.as_deref().unwrap_or_default();
            let about = json!({ "username": partner, "bio": bio, "gender": gender });
            Some(("match_found", json!({ "room_id": peer.to_string(), "partner": about })))
        }
        ServerFrame::Msg { text, .. } => Some(message(partner, text.reveal())),
        ServerFrame::Typing { typing, .. } => Some(("partner_typing", json!({ "typing": typing }))),
        ServerFrame::PeerLeft { reason: Departure::Lost, .. } => {
            Some(("partner_disconnected", json!({ "message": "Your partner has disconnected" })))
        }
        ServerFrame::PeerLeft { .. } => {
            Some(("partner_left", json!({ "message": "Your partner has left the chat" })))
        }
        // Looking for somebody while one waits or talks already changes nothing.
        ServerFrame::Error(refusal)
            if refusal.action == Some(Action::Join)
                && matches!(refusal.code, ErrorCode::AlreadyWaiting | ErrorCode::AlreadyPaired) =>
        {
            None
        }
        ServerFrame::Error(refusal) => Some(("error", json!({ "message": refusal.message }))),
        _ => None,
    }
}

/// A message, to either of the two.
fn message(from: &str, words: &str) -> Told {
    let at = format!("{}Z", iso(clock::now()));
    ("receive_message", json!({ "username": from, "message": words, "timestamp": at }))
}

#[cfg(test)]
mod tests {
    use anonchat_core::session::ClientFrame;
    use anonchat_core::{Filter, Gender, wire};

    use super::*;

    fn somebody() -> Guest {
        Guest::new("Al".into(), "likes tea".into(), Gender::Male, Filter::Only(Gender::Female))
    }

    fn frame(event: &str, data: &Value) -> Option<Value> {
        let asked = read(&somebody(), event, data)?;
        let text = asked.frame.to_string();
        let is_malformed = wire::decode(&text).is_err();
        assert_eq!(is_malformed, text == r#"{"action":"msg"}"#, "{text}");
        Some(asked.frame)
    }

    #[test]
    fn every_variant_of_every_event_becomes_a_frame() {
        let join = |filter| json!({ "action": "join", "filter": filter, "nickname": "Al", "bio": "likes tea" });
        for (event, data, expected) in [
            ("find_match", Value::Null, join("female")),
            ("find_match", json!({ "looking_for": "Anyone" }), join("any")),
            ("find_match", json!({ "looking_for": "both", "gender": "male" }), join("any")),
            ("find_match", json!({ "looking_for": 7 }), join("female")),
            ("send_message", json!({ "message": "hi" }), json!({ "action": "msg", "text": "hi" })),
            ("send_message", json!({ "text": "hi" }), json!({ "action": "msg", "text": "hi" })),
            ("send_message", json!("hi"), json!({ "action": "msg", "text": "hi" })),
            ("send_message", json!({ "message": 7 }), json!({ "action": "msg" })),
            ("send_message", Value::Null, json!({ "action": "msg" })),
            ("leave_chat", Value::Null, json!({ "action": "leave" })),
            ("typing", json!({ "typing": false }), json!({ "action": "typing", "typing": false })),
            ("typing", Value::Null, json!({ "action": "typing", "typing": true })),
        ] {
            assert_eq!(frame(event, &data), Some(expected), "{event} {data}");
        }
        for event in ["", "join_queue", "connect", "FIND_MATCH"] {
            assert_eq!(frame(event, &Value::Null), None, "{event}");
        }
    }

    #[test]
    fn what_is_said_is_known_by_its_words_without_their_margins() {
        let asked = read(&somebody(), "send_message", &json!("  hi ")).expect("known");
        assert_eq!(asked.said.as_deref(), Some("hi"));
        let text = asked.frame.to_string();
        let said = match wire::decode(&text) {
            Ok(ClientFrame::Msg { text, .. }) => text.trim() == "hi",
            _ => false,
        };
        assert!(said);
    }
}
