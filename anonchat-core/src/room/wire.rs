//! What a client says over the socket of a room, as JSON text.
//!
//! [`decode`] is total: whatever the text, it gives a frame or says why it is none, in time linear
//! in its length. What a room tells its clients depends on whose client it is, and is the door's.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// What a client says.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RoomFrame<'a> {
    /// Something to be said to the room, as it was written.
    Say {
        /// The words, neither trimmed nor measured.
        content: Cow<'a, str>,
    },
    /// Whether they type.
    Typing {
        /// They do; a frame that does not say so says that they no longer do.
        on: bool,
    },
    /// Something that this version does not know, and passes over.
    Other,
}

/// The text is no frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RoomFrameError {
    /// It is no JSON object.
    #[error("the text is no JSON object")]
    Malformed,
    /// It would say something, but has no text in it.
    #[error("the message has no text")]
    NoContent,
}

/// Reads one frame. Unknown members are ignored; of equal ones the last counts.
///
/// # Errors
///
/// [`RoomFrameError`].
///
/// ```
/// use anonchat_core::room::wire::{RoomFrame, RoomFrameError, decode};
///
/// let said = decode(r#"{"type":"chat_message","content":"hello"}"#);
/// assert!(matches!(said, Ok(RoomFrame::Say { content }) if content == "hello"));
/// assert_eq!(decode(r#"{"type":"typing","is_typing":true}"#), Ok(RoomFrame::Typing { on: true }));
/// assert_eq!(decode(r#"{"type":"dance"}"#), Ok(RoomFrame::Other));
/// assert_eq!(decode("hello"), Err(RoomFrameError::Malformed));
/// ```
pub fn decode(text: &str) -> Result<RoomFrame<'_>, RoomFrameError> {
    let members: Members<'_> = serde_json::from_str(text).map_err(|_| RoomFrameError::Malformed)?;
    match members.kind {
        Value::Text(kind) if kind == "chat_message" => match members.content {
            Value::Text(content) => Ok(RoomFrame::Say { content }),
            _ => Err(RoomFrameError::NoContent),
        },
        Value::Text(kind) if kind == "typing" => {
            Ok(RoomFrame::Typing { on: members.is_typing == Value::Flag(true) })
        }
        _ => Ok(RoomFrame::Other),
    }
}

/// The members that mean something.
#[derive(Default)]
struct Members<'a> {
    kind: Value<'a>,
    content: Value<'a>,
    is_typing: Value<'a>,
}

/// A member of whatever type. Only what may mean something is kept.
#[derive(Default, PartialEq)]
enum Value<'a> {
    Text(Cow<'a, str>),
    Flag(bool),
    #[default]
    Other,
}

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;

        impl<'de> Visitor<'de> for Object {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
                let mut members = Members::default();
                while let Some(Name(name)) = map.next_key()? {
                    match &*name {
                        "type" => members.kind = map.next_value()?,
                        "content" => members.content = map.next_value()?,
                        "is_typing" => members.is_typing = map.next_value()?,
                        _ => drop(map.next_value::<IgnoredAny>()?),
                    }
                }
                Ok(members)
            }
        }

        deserializer.deserialize_map(Object)
    }
}

/// The name of a member, copied only if it has escapes in it.
struct Name<'a>(Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Name<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::Text(name) => Ok(Self(name)),
            _ => Err(D::Error::custom("no name")),
        }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Value<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;

        impl<'de> Visitor<'de> for Any {
            type Value = Value<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value")
            }

            fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Value<'de>, E> {
                Ok(Value::Text(Cow::Borrowed(text)))
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Value<'de>, E> {
                Ok(Value::Text(Cow::Owned(text.to_owned())))
            }

            fn visit_bool<E: Error>(self, flag: bool) -> Result<Value<'de>, E> {
                Ok(Value::Flag(flag))
            }

            fn visit_i64<E: Error>(self, _: i64) -> Result<Value<'de>, E> {
                Ok(Value::Other)
            }

            fn visit_u64<E: Error>(self, _: u64) -> Result<Value<'de>, E> {
                Ok(Value::Other)
            }

            fn visit_f64<E: Error>(self, _: f64) -> Result<Value<'de>, E> {
                Ok(Value::Other)
            }

            fn visit_unit<E: Error>(self) -> Result<Value<'de>, E> {
                Ok(Value::Other)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value<'de>, A::Error> {
                while seq.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Value::Other)
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value<'de>, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Value::Other)
            }
        }

        deserializer.deserialize_any(Any)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn say(content: &str) -> Result<RoomFrame<'_>, RoomFrameError> {
        Ok(RoomFrame::Say { content: Cow::Borrowed(content) })
    }

    #[test]
    fn what_is_said_is_read_as_it_was_written() {
        assert_eq!(decode(r#"{"type":"chat_message","content":" <b> "}"#), say(" <b> "));
        assert_eq!(
            decode(r#" {"content":"a\n\u00e9","x":[{}],"type":"chat_message"} "#),
            say("a\né")
        );
        assert_eq!(decode(r#"{"type":"chat_message","content":1,"content":"b"}"#), say("b"));
        assert_eq!(decode(r#"{"typ\u0065":"chat_message","content":"c"}"#), say("c"));
    }

    #[test]
    fn a_message_without_a_text_says_so() {
        for content in ["null", "5", "-5", "1e3", "true", "[\"a\",[]]", "{\"a\":{}}"] {
            let text = format!(r#"{{"type":"chat_message","content":{content}}}"#);
            assert_eq!(decode(&text), Err(RoomFrameError::NoContent), "{text}");
        }
        assert_eq!(decode(r#"{"type":"chat_message"}"#), Err(RoomFrameError::NoContent));
    }

    #[test]
    fn typing_is_what_says_so_and_nothing_else() {
        for (flag, on) in
            [("true", true), ("false", false), ("1", false), ("null", false), ("\"true\"", false)]
        {
            let text = format!(r#"{{"type":"typing","is_typing":{flag}}}"#);
            assert_eq!(decode(&text), Ok(RoomFrame::Typing { on }), "{text}");
        }
        assert_eq!(decode(r#"{"type":"typing"}"#), Ok(RoomFrame::Typing { on: false }));
    }

    #[test]
    fn other_objects_are_passed_over_and_everything_else_is_malformed() {
        for text in ["{}", r#"{"type":null}"#, r#"{"type":["typing"]}"#, r#"{"type":"Typing"}"#] {
            assert_eq!(decode(text), Ok(RoomFrame::Other), "{text}");
        }
        let deep = format!("{{\"x\":{}", "[".repeat(100_000));
        for text in ["", "hello", "5", "null", "[]", "\"typing\"", "{", "{}{}", "{\"a\"}", &deep] {
            assert_eq!(
                decode(text),
                Err(RoomFrameError::Malformed),
                "{}",
                &text[..text.len().min(9)]
            );
        }
    }
}
