//! `POST /verify` and `POST /api/verify`: a selfie comes in, a gender or the reason for none goes
//! out.
//!
//! The picture is in one buffer of this module from the first byte on, in two while base64 is
//! decoded, and each is wiped on every path, also when the client goes away in the middle.

mod data_url;
mod form;
mod json;
mod judge;
mod multipart;
mod sitting;
mod upload;

use std::ops::RangeInclusive;

use axum::extract::Request;
use axum::http::header::CONNECTION;
use axum::http::{HeaderValue, Version};
use axum::middleware::Next;
use axum::response::Response;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::chat::AnonChat;
use crate::device;
pub(crate) use sitting::Sittings;
pub(crate) use upload::discard;

/// The fewest characters of a device id at these doors.
const LEAST_CHARS: usize = 8;

/// The sizes of a picture, in bytes.
const SIZES: RangeInclusive<usize> = 1_000..=10 << 20;

/// The types of a picture.
const TYPES: [&str; 4] = ["image/jpeg", "image/jpg", "image/png", "image/webp"];

/// When to come again if too many pictures are on their way, and if one of the same device is.
const BUSY_S: u32 = 2;
const SITTING_S: u32 = 2;

/// The doors.
pub(crate) fn router() -> OpenApiRouter<AnonChat> {
    OpenApiRouter::default().routes(routes!(form::form)).routes(routes!(json::json))
}

/// Whether pictures come in by a path.
pub(crate) fn is_door(path: &str) -> bool {
    path.ends_with("/verify")
}

fn is_fitting(device: &str) -> bool {
    let chars = device.chars().take(device::MAX_CHARS + 1).count();
    (LEAST_CHARS..=device::MAX_CHARS).contains(&chars)
}

fn is_type(kind: &str) -> bool {
    TYPES.iter().any(|known| known.eq_ignore_ascii_case(kind))
}

/// Whether somebody has said yes, be it in a query, a form or JSON.
fn is_yes(said: &str) -> bool {
    matches!(said.trim().trim_matches('"'), "1" | "true")
}

/// Ends the connection with the answer. The HTTP library reads into a buffer of the connection,
/// which nobody can wipe and in which parts of a picture may lie until it is used again: on a
/// connection that is kept for minutes, for minutes. Closed, it is freed at once. (HTTP/2 shares a
/// connection with other requests and has no such header.)
pub(crate) async fn hang_up(request: Request, next: Next) -> Response {
    let is_own = request.version() <= Version::HTTP_11;
    let mut response = next.run(request).await;
    if is_own {
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    response
}
