//! PNG pictures.

use std::io::Write;

use flate2::Compression;
use flate2::write::ZlibEncoder;

use super::{
    HEIGHT, Sample, WIDTH, cuts, exif, followed, looping_exif, pixels, scene, stored_sides,
};
use crate::DecodeError::{Animated, Colours, Damaged, TooLarge, TooSmall, Trailing, Truncated};

const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// Bytes that a bomb of a profile or text would take.
const BOMB: usize = 12 << 20;

// Kinds of colour.
const GREY: u8 = 0;
const RGB: u8 = 2;
const INDEXED: u8 = 3;
const GREY_ALPHA: u8 = 4;
const RGBA: u8 = 6;

pub(super) fn good() -> Vec<Sample> {
    let (plain, bomb) = (held(1), packed(&vec![0; BOMB]));
    let grey = [90].repeat((WIDTH * HEIGHT) as usize);
    let bits = vec![0x5a; (WIDTH / 8 * HEIGHT) as usize];
    let palette: Vec<u8> = scene_palette().concat();
    let solid: Vec<u8> = scene().chunks_exact(3).flat_map(|p| [p[0], p[1], p[2], 255]).collect();
    let mut samples = vec![
        Sample::scene("PNG, transparent nowhere", whole(8, RGBA, &[], &solid, 4)),
        Sample::scene(
            "PNG of four colours",
            whole(8, INDEXED, &[chunk(b"PLTE", &palette)], &indices(), 1),
        ),
        Sample::scene("PNG, interlaced", interlaced()),
        Sample::scene(
            "PNG with a profile that is a bomb",
            with(&plain, &chunk(b"iCCP", &[b"p\0\0", &bomb[..]].concat())),
        ),
        Sample::scene(
            "PNG with a text that is a bomb",
            with(&plain, &chunk(b"zTXt", &[b"t\0\0", &bomb[..]].concat())),
        ),
        Sample::scene(
            "PNG with a text of any language that is a bomb",
            with(&plain, &chunk(b"iTXt", &[b"XML:com.adobe.xmp\0\x01\0\0\0", &bomb[..]].concat())),
        ),
        Sample::scene("PNG of 2,000 chunks", with(&plain, &chunk(b"tEXt", b"").repeat(2_000))),
        Sample::scene("PNG with looping Exif", with(&plain, &chunk(b"eXIf", &looping_exif()))),
        Sample::scene("PNG of pixels in 2,000 chunks", scattered(&plain)),
        Sample::other("PNG, grey", whole(8, GREY, &[], &grey, 1), WIDTH, HEIGHT),
        Sample::other("PNG, black or white", whole(1, GREY, &[], &bits, 1), WIDTH, HEIGHT),
        Sample::other(
            "PNG, grey, half transparent",
            whole(8, GREY_ALPHA, &[], &grey.repeat(2), 2),
            WIDTH,
            HEIGHT,
        ),
        Sample::other(
            "PNG, one colour of which is none",
            whole(8, RGB, &[chunk(b"tRNS", &[0; 6])], &scene(), 3),
            WIDTH,
            HEIGHT,
        ),
    ];
    for orientation in 1..=8 {
        let bytes = with(&held(orientation), &chunk(b"eXIf", &exif(orientation)));
        samples.push(Sample::scene(&format!("PNG held as {orientation}"), bytes));
    }
    samples
}

/// As many pixels as are allowed, in the fewest bits.
pub(super) fn largest() -> Sample {
    Sample::other("PNG, largest", uniform(4096), 4096, 4096)
}

pub(super) fn bad() -> Vec<Sample> {
    let plain = held(1);
    let bad = |name, bytes, error| Sample::bad(name, bytes, error);
    let sides = |width, height| {
        let data = chunk(b"IDAT", &packed(&[0; 64]));
        [SIGNATURE, &header(width, height, 8, RGB, 0), &data, &end()].concat()
    };
    let flat = scene();
    let deep: Vec<u8> = flat.iter().flat_map(|value| [*value, 0]).collect();
    let animation = chunk(b"acTL", &[0, 0, 0, 2, 0, 0, 0, 0]);
    let (mut sum, mut body) = (plain.clone(), plain.clone());
    sum[30] ^= 1;
    let middle = plain.len() / 2;
    body[middle] ^= 1;
    let mut samples = vec![
        bad("PNG of 60,000 by 60,000", sides(60_000, 60_000), TooLarge),
        bad(
            "PNG of 2,147,483,647 by 2,147,483,647",
            sides(i32::MAX as u32, i32::MAX as u32),
            TooLarge,
        ),
        bad("PNG of 4,294,967,295 by 4,294,967,295", sides(u32::MAX, u32::MAX), TooLarge),
        bad("PNG, long and thin", sides(8_193, 100), TooLarge),
        bad("PNG of 20,000 by 20,000, all of it", uniform(20_000), TooLarge),
        bad("PNG without height", sides(200, 0), TooSmall),
        bad("PNG, small", sides(200, 99), TooSmall),
        bad("PNG of 16 bits", whole(16, RGB, &[], &deep, 6), Colours),
        bad("PNG, animated", with(&plain, &animation), Animated),
        bad("PNG, header only", plain[..33].to_vec(), Truncated),
        bad(
            "PNG without pixels",
            [SIGNATURE, &header(WIDTH, HEIGHT, 8, RGB, 0), &end()].concat(),
            Damaged,
        ),
        bad("PNG with too few pixels", sides(WIDTH, HEIGHT), Damaged),
        bad("PNG with a wrong sum of its header", sum, Damaged),
        bad("PNG with a wrong sum of its pixels", body, Damaged),
        bad("PNG with a length past the end", with(&plain, b"\x7f\xff\xff\xfftEXt"), Truncated),
        bad("PNG with a length that overflows", with(&plain, b"\xff\xff\xff\xfftEXt"), Damaged),
        bad("PNG with an unknown chunk that counts", with(&plain, &chunk(b"NEWS", b"")), Damaged),
        bad("PNG with a chunk of no name", with(&plain, &chunk(&[0; 4], b"")), Damaged),
        bad("PNG with two headers", with(&plain, &header(WIDTH, HEIGHT, 8, RGB, 0)), Damaged),
        bad("PNG without a header", [SIGNATURE, &plain[33..]].concat(), Damaged),
        bad("PNG of 5 bits", whole(5, RGB, &[], &scene(), 3), Damaged),
        bad("PNG of indices into nothing", whole(8, INDEXED, &[], &indices(), 1), Damaged),
        bad("PNG and a page", followed(plain.clone(), b"<script>alert(1)</script>"), Trailing),
        bad("PNG and a PNG", followed(plain.clone(), &plain), Trailing),
    ];
    samples.extend(cuts("PNG", &plain, 8));
    samples
}

