//! `POST /api/verify`, 001's door: the picture is a data URL in JSON.

use std::collections::HashMap;
use std::ops::Range;

use anonchat_core::{Gender, Verdict};
use axum::Json;
use axum::extract::{Query, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::data_url::{self, Objection};
use super::judge::{Failure, Judgement, judge};
use super::upload::{self, Trouble};
use super::{BUSY_S, SITTING_S, is_fitting, is_yes};
use crate::builder::Consent;
use crate::chat::AnonChat;
use crate::device;
use crate::reply::{Later, Postponed};

/// The most bytes of a body.
const BODY: usize = 10 << 20;

/// The most bytes of a device id in JSON: every character as two escapes.
const DEVICE: usize = 12 * device::MAX_CHARS + 2;

const NO_IMAGE: &str = "Image data required";
const UNREACHABLE: &str =
    "Unable to connect to gender detection service. Please ensure it is running.";
const UNFIT: &str = "Analysis failed. Please try again with a clearer image.";

/// A selfie in JSON.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[allow(dead_code, reason = "describes what `Ask` reads")]
pub(crate) struct SelfieUrl {
    /// A data URL with base64: JPEG, PNG or WebP, 1,000 bytes to 10 MiB with all that is around it.
    image: String,
    #[schema(min_length = 8, max_length = 256)]
    device_id: String,
    /// Says that its owner agrees, unless the query does.
    #[schema(nullable = false)]
    consent: Option<bool>,
}

/// What came of a picture, as 001 says it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Checked {
    verified: bool,
    /// `M` or `F`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    gender: Option<&'static str>,
    /// What says the same elsewhere, encrypted and bound to the device.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    verification_token: Option<String>,
    /// When the token ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    expires_at: Option<u64>,
    /// Why it is not verified.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    error: Option<&'static str>,
}

/// Judges a selfie in JSON, and wipes it
///
/// Without a classifier it is wiped unread, and nothing is known of anybody.
// Checked in the order that clients know.
#[utoipa::path(
    post,
    path = "/api/verify",
    operation_id = "api_verify",
    tag = "verification",
    params(("consent" = Option<String>, Query, description = "`1`, unless the body says it")),
    request_body = SelfieUrl,
    responses(
        (status = 200, description = "A gender, or none and why", body = Checked),
        (status = 400, description = "Something is missing", body = Checked),
        (status = 408, description = "It did not come in time", body = Checked),
        (status = 413, description = "It is too long", body = Checked),
        (status = 429, description = "Too many pictures, or one of the same device is on its way", body = Postponed),
        (status = 503, description = "Too many pictures of others, or maintenance", body = Postponed),
    ),
)]
pub(crate) async fn json(
    State(chat): State<AnonChat>,
    Query(params): Query<HashMap<String, String>>,
    request: Request,
) -> Response {
    let Ok(_turn) = chat.uploads().try_acquire() else {
        chat.metrics().sent_away();
        upload::discard(request).await;
        return Later::busy(BUSY_S).into_response();
    };
    let mut body = match upload::read(request, BODY).await {
        Ok(body) if body.is_cut() => {
            return refused(StatusCode::PAYLOAD_TOO_LARGE, "Image too large (max 10MB)");
        }
        Ok(body) => body,
        Err(Trouble::Broken) => return refused(StatusCode::BAD_REQUEST, NO_IMAGE),
        Err(Trouble::Slow) => return refused(StatusCode::REQUEST_TIMEOUT, "Upload took too long"),
    };
    let Ask { image, device, consent } = Ask::read(&body);
    let Some(image) = image else { return refused(StatusCode::BAD_REQUEST, NO_IMAGE) };
    let Some(device) = device.filter(|device| is_fitting(device)) else {
        return refused(StatusCode::BAD_REQUEST, "Device ID required");
    };
    let device = chat.device(&device);
    let Some(_sitting) = chat.sittings().begin(device) else {
        return Later::too_many(SITTING_S).into_response();
    };
    let base64 = match data_url::find(&mut body, image) {
        Ok(base64) => base64,
        Err(Objection::NoComma) => return unverified(UNREACHABLE),
        Err(Objection::Unfit) => return unverified(UNFIT),
    };
    let Some(classifier) = chat.classifier() else {
        drop(body); // unread
        return unverified(UNREACHABLE);
    };
    let consents = consent || params.get("consent").is_some_and(|said| is_yes(said));
    if chat.consent() == Consent::Explicit && !consents {
        return refused(StatusCode::BAD_REQUEST, "Consent required");
    }
    let Some(selfie) = data_url::decode(body, base64) else { return unverified(UNFIT) };
    match judge(&chat, classifier, device, selfie).await {
        Ok(judgement) => answer(judgement),
        Err(Failure::Busy { retry_after_s }) => Later::busy(retry_after_s).into_response(),
        Err(Failure::Broken | Failure::Unrecorded) => unverified("Verification failed"),
    }
}

