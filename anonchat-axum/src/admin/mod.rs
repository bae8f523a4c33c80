//! The admin API: who is in charge signs in, sees, and acts; and every action is recorded.
//!
//! # Who is let in
//!
//! Every route below but `sign-in` and `/api/stats` takes the admin key as
//! `Authorization: Bearer <key>`, or the cookie of a session. A session lasts 12 hours and holds on
//! every server of the deployment; it ends with its sign-out, within two seconds on all of them,
//! and with another admin key. Its cookie is `anonchat-admin`, or `__Host-anonchat-admin` with
//! `Secure` behind TLS, `HttpOnly`, `SameSite=Strict`, path `/`.
//!
//! With a session a `POST` is carried out only if `Origin` is one that is let in, `Sec-Fetch-Site`
//! is `same-origin`, `same-site` or missing, and the request has a JSON body or the header
//! `X-Anonchat-Admin`. With the key none of that is asked for.
//!
//! # What is recorded
//!
//! An action is recorded **before** it is done, so that none is ever done unrecorded. A record says
//! what was ordered; an answer of 503 says that it may not have been carried out, and asking again
//! does no harm. Only a sign-out is carried out even if it cannot be recorded. Wrong keys are
//! recorded too, ten a minute and server at most, or anybody could fill the record.
//!
//! Without [`Builder::admin_store`](crate::Builder::admin_store) there is no record, and everything
//! that acts or reads it answers 501. The key still reads `/admin/reports`, `/admin/bans`,
//! `/admin/figures`, `/admin/live` and `/api/admin/metrics`.
//!
//! # Shapes
//!
//! Bodies are JSON of at most 64 KiB; unknown members are refused; no body stands for `{}`, as does
//! `null`. `note?` may always be left out and has at most the policy's `note_chars` characters.
//! Instants are milliseconds since 1970 (UTC). `DEVICE` is 32 hexadecimal digits (a keyed hash,
//! never the id itself), `SESSION` 16. `T|null` may be null, `name?` may be missing.
//! `/openapi.json` says the same to machines, but for the routes by which the page signs in.
//!
//! | Route | Takes | Gives (200) |
//! |---|---|---|
//! | `POST /admin/sign-in` | `{"key":KEY}`, also as a form; `KEY` may be a one-time secret | `{"session":SESSION,"expires_at":ms}` and the cookie |
//! | `POST /admin/sign-out` | `{}` | `{"session":null,"expires_at":null}`, and the cookie is taken away |
//! | `GET /admin/session` | | `{"session":SESSION\|null,"expires_at":ms\|null}`, null with the key itself |
//! | `GET /admin/figures` | | `{"now":NOW,"seconds":[SECOND],"minutes":[MINUTE]}`, at most 60 of each, oldest first |
//! | `GET /admin/live` | | server-sent events named `figures`, about one a second: `{"now":NOW,"minute":MINUTE\|null}` |
//! | `GET /admin/queue` | `?before=ID&limit=25&pool=NAME&open=true` | `{"pool":NAME,"pools":[NAME],"reports":[REPORT],"next":ID\|null}`, newest first, at most 100 |
//! | `POST /admin/reports/{pool}/{id}/dismiss` | `{"note"?:text}` | `{"audit":number}` |
//! | `GET /admin/bans` | `?after=NEXT&limit=50&pool=NAME` | `{"pool":NAME,"bans":[{"device":DEVICE,"given":ms,"until":ms}],"next":text\|null}`, those that end first first, at most 200 |
//! | `POST /admin/bans` | `{"device":DEVICE,"until"?:ms,"for_s"?:number,"note"?:text}`; with neither end, as long as a ban for reports | `{"audit":number,"device":DEVICE,"until":ms}` |
//! | `POST /admin/bans/{device}/lift` | `{"note"?:text}` | `{"audit":number}` |
//! | `GET /admin/maintenance` | | `{"on":bool,"since":ms\|null}` |
//! | `POST /admin/maintenance` | `{"on":bool,"note"?:text}` | `{"on":bool,"since":ms\|null}` |
//! | `POST /admin/reset` | `{"confirm":"reset","note"?:text}` | `{"audit":number}` |
//! | `GET /admin/audit` | `?before=ID&about=DEVICE&limit=50` | `{"records":[RECORD],"next":ID\|null}`, newest first, at most 200 |
//! | `GET /admin/audit/export` | | `application/x-ndjson`: one `RECORD` a line, newest first, all of them, this export's own first |
//! | `GET /admin/reports` | `?limit=50&pool=NAME` | 000's list: `[{"id","reporter","reported","reason","created_at"}]`, at most 1000 |
//! | `GET /admin/rooms` | `?before=ID&limit=25` | `{"census":{"sessions","bans","rooms","connections","messages","reported"},"reports":[ROOMREPORT],"next":ID\|null}`, the largest id first, at most 100 |
//! | `POST /admin/rooms/ban`, `…/lift` | `{"session":ROOMSESSION,"note"?:text}` | `{"audit":number}` |
//! | `POST /admin/rooms/close` | `{"room":CODE,"note"?:text}` | `{"audit":number}` |
//! | `GET /api/stats` | (no key) | 001's `{"onlineUsers":number,"waitingInQueue":number}`, or 503 |
//! | `GET /api/admin/metrics` | | 001's `{"technical":{"activeSessions","totalMatchesLife","queueThroughput","avgMatchTimeMs":text,"matchTimeLimitMet":bool},"safety":{"totalReports","activeBans","reportRate":text},"user":{"verificationSuccessRate":text,"dropOffAtVerification"}}` |
//! | `POST /api/nuclear-reset` | `{"confirm":"reset","note"?:text}` | 001's `{"success":true,"message":"All cross-server data wiped."}` |
//!
//! ```text
//! NOW    {"at":ms,"store":bool,"maintenance":ms|null,"connections":n,"online":n,"waiting":n,
//!         "queues":[{"gender":"male"|"female"|"non-binary"|"prefer-not-to-say"|null,
//!                    "filter":"any"|a gender,"waiting":n}],
//!         "pairs":n,"matches":n,"matches_per_minute":n,
//!         "wait":{"count":n,"median_ms":n|null,"p95_ms":n|null,"mean_ms":n|null},
//!         "reports":n,"bans":n,"messages":n,
//!         "verification":{OUTCOME:n},"refusals":{CODE:n}}
//! SECOND {"at":ms,"online":n,"waiting":n,"pairs":n,"matches":n}
//! MINUTE {"at":ms,"online":n,"waiting":n,"pairs":n,"matches":n,"median_ms":n|null,"p95_ms":n|null,
//!         "reports":n,"bans":n,"judged":n,"verified":n,"refusals":n,"messages":n}
//! REPORT {"id":n,"at":ms,"reporter":DEVICE,"device":DEVICE,"reason":text,"note":text|null,
//!         "counted":bool,"dismissed":bool,"against":n,"needed":n,"banned_until":ms|null,
//!         "earlier":[RECORD]}                                  at most 5, newest first
//! RECORD {"id":n,"at":ms,"session":SESSION|null,"action":ACTION,"device"?:DEVICE,"until"?:ms,
//!         "pool"?:NAME,"report"?:n,"on"?:bool,"room_session"?:ROOMSESSION,"room"?:CODE,
//!         "note"?:text}
//! ACTION "sign_in" "refused" "sign_out" "ban" "lift" "dismiss" "maintenance" "reset" "export"
//!        "room_ban" "room_lift" "room_close"
//! ROOMREPORT {"id":n,"room":CODE,"at":ms,"nickname":text,"content":text,"session":ROOMSESSION|null,
//!         "reasons":[text]}
//! ```
//!
//! `ROOMSESSION` is 32 hexadecimal digits, a keyed hash of the token. The routes of rooms are there
//! if the chat has rooms.
//!
//! In `NOW`, `online`, `waiting`, `queues`, `pairs`, `matches`, `matches_per_minute`, `reports` and
//! `bans` are of the whole deployment; `connections`, `wait`, `messages`, `verification` and
//! `refusals` are of the server that answers, the last four of its last hour. `wait` counts those
//! who were not matched on arrival. Every `OUTCOME` and `CODE` is always there. `MINUTE` is of the
//! minute that ends at `at`. While the pools do not answer, `store` is false, and what they said
//! last is repeated.
//!
//! # Refusals
//!
//! All but those of `/admin/reports` are `{"detail":text}`: 400 malformed, 401 no key or a wrong
//! one, 429 with `Retry-After` too many wrong ones, 403 another page or another origin, 404 unknown pool, report or path, 405 a `GET` that
//! should be a `POST`, 408 and 413 a body that is too slow or too long, 501 no admin store, 503 with
//! `Retry-After` the store is away, or too many streams are open (16 a server).

