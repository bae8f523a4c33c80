//! Why something is refused, in words and in a code.

use super::frame::Action;
use crate::attest::InvalidToken;
use crate::rejection::Rejection;
use crate::screen::Finding;
use crate::store::MessageId;
use crate::time::UnixMillis;

/// An error frame: what was refused, why, and until when.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Refusal {
    /// Why.
    pub code: ErrorCode,
    /// The same in words. Only a ban's has the letters `ban` in it.
    pub message: &'static str,
    /// When it would no longer be refused, if the rule says so.
    pub until: Option<UnixMillis>,
    /// The same as a duration.
    pub retry_after_ms: Option<u64>,
    /// What was refused.
    pub action: Option<Action>,
    /// The message that was refused.
    pub id: Option<MessageId>,
}

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $name:literal, $message:literal;)*) => {
        /// Why something is refused.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum ErrorCode {
            $($(#[$doc])* #[doc = concat!("\n\n`", $name, "`: ", $message)] $variant,)*
        }

        impl ErrorCode {
            /// Every code.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The name on the wire.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }

            /// What a person is told, unless something more exact is known.
            pub const fn message(self) -> &'static str {
                match self {
                    $(Self::$variant => $message,)*
                }
            }
        }
    };
}

codes! {
    /// Joined again too soon.
    Cooldown = "cooldown", "Cooldown: wait before re-joining";
    /// Today's matches through the filter are used up.
    DailyLimit = "daily_limit", "Daily limit reached for this filter";
    /// Today's matches are used up.
    DailyTotal = "daily_total", "Daily match limit reached. Please return tomorrow.";
    /// The device waits already.
    AlreadyWaiting = "already_waiting", "You are waiting already.";
    /// The device talks to somebody already.
    AlreadyPaired = "already_paired", "You are talking to somebody already.";
    /// The device talks to nobody.
    NotPaired = "not_paired", "You are not talking to anybody.";
    /// The device does not wait.
    NotWaiting = "not_waiting", "You are not waiting.";
    /// The device is banned.
    Banned = "banned",
        "You have been temporarily banned due to multiple reports. Ban expires in 24 hours.";
    /// Nobody whom the device has met, or no block that it holds.
    UnknownPeer = "unknown_peer", "You have not met that person, or it was too long ago.";
    /// The pair was reported before.
    AlreadyReported = "already_reported", "You have reported this person already.";
    /// The device holds as many blocks as it may.
    TooManyBlocks = "too_many_blocks", "You cannot block more people.";
    /// Only the verified may do this.
    VerificationRequired = "verification_required",
        "Gender verification is required before matching.";
    /// The proof of gender does not hold.
    VerificationInvalid = "verification_invalid",
        "Verification expired or invalid. Please verify again.";
    /// It has not the form of a frame.
    InvalidFrame = "invalid_frame", "Invalid frame";
    /// It asks for something that is not known.
    UnknownAction = "unknown_action", "Unknown action";
    /// A text is too long.
    TooLong = "too_long", "That text is too long.";
    /// A text is empty.
    Empty = "empty", "That text is empty.";
    /// A text tells how to reach somebody outside.
    ContactDetails = "contact_details", "Sharing personal information is not allowed.";
    /// A text is abusive.
    Profanity = "profanity", "Profile contains prohibited language.";
    /// Too much in too short a time.
    RateLimited = "rate_limited", "Rate limit exceeded. Try again in a moment.";
    /// The store cannot be reached.
    Unavailable = "unavailable",
        "Matchmaking is temporarily unavailable. Please try again shortly.";
    /// This deployment has no such pool.
    UnknownPool = "unknown_pool", "There is no such pool here.";
}

/// What a client without state is told: a newer connection holds its device.
pub(super) const ELSEWHERE: &str = "This chat is open in another window.";

/// What 000's client is told of a message that is empty or too long.
pub(super) const INVALID_MESSAGE: &str = "Invalid message";

/// What a client is told of a picture that is too large.
pub(super) const LARGE_IMAGE: &str = "That picture is too large.";

/// What a client is told of a picture for a partner whose client shows none.
pub(super) const BLIND_PARTNER: &str = "Your partner's client does not show pictures.";

