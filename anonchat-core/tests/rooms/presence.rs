//! Who listens, by which connections.

use anonchat_core::room::*;
use anonchat_core::{Conn, NodeId};

use super::world::*;

#[test]
fn a_connection_that_listens_is_told_the_truth_and_again_if_it_asks_again() {
    let mut world = world();
    let room = world.room(3);
    let first = world.attach(ANN, room, 1).expect("a member");
    let [(1, RoomEvent::Attached { room: details })] = &first[..] else { panic!("{first:?}") };
    assert_eq!((details.code, details.retention_days), (room, 3));
    assert_eq!(world.attach(ANN, room, 1).expect("after a gap"), first);
    assert_eq!(world.census().connections, 1);
}

#[test]
fn others_hear_of_the_first_connection_and_of_the_loss_of_the_last() {
    let mut world = world();
    let room = world.room(0);
    world.join(BEN, room).expect("joins");
    world.attach(ANN, room, 1).expect("a member");
    let alias = world.alias(BEN, room);
    let come = world.attach(BEN, room, 2).expect("a member");
    assert_eq!(come[0], (1, RoomEvent::Presence { alias, here: true }));
    assert_eq!(world.attach(BEN, room, 3).expect("a second page").len(), 1);
    assert_eq!(world.apply(RoomCommand::Detach { conn: at(2) }), Ok(vec![]));
    let gone = world.apply(RoomCommand::Detach { conn: at(3) });
    assert_eq!(gone, Ok(vec![(1, RoomEvent::Presence { alias, here: false })]));
    assert_eq!(world.apply(RoomCommand::Detach { conn: at(3) }), Err(RoomRejection::NotAttached));
    assert_eq!(world.members(BEN, room).len(), 2, "the membership stays");
}

#[test]
fn one_connection_too_many_replaces_the_oldest_of_the_same_member_only() {
    let mut world = world_with(|policy| policy.rooms.max_connections = 2);
    let room = world.room(0);
    world.join(BEN, room).expect("joins");
    world.attach(BEN, room, 9).expect("a member");
    world.attach(ANN, room, 7).expect("a member");
    world.attach(ANN, room, 3).expect("a second page");
    let told = world.attach(ANN, room, 5).expect("a third page");
    assert_eq!(told[0], (7, RoomEvent::Replaced));
    assert!(told[0].1.is_last());
    assert_eq!(world.census().connections, 3);
}

#[test]
fn a_connection_listens_to_one_room_for_one_session() {
    let mut world = world();
    let (room, other) = (world.room(0), world.room(0));
    world.join(BEN, room).expect("joins");
    world.attach(ANN, room, 1).expect("a member");
    assert_eq!(world.attach(ANN, other, 1), Err(RoomRejection::ConnInUse));
    assert_eq!(world.attach(BEN, room, 1), Err(RoomRejection::ConnInUse));
}

#[test]
fn the_connections_of_a_server_that_does_not_renew_its_lease_are_gone() {
    let mut world = world();
    let room = world.room(0);
    world.join(BEN, room).expect("joins");
    let alias = world.alias(BEN, room);
    world.attach(ANN, room, 100).expect("a member on server 1");
    world.attach(BEN, room, 200).expect("a member on server 2");
    world.wait(14 * SECOND);
    world.apply(RoomCommand::Renew { node: NodeId(1) }).expect("alive");
    world.wait(SECOND);
    assert_eq!(world.sweep(), [(100, RoomEvent::Presence { alias, here: false })]);
    let conn = Conn { node: NodeId(2), id: 200 };
    assert_eq!(world.apply(RoomCommand::Detach { conn }), Err(RoomRejection::NotAttached));
    world.attach(BEN, room, 201).expect("the server is back");
}

#[test]
fn a_sweep_does_a_bounded_part_and_says_that_there_is_more() {
    let mut world = world_with(|policy| policy.rooms.max_messages = 1_000);
    let room = world.room(1);
    for n in 0..300 {
        world.say(ANN, room, &n.to_string()).expect("a member");
    }
    world.wait(DAY);
    assert_eq!(world.census().messages, 300);
    assert!(world.commit(&RoomCommand::Sweep).more);
    assert!(!world.commit(&RoomCommand::Sweep).more);
    assert_eq!(world.census().messages, 0);
}
