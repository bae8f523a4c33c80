//! The figures as those in charge see them. All instants are milliseconds since the Unix epoch.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

/// The present, the last minute second by second, and the last hour minute by minute.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Course {
    pub(crate) now: Now,
    /// At most 60, the oldest first.
    pub(crate) seconds: Vec<Second>,
    /// At most 60, the oldest first.
    pub(crate) minutes: Vec<Minute>,
}

/// One message of the live figures.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Live {
    pub(crate) now: Now,
    /// The newest of the minutes, which is the same in about 60 messages.
    pub(crate) minute: Option<Minute>,
}

/// The present.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Now {
    pub(crate) at: u64,
    /// Whether the pools answered. If not, what they said last is repeated.
    pub(crate) store: bool,
    /// Since when nobody new is let in, or null.
    pub(crate) maintenance: Option<u64>,
    /// Connections of this server.
    pub(crate) connections: u64,
    /// People with a connection, in the whole deployment.
    pub(crate) online: u64,
    /// People who can be matched, in the whole deployment.
    pub(crate) waiting: u64,
    /// The same by gender and filter. Those with nobody are left out.
    pub(crate) queues: Vec<Queue>,
    /// Pairs, in the whole deployment.
    pub(crate) pairs: u64,
    /// Pairs ever made, in the whole deployment.
    pub(crate) matches: u64,
    /// Pairs made in the last 60 seconds, in the whole deployment.
    pub(crate) matches_per_minute: u64,
    /// How long people of this server had to wait, in the last hour.
    pub(crate) wait: WaitFigures,
    /// Reports that are kept, in the whole deployment.
    pub(crate) reports: u64,
    /// Devices that are banned in the first pool, which is to say everywhere.
    pub(crate) bans: u64,
    /// Messages that this server relayed in the last hour.
    pub(crate) messages: u64,
    /// What came of pictures at this server in the last hour, by outcome.
    pub(crate) verification: BTreeMap<&'static str, u64>,
    /// What this server refused in the last hour, by rule.
    pub(crate) refusals: BTreeMap<&'static str, u64>,
}

/// Who waits: how many of one gender who look through one filter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Queue {
    /// A gender's name, or null for those of whom none is known.
    pub(crate) gender: Option<&'static str>,
    /// A gender's name, or `any`.
    pub(crate) filter: &'static str,
    pub(crate) waiting: u64,
}

/// How long people waited who were not matched on arrival. Null if there was nobody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct WaitFigures {
    /// How many of them.
    pub(crate) count: u64,
    pub(crate) median_ms: Option<u64>,
    pub(crate) p95_ms: Option<u64>,
    pub(crate) mean_ms: Option<u64>,
}

/// One second.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Second {
    pub(crate) at: u64,
    pub(crate) online: u64,
    pub(crate) waiting: u64,
    pub(crate) pairs: u64,
    /// Pairs ever made.
    pub(crate) matches: u64,
}

/// One minute, which ends at `at`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Minute {
    pub(crate) at: u64,
    /// At its end, as the two that follow.
    pub(crate) online: u64,
    pub(crate) waiting: u64,
    pub(crate) pairs: u64,
    /// Pairs made in it, in the whole deployment.
    pub(crate) matches: u64,
    /// Waits that ended in it at this server.
    pub(crate) median_ms: Option<u64>,
    pub(crate) p95_ms: Option<u64>,
    /// Reports kept, and devices banned, at its end.
    pub(crate) reports: u64,
    pub(crate) bans: u64,
    /// Pictures judged in it at this server, and those of them that made a gender known.
    pub(crate) judged: u64,
    pub(crate) verified: u64,
    /// Refusals in it at this server.
    pub(crate) refusals: u64,
    /// Messages relayed in it by this server.
    pub(crate) messages: u64,
}
