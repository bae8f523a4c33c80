//! Pictures, good and bad, made by us: what the tests of decoding read and fuzzing starts from.
//!
//! The same bytes every time.

mod jpeg;
mod other;
mod png;
mod webp;

use crate::DecodeError;

/// Pixels of a side of the [`scene`].
pub const WIDTH: u32 = 120;
/// Pixels of the other side, fewer, so that a turn shows.
pub const HEIGHT: u32 = 104;

/// A file and what comes of it within the default limits.
pub struct Sample {
    /// What it is.
    pub name: String,
    /// All of it.
    pub bytes: Vec<u8>,
    /// The sides that it has when decoded, or why it is not.
    pub expected: Result<(u32, u32), DecodeError>,
    /// Whether it shows the [`scene`], but for losses.
    pub scenic: bool,
}

impl Sample {
    fn scene(name: &str, bytes: Vec<u8>) -> Self {
        Self { name: name.into(), bytes, expected: Ok((WIDTH, HEIGHT)), scenic: true }
    }

    fn other(name: &str, bytes: Vec<u8>, width: u32, height: u32) -> Self {
        Self { name: name.into(), bytes, expected: Ok((width, height)), scenic: false }
    }

    fn bad(name: &str, bytes: Vec<u8>, error: DecodeError) -> Self {
        Self { name: name.into(), bytes, expected: Err(error), scenic: false }
    }
}

/// Pictures that are decoded. Some are odd: profiles that are bombs, thousands of chunks.
pub fn good() -> Vec<Sample> {
    [jpeg::good(), png::good(), webp::good()].into_iter().flatten().collect()
}

/// Pictures that are as large as the default limits allow, in few bytes.
pub fn largest() -> Vec<Sample> {
    vec![jpeg::largest(), png::largest(), webp::largest()]
}

/// Bad pictures that are too large to be kept as files.
pub fn heavy() -> Vec<Sample> {
    let tables = webp::tables(65_536 * 5);
    vec![
        other::heavy(),
        Sample::bad("WebP, lossless, of 65,536 groups of tables", tables, DecodeError::TooLarge),
    ]
}

/// What is refused.
pub fn bad() -> Vec<Sample> {
    [other::bad(), jpeg::bad(), png::bad(), webp::bad()].into_iter().flatten().collect()
}

/// Red, green and blue of a scene of which no turn is the same: red and green above, blue and
/// white below.
pub fn scene() -> Vec<u8> {
    pixels(1)
}

/// The scene as a camera stores it that was held so: the value of Exif's orientation says at
/// which side of the scene the first row and the first column of the file are.
fn pixels(orientation: u16) -> Vec<u8> {
    let (across, down) = stored_sides(orientation);
    let far = |value: u32, length: u32, far: bool| if far { length - 1 - value } else { value };
    let mut stored = Vec::new();
    for row in 0..down {
        for column in 0..across {
            let (right, below) = match orientation {
                1 => (column, row),
                2 => (far(column, WIDTH, true), row),
                3 => (far(column, WIDTH, true), far(row, HEIGHT, true)),
                4 => (column, far(row, HEIGHT, true)),
                5 => (row, column),
                6 => (far(row, WIDTH, true), column),
                7 => (far(row, WIDTH, true), far(column, HEIGHT, true)),
                _ => (row, far(column, HEIGHT, true)),
            };
            stored.extend(match (right < WIDTH / 2, below < HEIGHT / 2) {
                (true, true) => [200, 30, 40],
                (false, true) => [20, 180, 60],
                (true, false) => [30, 50, 210],
                (false, false) => [240, 240, 240],
            });
        }
    }
    stored
}

/// The sides of the scene as it is stored.
fn stored_sides(orientation: u16) -> (u32, u32) {
    if orientation > 4 { (HEIGHT, WIDTH) } else { (WIDTH, HEIGHT) }
}

/// Exif data that say how the camera was held, in either order of bytes.
fn exif(orientation: u16) -> Vec<u8> {
    let mut data = Vec::new();
    if orientation.is_multiple_of(2) {
        data.extend(b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0");
        data.extend(orientation.to_le_bytes());
    } else {
        data.extend(b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01");
        data.extend(orientation.to_be_bytes());
    }
    data.extend([0; 6]);
    data
}

/// Exif data of which the directory is far longer than they are and followed by itself.
fn looping_exif() -> Vec<u8> {
    let mut data = b"II*\0\x08\0\0\0\xff\xff".to_vec();
    for _ in 0..8 {
        data.extend(b"\x69\x87\x04\0\x01\0\0\0\x08\0\0\0");
    }
    data.extend(b"\x08\0\0\0");
    data
}

/// Bytes without order, the same for the same seed.
fn noise(seed: u64, length: usize) -> Vec<u8> {
    let mut state = seed;
    let step = |_| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 56) as u8
    };
    (0..length).map(step).collect()
}

/// The beginnings of a file at some places between two bounds.
fn cuts(name: &str, bytes: &[u8], from: usize) -> Vec<Sample> {
    let cut = |part: usize| {
        let end = from + (bytes.len() - from) * part / 6;
        Sample::bad(
            &format!("{name}, cut off after {end} bytes"),
            bytes[..end].to_vec(),
            DecodeError::Truncated,
        )
    };
    let but_last = &bytes[..bytes.len() - 1];
    let last = Sample::bad(
        &format!("{name} without its last byte"),
        but_last.to_vec(),
        DecodeError::Truncated,
    );
    (0..6).map(cut).chain([last]).collect()
}

/// A file and something after it.
fn followed(mut bytes: Vec<u8>, by: &[u8]) -> Vec<u8> {
    bytes.extend(by);
    bytes
}
