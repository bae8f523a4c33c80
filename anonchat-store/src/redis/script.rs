//! A script for each command and query, composed of those functions in `lua/` that it needs: what
//! is not in a script costs it nothing.
//!
//! A file consists of functions that begin and end at the left edge. A script is the function
//! where a command begins, every function that one calls, and so on; the keys are those that
//! occur in them. Constants are put in place of their names.

use std::collections::{BTreeMap, BTreeSet};

use anonchat_core::{Command, PoolId, Query};

use super::keys::Key;

/// The files, by the name of the file in `anonchat-core/src/pool/` if they mirror one.
pub(super) const FILES: &[(&str, &str)] = &[
    ("prelude", include_str!("lua/prelude.lua")),
    ("codes", include_str!("lua/codes.lua")),
    ("time", include_str!("lua/time.lua")),
    ("counters", include_str!("lua/counters.lua")),
    ("record", include_str!("lua/record.lua")),
    ("due", include_str!("lua/due.lua")),
    ("mail", include_str!("lua/mail.lua")),
    ("mod", include_str!("lua/mod.lua")),
    ("device", include_str!("lua/device.lua")),
    ("fairness", include_str!("lua/fairness.lua")),
    ("verification", include_str!("lua/verification.lua")),
    ("met", include_str!("lua/met.lua")),
    ("blocks", include_str!("lua/blocks.lua")),
    ("lease", include_str!("lua/lease.lua")),
    ("presence", include_str!("lua/presence.lua")),
    ("pairing", include_str!("lua/pairing.lua")),
    ("queue", include_str!("lua/queue.lua")),
    ("safety", include_str!("lua/safety.lua")),
    ("sweep", include_str!("lua/sweep.lua")),
    ("housekeeping", include_str!("lua/housekeeping.lua")),
    ("read", include_str!("lua/read.lua")),
    ("open", include_str!("lua/open.lua")),
    ("entry", include_str!("lua/entry.lua")),
];

/// One script, for every pool.
pub(super) struct Script {
    source: String,
    sha: String,
    keys: Vec<Key>,
}

impl Script {
    fn new(source: String, keys: Vec<Key>) -> Self {
        let sha = redis::Script::new(&source).get_hash().to_owned();
        Self { source, sha, keys }
    }

    /// The text.
    pub(super) fn source(&self) -> &str {
        &self.source
    }

    /// The SHA-1 of the text, by which Redis knows it, as 40 hexadecimal digits.
    pub(super) fn sha(&self) -> &str {
        &self.sha
    }

    /// The names of the keys that it touches in a pool, in the order in which it expects them.
    pub(super) fn keys(&self, pool: &PoolId) -> Vec<String> {
        self.keys.iter().map(|key| key.of(pool)).collect()
    }
}

macro_rules! scripts {
    ($($field:ident: $what:ident($entry:literal);)*) => {
        /// All scripts.
        pub(super) struct Scripts {
            $($field: Script,)*
        }

        impl Scripts {
            fn compose(library: &Library<'_>) -> Self {
                Self { $($field: library.script($entry, Kind::$what),)* }
            }

            /// All of them, with the names of the functions where they begin.
            #[cfg(test)]
            pub(super) fn iter(&self) -> impl Iterator<Item = (&'static str, &Script)> {
                [$(($entry, &self.$field)),*].into_iter()
            }
        }
    };
}

scripts! {
    attach: Writes("on_attach");
    detach: Writes("on_detach");
    join: Writes("on_join");
    next: Writes("on_next");
    leave: Writes("on_leave");
    block: Writes("on_block");
    unblock: Writes("on_unblock");
    report: Writes("on_report");
    verify: Writes("on_verify");
    ban: Writes("on_ban");
    lift: Writes("on_lift");
    dismiss: Writes("on_dismiss");
    renew: Writes("on_renew");
    sweep: Writes("on_sweep");
    census: Reads("on_census");
    standing: Reads("on_standing");
    wait: Reads("on_wait");
    reports: Reads("on_reports");
    open: Opens("on_open");
}

