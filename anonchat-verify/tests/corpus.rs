//! Replays the corpus of the fuzzer, without a fuzzer: what was once reached stays reached.

use std::path::{Path, PathBuf};
use std::{env, fs};

use anonchat_verify::{exercise, pictures};

/// Each file of the corpus, and what fuzzing has found since, if `ANONCHAT_FOUND` names the
/// directory where that is kept.
#[test]
fn the_corpus_of_the_decoder_holds() {
    let checked_in = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus");
    let found = env::var_os("ANONCHAT_FOUND").map(PathBuf::from);
    let mut replayed = 0;
    for directory in [Some(checked_in), found].into_iter().flatten() {
        let Ok(files) = fs::read_dir(directory.join("decode")) else { continue };
        for file in files {
            let path = file.expect("an entry").path();
            let data = fs::read(&path).expect("a readable file");
            let outcome = std::panic::catch_unwind(|| exercise(&data));
            assert!(outcome.is_ok(), "{}", path.display());
            replayed += 1;
        }
    }
    assert!(replayed >= 150, "the corpus has {replayed} files");
}

#[test]
fn the_checked_in_corpus_is_what_the_program_makes() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus/decode");
    let samples: Vec<_> = pictures::good().into_iter().chain(pictures::bad()).collect();
    assert_eq!(fs::read_dir(&directory).expect("a directory").count(), samples.len());
    let mut total = 0;
    for (number, sample) in samples.iter().enumerate() {
        let file = fs::read(directory.join(format!("{number:03}"))).expect("a readable file");
        assert!(file == sample.bytes, "{}", sample.name);
        assert!(file.len() <= 64 << 10, "{} has {} bytes", sample.name, file.len());
        total += file.len();
    }
    assert!(total <= 400 << 10, "the corpus has {total} bytes");
}
