//! `POST /verify`, 000's door: the picture is the part `file` of a form.

use std::borrow::Cow;
use std::collections::HashMap;

use anonchat_core::{Gender, Verdict};
use axum::Json;
use axum::extract::{Query, Request, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::judge::{Failure, Judgement, judge};
use super::multipart::{self, File, Form};
use super::upload::{self, Trouble};
use super::{BUSY_S, SITTING_S, SIZES, is_fitting, is_type, is_yes};
use crate::builder::Consent;
use crate::chat::AnonChat;
use crate::reply::{Detail, Invalid, Later, Postponed, Problem, Unprocessable};

/// The most bytes of a form: the largest picture, and what may be around it.
const BODY: usize = *SIZES.end() + (64 << 10);

/// A form with a selfie.
#[derive(ToSchema)]
#[allow(dead_code, reason = "describes what `multipart` reads")]
pub(crate) struct SelfieForm {
    /// JPEG, PNG or WebP, 1,000 bytes to 10 MiB, with a name.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
    /// `1` says that its owner agrees, unless the query does.
    #[schema(nullable = false)]
    consent: Option<String>,
}

/// What came of a picture, as 000 says it.
#[derive(Serialize, ToSchema)]
pub(crate) struct Judged {
    device_id: String,
    /// `male`, `female`, `non-binary` or `prefer-not-to-say`.
    gender: &'static str,
    verified: bool,
    message: Cow<'static, str>,
    /// What says the same elsewhere, encrypted and bound to the device.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    token: Option<String>,
    /// When the token ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    expires_at: Option<u64>,
}

/// Judges a selfie in a form, and wipes it
///
/// Without a classifier it is wiped unread, and nothing is known of anybody.
// Checked in the order that clients know.
#[utoipa::path(
    post,
    path = "/verify",
    operation_id = "verify",
    tag = "verification",
    params(
        ("device_id" = String, Query, min_length = 8, max_length = 256),
        ("consent" = Option<String>, Query, description = "`1`, unless the form says it"),
    ),
    request_body(content = SelfieForm, content_type = "multipart/form-data"),
    responses(
        (status = 200, description = "A gender, or none and what can be done better", body = Judged),
        (status = 400, description = "Something about the request is wrong", body = Problem),
        (status = 408, description = "It did not come in time", body = Problem),
        (status = 422, description = "Something is missing", body = Invalid),
        (status = 429, description = "Too many pictures, or one of the same device is on its way", body = Postponed),
        (status = 500, description = "The classifier broke, or the store does not answer", body = Problem),
        (status = 503, description = "Too many pictures of others, or maintenance", body = Postponed),
    ),
)]
pub(crate) async fn form(
    State(chat): State<AnonChat>,
    Query(params): Query<HashMap<String, String>>,
    request: Request,
) -> Response {
    let Ok(turn) = chat.uploads().try_acquire() else {
        chat.metrics().sent_away();
        upload::discard(request).await;
        return Later::busy(BUSY_S).into_response();
    };
    let device = params.get("device_id");
    let id = device.map(|device| chat.device(device));
    let sitting = id.map(|id| chat.sittings().begin(id));
    if let Some(None) = sitting {
        drop(turn);
        upload::discard(request).await;
        return Later::too_many(SITTING_S).into_response();
    }
    let boundary = request
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|kind| multipart::boundary(kind.to_str().ok()?));
    let body = match upload::read(request, BODY).await {
        Ok(body) => body,
        Err(trouble) => return unread(trouble),
    };
    let form = boundary.map(|boundary| Form::parse(&body, &boundary)).unwrap_or_default();
    let missing = Unprocessable::default();
    let missing = if device.is_none() { missing.missing("query", "device_id") } else { missing };
    let missing = if form.file.is_none() { missing.missing("body", "file") } else { missing };
    let (Some(device), Some(id), Some(file), true) = (device, id, form.file, missing.is_empty())
    else {
        return missing.into_response();
    };
    if let Some(objection) = objection(device, &file) {
        return (StatusCode::BAD_REQUEST, Detail(objection)).into_response();
    }
    let Some(classifier) = chat.classifier() else {
        drop(body); // unread
        return unverified(device, None);
    };
    let said = [params.get("consent").map(String::as_str), form.consent];
    if chat.consent() == Consent::Explicit && !said.into_iter().flatten().any(is_yes) {
        return (StatusCode::BAD_REQUEST, Detail("Consent required")).into_response();
    }
    let picture = file.range;
    match judge(&chat, classifier, id, body.cut(picture)).await {
        Ok(judgement) => answer(device, judgement),
        Err(Failure::Busy { retry_after_s }) => Later::busy(retry_after_s).into_response(),
        Err(Failure::Broken) => failed("Verification failed"),
        Err(Failure::Unrecorded) => failed("Database error during verification"),
    }
}

