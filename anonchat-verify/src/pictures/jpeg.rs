//! JPEG pictures.

use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

use super::{HEIGHT, Sample, WIDTH, cuts, exif, followed, looping_exif, pixels, stored_sides};
use crate::DecodeError::{self, Coding, Colours, Damaged, TooLarge, TooSlow, TooSmall, Trailing};

const SOF0: u8 = 0xc0;
const SOF2: u8 = 0xc2;
const EOI: [u8; 2] = [0xff, 0xd9];

/// The plainest of them.
pub(super) fn scene() -> Vec<u8> {
    encode(1, |_| {})
}

pub(super) fn good() -> Vec<Sample> {
    let plain = scene();
    let thumbnail = followed(followed(b"Exif\0\0".to_vec(), &exif(1)), &plain);
    let mut samples = vec![
        Sample::scene("JPEG, progressive", encode(1, |e| e.set_progressive(true))),
        Sample::scene(
            "JPEG, progressive, one colour for four pixels, restarts",
            encode(1, |e| {
                e.set_progressive(true);
                e.set_sampling_factor(SamplingFactor::F_2_2);
                e.set_restart_interval(4);
            }),
        ),
        Sample::scene(
            "JPEG, one colour for four pixels, restarts",
            encode(1, |e| {
                e.set_sampling_factor(SamplingFactor::F_2_2);
                e.set_restart_interval(4);
            }),
        ),
        Sample::scene(
            "JPEG, one colour for two pixels",
            encode(1, |e| e.set_sampling_factor(SamplingFactor::F_2_1)),
        ),
        Sample::scene(
            "JPEG with its own codes",
            encode(1, |e| e.set_optimized_huffman_tables(true)),
        ),
        Sample::scene("JPEG with fill bytes", filled(&plain)),
        Sample::scene("JPEG with a thumbnail", with(&plain, 0xe1, &thumbnail)),
        Sample::scene(
            "JPEG with a comment of markers",
            with(&plain, 0xfe, &[0xff, 0xd9, 0xff, 0xda, 0, 8]),
        ),
        Sample::scene(
            "JPEG with a profile of noise",
            with(&plain, 0xe2, b"ICC_PROFILE\0\x01\x01nonsense"),
        ),
        Sample::scene(
            "JPEG with looping Exif",
            with(&plain, 0xe1, &followed(b"Exif\0\0".to_vec(), &looping_exif())),
        ),
        Sample::other(
            "JPEG, grey",
            encoded(&[90; (WIDTH * HEIGHT) as usize], ColorType::Luma),
            WIDTH,
            HEIGHT,
        ),
    ];
    for orientation in 1..=8 {
        let held = encode(orientation, |_| {});
        let data = followed(b"Exif\0\0".to_vec(), &exif(orientation));
        samples
            .push(Sample::scene(&format!("JPEG held as {orientation}"), with(&held, 0xe1, &data)));
    }
    samples
}

/// The most work that a header can ask for: as many scans over as many blocks as are allowed. The
/// scans themselves are next to nothing.
pub(super) fn largest() -> Sample {
    Sample::other("JPEG, largest, with the most scans", scans(4096, 4096, 32), 4096, 4096)
}

pub(super) fn bad() -> Vec<Sample> {
    let (plain, slow) = (scene(), encode(1, |e| e.set_progressive(true)));
    let four = [128; (WIDTH * HEIGHT * 4) as usize];
    let bad = |name, bytes, error| Sample::bad(name, bytes, error);
    let sides = |width: u16, height: u16| {
        patched(&plain, SOF0, |frame| {
            frame[1..3].copy_from_slice(&height.to_be_bytes());
            frame[3..5].copy_from_slice(&width.to_be_bytes());
        })
    };
    let marked = |marker| patched_marker(&plain, marker);
    let mut samples = vec![
        bad("JPEG of 60,000 by 60,000", sides(60_000, 60_000), TooLarge),
        bad("JPEG of 8,000 by 8,000", sides(8_000, 8_000), TooLarge),
        bad("JPEG, long and thin", sides(100, 8_193), TooLarge),
        bad("JPEG without width", sides(0, 200), TooSmall),
        bad("JPEG whose height comes later", sides(200, 0), TooSmall),
        bad("JPEG, small", sides(99, 200), TooSmall),
        bad(
            "JPEG, progressive, only a header of 60,000 by 60,000",
            scans(60_000, 60_000, 0),
            TooLarge,
        ),
        bad("JPEG for print", encoded(&four, ColorType::Cmyk), Colours),
        bad("JPEG for print, brightness apart", encoded(&four, ColorType::Ycck), Colours),
        bad("JPEG of 12 bits", patched(&plain, SOF0, |frame| frame[0] = 12), Colours),
        bad("JPEG, lossless", marked(0xc3), Coding),
        bad("JPEG, hierarchical", marked(0xc5), Coding),
        bad("JPEG, arithmetic", marked(0xc9), Coding),
        bad("JPEG of 33 scans", scans(WIDTH as u16, HEIGHT as u16, 33), TooSlow),
        bad("JPEG of 1,000 scans", scans(WIDTH as u16, HEIGHT as u16, 1_000), TooSlow),
        bad("JPEG whose scans do not end", with_scans(&slow, 400), TooSlow),
        bad(
            "JPEG with a code of 4,080 values",
            with(&plain, 0xc4, &[&[0; 1][..], &[255; 16], &[0; 4080]].concat()),
            Damaged,
        ),
        bad(
            "JPEG with more codes than bits",
            with(&plain, 0xc4, &[&[0, 200], &[0; 15][..], &[7; 200]].concat()),
            Damaged,
        ),
        bad(
            "JPEG with two frames",
            with(&plain, SOF0, &frame(WIDTH as u16, HEIGHT as u16)),
            Damaged,
        ),
        bad("JPEG without pixels", [&[0xff, 0xd8][..], &EOI].concat(), Damaged),
        bad("JPEG within a JPEG", [&[0xff, 0xd8][..], &plain].concat(), Damaged),
        bad("JPEG with a segment of no length", with_raw(&plain, &[0xff, 0xe0, 0, 0]), Damaged),
        bad(
            "JPEG with a segment past the end",
            with_raw(&plain, &[0xff, 0xe5, 0xff, 0xff]),
            DecodeError::Truncated,
        ),
        bad(
            "JPEG with noise between segments",
            with_raw(&plain, &[0xff, 0xfe, 0, 2, 1, 2, 3]),
            Damaged,
        ),
        bad("JPEG sampled 0 times", patched(&plain, SOF0, |frame| frame[7] = 0), Damaged),
        bad(
            "JPEG with more of a colour than of brightness",
            patched(&plain, SOF0, |frame| frame[13] = 0x21),
            Coding,
        ),
        bad(
            "JPEG with two samples of a colour for three of brightness",
            patched(&plain, SOF0, |frame| (frame[7], frame[10]) = (0x13, 0x12)),
            Coding,
        ),
        bad("JPEG of two colours", patched(&plain, SOF0, |frame| frame[5] = 2), Damaged),
        bad(
            "JPEG and an archive",
            followed(plain.clone(), b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"),
            Trailing,
        ),
        bad("JPEG and a JPEG", followed(plain.clone(), &plain), Trailing),
        bad("JPEG and a page", followed(plain.clone(), b"<script>alert(1)</script>"), Trailing),
        bad("JPEG and a zero", followed(plain.clone(), &[0]), Trailing),
    ];
    samples.extend(cuts("JPEG", &plain, 3));
    samples.extend(cuts("JPEG, progressive", &slow, 3));
    samples
}

fn encode(orientation: u16, set: impl Fn(&mut Encoder<&mut Vec<u8>>)) -> Vec<u8> {
    let (width, height) = stored_sides(orientation);
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, 90);
    encoder.set_sampling_factor(SamplingFactor::F_1_1);
    set(&mut encoder);
    encoder
        .encode(&pixels(orientation), width as u16, height as u16, ColorType::Rgb)
        .expect("room in a vector");
    bytes
}

