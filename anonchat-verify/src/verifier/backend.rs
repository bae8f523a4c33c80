//! What carries the models out: one choice for the whole process.

use std::fmt;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use ort::environment::Environment;
use ort::session::Session;
use ort::session::builder::GraphOptimizationLevel;

use crate::verifier::error::Error;
use crate::verifier::slopes;

/// What carries the models out.
///
/// Both give the same verdicts. A process has one of them: the first that is opened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Backend {
    /// The crate `tract-onnx`, which needs nothing but this binary.
    #[default]
    PureRust,
    /// The native ONNX Runtime, 1.24 or later, in the shared library at this path. It is a few
    /// times as fast. Opening it runs its code: name only a file that you trust.
    OnnxRuntime(PathBuf),
}

/// A backend that was started.
#[derive(Clone)]
pub(crate) struct Runtime {
    backend: Backend,
    environment: Environment,
}

/// The backend of this process, once there is one.
static STARTED: Mutex<Option<Runtime>> = Mutex::new(None);

/// Starts a backend, or finds it started.
pub(crate) fn start(backend: &Backend) -> Result<Runtime, Error> {
    let mut started = STARTED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(runtime) = started.as_ref() {
        let same = runtime.backend == *backend;
        return if same { Ok(runtime.clone()) } else { Err(Error::BackendTaken) };
    }
    let builder = match backend {
        Backend::PureRust => {
            ort::set_api(ort_tract::api());
            ort::init()
        }
        Backend::OnnxRuntime(library) => {
            ort::init_from(library).map_err(|error| Error::Backend { source: Box::new(error) })?
        }
    };
    let environment = builder.with_telemetry(false).build().map_err(Error::backend)?;
    let runtime = Runtime { backend: backend.clone(), environment };
    *started = Some(runtime.clone());
    Ok(runtime)
}

/// Prepares a model that [the guard](crate::verifier::guard) has let through. One thread carries it out: the
/// one that asks.
pub(crate) fn prepare(runtime: &Runtime, model: &[u8]) -> ort::Result<Session> {
    let mut builder = Session::builder(&runtime.environment)?
        .with_optimization_level(GraphOptimizationLevel::Level3)?;
    if let Backend::OnnxRuntime(_) = runtime.backend {
        // It would start a thread for each core and model, which wait for work by spinning. Pure
        // Rust has no threads of its own, and no such setting.
        builder = builder.with_intra_threads(1)?.with_inter_threads(1)?;
    }
    match slopes::as_maxima(model) {
        Some(model) => builder.commit_from_memory(&model),
        None => builder.commit_from_memory(model),
    }
}

impl fmt::Display for Backend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PureRust => f.write_str("pure Rust"),
            Self::OnnxRuntime(_) => f.write_str("ONNX Runtime"),
        }
    }
}
