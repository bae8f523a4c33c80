//! The files of the scripts, taken apart, and scripts composed of the functions in them.
//!
//! A file consists of functions that begin and end at the left edge. A script is the function
//! where a command begins, every function that one calls, and so on; the keys are those that
//! occur in them. Constants are put in place of their names, and so are keys and arguments. What
//! only a function needs that is marked as seldom called is made within that one.

use std::collections::{BTreeMap, BTreeSet};

use super::script::{Keys, Script};

/// These files with one passage replaced; `None` unless it occurs in that file exactly once.
#[cfg(feature = "conformance")]
pub(super) fn edited(
    files: &[(&str, &str)],
    file: &str,
    from: &str,
    to: &str,
) -> Option<Vec<String>> {
    let (_, original) = files.iter().find(|(name, _)| *name == file)?;
    if original.matches(from).count() != 1 {
        return None;
    }
    let edit = |(name, text): &(&str, &str)| match *name == file {
        true => text.replace(from, to),
        false => (*text).to_owned(),
    };
    Some(files.iter().map(edit).collect())
}

/// What kind of script it is.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    /// A command: the function runs within `apply`.
    Writes,
    /// A query, which a replica may answer as well: it runs within `read`.
    Reads,
    /// Neither.
    Opens,
}

/// The files, taken apart.
pub(super) struct Library<'a> {
    prelude: &'a str,
    constants: BTreeMap<&'a str, String>,
    functions: BTreeMap<&'a str, Function<'a>>,
    /// Those with the mark `-- seldom` before them.
    seldom: BTreeSet<&'a str>,
}

struct Function<'a> {
    /// Its place among all.
    place: usize,
    text: &'a str,
}

impl<'a> Library<'a> {
    pub(super) fn new(mut files: impl Iterator<Item = &'a str>) -> Self {
        let prelude = files.next().unwrap_or_default();
        let mut library = Self {
            prelude,
            constants: BTreeMap::new(),
            functions: BTreeMap::new(),
            seldom: BTreeSet::new(),
        };
        files.for_each(|file| library.add(file));
        library
    }

    fn add(&mut self, file: &'a str) {
        let (mut rest, mut seldom) = (file, false);
        while let Some((line, after)) = rest.split_once('\n') {
            let Some(header) = line.strip_prefix("function ") else {
                let constant = line.strip_prefix("local ").and_then(|line| line.split_once(" = "));
                self.constants.extend(constant.map(|(name, value)| (name, value.to_owned())));
                (rest, seldom) = (after, line == "-- seldom");
                continue;
            };
            let end = rest.find("\nend\n").map_or(rest.len(), |end| end + 5);
            let name = header.split('(').next().unwrap_or_default();
            let function = Function { place: self.functions.len(), text: &rest[..end] };
            self.functions.insert(name, function);
            self.seldom.extend(seldom.then_some(name));
            rest = &rest[end..];
        }
    }

    pub(super) fn script<K: Keys>(&self, entry: &str, kind: Kind) -> Script<K> {
        let frame = match kind {
            Kind::Writes => "apply",
            Kind::Reads => "read",
            Kind::Opens => entry,
        };
        let functions = self.reached([frame, entry], None);
        let words: BTreeSet<_> = functions.iter().flat_map(|(_, text)| words(text)).collect();
        let used = |key: &K| words.contains(key.in_scripts());
        let keys: Vec<_> = K::ALL.iter().copied().filter(used).collect();
        let mut names = self.constants.clone();
        for (place, key) in keys.iter().enumerate() {
            names.insert(key.in_scripts(), format!("KEYS[{}]", place + 1));
        }

        let flags = if matches!(kind, Kind::Reads) { " flags=no-writes" } else { "" };
        let mut source = format!("#!lua{flags}\n");
        // One table, which is found at once, takes the functions: a local variable for each would
        // cost every script more than most of its work. It has its size from the beginning.
        let fields: Vec<_> = functions.iter().map(|(name, _)| field(name) + " = 0").collect();
        source += &format!("local {FUNCTIONS} = {{{}}}\n", fields.join(", "));
        self.append(&mut source, self.prelude, &names);
        let owners = self.owners([frame, entry], &functions);
        for (name, text) in functions.iter().filter(|(name, _)| !owners.contains_key(name)) {
            let (header, body) = text.split_once('\n').unwrap_or((*text, ""));
            self.append(&mut source, header, &names);
            for (owned, text) in &functions {
                if owners.get(owned) == Some(name) {
                    self.append(&mut source, text, &names);
                }
            }
            self.append(&mut source, body, &names);
        }
        let (frame, entry) = (field(frame), field(entry));
        source += &match kind {
            Kind::Opens => format!("return {FUNCTIONS}.{entry}()\n"),
            _ => format!("return {FUNCTIONS}.{frame}({FUNCTIONS}.{entry})\n"),
        };
        Script::new(source, keys)
    }