fn encoded(pixels: &[u8], colours: ColorType) -> Vec<u8> {
    let mut bytes = Vec::new();
    Encoder::new(&mut bytes, 90)
        .encode(pixels, WIDTH as u16, HEIGHT as u16, colours)
        .expect("room in a vector");
    bytes
}

fn segment(marker: u8, data: &[u8]) -> Vec<u8> {
    let length = (data.len() as u16 + 2).to_be_bytes();
    [&[0xff, marker][..], &length, data].concat()
}

/// The file with something after its start.
fn with_raw(bytes: &[u8], part: &[u8]) -> Vec<u8> {
    [&bytes[..2], part, &bytes[2..]].concat()
}

fn with(bytes: &[u8], marker: u8, data: &[u8]) -> Vec<u8> {
    with_raw(bytes, &segment(marker, data))
}

/// The file with fill bytes before the marker of its frame and after its last scan.
fn filled(bytes: &[u8]) -> Vec<u8> {
    let (at, end) = (find(bytes, SOF0), bytes.len() - 2);
    [&bytes[..at], &[0xff; 3], &bytes[at..end], &[0xff; 5], &bytes[end..]].concat()
}

fn find(bytes: &[u8], marker: u8) -> usize {
    bytes
        .windows(2)
        .position(|two| two == [0xff, marker])
        .expect("a marker that every such picture has")
}

fn patched(bytes: &[u8], marker: u8, patch: impl Fn(&mut [u8])) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    let at = find(&bytes, marker) + 4;
    patch(&mut bytes[at..]);
    bytes
}

fn patched_marker(bytes: &[u8], marker: u8) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    let at = find(&bytes, SOF0);
    bytes[at + 1] = marker;
    bytes
}

/// The data of a frame header of three colours that are sampled alike.
fn frame(width: u16, height: u16) -> Vec<u8> {
    let [[h0, h1], [w0, w1]] = [height.to_be_bytes(), width.to_be_bytes()];
    vec![8, h0, h1, w0, w1, 3, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0]
}

/// A header of a progressive picture and so many scans of one byte.
fn scans(width: u16, height: u16, count: usize) -> Vec<u8> {
    let quantization = segment(0xdb, &[&[0][..], &[1; 64]].concat());
    // One code of one bit, for a difference of nothing.
    let code = |class: u8| segment(0xc4, &[&[class, 1][..], &[0; 15], &[0]].concat());
    let frame = segment(SOF2, &frame(width, height));
    let head = [&[0xff, 0xd8][..], &quantization, &code(0), &code(0x10), &frame].concat();
    let first = [segment(0xda, &[3, 1, 0, 2, 0, 3, 0, 0, 0, 0]), vec![0]].concat();
    let next = [segment(0xda, &[1, 1, 0, 1, 63, 0]), vec![0]].concat();
    let after = next.repeat(count.saturating_sub(1));
    [head, if count > 0 { first } else { Vec::new() }, after, EOI.to_vec()].concat()
}

/// The file with so many scans more.
fn with_scans(bytes: &[u8], count: usize) -> Vec<u8> {
    let scan = [segment(0xda, &[1, 1, 0, 1, 5, 0]), vec![0x55]].concat();
    [&bytes[..bytes.len() - 2], &scan.repeat(count)].concat()
}
