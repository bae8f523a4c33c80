//! What a request about rooms carries: a JSON body or a query, and the token of a session.

use std::collections::HashMap;
use std::time::Duration;

use anonchat_core::room::{RoomCode, RoomCommand, SessionId};
use axum::body::{HttpBody, to_bytes};
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::header::{CONTENT_TYPE, HeaderMap};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use tokio::time::timeout;

use super::fields::Fields;
use super::refusal::Refusal;
use super::token::Token;
use crate::chat::AnonChat;
use crate::verify;

/// How long a body may take to come in.
const PATIENCE: Duration = Duration::from_secs(10);

/// Bytes of a body beside its longest text.
const ROOM: usize = 16 << 10;

/// The most bytes that JSON takes for a character: two escapes.
const CHARACTER: usize = 12;

/// The header of the token.
pub(super) const TOKEN: &str = "x-session-token";

/// What was sent with a `POST`.
pub(super) struct Sent {
    pub(super) fields: Fields,
    token: Option<String>,
}

/// What was sent with a `GET`.
pub(super) struct Asked {
    query: HashMap<String, String>,
    token: Option<String>,
}

/// The room that a path names.
pub(super) struct Named(pub(super) RoomCode);

impl Sent {
    /// The session whose request this is, which is active by it.
    pub(super) async fn session(&self, chat: &AnonChat) -> Result<SessionId, Refusal> {
        let token = self.token.as_deref().or_else(|| self.fields.text("session_token"));
        enter(chat, token.ok_or_else(Refusal::no_token)?).await
    }
}

impl Asked {
    /// The session whose request this is, which is active by it.
    pub(super) async fn session(&self, chat: &AnonChat) -> Result<SessionId, Refusal> {
        enter(chat, self.token.as_deref().ok_or_else(Refusal::no_token)?).await
    }

    /// The same, for a route that takes the token as a parameter as well.
    pub(super) async fn session_of_query(&self, chat: &AnonChat) -> Result<SessionId, Refusal> {
        let token = self.token.as_deref().or_else(|| self.get("session_token"));
        enter(chat, token.ok_or_else(Refusal::no_token)?).await
    }

    /// A parameter, if it is there and not empty.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.query.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// A parameter that counts from 1.
    pub(super) fn count(&self, name: &str, otherwise: u64) -> Result<u64, Refusal> {
        let Some(text) = self.query.get(name) else { return Ok(otherwise) };
        let text = text.trim();
        match text.parse::<u64>() {
            Ok(0) => Err(Refusal::field(name, &super::refusal::at_least(1))),
            Ok(count) => Ok(count),
            Err(_) => Err(Refusal::field(name, "A valid integer is required.")),
        }
    }
}

/// Finds the session of a token, which is active by it.
async fn enter(chat: &AnonChat, token: &str) -> Result<SessionId, Refusal> {
    let rooms = super::of(chat)?;
    let token = Token::parse(token).ok_or_else(Refusal::stranger)?;
    let session = rooms.key.id(&token);
    rooms.apply(&RoomCommand::Touch { session }).await??;
    Ok(session)
}

fn token(headers: &HeaderMap) -> Option<String> {
    let token = headers.get(TOKEN)?.to_str().unwrap_or_default().trim();
    (!token.is_empty()).then(|| token.to_owned())
}

impl FromRequest<AnonChat> for Sent {
    type Rejection = Refusal;

    async fn from_request(request: Request, chat: &AnonChat) -> Result<Self, Refusal> {
        let token = token(request.headers());
        let most = ROOM + CHARACTER * super::of(chat)?.policy().rooms.message_chars as usize;
        let too_long = || Refusal::detail(StatusCode::PAYLOAD_TOO_LARGE, "Request too large");
        if request.body().size_hint().lower() > most as u64 {
            // Read, and kept nowhere, so that its sender sees the answer.
            verify::discard(request).await;
            return Err(too_long());
        }
        let (parts, body) = request.into_parts();
        let slow = || Refusal::detail(StatusCode::REQUEST_TIMEOUT, "Request took too long");
        let read = timeout(PATIENCE, to_bytes(body, most)).await.map_err(|_| slow())?;
        let bytes = read.map_err(|_| too_long())?;
        if !bytes.is_empty() {
            check_kind(&parts.headers)?;
        }
        Ok(Self { fields: Fields::parse(&bytes)?, token })
    }
}

impl FromRequestParts<AnonChat> for Asked {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &AnonChat) -> Result<Self, Refusal> {
        let query = Query::try_from_uri(&parts.uri);
        let Query(query) = query.map_err(|_| Refusal::bad("Malformed query"))?;
        Ok(Self { query, token: token(&parts.headers) })
    }
}

impl FromRequestParts<AnonChat> for Named {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, chat: &AnonChat) -> Result<Self, Refusal> {
        let path = Path::<String>::from_request_parts(parts, chat).await;
        let code = path.ok().and_then(|Path(code)| RoomCode::parse(&code));
        code.map(Self).ok_or_else(Refusal::no_room)
    }
}

/// Refuses a body that is not said to be JSON, which no form of another page can say of itself.
fn check_kind(headers: &HeaderMap) -> Result<(), Refusal> {
    let said = headers.get(CONTENT_TYPE).and_then(|said| said.to_str().ok()).unwrap_or_default();
    let kind = said.split(';').next().unwrap_or_default().trim();
    if kind.eq_ignore_ascii_case("application/json") {
        return Ok(());
    }
    let said: String = said.chars().take(100).collect();
    let detail = format!("Unsupported media type \"{said}\" in request.");
    Err(Refusal::detail(StatusCode::UNSUPPORTED_MEDIA_TYPE, &detail))
}

/// Answers a method that a path does not have.
pub(super) async fn no_such_method(method: Method) -> Response {
    let detail = format!("Method \"{method}\" not allowed.");
    Refusal::detail(StatusCode::METHOD_NOT_ALLOWED, &detail).into_response()
}
