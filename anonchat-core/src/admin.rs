//! What those in charge keep: a record of what they did, and a switch.

use std::sync::Arc;

use async_trait::async_trait;

use crate::id::{DeviceId, PoolId, ReportId};
use crate::room::{RoomCode, SessionId};
use crate::store::StoreError;
use crate::time::UnixMillis;

/// Where the record of all admin actions and the maintenance switch live: beside the pools, so
/// that every server of a deployment shares them.
///
/// # To be correct, an implementation must
///
/// 1. **Only append.** A record has the number after the one before it, counted from 1, and is
///    never changed or taken away; [`reset`](Self::reset) keeps them all. A store that lives in
///    memory may forget the oldest beyond a number of records that its documentation names.
/// 2. **Survive what the store survives.** A record whose call returned is there as long as a
///    commit of the pools would be, for every server of the deployment. So is the switch.
/// 3. **Stay bounded in an answer.** No page holds more than its limit, however many records there
///    are, and costs no more than that.
/// 4. **Empty wholly.** After [`reset`](Self::reset) every pool is as if it were new, and every
///    inbox that is open at the caller has heard of a gap; those at other servers hear of it with
///    their next command at the latest.
///
/// `anonchat_store::conformance::run_admin` checks them.
#[async_trait]
pub trait AdminStore: Send + Sync + 'static {
    /// Adds a record and gives its number.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`]; then it has been added or not.
    async fn record(&self, entry: &AuditEntry) -> Result<u64, StoreError>;

    /// One page of records, newest first.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    async fn audit(&self, page: &AuditPage) -> Result<Vec<AuditRecord>, StoreError>;

    /// Since when nobody new is let in, if that is so.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    async fn maintenance(&self) -> Result<Option<UnixMillis>, StoreError>;

    /// Turns maintenance on, with the instant from which it counts, or off.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`]; then it has been turned or not.
    async fn set_maintenance(&self, since: Option<UnixMillis>) -> Result<(), StoreError>;

    /// Empties every pool: nobody waits or talks any more, and limits, blocks, bans and reports are
    /// forgotten. Every open inbox hears of a gap, so that connections attach anew. The record and
    /// the switch stay as they are. An order that a server was carrying from one pool to another
    /// may arrive after it.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`]; then some pools may be empty and others not.
    async fn reset(&self) -> Result<(), StoreError>;
}

/// What several hold keeps the record once.
#[async_trait]
impl<S: AdminStore + ?Sized> AdminStore for Arc<S> {
    async fn record(&self, entry: &AuditEntry) -> Result<u64, StoreError> {
        (**self).record(entry).await
    }

    async fn audit(&self, page: &AuditPage) -> Result<Vec<AuditRecord>, StoreError> {
        (**self).audit(page).await
    }

    async fn maintenance(&self) -> Result<Option<UnixMillis>, StoreError> {
        (**self).maintenance().await
    }

    async fn set_maintenance(&self, since: Option<UnixMillis>) -> Result<(), StoreError> {
        (**self).set_maintenance(since).await
    }

    async fn reset(&self) -> Result<(), StoreError> {
        (**self).reset().await
    }
}

/// What somebody in charge did, or tried to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// When.
    pub at: UnixMillis,
    /// By which sign-in; `None` if the key itself came with the request.
    pub session: Option<u64>,
    /// What.
    pub action: AdminAction,
    /// Why, in their words; at most [`Text::note_chars`](crate::policy::Text) characters.
    pub note: Option<Arc<str>>,
}

/// An action of somebody in charge.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AdminAction {
    /// Signed in at the page.
    SignIn,
    /// Came with a wrong key.
    Refused,
    /// Signed out at the page.
    SignOut,
    /// Banned a device.
    Ban {
        /// The device.
        device: DeviceId,
        /// The end of the ban.
        until: UnixMillis,
    },
    /// Lifted a ban.
    Lift {
        /// The device.
        device: DeviceId,
    },
    /// Dismissed a report.
    Dismiss {
        /// The pool that counted it.
        pool: PoolId,
        /// The report.
        report: ReportId,
        /// Whom it was about.
        device: DeviceId,
    },
    /// Turned maintenance on or off.
    Maintenance {
        /// Whether it is on now.
        on: bool,
    },
    /// Emptied every pool, and the rooms.
    Reset,
    /// Took a copy of the record.
    Export,
    /// Banned a session of the rooms.
    BanRoomSession {
        /// The session.
        session: SessionId,
    },
    /// Lifted the ban of a session of the rooms.
    LiftRoomSession {
        /// The session.
        session: SessionId,
    },
    /// Ended a room.
    CloseRoom {
        /// The room.
        room: RoomCode,
    },
}

/// A record with its number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditRecord {
    /// Its place, counted from 1.
    pub id: u64,
    /// What was done.
    pub entry: AuditEntry,
}

/// Which records are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuditPage {
    /// Only those before this number; `None` begins with the newest.
    pub before: Option<u64>,
    /// Only those about this device.
    pub about: Option<DeviceId>,
    /// At most so many.
    pub limit: usize,
}

impl AdminAction {
    /// The device that it is about, if it is about one.
    pub const fn about(&self) -> Option<DeviceId> {
        match self {
            Self::Ban { device, .. } | Self::Lift { device } | Self::Dismiss { device, .. } => {
                Some(*device)
            }
            _ => None,
        }
    }
}
