//! From a client's JSON to what it says.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error, IgnoredAny, MapAccess, Visitor};

use crate::profile::{Filter, Gender};
use crate::session::{Action, ClientFrame, FrameError};

/// Reads one frame. Unknown members are ignored, and `null` stands for an absent one.
///
/// # Errors
///
/// [`FrameError::Malformed`] for anything but a JSON object with a text `action` and members of
/// the right types, and [`FrameError::UnknownAction`] if the action is none.
///
/// ```
/// use anonchat_core::session::{ClientFrame, FrameError};
/// use anonchat_core::wire::decode;
///
/// let frame = decode(r#"{"action":"msg","text":"hello"}"#);
/// assert!(matches!(frame, Ok(ClientFrame::Msg { text, id: None, .. }) if text == "hello"));
/// assert!(matches!(decode(r#"{"action":"dance"}"#), Err(FrameError::UnknownAction)));
/// assert!(matches!(decode("hello"), Err(FrameError::Malformed { action: None })));
/// ```
pub fn decode(text: &str) -> Result<ClientFrame<'_>, FrameError> {
    plain_message(text).map_or_else(|| parse_frame(text), Ok)
}

/// The frame that comes more often than all others together, where it is as browsers write it: the
/// action first, no space between members, and in no member anything that is escaped. What is read here
/// is read by [`parse_frame`] in the same way.
fn plain_message(text: &str) -> Option<ClientFrame<'_>> {
    let mut members = text.strip_prefix(r#"{"action":"msg""#)?.strip_suffix('}')?;
    let (mut peer, mut id, mut words) = (None, None, None);
    while !members.is_empty() {
        let (name, rest) = plain_text(members.strip_prefix(',')?)?;
        let (value, rest) = plain_text(rest.strip_prefix(':')?)?;
        let member = match name {
            "peer" => &mut peer,
            "id" => &mut id,
            "text" => &mut words,
            _ => return None,
        };
        if member.replace(value).is_some() {
            return None;
        }
        members = rest;
    }
    Some(ClientFrame::Msg {
        peer: peer.map(Cow::Borrowed),
        id: id.map(Cow::Borrowed),
        text: Cow::Borrowed(words?),
    })
}

/// A text in quotes that is written as it is, and what comes after it.
fn plain_text(json: &str) -> Option<(&str, &str)> {
    let (text, rest) = json.strip_prefix('"')?.split_once('"')?;
    // All bytes and not up to the first, so that many are looked at in one step.
    let is_special = |byte: u8| byte < 0x20 || byte == b'\\';
    let is_plain = !text.bytes().fold(false, |found, byte| found | is_special(byte));
    is_plain.then_some((text, rest))
}

fn parse_frame(text: &str) -> Result<ClientFrame<'_>, FrameError> {
    // Nearly every client names the action first: then one look at the frame is enough.
    if let Ok(Once(frame)) = serde_json::from_str(text) {
        return Ok(frame);
    }
    // serde would take an array for a struct.
    if !text.trim_ascii_start().starts_with('{') {
        return Err(FrameError::Malformed { action: None });
    }
    let head: Head<'_> = parse(text, None)?;
    let action = Action::parse(&head.action.0).ok_or(FrameError::UnknownAction)?;
    let of = Some(action);
    Ok(match action {
        Action::Join => parse::<Join<'_>>(text, of)?.into(),
        Action::Next => parse::<Next<'_>>(text, of)?.into(),
        Action::Leave => ClientFrame::Leave,
        Action::Msg => parse::<Msg<'_>>(text, of)?.into(),
        Action::Image => return Err(FrameError::UnknownAction),
        Action::Ack => parse::<Ack<'_>>(text, of)?.into(),
        Action::Typing => parse::<Typing<'_>>(text, of)?.into(),
        Action::Report => parse::<Report<'_>>(text, of)?.into(),
        Action::Block => ClientFrame::Block { peer: parse::<Block<'_>>(text, of)?.peer.0 },
        Action::Unblock => ClientFrame::Unblock { block: parse::<Unblock<'_>>(text, of)?.block.0 },
        Action::Declare => ClientFrame::Declare { gender: parse::<Declare>(text, of)?.gender.0 },
        Action::Why => ClientFrame::Why,
    })
}

fn parse<'a, T: Deserialize<'a>>(text: &'a str, action: Option<Action>) -> Result<T, FrameError> {
    serde_json::from_str(text).map_err(|_| FrameError::Malformed { action })
}

/// A frame of those that come by the thousand, read in one go: its action comes first and once.
struct Once<'a>(ClientFrame<'a>);

