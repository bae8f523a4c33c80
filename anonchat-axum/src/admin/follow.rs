//! What other servers' admins did that this one has to know: maintenance, and who has signed out.

use anonchat_core::{AdminAction, AuditPage, UnixMillis};

use super::refused::Refused;
use super::session::LIFETIME_S;
use crate::background::{TICK, ticks};
use crate::chat::AnonChat;
use crate::clock;

/// Records of one look at the record, and of one page when there is more to catch up with.
const FEW: usize = 4;
const MANY: usize = 200;

/// Pages that are gone through at most, after a start say.
const PAGES: usize = 100;

/// Looks once a second, until nobody holds the chat any more.
pub(super) fn spawn(chat: &AnonChat) {
    if chat.admin().book().open().is_err() {
        return;
    }
    let chat = chat.weak();
    tokio::spawn(async move {
        let mut ticks = ticks(TICK);
        let mut seen = 0;
        loop {
            ticks.tick().await;
            let Some(chat) = chat() else { return };
            // What the store does not say now it says later; until then what was known stands.
            if let Ok(since) = chat.admin().book().maintenance().await {
                chat.admin().maintenance().set(since);
            }
            if let Ok(newest) = end_sessions(&chat, seen).await {
                seen = newest;
            }
        }
    });
}

/// Ends the sessions of which a record after `seen` says so. Gives the newest record's number.
async fn end_sessions(chat: &AnonChat, seen: u64) -> Result<u64, Refused> {
    let now = clock::now();
    let oldest = UnixMillis::new(now.get().saturating_sub(LIFETIME_S * 1_000));
    let (mut before, mut newest, mut limit) = (None, seen, FEW);
    for _ in 0..PAGES {
        let page = AuditPage { before, about: None, limit };
        let records = chat.admin().book().audit(&page).await?;
        for record in &records {
            // No session that began before that still lasts.
            if record.id <= seen || record.entry.at < oldest {
                return Ok(newest);
            }
            newest = newest.max(record.id);
            if let (AdminAction::SignOut, Some(session)) =
                (&record.entry.action, record.entry.session)
            {
                chat.admin().sessions().end(now, session);
            }
        }
        if records.len() < limit {
            break;
        }
        (before, limit) = (records.last().map(|last| last.id), MANY);
    }
    Ok(newest)
}