/// What is wrong with a request that has all its parts.
fn objection(device: &str, file: &File<'_>) -> Option<&'static str> {
    if !is_fitting(device) {
        Some("Invalid device_id")
    } else if file.name.is_none_or(str::is_empty) {
        Some("No file uploaded")
    } else if !file.kind.is_some_and(is_type) {
        Some("Invalid file type. Allowed: image/jpeg, image/jpg, image/png, image/webp")
    } else if !file.is_whole || !SIZES.contains(&file.range.len()) {
        Some("Failed to read image file")
    } else {
        None
    }
}

fn unread(trouble: Trouble) -> Response {
    let (status, text) = match trouble {
        Trouble::Broken => (StatusCode::BAD_REQUEST, "Failed to read image file"),
        Trouble::Slow => (StatusCode::REQUEST_TIMEOUT, "Upload took too long"),
    };
    (status, Detail(text)).into_response()
}

fn failed(text: &'static str) -> Response {
    (StatusCode::INTERNAL_SERVER_ERROR, Detail(text)).into_response()
}

/// The answer of 000, with a token for native clients; an abstention has one as well, since it is
/// all that `required` asks for.
fn answer(device: &str, judgement: Judgement) -> Response {
    let (gender, token) = match judgement {
        Judgement::Known(gender, token) => (gender, token),
        Judgement::Unknown(verdict) => return unverified(device, Some(verdict)),
    };
    let verified = gender != Gender::PreferNotToSay;
    let message = if verified {
        format!("Gender verified as {}", gender.as_str()).into()
    } else {
        advice(None).into()
    };
    Json(Judged {
        device_id: device.to_owned(),
        gender: gender.as_str(),
        verified,
        message,
        token: Some(token.text),
        expires_at: Some(token.expires.get()),
    })
    .into_response()
}

/// The answer to a picture that was not judged, or whose verdict is none, with what can be done
/// better the next time.
fn unverified(device: &str, verdict: Option<Verdict>) -> Response {
    Json(Judged {
        device_id: device.to_owned(),
        gender: Gender::PreferNotToSay.as_str(),
        verified: false,
        message: advice(verdict).into(),
        token: None,
        expires_at: None,
    })
    .into_response()
}

fn advice(verdict: Option<Verdict>) -> &'static str {
    match verdict {
        Some(Verdict::NoFace) => "No face was found. Please look into the camera and try again.",
        Some(Verdict::SeveralFaces) => {
            "More than one face was found. The picture must show exactly one face."
        }
        Some(Verdict::NotLive) => {
            "This does not look like a live picture. Please use the camera, not a photo or a screen."
        }
        Some(Verdict::TooSmall) => "The face is too small. Please come closer to the camera.",
        Some(Verdict::TooDark) => "The picture is too dark. Please find more light.",
        Some(Verdict::TooBlurred) => "The picture is too blurred. Please hold still.",
        Some(Verdict::TurnedAway) => "The face is turned away. Please look into the camera.",
        _ => "Could not verify gender - defaulting to neutral",
    }
}
