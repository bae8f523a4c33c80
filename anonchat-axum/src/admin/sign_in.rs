//! Signing in and out: the key for a cookie.

use std::sync::{Mutex, PoisonError};

use anonchat_core::AdminAction;
use axum::Json;
use axum::extract::{FromRequest, Request, State};
use axum::http::header::SET_COOKIE;
use axum::response::{AppendHeaders, IntoResponse, Response};

use super::ask::Sent;
use super::refused::Refused;
use super::session::Sessions;
use super::shape::{SessionView, SignIn, session_name};
use super::{audit, cookie};
use crate::chat::AnonChat;
use crate::clock;
use crate::extract::{AdminKey, AdminKeyHash};
use crate::limits::SignIn as Tried;
use crate::secret::Secret;

/// The secret of the one-time link that was shown last, until somebody has signed in with it.
#[derive(Default)]
pub(crate) struct Link(Mutex<Option<AdminKeyHash>>);

impl Link {
    /// Draws a secret in place of the one before.
    pub(crate) fn draw(&self) -> Secret {
        let secret = Secret::random();
        self.put(AdminKeyHash::new(&secret));
        secret
    }

    fn put(&self, hash: AdminKeyHash) {
        *self.inside() = Some(hash);
    }

    /// Takes the secret away if it is this one, so that nobody else can.
    fn take(&self, presented: &[u8]) -> Option<AdminKeyHash> {
        self.inside().take_if(|hash| hash.is_of(presented))
    }

    fn inside(&self) -> std::sync::MutexGuard<'_, Option<AdminKeyHash>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// `POST /admin/sign-in`
///
/// A page of another site cannot sign somebody in: its origin is refused before this is called.
pub(crate) async fn sign_in(
    State(chat): State<AnonChat>,
    request: Request,
) -> Result<Response, Refused> {
    let (parts, body) = request.into_parts();
    chat.admin().book().open()?;
    let key = chat.admin_key().ok_or(Refused::NoKey)?;
    let client = chat.addresses().client(&parts.extensions, &parts.headers);
    let secure = cookie::is_secure(&parts.headers, chat.admin().behind_tls());
    let Sent(SignIn { key: presented }) =
        Sent::from_request(Request::from_parts(parts, body), &()).await?;
    let mut link = None;
    let is_right = || {
        if key.is_of(presented.as_bytes()) {
            return true;
        }
        link = chat.admin().link().take(presented.as_bytes());
        link.is_some()
    };
    match chat.limits().sign_in(clock::now(), client.key, is_right).await {
        Tried::Right => {}
        Tried::Beyond(beyond) => return Err(Refused::TooMany(beyond)),
        Tried::Wrong => {
            audit::note_refused(&chat).await;
            return Err(Refused::NoKey);
        }
    }
    let now = clock::now();
    let session = Sessions::begin(now);
    if let Err(refused) = audit::record(&chat, Some(session.id), AdminAction::SignIn, None).await {
        if let Some(hash) = link {
            chat.admin().link().put(hash); // it was not used
        }
        return Err(refused);
    }
    let token = chat.admin().sessions().seal(now, session);
    let view = SessionView {
        session: Some(session_name(session.id)),
        expires_at: Some(session.ends.get()),
    };
    Ok(([(SET_COOKIE, cookie::set(&token, secure))], Json(view)).into_response())
}

/// `POST /admin/sign-out`
///
/// The one thing that is done though it cannot be recorded: who wants to be out is out.
pub(crate) async fn sign_out(key: AdminKey, State(chat): State<AnonChat>) -> Response {
    if let Some(session) = key.session_id() {
        chat.admin().sessions().end(clock::now(), session);
        if key.record(&chat, AdminAction::SignOut, None).await.is_err() {
            tracing::warn!("somebody signed out, which could not be recorded");
        }
    }
    let cookies = cookie::clear().map(|header| (SET_COOKIE, header));
    let view = SessionView { session: None, expires_at: None };
    (AppendHeaders(cookies), Json(view)).into_response()
}

/// `GET /admin/session`
pub(crate) async fn session(key: AdminKey) -> Json<SessionView> {
    Json(SessionView {
        session: key.session_id().map(session_name),
        expires_at: key.session.map(|session| session.ends.get()),
    })
}
