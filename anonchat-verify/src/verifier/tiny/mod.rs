//! Five models of a few operators each, and pictures that they understand.
//!
//! They take and give what a real pack does and go through the same backends, but what they find
//! is painted into the picture by a [`Scene`], to order: any branch of the pipeline can be reached
//! with a number in a test. They know nothing of real people.
//!
//! # What is painted, and what reads it
//!
//! `s` is the side of a face's box; places are counted from its centre. `logit(p)` is
//! `ln(p / (1 - p))`, between -4 and 4.
//!
//! | What | Where | Colour | Read by | As |
//! |---|---|---|---|---|
//! | mark | a cell of the detector's 40x40 grid, and 1/8 around | red 255, green `64 ln(s / 8)` with `s` in the detector's pixels, blue `100 + 100 yaw` | detector | score 1 where red is 250 and more; 0.6 at 244, 0 at 235; box `s` by `s`; eyes at (∓0.2, -0.15) `s`, nose at (0.2 `yaw`, 0.05) `s`, mouth at (∓0.15, 0.25) `s` |
//! | left side | x below -0.3 `s` | green `155 + 25 logit(live_near)`, otherwise 0 | first liveness model | the largest green - blue - red of its crop |
//! | right side | x above 0.3 `s` | blue `155 + 25 logit(live_far)`, otherwise 0 | second liveness model | the largest blue - green - red of its crop |
//! | top | y above the middle, from 0.25 `s` | red and green `110 ± 18 logit(male_square)`, blue 110 | square gender model | mean of red - green |
//! | bottom | y below the middle, from 0.25 `s` | red and green `110 ± 18 logit(male_aligned)`, blue 110 | aligned gender model | mean of red - green |
//! | middle | the rest | grey, as light as the mark | none | |
//! | checks | top, middle and bottom | all channels ∓30 `texture`, 16 to a side | measures of sharpness | |
//! | background | beyond the face | grey, up to 200 | none | |
//!
//! Colours change gently (over 0.06 `s`) from one place to the next, and nothing has more red than
//! 215 but a mark, so that only the checks make a face sharp. Scaled with `brightness` is all but
//! the mark and the background; below 1, the models read what is left of the colours.
//!
//! A mark has to fill its cell when the picture is scaled to 320 on its longer side, so a face is
//! moved to the middle of the nearest cell: [`Scene::boxes`] tells where. Where a crop holds two
//! faces, the liveness models read the better one.

mod graph;
mod models;
mod paint;
mod scene;
#[cfg(test)]
mod tests;

pub use scene::{Scene, TinyFace};

use std::fs;
use std::io;
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::verifier::pack::{Manifest, ModelFile, Role};

/// How a mark is told from everything else, and what is read from it.
struct Mark {
    /// Red from which a score is 1.
    red: f32,
    /// By how much less the score is 0.
    fade: f32,
    /// Blue from which the score falls, lest white be a mark.
    blue: f32,
    /// Green for each unit of the logarithm of the size in strides.
    green_of_log: f32,
    /// Blue for a turn of 1 to either side.
    blue_of_turn: f32,
}

const MARK: Mark =
    Mark { red: 250.0, fade: 15.0, blue: 215.0, green_of_log: 64.0, blue_of_turn: 100.0 };

/// Purity of a colour that stands for the probability 0.5 of being live.
const MIDDLE: f32 = 155.0;
/// Purity for each unit of the logit.
const LIVE_STEP: f32 = 25.0;
/// Red over green for each unit of the logit.
const GENDER_STEP: f32 = 36.0;
/// Everybody's age.
const AGE: f32 = 30.0;

/// A pack of tiny models.
#[derive(Clone, Debug)]
pub struct TinyPack {
    /// What a directory of [`files`](Self::files) is checked against.
    pub manifest: Manifest,
    /// The names and contents of the files.
    pub files: Vec<(String, Vec<u8>)>,
}

/// Makes the pack: the same bytes whenever and wherever it is called. Less than 100 KB.
pub fn pack() -> TinyPack {
    let models = Role::ALL.map(|role| (role, file_name(role), models::model(role)));
    let manifest = Manifest(models.each_ref().map(|(role, name, model)| ModelFile {
        role: *role,
        name: (*name).into(),
        bytes: model.len() as u64,
        sha256: Sha256::digest(model).iter().map(|byte| format!("{byte:02x}")).collect(),
        licence: "MIT OR Apache-2.0",
        source: "made by this project",
    }));
    let files = models.into_iter().map(|(_, name, model)| (name.to_owned(), model)).collect();
    TinyPack { manifest, files }
}

/// Writes the pack into a directory, which is made if there is none. Gives its manifest.
///
/// # Errors
///
/// The directory cannot be made or written to; some files may be there then.
pub fn write(dir: &Path) -> io::Result<Manifest> {
    let TinyPack { manifest, files } = pack();
    fs::create_dir_all(dir)?;
    for (name, model) in files {
        fs::write(dir.join(name), model)?;
    }
    Ok(manifest)
}

const fn file_name(role: Role) -> &'static str {
    match role {
        Role::Detector => "tiny_detector.onnx",
        Role::LivenessNear => "tiny_liveness_near.onnx",
        Role::LivenessFar => "tiny_liveness_far.onnx",
        Role::GenderSquare => "tiny_gender_square.onnx",
        Role::GenderAligned => "tiny_gender_aligned.onnx",
    }
}
