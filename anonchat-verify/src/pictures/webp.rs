//! WebP pictures.

use image::ExtendedColorType;
use image::codecs::webp::WebPEncoder;

use super::{
    HEIGHT, Sample, WIDTH, cuts, exif, followed, looping_exif, noise, pixels, scene, stored_sides,
};
use crate::DecodeError::{Animated, Damaged, TooLarge, TooSmall, Trailing, Truncated};

const ICC: u8 = 0x20;
const ALPHA: u8 = 0x10;
const EXIF: u8 = 0x08;
const ANIMATION: u8 = 0x02;

pub(super) fn good() -> Vec<Sample> {
    let plain = lossless(1);
    let solid: Vec<u8> = scene().chunks_exact(3).flat_map(|p| [p[0], p[1], p[2], 255]).collect();
    let (w, h) = (WIDTH as u16, HEIGHT as u16);
    let mask = chunk(b"ALPH", &[&[0][..], &[128; (WIDTH * HEIGHT) as usize]].concat());
    let prefixed = followed(b"Exif\0\0".to_vec(), &exif(1));
    let mut samples = vec![
        Sample::scene("WebP, lossless", riff(&plain)),
        Sample::scene(
            "WebP, lossless, transparent nowhere",
            encode(&solid, WIDTH, HEIGHT, ExtendedColorType::Rgba8),
        ),
        Sample::scene(
            "WebP with a profile of noise",
            extended(ICC, w, h, &[chunk(b"ICCP", &noise(5, 900)), plain.clone()]),
        ),
        Sample::scene(
            "WebP with looping Exif",
            extended(EXIF, w, h, &[plain.clone(), chunk(b"EXIF", &looping_exif())]),
        ),
        Sample::scene(
            "WebP with Exif as in JPEG",
            extended(EXIF, w, h, &[plain.clone(), chunk(b"EXIF", &prefixed)]),
        ),
        Sample::scene(
            "WebP with 1,000 unknown chunks",
            extended(0, w, h, &[chunk(b"tEXt", b"").repeat(1_000), plain]),
        ),
        Sample::other("WebP, lossy", riff(&lossy(w, h)), WIDTH, HEIGHT),
        Sample::other(
            "WebP, lossy, half transparent",
            extended(ALPHA, w, h, &[mask, lossy(w, h)]),
            WIDTH,
            HEIGHT,
        ),
    ];
    for orientation in 1..=8 {
        let (width, height) = stored_sides(orientation);
        let chunks = [lossless(orientation), chunk(b"EXIF", &exif(orientation))];
        let bytes = extended(EXIF, width as u16, height as u16, &chunks);
        samples.push(Sample::scene(&format!("WebP held as {orientation}"), bytes));
    }
    samples
}

/// As many pixels as are allowed, all of them transparent.
pub(super) fn largest() -> Sample {
    let black = vec![0; 4096 * 4096 * 4];
    Sample::other("WebP, largest", encode(&black, 4096, 4096, ExtendedColorType::Rgba8), 4096, 4096)
}

/// A lossless picture that says to have 65,536 groups of codes, and has so many codes, each of
/// which takes 12 bytes here and 4 KiB in a decoder.
pub(super) fn tables(codes: usize) -> Vec<u8> {
    let mut bits = Bits::default();
    bits.put(0x2f, 8);
    bits.put(WIDTH - 1, 14);
    bits.put(HEIGHT - 1, 14);
    bits.put(0, 4); // opaque, version 0
    bits.put(0, 1); // no transform
    bits.put(0, 1); // no cache of colours
    bits.put(1, 1); // several groups, chosen by a picture of blocks of 4 by 4:
    bits.put(0, 3);
    bits.put(0, 1);
    for _ in 0..5 {
        bits.put(0b101, 3); // one value, and that is 255
        bits.put(255, 8);
    }
    for _ in 0..codes {
        // Lengths of 1 to 10 bits, and 10 once more; these lengths coded in 3 or 4 bits each.
        bits.put(0, 1);
        bits.put(10, 4);
        for length in [0, 0, 0, 3, 3, 3, 3, 3, 0, 3, 4, 4, 4, 4] {
            bits.put(length, 3);
        }
        bits.put(1, 1);
        bits.put(1, 3);
        bits.put(9, 4);
        for code in [0, 4, 2, 6, 1, 5] {
            bits.put(code, 3); // the first bit of a code is the lowest here
        }
        for code in [3, 11, 7, 15, 15] {
            bits.put(code, 4);
        }
    }
    riff(&chunk(b"VP8L", &bits.bytes))
}

