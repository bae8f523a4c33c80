//! Answers about sessions and rooms.

use std::cmp::Reverse;

use super::Rooms;
use super::command::RoomRejection;
use super::id::{RoomCode, SessionId};
use super::query::{
    MemberView, MessagePage, MessageView, ReportedMessage, RoomCensus, RoomDetails, RoomQuery,
    RoomView,
};
use super::record::{Kept, Room};
use crate::time::UnixMillis;

impl Rooms {
    /// Answers a question as of an instant, or as of the last commit if that was later. Nothing
    /// changes by it. The cost is that of the answer, and of the messages that it looks through.
    pub fn read(&self, at: UnixMillis, query: &RoomQuery) -> RoomView {
        self.answer(at.max(self.clock), query).unwrap_or_else(RoomView::Refused)
    }

    fn answer(&self, at: UnixMillis, query: &RoomQuery) -> Result<RoomView, RoomRejection> {
        Ok(match query {
            RoomQuery::Census => RoomView::Census(self.census()),
            RoomQuery::Session { session } => RoomView::Session(self.view_session(*session, at)?),
            RoomQuery::Mine { session } => {
                let rooms = self.known(*session, at)?.rooms.iter();
                let rooms = rooms.map(|number| self.details(*number, *session));
                RoomView::Rooms(rooms.collect::<Result<_, _>>()?)
            }
            RoomQuery::Room { session, room } => {
                let room = self.look(*session, *room, at)?;
                RoomView::Room(self.details(room.number, *session)?)
            }
            RoomQuery::Members { session, room } => {
                RoomView::Members(members(self.look(*session, *room, at)?, *session))
            }
            RoomQuery::Messages { session, room, page, page_size } => {
                let size = (*page_size).clamp(1, self.policy.rooms.max_page);
                let room = self.look(*session, *room, at)?;
                RoomView::Messages(page_of(room, at, *session, *page, size))
            }
            RoomQuery::Reports { session, room, limit } => {
                let room = self.look(*session, *room, at)?;
                if room.owner != Some(*session) {
                    return Err(RoomRejection::NotOwner);
                }
                RoomView::Reports(reports(room, at, self.at_most(*limit)))
            }
            RoomQuery::AllReports { before, limit } => {
                let ids = self.reported.iter().rev();
                let ids = ids.skip_while(|id| before.is_some_and(|before| **id >= before));
                let kept = ids.filter_map(|id| {
                    let room = self.rooms.get(&id.room())?;
                    Some(&room.messages[room.place_of(*id, at)?])
                });
                let shown = kept.take(self.at_most(*limit));
                RoomView::Reports(shown.map(|kept| reported(kept, Some(kept.author))).collect())
            }
        })
    }

    fn at_most(&self, limit: u32) -> usize {
        limit.min(self.policy.rooms.max_page) as usize
    }

    fn census(&self) -> RoomCensus {
        RoomCensus {
            sessions: self.sessions.len() as u64,
            bans: self.bans,
            rooms: self.rooms.len() as u64,
            connections: self.seats.len() as u64,
            messages: self.messages,
            reported: self.reported.len() as u64,
        }
    }

    /// A room, for one of its members.
    fn look(
        &self,
        session: SessionId,
        code: RoomCode,
        at: UnixMillis,
    ) -> Result<&Room, RoomRejection> {
        self.known(session, at)?;
        Ok(&self.rooms[&self.find_as_member(session, code, at)?])
    }

    /// A room as one of its members sees it.
    pub(super) fn details(
        &self,
        number: u64,
        session: SessionId,
    ) -> Result<RoomDetails, RoomRejection> {
        let room = self.rooms.get(&number).ok_or(RoomRejection::UnknownRoom)?;
        let you = room.member(session).ok_or(RoomRejection::NotMember)?;
        let owner = room.owner.and_then(|owner| room.member(owner)).unwrap_or(you);
        Ok(RoomDetails {
            code: room.code,
            number,
            name: room.name.clone(),
            owner: owner.alias,
            owner_nickname: owner.nickname.clone(),
            created: room.created,
            retention_days: room.retention_days,
            max_participants: room.max_participants,
            members: u32::try_from(room.members.len()).unwrap_or(u32::MAX),
            locked: room.locked,
            you: you.alias,
        })
    }
}

fn members(room: &Room, asking: SessionId) -> Vec<MemberView> {
    let mut members: Vec<_> = room.members.iter().collect();
    members.sort_by_key(|(_, member)| member.joined);
    let view = |(session, member): (&SessionId, &super::record::Member)| MemberView {
        alias: member.alias,
        nickname: member.nickname.clone(),
        here: !member.conns.is_empty(),
        owner: room.owner == Some(*session),
        you: *session == asking,
    };
    members.into_iter().map(view).collect()
}

fn page_of(
    room: &Room,
    at: UnixMillis,
    asking: SessionId,
    page: u32,
    page_size: u32,
) -> MessagePage {
    let seen = room.seen_at(at);
    let count = seen.len() as u64;
    let pages = count.div_ceil(page_size.into()).max(1);
    let total_pages = u32::try_from(pages).unwrap_or(u32::MAX);
    let page = page.clamp(1, total_pages);
    let before = (page as usize - 1) * page_size as usize;
    let results = seen.rev().skip(before).take(page_size as usize);
    let results = results
        .map(|kept| MessageView { message: kept.message.clone(), mine: kept.author == asking });
    MessagePage { results: results.collect(), count, page, page_size, total_pages }
}

fn reports(room: &Room, at: UnixMillis, limit: usize) -> Vec<ReportedMessage> {
    let mut kept: Vec<_> = room.seen_at(at).filter(|kept| !kept.reports.is_empty()).collect();
    kept.sort_by_key(|kept| Reverse((kept.reports.len(), kept.message.id)));
    kept.into_iter().take(limit).map(|kept| reported(kept, None)).collect()
}

fn reported(kept: &Kept, author: Option<SessionId>) -> ReportedMessage {
    let reasons = kept.reports.iter().map(|(_, reason)| reason.clone()).collect();
    ReportedMessage { message: kept.message.clone(), author, reasons }
}
