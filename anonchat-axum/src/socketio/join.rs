//! `POST /join`: somebody says who they want to be, and gets the cookie of a session.

use std::time::Duration;

use anonchat_core::policy::Text;
use anonchat_core::{Client, Field, Filter, Finding, Gender};
use axum::Json;
use axum::body::{Body, to_bytes};
use axum::extract::{Form, FromRequest, Request, State};
use axum::http::StatusCode;
use axum::http::header::{ACCEPT, CONTENT_TYPE, HeaderMap, LOCATION, SET_COOKIE};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use tokio::time::timeout;
use utoipa::ToSchema;

use super::events::looks_for;
use super::guests::Guest;
use crate::admin::is_behind_tls;
use crate::chat::AnonChat;
use crate::clock;

/// The most bytes of a body, and how long it may take.
const BODY: usize = 16 << 10;
const PATIENCE: Duration = Duration::from_secs(10);

/// What somebody says of themselves. There is deliberately no `Debug`.
#[derive(Deserialize, ToSchema)]
pub(super) struct Wish {
    /// At most 30 characters; without one, one is made up.
    #[serde(default)]
    username: String,
    /// At most 200 characters.
    #[serde(default)]
    bio: String,
    /// `male` or `female`.
    #[serde(default)]
    gender: String,
    /// `male`, `female` or `anyone`; also `any` and `both`.
    #[serde(default)]
    looking_for: String,
}

/// The cookie is set.
#[derive(Serialize, ToSchema)]
pub(super) struct Joined {
    success: bool,
    redirect: &'static str,
    username: String,
}

/// It is not.
#[derive(Serialize, ToSchema)]
pub(super) struct Refused {
    success: bool,
    error: &'static str,
}

/// Takes what somebody says of themselves, and gives the cookie of a session for Socket.IO
///
/// A form that a browser has sent by itself is answered by a redirection to the page.
#[utoipa::path(
    post,
    path = "/join",
    operation_id = "join",
    tag = "guests",
    request_body(content((Wish = "application/json"), (Wish = "application/x-www-form-urlencoded"))),
    responses(
        (status = 200, description = "The cookie is set", body = Joined),
        (status = 302, description = "The same, for a form that a browser shows the answer to"),
        (status = 400, description = "Something cannot be taken", body = Refused),
        (status = 408, description = "It did not come in time", body = Refused),
        (status = 413, description = "It is too long", body = Refused),
    ),
)]
pub(super) async fn join(State(chat): State<AnonChat>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let wish = match timeout(PATIENCE, to_bytes(body, BODY)).await {
        Err(_) => return refuse(StatusCode::REQUEST_TIMEOUT, "The request took too long."),
        Ok(Err(_)) => return refuse(StatusCode::PAYLOAD_TOO_LARGE, "The request is too large."),
        Ok(Ok(bytes)) if is_form(&parts.headers) => {
            let request = Request::from_parts(parts.clone(), Body::from(bytes));
            Form::from_request(request, &()).await.ok().map(|Form(wish)| wish)
        }
        Ok(Ok(bytes)) => serde_json::from_slice(&bytes).ok(),
    };
    let Some(wish) = wish else {
        return refuse(StatusCode::BAD_REQUEST, "The form could not be read.");
    };
    let guest = match read(&chat, &wish) {
        Ok(guest) => guest,
        Err(error) => return refuse(StatusCode::BAD_REQUEST, error),
    };
    let secure = is_behind_tls(&chat, &parts.headers);
    let username = guest.username.clone();
    let cookie = [(SET_COOKIE, chat.guests().cookie(clock::now(), guest, secure))];
    if is_form(&parts.headers) && wants_page(&parts.headers) {
        return (StatusCode::FOUND, cookie, [(LOCATION, "chat")]).into_response();
    }
    let joined = Joined { success: true, redirect: "/chat", username };
    (cookie, Json(joined)).into_response()
}

/// `GET /chat`: the page of this server is where people talk.
pub(super) async fn chat() -> Response {
    (StatusCode::FOUND, [(LOCATION, "./")]).into_response()
}

fn read(chat: &AnonChat, wish: &Wish) -> Result<Guest, &'static str> {
    let lengths: &Text = &chat.settings().policy.text;
    let gender = match wish.gender.trim().to_ascii_lowercase().as_str() {
        "male" => Gender::Male,
        "female" => Gender::Female,
        _ => return Err("Please choose a gender: male or female."),
    };
    let looks = looks_for(&wish.looking_for).and_then(Filter::parse);
    let looks = looks.ok_or("Please choose whom you look for: male, female or anyone.")?;
    let (username, bio) = (wish.username.trim(), wish.bio.trim());
    if username.chars().count() > lengths.nickname_chars as usize {
        return Err("That username is too long.");
    }
    if bio.chars().count() > lengths.bio_chars_of(Client::Cookie) as usize {
        return Err("That bio is too long.");
    }
    for (field, text) in [(Field::Nickname, username), (Field::Bio, bio)] {
        chat.settings().screen.screen(field, text).map_err(|finding| match finding {
            Finding::ContactDetails => "Sharing personal information is not allowed.",
            _ => "Profile contains prohibited language.",
        })?;
    }
    let username = match username {
        "" => format!("Anonymous{:04}", clock::between(0, 10_000)),
        username => username.to_owned(),
    };
    Ok(Guest::new(username, bio.to_owned(), gender, looks))
}

fn is_form(headers: &HeaderMap) -> bool {
    let said = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    said.to_ascii_lowercase().starts_with("application/x-www-form-urlencoded")
}

/// Whether a browser shows what is answered, and no script reads it.
fn wants_page(headers: &HeaderMap) -> bool {
    let accept = headers.get(ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    accept.contains("text/html")
}

fn refuse(status: StatusCode, error: &'static str) -> Response {
    (status, Json(Refused { success: false, error })).into_response()
}
