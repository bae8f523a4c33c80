//! What browsers are told about requests across origins.

use axum::http::HeaderValue;
use axum::http::request::Parts;
use tower_http::cors::{AllowHeaders, AllowMethods, AllowOrigin, CorsLayer};

use crate::chat::AnonChat;
use crate::origin;

/// Allows the origins that are let in, with credentials: so the origin is echoed, never `*`.
pub(crate) fn layer(chat: &AnonChat) -> CorsLayer {
    let chat = chat.clone();
    let allowed = move |origin: &HeaderValue, request: &Parts| {
        chat.origins().allow(origin, origin::host(&request.headers, &request.uri))
    };
    CorsLayer::new()
        .allow_origin(AllowOrigin::predicate(allowed))
        .allow_credentials(true)
        .allow_methods(AllowMethods::mirror_request())
        .allow_headers(AllowHeaders::mirror_request())
}
