//! What goes through the channels: batches of envelopes, and whispers.

use anonchat_core::{Body, ChatImage, ChatText, Envelope, MessageId, Whisper};

use super::envelope::{MAX_ENVELOPES, envelope};
use super::malformed::Malformed;
use super::pack::Pack;
use super::unpack::{Unpack, text};

const TEXT: u8 = 0;
const TEXT_WITH_ID: u8 = 1;
const TYPING: u8 = 2;
const ACK: u8 = 3;
const IMAGE: u8 = 4;

/// The mail of one commit for one mailbox.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Batch {
    /// The batches of a mailbox are counted from 1, without holes.
    pub(super) number: u64,
    /// The envelopes, in their order.
    pub(super) envelopes: Vec<Envelope>,
}

/// What came through the channel of a mailbox.
pub(super) fn batch(payload: &[u8]) -> Result<Batch, Malformed> {
    let mut rest = Unpack::new(payload);
    let number = rest.u64()?;
    let mut envelopes = Vec::new();
    while !rest.is_empty() {
        if envelopes.len() == MAX_ENVELOPES {
            return Err(Malformed::TooLong("the mail of a commit"));
        }
        envelopes.push(envelope(rest.sized()?)?);
    }
    Ok(Batch { number, envelopes })
}

/// What came through the channel of a node's whispers.
pub(super) fn whisper(payload: &[u8]) -> Result<Whisper, Malformed> {
    let mut rest = Unpack::new(payload);
    let (to, pair) = (rest.conn()?, rest.pair()?);
    let body = match rest.u8()? {
        TEXT => Body::Text { id: None, text: words(&mut rest)? },
        TEXT_WITH_ID => {
            let length = rest.u8()?.into();
            let id = message_id(rest.bytes(length)?)?;
            Body::Text { id: Some(id), text: words(&mut rest)? }
        }
        TYPING => Body::Typing(rest.flag()?),
        ACK => Body::Ack(message_id(rest.rest())?),
        IMAGE => Body::Image(text(rest.rest()).map(ChatImage::new)?),
        _ => return Err(Malformed::Range("the kind of a whisper")),
    };
    rest.end()?;
    Ok(Whisper { to, pair, body })
}

/// A whisper for the channel of its node.
pub(super) fn encode_whisper(whisper: &Whisper) -> Vec<u8> {
    let pack = Pack::default().conn(whisper.to).pair(whisper.pair);
    let pack = match &whisper.body {
        Body::Text { id: None, text } => pack.u8(TEXT).bytes(text.reveal().as_bytes()),
        Body::Text { id: Some(id), text } => {
            let id = id.as_str().as_bytes();
            // An id has at most 32 bytes.
            pack.u8(TEXT_WITH_ID).u8(id.len() as u8).bytes(id).bytes(text.reveal().as_bytes())
        }
        Body::Image(image) => pack.u8(IMAGE).bytes(image.reveal().as_bytes()),
        Body::Typing(typing) => pack.u8(TYPING).flag(*typing),
        Body::Ack(id) => pack.u8(ACK).bytes(id.as_str().as_bytes()),
    };
    pack.done()
}

fn words(rest: &mut Unpack<'_>) -> Result<ChatText, Malformed> {
    text(rest.rest()).map(ChatText::new)
}

fn message_id(bytes: &[u8]) -> Result<MessageId, Malformed> {
    let id = std::str::from_utf8(bytes).map_err(|_| Malformed::NotText)?;
    MessageId::new(id).ok_or(Malformed::Range("the id of a message"))
}
