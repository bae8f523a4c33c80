//! The bodies of refusals, in the shapes that clients know.

use axum::Json;
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

/// A refusal with nothing but [`Problem`] in it.
pub(crate) struct Detail(pub(crate) &'static str);

/// What is wrong, in words.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub(crate) struct Problem {
    pub(crate) detail: &'static str,
}

/// What is wrong with which parameter, as FastAPI says it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Invalid {
    #[schema(value_type = Vec<Object>)]
    detail: Vec<Value>,
}

/// Not now. The same words twice, for the clients of every door.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub(crate) struct Postponed {
    detail: &'static str,
    error: &'static str,
    /// `false` where somebody waits for a verdict.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    verified: Option<bool>,
}

/// A 422 in the shape of FastAPI: what is wrong with which parameter.
#[derive(Default)]
pub(crate) struct Unprocessable(Vec<Value>);

/// Not now; try again in so many seconds. Its body has what the clients of every door look for.
pub(crate) struct Later {
    status: StatusCode,
    text: &'static str,
    retry_after_s: u32,
    /// Whether somebody waits for a verdict about a picture.
    is_verdict: bool,
}

const SLOW_DOWN: &str = "Too many requests. Please slow down.";

impl IntoResponse for Detail {
    fn into_response(self) -> Response {
        Json(Problem { detail: self.0 }).into_response()
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
        (StatusCode::UNPROCESSABLE_ENTITY, Json(Invalid { detail: self.0 })).into_response()
    }
}

impl Later {
    /// The server has too much to do.
    pub(crate) const fn busy(retry_after_s: u32) -> Self {
        let text = "Verification is busy. Please try again shortly.";
        Self { status: StatusCode::SERVICE_UNAVAILABLE, text, retry_after_s, is_verdict: true }
    }

    /// The client sends too many pictures.
    pub(crate) const fn too_many(retry_after_s: u32) -> Self {
        Self { is_verdict: true, ..Self::slow_down(retry_after_s) }
    }

    /// Nobody new is let in for a while.
    pub(crate) const fn maintenance() -> Self {
        let text = "This server is down for maintenance. Please try again later.";
        Self { status: StatusCode::SERVICE_UNAVAILABLE, text, retry_after_s: 60, is_verdict: false }
    }

    /// The client asks for too much.
    pub(crate) const fn slow_down(retry_after_s: u32) -> Self {
        let status = StatusCode::TOO_MANY_REQUESTS;
        Self { status, text: SLOW_DOWN, retry_after_s, is_verdict: false }
    }

    /// The client makes too many sessions or rooms.
    #[cfg_attr(not(feature = "rooms"), allow(dead_code, reason = "the doors of rooms say it"))]
    pub(crate) const fn rate_limited(retry_after_s: u32) -> Self {
        let text = "Rate limit exceeded. Please try again later.";
        Self { text, ..Self::slow_down(retry_after_s) }
    }

    /// There is no room for another connection.
    pub(crate) const fn full(text: &'static str, retry_after_s: u32) -> Self {
        let status = StatusCode::SERVICE_UNAVAILABLE;
        Self { status, text, retry_after_s, is_verdict: false }
    }
}

impl IntoResponse for Later {
    fn into_response(self) -> Response {
        let verified = self.is_verdict.then_some(false);
        let body = Postponed { detail: self.text, error: self.text, verified };
        let retry = [(RETRY_AFTER, HeaderValue::from(self.retry_after_s))];
        (self.status, retry, Json(body)).into_response()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_has_to_wait_is_told_how_long_and_in_every_clients_words() {
        for (later, status, text, verified) in [
            (Later::too_many(7), 429, SLOW_DOWN, true),
            (Later::slow_down(7), 429, SLOW_DOWN, false),
            (Later::rate_limited(7), 429, "Rate limit exceeded. Please try again later.", false),
            (Later::full("Server is full", 7), 503, "Server is full", false),
        ] {
            let response = later.into_response();
            assert_eq!(response.status().as_u16(), status);
            assert_eq!(response.headers()[RETRY_AFTER], "7");
            let body = axum::body::to_bytes(response.into_body(), 1_000).await.expect("body");
            let mut body: Value = serde_json::from_slice(&body).expect("JSON");
            let verdict = body.as_object_mut().expect("object").remove("verified");
            assert_eq!(verdict, verified.then_some(json!(false)));
            assert_eq!(body, json!({ "detail": text, "error": text }));
        }
    }
}
