//! Selfies of 640 by 480 pixels.

use std::error::Error;
use std::fs;
use std::path::Path;

use anonchat_verify::tiny::{Scene, TinyFace};
use anonchat_verify::{Limits, OnnxClassifier, Picture};
use image::imageops::FilterType;
use image::{DynamicImage, RgbImage};
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

const WIDTH: u32 = 640;
const HEIGHT: u32 = 480;

/// As the page's camera asks for, and as browsers then sample colours.
const QUALITY: u8 = 92;

/// A face that the tiny models know.
pub(crate) fn painted() -> Vec<u8> {
    encoded(&Scene::new(WIDTH, HEIGHT, vec![TinyFace::new(320.0, 240.0, 200.0)]).rgb())
}

/// The pictures of a folder in which one face is left.
pub(crate) fn with_one_face(
    classifier: &OnnxClassifier,
    folder: &Path,
) -> Result<Vec<Vec<u8>>, Box<dyn Error>> {
    let mut files = fs::read_dir(folder)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<Vec<_>, _>>()?;
    files.sort();
    let mut pictures = Vec::new();
    for file in files {
        // What is no picture lies beside them, such as their labels.
        let Ok(picture) = Picture::decode(&fs::read(&file)?, &Limits::default()) else { continue };
        let selfie = encoded(&cut(&picture).ok_or("not three bytes a pixel")?);
        if classifier.measure(&selfie)?.faces.len() == 1 {
            pictures.push(selfie);
        }
    }
    Ok(pictures)
}

/// The middle of a picture, scaled.
fn cut(picture: &Picture) -> Option<Vec<u8>> {
    let whole = RgbImage::from_raw(picture.width(), picture.height(), picture.rgb().to_vec())?;
    let cut = DynamicImage::from(whole).resize_to_fill(WIDTH, HEIGHT, FilterType::Triangle);
    Some(cut.into_rgb8().into_raw())
}

fn encoded(rgb: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, QUALITY);
    encoder.set_sampling_factor(SamplingFactor::F_2_2);
    encoder
        .encode(rgb, WIDTH as u16, HEIGHT as u16, ColorType::Rgb)
        .expect("a picture is encoded into memory");
    bytes
}