mod access;
mod ask;
mod audit;
mod bans;
mod book;
mod cookie;
mod follow;
mod live;
mod maintenance;
mod queue;
mod refused;
mod reports;
mod reset;
#[cfg(feature = "rooms")]
mod rooms;
mod session;
mod shape;
mod sign_in;
mod stats;

use std::sync::Arc;

use anonchat_core::AdminStore;
use axum::routing::{get, post};
use tokio::sync::Semaphore;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) use self::session::Session;
use crate::chat::AnonChat;
use crate::openapi;
use crate::secret::Secret;
pub(crate) use access::{authenticate, bearer, session};
pub(crate) use cookie::PLAIN as COOKIE;
#[cfg(feature = "socketio")]
pub(crate) use cookie::is_behind_tls;
pub(crate) use maintenance::shut;

/// What those in charge need of a running chat.
pub(crate) struct Admin {
    book: book::Book,
    sessions: session::Sessions,
    link: sign_in::Link,
    wrong: audit::Wrong,
    maintenance: maintenance::Maintenance,
    streams: Arc<Semaphore>,
    behind_tls: bool,
}

impl Admin {
    pub(crate) fn new(
        store: Option<Arc<dyn AdminStore>>,
        keys: &[Secret],
        admin_key: Option<&Secret>,
        behind_tls: bool,
    ) -> Self {
        Self {
            book: book::Book::new(store),
            sessions: session::Sessions::new(keys, admin_key),
            link: sign_in::Link::default(),
            wrong: audit::Wrong::default(),
            maintenance: maintenance::Maintenance::default(),
            streams: Arc::new(Semaphore::new(live::STREAMS)),
            behind_tls,
        }
    }

