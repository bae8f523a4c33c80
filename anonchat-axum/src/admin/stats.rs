//! 001's figures: those that its page shows to everybody, and those of its admin page.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::chat::AnonChat;
use crate::extract::AdminKey;
use crate::reply::{Detail, Problem};

/// The mean wait up to which 001's page says that its goal is met.
const GOAL_MS: u64 = 30_000;

/// What everybody may know.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Stats {
    online_users: u64,
    waiting_in_queue: u64,
}

/// What 001's admin page needs. Texts are numbers with two decimals, as its own server wrote them.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Metrics {
    technical: Technical,
    safety: Safety,
    user: User,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Technical {
    /// People with a connection.
    active_sessions: u64,
    /// Pairs ever made.
    total_matches_life: u64,
    /// Pairs made in the last minute.
    queue_throughput: u64,
    /// The mean wait of the last hour, of those who had to wait.
    avg_match_time_ms: String,
    match_time_limit_met: bool,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Safety {
    total_reports: u64,
    active_bans: u64,
    /// Reports per hundred pairs.
    report_rate: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct User {
    /// Of a hundred pictures of the last hour, how many made a gender known.
    verification_success_rate: String,
    /// How many did not.
    drop_off_at_verification: u64,
}

/// How many people are here, and how many of them wait: at most a second old
#[utoipa::path(
    get,
    path = "/api/stats",
    operation_id = "stats",
    tag = "figures",
    responses(
        (status = 200, description = "001's figures", body = Stats),
        (status = 503, description = "The pools do not answer", body = Problem),
    ),
)]
pub(crate) async fn stats(State(chat): State<AnonChat>) -> Response {
    let history = chat.sampler().history();
    if !history.answers() {
        return (StatusCode::SERVICE_UNAVAILABLE, Detail("Not available now")).into_response();
    }
    let crowd = history.crowd();
    let stats = Stats { online_users: crowd.online, waiting_in_queue: crowd.waiting };
    Json(stats).into_response()
}

/// The figures of 001's admin page
#[utoipa::path(
    get,
    path = "/api/admin/metrics",
    operation_id = "admin_metrics",
    tag = "admin",
    responses((status = 200, description = "001's figures", body = Metrics)),
)]
pub(crate) async fn metrics(_key: AdminKey, State(chat): State<AnonChat>) -> Json<Metrics> {
    let history = chat.sampler().history();
    let (crowd, hour) = (history.crowd(), history.hour());
    let mean_ms = hour.waits.mean().unwrap_or_default();
    let (judged, verified) = hour.verifications();
    Json(Metrics {
        technical: Technical {
            active_sessions: crowd.online,
            total_matches_life: crowd.matches,
            queue_throughput: history.matches_per_minute(),
            avg_match_time_ms: format!("{mean_ms}.00"),
            match_time_limit_met: mean_ms <= GOAL_MS,
        },
        safety: Safety {
            total_reports: crowd.reports,
            active_bans: crowd.bans,
            report_rate: percent(crowd.reports, crowd.matches),
        },
        user: User {
            verification_success_rate: percent(verified, judged),
            drop_off_at_verification: judged - verified,
        },
    })
}

/// With two decimals; zero of nothing.
fn percent(part: u64, whole: u64) -> String {
    let hundredths = u128::from(part) * 10_000 / u128::from(whole.max(1));
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_has_two_decimals_and_none_divides_by_nothing() {
        for (part, whole, text) in [
            (0, 0, "0.00"),
            (1, 3, "33.33"),
            (1, 1, "100.00"),
            (1, 10_000, "0.01"),
            (3, 2, "150.00"),
        ] {
            assert_eq!(percent(part, whole), text);
        }
    }
}
