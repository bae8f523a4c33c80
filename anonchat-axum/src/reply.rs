//! The bodies of refusals, in the shapes that clients know.

use axum::Json;
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// `{"detail": "…"}`
pub(crate) struct Detail(pub(crate) &'static str);

/// A 422 in the shape of FastAPI: what is wrong with which parameter.
#[derive(Default)]
pub(crate) struct Unprocessable(Vec<Value>);

/// Not now; try again in so many seconds. Its body has what the clients of every door look for.
pub(crate) struct Later {
    status: StatusCode,
    text: &'static str,
    retry_after_s: u32,
}

impl IntoResponse for Detail {
    fn into_response(self) -> Response {
        Json(json!({ "detail": self.0 })).into_response()
    }
}

impl Unprocessable {
    /// A parameter that is needed is not there.
    pub(crate) fn missing(mut self, place: &str, name: &str) -> Self {
        let message = "Field required";
        self.0.push(
            json!({ "type": "missing", "loc": [place, name], "msg": message, "input": null }),
        );
        self
    }

    /// A parameter is not the integer that it should be.
    pub(crate) fn no_integer(mut self, place: &str, name: &str) -> Self {
        let message = "Input should be a valid integer, unable to parse string as an integer";
        self.0.push(json!({ "type": "int_parsing", "loc": [place, name], "msg": message }));
        self
    }

    /// Whether nothing is wrong.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl IntoResponse for Unprocessable {
    fn into_response(self) -> Response {
        let body = Json(json!({ "detail": self.0 }));
        (StatusCode::UNPROCESSABLE_ENTITY, body).into_response()
    }
}

impl Later {
    /// The server has too much to do.
    pub(crate) const fn busy(retry_after_s: u32) -> Self {
        let text = "Verification is busy. Please try again shortly.";
        Self { status: StatusCode::SERVICE_UNAVAILABLE, text, retry_after_s }
    }

    /// Nobody new is let in for a while.
    pub(crate) const fn maintenance() -> Self {
        let text = "This server is down for maintenance. Please try again later.";
        Self { status: StatusCode::SERVICE_UNAVAILABLE, text, retry_after_s: 60 }
    }

    /// The client asks for too much.
    pub(crate) const fn too_many(retry_after_s: u32) -> Self {
        let text = "Too many requests. Please slow down.";
        Self { status: StatusCode::TOO_MANY_REQUESTS, text, retry_after_s }
    }
}

impl IntoResponse for Later {
    fn into_response(self) -> Response {
        let body = json!({ "detail": self.text, "error": self.text, "verified": false });
        let retry = [(RETRY_AFTER, HeaderValue::from(self.retry_after_s))];
        (self.status, retry, Json(body)).into_response()
    }
}
