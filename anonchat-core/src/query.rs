//! Looking at a pool without changing it.

use std::sync::Arc;

use crate::id::{DeviceId, ReportId};
use crate::order::Order;
use crate::profile::Filter;
use crate::time::UnixMillis;

/// A question to a pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Query {
    /// How many are there? Answered by [`View::Census`].
    Census,
    /// May this device come in? Answered by [`View::Standing`].
    Standing {
        /// The device.
        device: DeviceId,
    },
    /// Why does this device wait? Answered by [`View::Wait`].
    Wait {
        /// The device.
        device: DeviceId,
    },
    /// The newest reports. Answered by [`View::Reports`].
    Reports {
        /// At most so many, newest first.
        limit: usize,
    },
    /// What are the other pools to adopt? Answered by [`View::Outbox`].
    ///
    /// With other pools in the deployment, a pool keeps what was ordered in it, be it by a
    /// moderator, by reports or by a verification, until [`Command::Settle`](crate::Command): the
    /// last order of each kind about each device. What nobody needs any more, because the gender
    /// is no longer known, is left out.
    Outbox {
        /// Only orders with a larger number.
        after: u64,
        /// At most so many, oldest first.
        limit: usize,
    },
}

/// An answer to a [`Query`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum View {
    /// To [`Query::Census`].
    Census(Census),
    /// To [`Query::Standing`].
    Standing {
        /// The end of the device's ban, if it is banned.
        banned_until: Option<UnixMillis>,
    },
    /// To [`Query::Wait`]; `None` if the device does not wait.
    Wait(Option<Wait>),
    /// To [`Query::Reports`].
    Reports(Vec<Report>),
    /// To [`Query::Outbox`]: each order with its number. Numbers rise and have gaps.
    Outbox(Vec<(u64, Order)>),
}

/// How many are there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Census {
    /// Devices with a connection.
    pub online: u64,
    /// Devices that can be matched now.
    pub waiting: u64,
    /// Pairs.
    pub pairs: u64,
}

/// Why somebody waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wait {
    /// Whom they look for.
    pub filter: Filter,
    /// Since when.
    pub since: UnixMillis,
    /// Their rank, from 1, among those with the same gender and filter. Somebody away has the
    /// rank that they would come back to.
    pub position: u64,
    /// How many wait in all.
    pub waiting: u64,
    /// Whether they hold blocks or are blocked.
    pub blocks: bool,
}

/// A report, for moderators.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Its number.
    pub id: ReportId,
    /// When it was made.
    pub at: UnixMillis,
    /// By whom.
    pub reporter: DeviceId,
    /// About whom.
    pub target: DeviceId,
    /// The reporter's reason.
    pub reason: Arc<str>,
    /// The reporter's further words.
    pub note: Option<Arc<str>>,
    /// Whether the reporter counted when it was made.
    pub counted: bool,
    /// Whether a moderator dismissed it.
    pub dismissed: bool,
}
