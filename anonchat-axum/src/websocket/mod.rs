//! WebSockets (RFC 6455) on the bare stream of a connection: the server's side, without extensions.
//!
//! An idle connection holds no buffer. What arrives is read through one buffer of the thread and
//! kept only as far as it is not a whole message; what goes out is gathered until the loop flushes,
//! in a buffer that is given back with the last byte of it. `docs/performance.md` has what that is
//! worth, beside crates that do the same.

#[cfg(any(test, feature = "test-util"))]
mod exercise;
mod frame;
mod reader;
mod socket;
mod stream;
#[cfg(test)]
mod tests;
mod upgrade;

#[cfg(feature = "test-util")]
pub use exercise::exercise;
#[cfg(feature = "rooms")]
pub(crate) use socket::Socket;
pub(crate) use upgrade::Upgrade;

/// What a client has done that the protocol forbids.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Violation {
    /// A frame that may not be, or not here.
    Protocol,
    /// A text that is no UTF-8.
    Utf8,
    /// A message with too many bytes.
    TooLong,
}

impl Violation {
    /// The code to close with.
    const fn code(self) -> u16 {
        match self {
            Self::Protocol => 1002,
            Self::Utf8 => 1007,
            Self::TooLong => 1009,
        }
    }
}
