//! From the bytes of a client to what they say, wherever they were cut.

use std::ops::Range;

use super::Violation;
use super::frame::{Head, Opcode, unmask};

/// What a client sends. Holds nothing but what is not read yet, and the last message.
pub(super) struct Reader {
    /// What has come, the mask taken off as far as it is read.
    bytes: Vec<u8>,
    /// How far it is read.
    read: usize,
    /// Where in `bytes` the last item is, unless it is a message in several frames.
    last: Option<Range<usize>>,
    /// The frames so far of a message that comes in several, or that one itself.
    parts: Vec<u8>,
    /// What that message is, while it is not whole.
    unfinished: Option<Opcode>,
    /// Bytes that a message may have.
    longest: usize,
}

/// What came.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Item {
    /// A text: see [`Reader::message`].
    Text,
    /// Bytes that are no text.
    Binary,
    /// A question for a sign of life, to be answered with the same bytes.
    Ping,
    /// A sign of life.
    Pong,
    /// Goodbye, with the code that was given.
    Close(Option<u16>),
}

impl Reader {
    pub(super) const fn new(longest: usize) -> Self {
        Self {
            bytes: Vec::new(),
            read: 0,
            last: None,
            parts: Vec::new(),
            unfinished: None,
            longest,
        }
    }

    /// Takes what has come.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// What comes next, if it is there whole. Once everything is read no memory is kept.
    ///
    /// # Errors
    ///
    /// A [`Violation`]; what comes after it means nothing any more.
    pub(super) fn next(&mut self) -> Result<Option<Item>, Violation> {
        if self.unfinished.is_none() {
            self.parts = Vec::new();
        }
        while let Some(head) = Head::parse(&self.bytes[self.read..], self.longest)? {
            self.check(&head)?;
            let start = self.read + head.size;
            let place = start..start + head.carries;
            let Some(payload) = self.bytes.get_mut(place.clone()) else { break };
            unmask(payload, head.mask);
            self.read = place.end;
            self.last = Some(place);
            if let Some(item) = self.item(&head)? {
                return Ok(Some(item));
            }
        }
        self.forget_read();
        Ok(None)
    }

    /// What the last item carried.
    pub(super) fn message(&self) -> &[u8] {
        match &self.last {
            Some(place) => &self.bytes[place.clone()],
            None => &self.parts,
        }
    }

    /// Whether a frame may come now.
    fn check(&self, head: &Head) -> Result<(), Violation> {
        match (head.opcode, self.unfinished) {
            (Opcode::Continuation, None) | (Opcode::Text | Opcode::Binary, Some(_)) => {
                Err(Violation::Protocol)
            }
            (Opcode::Continuation, _) if self.parts.len() + head.carries > self.longest => {
                Err(Violation::TooLong)
            }
            _ => Ok(()),
        }
    }

    /// What is whole with a frame, which is the last message.
    fn item(&mut self, head: &Head) -> Result<Option<Item>, Violation> {
        let payload = self.last.clone().map_or(&[][..], |place| &self.bytes[place]);
        let kind = match head.opcode {
            Opcode::Ping => return Ok(Some(Item::Ping)),
            Opcode::Pong => return Ok(Some(Item::Pong)),
            Opcode::Close => return goodbye(payload).map(|code| Some(Item::Close(code))),
            kind if head.is_last && self.unfinished.is_none() => kind,
            kind => {
                self.parts.extend_from_slice(payload);
                self.last = None;
                let kind = *self.unfinished.get_or_insert(kind);
                if !head.is_last {
                    return Ok(None);
                }
                self.unfinished = None;
                kind
            }
        };
        Ok(Some(if kind == Opcode::Text { Item::Text } else { Item::Binary }))
    }

    fn forget_read(&mut self) {
        self.last = None;
        if self.read == self.bytes.len() {
            self.bytes = Vec::new();
        } else {
            self.bytes.drain(..self.read);
        }
        self.read = 0;
    }
}

/// The code of a close frame.
fn goodbye(payload: &[u8]) -> Result<Option<u16>, Violation> {
    let Some((&code, reason)) = payload.split_first_chunk() else {
        return if payload.is_empty() { Ok(None) } else { Err(Violation::Protocol) };
    };
    let code = u16::from_be_bytes(code);
    // RFC 6455, section 7.4, and what has been registered since.
    match code {
        1000..=1003 | 1007..=1014 | 3000..=4999 => {}
        _ => return Err(Violation::Protocol),
    }
    match std::str::from_utf8(reason) {
        Ok(_) => Ok(Some(code)),
        Err(_) => Err(Violation::Utf8),
    }
}
