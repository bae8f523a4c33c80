//! What a model pack consists of.

use std::borrow::Cow;

/// The files of a pack, one for each [`Role`], in the order of [`Role::ALL`].
#[derive(Clone, Debug)]
pub struct Manifest(pub [ModelFile; 5]);

/// What a model is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Finds faces with their landmarks.
    Detector,
    /// Tells living people from pictures of them, by the face and what is next to it.
    LivenessNear,
    /// The same, by the face and more of what surrounds it.
    LivenessFar,
    /// Estimates the gender from the square around a face.
    GenderSquare,
    /// Estimates the gender from a face turned upright by its eyes.
    GenderAligned,
}

/// One model of a pack.
#[derive(Clone, Debug)]
pub struct ModelFile {
    /// What it is for.
    pub role: Role,
    /// The name of the file.
    pub name: Cow<'static, str>,
    /// Its size in bytes.
    pub bytes: u64,
    /// Its SHA-256 in lower-case hexadecimal digits.
    pub sha256: Cow<'static, str>,
    /// Under which terms it may be used.
    pub licence: &'static str,
    /// Where it, or what it was converted from, comes from.
    pub source: &'static str,
}

/// A tensor that goes into a model or comes out of it: 32-bit floats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Port {
    /// What the model calls it.
    pub name: &'static str,
    /// Its dimensions, all fixed.
    pub shape: &'static [i64],
    /// What its values mean.
    pub meaning: &'static str,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 5] = [
        Self::Detector,
        Self::LivenessNear,
        Self::LivenessFar,
        Self::GenderSquare,
        Self::GenderAligned,
    ];

    /// What a model in this role takes.
    pub const fn input(self) -> Port {
        let (shape, meaning): (&[i64], _) = match self {
            Self::Detector => (
                &[1, 3, 320, 320],
                "blue, green, red, 0 to 255; the longer side scaled to 320, top left, the rest 0",
            ),
            Self::LivenessNear => (
                &[1, 3, 80, 80],
                "blue, green, red, 0 to 255; the face box 2.7 times as large, moved into the picture",
            ),
            Self::LivenessFar => (
                &[1, 3, 80, 80],
                "blue, green, red, 0 to 255; the face box 4.0 times as large, moved into the picture",
            ),
            Self::GenderSquare => (
                &[1, 3, 112, 112],
                "red, green, blue, 0 to 255; the square of the longer side of the face box",
            ),
            Self::GenderAligned => {
                (&[1, 3, 32, 32], "red, green, blue, 0 to 255; turned and scaled by the eyes")
            }
        };
        Port { name: "input", shape, meaning }
    }

    /// What a model in this role gives, as far as it is read.
    pub const fn outputs(self) -> &'static [Port] {
        match self {
            Self::Detector => &DETECTIONS,
            Self::LivenessNear | Self::LivenessFar => {
                &[Port { name: "logits", shape: &[1, 3], meaning: "logits of: spoof, real, spoof" }]
            }
            Self::GenderSquare => &[Port {
                name: "gender",
                shape: &[1, 2],
                meaning: "probabilities of: male, female",
            }],
            Self::GenderAligned => {
                &[Port { name: "prob", shape: &[1, 2], meaning: "probabilities of: female, male" }]
            }
        }
    }
}

/// Cells of the detector's grid at each stride.
const DETECTIONS: [Port; 12] = {
    const SCORE: &str = "one of two factors of the squared score of a cell";
    const BOX: &str = "centre from the cell's corner and logarithm of the size, in strides";
    const POINTS: &str =
        "eye, eye, tip of the nose, corners of the mouth from the cell's corner, in strides";
    const fn port(name: &'static str, shape: &'static [i64], meaning: &'static str) -> Port {
        Port { name, shape, meaning }
    }
    [
        port("cls_8", &[1, 1600, 1], SCORE),
        port("cls_16", &[1, 400, 1], SCORE),
        port("cls_32", &[1, 100, 1], SCORE),
        port("obj_8", &[1, 1600, 1], SCORE),
        port("obj_16", &[1, 400, 1], SCORE),
        port("obj_32", &[1, 100, 1], SCORE),
        port("bbox_8", &[1, 1600, 4], BOX),
        port("bbox_16", &[1, 400, 4], BOX),
        port("bbox_32", &[1, 100, 4], BOX),
        port("kps_8", &[1, 1600, 10], POINTS),
        port("kps_16", &[1, 400, 10], POINTS),
        port("kps_32", &[1, 100, 10], POINTS),
    ]
};
