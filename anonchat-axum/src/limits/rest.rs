//! What comes before every REST request of the chat.

use anonchat_core::Limit;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::take;
use crate::address::Client;
use crate::admin;
use crate::chat::AnonChat;
use crate::extract::{Presented, present};
use crate::reply::Later;
use crate::verify;

/// Counts a request, unless it carries the admin key or the cookie of a session. A preflight does
/// not come so far.
pub(crate) async fn requests(
    State(chat): State<AnonChat>,
    mut request: Request,
    next: Next,
) -> Response {
    let client = chat.addresses().client(request.extensions(), request.headers());
    let presented = present(&chat, client, request.headers()).await;
    if let Presented::Beyond(beyond) = presented {
        return refuse(request, beyond.retry_after_s).await;
    }
    let is_admin = presented == Presented::Right
        || presented == Presented::Nothing && admin::session(&chat, request.headers()).is_some();
    if !is_admin && let Err(beyond) = take(&chat, Limit::Requests, client).await {
        return refuse(request, beyond.retry_after_s).await;
    }
    request.extensions_mut().insert(client);
    request.extensions_mut().insert(presented);
    next.run(request).await
}

/// Counts a picture that would be judged.
pub(crate) async fn verifications(
    State(chat): State<AnonChat>,
    client: Client,
    request: Request,
    next: Next,
) -> Response {
    if chat.classifier().is_some()
        && let Err(beyond) = take(&chat, Limit::Verifications, client).await
    {
        return refuse(request, beyond.retry_after_s).await;
    }
    next.run(request).await
}

async fn refuse(request: Request, retry_after_s: u32) -> Response {
    if verify::is_door(request.uri().path()) {
        // Or its sender would see a broken connection in the place of the answer.
        verify::discard(request).await;
        return Later::too_many(retry_after_s).into_response();
    }
    Later::slow_down(retry_after_s).into_response()
}
