//! A model pack as the operator meets it.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use running::{Process, run};

mod running;

/// A folder of its own.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("models-{name}"));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("folder");
    folder
}

#[test]
fn a_pack_is_shown_file_by_file_and_refused_if_it_is_not_the_known_one() {
    let folder = folder("wrong");
    fs::write(folder.join("yunet_n_320_320.onnx"), "changed").expect("write");
    fs::write(folder.join("other.onnx"), "unknown").expect("write");
    let path = folder.to_str().expect("path");
    let (success, table, said) = run(&["models", "check", path]);
    assert!(!success);
    let rows: Vec<String> =
        table.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    for row in [
        "CHANGED 317434 yunet_n_320_320.onnx",
        "missing 525696 dlib_gender_v1.onnx",
        "UNKNOWN - other.onnx",
    ] {
        assert!(rows.iter().any(|line| line.starts_with(row)), "{row} is not in\n{table}");
    }
    assert!(table.contains("CC0-1.0"), "{table}");
    assert!(said.contains("not the model pack that this version knows"), "{said}");
}

#[test]
fn the_server_does_not_start_on_a_wrong_pack_and_names_setting_and_file() {
    let folder = folder("refused");
    let path = folder.to_str().expect("path");
    for (prepare, arguments, named) in [
        (None, &["--models", path][..], "--models (ANONCHAT_MODELS)"),
        (None, &["--models", path], ".onnx is missing"),
        (None, &["--models", "/nonexistent"], "cannot be read"),
        (
            None,
            &["--models", path, "--onnxruntime", "/nonexistent.so"],
            "--onnxruntime (ANONCHAT_ONNXRUNTIME)",
        ),
        (Some("other.onnx"), &["--models", path], "other.onnx is not part of the pack"),
    ] {
        if let Some(file) = prepare {
            fs::write(folder.join(file), "x").expect("write");
        }
        let (success, _, said) = run(&[&["--listen", "127.0.0.1:0"], arguments].concat());
        assert!(!success && said.contains(named), "{arguments:?}: {said}");
    }
}

#[test]
fn without_verification_no_model_is_needed() {
    let arguments =
        ["--listen", "127.0.0.1:0", "--verification", "off", "--models", "/nonexistent"];
    assert_eq!(Process::start(&arguments).terminate().0, Some(0));
}

#[test]
fn it_is_said_that_nobody_can_join_where_nobody_can_be_verified() {
    let server = Process::start(&["--listen", "127.0.0.1:0", "--verification", "required"]);
    let (_, log) = server.terminate();
    assert!(log.contains("nobody can join"), "{log}");
}

/// Says, past the harness, which keeps what passing tests print to itself.
fn not_run(sentence: &str) {
    let _ = writeln!(io::stderr(), "\n{sentence}\n");
}

#[test]
fn the_real_pack_is_good_and_loads() {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/models");
    let named = std::env::var_os("ANONCHAT_MODELS").filter(|set| !set.is_empty());
    let folder = named.map_or(beside, PathBuf::from);
    if !folder.is_dir() {
        return not_run("****** NOT RUN: ANONCHAT_MODELS names no folder ******");
    }
    let path = folder.to_str().expect("path");
    let (success, table, said) = run(&["models", "check", path]);
    assert!(success, "{said}");
    assert_eq!(table.lines().filter(|line| line.starts_with("good ")).count(), 5, "{table}");
    assert!(table.contains("All of them load (pure Rust)."), "{table}");
}
