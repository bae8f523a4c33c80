//! What is said in rooms: history, messages, reports.

use anonchat_core::room::{
    RoomAnswer, RoomCode, RoomCommand, RoomMessageId, RoomQuery, RoomText, RoomView, SessionId,
    TextError,
};
use anonchat_core::{Limit, Policy, RateKey};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::of;
use super::refusal::Refusal;
use super::request::{Asked, Named, Sent};
use super::shape::{Done, MessageObject, MessageWish, PageObject, Reason};
use crate::address::Client;
use crate::chat::AnonChat;
use crate::clock;
use crate::limits::{self, Beyond};

/// Messages of a page that says no number.
const USUAL: u64 = 50;

/// What was said in a room and is kept, for its members, newest first
#[utoipa::path(
    get,
    path = "/api/rooms/{code}/messages/",
    operation_id = "room_messages",
    tag = "rooms",
    params(
        ("code" = String, Path, description = "In either case"),
        ("page" = Option<u64>, Query, minimum = 1),
        ("page_size" = Option<u64>, Query, minimum = 1, description = "50 without it, and at most 100"),
    ),
    security(("room_session" = [])),
    responses((status = 200, description = "A page", body = PageObject)),
)]
pub(super) async fn history(
    State(chat): State<AnonChat>,
    Named(room): Named,
    asked: Asked,
) -> Result<Json<PageObject>, Refusal> {
    let session = asked.session(&chat).await?;
    let (page, page_size) = (asked.count("page", 1)?, asked.count("page_size", USUAL)?);
    let short = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
    let query =
        RoomQuery::Messages { session, room, page: short(page), page_size: short(page_size) };
    match of(&chat)?.read(&query).await? {
        RoomView::Messages(found) => Ok(Json(PageObject::new(&found, page))),
        _ => Err(Refusal::away()),
    }
}

/// Says something to a room
///
/// 10 a minute and session, over the socket and here together, and 10 a minute and address here.
#[utoipa::path(
    post,
    path = "/api/messages/send/",
    operation_id = "send_message",
    tag = "rooms",
    request_body = MessageWish,
    security(("room_session" = [])),
    responses((status = 201, description = "Everybody who listens has been told", body = MessageObject)),
)]
pub(super) async fn send(
    State(chat): State<AnonChat>,
    client: Client,
    sent: Sent,
) -> Result<(StatusCode, Json<MessageObject>), Refusal> {
    const NEEDED: &str = "room_code and content required";
    let session = sent.session(&chat).await?;
    let rooms = of(&chat)?;
    let code = sent.fields.text("room_code").ok_or_else(|| Refusal::bad(NEEDED))?;
    let content = sent.fields.text("content").ok_or_else(|| Refusal::bad(NEEDED))?;
    let content = cut(rooms.policy(), content).ok_or_else(|| Refusal::bad(NEEDED))?;
    let room = RoomCode::parse(code.trim()).ok_or_else(Refusal::no_room)?;
    limits::take(&chat, Limit::RoomMessages, client).await?;
    take(&chat, session).await?;
    match rooms.apply(&RoomCommand::Post { session, room, content }).await?? {
        RoomAnswer::Message(message) => {
            Ok((StatusCode::CREATED, Json(MessageObject::new(&message, true))))
        }
        _ => Err(Refusal::away()),
    }
}

/// Reports a message that is kept, once a session
#[utoipa::path(
    post,
    path = "/api/messages/{id}/report/",
    operation_id = "report_message",
    tag = "rooms",
    params(("id" = u64, Path)),
    request_body = Option<Reason>,
    security(("room_session" = [])),
    responses(
        (status = 200, description = "It is reported", body = Done),
        (status = 409, description = "It was reported by this session already, or often enough", body = super::refusal::Complaint),
    ),
)]
pub(super) async fn report(
    State(chat): State<AnonChat>,
    Path(id): Path<String>,
    sent: Sent,
) -> Result<Response, Refusal> {
    let session = sent.session(&chat).await?;
    let rooms = of(&chat)?;
    let reason = sent.fields.may("reason", |text| RoomText::reason(rooms.policy(), text))?;
    let message = id.parse().ok().and_then(RoomMessageId::new);
    let unknown = || Refusal::error(StatusCode::NOT_FOUND, "Message not found");
    let message = message.ok_or_else(unknown)?;
    rooms.apply(&RoomCommand::Report { session, message, reason }).await??;
    Ok(Json(Done { message: "Message reported successfully" }).into_response())
}

/// Counts a message of a session, at whichever door.
pub(super) async fn take(chat: &AnonChat, session: SessionId) -> Result<(), Beyond> {
    let key = RateKey::from_bytes(*session.as_bytes());
    chat.limits().take(clock::now(), Limit::RoomMessages, key).await
}

/// The words of a message, without those beyond its length; `None` if there are none.
fn cut(policy: &Policy, text: &str) -> Option<RoomText> {
    match RoomText::message(policy, text) {
        Ok(words) => Some(words),
        Err(TextError::TooLong { max }) => {
            let kept: String = text.trim().chars().take(max as usize).collect();
            RoomText::message(policy, &kept).ok()
        }
        Err(TextError::Empty) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_long_over_rest_is_cut_between_characters_and_never_escaped() {
        let policy = Policy::default();
        let words = |text: &str| cut(&policy, text).map(|words| words.words().to_owned());
        assert_eq!(words(" <b>&amp;</b> ").as_deref(), Some("<b>&amp;</b>"));
        assert_eq!(words(&format!(" {}x", "é".repeat(1_000))), Some("é".repeat(1_000)));
        assert_eq!(words(&format!("a{}b", " ".repeat(1_000))).as_deref(), Some("a"));
        assert_eq!(words(" \n"), None);
    }
}
