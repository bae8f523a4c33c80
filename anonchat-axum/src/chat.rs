//! A running chat: what its doors share, and its router.

use std::sync::{Arc, Weak};
use std::time::Duration;

use anonchat_core::session::Settings;
use anonchat_core::{Classifier, DeviceId, PoolId};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::{Extension, Router};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::address::Addresses;
use crate::admin::Admin;
use crate::bounded::Bounded;
use crate::builder::{Builder, Consent};
use crate::crowd::Crowd;
use crate::device::DeviceKey;
use crate::extract::AdminKeyHash;
use crate::figures::{Figures, Sampler};
use crate::hub::Hub;
use crate::limits::{self, Limits};
use crate::metrics::{self, Metrics};
use crate::orders::Orders;
use crate::origin::Origins;
#[cfg(feature = "rooms")]
use crate::rooms::{self, Rooms};
use crate::routes::{Document, Routes};
use crate::secret::Secret;
use crate::serve::HalfOpen;
#[cfg(feature = "socketio")]
use crate::socketio::{self, Capabilities, Guests};
use crate::tally::Tally;
use crate::token::Tokens;
use crate::verify::Sittings;
use crate::{admin, cors, headers, origin, verify};

/// A running chat. Clones are cheap and stand for the same one.
///
/// It goes on until the last clone, router and connection are gone, or until
/// [`shutdown`](Self::shutdown).
#[derive(Clone)]
pub struct AnonChat(Arc<Inside>);

/// What is behind an [`AnonChat`].
pub(crate) struct Inside {
    pub(crate) store: Bounded,
    pub(crate) classifier: Option<Arc<dyn Classifier>>,
    pub(crate) settings: Arc<Settings>,
    pub(crate) hub: Arc<Hub>,
    pub(crate) orders: Orders,
    pub(crate) key: DeviceKey,
    pub(crate) tokens: Arc<Tokens>,
    #[cfg(feature = "socketio")]
    pub(crate) capabilities: Arc<Capabilities>,
    #[cfg(feature = "socketio")]
    pub(crate) guests: Guests,
    pub(crate) admin_key: Option<AdminKeyHash>,
    pub(crate) admin: Admin,
    pub(crate) sampler: Sampler,
    pub(crate) origins: Origins,
    pub(crate) consent: Consent,
    pub(crate) uploads: Semaphore,
    pub(crate) sittings: Sittings,
    pub(crate) turns: Semaphore,
    pub(crate) tally: Tally,
    pub(crate) metrics: Arc<Metrics>,
    /// Whether the figures are served elsewhere, and not by the router.
    #[cfg(feature = "metrics")]
    pub(crate) metrics_elsewhere: bool,
    pub(crate) addresses: Addresses,
    pub(crate) limits: Limits,
    #[cfg(feature = "rooms")]
    pub(crate) rooms: Option<Rooms>,
    pub(crate) crowd: Arc<Crowd>,
    pub(crate) half_open: Arc<HalfOpen>,
}

/// Pictures that may be on their way at once; each takes up to 10 MiB, and for a moment 18 if it
/// came as base64.
pub(crate) const UPLOADS: usize = 32;

/// How long connections have to take their leave. A process that is told to stop is given ten
/// seconds by those who run it, and still has to close its listeners.
const DRAIN: Duration = Duration::from_secs(8);

impl AnonChat {
    /// Collects what a chat needs.
    pub fn builder() -> Builder {
        Builder::new()
    }

