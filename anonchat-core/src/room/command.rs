//! What can be asked of the rooms, and what comes of it.

use super::event::RoomEnvelope;
use super::id::{RoomAlias, RoomCode, RoomMessageId, SessionId};
use super::query::{RoomDetails, RoomMessage, SessionView};
use super::text::RoomText;
use crate::id::{Conn, NodeId};
use crate::time::UnixMillis;

/// A request to change sessions or rooms.
///
/// Those that name a session as `session` are its own requests: accepted, they count as its
/// activity. One that is expired, ended or banned is refused with
/// [`RoomRejection::UnknownSession`] before anything else is looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RoomCommand {
    /// A new session. Answered by [`RoomAnswer::Session`].
    OpenSession {
        /// The keyed hash of its fresh token.
        session: SessionId,
        /// What its person is called.
        nickname: RoomText,
    },
    /// The session was used, for a question for instance. Answered by [`RoomAnswer::Session`].
    Touch {
        /// The session.
        session: SessionId,
    },
    /// The session is over, and with it every membership.
    EndSession {
        /// The session.
        session: SessionId,
    },
    /// A new room, of which the session is owner and member. Answered by [`RoomAnswer::Room`].
    Create {
        /// Whose it is.
        session: SessionId,
        /// What it is called.
        name: RoomText,
        /// Days for which messages are kept, 0 to [`RoomCommand::MAX_RETENTION_DAYS`]; `None`
        /// takes the policy's. It never changes.
        retention_days: Option<u32>,
        /// Members that the room may have, at least 1; `None` means as many as the policy allows.
        max_participants: Option<u32>,
    },
    /// Become a member; a member stays one. Answered by [`RoomAnswer::Room`].
    Join {
        /// Who joins.
        session: SessionId,
        /// Which room.
        room: RoomCode,
    },
    /// Be a member no more.
    Leave {
        /// Who leaves.
        session: SessionId,
        /// Which room.
        room: RoomCode,
    },
    /// A member's connection listens to a room. Doing it again tells it the truth again.
    Attach {
        /// Who listens.
        session: SessionId,
        /// To which room.
        room: RoomCode,
        /// By which connection.
        conn: Conn,
    },
    /// A connection is gone. The membership stays.
    Detach {
        /// The connection.
        conn: Conn,
    },
    /// Say something to a room. Answered by [`RoomAnswer::Message`].
    Post {
        /// Who says it.
        session: SessionId,
        /// In which room.
        room: RoomCode,
        /// What.
        content: RoomText,
    },
    /// Somebody types, or no longer does. Told to the other members and kept nowhere.
    Typing {
        /// Who.
        session: SessionId,
        /// In which room.
        room: RoomCode,
        /// Whether they type.
        on: bool,
    },
    /// Report a message that is kept, once a session.
    Report {
        /// Who reports.
        session: SessionId,
        /// What.
        message: RoomMessageId,
        /// Why.
        reason: RoomText,
    },
    /// The owner takes a membership away. That person may join again.
    Kick {
        /// The owner.
        session: SessionId,
        /// The room.
        room: RoomCode,
        /// Who has to go.
        target: Target,
    },
    /// The owner takes a membership away, and that session may not join again. By a session it
    /// also holds for one that is no member.
    Ban {
        /// The owner.
        session: SessionId,
        /// The room.
        room: RoomCode,
        /// Who has to go.
        target: Target,
    },
    /// The owner decides whether anybody new may join.
    Lock {
        /// The owner.
        session: SessionId,
        /// The room.
        room: RoomCode,
        /// Whether nobody may.
        locked: bool,
    },
    /// The owner makes another member the owner.
    HandOver {
        /// The owner.
        session: SessionId,
        /// The room.
        room: RoomCode,
        /// The next owner.
        target: Target,
    },
    /// The owner ends the room and everything in it.
    Close {
        /// The owner.
        session: SessionId,
        /// The room.
        room: RoomCode,
    },
    /// A moderator ends the room and everything in it.
    CloseByModerator {
        /// The room.
        room: RoomCode,
    },
    /// A moderator bans a session: it loses every membership and connection and is unknown until
    /// it is lifted. A ban is forgotten together with its session, which nobody can bring back.
    BanSession {
        /// The session that is banned.
        banned: SessionId,
    },
    /// A moderator lifts the ban of a session, which comes back without memberships.
    LiftSession {
        /// The session.
        lifted: SessionId,
    },
    /// A server is alive.
    Renew {
        /// The server.
        node: NodeId,
    },
    /// Carry out what time alone brings about, in bounded portions: see [`RoomCommit::more`].
    Sweep,
    /// A moderator forgets every session and room: all connections that listen are told that
    /// their room is over, in their order. Numbers of rooms and `seq` go on rising, so that no
    /// message is ever called like one before, and servers stay alive.
    Reset,
}

