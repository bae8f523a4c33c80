//! Pictures made worse, to see whether the person is told what is wrong.

use std::io::Cursor;

use anonchat_verify::{Measures, OnnxClassifier};
use image::imageops::FilterType;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, RgbImage};

use crate::labels::Measured;

/// What is done to a picture, given the longer side of its face in pixels.
pub(crate) type Change = fn(RgbImage, f32) -> RgbImage;

/// What is done, by name.
pub(crate) const CHANGES: [(&str, Change); 7] = [
    ("as they are", |picture, _| picture),
    ("a quarter of the light", |picture, _| dimmed(picture, 0.25)),
    ("a tenth of the light", |picture, _| dimmed(picture, 0.1)),
    ("blurred by a 40th of the face", |picture, face| blurred(&picture, face / 40.0)),
    ("blurred by a 20th of the face", |picture, face| blurred(&picture, face / 20.0)),
    ("blurred by a 10th of the face", |picture, face| blurred(&picture, face / 10.0)),
    ("scaled to a face of 40 pixels", |picture, face| scaled(&picture, 40.0 / face)),
];

fn dimmed(mut picture: RgbImage, part: f32) -> RgbImage {
    picture.iter_mut().for_each(|value| *value = (f32::from(*value) * part) as u8);
    picture
}

fn blurred(picture: &RgbImage, deviation: f32) -> RgbImage {
    image::imageops::fast_blur(picture, deviation)
}

fn scaled(picture: &RgbImage, part: f32) -> RgbImage {
    let length = |pixels: u32| ((pixels as f32 * part) as u32).max(100);
    image::imageops::resize(
        picture,
        length(picture.width()),
        length(picture.height()),
        FilterType::Triangle,
    )
}

/// What the verifier sees after a change; nothing if that is no picture any more.
pub(crate) fn measure(
    classifier: &OnnxClassifier,
    one: &Measured,
    change: Change,
) -> Option<Measures> {
    let face = one.measures.faces.first()?.side();
    let reader = ImageReader::new(Cursor::new(&one.sample.bytes)).with_guessed_format().ok()?;
    let mut decoder = reader.into_decoder().ok()?;
    let orientation = decoder.orientation().ok()?;
    let mut picture = DynamicImage::from_decoder(decoder).ok()?;
    picture.apply_orientation(orientation);
    let picture = picture.into_rgb8();
    let mut encoded = Cursor::new(Vec::new());
    DynamicImage::from(change(picture, face)).write_to(&mut encoded, ImageFormat::Png).ok()?;
    classifier.measure(encoded.get_ref()).ok()
}
