//! The verifier: models, what they are asked, and how their answers become a verdict.

mod backend;
mod classifier;
mod error;
mod face;
mod gender;
mod guard;
mod liveness;
mod model;
mod onnx;
mod pack;
mod pipeline;
mod quality;
mod residue;
mod sampling;
mod settings;
mod slopes;
mod stage;
#[cfg(feature = "test-util")]
pub mod tiny;
mod workers;

pub use backend::Backend;
pub use classifier::{Builder, OnnxClassifier};
pub use error::Error;
pub use face::Face;
pub use gender::Presentation;
pub use guard::ModelFault;
pub use liveness::Liveness;
pub use pack::{FileState, Manifest, ModelFile, Port, Role, inspect};
pub use pipeline::{MeasureError, Measures, Portrait};
pub use quality::Quality;
pub use settings::Thresholds;
pub use stage::Stage;
pub use workers::Capacity;