impl Scripts {
    /// Composes them.
    pub(super) fn new() -> Self {
        Self::compose(&Library::new(FILES.iter().map(|(_, text)| *text)))
    }

    /// The scripts with one passage of a file replaced, to see whether the difference is noticed.
    /// `None` unless `from` occurs in that file exactly once.
    #[cfg(feature = "conformance")]
    pub(super) fn edited(file: &str, from: &str, to: &str) -> Option<Self> {
        let (_, original) = FILES.iter().find(|(name, _)| *name == file)?;
        if original.matches(from).count() != 1 {
            return None;
        }
        let edited = original.replace(from, to);
        let files = FILES.iter().map(|(name, text)| if *name == file { &edited } else { *text });
        Some(Self::compose(&Library::new(files)))
    }

    /// The script of a command.
    pub(super) fn command(&self, command: &Command) -> &Script {
        match command {
            Command::Attach { .. } => &self.attach,
            Command::Detach { .. } => &self.detach,
            Command::Join { .. } => &self.join,
            Command::Next { .. } => &self.next,
            Command::Leave { .. } => &self.leave,
            Command::Block { .. } => &self.block,
            Command::Unblock { .. } => &self.unblock,
            Command::Report { .. } => &self.report,
            Command::Verify { .. } => &self.verify,
            Command::Ban { .. } => &self.ban,
            Command::Lift { .. } => &self.lift,
            Command::Dismiss { .. } => &self.dismiss,
            Command::Renew { .. } => &self.renew,
            Command::Sweep => &self.sweep,
        }
    }

    /// The script of a query.
    pub(super) fn query(&self, query: &Query) -> &Script {
        match query {
            Query::Census => &self.census,
            Query::Standing { .. } => &self.standing,
            Query::Wait { .. } => &self.wait,
            Query::Reports { .. } => &self.reports,
        }
    }

    /// The script by which a server opens its mailbox.
    pub(super) fn open(&self) -> &Script {
        &self.open
    }
}

/// What kind of script it is.
#[derive(Clone, Copy)]
enum Kind {
    /// A command: the function runs within `apply`.
    Writes,
    /// A query, which a replica may answer as well: it runs within `read`.
    Reads,
    /// Neither.
    Opens,
}

/// The files, taken apart.
struct Library<'a> {
    prelude: &'a str,
    constants: BTreeMap<&'a str, &'a str>,
    functions: BTreeMap<&'a str, Function<'a>>,
}

struct Function<'a> {
    /// Its place among all.
    place: usize,
    text: String,
    calls: BTreeSet<&'a str>,
}

impl<'a> Library<'a> {
    fn new(files: impl Iterator<Item = &'a str>) -> Self {
        let mut files = files;
        let prelude = files.next().unwrap_or_default();
        let mut library = Self { prelude, constants: BTreeMap::new(), functions: BTreeMap::new() };
        for file in files {
            let mut rest = file;
            while let Some((line, after)) = rest.split_once('\n') {
                if let Some(header) = line.strip_prefix("function ") {
                    let end = rest.find("\nend\n").map_or(rest.len(), |end| end + 5);
                    let name = header.split('(').next().unwrap_or_default();
                    let place = library.functions.len();
                    let (text, calls) = (rest[..end].to_owned(), called(&rest[..end]).collect());
                    library.functions.insert(name, Function { place, text, calls });
                    rest = &rest[end..];
                } else {
                    if let Some((name, value)) =
                        line.strip_prefix("local ").and_then(|line| line.split_once(" = "))
                    {
                        library.constants.insert(name, value);
                    }
                    rest = after;
                }
            }
        }
        for function in library.functions.values_mut() {
            function.text = resolved(&function.text, &library.constants);
        }
        library
    }

