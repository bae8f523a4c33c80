//! One model, ready to be asked.

use std::sync::{Mutex, PoisonError};

use ort::session::{Session, SessionOutputs};
use ort::value::TensorRef;

use crate::verifier::backend::{self, Runtime};
use crate::verifier::error::Error;
use crate::verifier::guard;
use crate::verifier::pack::{ModelFile, Role};
use crate::verifier::sampling::Planes;

/// A model in memory, shared by all threads, which ask it one after the other: neither backend
/// lets two ask at once.
pub(crate) struct Model {
    role: Role,
    session: Mutex<Session>,
}

/// A model gave no answer, or one that is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a model gave no answer")]
pub(crate) struct NoAnswer;

/// What a model answered.
pub(crate) struct Answer<'a>(SessionOutputs<'a>);

impl Model {
    pub(crate) fn load(runtime: &Runtime, file: &ModelFile, bytes: &[u8]) -> Result<Self, Error> {
        let failed = |source| Error::Model { name: file.name.to_string(), source };
        guard::check(bytes, file.role).map_err(|fault| failed(Box::new(fault)))?;
        let session = backend::prepare(runtime, bytes).map_err(|error| failed(Box::new(error)))?;
        Ok(Self { role: file.role, session: Mutex::new(session) })
    }

    /// Asks the model, and reads in its answer.
    pub(crate) fn ask<T>(
        &self,
        planes: &Planes,
        read: impl FnOnce(&Answer<'_>) -> Result<T, NoAnswer>,
    ) -> Result<T, NoAnswer> {
        let input = self.role.input();
        let tensor =
            TensorRef::from_array_view((input.shape, planes.values())).map_err(|_| NoAnswer)?;
        let mut session = self.session.lock().unwrap_or_else(PoisonError::into_inner);
        let outputs = session.run(ort::inputs![input.name => tensor]).map_err(|_| NoAnswer)?;
        read(&Answer(outputs))
    }
}

impl Answer<'_> {
    /// The values of an output, of which there are `N` in each row, all of them finite.
    pub(crate) fn rows<const N: usize>(&self, name: &str) -> Result<&[[f32; N]], NoAnswer> {
        let output = self.0.get(name).ok_or(NoAnswer)?;
        let (_, values) = output.try_extract_tensor::<f32>().map_err(|_| NoAnswer)?;
        let (rows, rest) = values.as_chunks();
        let whole = rest.is_empty() && values.iter().all(|value| value.is_finite());
        if whole { Ok(rows) } else { Err(NoAnswer) }
    }

    /// The only row of an output.
    pub(crate) fn row<const N: usize>(&self, name: &str) -> Result<[f32; N], NoAnswer> {
        match self.rows(name)? {
            [row] => Ok(*row),
            _ => Err(NoAnswer),
        }
    }
}
