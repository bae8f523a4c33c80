//! One frame on the wire (RFC 6455, section 5).

use super::Violation;

/// The most bytes that a control frame carries.
pub(super) const CONTROL: usize = 125;

/// What a frame is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Opcode {
    Continuation,
    Text,
    Binary,
    Close,
    Ping,
    Pong,
}

/// The head of a client's frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Head {
    /// Whether it is the last frame of its message.
    pub(super) is_last: bool,
    pub(super) opcode: Opcode,
    pub(super) mask: [u8; 4],
    /// Bytes of the head itself.
    pub(super) size: usize,
    /// Bytes of what it carries.
    pub(super) carries: usize,
}

impl Opcode {
    const fn parse(bits: u8) -> Option<Self> {
        Some(match bits {
            0 => Self::Continuation,
            1 => Self::Text,
            2 => Self::Binary,
            8 => Self::Close,
            9 => Self::Ping,
            10 => Self::Pong,
            _ => return None,
        })
    }

    const fn bits(self) -> u8 {
        match self {
            Self::Continuation => 0,
            Self::Text => 1,
            Self::Binary => 2,
            Self::Close => 8,
            Self::Ping => 9,
            Self::Pong => 10,
        }
    }

    pub(super) const fn is_control(self) -> bool {
        matches!(self, Self::Close | Self::Ping | Self::Pong)
    }
}

impl Head {
    /// Reads the head of a client's frame; `None` if the bytes end before it does.
    ///
    /// # Errors
    ///
    /// A [`Violation`], if no client that keeps the protocol sends such a frame, or if it carries
    /// more than `longest` bytes. Of what is not there yet nothing is awaited for it.
    pub(super) fn parse(bytes: &[u8], longest: usize) -> Result<Option<Self>, Violation> {
        let &[first, second, ref rest @ ..] = bytes else { return Ok(None) };
        let opcode = Opcode::parse(first & 0x0f).ok_or(Violation::Protocol)?;
        let (is_last, is_reserved, is_masked) =
            (first & 0x80 != 0, first & 0x70 != 0, second & 0x80 != 0);
        let short = second & 0x7f;
        let breaks = opcode.is_control() && (!is_last || usize::from(short) > CONTROL);
        if is_reserved || !is_masked || breaks {
            return Err(Violation::Protocol);
        }
        let (length, width) = match (short, rest) {
            (126, &[a, b, ..]) => (u16::from_be_bytes([a, b]).into(), 2),
            (127, &[a, b, c, d, e, f, g, h, ..]) => {
                (u64::from_be_bytes([a, b, c, d, e, f, g, h]), 8)
            }
            (126 | 127, _) => return Ok(None),
            _ => (u64::from(short), 0),
        };
        if length >> 63 != 0 {
            return Err(Violation::Protocol);
        }
        let carries = usize::try_from(length).ok().filter(|length| *length <= longest);
        let carries = carries.ok_or(Violation::TooLong)?;
        let Some(&mask) = rest[width..].first_chunk() else { return Ok(None) };
        Ok(Some(Self { is_last, opcode, mask, size: 2 + width + mask.len(), carries }))
    }
}

/// Takes the mask off what a frame carries.
pub(super) fn unmask(payload: &mut [u8], mask: [u8; 4]) {
    let [a, b, c, d] = mask;
    let wide = u64::from_ne_bytes([a, b, c, d, a, b, c, d]);
    let (words, rest) = payload.as_chunks_mut();
    for word in words {
        *word = (u64::from_ne_bytes(*word) ^ wide).to_ne_bytes();
    }
    for (byte, key) in rest.iter_mut().zip(mask.into_iter().cycle()) {
        *byte ^= key;
    }
}

