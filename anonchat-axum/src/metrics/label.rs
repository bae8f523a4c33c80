//! Every value that a label may have.
//!
//! A label is a type with a constant list of values, and a counter is found by a place in that list.
//! So nothing that is made while the server runs, be it a device, a text or an address, can become
//! a label, and there are as many series at the start as there ever will be. The names of spans'
//! fields come from the same lists.

use anonchat_core::session::{Action, Close, ErrorCode, FrameError, ServerFrame};
use anonchat_core::{Command, Query, Rejection, StoreError, Verdict};
use axum::http::{Method, StatusCode};

/// One label of a metric.
pub(crate) trait Label: Copy {
    /// What it is called.
    const NAME: &'static str;

    /// Every value.
    const VALUES: &'static [&'static str];

    /// The place of this value among [`Self::VALUES`].
    fn place(self) -> usize;

    /// The value.
    fn value(self) -> &'static str {
        Self::VALUES[self.place()]
    }
}

macro_rules! labels {
    ($($(#[$doc:meta])* $name:ident as $label:literal { $($variant:ident = $value:literal,)* })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum $name { $($variant,)* }

        impl Label for $name {
            const NAME: &'static str = $label;
            const VALUES: &'static [&'static str] = &[$($value,)*];

            fn place(self) -> usize {
                self as usize
            }
        }
    )*};
}

labels! {
    /// What came of reading a frame.
    Reading as "reading" { Read = "read", Malformed = "malformed", Unknown = "unknown_action", }

    /// The type of a frame that was sent.
    Told as "type" {
        DailyLimits = "daily_limits", Hello = "hello", Queued = "queued", Matched = "matched",
        Msg = "msg", Image = "image", Ack = "ack", Typing = "typing", PeerAway = "peer_away", PeerBack = "peer_back",
        PeerLeft = "peer_left", Left = "left", Declared = "declared", Reported = "reported",
        Blocked = "blocked", Unblocked = "unblocked", Waiting = "waiting", Replaced = "replaced",
        Banned = "banned", ServerRestarting = "server_restarting", Error = "error",
    }

    /// A method of the store.
    Call as "call" { Apply = "apply", Read = "read", Whisper = "whisper", }

    /// How a call of the store ended. `given_up` had not ended when its caller went away, or had
    /// waited long enough.
    CallEnd as "outcome" {
        Ok = "ok", Unavailable = "unavailable", Failed = "failed", GivenUp = "given_up",
    }

    /// What a command asks for.
    Kind as "command" {
        Attach = "attach", Enter = "enter", Detach = "detach", Join = "join", Next = "next", Leave = "leave",
        Block = "block", Unblock = "unblock", Report = "report", Verify = "verify", Ban = "ban",
        Lift = "lift", Dismiss = "dismiss", Adopt = "adopt", Settle = "settle", Renew = "renew",
        Sweep = "sweep",
    }

    /// What came of a command.
    CommandEnd as "outcome" { Ok = "ok", Rejected = "rejected", Unavailable = "unavailable", }

    /// What a question asks for.
    Question as "query" {
        Census = "census", Standing = "standing", Wait = "wait", Reports = "reports", Bans = "bans",
        Outbox = "outbox",
    }

    /// The rule by which a pool refused.
    Rule as "rule" {
        NotAttached = "not_attached", Replaced = "replaced", Banned = "banned",
        AlreadyWaiting = "already_waiting", AlreadyPaired = "already_paired",
        Cooldown = "cooldown", DailyTotal = "daily_total", DailyLimit = "daily_limit",
        VerificationRequired = "verification_required", UnknownPeer = "unknown_peer",
        AlreadyReported = "already_reported", TooManyBlocks = "too_many_blocks",
        UnknownBlock = "unknown_block", UnknownReport = "unknown_report", DiceUsed = "dice_used",
    }

    /// What came of a picture.
    Finding as "verdict" {
        Verified = "verified", NoFace = "no_face", SeveralFaces = "several_faces",
        NotLive = "not_live", TooSmall = "too_small", TooDark = "too_dark",
        TooBlurred = "too_blurred", TurnedAway = "turned_away", Unreadable = "unreadable",
        Busy = "busy", Failed = "failed", GivenUp = "given_up",
    }

    /// Why a connection ended.
    Reason as "reason" {
        Replaced = "replaced", Banned = "banned", Restarting = "restarting", Idle = "idle",
        Closed = "closed", Violated = "violated", Slow = "slow", Panicked = "panicked",
    }

    /// The route of a request, whatever it is nested under.
    Route as "route" {
        Ws = "/ws", Verify = "/verify", ApiVerify = "/api/verify", Admin = "/admin",
        Healthz = "/healthz", Readyz = "/readyz", Metrics = "/metrics",
        Session = "/api/session", Rooms = "/api/rooms", Messages = "/api/messages",
        Moderation = "/api/moderation", RoomSocket = "/ws/chat", SocketIo = "/socket.io/",
        Join = "/join", Other = "other",
    }

    /// The method of a request.
    Verb as "method" { Get = "get", Post = "post", Other = "other", }

    /// The status of an answer.
    Class as "status" {
        Informational = "1xx", Success = "2xx", Redirection = "3xx", ClientError = "4xx",
        ServerError = "5xx",
    }
}

