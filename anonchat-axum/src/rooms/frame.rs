//! What a room tells its clients, as JSON text.
//!
//! A client that does not say `v=1` hears `chat_message`, `typing` and `error`, as 004's does, and
//! before a close an `error`. One that does hears, with members of ours:
//!
//! ```text
//! {"type":"room","room":ROOM}                                  on open, and after mail was lost
//! {"type":"chat_message","data":{"id","session_nickname","content","timestamp","alias","mine","room_code"}}
//! {"type":"typing","nickname","is_typing","alias"}
//! {"type":"joined","alias","nickname"}   {"type":"left","alias","why"}   {"type":"presence","alias","here"}
//! {"type":"owner","alias"}               {"type":"locked","locked"}      {"type":"error","message"}
//! {"type":"removed","why"}               then close 4003
//! {"type":"closed"}                      then close 4004
//! {"type":"replaced"}                    then close 4001
//! {"type":"server_restarting","reconnect_in_ms"}               then close 1012
//! ```
//!
//! `why` is `left`, `kicked`, `banned_from_room`, `banned` or `session_over`; of a removal that was
//! missed it is `unknown`.

use anonchat_core::room::{Parting, RoomAlias, RoomEvent, RoomMessage, RoomRejection};
use serde::Serialize;

use super::refusal::{NO_MEMBER, NO_ROOM, STRANGER};
use super::shape::RoomObject;
use crate::iso::iso;

/// One client, as the words of a room are put for it.
pub(super) struct Viewer {
    /// Whether it knows the frames of ours.
    native: bool,
    /// What its member is called, once it listens.
    you: Option<RoomAlias>,
}

/// The last that a client hears.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Goodbye {
    pub(super) code: u16,
    pub(super) reason: &'static str,
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Frame<'a> {
    ChatMessage {
        data: Said<'a>,
    },
    Typing {
        nickname: &'a str,
        is_typing: bool,
        #[serde(skip_serializing_if = "Option::is_none")]
        alias: Option<String>,
    },
    Error {
        message: &'a str,
    },
    Room {
        room: Box<RoomObject>,
    },
    Joined {
        alias: String,
        nickname: &'a str,
    },
    Left {
        alias: String,
        why: &'static str,
    },
    Presence {
        alias: String,
        here: bool,
    },
    Owner {
        alias: String,
    },
    Locked {
        locked: bool,
    },
    Removed {
        why: &'static str,
    },
    Closed,
    Replaced,
    ServerRestarting {
        reconnect_in_ms: u64,
    },
}

#[derive(Serialize)]
struct Said<'a> {
    id: u64,
    session_nickname: &'a str,
    content: &'a str,
    timestamp: String,
    #[serde(flatten)]
    more: Option<More<'a>>,
}

#[derive(Serialize)]
struct More<'a> {
    alias: String,
    mine: bool,
    room_code: &'a str,
}

