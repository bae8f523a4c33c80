//! The classifier that others embed.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anonchat_core::{Classifier, ClassifyError, Selfie, Verdict};
use async_trait::async_trait;

use crate::decode::Limits;
use crate::verifier::backend::Backend;
use crate::verifier::error::Error;
use crate::verifier::pack::Manifest;
use crate::verifier::pipeline::{MeasureError, Measures, Pipeline};
use crate::verifier::settings::Thresholds;
use crate::verifier::stage::Stage;
use crate::verifier::workers::{Capacity, Workers};

/// Judges selfies by the models of a pack.
///
/// A picture is decoded, must show exactly one face, large, bright, sharp and straight enough,
/// that is alive as far as can be told, and the verdict is the gender that it presents, or
/// [`PreferNotToSay`](anonchat_core::Gender::PreferNotToSay) when that is not sure. What that is
/// worth, and what it does not stop, is in the model card.
///
/// Models are in memory once, whatever the number of threads. Needs a tokio runtime with time.
pub struct OnnxClassifier {
    pipeline: Arc<Pipeline>,
    workers: Workers,
}

/// Collects what an [`OnnxClassifier`] needs. Made by [`OnnxClassifier::builder`].
#[derive(Clone, Debug)]
#[must_use]
pub struct Builder {
    folder: PathBuf,
    manifest: Manifest,
    backend: Backend,
    limits: Limits,
    thresholds: Thresholds,
    capacity: Capacity,
}

impl OnnxClassifier {
    /// Opens the pack in a folder, with the defaults of everything.
    ///
    /// It reads and checks all files: about 6 MB, and a tenth of a second.
    ///
    /// # Errors
    ///
    /// [`Error`], which names the file that is missing, changed or unknown.
    pub fn open(folder: impl AsRef<Path>) -> Result<Self, Error> {
        Self::builder(folder).open()
    }

    /// Begins with a folder and the defaults of everything.
    pub fn builder(folder: impl AsRef<Path>) -> Builder {
        Builder {
            folder: folder.as_ref().to_owned(),
            manifest: Manifest::default(),
            backend: Backend::default(),
            limits: Limits::default(),
            thresholds: Thresholds::default(),
            capacity: Capacity::default(),
        }
    }

    /// All that is seen in a picture, before any line is drawn: for model cards. It works on the
    /// thread that asks, and takes as long as a verdict.
    ///
    /// # Errors
    ///
    /// [`MeasureError`], if it is no picture, or a model breaks.
    pub fn measure(&self, encoded: &[u8]) -> Result<Measures, MeasureError> {
        self.measure_in_stages(encoded, |_| {})
    }

    /// The same, and tells after each stage that it is done: for benchmarks.
    ///
    /// # Errors
    ///
    /// [`MeasureError`], if it is no picture, or a model breaks.
    pub fn measure_in_stages(
        &self,
        encoded: &[u8],
        mut done: impl FnMut(Stage),
    ) -> Result<Measures, MeasureError> {
        self.pipeline.measure(encoded, &mut done)
    }

    /// The thresholds in force.
    pub fn thresholds(&self) -> &Thresholds {
        &self.pipeline.thresholds
    }
}

impl Builder {
    /// Another pack than the built-in one: models with the same inputs and outputs.
    pub fn manifest(mut self, manifest: Manifest) -> Self {
        self.manifest = manifest;
        self
    }

    /// What carries the models out. A process has one backend: the first that is opened.
    pub fn backend(mut self, backend: Backend) -> Self {
        self.backend = backend;
        self
    }

    /// What is read at most.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Where the lines are drawn.
    pub fn thresholds(mut self, thresholds: Thresholds) -> Self {
        self.thresholds = thresholds;
        self
    }

    /// How many pictures are looked at, and how long.
    pub fn capacity(mut self, capacity: Capacity) -> Self {
        self.capacity = capacity;
        self
    }

    /// Checks and loads the models and starts the threads.
    ///
    /// # Errors
    ///
    /// [`Error`], which names the file that is missing, changed or unknown.
    pub fn open(self) -> Result<OnnxClassifier, Error> {
        let pipeline = Pipeline::load(
            &self.folder,
            &self.manifest,
            &self.backend,
            self.limits,
            self.thresholds,
        )?;
        let pipeline = Arc::new(pipeline);
        let workers =
            Workers::start(&pipeline, self.capacity).map_err(|source| Error::Threads { source })?;
        Ok(OnnxClassifier { pipeline, workers })
    }
}

#[async_trait]
impl Classifier for OnnxClassifier {
    async fn classify(&self, selfie: Selfie) -> Result<Verdict, ClassifyError> {
        self.workers.classify(selfie).await
    }
}
