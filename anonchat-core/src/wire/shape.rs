//! The frames as they are written: members and their order.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use crate::event::Allowance;
use crate::id::Alias;
use crate::profile::Gender;

/// The frames as they are written. Members in `Option` are left out if there is none, except where
/// `null` has a meaning.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Shape<'a> {
    DailyLimits {
        limits: Limits,
    },
    Hello(Box<Greeting<'a>>),
    Queued {
        filter: &'static str,
        limits: Limits,
    },
    Matched {
        peer: Name,
        peer_profile: PeerProfile<'a>,
        peer_gender: Option<&'static str>,
        limits: Limits,
    },
    Msg {
        from: Name,
        #[serde(skip_serializing_if = "Option::is_none")]
        id: Option<&'a str>,
        text: &'a str,
    },
    Image {
        from: Name,
        image: &'a str,
    },
    Ack {
        id: &'a str,
    },
    Typing {
        from: Name,
        #[serde(skip_serializing_if = "Option::is_none")]
        typing: Option<bool>,
    },
    PeerAway {
        peer: Name,
        until: u64,
    },
    PeerBack {
        peer: Name,
    },
    PeerLeft {
        peer: Name,
        #[serde(skip_serializing_if = "Option::is_none")]
        reason: Option<&'static str>,
    },
    Left,
    Declared {
        gender: &'static str,
    },
    Reported {
        target: Name,
    },
    Blocked {
        peer: Name,
        block: Name,
    },
    Unblocked {
        block: Name,
    },
    Waiting {
        since: u64,
        position: u64,
        people: u64,
        narrowed_by: Vec<&'static str>,
        estimate_ms: Option<u64>,
    },
    Replaced,
    Banned {
        until: u64,
    },
    ServerRestarting {
        reconnect_in_ms: u64,
    },
    Error(Complaint<'a>),
}

#[derive(Serialize)]
pub(super) struct Greeting<'a> {
    pub(super) v: u8,
    pub(super) phase: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) filter: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) peer: Option<Name>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) peer_profile: Option<PeerProfile<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) peer_present: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) since: Option<u64>,
    pub(super) gender: Option<&'static str>,
    pub(super) verification: &'static str,
    pub(super) limits: Limits,
    pub(super) text: Lengths,
    pub(super) grace_ms: u64,
    pub(super) pools: Vec<&'a str>,
    pub(super) reports: [&'static str; 5],
}

#[derive(Serialize)]
pub(super) struct Lengths {
    pub(super) message_chars: u32,
    pub(super) nickname_chars: u32,
    pub(super) bio_chars: u32,
}

#[derive(Serialize)]
pub(super) struct PeerProfile<'a> {
    pub(super) nickname: Option<&'a str>,
    pub(super) gender: &'static str,
    #[serde(flatten)]
    pub(super) more: Option<MoreProfile<'a>>,
}

/// What the native extension adds to a partner's profile.
#[derive(Serialize)]
pub(super) struct MoreProfile<'a> {
    pub(super) bio: Option<&'a str>,
    pub(super) verified: bool,
}

#[derive(Serialize)]
pub(super) struct Complaint<'a> {
    pub(super) message: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) code: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) until: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) retry_after_ms: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) action: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) id: Option<&'a str>,
}

/// An alias, written as text.
pub(super) struct Name(pub(super) Alias);

/// Matches left, one member per specific filter.
pub(super) struct Limits(pub(super) Allowance);

/// What a filter without a limit shows as matches left.
const UNLIMITED: u16 = 9_999;

impl Serialize for Name {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let text = self.0.text();
        serializer.serialize_str(std::str::from_utf8(&text).unwrap_or_default())
    }
}

impl Serialize for Limits {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(Gender::ALL.len()))?;
        for gender in Gender::ALL {
            map.serialize_entry(gender.as_str(), &self.0.left(gender).unwrap_or(UNLIMITED))?;
        }
        map.end()
    }
}
