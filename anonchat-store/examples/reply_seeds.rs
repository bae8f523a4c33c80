//! Makes the corpus from which fuzzing the replies of Redis starts.
//!
//! ```text
//! cargo run -p anonchat-store --features redis,test-util --example reply_seeds -- fuzz/corpus
//! ```
//!
//! The same files every time. Run it after a change of what the scripts write.

use std::path::PathBuf;
use std::{env, fs, io};

use anonchat_store::exercise;

fn main() -> io::Result<()> {
    let root = env::args_os().nth(1).map_or_else(|| "fuzz/corpus".into(), PathBuf::from);
    let directory = root.join("redis");
    if directory.exists() {
        fs::remove_dir_all(&directory)?;
    }
    fs::create_dir_all(&directory)?;
    for (number, bytes) in exercise::reply_seeds().iter().enumerate() {
        fs::write(directory.join(format!("{number:02}")), bytes)?;
    }
    Ok(())
}
