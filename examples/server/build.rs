//! Puts every file under `web/` into the binary, as a table from path to content.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=web");
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default()).join("web");
    let mut files = Vec::new();
    collect(&root, &mut files)?;
    let mut files: Vec<_> = files.into_iter().map(|file| (path_of(&file, &root), file)).collect();
    files.sort(); // by the bytes of the path, which is how it is looked up
    let mut table = String::from("&[\n");
    for (path, file) in files {
        let tag = format!("\"{:016x}\"", fingerprint(&fs::read(&file)?));
        let line = format!("path: {path:?}, tag: {tag:?}, bytes: include_bytes!({file:?})");
        writeln!(table, "File {{ {line} }},").map_err(io::Error::other)?;
    }
    table.push(']');
    fs::write(Path::new(&env::var_os("OUT_DIR").unwrap_or_default()).join("web.rs"), table)
}

/// The path of a file as it stands in an address.
fn path_of(file: &Path, root: &Path) -> String {
    file.strip_prefix(root).unwrap_or(file).to_string_lossy().replace('\\', "/")
}

/// Files that are served; what begins with a dot is not.
fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.starts_with('.') {
            continue;
        }
        if path.is_dir() {
            collect(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

/// FNV-1a: an entity tag has to change with the content, no more.
fn fingerprint(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}