impl<'de: 'a, 'a> Deserialize<'de> for Once<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;

        impl<'de> Visitor<'de> for Members {
            type Value = Once<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a frame that begins with its action")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let other = || Error::custom("another frame");
                let key: Option<Text<'de>> = map.next_key()?;
                if key.is_none_or(|key| key.0 != "action") {
                    return Err(other());
                }
                let action: Text<'de> = map.next_value()?;
                let rest = MapAccessDeserializer::new(map);
                let (frame, again) = match &*action.0 {
                    "msg" => once(Msg::deserialize(rest)?, |msg| msg.action),
                    "ack" => once(Ack::deserialize(rest)?, |ack| ack.action),
                    "typing" => once(Typing::deserialize(rest)?, |typing| typing.action),
                    "join" => once(Join::deserialize(rest)?, |join| join.action),
                    _ => return Err(other()),
                };
                if again.is_some() { Err(other()) } else { Ok(Once(frame)) }
            }
        }

        deserializer.deserialize_map(Members)
    }
}

fn once<'a, T: Into<ClientFrame<'a>>>(
    members: T,
    action: fn(&T) -> Option<IgnoredAny>,
) -> (ClientFrame<'a>, Option<IgnoredAny>) {
    let again = action(&members);
    (members.into(), again)
}

#[derive(Deserialize)]
struct Head<'a> {
    #[serde(borrow)]
    action: Text<'a>,
}

#[derive(Deserialize)]
struct Join<'a> {
    action: Option<IgnoredAny>,
    filter: Option<Name<Filter>>,
    #[serde(borrow)]
    nickname: Option<Text<'a>>,
    #[serde(borrow)]
    bio: Option<Text<'a>>,
    #[serde(borrow)]
    token: Option<Text<'a>>,
}

#[derive(Deserialize)]
struct Next<'a>(#[serde(borrow)] Join<'a>);

#[derive(Deserialize)]
struct Msg<'a> {
    action: Option<IgnoredAny>,
    #[serde(borrow)]
    peer: Option<Text<'a>>,
    #[serde(borrow)]
    id: Option<Text<'a>>,
    #[serde(borrow)]
    text: Text<'a>,
}

#[derive(Deserialize)]
struct Ack<'a> {
    action: Option<IgnoredAny>,
    #[serde(borrow)]
    peer: Option<Text<'a>>,
    #[serde(borrow)]
    id: Text<'a>,
}

#[derive(Deserialize)]
struct Typing<'a> {
    action: Option<IgnoredAny>,
    #[serde(borrow)]
    peer: Option<Text<'a>>,
    typing: Option<bool>,
}

#[derive(Deserialize)]
struct Report<'a> {
    #[serde(borrow)]
    reported: Text<'a>,
    #[serde(borrow)]
    reason: Option<Text<'a>>,
    #[serde(borrow)]
    note: Option<Text<'a>>,
}

#[derive(Deserialize)]
struct Block<'a> {
    #[serde(borrow)]
    peer: Text<'a>,
}

#[derive(Deserialize)]
struct Unblock<'a> {
    #[serde(borrow)]
    block: Text<'a>,
}

#[derive(Deserialize)]
struct Declare {
    gender: Name<Gender>,
}

impl<'a> From<Join<'a>> for ClientFrame<'a> {
    fn from(Join { filter, nickname, bio, token, .. }: Join<'a>) -> Self {
        ClientFrame::Join {
            filter: filter.map_or(Filter::Any, |name| name.0),
            nickname: nickname.map(Text::words),
            bio: bio.map(Text::words),
            token: token.map(Text::words),
        }
    }
}

impl<'a> From<Next<'a>> for ClientFrame<'a> {
    fn from(Next(Join { filter, nickname, bio, token, .. }): Next<'a>) -> Self {
        ClientFrame::Next {
            filter: filter.map(|name| name.0),
            nickname: nickname.map(Text::words),
            bio: bio.map(Text::words),
            token: token.map(Text::words),
        }
    }
}

impl<'a> From<Msg<'a>> for ClientFrame<'a> {
    fn from(Msg { peer, id, text, .. }: Msg<'a>) -> Self {
        let (peer, id) = (peer.map(Text::words), id.map(Text::words));
        ClientFrame::Msg { peer, id, text: text.words() }
    }
}

impl<'a> From<Ack<'a>> for ClientFrame<'a> {
    fn from(Ack { peer, id, .. }: Ack<'a>) -> Self {
        ClientFrame::Ack { peer: peer.map(Text::words), id: id.words() }
    }
}

impl<'a> From<Typing<'a>> for ClientFrame<'a> {
    fn from(Typing { peer, typing, .. }: Typing<'a>) -> Self {
        ClientFrame::Typing { peer: peer.map(Text::words), typing: typing.unwrap_or(true) }
    }
}

