//! Rooms by code: the doors of [`anonchat_core::room`], over REST and WebSocket.
//!
//! The rules are the machine's. What is here knows tokens, paths, words and sockets.
//!
//! | Route | Takes | Gives |
//! |---|---|---|
//! | `POST /api/session/create/` | `{"nickname"}` | 201 `{"session_token","nickname","created_at"}` |
//! | `GET /api/session/validate/` | `?token=` | `{"session_token","nickname","created_at","last_active"}` |
//! | `POST /api/session/end/` | | DONE |
//! | `GET /api/rooms/` | | `[ROOM]`, those of which one is a member |
//! | `POST /api/rooms/create/` | `{"name"?,"message_retention_days"?:0..365,"max_participants"?}` | 201 ROOM |
//! | `POST /api/rooms/join/` | `{"room_code"}` | ROOM |
//! | `GET /api/rooms/{code}/` | | ROOM |
//! | `GET /api/rooms/{code}/members/` | | `[{"alias","nickname","here","owner","you"}]` |
//! | `GET /api/rooms/{code}/messages/` | `?page=1&page_size=50` | `{"results":[MESSAGE],"count","page","page_size","total_pages"}` |
//! | `POST /api/rooms/{code}/leave/` | | DONE |
//! | `POST /api/rooms/{code}/kick/`, `…/ban/`, `…/hand-over/` | `{"alias"}` | DONE |
//! | `POST /api/rooms/{code}/lock/` | `{"locked":bool}` | DONE |
//! | `POST /api/rooms/{code}/close/` | | DONE |
//! | `POST /api/messages/send/` | `{"room_code","content"}` | 201 MESSAGE |
//! | `POST /api/messages/{id}/report/` | `{"reason"?}` | DONE |
//! | `POST /api/moderation/block-session/` | `{"room_code","target_session_token" or "target_alias"}` | DONE |
//! | `GET /api/moderation/reports/` | `?room_code=` | `[MESSAGE with "reasons"]` |
//! | `GET /ws/chat/{CODE}/` | `?token=`, and `v=1` for the frames of ours | a WebSocket: see `frame` |
//!
//! All but the first two ask for the token of a session, as the header `X-Session-Token`, as the
//! member `session_token` of a body, or, for reports, as that parameter. Members only: who is none
//! gets 403 of a room that is there. What is refused is `{"error":text}`, for a field
//! `{field:[text]}`, and for what is no proper request `{"detail":text}`.

mod fields;
mod frame;
mod hub;
mod listen;
mod lobby;
mod owner;
mod refusal;
mod request;
mod sessions;
mod shape;
mod socket;
mod talk;
mod tending;
mod token;

use std::sync::Arc;

use anonchat_core::room::{
    RoomAnswer, RoomCommand, RoomCommit, RoomQuery, RoomRejection, RoomView,
};
use anonchat_core::{Policy, RoomStore, StoreError};
use axum::Router;
use axum::http::StatusCode;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::bounded::{PATIENCE, within};
use crate::chat::AnonChat;
use crate::clock;
use crate::error::Error;
use crate::openapi::describe;
use crate::reply::Later;
use crate::secret::Secret;

use hub::RoomHub;
use refusal::{Common, Inside, Known, Reading, Refusal};
pub(crate) use tending::spawn;
use token::TokenKey;

/// How often what was drawn may be in use already.
const ROLLS: usize = 8;

/// What the doors of rooms share.
pub(crate) struct Rooms {
    store: Arc<dyn RoomStore>,
    hub: Arc<RoomHub>,
    key: TokenKey,
}

impl Rooms {
    /// Opens the store for this server's connections. Tokens are hashed under `key`.
    pub(crate) async fn open(store: Arc<dyn RoomStore>, key: &Secret) -> Result<Self, Error> {
        store.policy().check()?;
        let hub = Arc::new(RoomHub::new(store.policy()));
        within(PATIENCE, store.open(hub.node(), hub.clone())).await?;
        let rooms = Self { store, hub, key: TokenKey::new(key) };
        // The lease is there before the first connection is.
        let _renewed = rooms.commit(&RoomCommand::Renew { node: rooms.hub.node() }).await?;
        Ok(rooms)
    }

