//! What a client is told.

use std::sync::Arc;

use super::Settings;
use super::refusal::Refusal;
use super::why::Narrowing;
use crate::event::{Allowance, Departure, Phase};
use crate::id::Alias;
use crate::profile::{Filter, Gender, Profile};
use crate::store::{ChatImage, ChatText, MessageId};
use crate::time::UnixMillis;

/// A frame to a client. There is deliberately no `Debug`: it may hold chat text.
pub enum ServerFrame {
    /// Matches left today, right after the connection has come in.
    DailyLimits {
        /// Per filter.
        limits: Allowance,
    },
    /// The truth about the device, for native clients.
    Hello(Hello),
    /// The device waits.
    Queued {
        /// Through which filter.
        filter: Filter,
        /// Matches left today.
        limits: Allowance,
    },
    /// Two people may talk.
    Matched {
        /// The partner, for as long as the pair lasts.
        peer: Alias,
        /// What the partner says of themselves.
        profile: Arc<Profile>,
        /// The partner's gender, if known.
        gender: Option<Gender>,
        /// Whether that gender was attested and not only declared.
        verified: bool,
        /// Matches left today.
        limits: Allowance,
    },
    /// The partner said something.
    Msg {
        /// The partner.
        from: Alias,
        /// The sender's name for it, which a native client acknowledges.
        id: Option<MessageId>,
        /// The words.
        text: ChatText,
    },
    /// The partner shows a picture, to a [`Client::Capability`](crate::Client).
    Image {
        /// The partner.
        from: Alias,
        /// The picture.
        image: ChatImage,
    },
    /// The partner has the message.
    Ack {
        /// The sender's name for it.
        id: MessageId,
    },
    /// The partner types, or no longer does.
    Typing {
        /// The partner.
        from: Alias,
        /// Whether they do.
        typing: bool,
    },
    /// The partner lost the network.
    PeerAway {
        /// The partner.
        peer: Alias,
        /// How long the pair is kept.
        until: UnixMillis,
    },
    /// The partner is there again.
    PeerBack {
        /// The partner.
        peer: Alias,
    },
    /// The partner is gone for good.
    PeerLeft {
        /// The partner.
        peer: Alias,
        /// For what reason.
        reason: Departure,
    },
    /// The device neither waits nor talks any more, as it asked.
    Left,
    /// The gender that the next join will have.
    Declared {
        /// The gender.
        gender: Gender,
    },
    /// The report was taken.
    Reported {
        /// Who was reported.
        target: Alias,
    },
    /// The two will not meet again.
    Blocked {
        /// The partner, which also names the block.
        block: Alias,
    },
    /// They may meet again.
    Unblocked {
        /// The block.
        block: Alias,
    },
    /// Why there is nobody yet.
    Waiting {
        /// Since when the device waits.
        since: UnixMillis,
        /// Its rank, from 1, among those with the same gender and filter.
        position: u64,
        /// How many wait in all, rounded up so that no single person shows.
        people: u64,
        /// What of the device's own narrows the choice, the narrowest first.
        narrowed_by: Vec<Narrowing>,
        /// How long it may take yet, in whole steps of five seconds, if enough people waited that
        /// long of late.
        estimate_ms: Option<u64>,
    },
    /// A newer connection of the device has taken over.
    Replaced,
    /// The device is banned, for native clients.
    Banned {
        /// The end of the ban.
        until: UnixMillis,
    },
    /// The server is about to stop.
    ServerRestarting {
        /// When to come back.
        reconnect_in_ms: u64,
    },
    /// Something was refused.
    Error(Refusal),
}

/// The truth about the device, and what this server allows.
pub struct Hello {
    /// What the device is doing.
    pub phase: Phase,
    /// The gender that a join would have now, if one is known.
    pub gender: Option<Gender>,
    /// Matches left today.
    pub limits: Allowance,
    /// Where lengths, the grace, the verification mode and the pools are from.
    pub settings: Arc<Settings>,
}

/// The reasons that a client may offer to somebody who reports. A report may name any other.
pub const REPORT_REASONS: [&str; 5] = ["harassment", "spam", "minor", "explicit", "other"];

/// Why a transport is to be closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Close {
    /// A newer connection holds the device.
    Replaced,
    /// The device is banned.
    Banned,
    /// The server is about to stop.
    Restarting,
    /// The client gave no sign of life.
    Idle,
    /// The talk is over for which the connection was there.
    Over,
    /// The transport was closed before; there is nothing left to do.
    Gone,
}

impl Close {
    /// The close code of a WebSocket.
    pub const fn code(self) -> u16 {
        match self {
            Self::Replaced => 4001,
            Self::Banned => 4003,
            Self::Restarting => 1012,
            Self::Idle => 1001,
            Self::Over | Self::Gone => 1000,
        }
    }

    /// The close reason of a WebSocket.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Replaced => "replaced",
            Self::Banned => "banned",
            Self::Restarting => "restarting",
            Self::Idle => "idle",
            Self::Over => "over",
            Self::Gone => "",
        }
    }
}
