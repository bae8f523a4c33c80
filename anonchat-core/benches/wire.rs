//! What it costs to read a client's frame and to write one, beside what serde_json's derive takes
//! for the same.

use std::hint::black_box;
use std::sync::Arc;

use anonchat_core::session::{ErrorCode, Refusal, ServerFrame};
use anonchat_core::wire::{decode, encode};
use anonchat_core::{Alias, Allowance, ChatText, Client, Gender, MessageId, PairId, Profile, Side};
use criterion::{Criterion, criterion_group, criterion_main};
use serde::{Deserialize, Serialize};

/// Any frame of a client, as a plain derive reads it.
#[derive(Deserialize)]
#[expect(dead_code, reason = "only read")]
struct Plain<'a> {
    action: &'a str,
    peer: Option<&'a str>,
    id: Option<&'a str>,
    text: Option<&'a str>,
    filter: Option<&'a str>,
    nickname: Option<&'a str>,
    bio: Option<&'a str>,
    typing: Option<bool>,
}

/// A message, as a plain derive writes it.
#[derive(Serialize)]
struct PlainMessage<'a> {
    r#type: &'a str,
    from: &'a str,
    id: Option<&'a str>,
    text: &'a str,
}

/// Sixty-four bytes.
const WORDS: &str = "I have been to the sea this summer, and you? It was rather cold!";
const NAME: &str = "a0123456789abcdef0123456789abcdef";

fn decoding(criterion: &mut Criterion) {
    let join =
        r#"{"action":"join","filter":"female","nickname":"Kim","bio":"Cats and long walks"}"#;
    let frames = [
        ("msg", format!(r#"{{"action":"msg","text":"{WORDS}"}}"#)),
        (
            "msg_native",
            format!(r#"{{"action":"msg","peer":"{NAME}","id":"c12","text":"{WORDS}"}}"#),
        ),
        ("join", join.to_owned()),
        ("ack", format!(r#"{{"action":"ack","peer":"{NAME}","id":"c12"}}"#)),
        ("typing", format!(r#"{{"action":"typing","peer":"{NAME}","typing":true}}"#)),
    ];
    let mut group = criterion.benchmark_group("decode");
    for (name, frame) in &frames {
        group.bench_function(*name, |b| b.iter(|| decode(black_box(frame)).is_ok()));
        group.bench_function(format!("{name}/plain"), |b| {
            b.iter(|| serde_json::from_str::<Plain<'_>>(black_box(frame)).is_ok());
        });
    }
    group.finish();
}

fn encoding(criterion: &mut Criterion) {
    let alias = Alias { pair: PairId::from_bytes([0x5a; 16]), side: Side::A };
    let profile = Profile { nickname: Some("Kim".into()), bio: Some("Cats".into()) };
    let frames = [
        (
            "msg",
            Client::Plain,
            ServerFrame::Msg { from: alias, id: None, text: ChatText::new(WORDS) },
        ),
        (
            "msg_native",
            Client::Native,
            ServerFrame::Msg { from: alias, id: MessageId::new("c12"), text: ChatText::new(WORDS) },
        ),
        (
            "matched",
            Client::Native,
            ServerFrame::Matched {
                peer: alias,
                profile: Arc::new(profile),
                gender: Some(Gender::Female),
                verified: true,
                limits: Allowance::new([5, 4, 5, 5]),
            },
        ),
        ("error", Client::Native, ServerFrame::Error(Refusal::new(ErrorCode::RateLimited))),
    ];
    let mut group = criterion.benchmark_group("encode");
    for (name, client, frame) in &frames {
        group.bench_function(*name, |b| b.iter(|| encode(black_box(frame), *client)));
    }
    for (name, id) in [("msg/plain", None), ("msg_native/plain", Some("c12"))] {
        group.bench_function(name, |b| {
            b.iter(|| {
                let message = PlainMessage { r#type: "msg", from: NAME, id, text: WORDS };
                serde_json::to_string(&black_box(message)).expect("writes")
            });
        });
    }
    group.finish();
}

criterion_group!(benches, decoding, encoding);
criterion_main!(benches);
