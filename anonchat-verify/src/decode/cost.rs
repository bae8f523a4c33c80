//! What a picture will take, known from its header, against what it may.

use super::{DecodeError, Limits};

/// What the header of a picture says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Size {
    pub(super) width: u32,
    pub(super) height: u32,
}

/// What decoding takes besides the encoded picture.
#[derive(Clone, Copy)]
pub(super) struct Cost {
    /// Bytes a pixel that the decoder hands out, at most.
    pub(super) channels: u64,
    /// Bytes that the decoder holds while it works.
    pub(super) scratch: u64,
}

impl Size {
    pub(super) fn pixels(self) -> u64 {
        u64::from(self.width) * u64::from(self.height)
    }

    /// Refuses sides and pixels out of limits.
    pub(super) fn check(self, limits: &Limits) -> Result<(), DecodeError> {
        if self.width.min(self.height) < limits.least_side.max(1) {
            return Err(DecodeError::TooSmall);
        }
        if self.width.max(self.height) > limits.most_side || self.pixels() > limits.pixels {
            return Err(DecodeError::TooLarge);
        }
        Ok(())
    }
}

impl Cost {
    /// Refuses what would take too much memory: while decoding (the picture without its metadata,
    /// the copy that a decoder makes of it, what it works with, what it hands out), while that
    /// becomes red, green and blue, or while these are turned upright; whichever is most.
    pub(super) fn check(
        self,
        size: Size,
        bytes: usize,
        limits: &Limits,
    ) -> Result<(), DecodeError> {
        let pixels = size.pixels();
        let decoding = 2 * bytes as u64 + self.scratch + self.channels * pixels;
        let after = (self.channels + 3).max(6) * pixels;
        if decoding.max(after) > limits.memory { Err(DecodeError::TooLarge) } else { Ok(()) }
    }
}
