//! The same bytes before another implementation, and clients that write and read in small pieces.

use std::io::{self, Cursor, Read, Write};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use futures_util::FutureExt;
use proptest::prelude::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tungstenite::protocol::frame::coding::{Control, Data, OpCode};
use tungstenite::protocol::frame::{Frame, FrameHeader};
use tungstenite::protocol::{Role, WebSocket, WebSocketConfig};
use tungstenite::{Error, Message};

use super::exercise::{LONGEST, exercise, read};
use super::reader::Item;
use super::socket::Socket;
use super::*;
use crate::transport::{Heard, Transport};
use anonchat_core::Client;
use anonchat_core::session::ServerFrame;

/// Bytes to read, and what is answered.
struct Wire(Cursor<Vec<u8>>, Vec<u8>);

impl Read for Wire {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        Read::read(&mut self.0, into)
    }
}

impl Write for Wire {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Write::write(&mut self.1, bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A frame as a client sends it.
fn frame(opcode: OpCode, is_last: bool, payload: &[u8]) -> Vec<u8> {
    let mask = Some([0x11, 0x22, 0x33, 0x44]);
    let header = FrameHeader { is_final: is_last, opcode, mask, ..FrameHeader::default() };
    let frame = Frame::from_payload(header, payload.to_vec().into());
    let mut bytes = Vec::new();
    frame.format(&mut bytes).expect("memory");
    bytes
}

fn text(text: &str) -> Vec<u8> {
    frame(OpCode::Data(Data::Text), true, text.as_bytes())
}

/// What another server reads of bytes, and whether it finds a violation at the end.
fn tungstenite(bytes: &[u8]) -> (Vec<(Item, Vec<u8>)>, Option<Violation>) {
    let config =
        WebSocketConfig::default().max_message_size(Some(LONGEST)).max_frame_size(Some(LONGEST));
    let wire = Wire(Cursor::new(bytes.to_vec()), Vec::new());
    let mut socket = WebSocket::from_raw_socket(wire, Role::Server, Some(config));
    let mut items = Vec::new();
    loop {
        match socket.read() {
            Ok(Message::Text(text)) => items.push((Item::Text, text.as_bytes().to_vec())),
            Ok(Message::Binary(bytes)) => items.push((Item::Binary, bytes.to_vec())),
            Ok(Message::Ping(bytes)) => items.push((Item::Ping, bytes.to_vec())),
            Ok(Message::Pong(bytes)) => items.push((Item::Pong, bytes.to_vec())),
            Ok(Message::Close(close)) => {
                let code = close.map(|close| u16::from(close.code));
                items.push((Item::Close(code), Vec::new()));
                return (items, None);
            }
            Ok(Message::Frame(_)) => unreachable!("frames are put together"),
            Err(Error::Capacity(_)) => return (items, Some(Violation::TooLong)),
            Err(Error::Utf8(_)) => return (items, Some(Violation::Utf8)),
            Err(Error::Protocol(
                tungstenite::error::ProtocolError::ResetWithoutClosingHandshake,
            )) => return (items, None),
            Err(Error::Protocol(_)) => return (items, Some(Violation::Protocol)),
            Err(_) => return (items, None),
        }
    }
}

/// What we read, with texts looked at as the loop does.
fn ours(bytes: &[u8]) -> (Vec<(Item, Vec<u8>)>, Option<Violation>) {
    let (mut items, mut end) = read([bytes].into_iter());
    let bad = |(item, message): &(Item, Vec<u8>)| {
        *item == Item::Text && std::str::from_utf8(message).is_err()
    };
    if let Some(place) = items.iter().position(bad) {
        items.truncate(place);
        end = Some(Violation::Utf8);
    }
    for (item, message) in &mut items {
        if let Item::Close(code) = item {
            message.clear();
            // It was registered later than the other one has its codes from, which takes it for a violation.
            *code = code.map(|code| if code == 1014 { 1002 } else { code });
        }
    }
    (items, end)
}

fn opcodes() -> impl Strategy<Value = OpCode> {
    prop::sample::select(vec![
        OpCode::Data(Data::Text),
        OpCode::Data(Data::Binary),
        OpCode::Data(Data::Continue),
        OpCode::Control(Control::Ping),
        OpCode::Control(Control::Pong),
        OpCode::Control(Control::Close),
    ])
}

/// Frames as a client may send them, and as none may.
fn frames() -> impl Strategy<Value = Vec<u8>> {
    let payload = prop_oneof![
        4 => "[a-zé]{0,20}".prop_map(String::into_bytes),
        1 => prop::collection::vec(any::<u8>(), 0..130),
        1 => Just(vec![b'x'; LONGEST - 1]),
        1 => (990_u16..1020).prop_map(|code| code.to_be_bytes().to_vec()),
    ];
    let frame = (opcodes(), prop::bool::weighted(0.7), payload)
        .prop_map(|(opcode, is_last, payload)| frame(opcode, is_last, &payload));
    prop::collection::vec(frame, 0..8).prop_map(|frames| frames.concat())
}

#[test]
fn a_code_that_another_implementation_does_not_know_is_taken() {
    let bytes = frame(OpCode::Control(Control::Close), true, &1014_u16.to_be_bytes());
    assert_eq!(read([&bytes[..]].into_iter()).0[0].0, Item::Close(Some(1014)));
    assert_eq!(ours(&bytes), tungstenite(&bytes));
}

proptest! {
    #[test]
    fn another_implementation_reads_the_same(bytes in frames()) {
        let (ours, their) = (ours(&bytes), tungstenite(&bytes));
        match (ours.1, their.1) {
            // It looks at the beginning of a text before the end is there.
            (_, Some(Violation::Utf8)) => prop_assert!(ours.0.starts_with(&their.0)),
            // It answers a code that may not be sent, and calls that a goodbye.
            (Some(Violation::Protocol | Violation::Utf8), None)
                if matches!(their.0.last(), Some((Item::Close(_), _))) =>
            {
                prop_assert_eq!(&ours.0[..], &their.0[..their.0.len() - 1]);
            }
            _ => prop_assert_eq!(ours, their),
        }
    }

    #[test]
    fn the_pieces_in_which_bytes_come_make_no_difference(
        cut: u8,
        bytes in prop_oneof![frames(), prop::collection::vec(any::<u8>(), 0..200)],
    ) {
        let mut data = vec![cut];
        data.extend(bytes);
        exercise(&data);
    }
}

fn pair(room: usize) -> (DuplexStream, Socket<DuplexStream>) {
    let (client, server) = duplex(room);
    (client, Socket::new(server, &[], LONGEST, Client::Native))
}

#[tokio::test]
async fn a_text_is_heard_once_it_is_whole_and_a_ping_is_answered() {
    let (mut client, mut socket) = pair(1 << 12);
    let bytes = [
        frame(OpCode::Data(Data::Text), false, b"hel"),
        frame(OpCode::Control(Control::Ping), true, b""),
        frame(OpCode::Data(Data::Continue), true, b"lo"),
    ]
    .concat();
    for piece in bytes.chunks(3) {
        client.write_all(piece).await.expect("room");
    }
    assert!(matches!(socket.hear().await, Heard::Alive));
    assert!(matches!(socket.hear_now(), Some(Heard::Text)));
    assert_eq!(socket.text(), Ok("hello"));
    assert!(socket.hear_now().is_none() && socket.is_dirty());
    socket.flush().await.expect("the client reads");
    let mut answer = [0; 2];
    client.read_exact(&mut answer).await.expect("a pong");
    assert_eq!(answer, [0x8a, 0]);
}

#[tokio::test]
async fn what_was_read_with_the_handshake_comes_first() {
    let (_client, server) = duplex(64);
    let mut socket = Socket::new(server, &text("first"), LONGEST, Client::Native);
    assert!(matches!(socket.hear().await, Heard::Text));
    assert_eq!(socket.text(), Ok("first"));
}

#[tokio::test]
async fn a_client_that_reads_slowly_gets_every_byte_in_order() {
    let (mut client, mut socket) = pair(7);
    for number in 0..50 {
        socket.encode(&ServerFrame::ServerRestarting { reconnect_in_ms: number });
    }
    let mut read = Vec::new();
    {
        let mut flush = pin!(socket.flush());
        let waits = flush.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        assert!(matches!(waits, Poll::Pending), "there is room for 7 bytes");
        let reading = async {
            let mut some = [0; 5];
            while !read.ends_with(b":49}") {
                let count = client.read(&mut some).await.expect("bytes");
                read.extend_from_slice(&some[..count]);
            }
        };
        let (flushed, ()) = tokio::join!(flush, reading);
        assert_eq!(flushed, Ok(()));
    }
    assert!(!socket.is_dirty());
    let frames = String::from_utf8_lossy(&read);
    let numbers = frames.split("in_ms\":").skip(1).filter_map(|rest| rest.split('}').next());
    let numbers: Vec<u64> = numbers.filter_map(|number| number.parse().ok()).collect();
    assert_eq!(numbers, (0..50).collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn a_goodbye_waits_for_the_answer_and_no_longer_than_a_moment() {
    let (mut client, mut socket) = pair(1 << 12);
    client.write_all(&text("still on its way")).await.expect("room");
    socket.say_goodbye(4001, "replaced").await;
    let mut heard = Vec::new();
    client.read_to_end(&mut heard).now_or_never();
    assert_eq!(&heard[..4], &[0x88, 10, 0x0f, 0xa1]);
    assert_eq!(&heard[4..], b"replaced");

    let (mut client, mut socket) = pair(1 << 12);
    client
        .write_all(&frame(OpCode::Control(Control::Close), true, &[3, 0xe8]))
        .await
        .expect("room");
    assert!(matches!(socket.hear().await, Heard::Closed));
    socket.part().await;
    let mut heard = Vec::new();
    client.read_to_end(&mut heard).await.expect("the end");
    assert_eq!(heard, [0x88, 2, 3, 0xe8], "the goodbye is answered with its code");
}

#[tokio::test]
async fn violations_have_their_codes() {
    let unmasked = [0x81, 1, b'x'].to_vec();
    let too_long = frame(OpCode::Data(Data::Binary), true, &[0; LONGEST + 1]);
    let no_utf8 = frame(OpCode::Data(Data::Text), true, &[0xff]);
    for (bytes, code) in [(unmasked, 1002), (too_long, 1009), (no_utf8, 1007)] {
        let (mut client, mut socket) = pair(1 << 12);
        client.write_all(&bytes).await.expect("room");
        match socket.hear().await {
            Heard::Violation(found) => assert_eq!(found, code),
            Heard::Text => assert_eq!(socket.text(), Err(code)),
            _ => panic!("{code} was expected"),
        }
    }
}
