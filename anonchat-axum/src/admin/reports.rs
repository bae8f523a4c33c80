//! `GET /admin/reports`: what people reported, for moderators.

use std::collections::HashMap;

use anonchat_core::{PoolId, Report};
use axum::Json;
use axum::extract::{Query as Params, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::queue;
use crate::chat::AnonChat;
use crate::extract::AdminKey;
use crate::iso::iso;
use crate::reply::{Detail, Invalid, Problem, Unprocessable};

/// The most reports of one answer.
const MOST: i64 = 1000;

/// The newest reports of one pool, of the first one if `pool` names none, as 000 lists them
///
/// 50 of them unless `limit` says otherwise, and at most 1,000. Below zero counts as zero.
#[utoipa::path(
    get,
    path = "/admin/reports",
    operation_id = "reports",
    tag = "admin",
    params(
        ("limit" = Option<i64>, Query),
        ("pool" = Option<String>, Query),
    ),
    responses(
        (status = 200, description = "Newest first", body = Vec<Reported>),
        (status = 422, description = "`limit` is no integer", body = Invalid),
        (status = 500, description = "The store does not answer", body = Problem),
    ),
)]
pub(crate) async fn reports(
    _key: AdminKey,
    State(chat): State<AnonChat>,
    Params(params): Params<HashMap<String, String>>,
) -> Response {
    let Ok(limit) = params.get("limit").map_or(Ok(50), |limit| limit.parse::<i64>()) else {
        return Unprocessable::default().no_integer("query", "limit").into_response();
    };
    let Some(pool) = chat.settings().pool(params.get("pool").map(String::as_str)) else {
        return (StatusCode::NOT_FOUND, Detail("Unknown pool")).into_response();
    };
    match read(&chat, &pool, limit.clamp(0, MOST) as usize).await {
        Some(reports) => {
            Json(reports.iter().map(Reported::from).collect::<Vec<_>>()).into_response()
        }
        None => {
            (StatusCode::INTERNAL_SERVER_ERROR, Detail("Failed to read reports")).into_response()
        }
    }
}

/// As many of the newest reports, in as many answers as that takes.
async fn read(chat: &AnonChat, pool: &PoolId, limit: usize) -> Option<Vec<Report>> {
    let (mut listed, mut before) = (Vec::new(), None);
    while listed.len() < limit {
        let page = queue::read(chat, pool, before, false, limit - listed.len()).await.ok()?;
        listed.extend(page.reports);
        before = page.next;
        if before.is_none() {
            break;
        }
    }
    Some(listed)
}

/// A report as 000 shows it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Reported {
    id: u64,
    reporter: String,
    reported: String,
    reason: String,
    /// UTC, as `2026-02-03T12:34:56.123456`.
    created_at: String,
}

impl From<&Report> for Reported {
    fn from(report: &Report) -> Self {
        Self {
            id: report.id.0,
            reporter: report.reporter.to_hex(),
            reported: report.target.to_hex(),
            reason: report.reason.to_string(),
            created_at: iso(report.at),
        }
    }
}
