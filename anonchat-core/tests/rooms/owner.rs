//! What the owner of a room may do.

use anonchat_core::room::*;

use super::world::*;

/// A room of Ann's, where she listens by 1, Ben by 2 and 3, and Cleo by 4.
fn owned() -> (World, RoomCode) {
    let mut world = world();
    let room = world.room(30);
    for session in [BEN, CLEO] {
        world.join(session, room).expect("joins");
    }
    for (session, conn) in [(ANN, 1), (BEN, 2), (BEN, 3), (CLEO, 4)] {
        world.attach(session, room, conn).expect("a member");
    }
    (world, room)
}

#[test]
fn whoever_is_kicked_loses_their_connections_and_may_come_back() {
    let (mut world, room) = owned();
    let alias = world.alias(BEN, room);
    let target = Target::Alias(alias);
    let told = world.apply(RoomCommand::Kick { session: ANN, room, target }).expect("hers");
    let why = Parting::Kicked;
    let removed = |conn| (conn, RoomEvent::Removed { why });
    let left = |conn| (conn, RoomEvent::Left { alias, why });
    assert_eq!(told, [removed(2), removed(3), left(1), left(4)]);
    assert_eq!(world.say(BEN, room, "still here?"), Err(RoomRejection::NotMember));
    world.join(BEN, room).expect("may come back");
}

// Lesson 23: a banned session talked on over its open socket.
#[test]
fn whoever_is_banned_from_a_room_hears_and_says_nothing_more_there() {
    let (mut world, room) = owned();
    let target = Target::Alias(world.alias(BEN, room));
    let told = world.apply(RoomCommand::Ban { session: ANN, room, target }).expect("hers");
    let removed = RoomEvent::Removed { why: Parting::BannedFromRoom };
    assert_eq!(told[..2], [(2, removed.clone()), (3, removed)]);
    assert_eq!(world.say(BEN, room, "hello"), Err(RoomRejection::NotMember));
    assert_eq!(world.join(BEN, room), Err(RoomRejection::BannedFromRoom));
    let content = text("without Ben");
    let told = world.apply(RoomCommand::Post { session: ANN, room, content }).expect("hers");
    assert_eq!(told.iter().map(|(conn, _)| *conn).collect::<Vec<_>>(), [1, 4]);
    let elsewhere = world.create(BEN, None, None).expect("he is known elsewhere");
    assert_eq!(elsewhere.members, 1);
}

#[test]
fn a_session_can_be_banned_from_a_room_before_it_comes() {
    let mut world = world();
    let room = world.room(0);
    let target = Target::Session(BEN);
    world.apply(RoomCommand::Ban { session: ANN, room, target }).expect("hers");
    assert_eq!(world.join(BEN, room), Err(RoomRejection::BannedFromRoom));
    let nobody = Target::Session(SessionId::from_bytes([77; 16]));
    let refused = world.apply(RoomCommand::Ban { session: ANN, room, target: nobody });
    assert_eq!(refused, Err(RoomRejection::UnknownMember));
}

#[test]
fn a_room_holds_so_many_bans_and_forgets_those_of_sessions_that_ended() {
    let mut world = world_with(|policy| policy.rooms.max_room_bans = 1);
    let room = world.room(0);
    let ban = |target| RoomCommand::Ban { session: ANN, room, target: Target::Session(target) };
    world.apply(ban(BEN)).expect("hers");
    world.apply(ban(BEN)).expect("once more is no other");
    assert_eq!(world.apply(ban(CLEO)), Err(RoomRejection::TooManyBans { max: 1 }));
    world.apply(RoomCommand::EndSession { session: BEN }).expect("known");
    world.apply(ban(CLEO)).expect("there is a place");
}

#[test]
fn nobody_new_joins_a_locked_room() {
    let (mut world, room) = owned();
    world.apply(RoomCommand::Leave { session: CLEO, room }).expect("a member");
    let lock = |locked| RoomCommand::Lock { session: ANN, room, locked };
    let told = world.apply(lock(true)).expect("hers");
    assert_eq!(told[0], (1, RoomEvent::Locked { locked: true }));
    assert_eq!(world.apply(lock(true)), Ok(vec![]), "nothing has changed");
    assert_eq!(world.join(CLEO, room), Err(RoomRejection::Locked));
    world.join(BEN, room).expect("is in it already");
    world.apply(lock(false)).expect("hers");
    world.join(CLEO, room).expect("open again");
}

#[test]
fn a_closed_room_is_over_for_everybody_and_its_words_are_gone() {
    let (mut world, room) = owned();
    world.say(ANN, room, "the last word").expect("a member");
    let told = world.apply(RoomCommand::Close { session: ANN, room }).expect("hers");
    assert_eq!(told, [1, 2, 3, 4].map(|conn| (conn, RoomEvent::Closed)));
    assert_eq!(world.join(BEN, room), Err(RoomRejection::UnknownRoom));
    let RoomCensus { rooms, connections, messages, .. } = world.census();
    assert_eq!((rooms, connections, messages), (0, 0, 0));
}

#[test]
fn a_room_that_was_handed_over_has_one_owner() {
    let (mut world, room) = owned();
    let alias = world.alias(CLEO, room);
    let target = Target::Alias(alias);
    let told = world.apply(RoomCommand::HandOver { session: ANN, room, target }).expect("hers");
    assert_eq!(told, [1, 2, 3, 4].map(|conn| (conn, RoomEvent::Owner { alias })));
    let close = |session| RoomCommand::Close { session, room };
    assert_eq!(world.apply(close(ANN)), Err(RoomRejection::NotOwner));
    world.apply(close(CLEO)).expect("hers now");
}

#[test]
fn only_the_owner_has_the_owners_tools_and_not_against_themselves() {
    let (mut world, room) = owned();
    let tools = |session, target| {
        [
            RoomCommand::Kick { session, room, target },
            RoomCommand::Ban { session, room, target },
            RoomCommand::HandOver { session, room, target },
        ]
    };
    let ann = Target::Alias(world.alias(ANN, room));
    for tool in tools(BEN, ann) {
        assert_eq!(world.apply(tool), Err(RoomRejection::NotOwner));
    }
    for tool in tools(ANN, ann).into_iter().chain(tools(ANN, Target::Session(ANN))) {
        assert_eq!(world.apply(tool), Err(RoomRejection::Yourself));
    }
    for tool in tools(ANN, Target::Alias(RoomAlias::from_bytes([0; 16]))) {
        assert_eq!(world.apply(tool), Err(RoomRejection::UnknownMember));
    }
    let lock = RoomCommand::Lock { session: BEN, room, locked: true };
    assert_eq!(world.apply(lock), Err(RoomRejection::NotOwner));
    let reports = RoomQuery::Reports { session: BEN, room, limit: 50 };
    assert_eq!(world.read(&reports), RoomView::Refused(RoomRejection::NotOwner));
}
