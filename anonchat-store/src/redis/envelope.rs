//! Envelopes as the scripts pack them, in replies and in mail alike.

use anonchat_core::{Allowance, Arrival, Envelope, Event, Peer, Phase, Rejection};

use super::malformed::Malformed;
use super::unpack::{Unpack, client, gender, instant};

/// The most envelopes of one commit: many times what a sweep, the largest one, brings about.
pub(super) const MAX_ENVELOPES: usize = 4_096;

/// One whole envelope.
pub(super) fn envelope(bytes: &[u8]) -> Result<Envelope, Malformed> {
    let mut rest = Unpack::new(bytes);
    let (to, conn, seq) = (rest.device()?, rest.conn()?, rest.u64()?);
    let event = event(&mut rest)?;
    rest.end()?;
    Ok(Envelope { to, conn, seq, event })
}

fn event(rest: &mut Unpack<'_>) -> Result<Event, Malformed> {
    Ok(match rest.u8()? {
        0 => {
            let (left, gender) = (allowance(rest)?, rest.gender()?);
            Event::Attached { phase: phase(rest)?, left, gender }
        }
        1 => Event::Replaced { by: rest.client()? },
        2 => {
            Event::Queued { filter: rest.filter()?, since: rest.instant()?, left: allowance(rest)? }
        }
        3 => {
            let (pair, side, since) = (rest.pair()?, rest.side()?, rest.instant()?);
            let left = allowance(rest)?;
            Event::Matched { pair, side, peer: peer(rest)?, since, left }
        }
        4 => Event::Left,
        5 => Event::PeerLeft { pair: rest.pair()?, why: rest.departure()? },
        6 => Event::PeerAway { pair: rest.pair()?, until: rest.instant()? },
        7 => Event::PeerBack { pair: rest.pair()?, route: rest.conn()? },
        8 => Event::Blocked { block: rest.alias()? },
        9 => Event::Unblocked { block: rest.alias()? },
        10 => Event::Reported { target: rest.alias()? },
        11 => {
            let (code, p1, p2) = (rest.u8()?, rest.u64()?, rest.u8()?);
            Event::JoinRefused { rejection: rejection(code.into(), p1, p2.into())? }
        }
        12 => Event::Verified { gender: gender(rest.u8()?.into())? },
        13 => Event::Banned { until: rest.instant()? },
        _ => return Err(Malformed::Range("the kind of an event")),
    })
}

fn phase(rest: &mut Unpack<'_>) -> Result<Phase, Malformed> {
    Ok(match rest.u8()? {
        0 => Phase::Idle,
        1 => {
            let (filter, since) = (rest.filter()?, rest.instant()?);
            Phase::Waiting { filter, profile: rest.profile()?, since }
        }
        2 => {
            let (since, pair, side) = (rest.instant()?, rest.pair()?, rest.side()?);
            Phase::Paired { profile: rest.profile()?, pair, side, peer: peer(rest)?, since }
        }
        _ => return Err(Malformed::Range("a phase")),
    })
}

fn peer(rest: &mut Unpack<'_>) -> Result<Peer, Malformed> {
    let (gender, verified) = (rest.gender()?, rest.flag()?);
    let arrival = rest.arrival()?;
    let (has_route, route) = (rest.flag()?, rest.conn()?);
    if !has_route && (route.node.0, route.id) != (0, 0) {
        return Err(Malformed::Range("a route"));
    }
    if has_route && arrival == Arrival::Expected {
        return Err(Malformed::Range("a route"));
    }
    let (profile, route) = (rest.profile()?, has_route.then_some(route));
    Ok(Peer { profile, gender, verified, route, arrival })
}

fn allowance(rest: &mut Unpack<'_>) -> Result<Allowance, Malformed> {
    Ok(Allowance::new([rest.u16()?, rest.u16()?, rest.u16()?, rest.u16()?]))
}

/// A refusal by its number and what comes with it; what does not come with it is 0.
pub(super) fn rejection(code: u64, p1: u64, p2: u64) -> Result<Rejection, Malformed> {
    let plain = |rejection| match (p1, p2) {
        (0, 0) => Ok(rejection),
        _ => Err(Malformed::Range("what comes with a refusal")),
    };
    let until = || match p2 {
        0 => instant(p1),
        _ => Err(Malformed::Range("what comes with a refusal")),
    };
    match code {
        1 => plain(Rejection::NotAttached),
        2 => Ok(Rejection::Banned { until: until()? }),
        3 => plain(Rejection::AlreadyWaiting),
        4 => plain(Rejection::AlreadyPaired),
        5 => Ok(Rejection::Cooldown { until: until()? }),
        6 => Ok(Rejection::DailyTotal { resets: until()? }),
        7 => Ok(Rejection::DailyLimit { resets: instant(p1)?, filter: gender(p2)? }),
        8 => plain(Rejection::VerificationRequired),
        9 => plain(Rejection::UnknownPeer),
        10 => plain(Rejection::AlreadyReported),
        11 => match (u32::try_from(p1), p2) {
            (Ok(max), 0) => Ok(Rejection::TooManyBlocks { max }),
            _ => Err(Malformed::Range("what comes with a refusal")),
        },
        12 => plain(Rejection::UnknownBlock),
        13 => plain(Rejection::UnknownReport),
        14 => plain(Rejection::DiceUsed),
        15 if p2 == 0 => Ok(Rejection::Replaced { by: client(p1)? }),
        15 => Err(Malformed::Range("what comes with a refusal")),
        _ => Err(Malformed::Range("the number of a refusal")),
    }
}
