//! Whether the server lives, and whether it can match people now.

use std::time::Duration;

use anonchat_core::{Query, View};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;
use tokio::time::timeout;

use crate::chat::AnonChat;
use crate::clock;

/// How long the store may take to answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// `GET /healthz`: the process answers.
pub(crate) async fn alive() -> Response {
    Json(json!({ "status": "ok" })).into_response()
}

/// `GET /readyz`: people who come now are let in and can be matched.
pub(crate) async fn ready(State(chat): State<AnonChat>) -> Response {
    let (code, status) = if chat.hub().is_closing() {
        (StatusCode::SERVICE_UNAVAILABLE, "stopping")
    } else if chat.admin().maintenance().since().is_some() {
        (StatusCode::SERVICE_UNAVAILABLE, "maintenance")
    } else if timeout(PATIENCE, can_match(&chat)).await.unwrap_or(false) {
        (StatusCode::OK, "ok")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "unavailable")
    };
    (code, Json(json!({ "status": status }))).into_response()
}

async fn can_match(chat: &AnonChat) -> bool {
    for pool in chat.pools() {
        let census = chat.store().read(pool, clock::now(), &Query::Census).await;
        if !matches!(census, Ok(View::Census(_))) {
            return false;
        }
    }
    true
}
