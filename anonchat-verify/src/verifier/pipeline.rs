//! From a picture to a verdict, step by step.

use std::path::Path;
use std::thread;

use anonchat_core::{ClassifyError, Verdict};

use crate::decode::{DecodeError, Limits, Picture};
use crate::verifier::backend::{self, Backend};
use crate::verifier::error::Error;
use crate::verifier::face::{self, Face};
use crate::verifier::gender::Presentation;
use crate::verifier::liveness::Liveness;
use crate::verifier::model::{Model, NoAnswer};
use crate::verifier::pack::{self, Manifest};
use crate::verifier::quality::Quality;
use crate::verifier::settings::Thresholds;
use crate::verifier::stage::{Done, Stage};

/// The models, and the numbers by which their answers are read.
pub(crate) struct Pipeline {
    /// In the order of [`Role::ALL`](crate::Role::ALL).
    models: [Model; 5],
    pub(crate) limits: Limits,
    pub(crate) thresholds: Thresholds,
}

/// All that the verifier sees in a picture, before any line is drawn. It is for those who measure
/// the verifier on pictures that they may use, such as the program that makes the model card; a
/// server has no use for it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Measures {
    /// The faces, the largest first.
    pub faces: Vec<Face>,
    /// What is seen of the largest.
    pub largest: Option<Portrait>,
}

/// What is seen of one face.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Portrait {
    /// How well it can be seen.
    pub quality: Quality,
    /// Whether it is alive.
    pub liveness: Liveness,
    /// Which gender it presents.
    pub presentation: Presentation,
}

/// Why a picture was not measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MeasureError {
    /// It is no picture that can be judged.
    #[error(transparent)]
    Unreadable(#[from] DecodeError),
    /// A model gave no answer.
    #[error("a model gave no answer")]
    NoAnswer,
}

/// Why a picture was not judged to the end.
enum Stop {
    Found(Verdict),
    NoAnswer,
    Cancelled,
}

impl From<NoAnswer> for Stop {
    fn from(NoAnswer: NoAnswer) -> Self {
        Self::NoAnswer
    }
}

impl Pipeline {
    /// Reads all models and prepares them, side by side.
    pub(crate) fn load(
        folder: &Path,
        manifest: &Manifest,
        backend: &Backend,
        limits: Limits,
        thresholds: Thresholds,
    ) -> Result<Self, Error> {
        let unknown = pack::unknown(folder, manifest).map_err(|source| Error::Folder { source })?;
        if let Some(name) = unknown.into_iter().next() {
            return Err(Error::Unknown { name });
        }
        let runtime = backend::start(backend)?;
        let load = |file| Model::load(&runtime, file, &pack::read(folder, file)?);
        let [first, second, third, fourth, fifth] = thread::scope(|scope| {
            let loading = manifest.0.each_ref().map(|file| scope.spawn(move || load(file)));
            loading.map(|thread| thread.join().unwrap_or(Err(Error::Panicked)))
        });
        let models = [first?, second?, third?, fourth?, fifth?];
        Ok(Self { models, limits, thresholds })
    }

    /// Judges an encoded picture, and stops early once it `is_cancelled`.
    pub(crate) fn judge(
        &self,
        encoded: &[u8],
        is_cancelled: &dyn Fn() -> bool,
    ) -> Result<Verdict, ClassifyError> {
        match self.steps(encoded, is_cancelled) {
            Ok(verdict) | Err(Stop::Found(verdict)) => Ok(verdict),
            Err(Stop::NoAnswer) => Err(ClassifyError::Failed),
            Err(Stop::Cancelled) => Err(ClassifyError::Timeout),
        }
    }

    fn steps(&self, encoded: &[u8], is_cancelled: &dyn Fn() -> bool) -> Result<Verdict, Stop> {
        let [detector, near, far, square, aligned] = &self.models;
        let lines = &self.thresholds;
        let go_on = || if is_cancelled() { Err(Stop::Cancelled) } else { Ok(()) };
        let picture =
            Picture::decode(encoded, &self.limits).map_err(|_| Stop::Found(Verdict::Unreadable))?;
        go_on()?;
        let faces = face::find(detector, &picture, lines, &mut |_| {})?;
        let face = only(&faces, lines).map_err(Stop::Found)?;
        if let Some(verdict) = objection(&Quality::of(face, &picture), lines) {
            return Ok(verdict);
        }
        go_on()?;
        if Liveness::estimate(near, far, face, &picture, &mut |_| {})?.mean() < lines.live {
            return Ok(Verdict::NotLive);
        }
        go_on()?;
        let presentation = Presentation::estimate(square, aligned, face, &picture, &mut |_| {})?;
        Ok(Verdict::Verified(presentation.gender(lines.gender)))
    }

    /// All that is seen in an encoded picture.
    pub(crate) fn measure(&self, encoded: &[u8], done: Done<'_>) -> Result<Measures, MeasureError> {
        let picture = Picture::decode(encoded, &self.limits)?;
        done(Stage::Decode);
        self.measures(&picture, done).map_err(|NoAnswer| MeasureError::NoAnswer)
    }

    fn measures(&self, picture: &Picture, done: Done<'_>) -> Result<Measures, NoAnswer> {
        let [detector, near, far, square, aligned] = &self.models;
        let faces = face::find(detector, picture, &self.thresholds, done)?;
        let portrait = |face: &Face| {
            let quality = Quality::of(face, picture);
            done(Stage::Quality);
            let liveness = Liveness::estimate(near, far, face, picture, done)?;
            let presentation = Presentation::estimate(square, aligned, face, picture, done)?;
            Ok(Portrait { quality, liveness, presentation })
        };
        let largest = faces.first().map(portrait).transpose()?;
        Ok(Measures { faces, largest })
    }
}

/// The face of a picture that shows one person, whoever else is far behind.
fn only<'a>(faces: &'a [Face], lines: &Thresholds) -> Result<&'a Face, Verdict> {
    let Some((largest, others)) = faces.split_first() else { return Err(Verdict::NoFace) };
    let is_alone = others.iter().all(|other| other.area() < lines.background * largest.area());
    if is_alone { Ok(largest) } else { Err(Verdict::SeveralFaces) }
}

/// What is not good enough about the picture, first what must be mended first.
fn objection(quality: &Quality, lines: &Thresholds) -> Option<Verdict> {
    if quality.size < lines.size {
        Some(Verdict::TooSmall)
    } else if quality.light < lines.light {
        Some(Verdict::TooDark)
    } else if quality.sharpness < lines.sharpness {
        Some(Verdict::TooBlurred)
    } else if quality.turn > lines.turn {
        Some(Verdict::TurnedAway)
    } else {
        None
    }
}

impl Measures {
    /// The verdict by these thresholds.
    pub fn verdict(&self, lines: &Thresholds) -> Verdict {
        if let Err(verdict) = only(&self.faces, lines) {
            return verdict;
        }
        let Some(portrait) = &self.largest else { return Verdict::NoFace };
        if let Some(verdict) = objection(&portrait.quality, lines) {
            verdict
        } else if portrait.liveness.mean() < lines.live {
            Verdict::NotLive
        } else {
            Verdict::Verified(portrait.presentation.gender(lines.gender))
        }
    }
}
