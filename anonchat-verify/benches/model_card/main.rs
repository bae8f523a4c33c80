//! Makes the model card from a folder of labelled pictures.
//!
//! ```sh
//! cargo bench -p anonchat-verify --bench model_card -- MODELS PICTURES > anonchat-verify/MODEL_CARD.md
//! ```
//!
//! `MODELS` is a model pack. `PICTURES` has a `labels.csv` with a heading and the columns `file`,
//! `faces` (how many people a person would count), `gender` (`M`, `F` or empty), `live` (`real`
//! for a frame of a camera with a person before it, `photo` for an ordinary photograph, and any
//! other word for a kind of attack, such as `print`), and perhaps `group`. A third argument names
//! a native ONNX Runtime, whose latency is then measured instead; `--latency` prints nothing else,
//! for the row of the second backend: a process has only one.

mod card;
mod labels;
mod rates;
mod timing;
mod worse;

use std::path::Path;

use anonchat_verify::{Backend, OnnxClassifier};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // `cargo bench` adds a flag of its own.
    let (flags, paths): (Vec<_>, Vec<_>) =
        std::env::args().skip(1).partition(|word| word.starts_with("--"));
    let (models, pictures) = match paths.as_slice() {
        [models, pictures, ..] => (Path::new(models), Path::new(pictures)),
        // Without arguments it is run by `cargo bench` for all, which has nothing to measure here.
        _ => return Ok(()),
    };
    let backend =
        paths.get(2).map_or(Backend::PureRust, |library| Backend::OnnxRuntime(library.into()));
    let opened = timing::now();
    let classifier = OnnxClassifier::builder(models).backend(backend.clone()).open()?;
    let opening = opened.elapsed();
    let samples = labels::read(pictures)?;
    let latency = timing::measure(&classifier, &samples, opening)?;
    if flags.iter().any(|flag| flag == "--latency") {
        return Ok(card::print(&card::latency(&backend, &latency))?);
    }
    let measured = labels::measure(&classifier, samples)?;
    Ok(card::print(&card::whole(&classifier, &measured, &card::latency(&backend, &latency)))?)
}
