//! Who is in charge: the key itself, or a session that a browser holds.

use anonchat_core::{AdminAction, UnixMillis};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, ORIGIN};
use axum::http::request::Parts;

use super::refused::Refused;
use super::session::Session;
use super::{audit, cookie};
use crate::chat::AnonChat;
use crate::clock;
use crate::extract::{AdminKey, Presented, present};
use crate::origin;

/// What a page sends along with what has no JSON in it. Other pages cannot, without being asked
/// whether they may.
const MARK: HeaderName = HeaderName::from_static("x-anonchat-admin");

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Lets those in charge in.
///
/// With `Authorization: Bearer` the key decides and nothing else is looked at: no browser sends
/// that by itself. Otherwise the session in the cookie decides; what it asks to be *done* has to
/// come from a page that is let in, and to show that a script of that page has sent it.
pub(crate) async fn authenticate(chat: &AnonChat, parts: &Parts) -> Result<AdminKey, Refused> {
    let presented = match parts.extensions.get::<Presented>() {
        Some(presented) => *presented,
        None => {
            let client = chat.addresses().client(&parts.extensions, &parts.headers);
            present(chat, client, &parts.headers).await
        }
    };
    match presented {
        Presented::Right => return Ok(AdminKey { session: None }),
        Presented::Beyond(beyond) => return Err(Refused::TooMany(beyond)),
        Presented::Wrong => {
            audit::note_refused(chat).await;
            return Err(Refused::NoKey);
        }
        Presented::Nothing => {}
    }
    let session = session(chat, &parts.headers).ok_or(Refused::NoKey)?;
    if parts.method.is_safe() || is_own(chat, parts) {
        Ok(AdminKey { session: Some(session) })
    } else {
        Err(Refused::CrossSite)
    }
}

/// The session that the cookie of a request stands for, if it still lasts.
pub(crate) fn session(chat: &AnonChat, headers: &HeaderMap) -> Option<Session> {
    chat.admin_key()?;
    let (now, sessions) = (clock::now(), chat.admin().sessions());
    cookie::tokens(headers).find_map(|token| sessions.open(now, token))
}

/// Whether a script of a page that is let in has sent a request, and no other page.
fn is_own(chat: &AnonChat, parts: &Parts) -> bool {
    let headers = &parts.headers;
    let host = origin::host(headers, &parts.uri);
    let from_ours = headers.get(ORIGIN).is_some_and(|origin| chat.origins().allow(origin, host));
    let site = headers.get(SEC_FETCH_SITE);
    let by_browser = site.is_none_or(|site| site == "same-origin" || site == "same-site");
    from_ours && by_browser && (headers.contains_key(MARK) || is_json(headers))
}

/// Whether the body is said to be JSON. A form of another page cannot say so.
pub(super) fn is_json(headers: &HeaderMap) -> bool {
    is_kind(headers, "application/json")
}

pub(super) fn is_kind(headers: &HeaderMap, kind: &str) -> bool {
    let said = headers.get(CONTENT_TYPE).and_then(|said| said.to_str().ok()).unwrap_or_default();
    said.split(';').next().is_some_and(|said| said.trim().eq_ignore_ascii_case(kind))
}

/// The token of `Authorization: Bearer <token>`.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&[u8]> {
    let value = headers.get(AUTHORIZATION)?.as_bytes();
    let (scheme, token) = value.split_at_checked(7)?;
    scheme.eq_ignore_ascii_case(b"bearer ").then(|| token.trim_ascii())
}

impl AdminKey {
    /// What the record calls the sender.
    pub(super) fn session_id(&self) -> Option<u64> {
        self.session.map(|session| session.id)
    }

    /// Whether the sender would still be let in.
    pub(super) fn lasts(&self, chat: &AnonChat, at: UnixMillis) -> bool {
        self.session.is_none_or(|session| chat.admin().sessions().lasts(at, session))
    }

    /// Records what is about to be done.
    pub(super) async fn record(
        &self,
        chat: &AnonChat,
        action: AdminAction,
        note: Option<String>,
    ) -> Result<u64, Refused> {
        audit::record(chat, self.session_id(), action, note).await
    }
}
