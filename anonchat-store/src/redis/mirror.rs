//! What the scripts write, written in Rust: for tests and fuzzers, which read it back.

use anonchat_core::{
    Allowance, Commit, Departure, Envelope, Event, Gender, Peer, Phase, Profile, Rejection, Report,
    Reports, UnixMillis, View,
};
use redis::Value;

use super::decode::Reply;
use super::mail::Batch;
use super::pack::{self, Pack};

pub(super) fn commit(reply: &Reply) -> Value {
    let Commit { seq, outcome, more } = &reply.commit;
    let (status, p1, p2) = match outcome {
        Ok(_) => (0, 0, 0),
        Err(rejection) => refusal(rejection),
    };
    let mail = reply.mail.map_or(Value::Int(-1), int);
    let mut items =
        vec![int(status.into()), int(*seq), mail, int((*more).into()), int(p1), int(p2.into())];
    let envelopes = outcome.as_deref().unwrap_or_default();
    items.extend(envelopes.iter().map(|mail| Value::BulkString(envelope(mail))));
    Value::Array(items)
}

pub(super) fn view(view: &View) -> Value {
    let mut items = vec![int(0)];
    match view {
        View::Census(census) => {
            items.extend([census.online, census.waiting, census.pairs].map(int));
            items.extend([census.bans, census.reports, census.matches].map(int));
            items.extend(census.buckets.map(int));
        }
        View::Standing { banned_until } => {
            items.push(int(banned_until.map_or(0, UnixMillis::get)));
        }
        View::Wait(None) => items.push(int(0)),
        View::Wait(Some(wait)) => items.extend(
            [
                1,
                wait.filter.index() as u64,
                wait.gender.map_or(0, |gender| gender.index() as u64 + 1),
                wait.since.get(),
                wait.position,
                wait.waiting,
                wait.beyond_filter,
                wait.beyond_gender,
                wait.blocks.into(),
                wait.blocked,
                wait.rematch.into(),
                wait.used_up.into(),
            ]
            .map(int),
        ),
        View::Reports(Reports { reports, next }) => {
            items.push(int(next.map_or(0, |next| next.0)));
            items.extend(reports.iter().map(|made| Value::BulkString(report(made))));
        }
        View::Bans(bans) => items.extend(bans.iter().map(|ban| {
            let pack = Pack::default().device(ban.device);
            Value::BulkString(pack.instant(ban.given).instant(ban.until).done())
        })),
        View::Outbox(orders) => items.extend(orders.iter().map(|(number, order)| {
            Value::BulkString(Pack::default().u64(*number).order(order).done())
        })),
    }
    Value::Array(items)
}

pub(super) fn batch(batch: &Batch) -> Vec<u8> {
    let pack = Pack::default().u64(batch.number);
    batch.envelopes.iter().fold(pack, |pack, mail| pack.sized(&envelope(mail))).done()
}

fn report(report: &Report) -> Vec<u8> {
    let note = report.note.as_deref();
    Pack::default()
        .u32(report.against)
        .instant(report.banned_until.unwrap_or_default())
        .u64(report.id.0)
        .instant(report.at)
        .device(report.reporter)
        .device(report.target)
        .flag(report.counted)
        .flag(report.dismissed)
        .flag(note.is_some())
        .sized(report.reason.as_bytes())
        .bytes(note.unwrap_or_default().as_bytes())
        .done()
}

fn envelope(envelope: &Envelope) -> Vec<u8> {
    let pack = Pack::default().device(envelope.to).conn(envelope.conn).u64(envelope.seq);
    event(pack, &envelope.event).done()
}

fn event(pack: Pack, event: &Event) -> Pack {
    match event {
        Event::Attached { phase: doing, left: remaining, gender } => {
            phase(left(pack.u8(0), *remaining).gender(*gender), doing)
        }
        Event::Replaced { by } => pack.u8(1).u8(*by as u8),
        Event::Queued { filter, since, left: remaining } => {
            left(pack.u8(2).u8(filter.index() as u8).instant(*since), *remaining)
        }
        Event::Matched { pair, side, peer: other, since, left: remaining } => {
            peer(left(pack.u8(3).pair(*pair).side(*side).instant(*since), *remaining), other)
        }
        Event::Left => pack.u8(4),
        Event::PeerLeft { pair, why } => pack.u8(5).pair(*pair).u8(match why {
            Departure::Left => 0,
            Departure::Next => 1,
            Departure::Lost => 2,
            Departure::Blocked => 3,
            Departure::Banned => 4,
        }),
        Event::PeerAway { pair, until } => pack.u8(6).pair(*pair).instant(*until),
        Event::PeerBack { pair, route } => pack.u8(7).pair(*pair).conn(*route),
        Event::Blocked { block } => pack.u8(8).alias(*block),
        Event::Unblocked { block } => pack.u8(9).alias(*block),
        Event::Reported { target } => pack.u8(10).alias(*target),
        Event::JoinRefused { rejection } => {
            let (code, p1, p2) = refusal(rejection);
            pack.u8(11).u8(code).u64(p1).u8(p2)
        }
        Event::Verified { gender } => pack.u8(12).gender(Some(*gender)),
        Event::Banned { until } => pack.u8(13).instant(*until),
    }
}

fn phase(pack: Pack, phase: &Phase) -> Pack {
    match phase {
        Phase::Idle => pack.u8(0),
        Phase::Waiting { filter, profile: own, since } => {
            profile(pack.u8(1).u8(filter.index() as u8).instant(*since), own)
        }
        Phase::Paired { profile: own, pair, side, peer: other, since } => {
            peer(profile(pack.u8(2).instant(*since).pair(*pair).side(*side), own), other)
        }
    }
}

fn peer(pack: Pack, peer: &Peer) -> Pack {
    let pack = pack.gender(peer.gender).flag(peer.verified).u8(peer.arrival as u8);
    let pack = pack.flag(peer.route.is_some());
    let pack = match peer.route {
        Some(conn) => pack.conn(conn),
        None => pack.bytes(&[0; 16]),
    };
    profile(pack, &peer.profile)
}

fn profile(pack: Pack, profile: &Profile) -> Pack {
    pack.sized(&pack::profile(profile))
}

fn left(pack: Pack, left: Allowance) -> Pack {
    Gender::ALL
        .into_iter()
        .fold(pack, |pack, gender| pack.bytes(&left.left(gender).unwrap_or(u16::MAX).to_be_bytes()))
}

fn refusal(rejection: &Rejection) -> (u8, u64, u8) {
    match rejection {
        Rejection::NotAttached => (1, 0, 0),
        Rejection::Banned { until } => (2, until.get(), 0),
        Rejection::AlreadyWaiting => (3, 0, 0),
        Rejection::AlreadyPaired => (4, 0, 0),
        Rejection::Cooldown { until } => (5, until.get(), 0),
        Rejection::DailyTotal { resets } => (6, resets.get(), 0),
        Rejection::DailyLimit { filter, resets } => (7, resets.get(), filter.index() as u8 + 1),
        Rejection::VerificationRequired => (8, 0, 0),
        Rejection::UnknownPeer => (9, 0, 0),
        Rejection::AlreadyReported => (10, 0, 0),
        Rejection::TooManyBlocks { max } => (11, (*max).into(), 0),
        Rejection::UnknownBlock => (12, 0, 0),
        Rejection::UnknownReport => (13, 0, 0),
        Rejection::DiceUsed => (14, 0, 0),
        Rejection::Replaced { by } => (15, *by as u64, 0),
    }
}

fn int(number: u64) -> Value {
    Value::Int(number.try_into().unwrap_or(i64::MAX))
}
