//! `GET /admin/reports`: what people reported, for moderators.

use std::collections::HashMap;

use anonchat_core::{PoolId, Report, UnixMillis};
use axum::Json;
use axum::extract::{Query as Params, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::queue;
use crate::chat::AnonChat;
use crate::extract::AdminKey;
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

/// UTC as clients of this route know it: ISO 8601 with microseconds, and no zone.
fn iso(at: UnixMillis) -> String {
    let (days, millis) = (at.get() / 86_400_000, at.get() % 86_400_000);
    let (year, month, day) = date(days);
    let (second, micros) = (millis / 1000, millis % 1000 * 1000);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{micros:06}")
}

/// The Gregorian date of a day since the epoch, counted in years that start in March, so that the
/// leap day is the last of its year.
fn date(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468; // since 0000-03-01
    let (era, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let march_month = (5 * day + 2) / 153;
    let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
    let year = era * 400 + year + u64::from(month <= 2);
    (year, month, day - (153 * march_month + 2) / 5 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_read_as_dates() {
        for (millis, text) in [
            (0, "1970-01-01T00:00:00.000000"),
            (951_782_400_000, "2000-02-29T00:00:00.000000"),
            (1_770_122_096_123, "2026-02-03T12:34:56.123000"),
            (4_107_542_399_999, "2100-02-28T23:59:59.999000"),
            (4_107_542_400_000, "2100-03-01T00:00:00.000000"),
        ] {
            assert_eq!(iso(UnixMillis::new(millis)), text);
        }
    }
}