    pub(crate) fn hub(&self) -> &Arc<RoomHub> {
        &self.hub
    }

    pub(crate) fn policy(&self) -> &Policy {
        self.store.policy()
    }

    /// Applies a command, with other dice if those that were rolled are in use.
    pub(crate) async fn apply(
        &self,
        command: &RoomCommand,
    ) -> Result<Result<RoomAnswer, RoomRejection>, StoreError> {
        let mut outcome = self.commit(command).await?.outcome;
        // A session is drawn by who asks for it.
        if !matches!(command, RoomCommand::OpenSession { .. }) {
            for _ in 1..ROLLS {
                if outcome != Err(RoomRejection::DiceUsed) {
                    break;
                }
                outcome = self.commit(command).await?.outcome;
            }
        }
        Ok(outcome)
    }

    async fn commit(&self, command: &RoomCommand) -> Result<RoomCommit, StoreError> {
        let dice = clock::roll_for_rooms();
        within(PATIENCE, self.store.apply(clock::now(), dice, command)).await
    }

    /// Asks the rooms something, in time.
    pub(crate) async fn view(&self, query: &RoomQuery) -> Result<RoomView, StoreError> {
        within(PATIENCE, self.store.read(clock::now(), query)).await
    }

    /// The same, with a refusal as one.
    async fn read(&self, query: &RoomQuery) -> Result<RoomView, Refusal> {
        match self.view(query).await? {
            RoomView::Refused(rejection) => Err(rejection.into()),
            view => Ok(view),
        }
    }
}

/// The rooms of a chat that has some.
fn of(chat: &AnonChat) -> Result<&Rooms, Refusal> {
    chat.rooms().ok_or_else(|| Refusal::detail(StatusCode::NOT_FOUND, "Not found."))
}

/// Refuses those who come in while nobody new is let in.
fn open_to_newcomers(chat: &AnonChat) -> Result<(), Refusal> {
    match chat.admin().maintenance().since() {
        Some(_) => Err(Later::maintenance().into()),
        None => Ok(()),
    }
}

/// The REST routes, for behind the count of requests.
pub(crate) fn routes() -> OpenApiRouter<AnonChat> {
    let outside = OpenApiRouter::default().routes(routes!(sessions::create));
    let known = OpenApiRouter::default()
        .routes(routes!(sessions::validate))
        .routes(routes!(sessions::end))
        .routes(routes!(lobby::mine));
    let inside = OpenApiRouter::default()
        .routes(routes!(lobby::create))
        .routes(routes!(lobby::join))
        .routes(routes!(lobby::look))
        .routes(routes!(lobby::members))
        .routes(routes!(lobby::leave))
        .routes(routes!(talk::history))
        .routes(routes!(talk::send))
        .routes(routes!(talk::report))
        .routes(routes!(owner::kick))
        .routes(routes!(owner::ban))
        .routes(routes!(owner::hand_over))
        .routes(routes!(owner::lock))
        .routes(routes!(owner::close))
        .routes(routes!(owner::block_session))
        .routes(routes!(owner::reports));
    let inside = describe::<Inside, _>(inside);
    let known = describe::<Known, _>(known.merge(inside));
    describe::<Common, _>(describe::<Reading, _>(outside.merge(known)))
}

/// The routes as they are served: another method is refused in words.
pub(crate) fn serve(routes: OpenApiRouter<AnonChat>) -> Router<AnonChat> {
    Router::from(routes).method_not_allowed_fallback(request::no_such_method)
}

/// The WebSocket.
pub(crate) fn sockets() -> Router<AnonChat> {
    Router::new().route("/ws/chat/{code}/", axum::routing::get(socket::handshake))
}
