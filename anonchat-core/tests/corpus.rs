//! Replays the fuzzers' corpora, without a fuzzer: what was once reached stays reached.

use std::path::{Path, PathBuf};
use std::{env, fs};

use anonchat_core::history::{RoomRun, Run};
use anonchat_core::{room, session, wire};

/// Calls a target's function with each file of its corpus, and with what fuzzing has found since,
/// if `ANONCHAT_FOUND` names the directory where that is kept.
fn replay(target: &str, least: usize, run: impl Fn(&[u8])) {
    let checked_in = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus");
    let found = env::var_os("ANONCHAT_FOUND").map(PathBuf::from);
    let mut replayed = 0;
    for directory in [Some(checked_in), found].into_iter().flatten() {
        let Ok(files) = fs::read_dir(directory.join(target)) else { continue };
        for file in files {
            let path = file.expect("an entry").path();
            let data = fs::read(&path).expect("a readable file");
            let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| run(&data)));
            assert!(outcome.is_ok(), "{}", path.display());
            replayed += 1;
        }
    }
    assert!(replayed >= least, "the corpus of {target} has {replayed} files");
}

#[test]
fn the_corpus_of_the_pool_holds() {
    replay("pool", 10, |data| Run::from_bytes(data).exercise());
}

#[test]
fn the_corpus_of_the_rooms_holds() {
    replay("rooms", 10, |data| RoomRun::from_bytes(data).exercise());
}

#[test]
fn the_corpus_of_the_session_holds() {
    replay("session", 10, session::exercise);
}

#[test]
fn the_corpus_of_the_wire_holds() {
    replay("wire", 10, |data| {
        if let Ok(text) = std::str::from_utf8(data) {
            drop(wire::decode(text));
        }
    });
}

#[test]
fn the_corpus_of_the_rooms_frames_holds() {
    replay("room", 10, |data| {
        if let Ok(text) = std::str::from_utf8(data) {
            drop(room::wire::decode(text));
        }
    });
}
