//! Looking at a pool without changing it.

use std::sync::Arc;

use crate::bucket::Bucket;
use crate::id::{DeviceId, ReportId};
use crate::order::Order;
use crate::profile::{Filter, Gender};
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
    /// Reports, newest first. Answered by [`View::Reports`], which says where to go on: one answer
    /// looks at no more than [`Reports::EXAMINED`] reports, whichever it shows.
    Reports {
        /// Only those with a smaller number; `None` begins with the newest.
        before: Option<ReportId>,
        /// Only those that still ask for a decision: not dismissed, and about a device that is
        /// not banned now by a ban that was given when they were made or later.
        open: bool,
        /// At most so many.
        limit: usize,
    },
    /// The devices that are banned now, whose ban ends first first. Answered by [`View::Bans`].
    Bans {
        /// Only those after this end and device, which are those of the last one that is known.
        after: Option<(UnixMillis, DeviceId)>,
        /// At most so many.
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
    Reports(Reports),
    /// To [`Query::Bans`]; fewer than the limit are the last ones.
    Bans(Vec<BanView>),
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
    /// Devices that can be matched now, by [`Bucket::index`].
    pub buckets: [u64; Bucket::COUNT],
    /// Devices that are banned now.
    pub bans: u64,
    /// Reports that are not too old to be shown.
    pub reports: u64,
    /// Pairs that were ever made; it begins again from 0 when the store loses or empties the pool.
    pub matches: u64,
}

/// Why somebody waits.
///
/// The counts are exact, for the session alone: it tells the client no more of them than which is
/// greater. That somebody is blocked by others is not in here, for it is theirs to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wait {
    /// Whom they look for.
    pub filter: Filter,
    /// The gender of their join, if it has one.
    pub gender: Option<Gender>,
    /// Since when.
    pub since: UnixMillis,
    /// Their rank, from 1, among those with the same gender and filter. Somebody away has the
    /// rank that they would come back to.
    pub position: u64,
    /// How many wait in all.
    pub waiting: u64,
    /// How many wait now whom they would meet if they looked for anybody.
    pub beyond_filter: u64,
    /// How many wait now whom they look for, and who look for some gender while they have none.
    pub beyond_gender: u64,
    /// Whether they block anybody.
    pub blocks: bool,
    /// How many wait now whom they would meet but for having blocked them; of many blocks the
    /// first 200 count.
    pub blocked: u64,
    /// Whether their last partner is not to be offered again yet.
    pub rematch: bool,
    /// Whether some filter is used up for today, so that they cannot look through it instead.
    pub used_up: bool,
}

/// A page of reports.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reports {
    /// The reports, newest first. There may be fewer than were asked for, and none, although more
    /// follow.
    pub reports: Vec<Report>,
    /// Where to go on: the next `before`. `None` if no older report is kept.
    pub next: Option<ReportId>,
}

impl Reports {
    /// So many reports are looked at for one page at most.
    pub const EXAMINED: usize = 512;
}

/// A device that is banned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BanView {
    /// The device.
    pub device: DeviceId,
    /// When the ban was given.
    pub given: UnixMillis,
    /// Its end.
    pub until: UnixMillis,
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
    /// How many different reporters count against the device now.
    pub against: u32,
    /// The end of the device's ban, if it is banned now.
    pub banned_until: Option<UnixMillis>,
}
