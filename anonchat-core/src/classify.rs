//! The trait of selfie verifiers.

use async_trait::async_trait;
use zeroize::Zeroizing;

use crate::profile::Gender;

/// A camera picture on its way to the classifier, encoded as it was uploaded. Wiped from memory
/// when dropped.
///
/// There is deliberately no `Clone`, no `Debug`, no serialization and no way to a file from here.
///
/// ```compile_fail
/// fn copy(selfie: &anonchat_core::Selfie) -> anonchat_core::Selfie { selfie.clone() }
/// ```
/// ```compile_fail
/// fn show(selfie: anonchat_core::Selfie) { println!("{selfie:?}"); }
/// ```
pub struct Selfie(Zeroizing<Vec<u8>>);

/// Looks at a selfie.
///
/// # To be correct, an implementation must
///
/// 1. **Keep nothing.** No byte or pixel of the picture outlives the call, whatever its end.
/// 2. **Write nothing**, to no file, log or error.
/// 3. **Not block the runtime.** What takes long runs elsewhere, in bounded number, and is refused
///    with [`ClassifyError::Busy`] when that is full.
/// 4. **Abstain when unsure**, with [`Gender::PreferNotToSay`].
#[async_trait]
pub trait Classifier: Send + Sync + 'static {
    /// Judges one picture and wipes it.
    ///
    /// # Errors
    ///
    /// [`ClassifyError`], which carries no part of the picture.
    async fn classify(&self, selfie: Selfie) -> Result<Verdict, ClassifyError>;
}

/// What a classifier found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Verdict {
    /// One live person, of that gender as far as can be told.
    Verified(Gender),
    /// Nobody's face.
    NoFace,
    /// More than one face.
    SeveralFaces,
    /// A print, a screen or a mask, as far as can be told.
    NotLive,
    /// The face is too small.
    TooSmall,
    /// The picture is too dark.
    TooDark,
    /// The picture is blurred.
    TooBlurred,
    /// The face is turned away.
    TurnedAway,
    /// The bytes are not a picture that can be judged.
    Unreadable,
}

/// The classifier failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ClassifyError {
    /// All of its workers are busy.
    #[error("the verifier is busy; try again in {retry_after_s} s")]
    Busy {
        /// Seconds after which another try makes sense.
        retry_after_s: u32,
    },
    /// It took too long.
    #[error("the verifier took too long")]
    Timeout,
    /// It broke.
    #[error("the verifier failed")]
    Failed,
}

impl Selfie {
    /// Takes the bytes of a picture.
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The bytes of the picture.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}