fn held(orientation: u16) -> Vec<u8> {
    let (width, height) = stored_sides(orientation);
    let data = packed(&rows(&pixels(orientation), width as usize * 3));
    [SIGNATURE, &header(width, height, 8, RGB, 0), &chunk(b"IDAT", &data), &end()].concat()
}

/// A picture of the sides of the scene, of pixels that take so many bytes.
fn whole(depth: u8, colour: u8, before: &[Vec<u8>], pixels: &[u8], bytes: usize) -> Vec<u8> {
    let row =
        if depth < 5 { WIDTH as usize * usize::from(depth) / 8 } else { WIDTH as usize * bytes };
    let data = chunk(b"IDAT", &packed(&rows(pixels, row)));
    [SIGNATURE, &header(WIDTH, HEIGHT, depth, colour, 0), &before.concat(), &data, &end()].concat()
}

/// A square of black at one bit a pixel.
fn uniform(side: u32) -> Vec<u8> {
    let data = packed(&vec![0; (side as usize / 8 + 1) * side as usize]);
    [SIGNATURE, &header(side, side, 1, GREY, 0), &chunk(b"IDAT", &data), &end()].concat()
}

/// The scene in seven passes.
fn interlaced() -> Vec<u8> {
    let (scene, mut data) = (scene(), Vec::new());
    let passes = [
        (0, 0, 8, 8),
        (4, 0, 8, 8),
        (0, 4, 4, 8),
        (2, 0, 4, 4),
        (0, 2, 2, 4),
        (1, 0, 2, 2),
        (0, 1, 1, 2),
    ];
    for (left, top, across, down) in passes {
        for y in (top..HEIGHT as usize).step_by(down) {
            data.push(0);
            for x in (left..WIDTH as usize).step_by(across) {
                let at = (y * WIDTH as usize + x) * 3;
                data.extend(&scene[at..at + 3]);
            }
        }
    }
    [SIGNATURE, &header(WIDTH, HEIGHT, 8, RGB, 1), &chunk(b"IDAT", &packed(&data)), &end()].concat()
}

/// The file with its pixels among many empty chunks of the same kind.
fn scattered(bytes: &[u8]) -> Vec<u8> {
    let empty = chunk(b"IDAT", b"").repeat(1_000);
    let end = bytes.len() - 12;
    [&bytes[..33], &empty, &bytes[33..end], &empty, &bytes[end..]].concat()
}

fn scene_palette() -> [[u8; 3]; 4] {
    [[200, 30, 40], [20, 180, 60], [30, 50, 210], [240, 240, 240]]
}

fn indices() -> Vec<u8> {
    let index = |pixel: &[u8]| {
        scene_palette().iter().position(|colour| colour == pixel).expect("a colour of the scene")
    };
    scene().chunks_exact(3).map(|pixel| index(pixel) as u8).collect()
}

/// The file with chunks after its header.
fn with(bytes: &[u8], chunks: &[u8]) -> Vec<u8> {
    [&bytes[..33], chunks, &bytes[33..]].concat()
}

fn header(width: u32, height: u32, depth: u8, colour: u8, interlace: u8) -> Vec<u8> {
    let rest = [depth, colour, 0, 0, interlace];
    chunk(b"IHDR", &[&width.to_be_bytes()[..], &height.to_be_bytes(), &rest].concat())
}

fn end() -> Vec<u8> {
    chunk(b"IEND", b"")
}

fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let summed = [&kind[..], data].concat();
    let sum = crc32fast::hash(&summed);
    [&(data.len() as u32).to_be_bytes()[..], &summed, &sum.to_be_bytes()].concat()
}

/// Rows without a filter.
fn rows(pixels: &[u8], row: usize) -> Vec<u8> {
    pixels.chunks_exact(row).flat_map(|row| [&[0], row].concat()).collect()
}

fn packed(data: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(data).expect("room in a vector");
    encoder.finish().expect("room in a vector")
}
