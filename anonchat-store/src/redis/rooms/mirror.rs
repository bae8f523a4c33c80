//! What the scripts of rooms would have sent: the inverse of `decode.rs`, with words as they are.

use anonchat_core::room::{
    Parting, ReportedMessage, RoomAnswer, RoomDetails, RoomEnvelope, RoomEvent, RoomMessage,
    RoomRejection, RoomText, RoomView, SessionView,
};
use redis::Value;

use super::super::malformed::Malformed;
use super::super::pack::Pack;
use super::super::unpack::text;
use super::decode::Reply;
use super::seal::{Opens, Words};

/// Takes words as they are.
pub(in crate::redis) struct Plain;

impl Opens for Plain {
    fn open(&self, _words: Words, sealed: &[u8]) -> Result<RoomText, Malformed> {
        text(sealed).map(|text| RoomText::restored(text.to_owned()))
    }
}

/// The reply to a command.
pub(in crate::redis) fn commit(reply: &Reply) -> Value {
    let commit = &reply.commit;
    let (status, max, learns) = match &commit.outcome {
        Ok(learns) => (0, 0, answer(learns)),
        Err(refusal) => {
            let (code, max) = rejection(*refusal);
            (code, max, Vec::new())
        }
    };
    let mail = reply.mail.map_or(-1, number);
    let head = [status, number(commit.seq), mail, commit.more.into(), number(commit.at.get()), max];
    let mut items: Vec<_> = head.into_iter().map(Value::Int).collect();
    items.push(Value::BulkString(learns));
    items.extend(commit.mail.iter().map(|one| Value::BulkString(envelope(one))));
    Value::Array(items)
}

/// The reply to a query.
pub(in crate::redis) fn view(view: &RoomView) -> Value {
    let (status, numbers, strings) = match view {
        RoomView::Refused(refusal) => (rejection(*refusal).0, Vec::new(), Vec::new()),
        RoomView::Census(census) => {
            let (sessions, bans, rooms) = (census.sessions, census.bans, census.rooms);
            let rest = [census.connections, census.messages, census.reported];
            (0, [&[sessions, bans, rooms], &rest[..]].concat(), Vec::new())
        }
        RoomView::Session(view) => (0, vec![], vec![answer(&RoomAnswer::Session(view.clone()))]),
        RoomView::Rooms(rooms) => {
            (0, vec![], rooms.iter().map(|room| details(Pack::default(), room).done()).collect())
        }
        RoomView::Room(room) => (0, vec![], vec![details(Pack::default(), room).done()]),
        RoomView::Members(members) => {
            let member = |one: &anonchat_core::room::MemberView| {
                let pack = Pack::default().bytes(one.alias.as_bytes());
                words(pack, &one.nickname).flag(one.here).flag(one.owner).flag(one.you).done()
            };
            (0, vec![], members.iter().map(member).collect())
        }
        RoomView::Messages(page) => {
            let numbers = [page.page, page.page_size, page.total_pages].map(u64::from);
            let shown = |one: &anonchat_core::room::MessageView| {
                message(Pack::default(), &one.message).flag(one.mine).done()
            };
            let results = page.results.iter().map(shown).collect();
            (0, [&[page.count], &numbers[..]].concat(), results)
        }
        RoomView::Reports(list) => (0, vec![], list.iter().map(reported).collect()),
    };
    let numbers = numbers.into_iter().map(|one| Value::Int(number(one)));
    let items = std::iter::once(Value::Int(status)).chain(numbers);
    Value::Array(items.chain(strings.into_iter().map(Value::BulkString)).collect())
}

/// The payload of a channel.
pub(in crate::redis) fn batch(number: u64, mail: &[RoomEnvelope]) -> Vec<u8> {
    let pack = Pack::default().u64(number);
    mail.iter().fold(pack, |pack, one| pack.sized(&envelope(one))).done()
}

fn answer(answer: &RoomAnswer) -> Vec<u8> {
    match answer {
        RoomAnswer::Done => Vec::new(),
        RoomAnswer::Session(SessionView { nickname, created, last_active }) => {
            words(Pack::default().u8(1), nickname).instant(*created).instant(*last_active).done()
        }
        RoomAnswer::Room(room) => details(Pack::default().u8(2), room).done(),
        RoomAnswer::Message(said) => message(Pack::default().u8(3), said).done(),
    }
}

