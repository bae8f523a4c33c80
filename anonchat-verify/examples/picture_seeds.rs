//! Makes the corpus that fuzzing of the decoder starts from.
//!
//! ```text
//! cargo run -p anonchat-verify --features test-util --example picture_seeds -- fuzz/corpus
//! ```
//!
//! The same files every time.

use std::path::PathBuf;
use std::{env, fs, io};

use anonchat_verify::pictures;

fn main() -> io::Result<()> {
    let root = env::args_os().nth(1).map_or_else(|| "fuzz/corpus".into(), PathBuf::from);
    let directory = root.join("decode");
    if directory.exists() {
        fs::remove_dir_all(&directory)?;
    }
    fs::create_dir_all(&directory)?;
    for (number, sample) in pictures::good().iter().chain(&pictures::bad()).enumerate() {
        fs::write(directory.join(format!("{number:03}")), &sample.bytes)?;
    }
    Ok(())
}
