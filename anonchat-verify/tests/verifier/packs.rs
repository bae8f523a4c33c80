//! A pack is loaded whole and unchanged, or not at all.

use std::fs;
use std::path::PathBuf;

use anonchat_verify::{Backend, Error, FileState, Manifest, OnnxClassifier, Role, inspect, tiny};

/// A folder of its own with the tiny pack.
fn folder(name: &str) -> (PathBuf, Manifest) {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("pack-{name}"));
    let _ = fs::remove_dir_all(&folder);
    let manifest = tiny::write(&folder).expect("write");
    (folder, manifest)
}

fn refusal(folder: &PathBuf, manifest: &Manifest) -> String {
    let opened = OnnxClassifier::builder(folder).manifest(manifest.clone()).open();
    opened.err().expect("refused").to_string()
}

#[test]
fn a_missing_changed_or_unknown_file_is_refused_by_its_name() {
    for (name, spoil, named) in [
        (
            "missing",
            (|file| fs::remove_file(file)) as fn(PathBuf) -> std::io::Result<()>,
            "is missing",
        ),
        ("longer", |file| fs::write(&file, [fs::read(&file)?, vec![0]].concat()), "differs"),
        ("shorter", |file| fs::write(&file, &fs::read(&file)?[1..]), "differs"),
        (
            "flipped",
            |file| {
                let mut bytes = fs::read(&file)?;
                let last = bytes.len() - 1;
                bytes[last] ^= 1;
                fs::write(&file, bytes)
            },
            "differs",
        ),
        (
            "a-folder",
            |file| {
                fs::remove_file(&file)?;
                fs::create_dir(&file)
            },
            "tiny_liveness_far.onnx",
        ),
    ] {
        let (folder, manifest) = folder(name);
        spoil(folder.join("tiny_liveness_far.onnx")).expect("spoil");
        let said = refusal(&folder, &manifest);
        assert!(said.contains("tiny_liveness_far.onnx") && said.contains(named), "{name}: {said}");
    }
    let (folder, manifest) = folder("unknown");
    fs::write(folder.join("other.onnx"), "x").expect("write");
    assert_eq!(refusal(&folder, &manifest), "the model other.onnx is not part of the pack");
}

#[test]
fn other_files_of_the_folder_do_not_matter() {
    let (folder, manifest) = folder("readme");
    fs::write(folder.join("README.md"), "licences").expect("write");
    OnnxClassifier::builder(&folder).manifest(manifest).open().expect("open");
}

#[test]
fn a_folder_that_is_none_is_refused() {
    let (_, manifest) = folder("nowhere");
    let said = refusal(&PathBuf::from("/nonexistent"), &manifest);
    assert_eq!(said, "the folder of the models cannot be read");
}

#[test]
fn the_tiny_pack_does_not_pass_for_the_real_one() {
    let (folder, _) = folder("other-manifest");
    let opened = OnnxClassifier::open(&folder);
    assert!(matches!(opened.err(), Some(Error::Unknown { .. })));
}

#[test]
fn inspection_tells_the_state_of_every_file() {
    let (folder, manifest) = folder("inspected");
    fs::remove_file(folder.join("tiny_detector.onnx")).expect("remove");
    fs::write(folder.join("tiny_gender_square.onnx"), "x").expect("write");
    fs::write(folder.join("zzz.onnx"), "x").expect("write");
    let found = inspect(&folder, &manifest).expect("inspect");
    let states: Vec<_> = found.iter().map(|(_, state)| *state).collect();
    use FileState::{Changed, Good, Missing, Unknown};
    assert_eq!(states, [Missing, Good, Good, Changed, Good, Unknown]);
    assert_eq!(found[5].0, "zzz.onnx");
}

#[test]
fn a_model_in_the_wrong_role_is_refused_before_the_backend_sees_it() {
    let (folder, mut manifest) = folder("swapped");
    manifest.0.swap(3, 4);
    manifest.0[3].role = Role::GenderSquare;
    manifest.0[4].role = Role::GenderAligned;
    let opened = OnnxClassifier::builder(&folder).manifest(manifest).open();
    let Some(Error::Model { name, source }) = opened.err() else { panic!("refused as a model") };
    assert_eq!(name, "tiny_gender_aligned.onnx");
    assert!(source.to_string().contains("input"), "{source}");
}

#[test]
fn a_process_has_one_backend() {
    let (folder, manifest) = folder("backends");
    let builder = OnnxClassifier::builder(&folder).manifest(manifest);
    builder.clone().open().expect("open");
    let other =
        builder.clone().backend(Backend::OnnxRuntime("/nonexistent/libonnxruntime.so".into()));
    assert!(matches!(other.open().err(), Some(Error::BackendTaken)));
    builder.open().expect("the same once more");
}

#[test]
fn the_built_in_manifest_knows_each_role_once() {
    let manifest = Manifest::default();
    assert_eq!(manifest.0.each_ref().map(|file| file.role), Role::ALL);
    for file in &manifest.0 {
        assert!(file.name.ends_with(".onnx") && file.bytes > 0 && file.sha256.len() == 64);
        assert!(!file.licence.is_empty() && !file.source.is_empty());
    }
}
