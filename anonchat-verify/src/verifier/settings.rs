//! The numbers by which a picture is judged.

/// Where the line is drawn between one verdict and the next.
///
/// The defaults were chosen on pictures like those of the model card, which therefore flatters
/// them. Whoever changes one makes the card anew.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Thresholds {
    /// How sure the detector must be of a face, from 0 to 1.
    pub face: f32,
    /// Two boxes that overlap by more than this, as a part of what either covers, are one face.
    pub same_face: f32,
    /// A face with less than this part of the largest face's area is somebody in the background.
    pub background: f32,
    /// The longer side of the face's box, in pixels, at least.
    pub size: f32,
    /// The light at the brighter places of the face, from 0 to 255, at least: the level that a
    /// tenth of its pixels exceeds. It asks for light and not for light skin.
    pub light: f32,
    /// The sharpness of the face, at least; see [`Quality::sharpness`](crate::Quality::sharpness).
    pub sharpness: f32,
    /// How far the face may be turned; see [`Quality::turn`](crate::Quality::turn).
    pub turn: f32,
    /// The mean of both probabilities that the face is alive, at least.
    pub live: f32,
    /// How sure the estimate of the gender must be, from 0.5 to 1. Below, the verdict abstains.
    pub gender: f32,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            face: 0.6,
            same_face: 0.3,
            background: 0.1,
            size: 64.0,
            light: 50.0,
            sharpness: 12.0,
            turn: 0.4,
            live: 0.7,
            gender: 0.8,
        }
    }
}
