//! Replays the fuzzer's corpus of Socket.IO, without a fuzzer.

use std::path::{Path, PathBuf};
use std::{env, fs};

#[test]
fn the_corpus_of_socket_io_holds() {
    let checked_in = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus");
    let found = env::var_os("ANONCHAT_FOUND").map(PathBuf::from);
    let mut replayed = 0;
    for directory in [Some(checked_in), found].into_iter().flatten() {
        let Ok(files) = fs::read_dir(directory.join("socketio")) else { continue };
        for file in files {
            let data = fs::read(file.expect("an entry").path()).expect("a readable file");
            anonchat_axum::exercise_socketio(&data);
            replayed += 1;
        }
    }
    assert!(replayed >= 10, "the corpus has {replayed} files");
}
