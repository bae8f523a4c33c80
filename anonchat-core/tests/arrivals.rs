//! People who look for a partner by one connection and talk by another.

mod world;

use anonchat_core::*;
use world::*;

const SEEKER: Client = Client::Seeker;

/// A world in which Ann and Ben were matched, and Ann has still to come to the talk.
fn found() -> (World, PairId) {
    let mut w = world();
    w.attach_at(ANN, 1, SEEKER).expect("attached");
    w.join(ANN, ANY);
    let told = w.join(BEN, ANY);
    let pair = matched(&told, BEN).expect("matched");
    assert_eq!(peer_of(&told, BEN).arrival, Arrival::Expected);
    assert_eq!(peer_of(&told, BEN).route, None);
    assert_eq!(peer_of(&told, ANN).arrival, Arrival::Direct);
    (w, pair)
}

fn peer_of(told: &[(Who, Event)], who: Who) -> Peer {
    let peer = told.iter().find_map(|(to, event)| match event {
        Event::Matched { peer, .. } | Event::Attached { phase: Phase::Paired { peer, .. }, .. }
            if *to == who =>
        {
            Some(peer.clone())
        }
        _ => None,
    });
    peer.expect("somebody is told of a partner")
}

fn phase(told: &[(Who, Event)], who: Who) -> Phase {
    let phase = told.iter().find_map(|(to, event)| match event {
        Event::Attached { phase, .. } if *to == who => Some(phase.clone()),
        _ => None,
    });
    phase.expect("attached")
}

#[test]
fn nothing_reaches_somebody_who_is_expected_until_they_have_come() {
    let (mut w, pair) = found();
    assert!(w.detach(ANN).is_empty(), "whoever is expected is not there anyhow");
    let told = w.enter(ANN, pair).expect("entered");
    let route = w.conn(ANN);
    assert_eq!(told[0], (BEN, Event::PeerBack { pair, route }));
    assert!(matches!(phase(&told, ANN), Phase::Paired { pair: same, .. } if same == pair));
    // Ben comes back, and is told where Ann is.
    let told = w.attach(BEN);
    let ann = peer_of(&told, BEN);
    assert_eq!((ann.arrival, ann.route), (Arrival::Arrived, Some(route)));
}

#[test]
fn whoever_comes_while_the_seeker_is_still_there_takes_its_place() {
    let (mut w, pair) = found();
    let told = w.enter(ANN, pair).expect("entered");
    assert_eq!(told[0], (ANN, Event::Replaced { by: Client::Capability }));
    assert_eq!(told[1], (BEN, Event::PeerBack { pair, route: w.conn(ANN) }));
    assert_eq!(told.len(), 3);
}

#[test]
fn two_who_are_both_expected_come_in_any_order() {
    let mut w = world();
    for who in [ANN, BEN] {
        w.attach_at(who, 1, SEEKER).expect("attached");
    }
    w.join(ANN, ANY);
    let told = w.join(BEN, ANY);
    let pair = matched(&told, BEN).expect("matched");
    assert_eq!(peer_of(&told, ANN).arrival, Arrival::Expected);
    let told = w.enter(BEN, pair).expect("entered");
    let ann = peer_of(&told, BEN);
    assert_eq!((ann.arrival, ann.route), (Arrival::Expected, None));
    let told = w.enter(ANN, pair).expect("entered");
    let ben = peer_of(&told, ANN);
    assert_eq!((ben.arrival, ben.route), (Arrival::Arrived, Some(w.conn(BEN))));
    assert!(told.contains(&(BEN, Event::PeerBack { pair, route: w.conn(ANN) })));
}

#[test]
fn whoever_has_come_is_missed_and_comes_again_within_the_grace() {
    let (mut w, pair) = found();
    w.enter(ANN, pair).expect("entered");
    let until = at(T0 + 15 * SECOND);
    assert_eq!(w.detach(ANN), [(BEN, Event::PeerAway { pair, until })]);
    w.wait(15 * SECOND - 1).sweep();
    let told = w.enter(ANN, pair).expect("entered");
    assert_eq!(told[0], (BEN, Event::PeerBack { pair, route: w.conn(ANN) }));
}

