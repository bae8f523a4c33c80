//! The moderators' queue: reports with what one decides by, and their dismissal.

use std::collections::BTreeMap;

use anonchat_core::{
    AdminAction, AuditPage, Command, DeviceId, PoolId, Query, Report, ReportId, Reports, View,
};
use axum::Json;
use axum::extract::State;
use futures_util::future::try_join_all;

use super::ask::{Asked, LARGEST, Named, Sent};
use super::refused::Refused;
use super::shape::{Done, Noted, QueueQuery, QueueView, RecordView, ReportView};
use crate::chat::AnonChat;
use crate::clock;
use crate::extract::AdminKey;

/// Reports of a page that names no number, and the most of any page. Each costs one read of the
/// record at most, however many reports there are.
const USUAL: usize = 25;
const MOST: usize = 100;

/// Earlier decisions that are shown with a report.
const EARLIER: usize = 5;

/// Reads of the record that are under way at once.
const AT_ONCE: usize = 10;

/// The reports of one pool, newest first, with what one decides by
///
/// 25 of them unless `limit` says otherwise, and at most 100.
#[utoipa::path(
    get,
    path = "/admin/queue",
    operation_id = "queue",
    tag = "admin",
    params(QueueQuery),
    responses((status = 200, description = "A page of reports", body = QueueView)),
)]
pub(crate) async fn list(
    _key: AdminKey,
    State(chat): State<AnonChat>,
    Asked(QueueQuery { before, limit, pool, open }): Asked<QueueQuery>,
) -> Result<Json<QueueView>, Refused> {
    chat.admin().book().open()?;
    let pool = find(&chat, pool.as_deref())?;
    let limit = limit.unwrap_or(USUAL).clamp(1, MOST);
    let (before, open) = (before.map(|before| ReportId(before.min(LARGEST))), open.unwrap_or(true));
    let Reports { reports, next } = read(&chat, &pool, before, open, limit).await?;
    let earlier = earlier(&chat, &reports).await?;
    let needed = chat.settings().policy.safety.reports_to_ban;
    let of = |device: &DeviceId| {
        let records = earlier.get(device);
        records.map(|records| records.iter().map(RecordView::from).collect()).unwrap_or_default()
    };
    let reports = reports.iter().map(|report| ReportView::new(report, needed, of(&report.target)));
    Ok(Json(QueueView {
        pool: pool.as_str().to_owned(),
        pools: chat.pools().iter().map(|pool| pool.as_str().to_owned()).collect(),
        reports: reports.collect(),
        next: next.map(|next| next.0),
    }))
}

/// Dismisses a report, which no longer counts
#[utoipa::path(
    post,
    path = "/admin/reports/{pool}/{id}/dismiss",
    operation_id = "dismiss",
    tag = "admin",
    params(("pool" = String, Path), ("id" = u64, Path)),
    request_body = Option<Noted>,
    responses((status = 200, description = "It is dismissed", body = Done)),
)]
pub(crate) async fn dismiss(
    key: AdminKey,
    State(chat): State<AnonChat>,
    Named((pool, id)): Named<(String, u64)>,
    Sent(Noted { note }): Sent<Noted>,
) -> Result<Json<Done>, Refused> {
    const UNKNOWN: Refused = Refused::Unknown("There is no such report, or it is too old");
    let pool = find(&chat, Some(&pool))?;
    let report = ReportId(id);
    if id >= LARGEST {
        return Err(UNKNOWN);
    }
    let just_it = Some(ReportId(id + 1));
    let found = read(&chat, &pool, just_it, false, 1).await?.reports;
    let found = found.iter().find(|found| found.id == report).ok_or(UNKNOWN)?;
    let device = found.target;
    let action = AdminAction::Dismiss { pool: pool.clone(), report, device };
    let audit = key.record(&chat, action, note).await?;
    let dismiss = Command::Dismiss { report };
    let commit = chat.store().apply(&pool, clock::now(), clock::roll(), &dismiss).await?;
    commit.outcome.map_err(|_| UNKNOWN)?;
    Ok(Json(Done { audit }))
}

fn find(chat: &AnonChat, pool: Option<&str>) -> Result<PoolId, Refused> {
    chat.settings().pool(pool).ok_or(Refused::Unknown("Unknown pool"))
}

/// One page of a pool's reports.
pub(super) async fn read(
    chat: &AnonChat,
    pool: &PoolId,
    before: Option<ReportId>,
    open: bool,
    limit: usize,
) -> Result<Reports, Refused> {
    let query = Query::Reports { before, open, limit };
    match chat.store().read(pool, clock::now(), &query).await? {
        View::Reports(reports) => Ok(reports),
        _ => Err(Refused::Unavailable),
    }
}

/// What was decided before about each device of a page.
async fn earlier(
    chat: &AnonChat,
    reports: &[Report],
) -> Result<BTreeMap<DeviceId, Vec<anonchat_core::AuditRecord>>, Refused> {
    let mut devices: Vec<_> = reports.iter().map(|report| report.target).collect();
    devices.sort_unstable();
    devices.dedup();
    let mut known = BTreeMap::new();
    for some in devices.chunks(AT_ONCE) {
        let pages = some.iter().map(|device| async move {
            let page = AuditPage { before: None, about: Some(*device), limit: EARLIER };
            chat.admin().book().audit(&page).await.map(|records| (*device, records))
        });
        known.extend(try_join_all(pages).await?);
    }
    Ok(known)
}
