//! What a request of those in charge asks for: its query and its body, typed and bounded.

use std::time::Duration;

use axum::body::{Body, HttpBody, to_bytes};
use axum::extract::{Form, FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use serde::de::DeserializeOwned;
use tokio::time::timeout;

use super::access::{is_json, is_kind};
use super::refused::Refused;
use crate::verify;

/// The most bytes of a body: the longest note that a policy may allow, in JSON.
const BODY: usize = 64 << 10;

/// How long a body may take to come in.
const PATIENCE: Duration = Duration::from_secs(10);

/// Numbers of reports and records stay below this; larger ones are not exact on every store.
pub(super) const LARGEST: u64 = 1 << 53;

const UNREADABLE: Refused = Refused::Malformed("The body is not what this route asks for");

/// The parameters of a query. What is wrong with one is not repeated.
pub(crate) struct Asked<T>(pub(crate) T);

/// The members of a JSON body, or of a form. No body at all stands for `{}`, as does `null`.
pub(crate) struct Sent<T>(pub(crate) T);

/// The parameters in a path.
pub(crate) struct Named<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Asked<T> {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Refused> {
        let query = Query::try_from_uri(&parts.uri);
        let Query(asked) = query.map_err(|_| Refused::Malformed("Malformed query"))?;
        Ok(Self(asked))
    }
}

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Named<T> {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refused> {
        let path = Path::from_request_parts(parts, state).await;
        let Path(named) = path.map_err(|_| Refused::Unknown("There is no such thing"))?;
        Ok(Self(named))
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Sent<T> {
    type Rejection = Refused;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Refused> {
        if request.body().size_hint().lower() > BODY as u64 {
            // Read, and kept nowhere, so that its sender sees the answer.
            verify::discard(request).await;
            return Err(Refused::TooLong);
        }
        let (parts, body) = request.into_parts();
        let read = timeout(PATIENCE, to_bytes(body, BODY)).await.map_err(|_| Refused::Slow)?;
        let bytes = read.map_err(|_| Refused::TooLong)?;
        if is_kind(&parts.headers, "application/x-www-form-urlencoded") {
            let request = Request::from_parts(parts, Body::from(bytes));
            let form = Form::from_request(request, &()).await;
            let Form(sent) = form.map_err(|_| UNREADABLE)?;
            return Ok(Self(sent));
        }
        // The errors of the JSON reader would repeat what was sent: a key, say.
        let text = match &bytes[..] {
            b"" | b"null" => &b"{}"[..],
            text if is_json(&parts.headers) => text,
            _ => return Err(Refused::Malformed("The body must be JSON")),
        };
        serde_json::from_slice(text).map(Self).map_err(|_| UNREADABLE)
    }
}