#[test]
fn whoever_is_expected_and_does_not_come_has_left_when_the_grace_ends() {
    let (mut w, pair) = found();
    w.detach(ANN);
    let told = w.wait(15 * SECOND).sweep();
    assert_eq!(told, [(BEN, Event::PeerLeft { pair, why: Departure::Lost })]);
    assert_eq!(w.enter(ANN, pair), Err(Rejection::UnknownPeer));
}

#[test]
fn a_talk_that_is_over_or_somebody_elses_is_not_entered() {
    let (mut w, pair) = found();
    let other = PairId::from_bytes([9; 16]);
    assert_eq!(w.enter(ANN, other), Err(Rejection::UnknownPeer));
    assert_eq!(w.enter(CLEO, pair), Err(Rejection::UnknownPeer));
    w.leave(BEN);
    assert_eq!(w.enter(ANN, pair), Err(Rejection::UnknownPeer));
    // Ann looks for somebody new; the old room does not take that from her.
    w.join(ANN, ANY);
    assert_eq!(w.enter(ANN, pair), Err(Rejection::UnknownPeer));
    assert!(are_matched(&w.join(CLEO, ANY), CLEO, ANN));
}

#[test]
fn an_older_room_connection_does_not_take_the_talk_from_a_newer_one() {
    let (mut w, pair) = found();
    w.enter(ANN, pair).expect("entered");
    let older = w.conn(ANN);
    w.enter(ANN, pair).expect("entered");
    let by = Client::Capability;
    assert_eq!(w.enter_again(ANN, older, pair), Err(Rejection::Replaced { by }));
}

#[test]
fn clients_of_other_kinds_cannot_take_over_a_talk_behind_a_capability() {
    for comes in [false, true] {
        for leaves in [false, true] {
            let (mut w, pair) = found();
            if comes {
                w.enter(ANN, pair).expect("entered");
            }
            if leaves {
                w.detach(ANN);
            }
            for client in [Client::Native, Client::Plain, Client::Cookie] {
                let refused = Err(Rejection::Replaced { by: Client::Capability });
                assert_eq!(w.attach_at(ANN, 1, client), refused, "{client:?} {comes} {leaves}");
            }
            w.enter(ANN, pair).expect("still Ann's");
        }
    }
}

#[test]
fn whoever_waits_goes_on_waiting_by_any_kind_of_connection() {
    let mut w = world();
    w.attach_at(ANN, 1, SEEKER).expect("attached");
    w.join(ANN, ANY);
    for client in [SEEKER, Client::Native] {
        let told = w.attach_at(ANN, 1, client).expect("attached");
        assert!(matches!(phase(&told, ANN), Phase::Waiting { .. }), "{client:?}");
    }
    // The connection that is there when the match comes decides.
    let told = w.join(BEN, ANY);
    assert_eq!(peer_of(&told, BEN).arrival, Arrival::Direct);
    assert_eq!(peer_of(&told, BEN).route, Some(w.conn(ANN)));
}

#[test]
fn a_seeker_that_comes_back_before_the_talk_hears_of_it_again() {
    for gone in [false, true] {
        let (mut w, pair) = found();
        if gone {
            w.detach(ANN);
        }
        let told = w.attach_at(ANN, 1, SEEKER).expect("attached");
        assert!(matches!(phase(&told, ANN), Phase::Paired { pair: same, .. } if same == pair));
        assert!(told.iter().all(|(who, _)| *who == ANN), "Ben has missed nothing: {told:?}");
        w.wait(MINUTE).sweep();
        w.enter(ANN, pair).expect("the grace has not run on");
    }
}

#[test]
fn a_seeker_leaves_a_talk_to_which_somebody_has_come() {
    for gone in [false, true] {
        let (mut w, pair) = found();
        w.enter(ANN, pair).expect("entered");
        if gone {
            w.detach(ANN);
        }
        let told = w.attach_at(ANN, 1, SEEKER).expect("attached");
        assert_eq!(told[0], (BEN, Event::PeerLeft { pair, why: Departure::Left }));
        assert_eq!(phase(&told, ANN), Phase::Idle);
        assert!(queued(&w.join(ANN, ANY), ANN));
        assert_eq!(w.crowd(), [2, 1, 0]);
    }
    // Of a direct talk it is the same.
    let mut w = world();
    w.meet(ANN, BEN);
    let told = w.attach_at(ANN, 1, SEEKER).expect("attached");
    assert_eq!(peer_left(&told, BEN), Some(Departure::Left));
}
