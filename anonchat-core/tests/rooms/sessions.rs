//! Who is known, and for how long.

use anonchat_core::room::*;

use super::world::*;

const LIFE: u64 = 24 * 3_600 * SECOND;

#[test]
fn a_session_has_a_nickname_as_it_was_written() {
    let mut world = world();
    let dan = SessionId::from_bytes([4; 16]);
    world.enter(dan, "<Dan & Co>").expect("new");
    let view = world.read(&RoomQuery::Session { session: dan });
    let RoomView::Session(view) = view else { panic!("{view:?}") };
    assert_eq!(view.nickname.words(), "<Dan & Co>");
    assert_eq!(view.created, view.last_active);
}

#[test]
fn a_session_ends_after_a_day_without_activity_whether_or_not_it_was_swept() {
    let mut world = world();
    world.wait(LIFE - 1);
    assert!(world.is_known(ANN));
    world.apply(RoomCommand::Touch { session: ANN }).expect("known");
    world.wait(1);
    assert!(!world.is_known(BEN), "its day is over");
    let refused = world.apply(RoomCommand::Touch { session: BEN });
    assert_eq!(refused, Err(RoomRejection::UnknownSession));
    assert!(world.is_known(ANN), "hers began again");
    world.wait(LIFE - 2);
    assert!(world.is_known(ANN));
    world.wait(1);
    assert!(!world.is_known(ANN));
    world.sweep();
    assert_eq!(world.census(), RoomCensus::default(), "nothing is left of them");
}

#[test]
fn any_accepted_command_is_activity_and_a_refused_one_is_none() {
    let mut world = world();
    let room = world.room(0);
    world.join(BEN, room).expect("joins");
    world.wait(LIFE - 1);
    world.say(ANN, room, "hello").expect("a member");
    assert_eq!(world.say(CLEO, room, "hello"), Err(RoomRejection::NotMember));
    world.wait(1);
    assert!(world.is_known(ANN));
    assert!(!world.is_known(CLEO));
}

#[test]
fn a_session_with_a_connection_stays_and_its_day_begins_when_the_last_one_is_gone() {
    let mut world = world();
    let room = world.room(0);
    world.attach(ANN, room, 1).expect("a member");
    world.wait(LIFE);
    assert!(world.is_known(ANN));
    world.apply(RoomCommand::Detach { conn: at(1) }).expect("attached");
    world.wait(LIFE - 1);
    assert!(world.is_known(ANN));
    world.wait(1);
    assert!(!world.is_known(ANN));
}

#[test]
fn whose_session_ends_by_time_has_left_their_rooms_after_the_sweep() {
    let mut world = world();
    let room = world.room(0);
    world.attach(ANN, room, 1).expect("a member");
    world.join(BEN, room).expect("joins");
    let ben = world.alias(BEN, room);
    world.wait(LIFE);
    world.apply(RoomCommand::Renew { node: at(1).node }).expect("her server lives");
    let left = RoomEvent::Left { alias: ben, why: Parting::SessionOver };
    let told = world.sweep();
    assert!(told.contains(&(1, left)), "{told:?}");
    assert_eq!(world.members(ANN, room).len(), 1);
}

#[test]
fn a_session_that_is_ended_is_gone_at_once_and_its_connections_are_told() {
    let mut world = world();
    let room = world.room(0);
    world.join(BEN, room).expect("joins");
    world.attach(BEN, room, 2).expect("a member");
    let told = world.apply(RoomCommand::EndSession { session: BEN }).expect("known");
    assert_eq!(told, [(2, RoomEvent::Removed { why: Parting::SessionOver })]);
    assert!(!world.is_known(BEN));
}

#[test]
fn a_token_hash_that_is_in_use_is_not_given_out_again_and_there_are_so_many_sessions() {
    let mut world = world_with(|policy| policy.rooms.max_sessions = 4);
    assert_eq!(world.enter(ANN, "Eve"), Err(RoomRejection::DiceUsed));
    world.enter(SessionId::from_bytes([4; 16]), "Dan").expect("the fourth");
    let fifth = world.enter(SessionId::from_bytes([5; 16]), "Eve");
    assert_eq!(fifth, Err(RoomRejection::TooManySessions { max: 4 }));
}
