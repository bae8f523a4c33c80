//! What the pool tells people.

use std::sync::Arc;

use crate::id::{Alias, Conn, DeviceId, PairId, Side};
use crate::profile::{Filter, Gender, Profile};
use crate::rejection::Rejection;
use crate::time::UnixMillis;

/// One fact for one connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    /// The device it is about.
    pub to: DeviceId,
    /// The connection it is for.
    pub conn: Conn,
    /// The commit that brought it about.
    pub seq: u64,
    /// The fact.
    pub event: Event,
}

/// A fact. Those about a pair name it, so that a late one cannot hit the next pair.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// This connection now holds the device; what follows is the truth about it.
    Attached {
        /// What the device is doing.
        phase: Phase,
        /// Matches left today.
        left: Allowance,
        /// The gender that a join would have now, if one is known.
        gender: Option<Gender>,
    },
    /// A newer connection holds the device now.
    Replaced {
        /// How that connection speaks.
        by: Client,
    },
    /// Nobody acceptable was there; the device waits.
    Queued {
        /// Through which filter.
        filter: Filter,
        /// Since when.
        since: UnixMillis,
        /// Matches left today.
        left: Allowance,
    },
    /// Two people may talk.
    Matched {
        /// The pair.
        pair: PairId,
        /// The receiver's place in it.
        side: Side,
        /// The other one.
        peer: Peer,
        /// When it came about.
        since: UnixMillis,
        /// Matches left today, this one charged.
        left: Allowance,
    },
    /// The device neither waits nor talks any more, as it asked.
    Left,
    /// The partner is gone for good; the pair has ended.
    PeerLeft {
        /// The pair.
        pair: PairId,
        /// For what reason.
        why: Departure,
    },
    /// The partner lost the network and may come back.
    PeerAway {
        /// The pair.
        pair: PairId,
        /// How long the pair is kept.
        until: UnixMillis,
    },
    /// The partner is there again, or for the first time, through another connection.
    PeerBack {
        /// The pair.
        pair: PairId,
        /// Where chat text for the partner goes now.
        route: Conn,
    },
    /// The device will not meet that person again. If they were paired, the pair has ended; where
    /// that pair is not the one in the block's name, a [`Event::PeerLeft`] before this names it.
    Blocked {
        /// The person, by the alias of the pair, which also names the block.
        block: Alias,
    },
    /// A block was taken back.
    Unblocked {
        /// The block.
        block: Alias,
    },
    /// The report was taken.
    Reported {
        /// Who was reported.
        target: Alias,
    },
    /// The join of a [`Next`](crate::Command::Next) was refused; its leave stands.
    JoinRefused {
        /// By which rule.
        rejection: Rejection,
    },
    /// The gender that the next join will have.
    Verified {
        /// The gender.
        gender: Gender,
    },
    /// The device is banned. It is detached: nothing more will come.
    Banned {
        /// The end of the ban.
        until: UnixMillis,
    },
}

/// What a device is doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Neither waiting nor talking.
    Idle,
    /// Waiting for somebody.
    Waiting {
        /// Through which filter.
        filter: Filter,
        /// What the device's next partner will be shown.
        profile: Arc<Profile>,
        /// Since when.
        since: UnixMillis,
    },
    /// Talking to somebody.
    Paired {
        /// What the partner was shown of the device.
        profile: Arc<Profile>,
        /// The pair.
        pair: PairId,
        /// The device's place in it.
        side: Side,
        /// The other one.
        peer: Peer,
        /// Since when.
        since: UnixMillis,
    },
}

/// A partner, as far as they are shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Peer {
    /// What they say of themselves.
    pub profile: Arc<Profile>,
    /// Their gender at the time of their join, if known.
    pub gender: Option<Gender>,
    /// Whether that gender was attested and not only declared.
    pub verified: bool,
    /// Where chat text for them goes; `None` while they are away or expected.
    pub route: Option<Conn>,
    /// How they come to the talk.
    pub arrival: Arrival,
}

/// How somebody who was matched comes to the talk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "test-util", derive(arbitrary::Arbitrary))]
pub enum Arrival {
    /// By the connection that looked for a partner.
    #[default]
    Direct,
    /// By another connection, which has not come yet: see [`Client::Seeker`].
    Expected,
    /// By another connection, which has come.
    Arrived,
}

/// Why a partner is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Departure {
    /// They left.
    Left,
    /// They went on to somebody else.
    Next,
    /// Their connection was lost and did not come back in time.
    Lost,
    /// One of the two blocked the other.
    Blocked,
    /// They were banned.
    Banned,
}

/// How a connection speaks, which decides what its loss means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "test-util", derive(arbitrary::Arbitrary))]
pub enum Client {
    /// The original protocol: closing is leaving.
    Plain,
    /// The native extension: a lost connection has its grace.
    Native,
    /// Socket.IO behind the cookie of a session: closing is leaving.
    Cookie,
    /// Socket.IO behind the capability of a room: a lost connection has its grace.
    Capability,
    /// Socket.IO that looks for a partner and hears nothing of them: the talk is for a
    /// [`Client::Capability`] to come. It has a grace, for it may go as soon as it has found.
    Seeker,
}

/// Matches left today, per specific filter; `any` has no limit of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Allowance {
    left: [u16; 4],
}

impl Departure {
    /// `left`, `next`, `lost`, `blocked` or `banned`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Left => "left",
            Self::Next => "next",
            Self::Lost => "lost",
            Self::Blocked => "blocked",
            Self::Banned => "banned",
        }
    }

    /// What a partner is told of a [`Command::Leave`](crate::Command::Leave) with this reason:
    /// [`Departure::Next`] stands, everything else is [`Departure::Left`].
    #[must_use]
    pub const fn of_choice(self) -> Self {
        match self {
            Self::Next => Self::Next,
            _ => Self::Left,
        }
    }
}

impl Client {
    /// Every way to speak. The place of each is the number that stores know it by.
    pub const ALL: [Self; 5] =
        [Self::Plain, Self::Native, Self::Cookie, Self::Capability, Self::Seeker];

    /// Whether the place of a lost connection is kept for the policy's grace.
    pub const fn has_grace(self) -> bool {
        matches!(self, Self::Native | Self::Capability | Self::Seeker)
    }

    /// Whether it speaks Socket.IO. Such a client is told of nothing by a frame of its own that its
    /// events do not know, and is closed when a newer connection takes its device.
    pub const fn is_socket_io(self) -> bool {
        matches!(self, Self::Cookie | Self::Capability | Self::Seeker)
    }

    /// Whether it looks for partners by one connection and talks to them by another.
    pub const fn has_rooms(self) -> bool {
        matches!(self, Self::Capability | Self::Seeker)
    }
}

impl Arrival {
    /// Every way. The place of each is the number that stores know it by.
    pub const ALL: [Self; 3] = [Self::Direct, Self::Expected, Self::Arrived];
}

impl Allowance {
    /// No limit on any filter.
    pub const UNLIMITED: Self = Self { left: [u16::MAX; 4] };

    /// Takes the matches left for each gender, in the order of [`Gender::ALL`]; 65535 stands for
    /// "no limit".
    pub const fn new(left: [u16; 4]) -> Self {
        Self { left }
    }

    /// Matches left today through the filter for `gender`; `None` means no limit.
    pub fn left(self, gender: Gender) -> Option<u16> {
        let left = self.left[gender.index()];
        (left != u16::MAX).then_some(left)
    }
}
