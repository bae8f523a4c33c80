//! What a selfie costs: 640 by 480 pixels as JPEG, from the bytes to every figure of the pipeline,
//! on one thread, stage by stage. Nothing stops early.
//!
//! ```sh
//! cargo bench -p anonchat-verify --all-features --bench selfie -- MODELS PICTURES [LIBONNXRUNTIME]
//! ```
//!
//! `MODELS` is a model pack, `PICTURES` a folder of pictures. Each is cut to four by three, scaled
//! and encoded as the page's camera does it; those in which one face is left are measured. A third
//! argument names a native ONNX Runtime, which then carries the models out. Without arguments the
//! tiny pack looks at a painted face: its models cost next to nothing, all the rest what it costs.

mod pictures;
mod table;

use std::error::Error;
use std::io::{self, Write};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anonchat_verify::{Backend, OnnxClassifier, Stage, tiny};

/// Rounds over all pictures; the first two, which warm up, do not count.
const ROUNDS: usize = 17;

fn main() -> Result<(), Box<dyn Error>> {
    // `cargo bench` adds a flag of its own.
    let paths: Vec<_> = std::env::args().skip(1).filter(|word| !word.starts_with("--")).collect();
    let (name, classifier, pictures) = match paths.as_slice() {
        [models, folder, library @ ..] => {
            let backend = library
                .first()
                .map_or(Backend::PureRust, |library| Backend::OnnxRuntime(library.into()));
            let classifier = OnnxClassifier::builder(models).backend(backend.clone()).open()?;
            let pictures = pictures::with_one_face(&classifier, folder.as_ref())?;
            (backend.to_string(), classifier, pictures)
        }
        _ => {
            let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("selfie-tiny-pack");
            let manifest = tiny::write(&folder)?;
            let classifier = OnnxClassifier::builder(folder).manifest(manifest).open()?;
            let name = "the TINY pack, which is no measure of the models".to_owned();
            (name, classifier, vec![pictures::painted()])
        }
    };
    let looks = looks(&classifier, &pictures)?;
    let text = table::of(&looks);
    Ok(writeln!(io::stdout(), "{} pictures of 640x480, {name}\n\n{text}", pictures.len())?)
}

/// One look at a picture: each stage, and all of it.
struct Look {
    stages: Vec<(Stage, Duration)>,
    whole: Duration,
}

fn looks(classifier: &OnnxClassifier, pictures: &[Vec<u8>]) -> Result<Vec<Look>, Box<dyn Error>> {
    let mut looks = Vec::new();
    for round in 0..ROUNDS {
        for picture in pictures {
            let mut stages = Vec::with_capacity(16);
            let start = now();
            let mut last = start;
            classifier.measure_in_stages(picture, |stage| {
                let this = now();
                stages.push((stage, this - last));
                last = this;
            })?;
            let whole = start.elapsed();
            if round > 1 {
                looks.push(Look { stages, whole });
            }
        }
    }
    Ok(looks)
}

#[expect(clippy::disallowed_methods, reason = "a benchmark measures time")]
fn now() -> Instant {
    Instant::now()
}
