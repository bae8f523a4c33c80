//! Generated histories of rooms.

use arbitrary::{Result, Unstructured};

use super::{noise, take};
use crate::id::{Conn, NodeId};
use crate::policy::Policy;
use crate::room::{
    RoomAlias, RoomAnswer, RoomCode, RoomCommand, RoomCommit, RoomDice, RoomMessageId, RoomQuery,
    RoomRejection, RoomText, RoomView, Rooms, SessionId, Target,
};
use crate::time::UnixMillis;

/// A small policy, and commands to rooms with their instants and dice. Like [`Run`](super::Run),
/// it is decoded from plain bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoomRun {
    /// The rules.
    pub policy: Policy,
    /// What happens, in order. The instants may run back now and then.
    pub steps: Vec<RoomStep>,
}

/// The arguments of one [`Rooms::apply`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoomStep {
    /// When.
    pub at: UnixMillis,
    /// With which randomness.
    pub dice: RoomDice,
    /// What.
    pub command: RoomCommand,
}

impl RoomRun {
    /// Bytes that decide the policy.
    pub const HEADER: usize = 24;
    /// Bytes that decide one step.
    pub const STEP: usize = 24;
    /// Steps beyond this number are not decoded.
    pub const MAX_STEPS: usize = 512;
    /// The sessions that occur.
    pub const SESSIONS: u8 = 5;
    /// The nodes that occur, numbered from 1.
    pub const NODES: u64 = 3;

    /// Decodes any bytes. Missing ones count as zero.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        Self::decode(&mut Unstructured::new(bytes))
            .unwrap_or_else(|_| Self { policy: Policy::default(), steps: Vec::new() })
    }

    /// A run of `steps` steps out of a number, by a generator that never changes.
    pub fn from_seed(seed: u64, steps: usize) -> Self {
        Self::from_bytes(&noise(seed, Self::HEADER + steps * Self::STEP))
    }

    /// The sessions that occur.
    pub fn sessions() -> impl Iterator<Item = SessionId> {
        (1..=Self::SESSIONS).map(session)
    }

    /// The codes that occur, in full length.
    pub fn codes() -> impl Iterator<Item = RoomCode> {
        (0..CODES).map(code)
    }

    /// The nodes that occur.
    pub fn nodes() -> impl Iterator<Item = NodeId> {
        (1..=Self::NODES).map(NodeId)
    }

    /// Everything that anybody in a run may ask.
    pub fn queries(policy: &Policy) -> Vec<RoomQuery> {
        let limit = 3;
        let mut queries = vec![
            RoomQuery::Census,
            RoomQuery::AllReports { before: None, limit },
            RoomQuery::AllReports { before: RoomMessageId::of(3, 2), limit: 1 },
        ];
        for session in Self::sessions() {
            queries.push(RoomQuery::Session { session });
            queries.push(RoomQuery::Mine { session });
            for room in Self::codes() {
                let room = room.prefix(policy.rooms.code_chars as usize);
                queries.push(RoomQuery::Room { session, room });
                queries.push(RoomQuery::Members { session, room });
                queries.push(RoomQuery::Reports { session, room, limit });
                for (page, page_size) in [(1, 100), (2, 1), (9, 2)] {
                    queries.push(RoomQuery::Messages { session, room, page, page_size });
                }
            }
        }
        queries
    }

    /// Plays the run and checks after every step that every invariant of the rooms holds, that
    /// `seq` has no hole, that a rejected command has changed nothing but `seq` and the clock, and that
    /// whatever can be asked is answered.
    ///
    /// # Panics
    ///
    /// If something does not hold.
    pub fn exercise(&self) {
        let mut rooms = Rooms::new(self.policy.clone().into());
        for (seq, step) in (1..).zip(&self.steps) {
            let before = rooms.clone();
            let commit = step.apply(&mut rooms);
            assert_eq!(commit.seq, seq, "{step:?}");
            rooms.check(&commit.mail).unwrap_or_else(|broken| panic!("{step:?}: {broken}"));
            if commit.outcome.is_err() {
                let mut refused = before;
                // The clock and the count go on, by a question that changes nothing else.
                let nothing = RoomCommand::Detach { conn: Conn { node: NodeId(0), id: 0 } };
                refused.apply(step.at, step.dice, &nothing);
                assert_eq!(refused, rooms, "{step:?} was refused and changed something");
            }
        }
        for query in Self::queries(&self.policy) {
            let at = self.steps.last().map_or(UnixMillis::default(), |step| step.at);
            let _: RoomView = rooms.read(at, &query);
        }
    }

    /// Plays the run on new rooms, shows each step with its commit, and returns the rooms.
    pub fn play(&self, mut each: impl FnMut(&Rooms, &RoomStep, &RoomCommit)) -> Rooms {
        let mut rooms = Rooms::new(self.policy.clone().into());
        for step in &self.steps {
            let commit = step.apply(&mut rooms);
            each(&rooms, step, &commit);
        }
        rooms
    }

    fn decode(u: &mut Unstructured<'_>) -> Result<Self> {
        let policy = policy(&mut Unstructured::new(take(u, Self::HEADER)?))?;
        let mut maker = Maker {
            rooms: Rooms::new(policy.clone().into()),
            now: UnixMillis::new(1_800_000_000_000),
            made: 0,
            aliases: vec![alias(0)],
            messages: RoomMessageId::of(1, 1).into_iter().collect(),
        };
        let mut steps = Vec::new();
        while !u.is_empty() && steps.len() < Self::MAX_STEPS {
            steps.push(maker.next(&mut Unstructured::new(take(u, Self::STEP)?))?);
        }
        Ok(Self { policy, steps })
    }
}

