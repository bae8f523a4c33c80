//! A script for each command and query, composed of those functions in `lua/` that it needs: what
//! is not in a script costs it nothing.

use anonchat_core::{Command, PoolId, Query};

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

/// One script, for every pool, or for rooms.
pub(super) struct Script<K = Key> {
    source: String,
    sha: String,
    keys: Vec<K>,
}

/// What keys there are, and what scripts call them.
pub(super) trait Keys: Copy + 'static {
    /// Every key, in the order in which scripts get them.
    const ALL: &[Self];

    /// What the scripts call it.
    fn in_scripts(self) -> &'static str;
}

impl<K> Script<K> {
    /// A script with this text, which touches these keys.
    pub(super) fn new(source: String, keys: Vec<K>) -> Self {
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

    /// The keys that it touches, in the order in which it expects them.
    pub(super) fn touches(&self) -> &[K] {
        &self.keys
    }
}

impl Script {
    /// A script of its own, whose caller names its keys.
    pub(super) fn alone(source: &str) -> Self {
        Self::new(source.to_owned(), Vec::new())
    }

    /// The names of the keys that it touches in a pool, in the order in which it expects them.
    pub(super) fn keys(&self, pool: &PoolId) -> Vec<String> {
        self.keys.iter().map(|key| key.of(pool)).collect()
    }
}

macro_rules! scripts {
    ($name:ident<$key:ty> iterable if $when:meta; $($field:ident: $what:ident($entry:literal);)*) => {
        /// All scripts.
        pub(in crate::redis) struct $name {
            $($field: $crate::redis::script::Script<$key>,)*
        }

        impl $name {
            fn compose(library: &$crate::redis::library::Library<'_>) -> Self {
                use $crate::redis::library::Kind;
                Self { $($field: library.script($entry, Kind::$what),)* }
            }

            /// All of them, with the names of the functions where they begin.
            #[cfg($when)]
            pub(in crate::redis) fn iter(
                &self,
            ) -> impl Iterator<Item = (&'static str, &$crate::redis::script::Script<$key>)> {
                [$(($entry, &self.$field)),*].into_iter()
            }
        }
    };
}

pub(super) use scripts;

scripts! {
    Scripts<Key> iterable if any(test, feature = "test-util");
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
    pub(super) fn command(&self, command: &Command) -> &Script {
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
