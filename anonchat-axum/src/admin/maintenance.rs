//! Maintenance: nobody new is let in, and those who talk go on.

use std::sync::atomic::{AtomicU64, Ordering};

use anonchat_core::{AdminAction, UnixMillis};
use axum::Json;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::ask::Sent;
use super::refused::Refused;
use super::shape::{MaintenanceView, Switch};
use crate::chat::AnonChat;
use crate::clock;
use crate::extract::AdminKey;
use crate::reply::Later;
use crate::verify;

/// Whether it is on, as this server knows it. The store knows it for all; see `follow.rs`.
#[derive(Default)]
pub(crate) struct Maintenance(AtomicU64);

impl Maintenance {
    /// Since when it is on, if it is.
    pub(crate) fn since(&self) -> Option<UnixMillis> {
        match self.0.load(Ordering::SeqCst) {
            0 => None,
            since => Some(UnixMillis::new(since)),
        }
    }

    pub(super) fn set(&self, since: Option<UnixMillis>) {
        self.0.store(since.map_or(0, |since| since.get().max(1)), Ordering::SeqCst);
    }
}

impl From<Option<UnixMillis>> for MaintenanceView {
    fn from(since: Option<UnixMillis>) -> Self {
        Self { on: since.is_some(), since: since.map(UnixMillis::get) }
    }
}

/// Whether nobody new is let in
#[utoipa::path(
    get,
    path = "/admin/maintenance",
    operation_id = "maintenance",
    tag = "admin",
    responses((status = 200, description = "How it is now", body = MaintenanceView)),
)]
pub(crate) async fn read(
    _key: AdminKey,
    State(chat): State<AnonChat>,
) -> Result<Json<MaintenanceView>, Refused> {
    Ok(Json(chat.admin().book().maintenance().await?.into()))
}

/// Lets nobody new in, or lets people in again
///
/// At once here, within two seconds at every other server. Those who talk go on.
#[utoipa::path(
    post,
    path = "/admin/maintenance",
    operation_id = "switch_maintenance",
    tag = "admin",
    request_body = Switch,
    responses((status = 200, description = "How it is now", body = MaintenanceView)),
)]
pub(crate) async fn switch(
    key: AdminKey,
    State(chat): State<AnonChat>,
    Sent(Switch { on, note }): Sent<Switch>,
) -> Result<Json<MaintenanceView>, Refused> {
    key.record(&chat, AdminAction::Maintenance { on }, note).await?;
    let since = on.then(clock::now);
    chat.admin().book().set_maintenance(since).await?;
    chat.admin().maintenance().set(since);
    Ok(Json(since.into()))
}

/// Refuses those who come in while it is on.
pub(crate) async fn shut(State(chat): State<AnonChat>, request: Request, next: Next) -> Response {
    if chat.admin().maintenance().since().is_none() {
        return next.run(request).await;
    }
    verify::discard(request).await;
    Later::maintenance().into_response()
}
