//! Connections and servers that come and go: grace, resuming, replacement, leases, memory.

mod world;

use anonchat_core::*;
use world::*;

fn phase(told: &[(Who, Event)], who: Who) -> Phase {
    let phase = told.iter().find_map(|(to, event)| match event {
        Event::Attached { phase, .. } if *to == who => Some(phase.clone()),
        _ => None,
    });
    phase.expect("attached")
}

#[test]
fn a_lost_connection_keeps_the_pair_for_fifteen_seconds() {
    let mut w = world();
    let (ann, _) = w.meet(ANN, BEN);
    let until = at(T0 + 15 * SECOND);
    assert_eq!(w.detach(ANN), [(BEN, Event::PeerAway { pair: ann.pair, until })]);
    w.wait(15 * SECOND - 1).sweep();
    let told = w.attach(ANN);
    let route = w.conn(ANN);
    assert_eq!(told[0], (BEN, Event::PeerBack { pair: ann.pair, route }));
    assert!(matches!(phase(&told, ANN), Phase::Paired { pair, .. } if pair == ann.pair));
    assert!(w.wait(MINUTE).sweep().is_empty());
}

#[test]
fn when_the_grace_ends_the_partner_is_told() {
    let mut w = world();
    let (ann, _) = w.meet(ANN, BEN);
    w.detach(ANN);
    let told = w.wait(15 * SECOND).sweep();
    let left = Event::PeerLeft { pair: ann.pair, why: Departure::Lost };
    assert_eq!(told, [(BEN, left)]);
    assert_eq!(phase(&w.attach(ANN), ANN), Phase::Idle);
}

#[test]
fn a_plain_client_that_goes_has_left_at_once() {
    let mut w = world();
    w.attach_at(ANN, 1, Client::Plain).expect("attached");
    w.meet(ANN, BEN);
    assert_eq!(peer_left(&w.detach(ANN), BEN), Some(Departure::Lost));
    w.attach_at(ANN, 1, Client::Plain).expect("attached");
    w.join(ANN, ANY);
    w.detach(ANN);
    assert!(queued(&w.join(CLEO, ANY), CLEO), "and waits nowhere");
}

#[test]
fn a_place_in_the_queue_is_kept_but_not_matched_while_away() {
    let mut w = world();
    w.join_as(ANN, MALE, ANY);
    w.wait(1).join_as(CLEO, MALE, Filter::Only(FEMALE));
    w.detach(ANN);
    assert!(are_matched(&w.wait(1).join_as(EVE, FEMALE, ANY), EVE, CLEO));
    w.wait(1).join_as(DAN, MALE, Filter::Only(FEMALE));
    let told = w.attach(ANN);
    let Phase::Waiting { since, .. } = phase(&told, ANN) else { panic!("{told:?}") };
    assert_eq!(since, at(T0), "the old place");
    assert!(are_matched(&w.wait(1).join_as(FAY, FEMALE, ANY), FAY, ANN), "before Dan");
}

#[test]
fn coming_back_to_the_queue_matches_in_the_same_step() {
    let mut w = world();
    w.join(ANN, ANY);
    w.detach(ANN);
    w.join(BEN, ANY);
    let told = w.attach(ANN);
    assert!(matches!(phase(&told, ANN), Phase::Waiting { .. }));
    assert!(are_matched(&told, ANN, BEN));
}

#[test]
fn the_place_of_somebody_who_does_not_come_back_is_given_up() {
    let mut w = world();
    w.join(ANN, ANY);
    w.detach(ANN);
    w.wait(15 * SECOND).sweep();
    assert!(queued(&w.join(BEN, ANY), BEN));
    assert_eq!(phase(&w.attach(ANN), ANN), Phase::Idle);
}

#[test]
fn if_both_are_away_the_pair_ends_with_the_first_grace() {
    let mut w = world();
    w.meet(ANN, BEN);
    w.detach(ANN);
    w.wait(5 * SECOND);
    assert_eq!(w.detach(BEN), []);
    w.wait(10 * SECOND).sweep();
    assert_eq!(phase(&w.attach(BEN), BEN), Phase::Idle);
}

