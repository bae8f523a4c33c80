//! What fuzzers call.

use crate::{DecodeError, Limits, Picture};

/// Limits so narrow that many inputs a second are decoded.
const NARROW: Limits =
    Limits { bytes: 1 << 20, least_side: 1, most_side: 512, pixels: 1 << 16, memory: 24 << 20 };

/// Decodes any bytes within narrow limits.
///
/// # Panics
///
/// If a decoder does, or if what comes out breaks a limit.
pub fn exercise(bytes: &[u8]) {
    match Picture::decode_or_panic(bytes, &NARROW) {
        Ok(picture) => {
            let (width, height) = (picture.width(), picture.height());
            assert!(
                width.min(height) >= NARROW.least_side && width.max(height) <= NARROW.most_side
            );
            let pixels = u64::from(width) * u64::from(height);
            assert!(pixels <= NARROW.pixels, "{width} by {height}");
            assert_eq!(picture.rgb().len() as u64, pixels * 3);
        }
        Err(error) => assert_eq!(error == DecodeError::TooManyBytes, bytes.len() > NARROW.bytes),
    }
}
