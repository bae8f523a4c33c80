//! Rooms by code, for those in charge: how many there are, what was reported, and the end of a
//! session or of a room.

use anonchat_core::AdminAction;
use anonchat_core::room::{
    ReportedMessage, RoomCensus, RoomCode, RoomCommand, RoomMessageId, RoomQuery, RoomRejection,
    RoomView, SessionId,
};
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::ask::{Asked, Sent};
use super::refused::Refused;
use super::shape::Done;
use crate::chat::AnonChat;
use crate::extract::AdminKey;
use crate::openapi;
use crate::rooms::Rooms;

/// Reports of a page that names no number, and the most of any page.
const USUAL: usize = 25;
const MOST: usize = 100;

/// The routes, for behind the check of origins.
pub(crate) fn router() -> OpenApiRouter<AnonChat> {
    openapi::keyed(
        OpenApiRouter::default()
            .routes(routes!(list))
            .routes(routes!(ban))
            .routes(routes!(lift))
            .routes(routes!(close)),
    )
}

/// Which reported messages to give.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct RoomsQuery {
    /// The `next` of the page before.
    before: Option<u64>,
    limit: Option<usize>,
}

/// The rooms, as those in charge see them.
#[derive(Serialize, ToSchema)]
pub(crate) struct RoomsView {
    census: CensusView,
    /// Messages that were reported and are kept, the largest id first.
    reports: Vec<RoomReport>,
    /// The `before` of the next page; null if there is none.
    next: Option<u64>,
}

/// How many there are in the deployment.
#[derive(Serialize, ToSchema)]
pub(crate) struct CensusView {
    sessions: u64,
    /// Sessions that are banned.
    bans: u64,
    rooms: u64,
    connections: u64,
    /// Messages that are kept.
    messages: u64,
    /// Messages among them that were reported.
    reported: u64,
}

/// A message that members of its room have reported.
#[derive(Serialize, ToSchema)]
pub(crate) struct RoomReport {
    id: u64,
    /// The code of its room.
    room: String,
    at: u64,
    nickname: String,
    content: String,
    /// Whose it is: 32 hexadecimal digits, a keyed hash of the token.
    session: Option<String>,
    /// Why, by each who has reported it; may be empty texts.
    reasons: Vec<String>,
}

/// A session to ban, or whose ban to lift.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SessionOrder {
    #[schema(pattern = "^[0-9a-f]{32}$")]
    session: String,
    note: Option<String>,
}

/// A room to close.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RoomOrder {
    #[schema(min_length = 6, max_length = 8)]
    room: String,
    note: Option<String>,
}

/// How many rooms there are, and what was reported in them
///
/// 25 messages unless `limit` says otherwise, and at most 100.
#[utoipa::path(
    get,
    path = "/admin/rooms",
    operation_id = "admin_rooms",
    tag = "admin",
    params(RoomsQuery),
    responses((status = 200, description = "A page of reported messages", body = RoomsView)),
)]
pub(crate) async fn list(
    _key: AdminKey,
    State(chat): State<AnonChat>,
    Asked(RoomsQuery { before, limit }): Asked<RoomsQuery>,
) -> Result<Json<RoomsView>, Refused> {
    chat.admin().book().open()?;
    let rooms = of(&chat)?;
    let most = usize::try_from(rooms.policy().rooms.max_page).unwrap_or(MOST).min(MOST);
    let limit = limit.unwrap_or(USUAL).clamp(1, most);
    let before = match before {
        Some(id) => Some(RoomMessageId::new(id).ok_or(Refused::Malformed("Malformed query"))?),
        None => None,
    };
    let RoomView::Census(census) = rooms.view(&RoomQuery::Census).await? else {
        return Err(Refused::Unavailable);
    };
    let query = RoomQuery::AllReports { before, limit: limit as u32 };
    let RoomView::Reports(reports) = rooms.view(&query).await? else {
        return Err(Refused::Unavailable);
    };
    let next = if reports.len() < limit { None } else { reports.last() };
    Ok(Json(RoomsView {
        census: census.into(),
        next: next.map(|last| last.message.id.get()),
        reports: reports.iter().map(RoomReport::from).collect(),
    }))
}

