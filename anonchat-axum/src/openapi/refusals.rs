//! What checks in front of the routes answer, and the key that some ask for.
#![allow(dead_code, reason = "types that describe what others answer")]

use utoipa::openapi::OpenApi;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::{IntoResponses, Modify};
use utoipa_axum::router::OpenApiRouter;

use crate::admin;
use crate::reply::{Postponed, Problem};

/// The names of the two ways to show who is in charge.
const KEY: &str = "key";
const SESSION: &str = "session";

/// The name of the way to show whose session of the rooms it is.
#[cfg(feature = "rooms")]
const ROOM_SESSION: &str = "room_session";

/// The check of origins.
#[derive(IntoResponses)]
pub(crate) enum Guarded {
    /// The request comes from a page of another origin.
    #[response(status = 403)]
    Forbidden(Problem),
}

/// The count of requests.
#[derive(IntoResponses)]
pub(crate) enum Counted {
    /// Too many requests from one address; `Retry-After` says when to come again.
    #[response(status = 429)]
    TooMany(Postponed),
}

/// The check of the admin key.
#[derive(IntoResponses)]
pub(crate) enum Keyed {
    /// The request is not in the form that the route asks for.
    #[response(status = 400)]
    Malformed(Problem),
    /// Neither the key nor a session, or a wrong one.
    #[response(status = 401)]
    NoKey(Problem),
    /// A browser has sent the session along with what another page asked for.
    #[response(status = 403)]
    CrossSite(Problem),
    /// What the request names is not there.
    #[response(status = 404)]
    Unknown(Problem),
    /// The body did not come in time.
    #[response(status = 408)]
    Slow(Problem),
    /// The body is too long.
    #[response(status = 413)]
    TooLong(Problem),
    /// The server keeps no record of admin actions, so it carries none out.
    #[response(status = 501)]
    NoRecord(Problem),
    /// The store does not answer, or too many streams are open; `Retry-After` says when to come
    /// again. What was asked for may have been done.
    #[response(status = 503)]
    Unavailable(Problem),
}

/// Adds what a check answers to every route behind it, but for what a route says otherwise.
pub(crate) fn describe<C: IntoResponses, S>(mut routes: OpenApiRouter<S>) -> OpenApiRouter<S>
where
    S: Clone + Send + Sync + 'static,
{
    each(routes.get_openapi_mut(), |operation| {
        for (status, response) in C::responses() {
            operation.responses.responses.entry(status).or_insert(response);
        }
    });
    routes
}

/// Makes the two ways to show who is in charge known.
pub(super) struct Keys;

impl Modify for Keys {
    fn modify(&self, openapi: &mut OpenApi) {
        let components = openapi.components.get_or_insert_default();
        let bearer = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("The admin key"))
            .build();
        components.add_security_scheme(KEY, SecurityScheme::Http(bearer));
        let about = "A session of the admin page. What changes something has to come from an \
                     origin that is let in as well";
        let cookie = ApiKeyValue::with_description(admin::COOKIE, about);
        components.add_security_scheme(SESSION, SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
        #[cfg(feature = "rooms")]
        {
            let about =
                "The token of a session of the rooms; bodies may have it as `session_token`";
            let header = ApiKeyValue::with_description("X-Session-Token", about);
            components
                .add_security_scheme(ROOM_SESSION, SecurityScheme::ApiKey(ApiKey::Header(header)));
        }
    }
}

/// Asks for one of the two on every route.
pub(crate) fn keyed<S>(mut routes: OpenApiRouter<S>) -> OpenApiRouter<S>
where
    S: Clone + Send + Sync + 'static,
{
    each(routes.get_openapi_mut(), |operation| {
        let none: [&str; 0] = [];
        let ways = [KEY, SESSION].map(|name| SecurityRequirement::new(name, none));
        operation.security = Some(ways.into());
    });
    describe::<Keyed, S>(routes)
}

fn each(openapi: &mut OpenApi, mut change: impl FnMut(&mut Operation)) {
    for PathItem { get, post, .. } in openapi.paths.paths.values_mut() {
        [get, post].into_iter().flatten().for_each(&mut change);
    }
}
