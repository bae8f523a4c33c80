//! Log lines on standard error.
//!
//! What is promised about them holds at every level: no device, text, address or token. Our own
//! events keep it; libraries make no such promise, so below `info` theirs are left out whatever
//! the filter says. Records of the `log` crate, through which `tungstenite` writes whole frames,
//! are not taken at all.

use std::io;

use tracing::{Level, Metadata, Subscriber};
use tracing_subscriber::filter::{FilterExt, Targets, filter_fn};
use tracing_subscriber::fmt;
use tracing_subscriber::layer::{Layer, SubscriberExt};

use crate::settings::LogFormat;

/// Where events of this project come from.
const OURS: &str = "anonchat";

/// Sets the process's log up.
pub(crate) fn start(filter: Targets, format: LogFormat) {
    let filter = filter.and(filter_fn(is_safe));
    let layer = fmt::layer().with_writer(io::stderr).with_ansi(false);
    match format {
        LogFormat::Text => install(layer.with_filter(filter)),
        LogFormat::Json => install(layer.json().with_filter(filter)),
    }
}

fn install<L>(layer: L)
where
    L: Layer<tracing_subscriber::Registry> + Send + Sync,
    tracing_subscriber::layer::Layered<L, tracing_subscriber::Registry>: Subscriber,
{
    // It fails only where a log has been set up before, and that one is as good.
    let _ = tracing::subscriber::set_global_default(tracing_subscriber::registry().with(layer));
}

fn is_safe(metadata: &Metadata<'_>) -> bool {
    *metadata.level() <= Level::INFO || metadata.target().starts_with(OURS)
}
