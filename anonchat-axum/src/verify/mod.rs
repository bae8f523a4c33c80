//! `POST /verify`: a selfie comes in, a gender or the reason for none goes out.
//!
//! The picture is in one buffer of this module from the first byte on, and that buffer is wiped
//! on every path, also when the client goes away in the middle.

mod multipart;
mod upload;

use std::collections::HashMap;
use std::sync::Arc;

use anonchat_core::{Classifier, ClassifyError, Command, Gender, Proof, Selfie, Verdict};
use axum::Json;
use axum::extract::{Query, Request, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use futures_util::future::join_all;
use serde_json::json;

use crate::builder::Consent;
use crate::chat::AnonChat;
use crate::clock;
use crate::device;
use crate::reply::{Busy, Detail, Unprocessable};
use multipart::{File, Form};

/// The fewest characters of a device id at this door.
const LEAST_CHARS: usize = 8;

/// The sizes of a picture, in bytes.
const SIZES: std::ops::RangeInclusive<usize> = 1_000..=upload::PICTURE;

/// The types of a picture.
const TYPES: [&str; 4] = ["image/jpeg", "image/jpg", "image/png", "image/webp"];

/// Checks the request in the order that clients know, judges the picture, and wipes it.
pub(crate) async fn verify(
    State(chat): State<AnonChat>,
    Query(params): Query<HashMap<String, String>>,
    request: Request,
) -> Response {
    let Ok(_turn) = chat.uploads().try_acquire() else {
        return Busy { retry_after_s: 2 }.into_response();
    };
    let boundary = request
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|kind| multipart::boundary(kind.to_str().ok()?));
    let body = match upload::read(request).await {
        Ok(body) => body,
        Err(refusal) => return refusal,
    };
    let form = boundary.map(|boundary| Form::parse(&body, &boundary)).unwrap_or_default();
    let device = params.get("device_id");
    let missing = Unprocessable::default();
    let missing = if device.is_none() { missing.missing("query", "device_id") } else { missing };
    let missing = if form.file.is_none() { missing.missing("body", "file") } else { missing };
    let (Some(device), Some(file), true) = (device, form.file, missing.is_empty()) else {
        return missing.into_response();
    };
    if let Some(objection) = objection(device, &file) {
        return (StatusCode::BAD_REQUEST, Detail(objection)).into_response();
    }
    let Some(classifier) = chat.classifier() else {
        drop(body); // unread
        return answer(device, None);
    };
    let said = [params.get("consent").map(String::as_str), form.consent];
    if chat.consent() == Consent::Explicit && !said.iter().flatten().any(|said| is_yes(said)) {
        return (StatusCode::BAD_REQUEST, Detail("Consent required")).into_response();
    }
    let picture = file.range;
    judge(&chat, classifier, device, body.cut(picture)).await
}

/// What is wrong with a request that has all its parts.
fn objection(device: &str, file: &File<'_>) -> Option<&'static str> {
    let chars = device.chars().count();
    let is_picture = |kind: &str| TYPES.contains(&kind.to_ascii_lowercase().as_str());
    if !(LEAST_CHARS..=device::MAX_CHARS).contains(&chars) {
        Some("Invalid device_id")
    } else if file.name.is_none_or(str::is_empty) {
        Some("No file uploaded")
    } else if !file.kind.is_some_and(is_picture) {
        Some("Invalid file type. Allowed: image/jpeg, image/jpg, image/png, image/webp")
    } else if !file.is_whole || !SIZES.contains(&file.range.len()) {
        Some("Failed to read image file")
    } else {
        None
    }
}

fn is_yes(said: &str) -> bool {
    matches!(said.trim().trim_matches('"'), "1" | "true")
}

async fn judge(
    chat: &AnonChat,
    classifier: &Arc<dyn Classifier>,
    device: &str,
    selfie: Selfie,
) -> Response {
    let verdict = match classifier.classify(selfie).await {
        Ok(verdict) => verdict,
        Err(ClassifyError::Busy { retry_after_s }) => {
            return Busy { retry_after_s }.into_response();
        }
        Err(_) => return failed("Verification failed"),
    };
    if let Verdict::Verified(gender) = verdict {
        // An abstention is recorded as well: under `required` it must not keep anybody out.
        let id = chat.device(device);
        let command = Command::Verify { device: id, gender, proof: Proof::Attested };
        let noted = chat
            .pools()
            .iter()
            .map(|pool| chat.store().apply(pool, clock::now(), clock::roll(), &command));
        // A pool that is away learns it from one that is not.
        if join_all(noted).await.iter().all(Result::is_err) {
            return failed("Database error during verification");
        }
    }
    answer(device, Some(verdict))
}

fn failed(text: &'static str) -> Response {
    (StatusCode::INTERNAL_SERVER_ERROR, Detail(text)).into_response()
}

/// The answer of 000, with what can be done better the next time.
fn answer(device: &str, verdict: Option<Verdict>) -> Response {
    let neutral = Gender::PreferNotToSay;
    let (gender, verified, message) = match verdict {
        Some(Verdict::Verified(gender)) if gender != neutral => {
            (gender, true, format!("Gender verified as {}", gender.as_str()))
        }
        verdict => (neutral, false, advice(verdict).to_owned()),
    };
    let body = json!({
        "device_id": device, "gender": gender.as_str(), "verified": verified, "message": message,
    });
    Json(body).into_response()
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
