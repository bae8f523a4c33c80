//! The record of admin actions: written before each, read in pages, exported whole.

use std::sync::{Mutex, PoisonError};

use anonchat_core::{AdminAction, AuditEntry, AuditPage, AuditRecord, UnixMillis};
use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use futures_util::stream::try_unfold;

use super::ask::{Asked, LARGEST};
use super::refused::Refused;
use super::shape::{AuditQuery, AuditView, RecordView, device};
use crate::chat::AnonChat;
use crate::clock;
use crate::extract::AdminKey;

/// Records of a page that names no number, and the most of any page.
const USUAL: usize = 50;
const MOST: usize = 200;

/// Wrong keys of a minute that are recorded one by one. Whoever knows no key must not be able to
/// fill the record, which is kept for ever.
const WRONG_A_MINUTE: u32 = 10;

/// How many wrong keys this minute has seen.
#[derive(Default)]
pub(crate) struct Wrong(Mutex<(u64, u32)>);

impl Wrong {
    /// Counts one, and says whether it is to be recorded.
    fn count(&self, at: UnixMillis) -> bool {
        let minute = at.get() / 60_000;
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.0 != minute {
            *seen = (minute, 0);
        }
        seen.1 = seen.1.saturating_add(1);
        seen.1 <= WRONG_A_MINUTE
    }
}

/// Records something. What cannot be recorded is not to be done.
pub(super) async fn record(
    chat: &AnonChat,
    session: Option<u64>,
    action: AdminAction,
    note: Option<String>,
) -> Result<u64, Refused> {
    let note = note.as_deref().map(str::trim).filter(|note| !note.is_empty());
    let longest = chat.settings().policy.text.note_chars as usize;
    if note.is_some_and(|note| note.chars().count() > longest) {
        return Err(Refused::Malformed("The note is too long"));
    }
    let entry = AuditEntry { at: clock::now(), session, action, note: note.map(Into::into) };
    chat.admin().book().record(&entry).await
}

/// Records that somebody came with a wrong key, unless too many did.
pub(super) async fn note_refused(chat: &AnonChat) {
    if chat.admin().book().open().is_ok() && chat.admin().wrong().count(clock::now()) {
        tracing::warn!("somebody came with a wrong admin key");
        let _ = record(chat, None, AdminAction::Refused, None).await;
    }
}

/// What those in charge did, newest first
///
/// 50 records unless `limit` says otherwise, and at most 200.
#[utoipa::path(
    get,
    path = "/admin/audit",
    operation_id = "audit",
    tag = "admin",
    params(AuditQuery),
    responses((status = 200, description = "A page of records", body = AuditView)),
)]
pub(crate) async fn page(
    _key: AdminKey,
    State(chat): State<AnonChat>,
    Asked(AuditQuery { before, about, limit }): Asked<AuditQuery>,
) -> Result<Json<AuditView>, Refused> {
    let about = match about {
        Some(about) => Some(device(&about).ok_or(Refused::Malformed("That is no device"))?),
        None => None,
    };
    let limit = limit.unwrap_or(USUAL).clamp(1, MOST);
    let before = before.map(|before| before.min(LARGEST));
    let records = chat.admin().book().audit(&AuditPage { before, about, limit }).await?;
    let next = if records.len() < limit { None } else { records.last().map(|last| last.id) };
    let next = next.filter(|id| *id > 1);
    Ok(Json(AuditView { records: records.iter().map(RecordView::from).collect(), next }))
}

/// All records, one a line, newest first, beginning with the export's own
///
/// If the store goes away, the transfer is cut off, so that nobody takes a part for the whole; the
/// last line has the number 1 only if all are there.
#[utoipa::path(
    get,
    path = "/admin/audit/export",
    operation_id = "export",
    tag = "admin",
    responses((status = 200, description = "A record a line", body = String, content_type = "application/x-ndjson")),
)]
pub(crate) async fn export(
    key: AdminKey,
    State(chat): State<AnonChat>,
) -> Result<Response, Refused> {
    let own = key.record(&chat, AdminAction::Export, None).await?;
    let pages = try_unfold(Some(own + 1), move |before| {
        let chat = chat.clone();
        async move {
            let Some(before) = before else { return Ok(None) };
            let page = AuditPage { before: Some(before), about: None, limit: MOST };
            let records = chat.admin().book().audit(&page).await;
            let records =
                records.map_err(|_| std::io::Error::other("the store does not answer"))?;
            let next = if records.len() < MOST { None } else { records.last().map(|one| one.id) };
            Ok::<_, std::io::Error>(Some((lines(&records), next)))
        }
    });
    let headers = [
        (CONTENT_TYPE, "application/x-ndjson"),
        (CONTENT_DISPOSITION, "attachment; filename=\"anonchat-audit.ndjson\""),
    ];
    Ok((headers, Body::from_stream(pages)).into_response())
}

fn lines(records: &[AuditRecord]) -> String {
    let mut text = String::new();
    for record in records {
        if let Ok(line) = serde_json::to_string(&RecordView::from(record)) {
            text.push_str(&line);
            text.push('\n');
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrong_keys_cannot_fill_the_record() {
        let wrong = Wrong::default();
        let at = UnixMillis::new(1_800_000_000_000);
        let recorded = (0..1_000).filter(|_| wrong.count(at)).count();
        assert_eq!(recorded, WRONG_A_MINUTE as usize);
        assert!(wrong.count(at.after(60_000)), "another minute");
    }
}
