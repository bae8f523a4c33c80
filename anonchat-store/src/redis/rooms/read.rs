//! What the scripts pack about sessions, rooms and messages, in replies and in mail alike.

use anonchat_core::room::{
    MemberView, MessageView, Parting, ReportedMessage, RoomAlias, RoomCode, RoomDetails,
    RoomEnvelope, RoomEvent, RoomMessage, RoomMessageId, RoomText, SessionId, SessionView,
};

use super::super::malformed::Malformed;
use super::super::unpack::Unpack;
use super::seal::{Opens, Words};

type Read<T> = Result<T, Malformed>;

/// The most reports of one message that a policy can allow.
const MAX_REPORTS: usize = 10_000;

pub(super) fn session(seals: &impl Opens, rest: &mut Unpack<'_>) -> Read<SessionView> {
    let nickname = words(seals, Words::Nickname, rest)?;
    Ok(SessionView { nickname, created: rest.instant()?, last_active: rest.instant()? })
}

pub(super) fn details(seals: &impl Opens, rest: &mut Unpack<'_>) -> Read<RoomDetails> {
    let (code, number) = (code(rest)?, rest.u64()?);
    if !(1..=RoomMessageId::MAX_ROOM).contains(&number) {
        return Err(Malformed::Range("the number of a room"));
    }
    Ok(RoomDetails {
        code,
        number,
        name: words(seals, Words::Name, rest)?,
        owner: alias(rest)?,
        owner_nickname: words(seals, Words::Nickname, rest)?,
        created: rest.instant()?,
        retention_days: rest.u32()?,
        max_participants: match (rest.flag()?, rest.u32()?) {
            (true, max) => Some(max),
            (false, 0) => None,
            (false, _) => return Err(Malformed::Range("a limit of participants")),
        },
        members: rest.u32()?,
        locked: rest.flag()?,
        you: alias(rest)?,
    })
}

pub(super) fn member(seals: &impl Opens, rest: &mut Unpack<'_>) -> Read<MemberView> {
    Ok(MemberView {
        alias: alias(rest)?,
        nickname: words(seals, Words::Nickname, rest)?,
        here: rest.flag()?,
        owner: rest.flag()?,
        you: rest.flag()?,
    })
}

pub(super) fn message(seals: &impl Opens, rest: &mut Unpack<'_>) -> Read<RoomMessage> {
    let id = RoomMessageId::new(rest.u64()?).ok_or(Malformed::Range("the id of a message"))?;
    Ok(RoomMessage {
        id,
        room: code(rest)?,
        alias: alias(rest)?,
        nickname: words(seals, Words::Nickname, rest)?,
        content: words(seals, Words::Content, rest)?,
        at: rest.instant()?,
    })
}

pub(super) fn message_view(seals: &impl Opens, rest: &mut Unpack<'_>) -> Read<MessageView> {
    Ok(MessageView { message: message(seals, rest)?, mine: rest.flag()? })
}

pub(super) fn reported(seals: &impl Opens, rest: &mut Unpack<'_>) -> Read<ReportedMessage> {
    let message = message(seals, rest)?;
    let author = if rest.flag()? { Some(SessionId::from_bytes(sixteen(rest)?)) } else { None };
    let mut reasons = Vec::new();
    while !rest.is_empty() {
        if reasons.len() == MAX_REPORTS {
            return Err(Malformed::TooLong("the reports of a message"));
        }
        reasons.push(words(seals, Words::Reason, rest)?);
    }
    Ok(ReportedMessage { message, author, reasons })
}

/// One whole envelope.
pub(super) fn envelope(seals: &impl Opens, bytes: &[u8]) -> Read<RoomEnvelope> {
    let mut rest = Unpack::new(bytes);
    let (conn, room, seq) = (rest.conn()?, code(&mut rest)?, rest.u64()?);
    let event = event(seals, &mut rest)?;
    rest.end()?;
    Ok(RoomEnvelope { conn, room, seq, event })
}

fn event(seals: &impl Opens, rest: &mut Unpack<'_>) -> Read<RoomEvent> {
    let nickname = |rest: &mut Unpack<'_>| words(seals, Words::Nickname, rest);
    Ok(match rest.u8()? {
        0 => RoomEvent::Attached { room: details(seals, rest)? },
        1 => RoomEvent::Message(message(seals, rest)?),
        2 => {
            let (alias, nickname) = (alias(rest)?, nickname(rest)?);
            RoomEvent::Typing { alias, nickname, on: rest.flag()? }
        }
        3 => RoomEvent::Joined { alias: alias(rest)?, nickname: nickname(rest)? },
        4 => RoomEvent::Left { alias: alias(rest)?, why: parting(rest)? },
        5 => RoomEvent::Presence { alias: alias(rest)?, here: rest.flag()? },
        6 => RoomEvent::Owner { alias: alias(rest)? },
        7 => RoomEvent::Locked { locked: rest.flag()? },
        8 => RoomEvent::Replaced,
        9 => RoomEvent::Removed { why: parting(rest)? },
        10 => RoomEvent::Closed,
        _ => return Err(Malformed::Range("the kind of an event")),
    })
}

fn parting(rest: &mut Unpack<'_>) -> Read<Parting> {
    Ok(match rest.u8()? {
        0 => Parting::Left,
        1 => Parting::Kicked,
        2 => Parting::BannedFromRoom,
        3 => Parting::Banned,
        4 => Parting::SessionOver,
        _ => return Err(Malformed::Range("a parting")),
    })
}

fn words(seals: &impl Opens, words: Words, rest: &mut Unpack<'_>) -> Read<RoomText> {
    seals.open(words, rest.sized()?)
}

fn alias(rest: &mut Unpack<'_>) -> Read<RoomAlias> {
    sixteen(rest).map(RoomAlias::from_bytes)
}

/// Eight bytes, filled with zeros behind the end.
fn code(rest: &mut Unpack<'_>) -> Read<RoomCode> {
    let bytes = rest.bytes(RoomCode::MAX_CHARS)?;
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    let text = std::str::from_utf8(&bytes[..end]).map_err(|_| Malformed::NotText)?;
    let code = RoomCode::parse(text).filter(|code| code.as_str() == text);
    let filled = bytes[end..].iter().all(|byte| *byte == 0);
    code.filter(|_| filled).ok_or(Malformed::Range("a code"))
}

fn sixteen(rest: &mut Unpack<'_>) -> Read<[u8; 16]> {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(rest.bytes(16)?);
    Ok(bytes)
}
