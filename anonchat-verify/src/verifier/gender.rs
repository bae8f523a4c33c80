//! An estimate of the gender that a face presents, or none.

use anonchat_core::Gender;

use crate::decode::Picture;
use crate::verifier::face::Face;
use crate::verifier::model::{Model, NoAnswer};
use crate::verifier::pack::Role;
use crate::verifier::sampling::{Channels, Placement, Planes};
use crate::verifier::stage::{Done, Stage};

/// The probability that a face is a man's, by two models.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Presentation {
    /// By the model that sees the square around the face.
    pub square: f32,
    /// By the model that sees the face turned upright.
    pub aligned: f32,
}

impl Presentation {
    pub(crate) fn estimate(
        square: &Model,
        aligned: &Model,
        face: &Face,
        picture: &Picture,
        done: Done<'_>,
    ) -> Result<Self, NoAnswer> {
        let planes = Planes::averaged(picture, around(face), 112, Channels::Rgb);
        done(Stage::Scale(Role::GenderSquare));
        let [by_square, _] = square.ask(&planes, |answer| answer.row("gender"))?;
        done(Stage::Ask(Role::GenderSquare));
        let planes = Planes::averaged(picture, by_the_eyes(face), 32, Channels::Rgb);
        done(Stage::Scale(Role::GenderAligned));
        let [_, by_aligned] = aligned.ask(&planes, |answer| answer.row("prob"))?;
        done(Stage::Ask(Role::GenderAligned));
        Ok(Self { square: by_square.clamp(0.0, 1.0), aligned: by_aligned.clamp(0.0, 1.0) })
    }

    /// The mean of both.
    pub fn mean(self) -> f32 {
        (self.square + self.aligned) / 2.0
    }

    /// How sure the estimate is, from 0.5 to 1.
    pub fn confidence(self) -> f32 {
        self.mean().max(1.0 - self.mean())
    }

    /// The gender, unless the estimate is less sure than `least`.
    pub(crate) fn gender(self, least: f32) -> Gender {
        if self.confidence() < least {
            Gender::PreferNotToSay
        } else if self.mean() > 0.5 {
            Gender::Male
        } else {
            Gender::Female
        }
    }
}

/// The square of the longer side of the face's box, around its middle.
fn around(face: &Face) -> Placement {
    let ((x, y), side) = (face.centre(), face.side());
    Placement::upright((x - side / 2.0, y - side / 2.0), side / 112.0)
}

/// The face so turned and scaled that the eyes lie where the model knows them to be: 0.3753 of the
/// side apart, their middle at 0.493 and 0.301 of it from the middle of the first pixel, as in
/// dlib's face chips.
fn by_the_eyes(face: &Face) -> Placement {
    let [(ax, ay), (bx, by), ..] = face.landmarks;
    let apart = 0.3753 * 32.0;
    let step = ((bx - ax) / apart, (by - ay) / apart);
    let (right, down) = (0.493 * 32.0 + 0.5, 0.301 * 32.0 + 0.5);
    let corner = (
        (ax + bx) / 2.0 - right * step.0 + down * step.1,
        (ay + by) / 2.0 - right * step.1 - down * step.0,
    );
    Placement { corner, step }
}