/// Whom an owner means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Target {
    /// A member, by what they are called in the room.
    Alias(RoomAlias),
    /// A session, by its token, which the door has hashed.
    Session(SessionId),
}

/// The randomness of one command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RoomDice {
    /// Eight characters, of which a new room takes as many as the policy says.
    pub code: RoomCode,
    /// What a new member is called.
    pub alias: RoomAlias,
}

/// What came of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoomCommit {
    /// The number of the commit, counted from 1, rejected commands included.
    pub seq: u64,
    /// The instant that counted: the command's, or that of an earlier commit if that was later.
    pub at: UnixMillis,
    /// What the caller learns, or the rule that refused.
    pub outcome: Result<RoomAnswer, RoomRejection>,
    /// The facts to deliver, in order. A refusal tells nobody anything.
    pub mail: Vec<RoomEnvelope>,
    /// After [`RoomCommand::Sweep`]: there was more to do than one sweep takes; sweep again.
    pub more: bool,
}

/// What the caller of a command learns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RoomAnswer {
    /// It was done.
    Done,
    /// The session.
    Session(SessionView),
    /// The room.
    Room(RoomDetails),
    /// The message.
    Message(RoomMessage),
}

/// The rules say no. A rejected command has changed nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RoomRejection {
    /// There is no such session: it never was, is expired, ended or banned.
    UnknownSession,
    /// The deployment holds as many sessions as it may.
    TooManySessions {
        /// How many that is.
        max: u32,
    },
    /// The deployment holds as many rooms as it may.
    TooManyRooms {
        /// How many that is.
        max: u32,
    },
    /// The session is a member of as many rooms as it may be.
    TooManyMemberships {
        /// How many that is.
        max: u32,
    },
    /// The retention is longer than it may be.
    RetentionTooLong {
        /// The most days.
        max_days: u32,
    },
    /// The room would be for nobody.
    NoParticipants,
    /// There is no such room, or none any more.
    UnknownRoom,
    /// The session is no member of the room.
    NotMember,
    /// The session is not the owner of the room.
    NotOwner,
    /// The room has as many members as it may have.
    Full {
        /// How many that is.
        max: u32,
    },
    /// The room is locked.
    Locked,
    /// The session is banned from the room.
    BannedFromRoom,
    /// The room holds as many bans as it may.
    TooManyBans {
        /// How many that is.
        max: u32,
    },
    /// Nobody in the room is called so; or, by session, there is no such member or session.
    UnknownMember,
    /// Owners do not kick, ban or succeed themselves.
    Yourself,
    /// The connection listens to another room or for another session.
    ConnInUse,
    /// The connection listens to no room: it never did, or its member went, or its server was
    /// taken for dead.
    NotAttached,
    /// There is no such message, or its time is over, or nothing was kept.
    UnknownMessage,
    /// The session has reported the message already.
    AlreadyReported,
    /// The message has as many reports as are kept.
    TooManyReports {
        /// How many that is.
        max: u32,
    },
    /// The deployment has given out every number of a room, or the room every number of a message.
    NumbersUsedUp,
    /// The session, the code or the alias that was drawn is in use; the caller rolls again.
    DiceUsed,
}

impl RoomCommand {
    /// The longest retention.
    pub const MAX_RETENTION_DAYS: u32 = 365;
}

impl RoomDice {
    /// The dice of 32 random bytes.
    pub fn from_bytes(random: [u8; 32]) -> Self {
        let (mut code, mut alias) = ([0; 16], [0; 16]);
        code.copy_from_slice(&random[..16]);
        alias.copy_from_slice(&random[16..]);
        Self { code: RoomCode::draw(code), alias: RoomAlias::from_bytes(alias) }
    }
}
