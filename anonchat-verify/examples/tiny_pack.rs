//! Writes the tiny pack into a directory and prints its manifest.

use std::io::{self, Write};
use std::path::PathBuf;

use anonchat_verify::tiny;

fn main() -> io::Result<()> {
    let Some(dir) = std::env::args_os().nth(1).map(PathBuf::from) else {
        return Err(io::Error::other("usage: tiny_pack DIRECTORY"));
    };
    let mut out = io::stdout().lock();
    for file in tiny::write(&dir)?.0 {
        writeln!(out, "{}  {} ({} bytes)", file.sha256, file.name, file.bytes)?;
    }
    Ok(())
}
