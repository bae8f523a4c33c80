//! Log lines on standard error.
//!
//! What is promised about them holds at every level: no device, text, address or token. Our own
//! events keep it; libraries make no such promise, so below `info` theirs are left out whatever
//! the filter says. Records of the `log` crate, through which `tungstenite` writes whole frames,
//! are not taken at all.

use std::io;

use tracing::{Level, Metadata};
use tracing_subscriber::filter::{FilterExt, Targets, filter_fn};
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::{Registry, fmt};

use crate::settings::LogFormat;

/// Where events of this project come from.
const OURS: &str = "anonchat";

/// Something that takes spans and events.
pub(crate) type Taker = Box<dyn Layer<Registry> + Send + Sync>;

/// Sets the process's log up, and what else takes its spans.
pub(crate) fn start(filter: Targets, format: LogFormat, other: Option<Taker>) {
    let filter = filter.and(filter_fn(is_safe));
    let layer = fmt::layer().with_writer(io::stderr).with_ansi(false);
    let log: Taker = match format {
        LogFormat::Text => layer.with_filter(filter).boxed(),
        LogFormat::Json => layer.json().with_filter(filter).boxed(),
    };
    let takers: Vec<_> = [log].into_iter().chain(other).collect();
    // It fails only where a log has been set up before, and that one is as good.
    let _ = tracing::subscriber::set_global_default(tracing_subscriber::registry().with(takers));
}

fn is_safe(metadata: &Metadata<'_>) -> bool {
    *metadata.level() <= Level::INFO || metadata.target().starts_with(OURS)
}