impl<'a> From<Report<'a>> for ClientFrame<'a> {
    fn from(Report { reported, reason, note }: Report<'a>) -> Self {
        ClientFrame::Report {
            reported: reported.words(),
            reason: reason.map(Text::words),
            note: note.map(Text::words),
        }
    }
}

/// A text that borrows from the frame unless it has escapes in it; serde's own `Option<Cow>`
/// always copies.
struct Text<'a>(Cow<'a, str>);

impl<'a> Text<'a> {
    fn words(self) -> Cow<'a, str> {
        self.0
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Words;

        impl<'de> Visitor<'de> for Words {
            type Value = Text<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text")
            }

            fn visit_borrowed_str<E: Error>(self, words: &'de str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Borrowed(words)))
            }

            fn visit_str<E: Error>(self, words: &str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Owned(words.to_owned())))
            }
        }

        deserializer.deserialize_str(Words)
    }
}

/// Something that has a name on the wire.
struct Name<T>(T);

impl<'de> Deserialize<'de> for Name<Filter> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        named(deserializer, Filter::parse)
    }
}

impl<'de> Deserialize<'de> for Name<Gender> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        named(deserializer, Gender::parse)
    }
}

fn named<'de, D: Deserializer<'de>, T>(
    deserializer: D,
    read: fn(&str) -> Option<T>,
) -> Result<Name<T>, D::Error> {
    let Text(name) = Text::deserialize(deserializer)?;
    read(&name).map(Name).ok_or_else(|| Error::custom("no such name"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn words(
        frame: Result<ClientFrame<'_>, FrameError>,
    ) -> Result<[Option<String>; 3], FrameError> {
        frame.map(|frame| match frame {
            ClientFrame::Msg { peer, id, text } => {
                [peer, id, Some(text)].map(|words| words.map(Cow::into_owned))
            }
            _ => Default::default(),
        })
    }

    /// Pieces of messages, of which many make one.
    fn piece() -> impl Strategy<Value = String> {
        let name = prop::sample::select(vec!["peer", "id", "text", "text", "action", "x"]);
        let value = prop::sample::select(vec![
            r#""a""#,
            r#""é}""#,
            r#""""#,
            r#""\n""#,
            r#""\"""#,
            "\"\t\"",
            "\"\u{7f}\"",
            "null",
            "1",
            r#""msg""#,
            r#"{"a":1}"#,
        ]);
        let comma = prop::sample::select(vec![",", ",", ",", ", ", "", "}", "\""]);
        (comma, name, value).prop_map(|(comma, name, value)| format!("{comma}\"{name}\":{value}"))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]
        #[test]
        fn a_plain_message_is_read_as_any_frame(
            pieces in prop::collection::vec(piece(), 0..4),
            end in prop::sample::select(vec!["}", "}", "}", "}}", "} ", "", "]"]),
        ) {
            let json = format!(r#"{{"action":"msg"{}{end}"#, pieces.concat());
            if let Some(frame) = plain_message(&json) {
                prop_assert_eq!(words(Ok(frame)), words(parse_frame(&json)), "{}", json);
            }
        }
    }

    #[test]
    fn a_message_as_browsers_write_it_is_a_plain_one() {
        for json in [
            r#"{"action":"msg","text":"héllo, {you}"}"#,
            r#"{"action":"msg","peer":"p","id":"c1","text":"a"}"#,
            r#"{"action":"msg","text":"a","id":"c1"}"#,
        ] {
            assert!(plain_message(json).is_some(), "{json}");
        }
    }

    #[test]
    fn an_action_that_comes_late_or_twice_is_read_as_ever() {
        for (json, error) in [
            (r#"{"text":"a","action":"msg"}"#, None),
            (r#"{"action":"msg","text":"a","x":[{"action":"ack"}]}"#, None),
            (r#"{"action":"msg","text":"a","action":"msg"}"#, Some(None)),
            (r#"{"action":"msg","text":"a","text":"b"}"#, Some(Some(Action::Msg))),
            (r#"{"action":"msg","text":"a"} x"#, Some(None)),
            (r#"["msg"]"#, Some(None)),
        ] {
            let wanted = error.map(|action| FrameError::Malformed { action });
            assert_eq!(decode(json).err(), wanted, "{json}");
        }
    }

    #[test]
    fn a_text_without_escapes_is_not_copied() {
        for (json, borrowed) in [
            (r#"{"action":"msg","id":"c1","text":"héllo"}"#, true),
            (r#"{"action":"msg","id":"c1","text":"h\u00e9llo"}"#, false),
        ] {
            let Ok(ClientFrame::Msg { text, .. }) = decode(json) else { panic!("{json}") };
            assert_eq!(text, "héllo");
            assert_eq!(matches!(text, Cow::Borrowed(_)), borrowed);
        }
    }
}
