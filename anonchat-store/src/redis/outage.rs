//! Why Redis could not be used.

use anonchat_core::StoreError;
use redis::{ErrorKind, RedisError, ServerErrorKind};

use super::malformed::Malformed;

/// Why Redis could not be used. It is the source of a [`StoreError::Unavailable`], so it shows
/// neither what was sent nor what came back: a server may quote a command in its refusal.
#[derive(Clone, Debug, thiserror::Error)]
pub(super) enum Outage {
    /// There has been no connection yet.
    #[error("not connected yet")]
    NotYet,
    /// There is no connection.
    #[error("no connection: {0}")]
    Unreachable(String),
    /// Redis refuses, with this code.
    #[error("Redis refuses: {0}")]
    Refused(String),
    /// Redis was moved or demoted, or is not ready: another server has to be asked.
    #[error("Redis cannot serve now: {0}")]
    Elsewhere(String),
    /// No answer within the deadline.
    #[error("no answer within the deadline")]
    Late,
    /// The command was committed, but its mail did not come within the deadline.
    #[error("mail did not come within the deadline")]
    MailLate,
    /// Mail was sent and did not arrive; the subscription begins anew.
    #[error("mail was lost")]
    MailLost,
    /// More calls are under way than the store allows.
    #[error("too many calls are under way")]
    Busy,
    /// A reply or a message is not what it should be.
    #[error("Redis answers what it should not: {0}")]
    Malformed(#[from] Malformed),
    /// The caller's clock and that of Redis differ too much.
    #[error("the clocks of this server and of Redis are {0} ms apart")]
    ClocksApart(u64),
}

impl Outage {
    /// Whether another connection may do better.
    pub(super) fn ends_connection(&self) -> bool {
        matches!(self, Self::Unreachable(_) | Self::Elsewhere(_))
    }
}

impl From<RedisError> for Outage {
    fn from(error: RedisError) -> Self {
        let code = || error.code().unwrap_or_else(|| error.category()).to_owned();
        match error.kind() {
            // Errors of the system and of TLS name a condition and never data.
            ErrorKind::Io => Self::Unreachable(error.to_string()),
            ErrorKind::Server(
                ServerErrorKind::ReadOnly
                | ServerErrorKind::Moved
                | ServerErrorKind::Ask
                | ServerErrorKind::TryAgain
                | ServerErrorKind::ClusterDown
                | ServerErrorKind::MasterDown
                | ServerErrorKind::BusyLoading,
            ) => Self::Elsewhere(code()),
            ErrorKind::Server(_) | ErrorKind::Extension | ErrorKind::AuthenticationFailed => {
                Self::Refused(code())
            }
            _ => Self::Unreachable(error.category().to_owned()),
        }
    }
}

impl From<Outage> for StoreError {
    fn from(outage: Outage) -> Self {
        match outage {
            Outage::Malformed(Malformed::Version { found, expected }) => {
                Self::Version { found, expected }
            }
            Outage::Malformed(Malformed::Fingerprint) => Self::OtherKey,
            outage => Self::Unavailable(Some(Box::new(outage))),
        }
    }
}
