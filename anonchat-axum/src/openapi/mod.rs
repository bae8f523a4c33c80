//! The description of the REST routes, put together from the handlers themselves.
//!
//! A route is added to the router by what its handler says of itself, so that there is none
//! without a description and no description without a route. What is behind the same check is
//! described together: see [`refusals`].

mod refusals;

use crate::routes::Routes;

use refusals::Keys;
pub(crate) use refusals::{Counted, Guarded, describe, keyed};

/// What is true of all routes. The address of the server is that of the description, so that it
/// holds wherever the routes are nested.
#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "anonchat",
        description = "Anonymous one-to-one chat. Instants are milliseconds since 1970 (UTC); a \
                       device is 32 hexadecimal digits, a keyed hash and never the id itself.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")
    ),
    servers((url = ".")),
    tags(
        (name = "verification", description = "A selfie, for a gender"),
        (name = "guests", description = "Who comes with the cookie of a session, over Socket.IO"),
        (name = "rooms", description = "Rooms by code, over REST and `/ws/chat/{CODE}/`"),
        (name = "figures", description = "What is going on"),
        (name = "admin", description = "For those who have the admin key, or a session of the admin page"),
        (name = "health", description = "For whoever runs the server"),
    ),
    modifiers(&Keys)
)]
pub(crate) struct Whole;

/// The description of all routes that this build can serve, as JSON with line breaks.
///
/// The server's own, without `/metrics` if that is served elsewhere, is at `/openapi.json`.
pub fn openapi() -> String {
    let document = Routes::new(true, true).document();
    let mut text = serde_json::to_string_pretty(&document).unwrap_or_default();
    text.push('\n');
    text
}
