//! What is said on the wire: frames of the plain protocol, written and read.

use std::borrow::Cow;

use serde::Deserialize;

use super::stamp::Stamp;

/// What a server's frame says, as far as a measurement wants to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Word {
    Queued,
    Matched,
    /// A message, with its stamp if it has one.
    Message(Option<Stamp>),
    PeerLeft,
    /// A refusal, or what cannot be read.
    Fault,
    Other,
}

#[derive(Deserialize)]
struct Answer<'a> {
    #[serde(rename = "type", borrow)]
    kind: Cow<'a, str>,
    #[serde(borrow, default)]
    text: Cow<'a, str>,
}

impl Word {
    pub(crate) fn read(frame: &[u8]) -> Self {
        let Ok(answer) = serde_json::from_slice::<Answer<'_>>(frame) else { return Self::Fault };
        match &*answer.kind {
            "queued" => Self::Queued,
            "matched" => Self::Matched,
            "msg" => Self::Message(Stamp::read(&answer.text)),
            "peer_left" => Self::PeerLeft,
            "error" => Self::Fault,
            _ => Self::Other,
        }
    }
}

pub(crate) const LEAVE: &str = r#"{"action":"leave"}"#;

/// A wish to meet whoever is behind this filter.
pub(crate) fn join(filter: &str) -> String {
    format!(r#"{{"action":"join","filter":"{filter}","nickname":"bench"}}"#)
}

/// Writes a message. The text needs no escapes: it is made here.
pub(crate) fn message(text: &str, out: &mut String) {
    out.clear();
    out.push_str(r#"{"action":"msg","text":""#);
    out.push_str(text);
    out.push_str(r#""}"#);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_read_whatever_else_stands_in_them() {
        for (frame, word) in [
            (r#"{"type":"queued","filter":"any"}"#, Word::Queued),
            (r#"{"type":"matched","peer":"x","peer_profile":{"a":[1]}}"#, Word::Matched),
            (r#"{"type":"msg","from":"x","text":"hi \"you\""}"#, Word::Message(None)),
            (r#"{"peer":"x","type":"peer_left"}"#, Word::PeerLeft),
            (r#"{"type":"error","message":"no"}"#, Word::Fault),
            (r#"{"type":"stats"}"#, Word::Other),
            ("nonsense", Word::Fault),
        ] {
            assert_eq!(Word::read(frame.as_bytes()), word, "{frame}");
        }
    }

    #[test]
    fn a_stamp_goes_through_a_message() {
        let stamp = Stamp { sender: 3, number: 70_000, due: u64::MAX };
        let (mut text, mut frame) = (String::new(), String::new());
        stamp.write(64, &mut text);
        message(&text, &mut frame);
        let echo = frame.replace(r#""action":"msg""#, r#""type":"msg""#);
        assert_eq!(Word::read(echo.as_bytes()), Word::Message(Some(stamp)));
    }
}