    /// The routes `/ws`, `/verify`, `/api/verify`, `/api/stats`, `/metrics`, `/healthz`, `/readyz`,
    /// `/openapi.json` those of the admin API and of rooms, if there are any, for an application with any state: merge or nest
    /// them as they are.
    pub fn router<S: Clone + Send + Sync + 'static>(&self) -> Router<S> {
        #[cfg(feature = "metrics")]
        let metrics = !self.0.metrics_elsewhere;
        #[cfg(not(feature = "metrics"))]
        let metrics = false;
        let routes = Routes::new(metrics, self.has_rooms());
        let document = serde_json::to_vec(&routes.document()).unwrap_or_default();
        let pictures = Router::from(routes.pictures)
            .layer(from_fn_with_state(self.clone(), limits::verifications))
            .layer(from_fn_with_state(self.clone(), limits::requests))
            .layer(from_fn_with_state(self.clone(), admin::shut))
            .layer(from_fn_with_state(self.clone(), origin::guard))
            .layer(from_fn(verify::hang_up));
        let others = Router::from(routes.counted);
        #[cfg(feature = "rooms")]
        let others = others.merge(rooms::serve(routes.rooms));
        let others = others
            .layer(Extension(Document(document.into())))
            .layer(from_fn_with_state(self.clone(), limits::requests));
        #[cfg(feature = "ws")]
        let others = {
            let sockets = Router::new().route("/ws", axum::routing::get(crate::ws::handshake));
            #[cfg(feature = "socketio")]
            let sockets = sockets.merge(socketio::transports(self));
            #[cfg(feature = "rooms")]
            let sockets = if self.has_rooms() { sockets.merge(rooms::sockets()) } else { sockets };
            others.merge(sockets.layer(from_fn_with_state(self.clone(), admin::shut)))
        };
        others
            .layer(from_fn_with_state(self.clone(), origin::guard))
            .merge(pictures)
            .layer(cors::layer(self))
            .merge(routes.health)
            .layer(from_fn_with_state(self.clone(), metrics::measure))
            .layer(from_fn_with_state(self.clone(), headers::harden))
            .with_state(self.clone())
    }

    /// The route `/metrics` by itself, and without a key: the figures of this server as OpenMetrics
    /// text, for a listener that only those who scrape can reach.
    ///
    /// [`Builder::metrics_elsewhere`] takes it out of [`router`](Self::router). The store is asked
    /// at most once a second for it, however often it is scraped.
    #[cfg(feature = "metrics")]
    pub fn metrics_router<S: Clone + Send + Sync + 'static>(&self) -> Router<S> {
        Router::new().route("/metrics", axum::routing::get(metrics::open)).with_state(self.clone())
    }

    /// Puts the application's own routes behind the same check of origin and host as the chat's:
    /// in development mode nobody but this machine sees them. Their requests are counted as well.
    pub fn guard<S: Clone + Send + Sync + 'static>(&self, routes: Router<S>) -> Router<S> {
        routes
            .layer(from_fn_with_state(self.clone(), origin::guard))
            .layer(from_fn_with_state(self.clone(), metrics::measure))
            .layer(from_fn_with_state(self.clone(), headers::transport))
    }

    /// A secret with which one person can sign in at the admin page once, for a link that is shown
    /// to the operator; its place there is the fragment, which browsers do not send. It replaces the
    /// one before. `None` without an admin key or an admin store, for then nobody can sign in.
    pub fn sign_in_link_secret(&self) -> Option<Secret> {
        let can_sign_in = self.admin_key().is_some() && self.admin().has_record();
        can_sign_in.then(|| self.admin().link().draw())
    }

    /// Takes leave of everybody: clients that understand it are told when to come back, every
    /// place in a queue or a pair is given up or kept for its grace, every socket is closed.
    ///
    /// From the call on nobody new is let in. It returns when everybody has left, and at the
    /// latest after ten seconds. Further calls wait for the same.
    pub async fn shutdown(&self) {
        self.hub().close();
        #[cfg(feature = "rooms")]
        if let Some(rooms) = self.rooms() {
            rooms.hub().close();
        }
        if timeout(DRAIN, self.drained()).await.is_err() {
            tracing::warn!("some connections did not close in time");
        }
    }

    async fn drained(&self) {
        self.hub().drained().await;
        #[cfg(feature = "rooms")]
        if let Some(rooms) = self.rooms() {
            rooms.hub().drained().await;
        }
    }

    pub(crate) fn new(inside: Inside) -> Self {
        Self(Arc::new(inside))
    }

    /// The same chat, as long as somebody else holds it.
    pub(crate) fn weak(&self) -> impl Fn() -> Option<Self> + Clone + Send + Sync + 'static {
        let weak: Weak<Inside> = Arc::downgrade(&self.0);
        move || weak.upgrade().map(Self)
    }

    pub(crate) fn store(&self) -> &Bounded {
        &self.0.store
    }

    pub(crate) fn classifier(&self) -> Option<&Arc<dyn Classifier>> {
        self.0.classifier.as_ref()
    }

    pub(crate) fn settings(&self) -> &Arc<Settings> {
        &self.0.settings
    }

    pub(crate) fn pools(&self) -> &[PoolId] {
        &self.0.settings.pools
    }

    pub(crate) fn hub(&self) -> &Arc<Hub> {
        &self.0.hub
    }

    pub(crate) fn orders(&self) -> &Orders {
        &self.0.orders
    }

    pub(crate) fn origins(&self) -> &Origins {
        &self.0.origins
    }

    pub(crate) fn admin_key(&self) -> Option<&AdminKeyHash> {
        self.0.admin_key.as_ref()
    }

    pub(crate) fn admin(&self) -> &Admin {
        &self.0.admin
    }

    pub(crate) fn sampler(&self) -> &Sampler {
        &self.0.sampler
    }

    /// What this server counts.
    pub(crate) fn figures(&self) -> &Figures {
        self.0.sampler.figures()
    }

    pub(crate) fn consent(&self) -> Consent {
        self.0.consent
    }

    pub(crate) fn tokens(&self) -> &Tokens {
        &self.0.tokens
    }

    /// Who came by the cookie of a session.
    #[cfg(feature = "socketio")]
    pub(crate) fn guests(&self) -> &Guests {
        &self.0.guests
    }

    /// What lets somebody in to a talk that was found by another connection.
    #[cfg(feature = "socketio")]
    pub(crate) fn capabilities(&self) -> &Arc<Capabilities> {
        &self.0.capabilities
    }

    /// Whose picture is on its way or judged.
    pub(crate) fn sittings(&self) -> &Sittings {
        &self.0.sittings
    }

    pub(crate) fn uploads(&self) -> &Semaphore {
        &self.0.uploads
    }

    /// Whose turn it is to come in or to take leave.
    pub(crate) fn turns(&self) -> &Semaphore {
        &self.0.turns
    }

    pub(crate) fn tally(&self) -> &Tally {
        &self.0.tally
    }

    pub(crate) fn metrics(&self) -> &Metrics {
        &self.0.metrics
    }

    /// Whose request it is.
    pub(crate) fn addresses(&self) -> &Addresses {
        &self.0.addresses
    }

    /// How often one client may do something.
    pub(crate) fn limits(&self) -> &Limits {
        &self.0.limits
    }

    /// The rooms by code, if there are any.
    #[cfg(feature = "rooms")]
    pub(crate) fn rooms(&self) -> Option<&Rooms> {
        self.0.rooms.as_ref()
    }

    fn has_rooms(&self) -> bool {
        #[cfg(feature = "rooms")]
        let has_rooms = self.0.rooms.is_some();
        #[cfg(not(feature = "rooms"))]
        let has_rooms = false;
        has_rooms
    }

    /// How many WebSockets there are.
    pub(crate) fn crowd(&self) -> &Arc<Crowd> {
        &self.0.crowd
    }

    /// Connections that have not sent a request.
    pub(crate) fn half_open(&self) -> &Arc<HalfOpen> {
        &self.0.half_open
    }

    /// The device behind the id that a browser sends.
    pub(crate) fn device(&self, device: &str) -> DeviceId {
        self.0.key.id(device)
    }
}
