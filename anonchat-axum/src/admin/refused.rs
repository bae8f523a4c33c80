//! Why a request of somebody in charge is not carried out.

use crate::limits::Beyond;
use crate::reply::{Later, Problem};
use anonchat_core::StoreError;
use axum::Json;
use axum::http::header::{HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

/// Why a request is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// 401: neither the key nor a session, or a wrong one.
    NoKey,
    /// 429: the client has shown too many wrong keys.
    TooMany(Beyond),
    /// 403: a browser sent the session along with what another page asked for.
    CrossSite,
    /// 400: the request is not in the form that the route asks for.
    Malformed(&'static str),
    /// 413: the body is too long.
    TooLong,
    /// 408: the body did not come in time.
    Slow,
    /// 404: what the request names is not there.
    Unknown(&'static str),
    /// 501: the server keeps no record of admin actions, so it carries none out.
    NoRecord,
    /// 503: the store does not answer. What was asked for may have been done or not.
    Unavailable,
    /// 503: as many streams as may be are open.
    Busy,
}

/// Seconds after which another try makes sense.
const AGAIN_S: u32 = 2;

impl Refused {
    const fn parts(self) -> (StatusCode, &'static str) {
        match self {
            Self::NoKey => (StatusCode::UNAUTHORIZED, "Admin key required"),
            Self::TooMany(_) => (StatusCode::TOO_MANY_REQUESTS, "Too many requests"),
            Self::CrossSite => (StatusCode::FORBIDDEN, "Another page may not act in your name"),
            Self::Malformed(detail) => (StatusCode::BAD_REQUEST, detail),
            Self::TooLong => (StatusCode::PAYLOAD_TOO_LARGE, "Request too large"),
            Self::Slow => (StatusCode::REQUEST_TIMEOUT, "Request took too long"),
            Self::Unknown(detail) => (StatusCode::NOT_FOUND, detail),
            Self::NoRecord => {
                let detail = "This server keeps no record of admin actions and carries none out";
                (StatusCode::NOT_IMPLEMENTED, detail)
            }
            Self::Unavailable => {
                let detail = "The store does not answer. What was asked for may have been done";
                (StatusCode::SERVICE_UNAVAILABLE, detail)
            }
            Self::Busy => (StatusCode::SERVICE_UNAVAILABLE, "Too many streams are open"),
        }
    }
}

impl From<StoreError> for Refused {
    fn from(_: StoreError) -> Self {
        Self::Unavailable
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        if let Self::TooMany(beyond) = self {
            return Later::slow_down(beyond.retry_after_s).into_response();
        }
        let (status, detail) = self.parts();
        let mut headers = HeaderMap::new();
        match self {
            Self::NoKey => {
                headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            Self::Unavailable | Self::Busy => {
                headers.insert(RETRY_AFTER, HeaderValue::from(AGAIN_S));
            }
            _ => {}
        }
        (status, headers, Json(Problem { detail })).into_response()
    }
}