    /// These functions and all that they call, in the order of the files; what `closed` calls is
    /// left out.
    fn reached<'b>(&'b self, first: [&'b str; 2], closed: Option<&str>) -> Vec<(&'b str, &'a str)> {
        let mut open = first.to_vec();
        let mut reached = BTreeMap::new();
        while let Some(name) = open.pop() {
            let Some(function) = self.functions.get(name) else { continue };
            let new = reached.insert(function.place, (name, function.text)).is_none();
            if new && closed != Some(name) {
                open.extend(called(function.text));
            }
        }
        reached.into_values().collect()
    }

    /// The functions that only a function needs which is seldom called, with that function: they
    /// are not made before it is called.
    fn owners<'b>(
        &'b self,
        first: [&'b str; 2],
        functions: &[(&'b str, &'a str)],
    ) -> BTreeMap<&'b str, &'b str> {
        let mut owners = BTreeMap::new();
        for owner in
            functions.iter().map(|(name, _)| *name).filter(|name| self.seldom.contains(name))
        {
            if owners.contains_key(owner) {
                continue;
            }
            let kept: BTreeSet<_> =
                self.reached(first, Some(owner)).into_iter().map(|(name, _)| name).collect();
            let owned = functions.iter().map(|(name, _)| *name).filter(|name| !kept.contains(name));
            owners.extend(owned.map(|name| (name, owner)));
        }
        owners
    }

    /// Appends the lines that say something to Redis, with what names stand for in their place.
    fn append(&self, source: &mut String, text: &str, names: &BTreeMap<&str, String>) {
        for line in text.lines().filter(|line| !is_idle(line)) {
            let mut rest = line;
            while let Some(start) = rest.find(is_part) {
                let (before, tail) = rest.split_at(start);
                let end = tail.find(|part| !is_part(part)).unwrap_or(tail.len());
                let (word, after) = tail.split_at(end);
                source.push_str(before);
                if after.starts_with('(') && self.functions.contains_key(word) {
                    source.push_str(FUNCTIONS);
                    source.push('.');
                    source.push_str(&field(word));
                } else {
                    source.push_str(names.get(word).map_or(word, String::as_str));
                }
                rest = after;
            }
            source.push_str(rest);
            source.push('\n');
        }
    }
}

/// The table of functions in a script.
const FUNCTIONS: &str = "F";

/// What a function is called in that table.
pub(super) fn field(name: &str) -> String {
    name.replace('.', "_")
}

/// Whether a line says nothing to Redis.
fn is_idle(line: &str) -> bool {
    let line = line.trim_start();
    line.is_empty() || line.starts_with("--")
}

/// Whether a character is part of a name; `a.b` is one name.
const fn is_part(part: char) -> bool {
    part.is_ascii_alphanumeric() || part == '_' || part == '.'
}

/// The names in a text, without those in strings and comments.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let code = text.lines().filter(|line| !is_idle(line));
    // Every second part of a line is a string.
    let code = code.flat_map(|line| line.split('\'').step_by(2));
    code.flat_map(|code| code.split(|part| !is_part(part))).filter(|word| !word.is_empty())
}

/// The names of what a text calls.
pub(super) fn called(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices('(').filter_map(|(at, _)| {
        let before = &text[..at];
        let start = before.rfind(|part| !is_part(part)).map_or(0, |end| end + 1);
        Some(&before[start..]).filter(|word| !word.is_empty())
    })
}
