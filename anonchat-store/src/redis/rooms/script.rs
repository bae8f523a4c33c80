//! A script for each command and query about rooms, composed like those of a pool.

use anonchat_core::room::{RoomCommand, RoomQuery};

use super::super::library::Library;
use super::super::script::{Script, scripts};
use super::keys::RoomKey;

/// The files, by the name of the file in `anonchat-core/src/room/` if they mirror one. Those
/// without a folder are the pool's.
pub(in crate::redis) const FILES: &[(&str, &str)] = &[
    ("rooms/prelude", include_str!("../lua/rooms/prelude.lua")),
    ("rooms/codes", include_str!("../lua/rooms/codes.lua")),
    ("time", include_str!("../lua/time.lua")),
    ("rooms/counters", include_str!("../lua/rooms/counters.lua")),
    ("rooms/record", include_str!("../lua/rooms/record.lua")),
    ("rooms/due", include_str!("../lua/rooms/due.lua")),
    ("mail", include_str!("../lua/mail.lua")),
    ("rooms/mod", include_str!("../lua/rooms/mod.lua")),
    ("rooms/session", include_str!("../lua/rooms/session.lua")),
    ("rooms/membership", include_str!("../lua/rooms/membership.lua")),
    ("rooms/owner", include_str!("../lua/rooms/owner.lua")),
    ("rooms/presence", include_str!("../lua/rooms/presence.lua")),
    ("rooms/talk", include_str!("../lua/rooms/talk.lua")),
    ("rooms/reports", include_str!("../lua/rooms/reports.lua")),
    ("rooms/sweep", include_str!("../lua/rooms/sweep.lua")),
    ("rooms/reset", include_str!("../lua/rooms/reset.lua")),
    ("rooms/view", include_str!("../lua/rooms/view.lua")),
    ("rooms/read", include_str!("../lua/rooms/read.lua")),
    ("open", include_str!("../lua/open.lua")),
    ("rooms/entry", include_str!("../lua/rooms/entry.lua")),
];

impl Script<RoomKey> {
    /// The names of the keys that it touches, in the order in which it expects them.
    pub(in crate::redis) fn names(&self) -> Vec<String> {
        self.touches().iter().map(|key| key.of_rooms()).collect()
    }
}

scripts! {
    RoomScripts<RoomKey> iterable if test;
    open_session: Writes("on_open_session");
    touch: Writes("on_touch");
    end_session: Writes("on_end_session");
    create: Writes("on_create");
    join: Writes("on_join");
    leave: Writes("on_leave");
    attach: Writes("on_attach");
    detach: Writes("on_detach");
    post: Writes("on_post");
    typing: Writes("on_typing");
    report: Writes("on_report");
    kick: Writes("on_kick");
    ban: Writes("on_ban");
    lock: Writes("on_lock");
    hand_over: Writes("on_hand_over");
    close: Writes("on_close");
    close_by_moderator: Writes("on_close_by_moderator");
    ban_session: Writes("on_ban_session");
    lift_session: Writes("on_lift_session");
    renew: Writes("on_renew");
    sweep: Writes("on_sweep");
    reset: Writes("on_reset");
    census: Reads("on_census");
    session: Reads("on_session");
    mine: Reads("on_mine");
    room: Reads("on_room");
    members: Reads("on_members");
    messages: Reads("on_messages");
    reports: Reads("on_reports");
    all_reports: Reads("on_all_reports");
    open: Opens("on_open");
}

impl RoomScripts {
    /// Composes them.
    pub(in crate::redis) fn new() -> Self {
        Self::compose(&Library::new(FILES.iter().map(|(_, text)| *text)))
    }

    /// The scripts with one passage of a file replaced, to see whether the difference is noticed.
    /// `None` unless `from` occurs in that file exactly once.
    #[cfg(feature = "conformance")]
    pub(in crate::redis) fn edited(file: &str, from: &str, to: &str) -> Option<Self> {
        let files = super::super::library::edited(FILES, file, from, to)?;
        Some(Self::compose(&Library::new(files.iter().map(String::as_str))))
    }

    /// The script of a command.
    pub(super) fn command(&self, command: &RoomCommand) -> &Script<RoomKey> {
        match command {
            RoomCommand::OpenSession { .. } => &self.open_session,
            RoomCommand::Touch { .. } => &self.touch,
            RoomCommand::EndSession { .. } => &self.end_session,
            RoomCommand::Create { .. } => &self.create,
            RoomCommand::Join { .. } => &self.join,
            RoomCommand::Leave { .. } => &self.leave,
            RoomCommand::Attach { .. } => &self.attach,
            RoomCommand::Detach { .. } => &self.detach,
            RoomCommand::Post { .. } => &self.post,
            RoomCommand::Typing { .. } => &self.typing,
            RoomCommand::Report { .. } => &self.report,
            RoomCommand::Kick { .. } => &self.kick,
            RoomCommand::Ban { .. } => &self.ban,
            RoomCommand::Lock { .. } => &self.lock,
            RoomCommand::HandOver { .. } => &self.hand_over,
            RoomCommand::Close { .. } => &self.close,
            RoomCommand::CloseByModerator { .. } => &self.close_by_moderator,
            RoomCommand::BanSession { .. } => &self.ban_session,
            RoomCommand::LiftSession { .. } => &self.lift_session,
            RoomCommand::Renew { .. } => &self.renew,
            RoomCommand::Sweep => &self.sweep,
            RoomCommand::Reset => &self.reset,
        }
    }

    /// The script of a query.
    pub(super) fn query(&self, query: &RoomQuery) -> &Script<RoomKey> {
        match query {
            RoomQuery::Census => &self.census,
            RoomQuery::Session { .. } => &self.session,
            RoomQuery::Mine { .. } => &self.mine,
            RoomQuery::Room { .. } => &self.room,
            RoomQuery::Members { .. } => &self.members,
            RoomQuery::Messages { .. } => &self.messages,
            RoomQuery::Reports { .. } => &self.reports,
            RoomQuery::AllReports { .. } => &self.all_reports,
        }
    }

    /// The script by which a server opens its mailbox.
    pub(super) fn open(&self) -> &Script<RoomKey> {
        &self.open
    }
}
