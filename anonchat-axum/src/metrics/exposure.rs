//! `GET /metrics`: the figures as OpenMetrics text, for Prometheus and what understands it.

use std::sync::atomic::Ordering;

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::moment::Moment;
use crate::chat::AnonChat;
use crate::clock;
use crate::extract::AdminKey;
use crate::openapi;

const TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// The route, for who has the admin key.
pub(crate) fn router() -> OpenApiRouter<AnonChat> {
    openapi::keyed(OpenApiRouter::default().routes(routes!(with_key)))
}

/// The figures of this server as OpenMetrics text
#[utoipa::path(
    get,
    path = "/metrics",
    operation_id = "metrics",
    tag = "admin",
    responses((
        status = 200,
        description = "For Prometheus, and what understands it",
        body = String,
        content_type = "application/openmetrics-text",
    )),
)]
async fn with_key(_key: AdminKey, chat: State<AnonChat>) -> Response {
    open(chat).await
}

/// For everybody who can reach it.
pub(crate) async fn open(State(chat): State<AnonChat>) -> Response {
    let metrics = chat.metrics();
    // Others who scrape wait here, and are then served by what the first one has asked.
    let mut set = metrics.moment.set.lock().await;
    if !Moment::is_fresh(*set) {
        metrics.moment.set_all(&chat).await;
        metrics.mail_gaps.inner().store(chat.hub().gaps(), Ordering::Relaxed);
        *set = Some(clock::monotonic());
    }
    let text = metrics.text();
    drop(set);
    match text {
        Ok(text) => ([(CONTENT_TYPE, TYPE), (CACHE_CONTROL, "no-store")], text).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
