//! A PNG file, chunk by chunk.

use super::cost::{Cost, Size};
use super::cursor::Cursor;
use super::{DecodeError, Limits};

pub(super) const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// Rows, the window of the inflater and tables of the decoder, whatever the picture: some 0.3 MB
/// and eight rows of the longest.
const SCRATCH: u64 = 1 << 20;

/// Calls `keep` with the chunks that pixels are made of. Returns the Exif data.
///
/// Profiles and texts are skipped: nothing here wants them, and an inflated one may be large.
pub(super) fn walk<'a>(
    bytes: &'a [u8],
    limits: &Limits,
    keep: &mut dyn FnMut(&[u8]),
) -> Result<Option<&'a [u8]>, DecodeError> {
    let mut file = Cursor::new(bytes);
    keep(file.take(SIGNATURE.len())?);
    let mut exif = None;
    let (mut first, mut pixels) = (true, false);
    loop {
        let chunk = file.rest();
        let length = u32::from_be_bytes(file.array()?);
        let kind: [u8; 4] = file.array()?;
        if length > i32::MAX as u32
            || !kind.iter().all(u8::is_ascii_alphabetic)
            || first != (&kind == b"IHDR")
        {
            return Err(DecodeError::Damaged);
        }
        let data = file.take(length as usize)?;
        let _sum: [u8; 4] = file.array()?; // the decoder looks at those of the chunks that are kept
        let chunk = &chunk[..data.len() + 12];
        match &kind {
            b"IHDR" => header(data, bytes.len(), limits)?,
            b"PLTE" | b"tRNS" => {}
            b"IDAT" => pixels = true,
            b"acTL" | b"fcTL" | b"fdAT" => return Err(DecodeError::Animated),
            b"IEND" if !data.is_empty() || !pixels => return Err(DecodeError::Damaged),
            b"IEND" => {
                keep(chunk);
                return if file.is_empty() { Ok(exif) } else { Err(DecodeError::Trailing) };
            }
            b"eXIf" => {
                exif.get_or_insert(data);
                continue;
            }
            // A capital says that a picture cannot be shown without this chunk.
            _ if kind[0].is_ascii_uppercase() => return Err(DecodeError::Damaged),
            _ => continue,
        }
        first = false;
        keep(chunk);
    }
}

fn header(data: &[u8], bytes: usize, limits: &Limits) -> Result<(), DecodeError> {
    let &[w0, w1, w2, w3, h0, h1, h2, h3, depth, colour, _, _, _] = data else {
        return Err(DecodeError::Damaged);
    };
    let size = Size {
        width: u32::from_be_bytes([w0, w1, w2, w3]),
        height: u32::from_be_bytes([h0, h1, h2, h3]),
    };
    size.check(limits)?;
    if depth == 16 {
        return Err(DecodeError::Colours);
    }
    // A channel more than the colours say: any chunk of transparency comes later.
    let channels = if matches!(colour, 0 | 4) { 2 } else { 4 };
    Cost { channels, scratch: SCRATCH }.check(size, bytes, limits)
}
