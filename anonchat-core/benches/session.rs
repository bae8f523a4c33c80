//! What it costs two connections to hand a message on: from a frame that was read to the whisper
//! for the partner, and from there to the frame that is sent.

use std::borrow::Cow;
use std::hint::black_box;
use std::sync::Arc;

use anonchat_core::session::{ClientFrame, Input, Output, Session, Settings, Waits};
use anonchat_core::{
    Allowance, Arrival, Client, Conn, DeviceId, Event, NodeId, PairId, Peer, Phase, Policy, PoolId,
    Profile, Side, Unattested, UnixMillis, Unscreened,
};
use criterion::{Criterion, criterion_group, criterion_main};

const NOW: UnixMillis = UnixMillis::new(1_700_000_000_000);
const WORDS: &str = "I have been to the sea this summer, and you? It was rather cold!";

/// A connection that talks.
fn talking(settings: &Arc<Settings>, client: Client, side: Side) -> Session {
    let conn = |side: Side| Conn { node: NodeId(1), id: side.index() as u64 };
    let device = DeviceId::from_bytes([side.index() as u8; 16]);
    let pool = settings.pool(None);
    let mut session = Session::new(NOW, Arc::clone(settings), pool, client, device, conn(side));
    while session.poll().is_some() {}
    let peer = Peer {
        profile: Arc::default(),
        gender: None,
        verified: false,
        route: Some(conn(side.other())),
        arrival: Arrival::Direct,
    };
    let (pair, profile) = (PairId::from_bytes([7; 16]), Arc::new(Profile::default()));
    let phase = Phase::Paired { profile, pair, side, peer, since: NOW };
    let left = Allowance::UNLIMITED;
    session.handle(NOW, Input::Event(Event::Attached { phase, left, gender: None }));
    session.handle(NOW, Input::Committed(Ok(())));
    while session.poll().is_some() {}
    session
}

fn relay(criterion: &mut Criterion) {
    let mut policy = Policy::default();
    policy.rates.frames_per_minute = 0;
    policy.rates.signals_per_minute = 0;
    let settings = Arc::new(Settings {
        policy: Arc::new(policy),
        screen: Arc::new(Unscreened),
        attestor: Arc::new(Unattested),
        pools: vec![PoolId::main()],
        waits: Waits::default(),
    });
    let mut group = criterion.benchmark_group("relay");
    for (name, client) in [("plain", Client::Plain), ("native", Client::Native)] {
        let [mut one, mut other] = [Side::A, Side::B].map(|side| talking(&settings, client, side));
        group.bench_function(name, |b| {
            b.iter(|| {
                let text = Cow::Borrowed(black_box(WORDS));
                let frame = ClientFrame::Msg { peer: None, id: None, text };
                one.handle(NOW, Input::Frame(Ok(frame)));
                let Some(Output::Whisper(whisper)) = one.poll() else { panic!("a whisper") };
                other.handle(NOW, Input::Whisper(whisper));
                let Some(Output::Send(frame)) = other.poll() else { panic!("a frame") };
                frame
            });
        });
    }
    group.finish();
}

criterion_group!(benches, relay);
criterion_main!(benches);