impl Frame<'_> {
    fn text(&self) -> String {
        // Writing to memory fails only for a map whose keys are no texts, and here is none.
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// What a client is told that something was not done.
pub(super) fn error(message: &str) -> String {
    Frame::Error { message }.text()
}

impl Viewer {
    pub(super) fn new(native: bool) -> Self {
        Self { native, you: None }
    }

    /// The frame of a fact, if this client is told of it, and the goodbye if it was the last.
    pub(super) fn tell(&mut self, event: &RoomEvent) -> (Option<String>, Option<Goodbye>) {
        match event {
            RoomEvent::Attached { room } => {
                self.you = Some(room.you);
                (self.ours(Frame::Room { room: Box::new(room.into()) }), None)
            }
            RoomEvent::Message(message) => (Some(self.said(message)), None),
            RoomEvent::Typing { alias, nickname, on } => {
                let alias = self.native.then(|| alias.to_string());
                let nickname = nickname.words();
                (Some(Frame::Typing { nickname, is_typing: *on, alias }.text()), None)
            }
            RoomEvent::Joined { alias, nickname } => {
                let (alias, nickname) = (alias.to_string(), nickname.words());
                (self.ours(Frame::Joined { alias, nickname }), None)
            }
            RoomEvent::Left { alias, why } => {
                (self.ours(Frame::Left { alias: alias.to_string(), why: why.as_str() }), None)
            }
            RoomEvent::Presence { alias, here } => {
                (self.ours(Frame::Presence { alias: alias.to_string(), here: *here }), None)
            }
            RoomEvent::Owner { alias } => {
                (self.ours(Frame::Owner { alias: alias.to_string() }), None)
            }
            RoomEvent::Locked { locked } => (self.ours(Frame::Locked { locked: *locked }), None),
            RoomEvent::Removed { why } => {
                self.last(Frame::Removed { why: why.as_str() }, removed(*why), 4003, "removed")
            }
            RoomEvent::Closed => {
                self.last(Frame::Closed, "This room has been closed", 4004, "closed")
            }
            RoomEvent::Replaced => {
                let text = "This room is open in too many other windows";
                self.last(Frame::Replaced, text, 4001, "replaced")
            }
        }
    }

    /// The last frame of a client that may not listen, though nobody has told it why.
    pub(super) fn refuse(&self, rejection: RoomRejection) -> (Option<String>, Option<Goodbye>) {
        let gone = |why, text| self.last(Frame::Removed { why }, text, 4003, "removed");
        match rejection {
            RoomRejection::UnknownRoom => self.last(Frame::Closed, NO_ROOM, 4004, "closed"),
            RoomRejection::UnknownSession => {
                gone(Parting::SessionOver.as_str(), removed(Parting::SessionOver))
            }
            _ => gone("unknown", NO_MEMBER),
        }
    }

    /// The last frame before the server stops.
    pub(super) fn restart(&self, reconnect_in_ms: u64) -> (Option<String>, Option<Goodbye>) {
        let goodbye = Goodbye { code: 1012, reason: "restarting" };
        (self.ours(Frame::ServerRestarting { reconnect_in_ms }), Some(goodbye))
    }

    fn said(&self, message: &RoomMessage) -> String {
        let more = self.native.then(|| More {
            alias: message.alias.to_string(),
            mine: self.you == Some(message.alias),
            room_code: message.room.as_str(),
        });
        let data = Said {
            id: message.id.get(),
            session_nickname: message.nickname.words(),
            content: message.content.words(),
            timestamp: format!("{}+00:00", iso(message.at)),
            more,
        };
        Frame::ChatMessage { data }.text()
    }

    #[expect(clippy::needless_pass_by_value, reason = "it is made for this")]
    fn ours(&self, frame: Frame<'_>) -> Option<String> {
        self.native.then(|| frame.text())
    }

    fn last(
        &self,
        frame: Frame<'_>,
        text: &str,
        code: u16,
        reason: &'static str,
    ) -> (Option<String>, Option<Goodbye>) {
        let frame = self.ours(frame).unwrap_or_else(|| error(text));
        (Some(frame), Some(Goodbye { code, reason }))
    }
}

const fn removed(why: Parting) -> &'static str {
    match why {
        Parting::Left => "You have left this room",
        Parting::Kicked => "You have been removed from this room",
        Parting::BannedFromRoom => "You have been banned from this room",
        Parting::Banned => "Your session has been banned",
        Parting::SessionOver => STRANGER,
    }
}

#[cfg(test)]
mod tests {
    use anonchat_core::UnixMillis;
    use anonchat_core::room::{RoomCode, RoomDetails, RoomMessageId, RoomText};
    use serde_json::{Value, json};

    use super::*;

    const ANN: RoomAlias = RoomAlias::from_bytes([0xa1; 16]);
    const BEN: RoomAlias = RoomAlias::from_bytes([0xb2; 16]);

    fn words(text: &str) -> RoomText {
        RoomText::restored(text.to_owned())
    }

    fn attached() -> RoomEvent {
        RoomEvent::Attached {
            room: RoomDetails {
                code: RoomCode::parse("OUV0V2").expect("a code"),
                number: 3,
                name: words("Tea & <cake>"),
                owner: BEN,
                owner_nickname: words("Ben"),
                created: UnixMillis::new(1_770_122_096_123),
                retention_days: 0,
                max_participants: None,
                members: 2,
                locked: false,
                you: ANN,
            },
        }
    }

