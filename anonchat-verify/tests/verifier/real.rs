//! The real pack on real pictures. Both are test data that is not part of the project:
//! `ANONCHAT_MODELS` and `ANONCHAT_FACES` name the folders; without them those next to the
//! project's folder are taken, if they are there.

use std::collections::HashMap;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anonchat_core::{Gender, Verdict};
use anonchat_verify::{Measures, OnnxClassifier};

/// A folder of test data.
pub(crate) fn folder(variable: &str, name: &str) -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared").join(name);
    let folder =
        std::env::var_os(variable).filter(|set| !set.is_empty()).map_or(beside, PathBuf::from);
    let is_there = folder.is_dir();
    if !is_there {
        not_run(&format!("****** NOT RUN: {variable} names no folder ******"));
    }
    is_there.then_some(folder)
}

/// Says, past the harness, which keeps what passing tests print to itself.
pub(crate) fn not_run(sentence: &str) {
    let _ = writeln!(io::stderr(), "\n{sentence}\n");
}

/// A picture, and what its label says by column.
pub(crate) type Labelled = (String, Vec<u8>, HashMap<String, String>);

pub(crate) fn labelled(folder: &Path) -> Vec<Labelled> {
    let labels = fs::read_to_string(folder.join("labels.csv")).expect("labels");
    let mut rows = labels.lines().map(|line| line.split(',').map(str::to_owned));
    let heading: Vec<String> = rows.next().expect("heading").collect();
    rows.map(|row| {
        let row: HashMap<_, _> = heading.iter().cloned().zip(row).collect();
        let file = row["file"].clone();
        let bytes = fs::read(folder.join(&file)).expect("picture");
        (file, bytes, row)
    })
    .collect()
}

#[test]
fn real_pictures_are_judged_as_they_are_labelled() {
    let Some((models, faces)) =
        folder("ANONCHAT_MODELS", "models").zip(folder("ANONCHAT_FACES", "faces"))
    else {
        return;
    };
    let classifier = OnnxClassifier::open(models).expect("open");
    for (file, bytes, label) in labelled(&faces) {
        let measures = classifier.measure(&bytes).expect("measures");
        let gender = if label["gender"] == "M" { Gender::Male } else { Gender::Female };
        let expected = match (label["faces"].as_str(), label["live"].as_str()) {
            ("0", _) => Verdict::NoFace,
            ("1", "spoof") => Verdict::NotLive,
            // A photograph cannot be told from a frame of a camera.
            ("1", _) => Verdict::Verified(gender),
            _ => Verdict::SeveralFaces,
        };
        assert_eq!(measures.verdict(classifier.thresholds()), expected, "{file}");
        assert_eq!(measures.faces.len().to_string(), label["det_faces"], "{file}");
        if label["faces"] == "1" {
            agrees(&file, &measures, &label);
        }
    }
}

/// The models see what they saw when they were measured elsewhere, but for how pictures are scaled.
fn agrees(file: &str, measures: &Measures, label: &HashMap<String, String>) {
    let portrait = measures.largest.expect("portrait");
    for (column, got) in [
        ("p_real_v2", portrait.liveness.near),
        ("p_real_v1se", portrait.liveness.far),
        ("p_male_faceapi", portrait.presentation.square),
        ("p_male_dlib", portrait.presentation.aligned),
    ] {
        let known: f32 = label[column].parse().expect("number");
        assert!((got - known).abs() < 0.15, "{file}: {column} is {got}, was {known}");
    }
}
