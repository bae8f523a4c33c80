//! A WebP file, chunk by chunk.

use super::cost::{Cost, Size};
use super::cursor::{Cursor, within};
use super::{DecodeError, Limits};

/// Whether a file begins as a WebP picture does.
pub(super) fn is_webp(bytes: &[u8]) -> bool {
    bytes.len() >= 12 && bytes.starts_with(b"RIFF") && &bytes[8..12] == b"WEBP"
}

const ANIMATION: u8 = 0x02;
const ALPHA: u8 = 0x10;

/// Bytes that one byte of lossless coding may take as tables of the decoder, which has no limit
/// of its own: a code that is written in 10 bytes has a table of 4 KiB, a long code takes
/// 32 bytes for half a bit, and the list of codes doubles as it grows.
const TABLES: u64 = 640;

/// A partition of a lossy picture may say 16 MiB and then have nothing.
const PARTITION: u64 = 16 << 20;

/// The chunks that pixels are made of.
#[derive(Default)]
struct Found<'a> {
    canvas: Option<Size>,
    exif: Option<&'a [u8]>,
    alpha: Option<&'a [u8]>,
    /// Whether it is lossless, and the data.
    pixels: Option<(bool, &'a [u8])>,
}

/// Calls `keep` with a file of the chunks that pixels are made of. Returns the Exif data.
pub(super) fn walk<'a>(
    bytes: &'a [u8],
    limits: &Limits,
    keep: &mut dyn FnMut(&[u8]),
) -> Result<Option<&'a [u8]>, DecodeError> {
    let mut file = Cursor::new(bytes);
    file.take(4)?;
    let length = u32::from_le_bytes(file.array()?) as usize;
    let present = file.rest().len();
    let mut chunks = Cursor::new(&file.rest()[..length.min(present)]);
    // Chunks that do not fit into a whole file are damage.
    let found = match read(&mut chunks, bytes.len(), limits) {
        read if present >= length => within(read)?,
        Ok(_) => return Err(DecodeError::Truncated),
        Err(error) => return Err(error),
    };
    if present > length {
        return Err(DecodeError::Trailing);
    }
    let (lossless, pixels) = found.pixels.ok_or(DecodeError::Damaged)?;
    write(found.canvas, found.alpha.filter(|_| !lossless), lossless, pixels, keep);
    // Some writers put JPEG's prefix here too.
    Ok(found.exif.map(|exif| exif.strip_prefix(b"Exif\0\0").unwrap_or(exif)))
}

fn read<'a>(
    chunks: &mut Cursor<'a>,
    bytes: usize,
    limits: &Limits,
) -> Result<Found<'a>, DecodeError> {
    chunks.take(4)?;
    let mut found = Found::default();
    let mut alpha_counts = false;
    while !chunks.is_empty() {
        let kind: [u8; 4] = chunks.array()?;
        let length = u32::from_le_bytes(chunks.array()?) as usize;
        // What a file that is cut off has of it says how large the picture is.
        let data = &chunks.rest()[..length.min(chunks.rest().len())];
        match &kind {
            b"VP8X" if found.canvas.is_none() && found.pixels.is_none() => {
                let Some(&[flags, _, _, _, w0, w1, w2, h0, h1, h2]) = data.first_chunk() else {
                    return Err(DecodeError::Truncated);
                };
                let width = 1 + u32::from_le_bytes([w0, w1, w2, 0]);
                let size = Size { width, height: 1 + u32::from_le_bytes([h0, h1, h2, 0]) };
                size.check(limits)?;
                if flags & ANIMATION != 0 {
                    return Err(DecodeError::Animated);
                }
                alpha_counts = flags & ALPHA != 0;
                found.canvas = Some(size);
            }
            b"ANIM" | b"ANMF" => return Err(DecodeError::Animated),
            b"ALPH" if alpha_counts && found.alpha.is_none() && found.pixels.is_none() => {
                found.alpha = Some(data);
            }
            b"VP8 " | b"VP8L" if found.pixels.is_none() => {
                let lossless = &kind == b"VP8L";
                let size = if lossless { lossless_size(data)? } else { lossy_size(data)? };
                size.check(limits)?;
                if found.canvas.is_some_and(|canvas| canvas != size) {
                    return Err(DecodeError::Damaged);
                }
                let alpha = found.alpha.map(<[u8]>::len).filter(|_| !lossless);
                cost(size, lossless, data.len(), alpha).check(size, bytes, limits)?;
                found.pixels = Some((lossless, data));
            }
            // Transparency that the header does not speak of is no transparency.
            b"ALPH" if !alpha_counts => {}
            b"VP8X" | b"ALPH" | b"VP8 " | b"VP8L" => return Err(DecodeError::Damaged),
            b"EXIF" => {
                found.exif.get_or_insert(data);
            }
            _ => {}
        }
        chunks.take(length)?;
        chunks.take(length & 1)?;
    }
    Ok(found)
}

