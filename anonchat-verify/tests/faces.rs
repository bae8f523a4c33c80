//! Real pictures, where there are any: none is part of this repository.

use std::path::{Path, PathBuf};
use std::{env, fs};

use anonchat_verify::{Limits, Picture};

/// All pictures of the folder that `ANONCHAT_FACES` names. Without one there is nothing to see.
#[test]
fn every_real_picture_is_decoded() {
    let Some(folder) = env::var_os("ANONCHAT_FACES").map(PathBuf::from) else { return };
    let kind = |path: &Path| {
        path.extension()
            .is_some_and(|kind| ["jpg", "jpeg", "png", "webp"].iter().any(|k| kind == *k))
    };
    let files =
        fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    let refused: Vec<_> = files
        .filter(|path| kind(path))
        .filter_map(|path| {
            let bytes = fs::read(&path).expect("a readable file");
            let error = Picture::decode(&bytes, &Limits::default()).err()?;
            Some(format!("{}: {error}", path.display()))
        })
        .collect();
    assert!(refused.is_empty(), "{refused:#?}");
}
