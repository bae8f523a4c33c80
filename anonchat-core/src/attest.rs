//! The trait of those who vouch for a gender.

use crate::id::DeviceId;
use crate::profile::Gender;
use crate::time::UnixMillis;

/// Reads the tokens that vouch for the gender of a device, made when it was verified.
///
/// # To be correct, an implementation must
///
/// 1. **Believe nobody but itself**: a token counts if it was made by this deployment, whole and
///    unchanged, for this very device, and `at` is before its end.
/// 2. **Take time bounded by its own limit on a token's length**, whatever the token, and compare
///    what is secret in constant time.
/// 3. **Keep and log nothing** of a token, good or bad.
/// 4. **Not wait**: it runs on the connection's own task.
pub trait Attestor: Send + Sync + 'static {
    /// The gender that a token proves for a device at an instant.
    ///
    /// # Errors
    ///
    /// [`InvalidToken`], if it proves none.
    fn attest(&self, at: UnixMillis, device: DeviceId, token: &str)
    -> Result<Gender, InvalidToken>;
}

/// A token proves nothing. It is not said why: who made it up would learn from that.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the token proves no gender")]
pub struct InvalidToken;

/// The attestor that believes no token.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unattested;

impl Attestor for Unattested {
    fn attest(
        &self,
        _at: UnixMillis,
        _device: DeviceId,
        _token: &str,
    ) -> Result<Gender, InvalidToken> {
        Err(InvalidToken)
    }
}
