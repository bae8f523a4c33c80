//! Whether the server lives, and whether it can match people now.

use std::time::Duration;

use anonchat_core::{Query, View};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use tokio::time::timeout;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::chat::AnonChat;
use crate::clock;

/// How long the store may take to answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// The routes of whoever runs the server.
pub(crate) fn router() -> OpenApiRouter<AnonChat> {
    OpenApiRouter::default().routes(routes!(alive)).routes(routes!(ready))
}

/// That the process answers, as 001 says it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Alive {
    status: &'static str,
    redis: Links,
}

/// Whether the store has answered within the last seconds, whatever store it is.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Links {
    pub_ready: bool,
    sub_ready: bool,
}

/// How the server is, in one word.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Health {
    status: &'static str,
}

/// Whether the process answers
#[utoipa::path(
    get,
    path = "/healthz",
    tag = "health",
    responses((status = 200, description = "It does", body = Alive)),
)]
async fn alive(State(chat): State<AnonChat>) -> Json<Alive> {
    let answers = chat.sampler().history().answers();
    Json(Alive { status: "ok", redis: Links { pub_ready: answers, sub_ready: answers } })
}

/// Whether people who come now are let in and can be matched
#[utoipa::path(
    get,
    path = "/readyz",
    tag = "health",
    responses(
        (status = 200, description = "They are", body = Health),
        (status = 503, description = "`stopping`, `maintenance`, or `unavailable`: the store does not answer", body = Health),
    ),
)]
async fn ready(State(chat): State<AnonChat>) -> Response {
    let (code, status) = if chat.hub().is_closing() {
        (StatusCode::SERVICE_UNAVAILABLE, "stopping")
    } else if chat.admin().maintenance().since().is_some() {
        (StatusCode::SERVICE_UNAVAILABLE, "maintenance")
    } else if timeout(PATIENCE, can_match(&chat)).await.unwrap_or(false) {
        (StatusCode::OK, "ok")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "unavailable")
    };
    (code, Json(Health { status })).into_response()
}

async fn can_match(chat: &AnonChat) -> bool {
    for pool in chat.pools() {
        let census = chat.store().read(pool, clock::now(), &Query::Census).await;
        if !matches!(census, Ok(View::Census(_))) {
            return false;
        }
    }
    #[cfg(feature = "rooms")]
    if let Some(rooms) = chat.rooms() {
        return rooms.view(&anonchat_core::room::RoomQuery::Census).await.is_ok();
    }
    true
}
