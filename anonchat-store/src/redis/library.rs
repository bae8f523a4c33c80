//! The files of the scripts, taken apart, and put together as a library of Redis' functions.
//!
//! A file consists of functions that begin and end at the left edge. All of them are in the library,
//! which Redis makes once; a command is one function that Redis can be asked to call. The keys of a
//! command are those that occur in the function where it begins, in every function that one calls,
//! and so on. Constants are put in place of their names.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::sync::Arc;

use super::script::{Code, Keys, Script};

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

impl Kind {
    /// The function in which the one of a script runs.
    const fn frame(self) -> &'static str {
        match self {
            Self::Writes => "apply",
            Self::Reads => "read",
            Self::Opens => "run",
        }
    }
}

/// What Redis offers, by the name in the files. While a library is made it is not there yet, and
/// each look-up of a global name costs a call several times what a local one does.
pub(super) const OFFERED: [(&str, &str); 20] = [
    ("call", "redis.call"),
    ("pack", "struct.pack"),
    ("parse", "struct.unpack"),
    ("bit.band", "bit.band"),
    ("ipairs", "ipairs"),
    ("math.ceil", "math.ceil"),
    ("math.floor", "math.floor"),
    ("math.max", "math.max"),
    ("math.min", "math.min"),
    ("string.byte", "string.byte"),
    ("string.char", "string.char"),
    ("string.find", "string.find"),
    ("string.format", "string.format"),
    ("string.rep", "string.rep"),
    ("string.sub", "string.sub"),
    ("table.concat", "table.concat"),
    ("table.insert", "table.insert"),
    ("table.sort", "table.sort"),
    ("tonumber", "tonumber"),
    ("unpack", "unpack"),
];

/// The files, taken apart.
pub(super) struct Library<'a> {
    prelude: &'a str,
    constants: BTreeMap<&'a str, String>,
    functions: BTreeMap<&'a str, Function<'a>>,
}

struct Function<'a> {
    /// Its place among all.
    place: usize,
    text: &'a str,
}

impl<'a> Library<'a> {
    pub(super) fn new(mut files: impl Iterator<Item = &'a str>) -> Self {
        let prelude = files.next().unwrap_or_default();
        let (constants, functions) = (BTreeMap::new(), BTreeMap::new());
        let mut library = Self { prelude, constants, functions };
        files.for_each(|file| library.add(file));
        library
    }

    fn add(&mut self, file: &'a str) {
        let mut rest = file;
        while let Some((line, after)) = rest.split_once('\n') {
            let Some(header) = line.strip_prefix("function ") else {
                let constant = line.strip_prefix("local ").and_then(|line| line.split_once(" = "));
                self.constants.extend(constant.map(|(name, value)| (name, value.to_owned())));
                rest = after;
                continue;
            };
            let end = rest.find("\nend\n").map_or(rest.len(), |end| end + 5);
            let name = header.split('(').next().unwrap_or_default();
            let function = Function { place: self.functions.len(), text: &rest[..end] };
            self.functions.insert(name, function);
            rest = &rest[end..];
        }
    }