    fn book(&self) -> &book::Book {
        &self.book
    }

    fn sessions(&self) -> &session::Sessions {
        &self.sessions
    }

    fn wrong(&self) -> &audit::Wrong {
        &self.wrong
    }

    fn streams(&self) -> &Arc<Semaphore> {
        &self.streams
    }

    pub(crate) fn behind_tls(&self) -> bool {
        self.behind_tls
    }

    pub(crate) fn link(&self) -> &sign_in::Link {
        &self.link
    }

    pub(crate) fn maintenance(&self) -> &maintenance::Maintenance {
        &self.maintenance
    }

    /// Whether there is a record, without which nobody signs in.
    pub(crate) fn has_record(&self) -> bool {
        self.book.open().is_ok()
    }
}

/// Starts what goes on without anybody asking.
pub(crate) fn spawn(chat: &AnonChat) {
    follow::spawn(chat);
}

/// The routes of those in charge, for behind the check of origins.
pub(crate) fn router(rooms: bool) -> OpenApiRouter<AnonChat> {
    let acts = openapi::keyed(
        OpenApiRouter::default()
            .routes(routes!(reports::reports))
            .routes(routes!(queue::dismiss))
            .routes(routes!(queue::list))
            .routes(routes!(bans::list, bans::ban))
            .routes(routes!(bans::lift))
            .routes(routes!(maintenance::read, maintenance::switch))
            .routes(routes!(reset::reset))
            .routes(routes!(audit::page))
            .routes(routes!(audit::export))
            .routes(routes!(live::figures))
            .routes(routes!(live::live))
            .routes(routes!(stats::metrics))
            .routes(routes!(reset::nuclear)),
    );
    #[cfg(feature = "rooms")]
    let acts = if rooms { acts.merge(self::rooms::router()) } else { acts };
    #[cfg(not(feature = "rooms"))]
    let _ = rooms;
    // What the page signs in and out by is the page's own.
    acts.route("/admin/sign-in", post(sign_in::sign_in))
        .route("/admin/sign-out", post(sign_in::sign_out))
        .route("/admin/session", get(sign_in::session))
}

/// The figures that everybody may see.
pub(crate) fn open() -> OpenApiRouter<AnonChat> {
    OpenApiRouter::default().routes(routes!(stats::stats))
}
