//! Strategies for everything that comes back from the scripts.

use std::sync::Arc;

use anonchat_core::*;
use proptest::prelude::*;

use crate::redis::decode::Reply;

/// The greatest number that a script can hold.
const GREATEST: u64 = 1 << 53;

pub(super) fn reply() -> impl Strategy<Value = Reply> {
    let mail = proptest::collection::vec(envelope(), 0..8);
    let outcome = prop_oneof![3 => mail.prop_map(Ok), 1 => rejection().prop_map(Err)];
    (0..GREATEST, outcome, any::<bool>(), proptest::option::of(0..GREATEST)).prop_map(
        |(seq, outcome, more, mail)| Reply { commit: Commit { seq, outcome, more }, mail },
    )
}

pub(super) fn envelope() -> impl Strategy<Value = Envelope> {
    (device(), conn(), any::<u64>(), event()).prop_map(|(to, conn, seq, event)| Envelope {
        to,
        conn,
        seq,
        event,
    })
}

pub(super) fn report() -> impl Strategy<Value = Report> {
    let words = (text().prop_map(Arc::from), proptest::option::of(text().prop_map(Arc::from)));
    let now = (any::<u32>(), proptest::option::of(end()));
    (any::<u64>(), instant(), device(), device(), words, any::<[bool; 2]>(), now).prop_map(
        |(id, at, reporter, target, (reason, note), [counted, dismissed], now)| Report {
            id: ReportId(id),
            at,
            reporter,
            target,
            reason,
            note,
            counted,
            dismissed,
            against: now.0,
            banned_until: now.1,
        },
    )
}

/// The end of something that has one.
fn end() -> impl Strategy<Value = UnixMillis> {
    (1..=UnixMillis::MAX.get()).prop_map(UnixMillis::new)
}

fn ban() -> impl Strategy<Value = BanView> {
    let ban = (device(), instant(), instant());
    ban.prop_map(|(device, given, until)| BanView { device, given, until })
}

pub(super) fn view() -> impl Strategy<Value = (Query, View)> {
    let device = DeviceId::from_bytes([1; 16]);
    let census =
        (any::<[u32; 6]>(), any::<[u32; Bucket::COUNT]>()).prop_map(|(totals, buckets)| {
            let [online, waiting, pairs, bans, reports, matches] = totals.map(u64::from);
            let buckets = buckets.map(u64::from);
            Census { online, waiting, pairs, buckets, bans, reports, matches }
        });
    let gender = proptest::option::of(gender());
    let counts = prop::array::uniform4(0..GREATEST);
    let wait = (filter(), gender, instant(), 1..GREATEST, counts, any::<[bool; 3]>()).prop_map(
        |(filter, gender, since, position, counts, [blocks, rematch, used_up])| {
            let [waiting, beyond_filter, beyond_gender, blocked] = counts;
            Wait {
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
            }
        },
    );
    let next = proptest::option::of((1..GREATEST).prop_map(ReportId));
    let page = (proptest::collection::vec(report(), 0..5), next);
    prop_oneof![
        census.prop_map(|census| (Query::Census, View::Census(census))),
        proptest::option::of(end()).prop_map(move |banned_until| {
            (Query::Standing { device }, View::Standing { banned_until })
        }),
        proptest::option::of(wait).prop_map(move |wait| (Query::Wait { device }, View::Wait(wait))),
        page.prop_map(|(reports, next)| {
            let asked = Query::Reports { before: None, open: true, limit: 5 };
            (asked, View::Reports(Reports { reports, next }))
        }),
        proptest::collection::vec(ban(), 0..5)
            .prop_map(|bans| (Query::Bans { after: None, limit: 5 }, View::Bans(bans))),
        proptest::collection::vec((any::<u64>(), order()), 0..5)
            .prop_map(|orders| (Query::Outbox { after: 0, limit: 5 }, View::Outbox(orders))),
    ]
}

fn order() -> impl Strategy<Value = Order> {
    let measure = prop_oneof![
        instant().prop_map(|until| Measure::Ban { until }),
        (gender(), any::<bool>()).prop_map(|(gender, attested)| Measure::Verify {
            gender,
            proof: if attested { Proof::Attested } else { Proof::Declared }
        }),
    ];
    (any::<[u8; 16]>(), instant(), measure).prop_map(|(device, given, measure)| Order {
        device: DeviceId::from_bytes(device),
        given,
        measure,
    })
}

/// The parts of a whisper, which itself shows nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Said {
    Text(Option<MessageId>, String),
    Image(String),
    Typing(bool),
    Ack(MessageId),
}

impl Said {
    pub(super) fn body(self) -> Body {
        match self {
            Self::Text(id, text) => Body::Text { id, text: ChatText::new(text) },
            Self::Image(url) => Body::Image(ChatImage::new(url)),
            Self::Typing(typing) => Body::Typing(typing),
            Self::Ack(id) => Body::Ack(id),
        }
    }

    pub(super) fn of(body: Body) -> Self {
        match body {
            Body::Text { id, text } => Self::Text(id, text.reveal().into()),
            Body::Image(image) => Self::Image(image.reveal().into()),
            Body::Typing(typing) => Self::Typing(typing),
            Body::Ack(id) => Self::Ack(id),
        }
    }
}

pub(super) fn said() -> impl Strategy<Value = (Conn, PairId, Said)> {
    let id = "[!-~]{1,32}".prop_map(|id| MessageId::new(&id).expect("printable"));
    let said = prop_oneof![
        (proptest::option::of(id.clone()), text()).prop_map(|(id, text)| Said::Text(id, text)),
        text().prop_map(Said::Image),
        any::<bool>().prop_map(Said::Typing),
        id.prop_map(Said::Ack),
    ];
    (conn(), pair(), said)
}

