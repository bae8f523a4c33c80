//! The routes, by what stands in front of them.

use axum::body::Bytes;
use axum::extract::Extension;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use utoipa::OpenApi as _;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::chat::AnonChat;
use crate::openapi::{Counted, Guarded, Whole, describe};
use crate::{admin, health, verify};

/// A group for each set of checks.
pub(crate) struct Routes {
    /// Pictures come in here.
    pub(crate) pictures: OpenApiRouter<AnonChat>,
    /// Requests are counted here.
    pub(crate) counted: OpenApiRouter<AnonChat>,
    /// Rooms by code are asked for here, and requests counted. Another method is refused in words.
    pub(crate) rooms: OpenApiRouter<AnonChat>,
    /// Nothing is checked here.
    pub(crate) health: OpenApiRouter<AnonChat>,
}

/// The description as it goes out.
#[derive(Clone)]
pub(crate) struct Document(pub(crate) Bytes);

impl Routes {
    /// All of them; those of the metrics and of the rooms only if they are wanted.
    pub(crate) fn new(metrics: bool, rooms: bool) -> Self {
        let counted = admin::router(rooms).merge(admin::open());
        let counted = counted.merge(OpenApiRouter::default().routes(routes!(document)));
        #[cfg(feature = "metrics")]
        let counted = if metrics { counted.merge(crate::metrics::router()) } else { counted };
        #[cfg(not(feature = "metrics"))]
        let _ = metrics;
        #[cfg(feature = "socketio")]
        let counted = counted.merge(crate::socketio::pages());
        #[cfg(feature = "rooms")]
        let rooms = if rooms { crate::rooms::routes() } else { OpenApiRouter::default() };
        #[cfg(not(feature = "rooms"))]
        let rooms = OpenApiRouter::default();
        let checked = |routes| describe::<Counted, _>(describe::<Guarded, _>(routes));
        Self {
            pictures: checked(verify::router()),
            counted: checked(counted),
            rooms: checked(rooms),
            health: health::router(),
        }
    }

    /// What they say of themselves.
    pub(crate) fn document(&self) -> OpenApi {
        let mut whole = Whole::openapi();
        for routes in [&self.pictures, &self.counted, &self.rooms, &self.health] {
            whole.merge(routes.get_openapi().clone());
        }
        whole
    }
}

/// This description
#[utoipa::path(
    get,
    path = "/openapi.json",
    operation_id = "openapi",
    tag = "figures",
    responses((status = 200, description = "OpenAPI 3.1", body = Object)),
)]
async fn document(Extension(Document(document)): Extension<Document>) -> Response {
    ([(CONTENT_TYPE, "application/json")], document).into_response()
}
