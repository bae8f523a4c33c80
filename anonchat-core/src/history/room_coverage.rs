//! What histories of rooms have reached.

use super::Coverage;
use super::coverage::names;
use crate::room::{Parting, RoomCommand, RoomCommit, RoomEvent, RoomRejection};

names! { COMMANDS, command(&RoomCommand) {
    RoomCommand::OpenSession { .. } => "command OpenSession",
    RoomCommand::Touch { .. } => "command Touch",
    RoomCommand::EndSession { .. } => "command EndSession",
    RoomCommand::Create { .. } => "command Create",
    RoomCommand::Join { .. } => "command Join",
    RoomCommand::Leave { .. } => "command Leave",
    RoomCommand::Attach { .. } => "command Attach",
    RoomCommand::Detach { .. } => "command Detach",
    RoomCommand::Post { .. } => "command Post",
    RoomCommand::Typing { .. } => "command Typing",
    RoomCommand::Report { .. } => "command Report",
    RoomCommand::Kick { .. } => "command Kick",
    RoomCommand::Ban { .. } => "command Ban",
    RoomCommand::Lock { .. } => "command Lock",
    RoomCommand::HandOver { .. } => "command HandOver",
    RoomCommand::Close { .. } => "command Close",
    RoomCommand::CloseByModerator { .. } => "command CloseByModerator",
    RoomCommand::BanSession { .. } => "command BanSession",
    RoomCommand::LiftSession { .. } => "command LiftSession",
    RoomCommand::Renew { .. } => "command Renew",
    RoomCommand::Sweep => "command Sweep",
    RoomCommand::Reset => "command Reset",
} }

names! { REJECTIONS, rejection(&RoomRejection) {
    RoomRejection::UnknownSession => "rejection UnknownSession",
    RoomRejection::TooManySessions { .. } => "rejection TooManySessions",
    RoomRejection::TooManyRooms { .. } => "rejection TooManyRooms",
    RoomRejection::TooManyMemberships { .. } => "rejection TooManyMemberships",
    RoomRejection::RetentionTooLong { .. } => "rejection RetentionTooLong",
    RoomRejection::NoParticipants => "rejection NoParticipants",
    RoomRejection::UnknownRoom => "rejection UnknownRoom",
    RoomRejection::NotMember => "rejection NotMember",
    RoomRejection::NotOwner => "rejection NotOwner",
    RoomRejection::Full { .. } => "rejection Full",
    RoomRejection::Locked => "rejection Locked",
    RoomRejection::BannedFromRoom => "rejection BannedFromRoom",
    RoomRejection::TooManyBans { .. } => "rejection TooManyBans",
    RoomRejection::UnknownMember => "rejection UnknownMember",
    RoomRejection::Yourself => "rejection Yourself",
    RoomRejection::ConnInUse => "rejection ConnInUse",
    RoomRejection::NotAttached => "rejection NotAttached",
    RoomRejection::UnknownMessage => "rejection UnknownMessage",
    RoomRejection::AlreadyReported => "rejection AlreadyReported",
    RoomRejection::TooManyReports { .. } => "rejection TooManyReports",
    RoomRejection::NumbersUsedUp => "rejection NumbersUsedUp",
    RoomRejection::DiceUsed => "rejection DiceUsed",
} }

/// No history is long enough for it: a test in the machine's own files reaches it.
const NUMBERS: &str = "rejection NumbersUsedUp";

names! { EVENTS, event(&RoomEvent) {
    RoomEvent::Attached { .. } => "event Attached",
    RoomEvent::Message(_) => "event Message",
    RoomEvent::Typing { .. } => "event Typing",
    RoomEvent::Joined { .. } => "event Joined",
    RoomEvent::Left { .. } => "event Left",
    RoomEvent::Presence { here: true, .. } => "event Presence here",
    RoomEvent::Presence { here: false, .. } => "event Presence gone",
    RoomEvent::Owner { .. } => "event Owner",
    RoomEvent::Locked { .. } => "event Locked",
    RoomEvent::Replaced => "event Replaced",
    RoomEvent::Removed { why: Parting::Left } => "event Removed left",
    RoomEvent::Removed { why: Parting::Kicked } => "event Removed kicked",
    RoomEvent::Removed { why: Parting::BannedFromRoom } => "event Removed banned from room",
    RoomEvent::Removed { why: Parting::Banned } => "event Removed banned",
    RoomEvent::Removed { why: Parting::SessionOver } => "event Removed session over",
    RoomEvent::Closed => "event Closed",
} }

impl Coverage {
    /// Nothing counted yet, of what happens in rooms.
    pub fn of_rooms() -> Self {
        let names = COMMANDS.iter().chain(REJECTIONS).chain(EVENTS);
        Self::of(names.copied().filter(|name| *name != NUMBERS))
    }

    /// Counts one commit of the rooms.
    pub fn record_room(&mut self, asked: &RoomCommand, commit: &RoomCommit) {
        match &commit.outcome {
            Ok(_) => self.add(command(asked), 1),
            Err(refusal) => self.add(rejection(refusal), 1),
        }
        for envelope in &commit.mail {
            self.add(event(&envelope.event), 1);
        }
    }
}
