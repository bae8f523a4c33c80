//! Commands and queries as the arguments of their scripts: the rules, the caller's mailbox, what is
//! said about the command and what it names in one packed string, and its text, sealed.

use anonchat_core::room::{
    RoomCode, RoomCommand, RoomDice, RoomMessageId, RoomQuery, SessionId, Target,
};
use anonchat_core::{NodeId, Policy, UnixMillis};

use super::super::pack::Pack;
use super::seal::{Seals, Words};

/// The version of what lies in Redis of rooms, and of what servers tell each other through it. It
/// changes with either.
pub(in crate::redis) const SCHEMA: u32 = 1;

/// The rules, for every call about rooms: argument 1. `sharded` says whether mail is published to
/// the shard of the rooms only.
pub(super) fn rules(policy: &Policy, sharded: bool) -> Vec<u8> {
    let rooms = &policy.rooms;
    Pack::default()
        .u32(SCHEMA)
        .u32(rooms.session_life_s)
        .u32(rooms.max_sessions)
        .u32(rooms.max_rooms)
        .u32(rooms.max_rooms_per_session)
        .u32(rooms.room_life_s)
        .u32(rooms.max_members)
        .u32(rooms.max_connections)
        .u32(rooms.max_room_bans)
        .u32(rooms.max_messages)
        .u32(rooms.max_reports)
        .u32(rooms.retention_days_default)
        .u32(policy.connection.lease_s)
        .flag(sharded)
        .done()
}

/// What is said about a command or a query.
#[derive(Clone, Copy)]
pub(super) struct Call<'a> {
    /// The rules.
    pub(super) policy: &'a Policy,
    /// The instant of the call.
    pub(super) at: UnixMillis,
    /// The randomness of the command.
    pub(super) dice: RoomDice,
    /// Whether the node of the command is open at the caller, whose mailbox it gets.
    pub(super) registers: bool,
}

impl Call<'_> {
    /// What comes before what the command names.
    fn said(&self) -> Pack {
        let code = self.dice.code.prefix(self.policy.rooms.code_chars as usize);
        let alias = self.dice.alias.as_bytes();
        Pack::default().instant(self.at).code(code).bytes(alias).flag(self.registers)
    }
}

impl Pack {
    fn session(self, session: SessionId) -> Self {
        self.bytes(session.as_bytes())
    }

    /// Eight bytes, filled with zeros behind the end.
    pub(super) fn code(self, code: RoomCode) -> Self {
        let text = code.as_str().as_bytes();
        let filling = [0; RoomCode::MAX_CHARS];
        self.bytes(text).bytes(&filling[text.len()..])
    }

    fn message_name(self, id: RoomMessageId) -> Self {
        // Both are below 2^27.
        self.u32(id.room() as u32).u32(id.index() as u32)
    }

    /// A mark, and the number if there is one.
    fn maybe(self, number: Option<u32>) -> Self {
        self.flag(number.is_some()).u32(number.unwrap_or_default())
    }

    fn target(self, target: Target) -> Self {
        match target {
            Target::Alias(alias) => self.u8(0).bytes(alias.as_bytes()),
            Target::Session(session) => self.u8(1).session(session),
        }
    }
}

fn request(said: Pack, session: SessionId, room: RoomCode) -> Pack {
    said.session(session).code(room)
}

/// The arguments of a command, from 3 on.
pub(super) fn command(call: &Call<'_>, seals: &Seals, command: &RoomCommand) -> Vec<Vec<u8>> {
    let said = call.said();
    let seal = |words, text| seals.seal(words, &call.dice, text);
    let packed = match command {
        RoomCommand::OpenSession { session, nickname } => {
            let packed = said.session(*session).done();
            return vec![packed, seal(Words::Nickname, nickname)];
        }
        RoomCommand::Create { session, name, retention_days, max_participants } => {
            let packed = said.session(*session);
            let packed = packed.maybe(*retention_days).maybe(*max_participants).done();
            return vec![packed, seal(Words::Name, name)];
        }
        RoomCommand::Post { session, room, content } => {
            let packed = request(said, *session, *room).done();
            return vec![packed, seal(Words::Content, content)];
        }
        RoomCommand::Report { session, message, reason } => {
            let packed = said.session(*session).message_name(*message).done();
            return vec![packed, seal(Words::Reason, reason)];
        }
        RoomCommand::Touch { session }
        | RoomCommand::EndSession { session }
        | RoomCommand::BanSession { banned: session }
        | RoomCommand::LiftSession { lifted: session } => said.session(*session),
        RoomCommand::Join { session, room }
        | RoomCommand::Leave { session, room }
        | RoomCommand::Close { session, room } => request(said, *session, *room),
        RoomCommand::Attach { session, room, conn } => request(said, *session, *room).conn(*conn),
        RoomCommand::Detach { conn } => said.conn(*conn),
        RoomCommand::Typing { session, room, on } => request(said, *session, *room).flag(*on),
        RoomCommand::Lock { session, room, locked } => request(said, *session, *room).flag(*locked),
        RoomCommand::Kick { session, room, target }
        | RoomCommand::Ban { session, room, target }
        | RoomCommand::HandOver { session, room, target } => {
            request(said, *session, *room).target(*target)
        }
        RoomCommand::CloseByModerator { room } => said.code(*room),
        RoomCommand::Renew { node } => said.u64(node.0),
        RoomCommand::Sweep | RoomCommand::Reset => said,
    };
    vec![packed.done()]
}

/// The arguments of a query, from 3 on.
pub(super) fn query(call: &Call<'_>, query: &RoomQuery) -> Vec<Vec<u8>> {
    let said = call.said();
    let max_page = call.policy.rooms.max_page;
    let packed = match query {
        RoomQuery::Census => said,
        RoomQuery::Session { session } | RoomQuery::Mine { session } => said.session(*session),
        RoomQuery::Room { session, room } | RoomQuery::Members { session, room } => {
            request(said, *session, *room)
        }
        RoomQuery::Messages { session, room, page, page_size } => {
            request(said, *session, *room).u32(*page).u32((*page_size).clamp(1, max_page))
        }
        RoomQuery::Reports { session, room, limit } => {
            request(said, *session, *room).u32((*limit).min(max_page))
        }
        RoomQuery::AllReports { before, limit } => {
            let packed = said.u32((*limit).min(max_page));
            match before {
                Some(id) => packed.message_name(*id),
                None => packed,
            }
        }
    };
    vec![packed.done()]
}

/// The arguments of the script that opens a mailbox, from 3 on: `former` is the one it takes the place of,
/// empty if there is none, and `nodes` are those whose mail goes there. With a fingerprint the
/// rooms are refused to servers with another one.
pub(super) fn open(former: &str, nodes: &[NodeId], fingerprint: Option<[u8; 32]>) -> [Vec<u8>; 3] {
    let nodes = nodes.iter().fold(Pack::default(), |pack, node| pack.u64(node.0));
    let fingerprint = fingerprint.map(Vec::from).unwrap_or_default();
    [former.into(), nodes.done(), fingerprint]
}
