//! From the bytes of an upload to upright pixels, within limits.
//!
//! A walker of our own goes through the container first, once and in linear time: it finds the
//! kind, the size, the cost and the end of the picture before memory is taken for it, and leaves
//! out what is not pixels. Only what is left reaches a decoder, so that no profile, text or
//! thumbnail of a stranger is ever parsed or inflated.

mod cost;
mod cursor;
mod error;
mod jpeg;
mod pixels;
mod png;
mod upright;
mod webp;

use std::panic::{AssertUnwindSafe, catch_unwind};

use image::metadata::Orientation;
use zeroize::Zeroizing;

pub use error::DecodeError;

/// What is read at most. A picture beyond any of them is refused before memory is taken for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the encoded picture.
    pub bytes: usize,
    /// Pixels of the shorter side, at least.
    pub least_side: u32,
    /// Pixels of the longer side, at most.
    pub most_side: u32,
    /// Pixels in all.
    pub pixels: u64,
    /// Bytes that decoding may take at once, the pixels among them and the encoded picture not.
    /// The largest pictures of the tests, all that the other defaults allow, take 64 MiB as PNG, 112 MiB as lossless
    /// WebP and 145 MiB as progressive JPEG. A lossless WebP picture is charged 640 bytes for each
    /// of its own, which is what its decoder could be made to take: by default, one of more than
    /// 0.4 MB is too large.
    pub memory: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            bytes: 10 << 20,
            least_side: 100,
            most_side: 8_192,
            pixels: 16 << 20,
            memory: 256 << 20,
        }
    }
}

/// A decoded picture: upright, 8 bits a channel, red, green, blue, row by row from the top left.
/// Wiped from memory when dropped.
pub struct Picture {
    width: u32,
    height: u32,
    rgb: Zeroizing<Vec<u8>>,
}

/// The formats that are read.
#[derive(Clone, Copy)]
enum Container {
    Jpeg,
    Png,
    WebP,
}

impl Container {
    fn of(bytes: &[u8]) -> Option<Self> {
        if bytes.starts_with(jpeg::SIGNATURE) {
            Some(Self::Jpeg)
        } else if bytes.starts_with(png::SIGNATURE) {
            Some(Self::Png)
        } else {
            webp::is_webp(bytes).then_some(Self::WebP)
        }
    }

    /// Checks everything that can be known without decoding. Calls `keep` with what a decoder
    /// needs of it, piece by piece, and returns the Exif data.
    fn walk<'a>(
        self,
        bytes: &'a [u8],
        limits: &Limits,
        keep: &mut dyn FnMut(&[u8]),
    ) -> Result<Option<&'a [u8]>, DecodeError> {
        match self {
            Self::Jpeg => jpeg::walk(bytes, limits, keep),
            Self::Png => png::walk(bytes, limits, keep),
            Self::WebP => webp::walk(bytes, limits, keep),
        }
    }
}

impl Picture {
    /// Decodes a JPEG, PNG or WebP picture, whatever it is called, and turns it upright.
    ///
    /// Colours are taken as sRGB, whatever profile is attached; transparent pixels are laid on
    /// black. Time and memory are bounded by the limits, whatever the bytes. Memory of ours is
    /// wiped; what the decoders of others worked with is freed as it is.
    ///
    /// # Errors
    ///
    /// [`DecodeError`]: the first reason that is met, in the order of the file.
    pub fn decode(bytes: &[u8], limits: &Limits) -> Result<Self, DecodeError> {
        // The decoders are others' code on a stranger's bytes. A panic there must cost a request and
        // not the worker of its thread; what fuzzing met is refused before.
        // Nothing that a panic could leave half done is seen again.
        catch_unwind(AssertUnwindSafe(|| Self::decode_or_panic(bytes, limits)))
            .unwrap_or(Err(DecodeError::Damaged))
    }

    /// The same without a net, for fuzzers to see what falls.
    pub(crate) fn decode_or_panic(bytes: &[u8], limits: &Limits) -> Result<Self, DecodeError> {
        if bytes.len() > limits.bytes {
            return Err(DecodeError::TooManyBytes);
        }
        let container = Container::of(bytes).ok_or(DecodeError::UnknownFormat)?;
        // Twice, because a vector that grows leaves its old bytes behind.
        let mut length = 0;
        container.walk(bytes, limits, &mut |piece| length += piece.len())?;
        let mut lean = Zeroizing::new(Vec::with_capacity(length));
        let exif = container.walk(bytes, limits, &mut |piece| lean.extend_from_slice(piece))?;
        let orientation =
            exif.and_then(Orientation::from_exif_chunk).unwrap_or(Orientation::NoTransforms);
        Ok(upright::upright(pixels::read(container, lean, limits)?, orientation))
    }

    /// A picture of these pixels; `None` unless there are three bytes for each.
    pub fn from_rgb(width: u32, height: u32, rgb: Vec<u8>) -> Option<Self> {
        let rgb = Zeroizing::new(rgb);
        (rgb.len() as u64 == u64::from(width) * u64::from(height) * 3).then_some(Self {
            width,
            height,
            rgb,
        })
    }

    /// Pixels from left to right.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Pixels from top to bottom.
    pub fn height(&self) -> u32 {
        self.height
    }

    /// Three bytes a pixel.
    pub fn rgb(&self) -> &[u8] {
        &self.rgb
    }
}