    fn message(alias: RoomAlias) -> RoomEvent {
        RoomEvent::Message(RoomMessage {
            id: RoomMessageId::of(3, 1).expect("an id"),
            room: RoomCode::parse("OUV0V2").expect("a code"),
            alias,
            nickname: words("Ann"),
            content: words("a < b & \"c\""),
            at: UnixMillis::new(1_770_122_096_123),
        })
    }

    fn told(viewer: &mut Viewer, event: &RoomEvent) -> (Value, Option<Goodbye>) {
        let (frame, goodbye) = viewer.tell(event);
        let frame = frame.map(|frame| serde_json::from_str(&frame).expect("JSON"));
        (frame.unwrap_or_default(), goodbye)
    }

    #[test]
    fn a_plain_client_hears_exactly_what_004_says() {
        let mut plain = Viewer::new(false);
        for event in [
            attached(),
            RoomEvent::Joined { alias: BEN, nickname: words("Ben") },
            RoomEvent::Left { alias: BEN, why: Parting::Left },
            RoomEvent::Presence { alias: BEN, here: true },
            RoomEvent::Owner { alias: BEN },
            RoomEvent::Locked { locked: true },
        ] {
            assert_eq!(plain.tell(&event), (None, None), "{event:?}");
        }
        let (frame, _) = plain.tell(&message(ANN));
        let data = r#"{"id":201326593,"session_nickname":"Ann","content":"a < b & \"c\"","timestamp":"2026-02-03T12:34:56.123000+00:00"}"#;
        assert_eq!(frame, Some(format!(r#"{{"type":"chat_message","data":{data}}}"#)));
        let (frame, _) =
            plain.tell(&RoomEvent::Typing { alias: BEN, nickname: words("Ben"), on: true });
        let typing = r#"{"type":"typing","nickname":"Ben","is_typing":true}"#;
        assert_eq!(frame.as_deref(), Some(typing));
        let no_frame = plain.restart(7);
        assert_eq!(no_frame, (None, Some(Goodbye { code: 1012, reason: "restarting" })));
    }

    #[test]
    fn a_native_client_hears_everything_and_knows_its_own_messages_by_the_alias() {
        let mut native = Viewer::new(true);
        let (room, _) = told(&mut native, &attached());
        assert_eq!(room["type"], "room");
        assert_eq!(room["room"]["you"], ANN.to_string());
        assert_eq!(room["room"]["owner_session"], room["room"]["owner_alias"]);
        assert_eq!(room["room"]["name"], "Tea & <cake>");
        for (alias, mine) in [(ANN, true), (BEN, false)] {
            let (said, _) = told(&mut native, &message(alias));
            assert_eq!(said["data"]["mine"], mine);
            assert_eq!(said["data"]["alias"], alias.to_string());
            assert_eq!(said["data"]["room_code"], "OUV0V2");
        }
        let (typing, _) =
            told(&mut native, &RoomEvent::Typing { alias: BEN, nickname: words("Ben"), on: false });
        assert_eq!(
            (&typing["alias"], &typing["is_typing"]),
            (&json!(BEN.to_string()), &json!(false))
        );
        let (left, _) = told(&mut native, &RoomEvent::Left { alias: BEN, why: Parting::Kicked });
        assert_eq!(left, json!({ "type": "left", "alias": BEN.to_string(), "why": "kicked" }));
    }

    #[test]
    fn the_last_frame_comes_with_the_code_to_close_with() {
        for (event, code, frame) in [
            (
                RoomEvent::Removed { why: Parting::Banned },
                4003,
                json!({ "type": "removed", "why": "banned" }),
            ),
            (RoomEvent::Closed, 4004, json!({ "type": "closed" })),
            (RoomEvent::Replaced, 4001, json!({ "type": "replaced" })),
        ] {
            assert!(event.is_last());
            let (native, goodbye) = told(&mut Viewer::new(true), &event);
            assert_eq!((native, goodbye.expect("the last").code), (frame, code));
            let (plain, goodbye) = told(&mut Viewer::new(false), &event);
            assert_eq!((&plain["type"], goodbye.expect("the last").code), (&json!("error"), code));
        }
        for (rejection, code) in [
            (RoomRejection::UnknownRoom, 4004),
            (RoomRejection::UnknownSession, 4003),
            (RoomRejection::NotMember, 4003),
        ] {
            assert_eq!(Viewer::new(true).refuse(rejection).1.expect("the last").code, code);
        }
    }
}
