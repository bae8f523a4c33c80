//! A small language for telling stories about rooms.
#![allow(clippy::needless_pass_by_value, reason = "a story reads better without borrows")]

use std::sync::Arc;

use anonchat_core::room::*;
use anonchat_core::{Conn, NodeId, Policy, UnixMillis};

pub(crate) const SECOND: u64 = 1_000;
pub(crate) const DAY: u64 = 86_400_000;

pub(crate) const ANN: SessionId = SessionId::from_bytes([1; 16]);
pub(crate) const BEN: SessionId = SessionId::from_bytes([2; 16]);
pub(crate) const CLEO: SessionId = SessionId::from_bytes([3; 16]);

/// What was told to which connection.
pub(crate) type Told = Vec<(u64, RoomEvent)>;

pub(crate) struct World {
    pub(crate) rooms: Rooms,
    pub(crate) now: u64,
    made: u64,
    /// The dice that the next command is to have, in place of fresh ones.
    pub(crate) loaded: Option<RoomDice>,
}

/// The default rules, and Ann, Ben and Cleo with their sessions.
pub(crate) fn world() -> World {
    world_with(|_| {})
}

pub(crate) fn world_with(change: impl FnOnce(&mut Policy)) -> World {
    let mut policy = Policy::default();
    change(&mut policy);
    policy.check().expect("a policy within its bounds");
    let rooms = Rooms::new(Arc::new(policy));
    let mut world = World { rooms, now: 1_800_000_000_000, made: 0, loaded: None };
    for (session, name) in [(ANN, "Ann"), (BEN, "Ben"), (CLEO, "Cleo")] {
        world.enter(session, name).expect("new");
    }
    world
}

impl World {
    /// Applies a command and checks every invariant.
    pub(crate) fn commit(&mut self, command: &RoomCommand) -> RoomCommit {
        self.made += 1;
        let mut random = [0; 32];
        // Each character of a code is one of 36, by the remainder of two bytes.
        for (place, two) in random[..16].chunks_exact_mut(2).enumerate() {
            let digit = self.made / 36_u64.pow(place as u32) % 36;
            two.copy_from_slice(&(digit as u16).to_be_bytes());
        }
        random[24..].copy_from_slice(&self.made.to_be_bytes());
        let dice = self.loaded.take().unwrap_or_else(|| RoomDice::from_bytes(random));
        let commit = self.rooms.apply(UnixMillis::new(self.now), dice, command);
        let checked = self.rooms.check(&commit.mail);
        checked.unwrap_or_else(|broken| panic!("{command:?}: {broken}"));
        commit
    }

    pub(crate) fn apply(&mut self, command: RoomCommand) -> Result<Told, RoomRejection> {
        let commit = self.commit(&command);
        let told = commit.mail.into_iter().map(|envelope| (envelope.conn.id, envelope.event));
        commit.outcome.map(|_| told.collect())
    }

    pub(crate) fn wait(&mut self, millis: u64) {
        self.now += millis;
    }

    /// Sweeps until there is nothing more to do, and returns what was told.
    pub(crate) fn sweep(&mut self) -> Told {
        let mut told = Told::new();
        loop {
            let commit = self.commit(&RoomCommand::Sweep);
            told.extend(commit.mail.into_iter().map(|mail| (mail.conn.id, mail.event)));
            if !commit.more {
                return told;
            }
        }
    }

    pub(crate) fn enter(&mut self, session: SessionId, name: &str) -> Result<Told, RoomRejection> {
        self.apply(RoomCommand::OpenSession { session, nickname: text(name) })
    }

    /// A room of Ann's that keeps messages for so many days.
    pub(crate) fn room(&mut self, days: u32) -> RoomCode {
        self.create(ANN, Some(days), None).expect("room for one more").code
    }

    pub(crate) fn create(
        &mut self,
        session: SessionId,
        retention_days: Option<u32>,
        max_participants: Option<u32>,
    ) -> Result<RoomDetails, RoomRejection> {
        let name = text("Tea");
        self.details(RoomCommand::Create { session, name, retention_days, max_participants })
    }

    pub(crate) fn join(
        &mut self,
        session: SessionId,
        room: RoomCode,
    ) -> Result<RoomDetails, RoomRejection> {
        self.details(RoomCommand::Join { session, room })
    }

    fn details(&mut self, command: RoomCommand) -> Result<RoomDetails, RoomRejection> {
        match self.commit(&command).outcome? {
            RoomAnswer::Room(room) => Ok(room),
            other => panic!("{other:?}"),
        }
    }

    /// A connection of somebody's, by number, on the server of that number's hundreds.
    pub(crate) fn attach(
        &mut self,
        session: SessionId,
        room: RoomCode,
        conn: u64,
    ) -> Result<Told, RoomRejection> {
        self.apply(RoomCommand::Attach { session, room, conn: at(conn) })
    }

    pub(crate) fn say(
        &mut self,
        session: SessionId,
        room: RoomCode,
        words: &str,
    ) -> Result<RoomMessage, RoomRejection> {
        let content = text(words);
        match self.commit(&RoomCommand::Post { session, room, content }).outcome? {
            RoomAnswer::Message(message) => Ok(message),
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn report(
        &mut self,
        session: SessionId,
        message: RoomMessageId,
        reason: &str,
    ) -> Result<Told, RoomRejection> {
        self.apply(RoomCommand::Report { session, message, reason: text(reason) })
    }

    pub(crate) fn read(&self, query: &RoomQuery) -> RoomView {
        self.rooms.read(UnixMillis::new(self.now), query)
    }

    /// A page of what was said, or why not.
    pub(crate) fn page(
        &self,
        session: SessionId,
        room: RoomCode,
        page: u32,
        page_size: u32,
    ) -> Result<MessagePage, RoomRejection> {
        match self.read(&RoomQuery::Messages { session, room, page, page_size }) {
            RoomView::Messages(page) => Ok(page),
            RoomView::Refused(why) => Err(why),
            other => panic!("{other:?}"),
        }
    }

    /// What somebody finds on the first page, newest first.
    pub(crate) fn history(&self, session: SessionId, room: RoomCode) -> Vec<String> {
        words(&self.page(session, room, 1, 100).expect("a member"))
    }

    pub(crate) fn members(&self, session: SessionId, room: RoomCode) -> Vec<MemberView> {
        match self.read(&RoomQuery::Members { session, room }) {
            RoomView::Members(members) => members,
            other => panic!("{other:?}"),
        }
    }

    /// What somebody is called in a room.
    pub(crate) fn alias(&self, session: SessionId, room: RoomCode) -> RoomAlias {
        let you = self.members(session, room).into_iter().find(|member| member.you);
        you.expect("a member").alias
    }

    pub(crate) fn census(&self) -> RoomCensus {
        match self.read(&RoomQuery::Census) {
            RoomView::Census(census) => census,
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn is_known(&self, session: SessionId) -> bool {
        self.read(&RoomQuery::Session { session })
            != RoomView::Refused(RoomRejection::UnknownSession)
    }
}

pub(crate) fn text(words: &str) -> RoomText {
    RoomText::restored(words.to_owned())
}

pub(crate) fn at(conn: u64) -> Conn {
    Conn { node: NodeId(conn / 100), id: conn }
}

pub(crate) fn words(page: &MessagePage) -> Vec<String> {
    page.results.iter().map(|view| view.message.content.words().to_owned()).collect()
}