pub(super) fn bad() -> Vec<Sample> {
    let plain = lossless(1);
    let (w, h) = (WIDTH as u16, HEIGHT as u16);
    let whole = riff(&plain);
    let bad = |name, bytes, error| Sample::bad(name, bytes, error);
    let vast = |width: u32, height: u32| {
        let sides = [&(width - 1).to_le_bytes()[..3], &(height - 1).to_le_bytes()[..3]].concat();
        riff(&[chunk(b"VP8X", &[&[0; 4][..], &sides].concat()), plain.clone()].concat())
    };
    let mut wrong = whole.clone();
    wrong[20] = 0x2e;
    let (mut longer, mut shorter, mut odd) = (whole.clone(), whole.clone(), whole.clone());
    longer[4] ^= 0xff;
    longer[6] = 1;
    shorter[4] -= 2;
    odd[16] = odd[16].wrapping_add(64);
    let two = extended(0, w, h, &[plain.clone(), plain.clone()]);
    let mut samples = vec![
        bad("WebP of 16,777,216 by 16,777,216", vast(1 << 24, 1 << 24), TooLarge),
        bad("WebP of 60,000 by 60,000", vast(60_000, 60_000), TooLarge),
        bad("WebP, lossy, of 16,383 by 16,383", riff(&lossy(16_383, 16_383)), TooLarge),
        bad(
            "WebP, lossless, of 16,384 by 16,384",
            riff(&chunk(b"VP8L", &[0x2f, 255, 255, 255, 15, 0])),
            TooLarge,
        ),
        bad("WebP, lossy, without width", riff(&lossy(0, 200)), TooSmall),
        bad("WebP, small", riff(&lossy(99, 200)), TooSmall),
        bad(
            "WebP, animated",
            extended(ANIMATION, w, h, &[chunk(b"ANIM", &[0; 6]), plain.clone()]),
            Animated,
        ),
        bad(
            "WebP with a frame of an animation",
            extended(0, w, h, &[chunk(b"ANMF", &[0; 24]), plain.clone()]),
            Animated,
        ),
        bad("WebP of other sides than it says", vast(WIDTH, HEIGHT + 8), Damaged),
        bad("WebP without pixels", extended(0, w, h, &[]), Damaged),
        bad("WebP with two pictures", two, Damaged),
        bad("WebP of nothing", riff(b""), Damaged),
        bad(
            "WebP, lossless, of noise",
            riff(&chunk(b"VP8L", &[&plain[8..13], &noise(3, 40)[..]].concat())),
            Damaged,
        ),
        bad("WebP, lossless, with another signature", wrong, Damaged),
        bad("WebP, lossless, of tables", tables(1_500), Damaged),
        bad("WebP with a chunk past the end", odd, Damaged),
        bad("WebP that says to be longer", longer, Truncated),
        bad("WebP that says to be shorter", followed(whole.clone(), &[0, 0]), Trailing),
        bad("WebP with its last chunk cut by its length", shorter, Damaged),
        bad("WebP and an archive", followed(whole.clone(), b"PK\x05\x06\0\0\0\0"), Trailing),
        bad("WebP and a WebP", followed(whole.clone(), &whole), Trailing),
    ];
    samples.extend(cuts("WebP", &whole, 12));
    samples
}

fn encode(pixels: &[u8], width: u32, height: u32, colours: ExtendedColorType) -> Vec<u8> {
    let mut bytes = Vec::new();
    WebPEncoder::new_lossless(&mut bytes)
        .encode(pixels, width, height, colours)
        .expect("room in a vector");
    bytes
}

/// The chunk of the scene.
fn lossless(orientation: u16) -> Vec<u8> {
    let (width, height) = stored_sides(orientation);
    encode(&pixels(orientation), width, height, ExtendedColorType::Rgb8)[12..].to_vec()
}

/// The chunk of a grey picture: where every bit is zero, every block is as the one before.
fn lossy(width: u16, height: u16) -> Vec<u8> {
    let first: u32 = 2_000;
    let tag = (first << 5 | 1 << 4).to_le_bytes(); // a whole frame that is shown
    let sides = [width.to_le_bytes(), height.to_le_bytes()].concat();
    chunk(b"VP8 ", &[&tag[..3], &[0x9d, 0x01, 0x2a], &sides, &[0; 2_400]].concat())
}

fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let length = (data.len() as u32).to_le_bytes();
    [&kind[..], &length, data, &[0][..data.len() & 1]].concat()
}

fn riff(chunks: &[u8]) -> Vec<u8> {
    [b"RIFF", &(chunks.len() as u32 + 4).to_le_bytes()[..], b"WEBP", chunks].concat()
}

fn extended(flags: u8, width: u16, height: u16, chunks: &[Vec<u8>]) -> Vec<u8> {
    let [[w0, w1], [h0, h1]] = [(width - 1).to_le_bytes(), (height - 1).to_le_bytes()];
    riff(&[chunk(b"VP8X", &[flags, 0, 0, 0, w0, w1, 0, h0, h1, 0]), chunks.concat()].concat())
}

/// Numbers of any number of bits, the lowest first.
#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    used: u32,
}

impl Bits {
    fn put(&mut self, value: u32, count: u32) {
        for bit in 0..count {
            if self.used.is_multiple_of(8) {
                self.bytes.push(0);
            }
            let last = self.bytes.last_mut().expect("a byte was pushed");
            *last |= ((value >> bit & 1) as u8) << (self.used % 8);
            self.used += 1;
        }
    }
}