    fn script(&self, entry: &str, kind: Kind) -> Script {
        let (frame, flags) = match kind {
            Kind::Writes => ("apply", ""),
            Kind::Reads => ("read", " flags=no-writes"),
            Kind::Opens => (entry, ""),
        };
        let functions = self.reached([frame, entry]);
        let words: BTreeSet<_> =
            functions.iter().flat_map(|(_, function)| words(&function.text)).collect();
        let keys: Vec<_> =
            Key::ALL.iter().copied().filter(|key| words.contains(key.in_scripts())).collect();

        let mut source = format!("#!lua{flags}\n");
        source.extend(
            self.prelude.lines().filter(|line| !is_idle(line)).map(|line| line.to_owned() + "\n"),
        );
        let named = keys.iter().map(|key| key.in_scripts()).collect::<Vec<_>>().join(", ");
        let numbered: Vec<_> = (1..=keys.len()).map(|place| format!("KEYS[{place}]")).collect();
        source += &format!("local {named} = {}\n", numbered.join(", "));
        let tables: BTreeSet<_> =
            functions.iter().filter_map(|(name, _)| Some(name.split_once('.')?.0)).collect();
        for table in tables {
            source += &format!("local {table} = {{}}\n");
        }
        for (name, _) in functions.iter().filter(|(name, _)| !name.contains('.')) {
            source += &format!("local {name}\n");
        }
        for (_, function) in &functions {
            source.extend(
                function
                    .text
                    .lines()
                    .filter(|line| !is_idle(line))
                    .map(|line| line.to_owned() + "\n"),
            );
        }
        source += &match kind {
            Kind::Opens => format!("return {entry}()\n"),
            _ => format!("return {frame}({entry})\n"),
        };
        Script::new(source, keys)
    }

    /// These functions and all that they call, in the order of the files.
    fn reached<'b>(
        &'b self,
        first: impl IntoIterator<Item = &'b str>,
    ) -> Vec<(&'b str, &'b Function<'a>)> {
        let mut open: Vec<_> = first.into_iter().collect();
        let mut reached = BTreeMap::new();
        while let Some(name) = open.pop() {
            let Some(function) = self.functions.get(name) else { continue };
            if reached.insert(function.place, (name, function)).is_none() {
                open.extend(function.calls.iter().copied());
            }
        }
        reached.into_values().collect()
    }
}

/// Whether a line says nothing to Redis.
fn is_idle(line: &str) -> bool {
    let line = line.trim_start();
    line.is_empty() || line.starts_with("--")
}

/// The names in a text, without those in strings and comments; `a.b` is one name.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let code = text.lines().filter(|line| !is_idle(line));
    // Every second part of a line is a string.
    let code = code.flat_map(|line| line.split('\'').step_by(2));
    let part = |byte: char| byte.is_ascii_alphanumeric() || byte == '_' || byte == '.';
    code.flat_map(move |code| code.split(move |byte| !part(byte))).filter(|word| !word.is_empty())
}

/// The names of what a text calls.
fn called(text: &str) -> impl Iterator<Item = &str> {
    let part = |byte: char| byte.is_ascii_alphanumeric() || byte == '_' || byte == '.';
    text.match_indices('(').filter_map(move |(at, _)| {
        let before = &text[..at];
        let start = before.rfind(|byte| !part(byte)).map_or(0, |end| end + 1);
        Some(&before[start..]).filter(|word| !word.is_empty())
    })
}

/// The text with the values of constants in place of their names.
fn resolved(text: &str, constants: &BTreeMap<&str, &str>) -> String {
    let part = |byte: char| byte.is_ascii_alphanumeric() || byte == '_' || byte == '.';
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(part) {
        out += &rest[..start];
        rest = &rest[start..];
        let end = rest.find(|byte| !part(byte)).unwrap_or(rest.len());
        let word = &rest[..end];
        out += constants.get(word).copied().unwrap_or(word);
        rest = &rest[end..];
    }
    out + rest
}