impl RoomStep {
    /// Applies the step to rooms.
    pub fn apply(&self, rooms: &mut Rooms) -> RoomCommit {
        rooms.apply(self.at, self.dice, &self.command)
    }
}

const CODES: u8 = 4;

fn session(number: u8) -> SessionId {
    SessionId::from_bytes(u128::from(number).to_be_bytes())
}

fn alias(number: u32) -> RoomAlias {
    RoomAlias::from_bytes(u128::from(number).to_be_bytes())
}

fn code(number: u8) -> RoomCode {
    RoomCode::draw([number; 16])
}

fn policy(u: &mut Unstructured<'_>) -> Result<Policy> {
    let mut policy = Policy::default();
    let mut pick = |choices: &[u32]| u.choose(choices).copied();
    let rooms = &mut policy.rooms;
    rooms.session_life_s = pick(&[5, 100_000, 200_000, 400_000])?;
    rooms.max_sessions = pick(&[4, 10, 10, 10])?;
    rooms.max_rooms = pick(&[2, 3, 3, 10])?;
    rooms.max_rooms_per_session = pick(&[1, 2, 2, 10])?;
    rooms.code_chars = pick(&[6, 7, 8])?;
    rooms.room_life_s = pick(&[0, 2, 90_000, 400_000])?;
    rooms.max_members = pick(&[2, 3, 10, 10])?;
    rooms.max_connections = pick(&[1, 1, 2, 3])?;
    rooms.max_room_bans = pick(&[1, 1, 2])?;
    rooms.max_messages = pick(&[1, 3, 10, 10])?;
    rooms.max_reports = pick(&[1, 1, 2])?;
    rooms.max_page = pick(&[1, 2, 10])?;
    rooms.retention_days_default = pick(&[0, 1, 2])?;
    policy.connection.lease_s = pick(&[1, 2, 600, 600])?;
    Ok(policy)
}

/// Makes steps, with rooms of its own so that it knows what there is to ask for.
struct Maker {
    rooms: Rooms,
    now: UnixMillis,
    made: u32,
    aliases: Vec<RoomAlias>,
    messages: Vec<RoomMessageId>,
}

impl Maker {
    fn next(&mut self, u: &mut Unstructured<'_>) -> Result<RoomStep> {
        self.made += 1;
        let command = self.command(u)?;
        let due = self.rooms.due_at(u.int_in_range(0..=3)?);
        let at = match u.int_in_range(0..=127)? {
            0..=79 => self.now,
            80..=107 => self.now.after(1),
            108..=111 => self.now.after(1_000),
            112..=117 => due.unwrap_or(self.now).max(self.now),
            118..=120 => UnixMillis::new(due.unwrap_or(self.now).get() - 1).max(self.now),
            121..=123 => due.unwrap_or(self.now).max(self.now).after(1),
            _ => UnixMillis::new(self.now.get() - 1),
        };
        self.now = self.now.max(at);
        let drawn = if u.ratio(1, 12)? { *u.choose(&self.aliases)? } else { alias(self.made) };
        let dice = RoomDice { code: code(u.int_in_range(0..=CODES - 1)?), alias: drawn };
        let step = RoomStep { at, dice, command };
        let commit = step.apply(&mut self.rooms);
        match commit.outcome {
            Ok(RoomAnswer::Room(room)) => self.aliases.push(room.you),
            Ok(RoomAnswer::Message(message)) => self.messages.push(message.id),
            _ => {}
        }
        Ok(step)
    }

