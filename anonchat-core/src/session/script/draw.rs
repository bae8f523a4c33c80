//! What bytes make up: events, answers, frames.

use std::borrow::Cow;
use std::sync::Arc;

use arbitrary::{Arbitrary, Result, Unstructured};

use super::{TEXTS, TOKEN};
use crate::command::Command;
use crate::event::{Allowance, Arrival, Client, Departure, Event, Peer, Phase};
use crate::id::{Alias, Conn, NodeId, PairId, Side};
use crate::profile::{Filter, Gender, Profile};
use crate::query::Wait;
use crate::rejection::Rejection;
use crate::session::{Action, ClientFrame, FrameError};
use crate::store::{Body, ChatImage, ChatText, MessageId, Whisper};
use crate::time::UnixMillis;

/// A frame, or what is none.
pub(super) type Received<'a> = std::result::Result<ClientFrame<'a>, FrameError>;

pub(super) fn follows(command: &Command, bytes: &mut Unstructured<'_>) -> Result<Option<Event>> {
    Ok(Some(match command {
        Command::Attach { .. } | Command::Enter { .. } => attached(bytes)?,
        Command::Join { wish, .. } | Command::Next { wish, .. } if bytes.arbitrary()? => {
            let since = UnixMillis::new(9);
            Event::Queued { filter: wish.filter, since, left: Allowance::UNLIMITED }
        }
        Command::Join { .. } | Command::Next { .. } => matched(bytes)?,
        Command::Leave { .. } => Event::Left,
        Command::Block { target, .. } => Event::Blocked { block: *target },
        Command::Unblock { block, .. } => Event::Unblocked { block: *block },
        Command::Report { target, .. } => Event::Reported { target: *target },
        Command::Verify { gender, .. } => Event::Verified { gender: *gender },
        _ => return Ok(None),
    }))
}

pub(super) fn event(bytes: &mut Unstructured<'_>) -> Result<Event> {
    let pair = pair(bytes)?;
    Ok(match bytes.int_in_range(0..=9)? {
        0 => attached(bytes)?,
        1 => Event::Replaced { by: Client::arbitrary(bytes)? },
        2 => matched(bytes)?,
        3 => Event::Left,
        4 => Event::PeerLeft { pair, why: Departure::Banned },
        5 => Event::PeerAway { pair, until: UnixMillis::new(5) },
        6 => Event::PeerBack { pair, route: conn(3) },
        7 => Event::JoinRefused { rejection: rejection(bytes)? },
        8 => Event::Verified { gender: Gender::arbitrary(bytes)? },
        _ => Event::Banned { until: UnixMillis::MAX },
    })
}

fn attached(bytes: &mut Unstructured<'_>) -> Result<Event> {
    let (left, since) = (Allowance::new([5, 4, 0, u16::MAX]), UnixMillis::new(3));
    let profile = Arc::new(Profile { nickname: Some("Ann".into()), bio: None });
    let phase = match bytes.int_in_range(0..=2)? {
        0 => Phase::Idle,
        1 => Phase::Waiting { filter: Filter::arbitrary(bytes)?, profile, since },
        _ => {
            let (pair, peer) = (pair(bytes)?, peer(bytes)?);
            Phase::Paired { profile, pair, side: Side::A, peer, since }
        }
    };
    Ok(Event::Attached { phase, left, gender: Option::arbitrary(bytes)? })
}

fn matched(bytes: &mut Unstructured<'_>) -> Result<Event> {
    let (pair, side, peer) = (pair(bytes)?, Side::B, peer(bytes)?);
    let (since, left) = (UnixMillis::new(4), Allowance::UNLIMITED);
    Ok(Event::Matched { pair, side, peer, since, left })
}

fn peer(bytes: &mut Unstructured<'_>) -> Result<Peer> {
    let (profile, gender) = (Arc::default(), Option::arbitrary(bytes)?);
    let route = bytes.ratio(3, 4)?.then(|| conn(2));
    let arrival = match route {
        None => Arrival::arbitrary(bytes)?,
        Some(_) if bytes.ratio(1, 4)? => Arrival::Arrived,
        Some(_) => Arrival::Direct,
    };
    Ok(Peer { profile, gender, verified: false, route, arrival })
}

pub(super) fn rejection(bytes: &mut Unstructured<'_>) -> Result<Rejection> {
    let (until, by) = (UnixMillis::new(2_000_000), Client::arbitrary(bytes)?);
    Ok(*bytes.choose(&[
        Rejection::NotAttached,
        Rejection::NotAttached,
        Rejection::Replaced { by },
        Rejection::Banned { until },
        Rejection::AlreadyWaiting,
        Rejection::AlreadyPaired,
        Rejection::Cooldown { until },
        Rejection::DailyTotal { resets: until },
        Rejection::DailyLimit { filter: Gender::Male, resets: until },
        Rejection::VerificationRequired,
        Rejection::UnknownPeer,
        Rejection::AlreadyReported,
        Rejection::TooManyBlocks { max: 200 },
        Rejection::UnknownBlock,
        Rejection::UnknownReport,
        Rejection::DiceUsed,
    ])?)
}

