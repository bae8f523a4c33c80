//! Bans: which there are, a new one, and one that is lifted.

use anonchat_core::{AdminAction, Command, DeviceId, Query, UnixMillis, View};
use axum::Json;
use axum::extract::State;

use super::ask::{Asked, Named, Sent};
use super::refused::Refused;
use super::shape::{self, BanDone, BanOrder, BanRow, BansQuery, BansView, Done, Noted};
use crate::chat::AnonChat;
use crate::clock;
use crate::extract::AdminKey;
use crate::orders;

/// Bans of a page that names no number, and the most of any page.
const USUAL: usize = 50;
const MOST: usize = 200;

const NO_DEVICE: Refused = Refused::Malformed("That is no device");

/// The bans of one pool, those that end first first
///
/// 50 of them unless `limit` says otherwise, and at most 200.
#[utoipa::path(
    get,
    path = "/admin/bans",
    operation_id = "bans",
    tag = "admin",
    params(BansQuery),
    responses((status = 200, description = "A page of bans", body = BansView)),
)]
pub(crate) async fn list(
    _key: AdminKey,
    State(chat): State<AnonChat>,
    Asked(BansQuery { after, limit, pool }): Asked<BansQuery>,
) -> Result<Json<BansView>, Refused> {
    let pool = chat.settings().pool(pool.as_deref()).ok_or(Refused::Unknown("Unknown pool"))?;
    let after = match after {
        Some(text) => Some(place(&text).ok_or(Refused::Malformed("Malformed query"))?),
        None => None,
    };
    let limit = limit.unwrap_or(USUAL).clamp(1, MOST);
    let view = chat.store().read(&pool, clock::now(), &Query::Bans { after, limit }).await?;
    let View::Bans(bans) = view else { return Err(Refused::Unavailable) };
    let next = if bans.len() < limit { None } else { bans.last() };
    let next = next.map(|last| format!("{}.{}", last.until.get(), last.device.to_hex()));
    let bans = bans.iter().map(BanRow::from).collect();
    Ok(Json(BansView { pool: pool.as_str().to_owned(), bans, next }))
}

/// Reads where a page ended.
fn place(text: &str) -> Option<(UnixMillis, DeviceId)> {
    let (until, device) = text.split_once('.')?;
    Some((UnixMillis::new(until.parse().ok()?), shape::device(device)?))
}

/// Bans a device in every pool
///
/// `until` and `for_s` exclude each other; with neither, it lasts as long as a ban for reports.
#[utoipa::path(
    post,
    path = "/admin/bans",
    operation_id = "ban",
    tag = "admin",
    request_body = BanOrder,
    responses((status = 200, description = "It is banned", body = BanDone)),
)]
pub(crate) async fn ban(
    key: AdminKey,
    State(chat): State<AnonChat>,
    Sent(BanOrder { device, until, for_s, note }): Sent<BanOrder>,
) -> Result<Json<BanDone>, Refused> {
    let device = shape::device(&device).ok_or(NO_DEVICE)?;
    let now = clock::now();
    let usual = u64::from(chat.settings().policy.safety.ban_s);
    let until = match (until, for_s) {
        (Some(_), Some(_)) => return Err(Refused::Malformed("Say until or for_s, not both")),
        (Some(until), None) => UnixMillis::new(until),
        (None, for_s) => now.after(for_s.unwrap_or(usual).saturating_mul(1_000)),
    };
    if until <= now {
        return Err(Refused::Malformed("The ban must end in the future"));
    }
    let audit = key.record(&chat, AdminAction::Ban { device, until }, note).await?;
    orders::give(&chat, now, &Command::Ban { device, until }).await?;
    Ok(Json(BanDone { audit, device: device.to_hex(), until: until.get() }))
}

/// Lifts the ban of a device in every pool
///
/// Lifting what is not banned is no error: it forgets the reports that count.
#[utoipa::path(
    post,
    path = "/admin/bans/{device}/lift",
    operation_id = "lift",
    tag = "admin",
    params(("device" = String, Path, pattern = "^[0-9a-fA-F]{32}$")),
    request_body = Option<Noted>,
    responses((status = 200, description = "It is not banned", body = Done)),
)]
pub(crate) async fn lift(
    key: AdminKey,
    State(chat): State<AnonChat>,
    Named(device): Named<String>,
    Sent(Noted { note }): Sent<Noted>,
) -> Result<Json<Done>, Refused> {
    let device = shape::device(&device).ok_or(NO_DEVICE)?;
    let audit = key.record(&chat, AdminAction::Lift { device }, note).await?;
    orders::give(&chat, clock::now(), &Command::Lift { device }).await?;
    Ok(Json(Done { audit }))
}