    fn command(&self, u: &mut Unstructured<'_>) -> Result<RoomCommand> {
        let mut session = session(u.int_in_range(1..=RoomRun::SESSIONS)?);
        let kind = u.int_in_range(0..=63)?;
        let known = self.rooms.read(self.now, &RoomQuery::Session { session });
        if kind > 1 && known == RoomView::Refused(RoomRejection::UnknownSession) && u.ratio(3, 4)? {
            return Ok(match u.int_in_range(0..=3)? {
                0 => RoomCommand::LiftSession { lifted: session },
                1..=2 => RoomCommand::Sweep,
                _ => RoomCommand::OpenSession { session, nickname: self.text("nickname") },
            });
        }
        let chars = self.rooms.policy().rooms.code_chars as usize;
        let mut room = code(u.int_in_range(0..=CODES - 1)?).prefix(chars);
        // Mostly a room that is there; where that is needed, one of its members or its owner.
        let owner = (43..=52).contains(&kind) && u.ratio(3, 4)?;
        let place = if owner { 0 } else { u.int_in_range(1..=5)? };
        let there = self.rooms.some_room(u.int_in_range(0..=3)?, place);
        if there.is_none() && kind > 6 && u.ratio(3, 4)? {
            let (retention_days, max_participants) = (Some(1), None);
            let name = self.text("name");
            return Ok(RoomCommand::Create { session, name, retention_days, max_participants });
        }
        if let Some((code, member)) = there.filter(|_| kind > 6) {
            room = if u.ratio(7, 8)? { code } else { room };
            session = if kind > 20 && u.ratio(3, 4)? { member } else { session };
        }
        Ok(match kind {
            0..=1 => RoomCommand::OpenSession { session, nickname: self.text("nickname") },
            2..=6 => RoomCommand::Create {
                session,
                name: self.text("name"),
                retention_days: *u.choose(&[None, None, Some(0), Some(1), Some(1), Some(366)])?,
                max_participants: *u.choose(&[None, None, Some(0), Some(1), Some(2), Some(3)])?,
            },
            7..=20 => RoomCommand::Join { session, room },
            21..=29 => RoomCommand::Attach { session, room, conn: conn(u)? },
            30..=36 => RoomCommand::Post { session, room, content: self.text("words") },
            37..=42 => {
                let recent = &self.messages[self.messages.len().saturating_sub(3)..];
                let message = *u.choose(recent)?;
                RoomCommand::Report { session, message, reason: self.text("reason") }
            }
            43..=45 => RoomCommand::Kick { session, room, target: self.target(u, session, room)? },
            46..=48 | 50 => {
                RoomCommand::Ban { session, room, target: self.target(u, session, room)? }
            }
            49 => RoomCommand::HandOver { session, room, target: self.target(u, session, room)? },
            51 => RoomCommand::Lock { session, room, locked: u.ratio(1, 2)? },
            52 if u.ratio(1, 2)? => RoomCommand::Close { session, room },
            53 => match u.int_in_range(0..=2)? {
                0 => RoomCommand::CloseByModerator { room },
                _ => RoomCommand::EndSession { session },
            },
            54 if u.ratio(1, 2)? => RoomCommand::BanSession { banned: session },
            55 => RoomCommand::LiftSession { lifted: session },
            52 | 54 | 56 => RoomCommand::Leave { session, room },
            57 => RoomCommand::Touch { session },
            58 | 61 => RoomCommand::Typing { session, room, on: u.ratio(1, 2)? },
            59 | 62 => RoomCommand::Detach { conn: conn(u)? },
            60 => RoomCommand::Renew { node: NodeId(u.int_in_range(1..=RoomRun::NODES)?) },
            // Seldom, for it takes a history back to its beginning.
            63 if u.ratio(1, 10)? => RoomCommand::Reset,
            _ => RoomCommand::Sweep,
        })
    }

    /// Mostly somebody who is there.
    fn target(
        &self,
        u: &mut Unstructured<'_>,
        session: SessionId,
        room: RoomCode,
    ) -> Result<Target> {
        let members = match self.rooms.read(self.now, &RoomQuery::Members { session, room }) {
            RoomView::Members(members) => members,
            _ => Vec::new(),
        };
        Ok(match u.int_in_range(0..=5)? {
            0..=2 if !members.is_empty() => Target::Alias(u.choose(&members)?.alias),
            0..=3 => Target::Alias(*u.choose(&self.aliases)?),
            _ => Target::Session(self::session(u.int_in_range(1..=RoomRun::SESSIONS)?)),
        })
    }

    /// Words that are told apart by their number.
    fn text(&self, kind: &str) -> RoomText {
        RoomText::restored(format!("{kind} {}", self.made))
    }
}

fn conn(u: &mut Unstructured<'_>) -> Result<Conn> {
    let node = NodeId(u.int_in_range(1..=RoomRun::NODES)?);
    Ok(Conn { node, id: u.int_in_range(1..=3)? })
}
