//! Emptying all pools, and the rooms: never by a GET, never without the key, and never unrecorded.

#[cfg(feature = "rooms")]
use anonchat_core::room::RoomCommand;
use anonchat_core::{AdminAction, Command};
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::ask::Sent;
use super::refused::Refused;
use super::shape::{Confirmation, Done};
use crate::chat::AnonChat;
use crate::clock;
use crate::extract::AdminKey;

/// What has to be said to it.
const WORD: &str = "reset";

/// 001's answer.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Wiped {
    success: bool,
    message: &'static str,
}

/// Empties all pools, and the rooms: nobody waits, nobody is paired, nobody is banned
#[utoipa::path(
    post,
    path = "/admin/reset",
    operation_id = "reset",
    tag = "admin",
    request_body = Confirmation,
    responses((status = 200, description = "They are empty", body = Done)),
)]
pub(crate) async fn reset(
    key: AdminKey,
    State(chat): State<AnonChat>,
    Sent(confirmation): Sent<Confirmation>,
) -> Result<Json<Done>, Refused> {
    let audit = empty(&chat, &key, confirmation).await?;
    Ok(Json(Done { audit }))
}

/// The same, under the name that 001 has for it
#[utoipa::path(
    post,
    path = "/api/nuclear-reset",
    operation_id = "nuclear_reset",
    tag = "admin",
    request_body = Confirmation,
    responses((status = 200, description = "They are empty", body = Wiped)),
)]
pub(crate) async fn nuclear(
    key: AdminKey,
    State(chat): State<AnonChat>,
    Sent(confirmation): Sent<Confirmation>,
) -> Result<Json<Wiped>, Refused> {
    empty(&chat, &key, confirmation).await?;
    Ok(Json(Wiped { success: true, message: "All cross-server data wiped." }))
}

async fn empty(
    chat: &AnonChat,
    key: &AdminKey,
    Confirmation { confirm, note }: Confirmation,
) -> Result<u64, Refused> {
    if confirm != WORD {
        return Err(Refused::Malformed("Say \"confirm\": \"reset\""));
    }
    let audit = key.record(chat, AdminAction::Reset, note).await?;
    chat.admin().book().reset().await?;
    // The leases are gone as well. Other servers renew theirs by themselves.
    for pool in chat.pools() {
        let renew = Command::Renew { node: chat.hub().node() };
        let _ = chat.store().apply(pool, clock::now(), clock::roll(), &renew).await;
    }
    #[cfg(feature = "rooms")]
    if let Some(rooms) = chat.rooms() {
        // It is never refused by the rules.
        let _done = rooms.apply(&RoomCommand::Reset).await?;
    }
    Ok(audit)
}
