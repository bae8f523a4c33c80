//! A script for each command and query: one function of a library that Redis keeps.

use std::sync::Arc;

use anonchat_core::{Command, Query};

use super::keys::Key;
use super::library::Library;
#[cfg(feature = "conformance")]
use super::library::edited;

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
    ("orders", include_str!("lua/orders.lua")),
    ("sweep", include_str!("lua/sweep.lua")),
    ("housekeeping", include_str!("lua/housekeeping.lua")),
    ("read", include_str!("lua/read.lua")),
    ("open", include_str!("lua/open.lua")),
    ("reset", include_str!("lua/reset.lua")),
    ("entry", include_str!("lua/entry.lua")),
];

/// A library of functions, as Redis loads it.
///
/// Its name has a hash of its text, and so have those of its functions: what other versions of the
/// store have loaded stands beside it, and neither takes the place of the other.
pub(super) struct Code {
    name: String,
    source: String,
}

impl Code {
    /// A library with this text, in which `mark` stands for the name.
    pub(super) fn new(body: &str, mark: &str) -> Self {
        let hash = redis::Script::new(body).get_hash()[..16].to_owned();
        let name = format!("anonchat_{hash}");
        let source = format!("#!lua name={name}\n{}", body.replace(mark, &name));
        Self { name, source }
    }

    /// The text.
    pub(super) fn source(&self) -> &str {
        &self.source
    }
}

/// What Redis runs for a command or a query, for every pool, or for rooms.
pub(super) struct Script<K = Key> {
    code: Arc<Code>,
    name: String,
    keys: Vec<K>,
}

/// What keys there are, and what scripts call them.
pub(super) trait Keys: Copy + PartialEq + 'static {
    /// Every key, in the order in which scripts get them.
    const ALL: &[Self];

    /// What the scripts call it.
    fn in_scripts(self) -> &'static str;

    /// Its place among all.
    fn place(self) -> usize;
}

impl<K> Script<K> {
    /// A function of a library, which touches these keys.
    pub(super) fn new(code: Arc<Code>, entry: &str, keys: Vec<K>) -> Self {
        let name = format!("{}_{entry}", code.name);
        Self { code, name, keys }
    }

    /// The library that it is in.
    pub(super) fn code(&self) -> &Code {
        &self.code
    }

    /// What Redis calls it.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// The keys that it touches, in the order in which it expects them.
    pub(super) fn touches(&self) -> &[K] {
        &self.keys
    }
}

/// A script of its own, whose caller names its keys.
pub(super) struct LoneScript {
    source: String,
    sha: String,
}

impl LoneScript {
    pub(super) fn new(source: impl Into<String>) -> Self {
        let source = source.into();
        let sha = redis::Script::new(&source).get_hash().to_owned();
        Self { source, sha }
    }

    /// The text.
    pub(super) fn source(&self) -> &str {
        &self.source
    }

    /// The SHA-1 of the text, by which Redis knows it, as 40 hexadecimal digits.
    pub(super) fn sha(&self) -> &str {
        &self.sha
    }
}

macro_rules! scripts {
    ($name:ident<$key:ty> iterable if $when:meta; $($field:ident: $what:ident($entry:literal);)*) => {
        /// All scripts.
        pub(in crate::redis) struct $name {
            $($field: std::sync::Arc<$crate::redis::script::Script<$key>>,)*
        }

        impl $name {
            fn compose(library: &$crate::redis::library::Library<'_>) -> Self {
                use $crate::redis::library::Kind;
                let [$($field),*] = library.scripts([$(($entry, Kind::$what)),*]);
                Self { $($field: std::sync::Arc::new($field),)* }
            }

            /// All of them, with the names of the functions where they begin.
            #[cfg($when)]
            pub(in crate::redis) fn iter(
                &self,
            ) -> impl Iterator<Item = (&'static str, &$crate::redis::script::Script<$key>)> {
                [$(($entry, &*self.$field)),*].into_iter()
            }
        }
    };
}

pub(super) use scripts;

scripts! {
    Scripts<Key> iterable if test;
    attach: Writes("on_attach");
    enter: Writes("on_enter");
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
    adopt: Writes("on_adopt");
    settle: Writes("on_settle");
    renew: Writes("on_renew");
    sweep: Writes("on_sweep");
    census: Reads("on_census");
    standing: Reads("on_standing");
    wait: Reads("on_wait");
    reports: Reads("on_reports");
    bans: Reads("on_bans");
    outbox: Reads("on_outbox");
    open: Opens("on_open");
    reset: Opens("on_reset");
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
        let files = edited(FILES, file, from, to)?;
        Some(Self::compose(&Library::new(files.iter().map(String::as_str))))
    }

    /// The script of a command.
    pub(super) fn command(&self, command: &Command) -> &Arc<Script> {
        match command {
            Command::Attach { .. } => &self.attach,
            Command::Enter { .. } => &self.enter,
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
            Command::Adopt { .. } => &self.adopt,
            Command::Settle { .. } => &self.settle,
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
            Query::Bans { .. } => &self.bans,
            Query::Outbox { .. } => &self.outbox,
        }
    }

    /// The script by which a server opens its mailbox.
    pub(super) fn open(&self) -> &Script {
        &self.open
    }

    /// The script that empties a pool.
    pub(super) fn reset(&self) -> &Script {
        &self.reset
    }
}