/// Bans a session of the rooms
///
/// It loses every membership, and its sockets are closed, at once.
#[utoipa::path(
    post,
    path = "/admin/rooms/ban",
    operation_id = "ban_room_session",
    tag = "admin",
    request_body = SessionOrder,
    responses((status = 200, description = "It is banned", body = Done)),
)]
pub(crate) async fn ban(
    key: AdminKey,
    State(chat): State<AnonChat>,
    Sent(SessionOrder { session, note }): Sent<SessionOrder>,
) -> Result<Json<Done>, Refused> {
    let banned = self::session(&session)?;
    let action = AdminAction::BanRoomSession { session: banned };
    act(&key, &chat, action, note, RoomCommand::BanSession { banned }).await
}

/// Lifts the ban of a session of the rooms
#[utoipa::path(
    post,
    path = "/admin/rooms/lift",
    operation_id = "lift_room_session",
    tag = "admin",
    request_body = SessionOrder,
    responses((status = 200, description = "It is not banned", body = Done)),
)]
pub(crate) async fn lift(
    key: AdminKey,
    State(chat): State<AnonChat>,
    Sent(SessionOrder { session, note }): Sent<SessionOrder>,
) -> Result<Json<Done>, Refused> {
    let lifted = self::session(&session)?;
    let action = AdminAction::LiftRoomSession { session: lifted };
    act(&key, &chat, action, note, RoomCommand::LiftSession { lifted }).await
}

/// Ends a room and everything in it
#[utoipa::path(
    post,
    path = "/admin/rooms/close",
    operation_id = "close_any_room",
    tag = "admin",
    request_body = RoomOrder,
    responses((status = 200, description = "It is over", body = Done)),
)]
pub(crate) async fn close(
    key: AdminKey,
    State(chat): State<AnonChat>,
    Sent(RoomOrder { room, note }): Sent<RoomOrder>,
) -> Result<Json<Done>, Refused> {
    let room = RoomCode::parse(&room).ok_or(Refused::Malformed("That is no room"))?;
    act(&key, &chat, AdminAction::CloseRoom { room }, note, RoomCommand::CloseByModerator { room })
        .await
}

/// Records what is about to be done, and does it.
async fn act(
    key: &AdminKey,
    chat: &AnonChat,
    action: AdminAction,
    note: Option<String>,
    command: RoomCommand,
) -> Result<Json<Done>, Refused> {
    let rooms = of(chat)?;
    let audit = key.record(chat, action, note).await?;
    rooms.apply(&command).await?.map_err(|rejection| match rejection {
        RoomRejection::UnknownRoom => Refused::Unknown("There is no such room"),
        _ => Refused::Unknown("There is no such session, or it is over"),
    })?;
    Ok(Json(Done { audit }))
}

fn of(chat: &AnonChat) -> Result<&Rooms, Refused> {
    chat.rooms().ok_or(Refused::Unknown("This server has no rooms"))
}

fn session(text: &str) -> Result<SessionId, Refused> {
    let text = text.to_ascii_lowercase();
    SessionId::parse_hex(&text).ok_or(Refused::Malformed("That is no session"))
}

impl From<RoomCensus> for CensusView {
    fn from(census: RoomCensus) -> Self {
        let RoomCensus { sessions, bans, rooms, connections, messages, reported } = census;
        Self { sessions, bans, rooms, connections, messages, reported }
    }
}

impl From<&ReportedMessage> for RoomReport {
    fn from(ReportedMessage { message, author, reasons }: &ReportedMessage) -> Self {
        Self {
            id: message.id.get(),
            room: message.room.to_string(),
            at: message.at.get(),
            nickname: message.nickname.words().to_owned(),
            content: message.content.words().to_owned(),
            session: author.map(SessionId::to_hex),
            reasons: reasons.iter().map(|reason| reason.words().to_owned()).collect(),
        }
    }
}
