//! Replays the fuzzer's corpora of Socket.IO and of WebSockets, without a fuzzer.

use std::path::{Path, PathBuf};
use std::{env, fs};

fn replay(target: &str, exercise: impl Fn(&[u8])) {
    let checked_in = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus");
    let found = env::var_os("ANONCHAT_FOUND").map(PathBuf::from);
    let mut replayed = 0;
    for directory in [Some(checked_in), found].into_iter().flatten() {
        let Ok(files) = fs::read_dir(directory.join(target)) else { continue };
        for file in files {
            exercise(&fs::read(file.expect("an entry").path()).expect("a readable file"));
            replayed += 1;
        }
    }
    assert!(replayed >= 10, "the corpus has {replayed} files");
}

#[test]
fn the_corpus_of_socket_io_holds() {
    replay("socketio", anonchat_axum::exercise_socketio);
}

#[test]
fn the_corpus_of_websockets_holds() {
    replay("websocket", anonchat_axum::exercise_websocket);
}
