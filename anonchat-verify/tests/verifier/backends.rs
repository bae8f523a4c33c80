//! Both backends give the same verdicts. A process has one backend, so each has a process of its
//! own: this very test binary again.

use std::process::Command;

use anonchat_verify::tiny::{Scene, TinyFace};
use anonchat_verify::{Backend, Builder, OnnxClassifier};

use crate::real::{folder, labelled, not_run};
use crate::tiny_builder;

/// Set in the process that judges: the path of the library, or nothing for pure Rust.
const JUDGE: &str = "ANONCHAT_TEST_BACKEND";

/// What a process with this backend says of all pictures that are there.
fn verdicts_by(library: &str) -> String {
    let output = Command::new(std::env::current_exe().expect("path"))
        .args([
            "--exact",
            "backends::judges_everything_if_it_is_told_by_which_backend",
            "--nocapture",
        ])
        .env(JUDGE, library)
        .output()
        .expect("run");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    let verdicts: Vec<_> = text.lines().filter(|line| line.starts_with("verdict ")).collect();
    verdicts.join("\n")
}

#[test]
fn both_backends_give_the_same_verdicts() {
    let library = std::env::var("ANONCHAT_ONNXRUNTIME").unwrap_or_default();
    if library.is_empty() {
        not_run("****** NOT RUN: ANONCHAT_ONNXRUNTIME names no library ******");
        return;
    }
    let (pure, native) = (verdicts_by(""), verdicts_by(&library));
    assert!(pure.lines().count() >= 8, "{pure}");
    assert_eq!(pure, native);
}

#[test]
#[expect(clippy::print_stdout, reason = "it is asked by another process")]
fn judges_everything_if_it_is_told_by_which_backend() {
    let Ok(library) = std::env::var(JUDGE) else { return };
    let backend =
        if library.is_empty() { Backend::PureRust } else { Backend::OnnxRuntime(library.into()) };
    let judge = |builder: Builder, pictures: Vec<(String, Vec<u8>)>| {
        let classifier = builder.backend(backend.clone()).open().expect("open");
        for (name, bytes) in pictures {
            let verdict =
                classifier.measure(&bytes).expect("measures").verdict(classifier.thresholds());
            println!("verdict {name}: {verdict:?}");
        }
    };
    let face = TinyFace::new(320.0, 240.0, 200.0);
    let scenes =
        [face, face.live(0.1), face.male(0.1), face.male(0.5), TinyFace { yaw: 1.0, ..face }];
    let mut painted: Vec<_> = scenes.into_iter().map(|face| vec![face]).collect();
    painted.extend([
        vec![],
        vec![face, TinyFace::new(100.0, 100.0, 120.0)],
        vec![TinyFace { texture: 0.0, ..face }],
    ]);
    let paint = |(number, faces)| (number, Scene::new(640, 480, faces).png());
    judge(
        tiny_builder(),
        painted
            .into_iter()
            .enumerate()
            .map(|(n, faces)| paint((format!("scene {n}"), faces)))
            .collect(),
    );
    if let Some((models, faces)) =
        folder("ANONCHAT_MODELS", "models").zip(folder("ANONCHAT_FACES", "faces"))
    {
        let pictures = labelled(&faces).into_iter().map(|(name, bytes, _)| (name, bytes));
        judge(OnnxClassifier::builder(models), pictures.collect());
    }
}
