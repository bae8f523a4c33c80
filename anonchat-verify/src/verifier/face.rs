//! Finding faces.

use crate::decode::Picture;
use crate::verifier::model::{Answer, Model, NoAnswer};
use crate::verifier::pack::Role;
use crate::verifier::sampling::{Channels, Planes};
use crate::verifier::settings::Thresholds;
use crate::verifier::stage::{Done, Stage};

/// A face in a picture. All lengths are in pixels of the picture, from its top left corner.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Face {
    /// How sure the detector is, from 0 to 1.
    pub score: f32,
    /// The left edge of the box around the face. It may lie outside of the picture.
    pub left: f32,
    /// Its upper edge.
    pub top: f32,
    /// Its width.
    pub width: f32,
    /// Its height.
    pub height: f32,
    /// The eyes, left one first as seen in the picture, the tip of the nose, the corners of the mouth.
    pub landmarks: [(f32, f32); 5],
}

/// The longer side of what the detector takes.
const SIDE: usize = 320;

/// The detector's grids: pixels of a cell, and the names of its outputs.
const GRIDS: [(usize, [&str; 4]); 3] = [
    (8, ["cls_8", "obj_8", "bbox_8", "kps_8"]),
    (16, ["cls_16", "obj_16", "bbox_16", "kps_16"]),
    (32, ["cls_32", "obj_32", "bbox_32", "kps_32"]),
];

/// Boxes that are looked at, the surest first. A crowd has fewer; it bounds the work.
const CANDIDATES: usize = 256;

/// The faces in a picture, the largest first.
pub(crate) fn find(
    detector: &Model,
    picture: &Picture,
    thresholds: &Thresholds,
    done: Done<'_>,
) -> Result<Vec<Face>, NoAnswer> {
    let (planes, scale) = Planes::whole(picture, SIDE, Channels::Bgr);
    done(Stage::Scale(Role::Detector));
    let mut candidates = detector.ask(&planes, |answer| candidates(answer, thresholds.face))?;
    candidates.sort_by(|a, b| b.score.total_cmp(&a.score));
    candidates.truncate(CANDIDATES);
    let mut faces: Vec<Face> = Vec::new();
    for candidate in candidates {
        if faces.iter().all(|face| face.overlap(&candidate) <= thresholds.same_face) {
            faces.push(candidate);
        }
    }
    let mut faces: Vec<_> = faces.into_iter().map(|face| face.scaled(scale)).collect();
    faces.sort_by(|a, b| b.area().total_cmp(&a.area()));
    done(Stage::Ask(Role::Detector));
    Ok(faces)
}

fn candidates(answer: &Answer<'_>, least: f32) -> Result<Vec<Face>, NoAnswer> {
    let mut found = Vec::new();
    for (stride, [class, object, boxes, points]) in GRIDS {
        let (class, object) = (answer.rows::<1>(class)?, answer.rows::<1>(object)?);
        let (boxes, points) = (answer.rows::<4>(boxes)?, answer.rows::<10>(points)?);
        let across = SIDE / stride;
        for cell in 0..(across * across) {
            let score = (class[cell][0].clamp(0.0, 1.0) * object[cell][0].clamp(0.0, 1.0)).sqrt();
            if score >= least {
                let corner = ((cell % across) as f32, (cell / across) as f32);
                let face = Face::read(score, corner, stride as f32, boxes[cell], &points[cell]);
                found.extend(face.filter(Face::is_possible));
            }
        }
    }
    Ok(found)
}

impl Face {
    /// From the numbers of a cell, which count in strides from the cell's corner.
    fn read(
        score: f32,
        (column, row): (f32, f32),
        stride: f32,
        [x, y, width, height]: [f32; 4],
        points: &[f32; 10],
    ) -> Option<Self> {
        let (width, height) = (width.exp() * stride, height.exp() * stride);
        let landmark =
            |n: usize| ((column + points[2 * n]) * stride, (row + points[2 * n + 1]) * stride);
        let face = Self {
            score,
            left: (column + x) * stride - width / 2.0,
            top: (row + y) * stride - height / 2.0,
            width,
            height,
            landmarks: [0, 1, 2, 3, 4].map(landmark),
        };
        (width.is_finite() && height.is_finite()).then_some(face)
    }

    /// Whether it could be somewhere in what the detector saw.
    fn is_possible(&self) -> bool {
        let side = SIDE as f32;
        let (x, y) = self.centre();
        (1.0..2.0 * side).contains(&self.width)
            && (1.0..2.0 * side).contains(&self.height)
            && (0.0..=side).contains(&x)
            && (0.0..=side).contains(&y)
            && self.landmarks.iter().all(|(x, y)| x.abs() < 3.0 * side && y.abs() < 3.0 * side)
    }

    fn scaled(self, scale: f32) -> Self {
        Self {
            score: self.score,
            left: self.left * scale,
            top: self.top * scale,
            width: self.width * scale,
            height: self.height * scale,
            landmarks: self.landmarks.map(|(x, y)| (x * scale, y * scale)),
        }
    }

    /// The middle of the box.
    pub fn centre(&self) -> (f32, f32) {
        (self.left + self.width / 2.0, self.top + self.height / 2.0)
    }

    /// The area of the box.
    pub fn area(&self) -> f32 {
        self.width * self.height
    }

    /// The longer side of the box.
    pub fn side(&self) -> f32 {
        self.width.max(self.height)
    }

    /// What both boxes cover, as a part of what either covers.
    fn overlap(&self, other: &Self) -> f32 {
        let shared = |low: f32, length: f32, other_low: f32, other_length: f32| {
            ((low + length).min(other_low + other_length) - low.max(other_low)).max(0.0)
        };
        let both = shared(self.left, self.width, other.left, other.width)
            * shared(self.top, self.height, other.top, other.height);
        both / (self.area() + other.area() - both)
    }
}
