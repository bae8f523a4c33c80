//! WebSocket as far as a measurement needs it: whole frames and the handshake, for both sides.

use std::ops::Range;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha1::{Digest, Sha1};

pub(crate) const TEXT: u8 = 1;
pub(crate) const PING: u8 = 9;
pub(crate) const PONG: u8 = 10;

/// What is longer counts as a fault of the other side.
const LONGEST: usize = 256 << 10;

/// One whole frame at the start of some bytes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Frame {
    pub(crate) opcode: u8,
    /// Where its payload stands, unmasked.
    pub(crate) payload: Range<usize>,
    /// Bytes of the whole frame.
    pub(crate) length: usize,
}

/// These bytes are no frame that is spoken here: a part of a message, or one too long.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Malformed;

/// The first frame, or `None` while it is not whole. A masked one is unmasked in place.
pub(crate) fn read(bytes: &mut [u8]) -> Result<Option<Frame>, Malformed> {
    let &mut [first, second, ref rest @ ..] = bytes else { return Ok(None) };
    if first & 0xF0 != 0x80 {
        return Err(Malformed);
    }
    let (size, mut start) = match second & 0x7F {
        126 => match rest.first_chunk() {
            Some(&size) => (usize::from(u16::from_be_bytes(size)), 4),
            None => return Ok(None),
        },
        127 => match rest.first_chunk() {
            Some(&size) => (usize::try_from(u64::from_be_bytes(size)).map_err(|_| Malformed)?, 10),
            None => return Ok(None),
        },
        size => (usize::from(size), 2),
    };
    if size > LONGEST {
        return Err(Malformed);
    }
    let masked = second & 0x80 != 0;
    let mask: Option<[u8; 4]> =
        bytes.get(start..).and_then(<[u8]>::first_chunk).copied().filter(|_| masked);
    if masked {
        start += 4;
    }
    let Some(payload) = bytes.get_mut(start..start + size) else { return Ok(None) };
    if let Some(mask) = mask {
        apply(mask, payload);
    }
    Ok(Some(Frame { opcode: first & 0x0F, payload: start..start + size, length: start + size }))
}

/// Appends one whole frame, masked if it is a client's.
pub(crate) fn write(opcode: u8, payload: &[u8], mask: Option<[u8; 4]>, out: &mut Vec<u8>) {
    let masked = if mask.is_some() { 0x80 } else { 0 };
    out.push(0x80 | opcode);
    match (u8::try_from(payload.len()), u16::try_from(payload.len())) {
        (Ok(size @ ..=125), _) => out.push(masked | size),
        (_, Ok(size)) => {
            out.push(masked | 126);
            out.extend_from_slice(&size.to_be_bytes());
        }
        _ => {
            out.push(masked | 127);
            out.extend_from_slice(&(payload.len() as u64).to_be_bytes());
        }
    }
    out.extend(mask.iter().flatten());
    let start = out.len();
    out.extend_from_slice(payload);
    if let Some(mask) = mask {
        apply(mask, &mut out[start..]);
    }
}

fn apply(mask: [u8; 4], payload: &mut [u8]) {
    for four in payload.chunks_mut(4) {
        for (byte, key) in four.iter_mut().zip(mask) {
            *byte ^= key;
        }
    }
}

/// Where the head of an HTTP message ends, once it is whole.
pub(crate) fn head_end(bytes: &[u8]) -> Option<usize> {
    bytes.windows(4).position(|four| four == b"\r\n\r\n").map(|at| at + 4)
}

/// The value of a header in a head.
pub(crate) fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let mut fields = head.lines().filter_map(|line| line.split_once(':'));
    fields.find(|(field, _)| field.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
}

/// What a server answers to a `Sec-WebSocket-Key`.
pub(crate) fn accept(key: &str) -> String {
    let mut hash = Sha1::new();
    hash.update(key);
    hash.update("258EAFA5-E914-47DA-95CA-C5AB0DC85B11");
    STANDARD.encode(hash.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_once_it_is_whole() {
        for size in [0, 1, 125, 126, 65_535, 65_536] {
            for mask in [None, Some([1, 2, 3, 250])] {
                let payload = vec![b'x'; size];
                let mut bytes = Vec::new();
                write(TEXT, &payload, mask, &mut bytes);
                let whole = bytes.len();
                assert_eq!(read(&mut bytes.clone()[..whole - 1]), Ok(None));
                bytes.push(7);
                let frame = read(&mut bytes).expect("a frame").expect("whole");
                assert_eq!((frame.opcode, frame.length), (TEXT, whole));
                assert_eq!(bytes[frame.payload], payload);
            }
        }
    }

    #[test]
    fn parts_of_a_message_and_endless_frames_are_refused() {
        assert_eq!(read(&mut [0x01, 0]), Err(Malformed));
        assert_eq!(read(&mut [0x81, 127, 255, 0, 0, 0, 0, 0, 0, 0]), Err(Malformed));
    }

    #[test]
    fn the_answer_to_a_key_is_that_of_the_standard() {
        assert_eq!(accept("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
        let head = "GET / HTTP/1.1\r\nsec-websocket-KEY:  abc \r\n\r\n";
        assert_eq!(header(head, "Sec-WebSocket-Key"), Some("abc"));
        assert_eq!(head_end(head.as_bytes()), Some(head.len()));
    }
}
