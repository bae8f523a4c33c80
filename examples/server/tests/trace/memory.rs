//! Looks through the memory of another process, as the operating system shows it.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom};

use memchr::memmem::Finder;

/// Something that must not be found, and what it is called.
pub(crate) struct Needle {
    name: String,
    finder: Finder<'static>,
    length: usize,
}

/// Bytes read at once.
const PORTION: usize = 4 << 20;

impl Needle {
    pub(crate) fn new(name: impl Into<String>, bytes: &[u8]) -> Self {
        Self { name: name.into(), finder: Finder::new(bytes).into_owned(), length: bytes.len() }
    }
}

/// The names of the needles that lie somewhere in what the process may write to.
///
/// # Panics
///
/// If the memory of the process may not be read, which takes being its parent.
pub(crate) fn search(process: u32, needles: &[Needle]) -> BTreeSet<String> {
    let maps = fs::read_to_string(format!("/proc/{process}/maps")).expect("maps");
    let mut memory = File::open(format!("/proc/{process}/mem")).expect("memory");
    let overlap = needles.iter().map(|needle| needle.length).max().unwrap_or_default();
    let mut found = BTreeSet::new();
    let mut portion = vec![0; PORTION];
    let mut looked_at = 0;
    for (start, end) in maps.lines().filter_map(writable) {
        let mut at = start;
        while at < end {
            let length = (end - at).min(PORTION as u64) as usize;
            memory.seek(SeekFrom::Start(at)).expect("seek");
            // Pages may go away between the look at the map and this one.
            if memory.read_exact(&mut portion[..length]).is_ok() {
                looked_at += length;
                let hits = needles
                    .iter()
                    .filter(|needle| needle.finder.find(&portion[..length]).is_some());
                found.extend(hits.map(|needle| needle.name.clone()));
            }
            let next = at + length as u64;
            at = if next < end { next - overlap as u64 } else { end };
        }
    }
    assert!(looked_at > 1 << 20, "only {looked_at} bytes could be read");
    found
}

/// The extent of a mapping, unless nothing can be written there.
fn writable(line: &str) -> Option<(u64, u64)> {
    let mut words = line.split_whitespace();
    let (start, end) = words.next()?.split_once('-')?;
    let is_writable = words.next()?.starts_with("rw");
    let number = |digits| u64::from_str_radix(digits, 16).ok();
    is_writable.then_some((number(start)?, number(end)?))
}