pub(super) fn wait(bytes: &mut Unstructured<'_>) -> Result<Option<Wait>> {
    let (filter, since) = (Filter::arbitrary(bytes)?, UnixMillis::new(1));
    let (position, waiting, blocks) = bytes.arbitrary()?;
    let gender = Option::<Gender>::arbitrary(bytes)?;
    let [beyond_filter, beyond_gender, blocked] = <[u64; 3]>::arbitrary(bytes)?;
    let [rematch, used_up] = <[bool; 2]>::arbitrary(bytes)?;
    Ok(Some(Wait {
        filter,
        gender,
        since,
        position,
        waiting,
        beyond_filter,
        beyond_gender,
        blocks,
        blocked,
        rematch,
        used_up,
    }))
}

pub(super) fn whisper(bytes: &mut Unstructured<'_>) -> Result<Whisper> {
    let body = match bytes.int_in_range(0..=2)? {
        0 => Body::Typing(bytes.arbitrary()?),
        1 => Body::Ack(MessageId::new("c1").ok_or(arbitrary::Error::IncorrectFormat)?),
        _ => {
            let id = MessageId::new(bytes.choose(&["c1", "c2", ""])?);
            Body::Text { id, text: ChatText::new(*bytes.choose(&TEXTS)?) }
        }
    };
    Ok(Whisper { to: conn(1), pair: pair(bytes)?, body })
}

pub(super) fn frame<'a>(bytes: &mut Unstructured<'a>) -> Result<Received<'a>> {
    let action = *bytes.choose(&Action::ALL)?;
    let id = Cow::Borrowed(*bytes.choose(&["c1", "c2", "c3", "c4", "", "naïve"])?);
    let alias = Cow::Owned(Alias { pair: pair(bytes)?, side: Side::B }.to_string());
    Ok(Ok(match action {
        Action::Join => ClientFrame::Join {
            filter: Filter::arbitrary(bytes)?,
            nickname: line(bytes)?,
            bio: line(bytes)?,
            token: token(bytes)?,
        },
        Action::Next => ClientFrame::Next {
            filter: Option::arbitrary(bytes)?,
            nickname: line(bytes)?,
            bio: line(bytes)?,
            token: token(bytes)?,
        },
        Action::Leave => ClientFrame::Leave,
        Action::Msg => {
            let id = bytes.ratio(3, 4)?.then_some(id);
            let text = Cow::Borrowed(*bytes.choose(&TEXTS)?);
            ClientFrame::Msg { peer: bytes.ratio(1, 4)?.then_some(alias), id, text }
        }
        Action::Image => ClientFrame::Image { image: ChatImage::new(*bytes.choose(&TEXTS)?) },
        Action::Ack => ClientFrame::Ack { peer: bytes.ratio(1, 4)?.then_some(alias), id },
        Action::Typing => {
            let typing = bytes.arbitrary()?;
            ClientFrame::Typing { peer: bytes.ratio(1, 4)?.then_some(alias), typing }
        }
        Action::Report => {
            ClientFrame::Report { reported: alias, reason: line(bytes)?, note: line(bytes)? }
        }
        Action::Block => ClientFrame::Block { peer: alias },
        Action::Unblock => ClientFrame::Unblock { block: id },
        Action::Declare => ClientFrame::Declare { gender: Gender::arbitrary(bytes)? },
        Action::Why if bytes.ratio(1, 4)? => {
            return Ok(Err(FrameError::Malformed { action: None }));
        }
        Action::Why => ClientFrame::Why,
    }))
}

fn token<'a>(bytes: &mut Unstructured<'a>) -> Result<Option<Cow<'a, str>>> {
    let tokens = [None, None, Some(TOKEN), Some("canary of a token")];
    Ok(bytes.choose(&tokens)?.map(Cow::Borrowed))
}

/// Something for a profile or a report, which may well be remembered.
fn line<'a>(bytes: &mut Unstructured<'a>) -> Result<Option<Cow<'a, str>>> {
    let long = "a name that is longer than a name may be";
    Ok(bytes.choose(&[None, Some("Ann"), Some(" "), Some("a@b"), Some(long)])?.map(Cow::Borrowed))
}

pub(super) fn pair(bytes: &mut Unstructured<'_>) -> Result<PairId> {
    Ok(PairId::from_bytes([bytes.int_in_range(1..=2)?; 16]))
}

pub(super) const fn conn(id: u64) -> Conn {
    Conn { node: NodeId(1), id }
}
