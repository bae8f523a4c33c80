//! Pictures that the tiny models understand.

use image::codecs::png::PngEncoder;
use image::{ExtendedColorType, ImageEncoder};

use super::paint::Painter;

/// A picture with faces on a plain background. See [the table](super) for how it is painted.
#[derive(Clone, Debug, PartialEq)]
pub struct Scene {
    /// Pixels from left to right.
    pub width: u32,
    /// Pixels from top to bottom.
    pub height: u32,
    /// The grey of the background; not more than 200 is painted.
    pub background: u8,
    /// Who is in it; later ones cover earlier ones.
    pub faces: Vec<TinyFace>,
}

/// A face, as the tiny models are to find it. Its box should lie in the picture: what is cut off
/// is not read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TinyFace {
    /// Pixels from the left to its centre. It is moved by half a cell (1/80 of the picture's
    /// longer side) at most.
    pub x: f32,
    /// Pixels from the top to its centre, likewise.
    pub y: f32,
    /// The side of its box in pixels; from 1/40 of the picture's longer side. It is found with an
    /// error of 1 % at most.
    pub size: f32,
    /// The probability of being real by the first liveness model: 0.02 to 0.98.
    pub live_near: f32,
    /// The same by the second.
    pub live_far: f32,
    /// The probability of being male by the square gender model: 0.02 to 0.98.
    pub male_square: f32,
    /// The same by the aligned one.
    pub male_aligned: f32,
    /// Where the nose is between the eyes: -1 under the left one, 1 under the right one.
    pub yaw: f32,
    /// 1 is as light as it gets, 0 is black.
    pub brightness: f32,
    /// 1 is sharp, 0 has nothing sharp in it.
    pub texture: f32,
}

impl TinyFace {
    /// A face there of that size: a live man, well lit and sharp, looking straight ahead.
    pub fn new(x: f32, y: f32, size: f32) -> Self {
        Self {
            x,
            y,
            size,
            live_near: 0.98,
            live_far: 0.98,
            male_square: 0.98,
            male_aligned: 0.98,
            yaw: 0.0,
            brightness: 1.0,
            texture: 1.0,
        }
    }

    /// The same face with this probability of being real by both liveness models.
    #[must_use]
    pub fn live(self, probability: f32) -> Self {
        Self { live_near: probability, live_far: probability, ..self }
    }

    /// The same face with this probability of being male by both gender models.
    #[must_use]
    pub fn male(self, probability: f32) -> Self {
        Self { male_square: probability, male_aligned: probability, ..self }
    }
}

impl Scene {
    /// A dark grey picture with these faces.
    pub fn new(width: u32, height: u32, faces: Vec<TinyFace>) -> Self {
        Self { width, height, background: 60, faces }
    }

    /// Where the faces are: left, top, width and height of each box in pixels.
    pub fn boxes(&self) -> Vec<[f32; 4]> {
        let painter = Painter::new(self);
        let boxes = self.faces.iter().map(|face| {
            let (x, y) = painter.centre(face);
            [x - face.size / 2.0, y - face.size / 2.0, face.size, face.size]
        });
        boxes.collect()
    }

    /// The pixels: red, green, blue, row by row from the top left.
    pub fn rgb(&self) -> Vec<u8> {
        let painter = Painter::new(self);
        let (width, height) = (self.width as usize, self.height as usize);
        let mut pixels = vec![self.background.min(200); width * height * 3];
        for face in &self.faces {
            painter.paint(face, &mut pixels);
        }
        pixels
    }

    /// The picture as a PNG file.
    ///
    /// # Panics
    ///
    /// If the picture has no pixels.
    pub fn png(&self) -> Vec<u8> {
        let mut png = Vec::new();
        PngEncoder::new(&mut png)
            .write_image(&self.rgb(), self.width, self.height, ExtendedColorType::Rgb8)
            .expect("a picture with pixels is encoded into memory");
        png
    }
}
