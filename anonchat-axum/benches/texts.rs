//! What a screen costs for a text, beside a bare pass over its bytes; and a token, beside an
//! HMAC-SHA-256 of as many bytes.
//!
//! ```text
//! cargo bench -p anonchat-axum --features test-util --bench texts
//! ```

use std::hint::black_box;

use anonchat_axum::core::{Attestor, DeviceId, Field, Gender, Screen, UnixMillis};
use anonchat_axum::screens::Screens;
use anonchat_axum::{Secret, exercise_tokens};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// Something that people say, as often as it takes.
const WORDS: &str = "I was at the lake all weekend, and you? Tell me about it. ";

/// Pieces that each could begin something to refuse, and never do.
const HOSTILE: &str = "a@ insta 12. seven (dot fuc e\u{301}\u{301} a/ ";

fn texts() -> [(&'static str, String); 3] {
    let cut = |text: &str, chars: usize| text.chars().cycle().take(chars).collect::<String>();
    [
        ("64 bytes", cut(WORDS, 64)),
        ("500 characters", cut(WORDS, 500)),
        ("hostile 10 KB", cut(HOSTILE, 10_000)),
    ]
}

fn screens(criterion: &mut Criterion) {
    let screens = Screens::default();
    let mut group = criterion.benchmark_group("screens");
    for (name, text) in texts() {
        group.throughput(Throughput::Bytes(text.len() as u64));
        for (function, field) in [("message", Field::Message), ("bio", Field::Bio)] {
            group.bench_with_input(BenchmarkId::new(function, name), &text, |bencher, text| {
                bencher.iter(|| screens.screen(field, black_box(text)));
            });
        }
        group.bench_with_input(BenchmarkId::new("bare pass", name), &text, |bencher, text| {
            bencher.iter(|| {
                let bytes = black_box(text).bytes();
                bytes.fold(0_u8, |all, byte| black_box(all ^ byte))
            });
        });
    }
    group.finish();
}

fn tokens(criterion: &mut Criterion) {
    let at = UnixMillis::new(1_800_000_000_000);
    let device = DeviceId::from_bytes([7; 16]);
    let (seal, attestor) = exercise_tokens(&Secret::random());
    let token = seal(at, device, Gender::Female);
    let mut group = criterion.benchmark_group("tokens");
    group.throughput(Throughput::Bytes(token.len() as u64));
    group.bench_function("seal", |bencher| {
        bencher.iter(|| seal(at, black_box(device), Gender::Female));
    });
    group.bench_function("attest", |bencher| {
        bencher.iter(|| attestor.attest(at, device, black_box(&token)));
    });
    group.bench_function("HMAC-SHA-256", |bencher| {
        bencher.iter(|| {
            let mac = Hmac::<Sha256>::new_from_slice(&[7; 32]).expect("any key");
            mac.chain_update(black_box(&token)).finalize()
        });
    });
    group.finish();
}

criterion_group!(benches, screens, tokens);
criterion_main!(benches);
