//! What fuzzers call, and the seeds that they start from.
//!
//! An input is a byte that chooses what is read, and what is read: the payload of a channel as it
//! is, or a reply as items, each a byte for its type and its content.

use std::collections::BTreeSet;

use anonchat_core::history::{Coverage, Run};
use anonchat_core::{
    Body, ChatText, Conn, DeviceId, MessageId, NodeId, PairId, Query, View, Whisper,
};
use redis::Value;

use super::decode::{Reply, commit, opened, view};
use super::mail::{Batch, batch, encode_whisper, whisper};
use super::mirror;
use super::rooms::exercise::{self as rooms, Kind};

const COMMIT: u8 = 0;
const VIEW: u8 = 1;
const OPENED: u8 = 2;
const BATCH: u8 = 3;
const WHISPER: u8 = 4;
const ROOM_COMMIT: u8 = 5;
const ROOM_VIEW: u8 = 6;
const ROOM_BATCH: u8 = 7;
const KINDS: u8 = 8;

const SMALL: u8 = 0;
const NUMBER: u8 = 1;
const STRING: u8 = 2;

/// Reads any bytes as what Redis might send.
///
/// # Panics
///
/// If something is read as what would have been written otherwise.
pub fn replies(data: &[u8]) {
    let Some((kind, data)) = data.split_first() else { return };
    match kind % KINDS {
        COMMIT => {
            let value = value(data);
            if let Ok(reply) = commit(value.clone()) {
                assert_eq!(mirror::commit(&reply), value, "a commit is read as it is written");
            }
        }
        VIEW => {
            for query in queries() {
                let value = value(data);
                if let Ok(seen) = view(&query, value.clone()) {
                    assert_eq!(mirror::view(&seen), value, "a view is read as it is written");
                }
            }
        }
        OPENED => drop(opened(value(data))),
        BATCH => {
            if let Ok(read) = batch(data) {
                assert_eq!(mirror::batch(&read), data, "a batch is read as it is written");
            }
        }
        ROOM_COMMIT => rooms::reply(Kind::Commit, &value(data)),
        ROOM_VIEW => rooms::reply(Kind::View, &value(data)),
        ROOM_BATCH => rooms::payload(data),
        _ => {
            if let Ok(read) = whisper(data) {
                assert_eq!(encode_whisper(&read), data, "a whisper is read as it is written");
            }
        }
    }
}

/// Inputs with at least one of each commit, fact, refusal, view and whisper, the same every time.
pub fn reply_seeds() -> Vec<Vec<u8>> {
    let (mut seeds, mut known) = (Vec::new(), BTreeSet::new());
    for seed in 0..400 {
        Run::from_seed(seed, 120).play(|pool, step, commit| {
            let mut reached = Coverage::default();
            reached.record(&step.command, commit);
            let names = reached.counts().filter(|(_, count)| *count > 0).map(|(name, _)| name);
            let news = names.filter(|name| known.insert(*name)).count();
            if news > 0 {
                let reply = Reply { commit: commit.clone(), mail: Some(commit.seq) };
                seeds.push(input(COMMIT, &items(&mirror::commit(&reply))));
                let envelopes = commit.outcome.clone().unwrap_or_default();
                seeds.push(input(BATCH, &mirror::batch(&Batch { number: commit.seq, envelopes })));
            }
            for query in queries() {
                let view = pool.read(step.at, &query);
                if known.insert(kind_of(&view)) {
                    seeds.push(input(VIEW, &items(&mirror::view(&view))));
                }
            }
        });
    }
    seeds.push(input(OPENED, &items(&Value::Array(vec![Value::Int(0), Value::Int(3)]))));
    seeds.push(input(OPENED, &items(&Value::Array(vec![Value::Int(-1), Value::Int(2)]))));
    seeds.extend(whispers().iter().map(|whisper| input(WHISPER, &encode_whisper(whisper))));
    seeds.extend(rooms::seeds().into_iter().map(|(kind, value)| match (kind, value) {
        (Kind::Batch, Value::BulkString(payload)) => input(ROOM_BATCH, &payload),
        (Kind::View, value) => input(ROOM_VIEW, &items(&value)),
        (_, value) => input(ROOM_COMMIT, &items(&value)),
    }));
    seeds
}