    /// A script for each of these functions, all in one library.
    pub(super) fn scripts<K: Keys, const N: usize>(
        &self,
        entries: [(&'static str, Kind); N],
    ) -> [Script<K>; N] {
        let mut body = self.shared::<K>();
        for (entry, kind) in entries {
            self.register::<K>(&mut body, entry, kind);
        }
        let code = Arc::new(Code::new(&body, NAME));
        entries.map(|(entry, kind)| Script::new(Arc::clone(&code), entry, self.keys(entry, kind)))
    }

    /// The keys that a script touches.
    fn keys<K: Keys>(&self, entry: &str, kind: Kind) -> Vec<K> {
        let functions = self.reached([kind.frame(), entry]);
        let words: BTreeSet<_> = functions.iter().flat_map(|text| words(text)).collect();
        K::ALL.iter().copied().filter(|key| words.contains(key.in_scripts())).collect()
    }

    /// How many arguments a command or a query has.
    fn parameters(&self, entry: &str) -> usize {
        let text = self.functions.get(entry).map_or("", |function| function.text);
        let parameters = text.split_once('(').and_then(|(_, rest)| rest.split_once(')'));
        parameters.map_or(0, |(list, _)| list.split(',').count())
    }

    /// What all scripts share: names of keys, what Redis offers, the prelude and the functions.
    fn shared<K: Keys>(&self) -> String {
        let keys: Vec<_> = K::ALL.iter().map(|key| key.in_scripts()).collect();
        let mut body = format!("local {}\n", keys.join(", "));
        let names: Vec<_> = OFFERED.iter().map(|(name, offered)| local(name, offered)).collect();
        let offered: Vec<_> = OFFERED.iter().map(|(_, offered)| *offered).collect();
        let (names, offered) = (names.join(", "), offered.join(", "));
        let _ = write!(body, "local {names}\nlocal function offer()\n{names} = {offered}\nend\n");
        let mut names = self.constants.clone();
        names.extend(OFFERED.iter().map(|(name, offered)| (*name, local(name, offered))));
        // One table takes the functions: the interpreter allows 200 local names.
        let _ = writeln!(body, "local {FUNCTIONS} = {{}}");
        self.append(&mut body, self.prelude, &names);
        let mut functions: Vec<_> = self.functions.values().collect();
        functions.sort_by_key(|function| function.place);
        for function in functions {
            self.append(&mut body, function.text, &names);
        }
        body
    }

    /// Lets Redis call a function. The keys that it is not given are none, so that none is left
    /// from the call before, which may have been about another pool.
    fn register<K: Keys>(&self, body: &mut String, entry: &str, kind: Kind) {
        let keys = self.keys::<K>(entry, kind);
        let places: Vec<_> = K::ALL
            .iter()
            .map(|key| match keys.iter().position(|used| used == key) {
                Some(place) => format!("keys[{}]", place + 1),
                None => "nil".to_owned(),
            })
            .collect();
        let all: Vec<_> = K::ALL.iter().map(|key| key.in_scripts()).collect();
        let flags = if matches!(kind, Kind::Reads) { ", flags = {'no-writes'}" } else { "" };
        let (all, places) = (all.join(", "), places.join(", "));
        let (frame, texts) = (field(kind.frame()), self.parameters(entry));
        let _ = write!(
            body,
            "redis.register_function{{function_name = '{NAME}_{entry}'{flags}, callback = \
             function(keys, args)\nif not call then offer() end\n{all} = {places}\n\
             return {FUNCTIONS}.{frame}({FUNCTIONS}.{entry}, args, {texts})\nend}}\n"
        );
    }

    /// The texts of these functions and of all that they call, in the order of the files.
    fn reached<'b>(&'b self, first: [&'b str; 2]) -> Vec<&'a str> {
        let mut open = first.to_vec();
        let mut reached = BTreeMap::new();
        while let Some(name) = open.pop() {
            let Some(function) = self.functions.get(name) else { continue };
            if reached.insert(function.place, function.text).is_none() {
                open.extend(called(function.text));
            }
        }
        reached.into_values().collect()
    }

    /// The names of these functions and of all that they call.
    #[cfg(test)]
    pub(super) fn names_reached<'b>(
        &'b self,
        first: [&'b str; 2],
    ) -> impl Iterator<Item = &'b str> {
        let reached = self.reached(first);
        self.functions
            .iter()
            .filter_map(move |(name, function)| reached.contains(&function.text).then_some(*name))
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

/// The table of functions in a library.
const FUNCTIONS: &str = "F";

/// What stands in a library for its own name, which is made of its text.
const NAME: &str = "@";

/// What something that Redis offers is called in a library, where no global name may be.
fn local(name: &str, offered: &str) -> String {
    if name == offered && !name.contains('.') { format!("{name}_") } else { field(name) }
}

/// What a name of the files with a dot in it is called where none may be.
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
