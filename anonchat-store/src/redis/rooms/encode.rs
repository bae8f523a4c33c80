//! Commands and queries as the arguments of their scripts: a header, the caller's mailbox, what
//! the command names in one packed string, and its text, sealed.

use anonchat_core::room::{
    RoomCode, RoomCommand, RoomDice, RoomMessageId, RoomQuery, SessionId, Target,
};
use anonchat_core::{NodeId, Policy, UnixMillis};

use super::super::pack::Pack;
use super::seal::{Seals, Words};

/// The version of the keys, arguments and replies of rooms. It changes with any of them.
pub(in crate::redis) const SCHEMA: u32 = 1;

/// What every script is told.
#[derive(Clone, Copy)]
pub(super) struct Call<'a> {
    /// The rules.
    pub(super) policy: &'a Policy,
    /// The instant of the call.
    pub(super) at: UnixMillis,
    /// The randomness of the command.
    pub(super) dice: RoomDice,
    /// The channel of the caller's mail, empty if it has none.
    pub(super) mailbox: &'a str,
    /// Whether mail is published to the shard of the rooms only.
    pub(super) sharded: bool,
    /// Whether the node of the command is open at the caller, whose mailbox it gets.
    pub(super) registers: bool,
}

impl Call<'_> {
    fn header(&self) -> Vec<u8> {
        let rooms = &self.policy.rooms;
        let code = self.dice.code.prefix(rooms.code_chars as usize);
        Pack::default()
            .u32(SCHEMA)
            .instant(self.at)
            .code(code)
            .bytes(self.dice.alias.as_bytes())
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
            .u32(self.policy.connection.lease_s)
            .flag(self.sharded)
            .flag(self.registers)
            .done()
    }

    fn arguments<const N: usize>(&self, rest: [Vec<u8>; N]) -> Vec<Vec<u8>> {
        let mut arguments = Vec::with_capacity(2 + N);
        arguments.push(self.header());
        arguments.push(self.mailbox.into());
        arguments.extend(rest);
        arguments
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

fn request(session: SessionId, room: RoomCode) -> Pack {
    Pack::default().session(session).code(room)
}

/// The arguments of a command's script.
pub(super) fn command(call: &Call<'_>, seals: &Seals, command: &RoomCommand) -> Vec<Vec<u8>> {
    let seal = |words, text| seals.seal(words, &call.dice, text);
    let packed = match command {
        RoomCommand::OpenSession { session, nickname } => {
            let packed = Pack::default().session(*session).done();
            return call.arguments([packed, seal(Words::Nickname, nickname)]);
        }
        RoomCommand::Create { session, name, retention_days, max_participants } => {
            let packed = Pack::default().session(*session);
            let packed = packed.maybe(*retention_days).maybe(*max_participants).done();
            return call.arguments([packed, seal(Words::Name, name)]);
        }
        RoomCommand::Post { session, room, content } => {
            let packed = request(*session, *room).done();
            return call.arguments([packed, seal(Words::Content, content)]);
        }
        RoomCommand::Report { session, message, reason } => {
            let packed = Pack::default().session(*session).message_name(*message).done();
            return call.arguments([packed, seal(Words::Reason, reason)]);
        }
        RoomCommand::Touch { session }
        | RoomCommand::EndSession { session }
        | RoomCommand::BanSession { banned: session }
        | RoomCommand::LiftSession { lifted: session } => Pack::default().session(*session),
        RoomCommand::Join { session, room }
        | RoomCommand::Leave { session, room }
        | RoomCommand::Close { session, room } => request(*session, *room),
        RoomCommand::Attach { session, room, conn } => request(*session, *room).conn(*conn),
        RoomCommand::Detach { conn } => Pack::default().conn(*conn),
        RoomCommand::Typing { session, room, on } => request(*session, *room).flag(*on),
        RoomCommand::Lock { session, room, locked } => request(*session, *room).flag(*locked),
        RoomCommand::Kick { session, room, target }
        | RoomCommand::Ban { session, room, target }
        | RoomCommand::HandOver { session, room, target } => {
            request(*session, *room).target(*target)
        }
        RoomCommand::CloseByModerator { room } => Pack::default().code(*room),
        RoomCommand::Renew { node } => Pack::default().u64(node.0),
        RoomCommand::Sweep | RoomCommand::Reset => Pack::default(),
    };
    call.arguments([packed.done()])
}

/// The arguments of a query's script.
pub(super) fn query(call: &Call<'_>, query: &RoomQuery) -> Vec<Vec<u8>> {
    let max_page = call.policy.rooms.max_page;
    let packed = match query {
        RoomQuery::Census => Pack::default(),
        RoomQuery::Session { session } | RoomQuery::Mine { session } => {
            Pack::default().session(*session)
        }
        RoomQuery::Room { session, room } | RoomQuery::Members { session, room } => {
            request(*session, *room)
        }
        RoomQuery::Messages { session, room, page, page_size } => {
            request(*session, *room).u32(*page).u32((*page_size).clamp(1, max_page))
        }
        RoomQuery::Reports { session, room, limit } => {
            request(*session, *room).u32((*limit).min(max_page))
        }
        RoomQuery::AllReports { before, limit } => {
            let packed = Pack::default().u32((*limit).min(max_page));
            match before {
                Some(id) => packed.message_name(*id),
                None => packed,
            }
        }
    };
    call.arguments([packed.done()])
}

/// The arguments of the script that opens a mailbox: `former` is the one it takes the place of,
/// empty if there is none, and `nodes` are those whose mail goes there. With a fingerprint the
/// rooms are refused to servers with another one.
pub(super) fn open(
    call: &Call<'_>,
    former: &str,
    nodes: &[NodeId],
    fingerprint: Option<[u8; 32]>,
) -> Vec<Vec<u8>> {
    let nodes = nodes.iter().fold(Pack::default(), |pack, node| pack.u64(node.0));
    let fingerprint = fingerprint.map(Vec::from).unwrap_or_default();
    call.arguments([former.into(), nodes.done(), fingerprint])
}
