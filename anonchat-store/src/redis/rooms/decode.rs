//! Replies of the scripts as commits and views.
//!
//! Total: whatever Redis answers is a value or a [`Malformed`], and costs no more memory than a
//! small multiple of what was answered.

use anonchat_core::room::{
    MessagePage, RoomAnswer, RoomCensus, RoomCommit, RoomEnvelope, RoomQuery, RoomRejection,
    RoomView,
};
use redis::Value;

use super::super::decode::{Items, natural};
use super::super::malformed::Malformed;
use super::super::unpack::{Unpack, instant};
use super::encode::SCHEMA;
use super::read::{details, envelope, member, message, message_view, reported, session};
use super::seal::Opens;

/// The most envelopes of one commit: more than the largest room has connections.
pub(in crate::redis) const MAX_ENVELOPES: usize = 1 << 20;
/// The most rooms of one session, members of one room, and messages of one page that a policy can
/// allow.
const MAX_ROOMS: usize = 1_000;
const MAX_MEMBERS: usize = 10_000;
const MAX_PAGE: usize = 1_000;

/// What comes back from a command.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::redis) struct Reply {
    /// What came of it.
    pub(in crate::redis) commit: RoomCommit,
    /// The number of the last batch that went to the caller's mailbox; `None` if Redis does not
    /// know that mailbox (any more).
    pub(in crate::redis) mail: Option<u64>,
}

/// The reply to a command.
pub(in crate::redis) fn commit(seals: &impl Opens, reply: Value) -> Result<Reply, Malformed> {
    let (status, mut rest) = Items::open(reply, SCHEMA)?;
    let seq = rest.number()?;
    let mail = match rest.integer()? {
        -1 => None,
        number => Some(natural(number)?),
    };
    let (more, at, max) = (rest.flag()?, instant(rest.number()?)?, rest.number()?);
    let learns = rest.string()?;
    let envelopes =
        rest.strings(MAX_ENVELOPES, "the mail of a commit", |bytes| envelope(seals, bytes))?;
    rest.end()?;
    let outcome = match (status, max) {
        (0, 0) => Ok(answer(seals, &learns)?),
        (0, _) => return Err(Malformed::Range("what comes with a refusal")),
        _ if !learns.is_empty() || !envelopes.is_empty() => return Err(Malformed::Trailing),
        _ => Err(rejection(status, max)?),
    };
    Ok(Reply { commit: RoomCommit { seq, at, outcome, mail: envelopes, more }, mail })
}

/// The reply to a query.
pub(in crate::redis) fn view(
    seals: &impl Opens,
    query: &RoomQuery,
    reply: Value,
) -> Result<RoomView, Malformed> {
    let (status, mut rest) = Items::open(reply, SCHEMA)?;
    if status != 0 {
        rest.end()?;
        return rejection(status, 0).map(RoomView::Refused);
    }
    let view = match query {
        RoomQuery::Census => RoomView::Census(RoomCensus {
            sessions: rest.number()?,
            bans: rest.number()?,
            rooms: rest.number()?,
            connections: rest.number()?,
            messages: rest.number()?,
            reported: rest.number()?,
        }),
        RoomQuery::Session { .. } => match answer(seals, &rest.string()?)? {
            RoomAnswer::Session(session) => RoomView::Session(session),
            _ => return Err(Malformed::Range("an answer")),
        },
        RoomQuery::Mine { .. } => {
            let rooms = |bytes: &[u8]| whole(bytes, |rest| details(seals, rest));
            RoomView::Rooms(rest.strings(MAX_ROOMS, "a list of rooms", rooms)?)
        }
        RoomQuery::Room { .. } => {
            RoomView::Room(whole(&rest.string()?, |rest| details(seals, rest))?)
        }
        RoomQuery::Members { .. } => {
            let members = |bytes: &[u8]| whole(bytes, |rest| member(seals, rest));
            RoomView::Members(rest.strings(MAX_MEMBERS, "a list of members", members)?)
        }
        RoomQuery::Messages { .. } => {
            let count = rest.number()?;
            let mut number = || -> Result<u32, Malformed> {
                u32::try_from(rest.number()?).map_err(|_| Malformed::Range("a page"))
            };
            let (page, page_size, total_pages) = (number()?, number()?, number()?);
            let read = |bytes: &[u8]| whole(bytes, |rest| message_view(seals, rest));
            let results = rest.strings(MAX_PAGE, "a page of messages", read)?;
            RoomView::Messages(MessagePage { results, count, page, page_size, total_pages })
        }
        RoomQuery::Reports { .. } | RoomQuery::AllReports { .. } => {
            let read = |bytes: &[u8]| whole(bytes, |rest| reported(seals, rest));
            RoomView::Reports(rest.strings(MAX_PAGE, "a list of reports", read)?)
        }
    };
    rest.end()?;
    Ok(view)
}

