//! From a lean file to red, green and blue.

use std::io::Cursor;

use image::codecs::{jpeg::JpegDecoder, png::PngDecoder, webp::WebPDecoder};
use image::error::{ImageError, ImageResult};
use image::{ColorType, ImageDecoder};
use zeroize::Zeroizing;

use super::{Container, DecodeError, Limits};

/// Three bytes a pixel, as coded: not turned yet.
pub(super) struct Coded {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) rgb: Zeroizing<Vec<u8>>,
}

/// Decodes a file of nothing but pixels, of which the header is known to be within limits.
pub(super) fn read(
    container: Container,
    lean: Zeroizing<Vec<u8>>,
    limits: &Limits,
) -> Result<Coded, DecodeError> {
    let mut bounds = image::Limits::default();
    bounds.max_image_width = Some(limits.most_side);
    bounds.max_image_height = Some(limits.most_side);
    bounds.max_alloc = Some(limits.memory);
    let file = Cursor::new(lean.as_slice());
    let (width, height, colour, pixels) = match container {
        Container::Jpeg => raw(JpegDecoder::new(file), bounds),
        Container::Png => raw(PngDecoder::with_limits(file, bounds.clone()), bounds),
        Container::WebP => raw(WebPDecoder::new(file), bounds),
    }
    .map_err(|error| match error {
        ImageError::Limits(_) => DecodeError::TooLarge,
        _ => DecodeError::Damaged,
    })?;
    drop(lean); // before memory is taken for another form of the same
    Ok(Coded { width, height, rgb: to_rgb(colour, pixels)? })
}

type Raw = (u32, u32, ColorType, Zeroizing<Vec<u8>>);

fn raw(decoder: ImageResult<impl ImageDecoder>, bounds: image::Limits) -> ImageResult<Raw> {
    let mut decoder = decoder?;
    // Again, should a decoder ever read another size out of the same bytes than our walker.
    bounds.clone().reserve(decoder.total_bytes())?;
    decoder.set_limits(bounds)?;
    let ((width, height), colour) = (decoder.dimensions(), decoder.color_type());
    let mut pixels = Zeroizing::new(vec![0; decoder.total_bytes() as usize]);
    decoder.read_image(&mut pixels)?;
    Ok((width, height, colour, pixels))
}

/// Transparent pixels are laid on black: what nobody would see is not judged.
fn to_rgb(
    colour: ColorType,
    pixels: Zeroizing<Vec<u8>>,
) -> Result<Zeroizing<Vec<u8>>, DecodeError> {
    let seen = |value: u8, alpha: u8| ((u16::from(value) * u16::from(alpha) + 127) / 255) as u8;
    let channels = usize::from(colour.channel_count());
    // Of the size that is needed at once: a vector that grows leaves its old bytes behind.
    let mut rgb = Zeroizing::new(Vec::new());
    if colour != ColorType::Rgb8 {
        rgb.reserve_exact(pixels.len() / channels * 3);
    }
    match colour {
        ColorType::Rgb8 => return Ok(pixels),
        ColorType::L8 => pixels.iter().for_each(|v| rgb.extend([*v; 3])),
        ColorType::La8 => pixels.chunks_exact(2).for_each(|p| rgb.extend([seen(p[0], p[1]); 3])),
        ColorType::Rgba8 => {
            pixels
                .chunks_exact(4)
                .for_each(|p| rgb.extend([seen(p[0], p[3]), seen(p[1], p[3]), seen(p[2], p[3])]));
        }
        _ => return Err(DecodeError::Colours),
    }
    Ok(rgb)
}