/// What a client asked for, as far as it could be read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked(pub(crate) Option<Action>);

impl Label for Asked {
    const NAME: &'static str = "action";
    const VALUES: &'static [&'static str] = &{
        // `none` comes last.
        let mut values = ["none"; Action::ALL.len() + 1];
        let mut place = 0;
        while place < Action::ALL.len() {
            values[place] = Action::ALL[place].as_str();
            place += 1;
        }
        values
    };

    fn place(self) -> usize {
        let known = |asked| Action::ALL.iter().position(|action| *action == asked);
        self.0.and_then(known).unwrap_or(Action::ALL.len())
    }
}

/// Why a client was refused something.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Refused(pub(crate) ErrorCode);

impl Label for Refused {
    const NAME: &'static str = "code";
    const VALUES: &'static [&'static str] = &{
        let mut values = ["other"; ErrorCode::ALL.len() + 1];
        let mut place = 0;
        while place < ErrorCode::ALL.len() {
            values[place] = ErrorCode::ALL[place].as_str();
            place += 1;
        }
        values
    };

    fn place(self) -> usize {
        let codes = ErrorCode::ALL;
        codes.iter().position(|code| *code == self.0).unwrap_or(codes.len())
    }
}

impl Reading {
    pub(crate) const fn of<T>(frame: &Result<T, FrameError>) -> Self {
        match frame {
            Ok(_) => Self::Read,
            Err(FrameError::UnknownAction) => Self::Unknown,
            Err(_) => Self::Malformed,
        }
    }
}

impl Told {
    pub(crate) const fn of(frame: &ServerFrame) -> Self {
        match frame {
            ServerFrame::DailyLimits { .. } => Self::DailyLimits,
            ServerFrame::Hello(_) => Self::Hello,
            ServerFrame::Queued { .. } => Self::Queued,
            ServerFrame::Matched { .. } => Self::Matched,
            ServerFrame::Msg { .. } => Self::Msg,
            ServerFrame::Image { .. } => Self::Image,
            ServerFrame::Ack { .. } => Self::Ack,
            ServerFrame::Typing { .. } => Self::Typing,
            ServerFrame::PeerAway { .. } => Self::PeerAway,
            ServerFrame::PeerBack { .. } => Self::PeerBack,
            ServerFrame::PeerLeft { .. } => Self::PeerLeft,
            ServerFrame::Left => Self::Left,
            ServerFrame::Declared { .. } => Self::Declared,
            ServerFrame::Reported { .. } => Self::Reported,
            ServerFrame::Blocked { .. } => Self::Blocked,
            ServerFrame::Unblocked { .. } => Self::Unblocked,
            ServerFrame::Waiting { .. } => Self::Waiting,
            ServerFrame::Replaced => Self::Replaced,
            ServerFrame::Banned { .. } => Self::Banned,
            ServerFrame::ServerRestarting { .. } => Self::ServerRestarting,
            ServerFrame::Error(_) => Self::Error,
        }
    }
}

impl CallEnd {
    pub(crate) const fn of<T>(answer: &Result<T, StoreError>) -> Self {
        match answer {
            Ok(_) => Self::Ok,
            Err(StoreError::Unavailable(_)) => Self::Unavailable,
            Err(_) => Self::Failed,
        }
    }
}

impl Kind {
    pub(crate) const fn of(command: &Command) -> Self {
        match command {
            Command::Attach { .. } => Self::Attach,
            Command::Enter { .. } => Self::Enter,
            Command::Detach { .. } => Self::Detach,
            Command::Join { .. } => Self::Join,
            Command::Next { .. } => Self::Next,
            Command::Leave { .. } => Self::Leave,
            Command::Block { .. } => Self::Block,
            Command::Unblock { .. } => Self::Unblock,
            Command::Report { .. } => Self::Report,
            Command::Verify { .. } => Self::Verify,
            Command::Ban { .. } => Self::Ban,
            Command::Lift { .. } => Self::Lift,
            Command::Dismiss { .. } => Self::Dismiss,
            Command::Adopt { .. } => Self::Adopt,
            Command::Settle { .. } => Self::Settle,
            Command::Renew { .. } => Self::Renew,
            Command::Sweep => Self::Sweep,
        }
    }
}

impl Question {
    pub(crate) const fn of(query: &Query) -> Self {
        match query {
            Query::Census => Self::Census,
            Query::Standing { .. } => Self::Standing,
            Query::Wait { .. } => Self::Wait,
            Query::Reports { .. } => Self::Reports,
            Query::Bans { .. } => Self::Bans,
            Query::Outbox { .. } => Self::Outbox,
        }
    }
}