#[test]
fn a_partner_who_is_away_is_seen_as_such_on_return() {
    let mut w = world();
    w.meet(ANN, BEN);
    w.detach(ANN);
    w.detach(BEN);
    let Phase::Paired { peer, .. } = phase(&w.attach(BEN), BEN) else { panic!("the pair is kept") };
    assert_eq!(peer.route, None);
    let told = w.attach(ANN);
    assert!(told.iter().any(|(to, event)| *to == BEN && matches!(event, Event::PeerBack { .. })));
}

#[test]
fn the_newest_connection_holds_the_device_and_what_it_does() {
    let mut w = world();
    let (ann, _) = w.meet(ANN, BEN);
    let old = w.conn(ANN);
    let told = w.attach(ANN);
    let (until, route) = (at(T0 + 15 * SECOND), w.conn(ANN));
    assert_eq!(told[0], (ANN, Event::Replaced { by: Client::Native }));
    assert_eq!(told[1], (BEN, Event::PeerAway { pair: ann.pair, until }));
    assert_eq!(told[2], (BEN, Event::PeerBack { pair: ann.pair, route }));
    assert!(matches!(phase(&told, ANN), Phase::Paired { .. }));
    let late = Command::Detach { device: ANN.device(), conn: old };
    assert_eq!(w.apply(late), Err(Rejection::NotAttached));
    let late = Command::Join { device: ANN.device(), conn: old, wish: Wish::default() };
    assert_eq!(w.apply(late), Err(Rejection::NotAttached));
    assert_eq!(w.census().pairs, 1);
}

#[test]
fn attaching_again_with_the_same_connection_tells_the_truth_and_nothing_else() {
    let mut w = world();
    w.meet(ANN, BEN);
    let conn = w.conn(ANN);
    let told = w.attach_again(ANN, conn, Client::Native).expect("attached");
    assert_eq!(told.len(), 1);
    assert!(matches!(phase(&told, ANN), Phase::Paired { .. }));
}

#[test]
fn an_older_connection_that_missed_its_replacement_does_not_take_the_device_back() {
    for by in [Client::Native, Client::Plain] {
        let mut w = world();
        w.attach(ANN);
        let old = w.conn(ANN);
        w.attach_at(ANN, 2, by).expect("attached");
        let (ann, _) = w.meet(ANN, BEN);
        let refused = w.attach_again(ANN, old, Client::Native);
        assert_eq!(refused, Err(Rejection::Replaced { by }));
        assert_eq!(w.crowd(), [2, 0, 1]);
        let told = w.leave(ANN);
        assert_eq!(told[0], (BEN, Event::PeerLeft { pair: ann.pair, why: Departure::Left }));
    }
}

#[test]
fn an_older_connection_comes_back_when_no_newer_one_is_there() {
    let mut w = world();
    w.attach(ANN);
    let old = w.conn(ANN);
    w.attach(ANN);
    w.meet(ANN, BEN);
    w.detach(ANN);
    let told = w.attach_again(ANN, old, Client::Native).expect("attached");
    assert!(matches!(phase(&told, ANN), Phase::Paired { .. }));
    assert_eq!(w.conn(ANN), old);
}

#[test]
fn whose_server_was_taken_for_dead_comes_back_as_ever() {
    let mut w = world();
    w.meet(ANN, BEN);
    let conn = w.conn(ANN);
    w.kill(1);
    w.wait(15 * SECOND).sweep();
    assert_eq!(w.census().online, 0);
    let told = w.attach_again(ANN, conn, Client::Native).expect("attached");
    assert!(matches!(phase(&told, ANN), Phase::Paired { .. }));
}

#[test]
fn the_people_of_a_dead_server_have_their_grace_and_then_end() {
    let mut w = world();
    w.attach_at(ANN, 1, Client::Native).expect("attached");
    w.attach_at(BEN, 2, Client::Native).expect("attached");
    let (ann, _) = w.meet(ANN, BEN);
    w.attach_at(CLEO, 1, Client::Native).expect("attached");
    w.join_as(CLEO, FEMALE, ANY);
    w.kill(1);
    assert_eq!(w.wait(15 * SECOND - 1).sweep(), []);
    let until = at(T0 + 30 * SECOND);
    assert_eq!(w.wait(1).sweep(), [(BEN, Event::PeerAway { pair: ann.pair, until })]);
    assert_eq!(w.crowd(), [1, 0, 1]);
    let told = w.wait(15 * SECOND).sweep();
    assert_eq!(peer_left(&told, BEN), Some(Departure::Lost));
    assert!(queued(&w.join(BEN, ANY), BEN), "no ghost is matched");
}

