//! Every HTTP request: counted, timed, and a span.

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument;
use tracing::field::Empty;

use super::Timer;
use super::label::{Class, Label, Route, Verb};
use crate::chat::AnonChat;

/// Marks a request that is measured already, further out.
#[derive(Clone)]
struct Measured;

/// Measures a request by the route that it has matched. Its path, its headers and its address are
/// not looked at.
pub(crate) async fn measure(
    State(chat): State<AnonChat>,
    mut request: Request,
    next: Next,
) -> Response {
    if request.extensions_mut().insert(Measured).is_some() {
        return next.run(request).await;
    }
    let since = Timer::start();
    let matched = request.extensions().get::<MatchedPath>();
    let (route, verb) = (Route::of(matched.map(MatchedPath::as_str)), Verb::of(request.method()));
    let span = tracing::debug_span!(
        "http.request",
        route = route.value(),
        method = verb.value(),
        status = Empty
    );
    let response = next.run(request).instrument(span.clone()).await;
    let class = Class::of(response.status());
    span.record("status", class.value());
    chat.metrics().answered(route, verb, class, since);
    response
}
