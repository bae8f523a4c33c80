//! What browsers are told about every answer, whatever it is an answer to.

use axum::extract::{Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, HeaderValue, REFERRER_POLICY,
    STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::middleware::Next;
use axum::response::Response;

use crate::chat::AnonChat;

/// For answers that are no pages: nothing in them is to be run, framed, kept or guessed at. A
/// handler that says otherwise is left alone.
const DEFAULTS: [(HeaderName, HeaderValue); 6] = [
    (
        CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'; base-uri 'none'"),
    ),
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    // Requests that ask for permission across origins are none of its business.
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("same-origin"),
    ),
    (CACHE_CONTROL, HeaderValue::from_static("no-store")),
];

/// A year of nothing but TLS, which is what lists of such hosts ask for.
const TLS_ONLY: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// Gives the chat's own answers their headers.
pub(crate) async fn harden(State(chat): State<AnonChat>, request: Request, next: Next) -> Response {
    let mut response = transport(State(chat), request, next).await;
    for (name, value) in DEFAULTS {
        response.headers_mut().entry(name).or_insert(value);
    }
    response
}

/// Keeps browsers to TLS where the operator says that there is TLS. Over plain HTTP they are to
/// pass over the header (RFC 6797, 8.1).
pub(crate) async fn transport(
    State(chat): State<AnonChat>,
    request: Request,
    next: Next,
) -> Response {
    let mut response = next.run(request).await;
    if chat.admin().behind_tls() {
        response.headers_mut().entry(STRICT_TRANSPORT_SECURITY).or_insert(TLS_ONLY);
    }
    response
}
