//! A JPEG file, marker by marker.

use super::cost::{Cost, Size};
use super::cursor::{Cursor, within};
use super::{DecodeError, Limits};

pub(super) const SIGNATURE: &[u8] = b"\xff\xd8\xff";

/// Scans of a picture, each of which the decoder takes through all of its blocks. The usual
/// progressive script has 10; optimizers write fewer than 20.
const MOST_SCANS: u32 = 32;

const SOF0: u8 = 0xc0;
const SOF2: u8 = 0xc2;
const DHT: u8 = 0xc4;
const SOI: u8 = 0xd8;
const EOI: u8 = 0xd9;
const SOS: u8 = 0xda;
const DQT: u8 = 0xdb;
const DNL: u8 = 0xdc;
const DRI: u8 = 0xdd;
const APP0: u8 = 0xe0;
const APP1: u8 = 0xe1;
const APP14: u8 = 0xee;

/// Calls `keep` with the segments and scans that pixels are made of. Returns the Exif data.
///
/// Other segments are skipped by their length, so that a thumbnail within one ends nothing. The
/// end is looked for here because the decoder paints grey what is missing and calls that a success.
pub(super) fn walk<'a>(
    bytes: &'a [u8],
    limits: &Limits,
    keep: &mut dyn FnMut(&[u8]),
) -> Result<Option<&'a [u8]>, DecodeError> {
    let mut file = Cursor::new(bytes);
    keep(file.take(2)?);
    let (mut frame, mut exif, mut jfif, mut scans) = (None, None, false, 0);
    loop {
        let marker = marker(&mut file)?;
        if marker == EOI {
            keep(&[0xff, EOI]);
            return match (scans, file.is_empty()) {
                (0, _) => Err(DecodeError::Damaged),
                (_, true) => Ok(exif),
                (_, false) => Err(DecodeError::Trailing),
            };
        }
        // Markers without a length belong nowhere else.
        if matches!(marker, 0x00..=0x01 | 0xd0..=SOI) {
            return Err(DecodeError::Damaged);
        }
        let length = file.array()?;
        let count = u16::from_be_bytes(length).checked_sub(2).ok_or(DecodeError::Damaged)?;
        let data = file.take(count.into())?;
        match marker {
            SOF0..=SOF2 => {
                let of = Frame::read(marker == SOF2, data, limits)?;
                if frame.replace(of).is_some() {
                    return Err(DecodeError::Damaged);
                }
            }
            DHT | DQT | DRI => {}
            SOS => {
                let frame = frame.as_ref().ok_or(DecodeError::Damaged)?;
                scans += 1;
                if scans == 1 {
                    frame.cost(data).check(frame.size, bytes.len(), limits)?;
                }
                if scans > MOST_SCANS {
                    return Err(DecodeError::TooSlow);
                }
            }
            0xc3 | 0xc5..=0xcf | DNL | 0xde | 0xdf => return Err(DecodeError::Coding),
            APP0 => {
                jfif |= data.starts_with(b"JFIF\0");
                continue;
            }
            APP1 => {
                if let Some(data) = data.strip_prefix(b"Exif\0\0") {
                    exif.get_or_insert(data);
                }
                continue;
            }
            // Adobe's word that these are red, green and blue. It is kept where it counts.
            APP14
                if !jfif
                    && frame.is_none()
                    && data.starts_with(b"Adobe")
                    && data.get(11) == Some(&0) => {}
            _ => continue,
        }
        keep(&[0xff, marker]);
        keep(&length);
        keep(data);
        if marker == SOS {
            keep(scan(&mut file)?);
        }
    }
}

/// The next marker, after any number of fill bytes.
fn marker(file: &mut Cursor<'_>) -> Result<u8, DecodeError> {
    if file.byte()? != 0xff {
        return Err(DecodeError::Damaged);
    }
    loop {
        let byte = file.byte()?;
        if byte != 0xff {
            return Ok(byte);
        }
    }
}

/// Coded pixels up to the next marker that is no restart. `ff 00` is a byte of pixels.
fn scan<'a>(file: &mut Cursor<'a>) -> Result<&'a [u8], DecodeError> {
    let rest = file.rest();
    let mut end = 0;
    loop {
        end += rest[end..].iter().position(|byte| *byte == 0xff).ok_or(DecodeError::Truncated)?;
        match rest.get(end + 1).ok_or(DecodeError::Truncated)? {
            0x00 | 0xd0..=0xd7 => end += 2,
            0xff => end += 1,
            _ => return file.take(end),
        }
    }
}

/// What a frame header says.
struct Frame {
    size: Size,
    progressive: bool,
    components: u8,
    /// 8 by 8 blocks of all components, padded to whole groups.
    blocks: u64,
    /// Samples of one row of groups, at most.
    row: u64,
}

impl Frame {
    fn read(progressive: bool, data: &[u8], limits: &Limits) -> Result<Self, DecodeError> {
        let mut data = Cursor::new(data);
        let precision = within(data.byte())?;
        let height = u16::from_be_bytes(within(data.array())?).into();
        let width = u16::from_be_bytes(within(data.array())?).into();
        let size = Size { width, height };
        size.check(limits)?;
        let components = within(data.byte())?;
        if precision != 8 || components == 4 {
            return Err(DecodeError::Colours);
        }
        if !matches!(components, 1 | 3) || data.rest().len() != 3 * usize::from(components) {
            return Err(DecodeError::Damaged);
        }
        // Samples of the first component across and down a group: brightness, which has the most.
        let (mut across, mut down, mut each) = (0, 0, 0);
        for component in data.rest().chunks_exact(3) {
            let (h, v) = (u64::from(component[1] >> 4), u64::from(component[1] & 0xf));
            if !(1..=4).contains(&h) || !(1..=4).contains(&v) {
                return Err(DecodeError::Damaged);
            }
            if each == 0 {
                (across, down) = (h, v);
            }
            // Allowed by the standard and written by nobody, and decoders panic on it.
            if !across.is_multiple_of(h) || !down.is_multiple_of(v) {
                return Err(DecodeError::Coding);
            }
            each += h * v;
        }
        let groups = u64::from(width).div_ceil(8 * across) * u64::from(height).div_ceil(8 * down);
        let row = (u64::from(width) + 8 * across) * 8 * down * u64::from(components);
        Ok(Self { size, progressive, components, blocks: groups * each, row })
    }

    /// What decoding takes when the first scan has this header.
    fn cost(&self, scan: &[u8]) -> Cost {
        // All coefficients at two bytes wait for the last scan, unless the first has all components.
        let all = !self.progressive && scan.first() == Some(&self.components);
        let coefficients = if all { 0 } else { self.blocks * 64 * 2 };
        // A row as coefficients, and in all of its ways to full resolution.
        let rows = self.row * 2 * 8;
        let channels = if self.components == 1 { 1 } else { 3 };
        Cost { channels, scratch: coefficients + rows + (64 << 10) }
    }
}