impl Rule {
    pub(crate) const fn of(rejection: &Rejection) -> Self {
        match rejection {
            Rejection::NotAttached => Self::NotAttached,
            Rejection::Replaced { .. } => Self::Replaced,
            Rejection::Banned { .. } => Self::Banned,
            Rejection::AlreadyWaiting => Self::AlreadyWaiting,
            Rejection::AlreadyPaired => Self::AlreadyPaired,
            Rejection::Cooldown { .. } => Self::Cooldown,
            Rejection::DailyTotal { .. } => Self::DailyTotal,
            Rejection::DailyLimit { .. } => Self::DailyLimit,
            Rejection::VerificationRequired => Self::VerificationRequired,
            Rejection::UnknownPeer => Self::UnknownPeer,
            Rejection::AlreadyReported => Self::AlreadyReported,
            Rejection::TooManyBlocks { .. } => Self::TooManyBlocks,
            Rejection::UnknownBlock => Self::UnknownBlock,
            Rejection::UnknownReport => Self::UnknownReport,
            Rejection::DiceUsed => Self::DiceUsed,
        }
    }
}

impl Finding {
    /// An abstention counts as verified: which gender was found is nobody's figure.
    pub(crate) const fn of(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Verified(_) => Self::Verified,
            Verdict::NoFace => Self::NoFace,
            Verdict::SeveralFaces => Self::SeveralFaces,
            Verdict::NotLive => Self::NotLive,
            Verdict::TooSmall => Self::TooSmall,
            Verdict::TooDark => Self::TooDark,
            Verdict::TooBlurred => Self::TooBlurred,
            Verdict::TurnedAway => Self::TurnedAway,
            _ => Self::Unreadable,
        }
    }
}

impl Reason {
    /// What a session gave as its reason, of a connection whose transport was still there.
    pub(crate) const fn of(close: Close) -> Self {
        match close {
            Close::Replaced => Self::Replaced,
            Close::Banned => Self::Banned,
            Close::Restarting => Self::Restarting,
            Close::Idle => Self::Idle,
            _ => Self::Closed,
        }
    }
}

impl Route {
    /// By the template that a request has matched, if any. An application may have nested the chat
    /// below a path of its own, which is left out.
    pub(crate) fn of(template: Option<&str>) -> Self {
        let Some(template) = template else { return Self::Other };
        let known = [
            Self::Ws,
            Self::ApiVerify, // before the one that is its end
            Self::Verify,
            Self::Healthz,
            Self::Readyz,
            Self::Metrics,
            Self::SocketIo,
            Self::Join,
        ];
        let ends = |route: &Self| template.ends_with(route.value());
        if template.contains("/admin/") || template.ends_with("/admin") {
            return Self::Admin;
        }
        // Below these there is more than one route, and all of them end in a slash.
        let rooms =
            [Self::Session, Self::Rooms, Self::Messages, Self::Moderation, Self::RoomSocket];
        let holds = |route: &Self| {
            let below = template.split_once(route.value()).map(|(_, below)| below);
            below.is_some_and(|below| below.starts_with('/') && below.ends_with('/'))
        };
        known.into_iter().find(ends).or(rooms.into_iter().find(holds)).unwrap_or(Self::Other)
    }
}

impl Verb {
    pub(crate) fn of(method: &Method) -> Self {
        match *method {
            Method::GET => Self::Get,
            Method::POST => Self::Post,
            _ => Self::Other,
        }
    }
}

impl Class {
    pub(crate) fn of(status: StatusCode) -> Self {
        match status.as_u16() {
            ..200 => Self::Informational,
            200..300 => Self::Success,
            300..400 => Self::Redirection,
            400..500 => Self::ClientError,
            500.. => Self::ServerError,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_route_is_known_wherever_it_is_nested_and_nothing_else_is() {
        for (template, route) in [
            (Some("/ws"), Route::Ws),
            (Some("/chat/ws"), Route::Ws),
            (Some("/verify"), Route::Verify),
            (Some("/api/verify"), Route::ApiVerify),
            (Some("/chat/api/verify"), Route::ApiVerify),
            (Some("/admin/reports"), Route::Admin),
            (Some("/metrics"), Route::Metrics),
            (Some("/api/rooms/"), Route::Rooms),
            (Some("/chat/api/rooms/{code}/kick/"), Route::Rooms),
            (Some("/api/session/create/"), Route::Session),
            (Some("/api/messages/{id}/report/"), Route::Messages),
            (Some("/api/moderation/reports/"), Route::Moderation),
            (Some("/ws/chat/{code}/"), Route::RoomSocket),
            (Some("/api/rooms"), Route::Other),
            (Some("/{*path}"), Route::Other),
            (Some("/"), Route::Other),
            (None, Route::Other),
        ] {
            assert_eq!(Route::of(template), route, "{template:?}");
        }
    }

    #[test]
    fn every_value_has_its_own_place() {
        fn check<L: Label>(all: impl IntoIterator<Item = L>) {
            let values: Vec<_> = all.into_iter().map(L::value).collect();
            assert!(L::VALUES.starts_with(&values), "{values:?}");
        }
        check(Action::ALL.map(|action| Asked(Some(action))));
        check(ErrorCode::ALL.iter().map(|code| Refused(*code)));
        assert_eq!(Asked(None).value(), "none");
    }
}