#[test]
fn a_server_that_renews_its_lease_lives() {
    let mut w = world();
    w.join(ANN, ANY);
    for _ in 0..20 {
        w.wait(14 * SECOND).sweep();
    }
    assert!(are_matched(&w.join(BEN, ANY), ANN, BEN));
}

#[test]
fn a_dead_server_is_cleared_away_in_portions() {
    let mut w = world();
    for n in 0..600 {
        w.attach_at(Who(1_000 + n), 1, Client::Native).expect("attached");
    }
    w.kill(1);
    w.wait(15 * SECOND);
    let mut sweeps = 0;
    loop {
        sweeps += 1;
        let pair = PairId::from_bytes(u128::from(u64::MAX - sweeps).to_be_bytes());
        if !w.pool.apply(at(w.now), Dice { pair }, &Command::Sweep).more {
            break;
        }
    }
    assert_eq!((w.census().online, sweeps), (0, 3));
}

#[test]
fn somebody_away_can_be_reported_blocked_and_left() {
    let mut w = world();
    let (ann, _) = w.meet(ANN, BEN);
    w.detach(ANN);
    w.report(BEN, ann).expect("reported");
    w.block(BEN, ann).expect("blocked");
    assert_eq!(phase(&w.attach(ANN), ANN), Phase::Idle);
}

#[test]
fn the_position_in_the_queue_counts_those_with_the_same_gender_and_filter() {
    let mut w = world();
    for n in 0..5 {
        w.join_as(Who(10 + n), MALE, Filter::Only(FEMALE));
        w.join_as(Who(20 + n), MALE, Filter::Only(Gender::NonBinary));
    }
    let position = |w: &World, who: Who| {
        let query = Query::Wait { device: who.device() };
        match w.pool.read(at(w.now), &query) {
            View::Wait(Some(wait)) => wait.position,
            view => panic!("{view:?}"),
        }
    };
    assert_eq!((position(&w, Who(10)), position(&w, Who(24))), (1, 5));
    w.detach(Who(11));
    assert_eq!((position(&w, Who(11)), position(&w, Who(12))), (2, 2));
    w.leave(Who(10));
    assert_eq!(position(&w, Who(14)), 3);
}

#[test]
fn memory_returns_after_a_million_devices_have_come_and_gone() {
    // All rules on; each device meets another, blocks nobody, and goes. A day later nothing is
    // left, and in between no more than what a day's counts need.
    let mut pool = Pool::new(std::sync::Arc::new(Policy::default()));
    let mut now = T0;
    let apply = |pool: &mut Pool, now: u64, n: u64, command: Command| {
        let pair = PairId::from_bytes((u128::from(n) << 8 | 1).to_be_bytes());
        pool.apply(at(now), Dice { pair }, &command)
    };
    let mut most = 0;
    let mut commands = 0;
    for n in 0..1_000_000_u32 {
        let (device, conn) = (Who(n).device(), Conn { node: NodeId(1), id: n.into() });
        let client = Client::Plain;
        for command in [
            Command::Attach { device, conn, client, again: false },
            Command::Join { device, conn, wish: Wish::default() },
        ] {
            commands += 1;
            apply(&mut pool, now, commands, command).outcome.expect("accepted");
        }
        if n % 2 == 1 {
            for (m, id) in [(n - 1, n - 1), (n, n)] {
                let (device, conn) = (Who(m).device(), Conn { node: NodeId(1), id: id.into() });
                commands += 1;
                apply(&mut pool, now, commands, Command::Detach { device, conn })
                    .outcome
                    .expect("gone");
            }
            now += 350; // 2 people in 350 ms: half a million in a day
        }
        if n % 10_000 == 0 {
            most = most.max(pool.footprint().records);
        }
    }
    let after = pool.footprint();
    assert!(most < 600_000, "about one day of devices at the most: {most}");
    assert!(after.records < 600_000, "{after:?}");
    now += 2 * DAY;
    loop {
        commands += 1;
        apply(&mut pool, now, commands, Command::Sweep);
        if pool.footprint().records == 0 {
            break;
        }
        assert!(commands < 10_000_000, "{:?}", pool.footprint());
    }
    let empty = pool.footprint();
    assert!(empty.bytes < after.bytes / 100, "{after:?} {empty:?}");
}