/// What a body asks for. Whatever is not there, or not of its type, is `None`.
#[derive(Default)]
struct Ask {
    /// Where the text of the image lies in the body, between its quotes.
    image: Option<Range<usize>>,
    device: Option<String>,
    consent: bool,
}

/// The members as they stand in the body. As texts, the JSON reader would copy those with escapes
/// in them to memory that nobody wipes.
#[derive(Deserialize)]
struct Members<'a> {
    #[serde(borrow)]
    image: Option<&'a RawValue>,
    #[serde(borrow, rename = "deviceId")]
    device: Option<&'a RawValue>,
    #[serde(borrow)]
    consent: Option<&'a RawValue>,
}

impl Ask {
    fn read(body: &[u8]) -> Self {
        // Of anything but an object the JSON reader's error would hold a part.
        if !body.trim_ascii_start().starts_with(b"{") {
            return Self::default();
        }
        let Ok(members) = serde_json::from_slice::<Members<'_>>(body) else {
            return Self::default();
        };
        let place = |image: &RawValue| {
            let text = image.get().strip_prefix('"')?.strip_suffix('"')?;
            let start = text.as_ptr().addr() - body.as_ptr().addr();
            (!text.is_empty()).then(|| start..start + text.len())
        };
        let short = |device: &&RawValue| device.get().len() <= DEVICE;
        Self {
            image: members.image.and_then(place),
            device: members
                .device
                .filter(short)
                .and_then(|device| serde_json::from_str(device.get()).ok()),
            consent: members.consent.is_some_and(|said| is_yes(said.get())),
        }
    }
}

/// 001's client knows two genders and no abstention, so it is told of neither more. What the pools
/// know is the same as at the other door.
fn answer(judgement: Judgement) -> Response {
    let (gender, token) = match judgement {
        Judgement::Known(Gender::Male, token) => ("M", token),
        Judgement::Known(Gender::Female, token) => ("F", token),
        Judgement::Known(_, _) => return unverified(UNFIT),
        Judgement::Unknown(verdict) => return unverified(advice(verdict)),
    };
    Json(Checked {
        verified: true,
        gender: Some(gender),
        verification_token: Some(token.text),
        expires_at: Some(token.expires.get()),
        error: None,
    })
    .into_response()
}

const fn advice(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::NoFace => "Face not detected",
        Verdict::SeveralFaces => "Multiple faces detected. Please ensure only one face is visible.",
        Verdict::NotLive => "Liveness check failed. Please ensure you are capturing a real person.",
        _ => UNFIT,
    }
}

fn no(text: &'static str) -> Json<Checked> {
    Json(Checked {
        verified: false,
        gender: None,
        verification_token: None,
        expires_at: None,
        error: Some(text),
    })
}

fn unverified(text: &'static str) -> Response {
    no(text).into_response()
}

fn refused(status: StatusCode, text: &'static str) -> Response {
    (status, no(text)).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> (Option<&str>, Option<String>, bool) {
        let Ask { image, device, consent } = Ask::read(body.as_bytes());
        (image.map(|range| &body[range]), device, consent)
    }

    #[test]
    fn the_members_are_found_where_they_stand() {
        let (image, device, consent) =
            read(r#" {"x":[{"image":"no"}],"image":"a\/b","deviceId":"d\u00e9","consent":1}"#);
        assert_eq!((image, device.as_deref(), consent), (Some(r"a\/b"), Some("dé"), true));
    }

    #[test]
    fn what_is_of_another_type_is_not_there() {
        for (body, image, device) in [
            ("", false, false),
            ("\"image\"", false, false),
            (r#"["a","b"]"#, false, false),
            (r#"{"image":"a""#, false, false),
            (r#"{"image":"","deviceId":""}"#, false, true),
            (r#"{"image":null,"deviceId":null}"#, false, false),
            (r#"{"image":{"image":"a"},"deviceId":["b"]}"#, false, false),
            (r#"{"image":5,"deviceId":5}"#, false, false),
            (r#"{"image":"a","image":"b"}"#, false, false),
            (r#"{"image":"a","deviceId":"b"}"#, true, true),
        ] {
            let (found, whose, _) = read(body);
            assert_eq!((found.is_some(), whose.is_some()), (image, device), "{body}");
        }
        let long = format!(r#"{{"image":"a","deviceId":"{}"}}"#, "x".repeat(DEVICE));
        assert_eq!(read(&long).1, None);
    }

    #[test]
    fn consent_is_a_yes_in_any_type() {
        for (said, given) in [
            ("1", true),
            ("true", true),
            ("\"1\"", true),
            ("\"true\"", true),
            ("0", false),
            ("false", false),
            ("null", false),
            ("\"yes\"", false),
            ("[1]", false),
        ] {
            assert_eq!(read(&format!(r#"{{"consent":{said}}}"#)).2, given, "{said}");
        }
    }
}
