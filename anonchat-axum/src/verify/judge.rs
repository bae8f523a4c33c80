//! From a picture to a verdict that the pools and the device know.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use anonchat_core::{Classifier, ClassifyError, Command, DeviceId, Gender, Proof, Selfie, Verdict};
use futures_util::FutureExt;
use tracing::Instrument;

use crate::chat::AnonChat;
use crate::clock;
use crate::figures::Outcome;
use crate::metrics::Judging;
use crate::orders;
use crate::token::Token;

/// What came of a picture.
pub(super) enum Judgement {
    /// The gender is known now, be it that none could be told. The token says so elsewhere.
    Known(Gender, Token),
    /// The picture shows nobody whose gender could be known.
    Unknown(Verdict),
}

/// Nothing came of a picture.
pub(super) enum Failure {
    /// The classifier has no room.
    Busy { retry_after_s: u32 },
    /// The classifier broke, or took too long.
    Broken,
    /// No pool could take the verdict.
    Unrecorded,
}

/// Has a picture judged, which wipes it, and makes the verdict known.
pub(super) async fn judge(
    chat: &AnonChat,
    classifier: &Arc<dyn Classifier>,
    device: DeviceId,
    selfie: Selfie,
) -> Result<Judgement, Failure> {
    let judged = see(chat, classifier, device, selfie).await;
    chat.figures().verified(&judged);
    judged
}

async fn see(
    chat: &AnonChat,
    classifier: &Arc<dyn Classifier>,
    device: DeviceId,
    selfie: Selfie,
) -> Result<Judgement, Failure> {
    let judging = Judging::begin(chat.metrics());
    let span = tracing::debug_span!("verify.classify");
    match classify(classifier, selfie, judging).instrument(span).await? {
        // An abstention is recorded as well: under `required` it must not keep anybody out.
        Verdict::Verified(gender) => {
            let at = clock::now();
            let verify = Command::Verify { device, gender, proof: Proof::Attested };
            orders::give(chat, at, &verify).await.map_err(|_| Failure::Unrecorded)?;
            Ok(Judgement::Known(gender, chat.tokens().seal(at, device, gender)))
        }
        verdict => Ok(Judgement::Unknown(verdict)),
    }
}

impl From<&Result<Judgement, Failure>> for Outcome {
    fn from(judged: &Result<Judgement, Failure>) -> Self {
        match judged {
            Ok(Judgement::Known(gender, _)) => Verdict::Verified(*gender).into(),
            Ok(Judgement::Unknown(verdict)) => (*verdict).into(),
            Err(Failure::Busy { .. }) => Self::Busy,
            Err(Failure::Broken | Failure::Unrecorded) => Self::Failed,
        }
    }
}

/// Asks the classifier, which others have written: its panic is its failure and not the end of
/// the connection. It is caught here and not in a task of its own, which would go on with the
/// picture when the client has gone away. Nothing of the broken call is used again; the classifier
/// itself is shared, and other requests would have met it after a panic in any case.
async fn classify(
    classifier: &Arc<dyn Classifier>,
    selfie: Selfie,
    judging: Judging<'_>,
) -> Result<Verdict, Failure> {
    let call = AssertUnwindSafe(async { classifier.classify(selfie).await });
    let answer = call.catch_unwind().await;
    match answer {
        Ok(Ok(verdict)) => judging.found(verdict),
        Ok(Err(error)) => judging.failed(matches!(error, ClassifyError::Busy { .. })),
        Err(_) => judging.failed(false),
    }
    match answer {
        Ok(Ok(verdict)) => Ok(verdict),
        Ok(Err(ClassifyError::Busy { retry_after_s })) => Err(Failure::Busy { retry_after_s }),
        Ok(Err(_)) => Err(Failure::Broken),
        Err(_) => {
            // Without its words, which may be about the picture.
            tracing::error!("the classifier panicked");
            Err(Failure::Broken)
        }
    }
}
