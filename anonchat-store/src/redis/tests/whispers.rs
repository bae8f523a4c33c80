//! What one member of a pair says to the other survives the way, and nothing else does.

use anonchat_core::{Body, ChatText, Conn, MessageId, NodeId, PairId, Whisper};
use proptest::prelude::*;

use super::made::{self, Said};
use crate::redis::mail::{encode_whisper, whisper};
use crate::redis::malformed::Malformed;

proptest! {
    #[test]
    fn a_whisper_arrives_as_it_was_sent((to, pair, said) in made::said()) {
        let payload = encode_whisper(&Whisper { to, pair, body: said.clone().body() });
        let arrived = whisper(&payload).map(|read| (read.to, read.pair, Said::of(read.body)));
        prop_assert_eq!(arrived, Ok((to, pair, said)));
    }

    #[test]
    fn any_bytes_are_a_whisper_or_an_error(
        kind in 0_u8..5,
        bytes in prop::collection::vec(any::<u8>(), 0..60),
    ) {
        let payload = [&[7; 32][..], &[kind], &bytes].concat();
        if let Ok(read) = whisper(&payload) {
            prop_assert_eq!(encode_whisper(&read), payload);
        }
    }
}

#[test]
fn a_whisper_is_laid_out_as_documented() {
    let to = Conn { node: NodeId(1), id: 2 };
    let pair = PairId::from_bytes([9; 16]);
    let head = [&[0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2][..], &[9; 16]].concat();
    let id = || MessageId::new("m1").expect("plain");
    let text = || ChatText::new("hé");
    for (body, tail) in [
        (Body::Text { id: None, text: text() }, &b"\0h\xc3\xa9"[..]),
        (Body::Text { id: Some(id()), text: text() }, b"\x01\x02m1h\xc3\xa9"),
        (Body::Typing(true), b"\x02\x01"),
        (Body::Ack(id()), b"\x03m1"),
    ] {
        let payload = encode_whisper(&Whisper { to, pair, body });
        assert_eq!(payload, [&head[..], tail].concat());
    }
}

#[test]
fn a_damaged_whisper_is_refused_without_being_shown() {
    let refused = |tail: &[u8]| whisper(&[&[0; 32][..], tail].concat()).err();
    assert_eq!(whisper(&[0; 31]).err(), Some(Malformed::Short));
    assert_eq!(refused(b""), Some(Malformed::Short));
    assert_eq!(refused(b"\x05"), Some(Malformed::Range("the kind of a whisper")));
    assert_eq!(refused(b"\x00\xff"), Some(Malformed::NotText));
    assert_eq!(refused(b"\x01\x00words"), Some(Malformed::Range("the id of a message")));
    assert_eq!(refused(b"\x01\x09m1"), Some(Malformed::Short));
    assert_eq!(refused(b"\x02\x02"), Some(Malformed::Range("a mark")));
    assert_eq!(refused(b"\x02\x01\x00"), Some(Malformed::Trailing));
    assert_eq!(refused(b"\x04\xff"), Some(Malformed::NotText));
    assert_eq!(refused(b"\x03"), Some(Malformed::Range("the id of a message")));
    let long = [&b"\0"[..], &vec![b'x'; (1 << 20) + 1]].concat();
    assert_eq!(refused(&long), Some(Malformed::TooLong("a text")));
}