fn kind_of(view: &View) -> &'static str {
    match view {
        View::Census(_) => "view Census",
        View::Standing { banned_until: None } => "view Standing free",
        View::Standing { banned_until: Some(_) } => "view Standing banned",
        View::Wait(None) => "view Wait none",
        View::Wait(Some(_)) => "view Wait",
        View::Reports(page) if page.reports.is_empty() => "view Reports none",
        View::Reports(page) if page.next.is_none() => "view Reports",
        View::Reports(_) => "view Reports and more",
        View::Bans(bans) if bans.is_empty() => "view Bans none",
        View::Bans(_) => "view Bans",
        View::Outbox(orders) if orders.is_empty() => "view Outbox none",
        View::Outbox(_) => "view Outbox",
    }
}

fn queries() -> [Query; 7] {
    let device = Run::devices().next().unwrap_or(DeviceId::from_bytes([1; 16]));
    [
        Query::Census,
        Query::Standing { device },
        Query::Wait { device },
        Query::Reports { before: None, open: false, limit: 8 },
        Query::Reports { before: None, open: true, limit: 2 },
        Query::Bans { after: None, limit: 8 },
        Query::Outbox { after: 0, limit: 8 },
    ]
}

fn whispers() -> Vec<Whisper> {
    let to = Conn { node: NodeId(1), id: 2 };
    let id = MessageId::new("m1");
    let text = || ChatText::new("h\u{e9}");
    let bodies = [
        Some(Body::Text { id: None, text: text() }),
        Some(Body::Typing(true)),
        id.clone().map(|id| Body::Text { id: Some(id), text: text() }),
        id.map(Body::Ack),
    ];
    let pair = PairId::from_bytes([9; 16]);
    bodies.into_iter().flatten().map(|body| Whisper { to, pair, body }).collect()
}

fn input(kind: u8, content: &[u8]) -> Vec<u8> {
    [&[kind], content].concat()
}

/// A reply out of any bytes.
fn value(mut rest: &[u8]) -> Value {
    let mut items = Vec::new();
    while let Some((kind, behind)) = rest.split_first() {
        let (item, behind) = match *kind {
            SMALL => {
                let (number, behind) = cut(behind, 1);
                (
                    Value::Int(number.first().map_or(0, |number| (*number).cast_signed().into())),
                    behind,
                )
            }
            NUMBER => {
                let (number, behind) = cut(behind, 8);
                let number = number.iter().fold(0, |sum, byte| sum << 8 | i64::from(*byte));
                (Value::Int(number), behind)
            }
            STRING => {
                let (length, behind) = cut(behind, 2);
                let length = length.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte));
                let (bytes, behind) = cut(behind, length);
                (Value::BulkString(bytes.to_vec()), behind)
            }
            3 => (Value::Nil, behind),
            4 => (Value::Okay, behind),
            5 => (Value::Double(1.0), behind),
            6 => (Value::Boolean(true), behind),
            _ => (Value::Array(Vec::new()), behind),
        };
        items.push(item);
        rest = behind;
    }
    Value::Array(items)
}

/// The bytes out of which [`value`] makes this reply.
fn items(value: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    let Value::Array(items) = value else { return bytes };
    for item in items {
        match item {
            Value::Int(number) => match i8::try_from(*number) {
                Ok(small) => bytes.extend([SMALL, small.cast_unsigned()]),
                Err(_) => bytes.extend([&[NUMBER][..], &number.to_be_bytes()].concat()),
            },
            Value::BulkString(string) => {
                bytes.push(STRING);
                bytes.extend((string.len() as u16).to_be_bytes());
                bytes.extend(string);
            }
            _ => bytes.push(3),
        }
    }
    bytes
}

fn cut(bytes: &[u8], count: usize) -> (&[u8], &[u8]) {
    bytes.split_at(count.min(bytes.len()))
}