/// The reply to the opening of a mailbox: the number of the last batch in it.
pub(in crate::redis) fn opened(reply: Value) -> Result<u64, Malformed> {
    let mut rest = Items::answer(reply, SCHEMA)?;
    let number = rest.number()?;
    rest.end()?;
    Ok(number)
}

/// What came through the channel of a mailbox: the number of the batch, which are counted from 1
/// without holes, and the mail of one commit.
pub(in crate::redis) fn batch(
    seals: &impl Opens,
    payload: &[u8],
) -> Result<(u64, Vec<RoomEnvelope>), Malformed> {
    let mut rest = Unpack::new(payload);
    let number = rest.u64()?;
    let mut envelopes = Vec::new();
    while !rest.is_empty() {
        if envelopes.len() == MAX_ENVELOPES {
            return Err(Malformed::TooLong("the mail of a commit"));
        }
        envelopes.push(envelope(seals, rest.sized()?)?);
    }
    Ok((number, envelopes))
}

fn answer(seals: &impl Opens, bytes: &[u8]) -> Result<RoomAnswer, Malformed> {
    let Some((kind, bytes)) = bytes.split_first() else { return Ok(RoomAnswer::Done) };
    Ok(match kind {
        1 => RoomAnswer::Session(whole(bytes, |rest| session(seals, rest))?),
        2 => RoomAnswer::Room(whole(bytes, |rest| details(seals, rest))?),
        3 => RoomAnswer::Message(whole(bytes, |rest| message(seals, rest))?),
        _ => return Err(Malformed::Range("an answer")),
    })
}

/// Something, with nothing behind it.
fn whole<T>(
    bytes: &[u8],
    read: impl FnOnce(&mut Unpack<'_>) -> Result<T, Malformed>,
) -> Result<T, Malformed> {
    let mut rest = Unpack::new(bytes);
    let read = read(&mut rest)?;
    rest.end()?;
    Ok(read)
}

/// A refusal by its number and what comes with it; what does not come with it is 0.
fn rejection(code: u64, max: u64) -> Result<RoomRejection, Malformed> {
    let wrong = Malformed::Range("what comes with a refusal");
    let most = u32::try_from(max).map_err(|_| wrong)?;
    let plain = |rejection| if max == 0 { Ok(rejection) } else { Err(wrong) };
    match code {
        1 => plain(RoomRejection::UnknownSession),
        2 => Ok(RoomRejection::TooManySessions { max: most }),
        3 => Ok(RoomRejection::TooManyRooms { max: most }),
        4 => Ok(RoomRejection::TooManyMemberships { max: most }),
        5 => Ok(RoomRejection::RetentionTooLong { max_days: most }),
        6 => plain(RoomRejection::NoParticipants),
        7 => plain(RoomRejection::UnknownRoom),
        8 => plain(RoomRejection::NotMember),
        9 => plain(RoomRejection::NotOwner),
        10 => Ok(RoomRejection::Full { max: most }),
        11 => plain(RoomRejection::Locked),
        12 => plain(RoomRejection::BannedFromRoom),
        13 => Ok(RoomRejection::TooManyBans { max: most }),
        14 => plain(RoomRejection::UnknownMember),
        15 => plain(RoomRejection::Yourself),
        16 => plain(RoomRejection::ConnInUse),
        17 => plain(RoomRejection::NotAttached),
        18 => plain(RoomRejection::UnknownMessage),
        19 => plain(RoomRejection::AlreadyReported),
        20 => Ok(RoomRejection::TooManyReports { max: most }),
        21 => plain(RoomRejection::NumbersUsedUp),
        22 => plain(RoomRejection::DiceUsed),
        _ => Err(Malformed::Range("the number of a refusal")),
    }
}
