//! Telling living people from prints and screens, by one picture.

use crate::decode::Picture;
use crate::verifier::face::Face;
use crate::verifier::model::{Model, NoAnswer};
use crate::verifier::pack::Role;
use crate::verifier::sampling::{Channels, Planes};
use crate::verifier::stage::{Done, Stage};

const SIDE: usize = 80;

/// The probability that a face is alive, by two models that see more and less of what surrounds it.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Liveness {
    /// By the model that sees 2.7 times the face.
    pub near: f32,
    /// By the model that sees 4 times the face.
    pub far: f32,
}

impl Liveness {
    pub(crate) fn estimate(
        near: &Model,
        far: &Model,
        face: &Face,
        picture: &Picture,
        done: Done<'_>,
    ) -> Result<Self, NoAnswer> {
        let mut ask = |model: &Model, role, scale| {
            let (corner, extent) = surroundings(face, picture, scale);
            let planes = Planes::interpolated(picture, corner, extent, SIDE, Channels::Bgr);
            done(Stage::Scale(role));
            let real = model.ask(&planes, |answer| Ok(real(answer.row("logits")?)))?;
            done(Stage::Ask(role));
            Ok(real)
        };
        let near = ask(near, Role::LivenessNear, 2.7)?;
        let far = ask(far, Role::LivenessFar, 4.0)?;
        Ok(Self { near, far })
    }

    /// The mean of both.
    pub fn mean(self) -> f32 {
        (self.near + self.far) / 2.0
    }
}

/// The softmax of the class in the middle, which stands for a living person.
fn real(logits: [f32; 3]) -> f32 {
    let most = logits.into_iter().fold(f32::MIN, f32::max);
    let [print, real, screen] = logits.map(|logit| (logit - most).exp());
    real / (print + real + screen)
}

/// The face's box, `scale` times as large around its middle, not larger than the picture, and moved
/// into it: its corner and its extent in whole pixels, rounded as in the training of the models.
fn surroundings(face: &Face, picture: &Picture, scale: f32) -> ((u32, u32), (u32, u32)) {
    let (most_x, most_y) = ((picture.width() - 1) as f32, (picture.height() - 1) as f32);
    let scale = scale.min(most_y / face.height).min(most_x / face.width);
    let (width, height) = (face.width * scale, face.height * scale);
    let (x, y) = face.centre();
    let left = (x - width / 2.0).clamp(0.0, (most_x - width).max(0.0));
    let top = (y - height / 2.0).clamp(0.0, (most_y - height).max(0.0));
    let corner = (left as u32, top as u32);
    let right = ((left + width) as u32).min(picture.width() - 1);
    let bottom = ((top + height) as u32).min(picture.height() - 1);
    (corner, (right - corner.0 + 1, bottom - corner.1 + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn face(left: f32, top: f32, width: f32, height: f32) -> Face {
        Face { score: 1.0, left, top, width, height, landmarks: [(0.0, 0.0); 5] }
    }

    #[test]
    fn surroundings_stay_in_the_picture() {
        let picture = Picture::from_rgb(640, 480, vec![0; 640 * 480 * 3]).expect("picture");
        for (face, scale, expected) in [
            (face(300.0, 200.0, 40.0, 50.0), 2.0, ((280, 175), (81, 101))),
            (face(0.0, 0.0, 40.0, 50.0), 2.0, ((0, 0), (81, 101))),
            (face(600.0, 430.0, 40.0, 50.0), 2.0, ((559, 379), (81, 101))),
            // No larger than the picture allows, in the proportions of the face.
            (face(200.0, 100.0, 200.0, 240.0), 4.0, ((100, 0), (400, 480))),
            (face(-50.0, -50.0, 900.0, 900.0), 2.7, ((160, 0), (480, 480))),
        ] {
            assert_eq!(surroundings(&face, &picture, scale), expected, "{face:?}");
        }
    }

    #[test]
    fn probabilities_of_any_logits_are_probabilities() {
        for logits in [[0.0; 3], [1e9, -1e9, 0.0], [-1e9, 1e9, 1e9], [f32::MAX, f32::MIN, 0.0]] {
            let real = real(logits);
            assert!((0.0..=1.0).contains(&real), "{logits:?}: {real}");
        }
    }
}