/// What a client is told of a picture for a partner who is not there.
pub(super) const AWAY_PARTNER: &str = "Your partner is not here yet.";

/// What a client is told of an abusive message.
pub(super) const PROHIBITED_MESSAGE: &str = "Message contains prohibited language.";

impl Refusal {
    /// With the code's own words, and nothing more.
    pub const fn new(code: ErrorCode) -> Self {
        Self {
            code,
            message: code.message(),
            until: None,
            retry_after_ms: None,
            action: None,
            id: None,
        }
    }

    /// Says what was refused.
    #[must_use]
    pub fn of(mut self, action: impl Into<Option<Action>>) -> Self {
        self.action = action.into();
        self
    }

    /// Says which message was refused.
    #[must_use]
    pub fn about(mut self, id: Option<MessageId>) -> Self {
        self.id = id;
        self
    }

    /// Says it in other words.
    #[must_use]
    pub const fn saying(mut self, message: &'static str) -> Self {
        self.message = message;
        self
    }

    /// Says how long to wait.
    #[must_use]
    pub const fn after(mut self, retry_after_ms: u64) -> Self {
        self.retry_after_ms = Some(retry_after_ms);
        self
    }

    /// Says until when, and so how long to wait.
    #[must_use]
    pub const fn until(mut self, at: UnixMillis, until: UnixMillis) -> Self {
        self.until = Some(until);
        self.retry_after_ms = Some(at.until(until));
        self
    }

    /// What a client is told when the rules say no.
    pub fn by_rule(rejection: Rejection, at: UnixMillis) -> Self {
        let refused = Self::new(ErrorCode::from(rejection));
        match rejection {
            Rejection::Banned { until }
            | Rejection::Cooldown { until }
            | Rejection::DailyTotal { resets: until }
            | Rejection::DailyLimit { resets: until, .. } => refused.until(at, until),
            _ => refused,
        }
    }
}

impl From<Rejection> for ErrorCode {
    fn from(rejection: Rejection) -> Self {
        match rejection {
            Rejection::Banned { .. } => Self::Banned,
            Rejection::AlreadyWaiting => Self::AlreadyWaiting,
            Rejection::AlreadyPaired => Self::AlreadyPaired,
            Rejection::Cooldown { .. } => Self::Cooldown,
            Rejection::DailyTotal { .. } => Self::DailyTotal,
            Rejection::DailyLimit { .. } => Self::DailyLimit,
            Rejection::VerificationRequired => Self::VerificationRequired,
            Rejection::UnknownPeer | Rejection::UnknownBlock | Rejection::UnknownReport => {
                Self::UnknownPeer
            }
            Rejection::AlreadyReported => Self::AlreadyReported,
            Rejection::TooManyBlocks { .. } => Self::TooManyBlocks,
            // None is the client's doing: the same frame may well pass a moment later.
            Rejection::NotAttached | Rejection::Replaced { .. } | Rejection::DiceUsed => {
                Self::Unavailable
            }
        }
    }
}

impl From<Finding> for ErrorCode {
    fn from(finding: Finding) -> Self {
        match finding {
            Finding::ContactDetails => Self::ContactDetails,
            Finding::Profanity => Self::Profanity,
        }
    }
}

impl From<InvalidToken> for ErrorCode {
    fn from(_: InvalidToken) -> Self {
        Self::VerificationInvalid
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_ban_says_ban() {
        let words = ErrorCode::ALL
            .iter()
            .filter(|code| **code != ErrorCode::Banned)
            .map(|code| code.message())
            .chain([ELSEWHERE, INVALID_MESSAGE, PROHIBITED_MESSAGE])
            .chain([LARGE_IMAGE, BLIND_PARTNER, AWAY_PARTNER]);
        for message in words {
            assert!(!message.to_lowercase().contains("ban"), "{message}");
        }
        assert!(ErrorCode::Banned.message().contains("ban"));
    }

    #[test]
    fn every_code_has_a_name_of_its_own() {
        let mut names: Vec<_> = ErrorCode::ALL.iter().map(|code| code.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), 22);
    }
}