pub(super) fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        (phase(), allowance(), proptest::option::of(gender()))
            .prop_map(|(phase, left, gender)| Event::Attached { phase, left, gender }),
        any::<bool>().prop_map(|native| Event::Replaced {
            by: if native { Client::Native } else { Client::Plain }
        }),
        (filter(), instant(), allowance()).prop_map(|(filter, since, left)| Event::Queued {
            filter,
            since,
            left
        }),
        (pair(), side(), peer(), instant(), allowance()).prop_map(
            |(pair, side, peer, since, left)| Event::Matched { pair, side, peer, since, left }
        ),
        Just(Event::Left),
        (pair(), departure()).prop_map(|(pair, why)| Event::PeerLeft { pair, why }),
        (pair(), instant()).prop_map(|(pair, until)| Event::PeerAway { pair, until }),
        (pair(), conn()).prop_map(|(pair, route)| Event::PeerBack { pair, route }),
        alias().prop_map(|block| Event::Blocked { block }),
        alias().prop_map(|block| Event::Unblocked { block }),
        alias().prop_map(|target| Event::Reported { target }),
        rejection().prop_map(|rejection| Event::JoinRefused { rejection }),
        gender().prop_map(|gender| Event::Verified { gender }),
        instant().prop_map(|until| Event::Banned { until }),
    ]
}

pub(super) fn rejection() -> impl Strategy<Value = Rejection> {
    prop_oneof![
        Just(Rejection::NotAttached),
        instant().prop_map(|until| Rejection::Banned { until }),
        Just(Rejection::AlreadyWaiting),
        Just(Rejection::AlreadyPaired),
        instant().prop_map(|until| Rejection::Cooldown { until }),
        instant().prop_map(|resets| Rejection::DailyTotal { resets }),
        (gender(), instant()).prop_map(|(filter, resets)| Rejection::DailyLimit { filter, resets }),
        Just(Rejection::VerificationRequired),
        Just(Rejection::UnknownPeer),
        Just(Rejection::AlreadyReported),
        any::<u32>().prop_map(|max| Rejection::TooManyBlocks { max }),
        Just(Rejection::UnknownBlock),
        Just(Rejection::UnknownReport),
        Just(Rejection::DiceUsed),
        any::<bool>().prop_map(|native| Rejection::Replaced {
            by: if native { Client::Native } else { Client::Plain }
        }),
    ]
}

fn phase() -> impl Strategy<Value = Phase> {
    prop_oneof![
        Just(Phase::Idle),
        (filter(), profile(), instant()).prop_map(|(filter, profile, since)| Phase::Waiting {
            filter,
            profile,
            since
        }),
        (profile(), pair(), side(), peer(), instant()).prop_map(
            |(profile, pair, side, peer, since)| Phase::Paired { profile, pair, side, peer, since }
        ),
    ]
}

fn peer() -> impl Strategy<Value = Peer> {
    let claim = (proptest::option::of(gender()), any::<bool>());
    let presence = prop_oneof![
        (conn(), prop::sample::select(vec![Arrival::Direct, Arrival::Arrived]))
            .prop_map(|(conn, arrival)| (Some(conn), arrival)),
        prop::sample::select(Arrival::ALL.to_vec()).prop_map(|arrival| (None, arrival)),
    ];
    (profile(), claim, presence).prop_map(|(profile, (gender, verified), (route, arrival))| Peer {
        profile,
        gender,
        verified,
        route,
        arrival,
    })
}

fn profile() -> impl Strategy<Value = Arc<Profile>> {
    let field = || proptest::option::of(text().prop_map(String::into_boxed_str));
    (field(), field()).prop_map(|(nickname, bio)| Arc::new(Profile { nickname, bio }))
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![Just(String::new()), ".{0,12}"]
}

fn allowance() -> impl Strategy<Value = Allowance> {
    prop_oneof![Just(Allowance::UNLIMITED), any::<[u16; 4]>().prop_map(Allowance::new)]
}

fn instant() -> impl Strategy<Value = UnixMillis> {
    (0..=UnixMillis::MAX.get()).prop_map(UnixMillis::new)
}

fn device() -> impl Strategy<Value = DeviceId> {
    any::<[u8; 16]>().prop_map(DeviceId::from_bytes)
}

fn conn() -> impl Strategy<Value = Conn> {
    any::<[u64; 2]>().prop_map(|[node, id]| Conn { node: NodeId(node), id })
}

fn pair() -> impl Strategy<Value = PairId> {
    any::<[u8; 16]>().prop_map(PairId::from_bytes)
}

fn side() -> impl Strategy<Value = Side> {
    prop::sample::select(vec![Side::A, Side::B])
}

fn alias() -> impl Strategy<Value = Alias> {
    (pair(), side()).prop_map(|(pair, side)| Alias { pair, side })
}

fn gender() -> impl Strategy<Value = Gender> {
    prop::sample::select(Gender::ALL.to_vec())
}

fn filter() -> impl Strategy<Value = Filter> {
    prop::sample::select(Filter::ALL.to_vec())
}

fn departure() -> impl Strategy<Value = Departure> {
    use Departure::{Banned, Blocked, Left, Lost, Next};
    prop::sample::select(vec![Left, Next, Lost, Blocked, Banned])
}