/// What decoding takes. Both kinds are transformed in place once they are decoded.
fn cost(size: Size, lossless: bool, length: usize, alpha: Option<usize>) -> Cost {
    let tables = |length: usize| TABLES * length as u64;
    // Four bytes a pixel, and one for what says how each block of them is coded.
    let plain = 5 * size.pixels();
    if lossless {
        return Cost { channels: 4, scratch: plain + tables(length) };
    }
    // Brightness of whole blocks of 16 by 16, and a quarter of that for either colour.
    let padded =
        u64::from(size.width.next_multiple_of(16)) * u64::from(size.height.next_multiple_of(16));
    let planes = padded * 3 / 2 + length as u64 + PARTITION;
    let mask = alpha.map_or(0, |length| plain + size.pixels() + tables(length));
    Cost { channels: if alpha.is_some() { 4 } else { 3 }, scratch: planes + mask }
}

fn lossy_size(data: &[u8]) -> Result<Size, DecodeError> {
    let Some(&[tag, _, _, m0, m1, m2, w0, w1, h0, h1]) = data.first_chunk() else {
        return Err(DecodeError::Truncated);
    };
    if tag & 1 != 0 || [m0, m1, m2] != [0x9d, 0x01, 0x2a] {
        return Err(DecodeError::Damaged);
    }
    let side = |low, high| u32::from(u16::from_le_bytes([low, high]) & 0x3fff);
    Ok(Size { width: side(w0, w1), height: side(h0, h1) })
}

fn lossless_size(data: &[u8]) -> Result<Size, DecodeError> {
    let Some(&[signature, b0, b1, b2, b3]) = data.first_chunk() else {
        return Err(DecodeError::Truncated);
    };
    let bits = u32::from_le_bytes([b0, b1, b2, b3]);
    if signature != 0x2f || bits >> 29 != 0 {
        return Err(DecodeError::Damaged);
    }
    Ok(Size { width: 1 + (bits & 0x3fff), height: 1 + (bits >> 14 & 0x3fff) })
}

/// The same pixels without anything else.
fn write(
    canvas: Option<Size>,
    alpha: Option<&[u8]>,
    lossless: bool,
    pixels: &[u8],
    keep: &mut dyn FnMut(&[u8]),
) {
    let chunk = |data: &[u8]| 8 + data.len() + (data.len() & 1);
    let transparent = canvas.zip(alpha);
    let length = 4 + chunk(pixels) + transparent.map_or(0, |(_, alpha)| 18 + chunk(alpha));
    keep(b"RIFF");
    keep(&(length as u32).to_le_bytes());
    keep(b"WEBP");
    let mut put = |kind: &[u8; 4], data: &[u8]| {
        keep(kind);
        keep(&(data.len() as u32).to_le_bytes());
        keep(data);
        keep(&[0][..data.len() & 1]);
    };
    if let Some((size, alpha)) = transparent {
        let ([w0, w1, w2, _], [h0, h1, h2, _]) =
            ((size.width - 1).to_le_bytes(), (size.height - 1).to_le_bytes());
        put(b"VP8X", &[ALPHA, 0, 0, 0, w0, w1, w2, h0, h1, h2]);
        put(b"ALPH", alpha);
    }
    put(if lossless { b"VP8L" } else { b"VP8 " }, pixels);
}