/// Appends a frame of the server with what `write` appends in it.
pub(super) fn append(out: &mut Vec<u8>, opcode: Opcode, write: impl FnOnce(&mut Vec<u8>)) {
    // Mostly the right size; else what follows is moved.
    const HEAD: usize = 4;
    let start = out.len();
    out.extend_from_slice(&[0; HEAD]);
    write(out);
    let carries = out.len() - start - HEAD;
    let first = 0x80 | opcode.bits();
    if let Ok(long) = u16::try_from(carries) {
        let [high, low] = long.to_be_bytes();
        if carries <= CONTROL {
            out.copy_within(start + HEAD.., start + 2);
            out.truncate(start + 2 + carries);
            out[start..start + 2].copy_from_slice(&[first, low]);
        } else {
            out[start..start + HEAD].copy_from_slice(&[first, 126, high, low]);
        }
    } else {
        let mut head = [first, 127, 0, 0, 0, 0, 0, 0, 0, 0];
        head[2..].copy_from_slice(&(carries as u64).to_be_bytes());
        out.splice(start..start + HEAD, head);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use tungstenite::protocol::frame::Frame;
    use tungstenite::protocol::frame::coding::{Data, OpCode};

    use super::*;

    const LONGEST: usize = 1 << 20;

    #[test]
    fn a_head_that_is_not_whole_is_waited_for() {
        for length in [0, 125, 126, 65_535, 65_536, LONGEST] {
            let mut frame = Frame::message(vec![7; length], OpCode::Data(Data::Binary), true);
            frame.header_mut().mask = Some([1, 2, 3, 4]);
            let mut bytes = Vec::new();
            frame.format(&mut bytes).expect("memory");
            let size = bytes.len() - length;
            for end in 0..size {
                assert_eq!(Head::parse(&bytes[..end], LONGEST), Ok(None), "{length}: {end}");
            }
            let head = Head::parse(&bytes[..size], LONGEST).expect("good").expect("whole");
            assert_eq!((head.size, head.carries, head.mask), (size, length, [1, 2, 3, 4]));
            assert!(head.is_last && head.opcode == Opcode::Binary);
        }
    }

    #[test]
    fn what_no_client_may_send_is_a_violation_at_once() {
        for (first, second) in [
            (0x91, 0x80), // reserved bits
            (0x83, 0x80), // reserved opcodes
            (0x8b, 0x80),
            (0x81, 0x05), // not masked
            (0x09, 0x80), // a control frame in parts
            (0x89, 0xfe), // and one that is too long
        ] {
            let head = Head::parse(&[first, second], LONGEST);
            assert_eq!(head, Err(Violation::Protocol), "{first:#x} {second:#x}");
        }
        let too_long = [0x81, 0xff, 0, 0, 0, 0, 0, 0x10, 0, 1];
        assert_eq!(Head::parse(&too_long, LONGEST), Err(Violation::TooLong));
        let impossible = [0x81, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 1];
        assert_eq!(Head::parse(&impossible, LONGEST), Err(Violation::Protocol));
    }

    proptest! {
        #[test]
        fn frames_are_written_as_others_write_them(
            before in prop::collection::vec(any::<u8>(), 0..9),
            length in prop_oneof![0..300_usize, 65_530..65_540_usize],
        ) {
            let payload: Vec<u8> = (0..length).map(|place| place as u8).collect();
            let mut expected = before.clone();
            Frame::message(payload.clone(), OpCode::Data(Data::Text), true)
                .format(&mut expected)
                .expect("memory");
            let mut out = before;
            append(&mut out, Opcode::Text, |out| out.extend_from_slice(&payload));
            prop_assert_eq!(out, expected);
        }

        #[test]
        fn a_mask_is_taken_off_by_putting_it_on_again(
            payload in prop::collection::vec(any::<u8>(), 0..100),
            mask: [u8; 4],
        ) {
            let mut masked = payload.clone();
            unmask(&mut masked, mask);
            let each = payload.iter().zip(mask.iter().cycle()).map(|(byte, key)| byte ^ key);
            prop_assert_eq!(&masked, &each.collect::<Vec<_>>());
            unmask(&mut masked, mask);
            prop_assert_eq!(masked, payload);
        }
    }
}