fn details(pack: Pack, room: &RoomDetails) -> Pack {
    let pack = words(pack.code(room.code).u64(room.number), &room.name);
    words(pack.bytes(room.owner.as_bytes()), &room.owner_nickname)
        .instant(room.created)
        .u32(room.retention_days)
        .flag(room.max_participants.is_some())
        .u32(room.max_participants.unwrap_or_default())
        .u32(room.members)
        .flag(room.locked)
        .bytes(room.you.as_bytes())
}

fn message(pack: Pack, said: &RoomMessage) -> Pack {
    let pack = pack.u64(said.id.get()).code(said.room).bytes(said.alias.as_bytes());
    words(words(pack, &said.nickname), &said.content).instant(said.at)
}

fn reported(report: &ReportedMessage) -> Vec<u8> {
    let pack = message(Pack::default(), &report.message).flag(report.author.is_some());
    let pack = match &report.author {
        Some(author) => pack.bytes(author.as_bytes()),
        None => pack,
    };
    report.reasons.iter().fold(pack, words).done()
}

fn envelope(one: &RoomEnvelope) -> Vec<u8> {
    let pack = Pack::default().conn(one.conn).code(one.room).u64(one.seq);
    let pack = match &one.event {
        RoomEvent::Attached { room } => details(pack.u8(0), room),
        RoomEvent::Message(said) => message(pack.u8(1), said),
        RoomEvent::Typing { alias, nickname, on } => {
            words(pack.u8(2).bytes(alias.as_bytes()), nickname).flag(*on)
        }
        RoomEvent::Joined { alias, nickname } => {
            words(pack.u8(3).bytes(alias.as_bytes()), nickname)
        }
        RoomEvent::Left { alias, why } => pack.u8(4).bytes(alias.as_bytes()).u8(parting(*why)),
        RoomEvent::Presence { alias, here } => pack.u8(5).bytes(alias.as_bytes()).flag(*here),
        RoomEvent::Owner { alias } => pack.u8(6).bytes(alias.as_bytes()),
        RoomEvent::Locked { locked } => pack.u8(7).flag(*locked),
        RoomEvent::Replaced => pack.u8(8),
        RoomEvent::Removed { why } => pack.u8(9).u8(parting(*why)),
        RoomEvent::Closed => pack.u8(10),
    };
    pack.done()
}

const fn parting(why: Parting) -> u8 {
    match why {
        Parting::Left => 0,
        Parting::Kicked => 1,
        Parting::BannedFromRoom => 2,
        Parting::Banned => 3,
        Parting::SessionOver => 4,
    }
}

fn rejection(refusal: RoomRejection) -> (i64, i64) {
    let (code, max) = match refusal {
        RoomRejection::UnknownSession => (1, 0),
        RoomRejection::TooManySessions { max } => (2, max),
        RoomRejection::TooManyRooms { max } => (3, max),
        RoomRejection::TooManyMemberships { max } => (4, max),
        RoomRejection::RetentionTooLong { max_days } => (5, max_days),
        RoomRejection::NoParticipants => (6, 0),
        RoomRejection::UnknownRoom => (7, 0),
        RoomRejection::NotMember => (8, 0),
        RoomRejection::NotOwner => (9, 0),
        RoomRejection::Full { max } => (10, max),
        RoomRejection::Locked => (11, 0),
        RoomRejection::BannedFromRoom => (12, 0),
        RoomRejection::TooManyBans { max } => (13, max),
        RoomRejection::UnknownMember => (14, 0),
        RoomRejection::Yourself => (15, 0),
        RoomRejection::ConnInUse => (16, 0),
        RoomRejection::NotAttached => (17, 0),
        RoomRejection::UnknownMessage => (18, 0),
        RoomRejection::AlreadyReported => (19, 0),
        RoomRejection::TooManyReports { max } => (20, max),
        RoomRejection::NumbersUsedUp => (21, 0),
        RoomRejection::DiceUsed => (22, 0),
    };
    (code, max.into())
}

fn words(pack: Pack, text: &RoomText) -> Pack {
    pack.sized(text.words().as_bytes())
}

fn number(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
