//! Opens the model pack that the operator has named.

use std::path::Path;

use anonchat_axum::Builder;
use anonchat_core::Verification;

use crate::refusal::Refusal;

/// Gives the chat its classifier, if there is one and it is asked.
pub(crate) fn open(
    builder: Builder,
    verification: Verification,
    models: Option<&Path>,
    onnxruntime: Option<&Path>,
) -> Result<Builder, Refusal> {
    match models {
        Some(_) if verification == Verification::Off => Ok(builder),
        Some(folder) => with_models(builder, folder, onnxruntime),
        None => {
            if verification == Verification::Required {
                tracing::warn!(
                    "nobody can join: --verification is required, and there are no --models"
                );
            }
            Ok(builder)
        }
    }
}

#[cfg(feature = "onnx")]
use anonchat_verify::{Backend, Error, FileState, Manifest, OnnxClassifier, inspect};

#[cfg(feature = "onnx")]
fn with_models(
    builder: Builder,
    folder: &Path,
    onnxruntime: Option<&Path>,
) -> Result<Builder, Refusal> {
    let classifier = load(folder, onnxruntime)?;
    tracing::info!(backend = %backend(onnxruntime), "the model pack is loaded");
    Ok(builder.classifier(classifier))
}

#[cfg(feature = "onnx")]
fn load(folder: &Path, onnxruntime: Option<&Path>) -> Result<OnnxClassifier, Refusal> {
    let opened = OnnxClassifier::builder(folder).backend(backend(onnxruntime)).open();
    opened.map_err(|error| match (&error, onnxruntime) {
        (Error::Backend { .. }, Some(library)) => Refusal::Verifier {
            setting: "--onnxruntime (ANONCHAT_ONNXRUNTIME)",
            path: library.to_owned(),
            error,
        },
        _ => Refusal::Verifier {
            setting: "--models (ANONCHAT_MODELS)",
            path: folder.to_owned(),
            error,
        },
    })
}

#[cfg(feature = "onnx")]
fn backend(onnxruntime: Option<&Path>) -> Backend {
    onnxruntime.map_or(Backend::PureRust, |library| Backend::OnnxRuntime(library.to_owned()))
}

/// Prints what became of each model of a pack, and loads them if all are good.
#[cfg(feature = "onnx")]
pub(crate) fn check(folder: &Path, onnxruntime: Option<&Path>) -> Result<(), Refusal> {
    use std::io::{Write, stdout};

    let manifest = Manifest::default();
    let files = inspect(folder, &manifest).map_err(|source| Refusal::Verifier {
        setting: "models check",
        path: folder.to_owned(),
        error: Error::Folder { source },
    })?;
    let mut out = stdout().lock();
    writeln!(out, "{:<10}  {:>9}  {:<34}  licence", "state", "bytes", "model")?;
    for (name, state) in &files {
        let known = manifest.0.iter().find(|file| file.name == name.as_str());
        let (bytes, licence) = known.map_or_else(
            || (String::from("-"), "-"),
            |file| (file.bytes.to_string(), file.licence),
        );
        writeln!(out, "{:<10}  {bytes:>9}  {name:<34}  {licence}", word(*state))?;
    }
    if files.iter().any(|(_, state)| *state != FileState::Good) {
        return Err(Refusal::Pack(folder.to_owned()));
    }
    load(folder, onnxruntime)?;
    Ok(writeln!(out, "All of them load ({}).", backend(onnxruntime))?)
}

#[cfg(feature = "onnx")]
fn word(state: FileState) -> &'static str {
    match state {
        FileState::Good => "good",
        FileState::Missing => "missing",
        FileState::Unreadable => "unreadable",
        FileState::Changed => "CHANGED",
        FileState::Unknown => "UNKNOWN",
        _ => "refused",
    }
}

#[cfg(not(feature = "onnx"))]
fn with_models(_: Builder, _: &Path, _: Option<&Path>) -> Result<Builder, Refusal> {
    Err(Refusal::Models)
}

#[cfg(not(feature = "onnx"))]
pub(crate) fn check(_: &Path, _: Option<&Path>) -> Result<(), Refusal> {
    Err(Refusal::Models)
}
