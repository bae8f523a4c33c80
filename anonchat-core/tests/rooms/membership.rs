//! How rooms begin and end, and who is in them.

use anonchat_core::room::*;

use super::world::*;

#[test]
fn the_creator_is_owner_and_member_and_is_told_what_the_room_keeps() {
    let mut world = world();
    let room = world.create(ANN, None, None).expect("created");
    assert_eq!((room.members, room.retention_days, room.owner), (1, 30, room.you));
    assert_eq!(room.owner_nickname.words(), "Ann");
    assert!(RoomCode::parse(room.code.as_str()).is_some());
    assert_eq!(
        world.read(&RoomQuery::Room { session: ANN, room: room.code }),
        RoomView::Room(room)
    );
}

#[test]
fn retention_is_0_to_365_days_and_a_room_is_for_somebody() {
    let mut world = world();
    for days in [0, 365] {
        assert_eq!(world.create(ANN, Some(days), None).expect("may be").retention_days, days);
    }
    let longer = world.create(ANN, Some(366), None);
    assert_eq!(longer, Err(RoomRejection::RetentionTooLong { max_days: 365 }));
    assert_eq!(world.create(ANN, None, Some(0)), Err(RoomRejection::NoParticipants));
}

#[test]
fn a_code_that_is_in_use_is_not_given_out_again() {
    let mut world = world();
    let room = world.room(0);
    let dice = RoomDice { code: room, alias: RoomAlias::from_bytes([9; 16]) };
    world.loaded = Some(dice);
    assert_eq!(world.create(BEN, None, None), Err(RoomRejection::DiceUsed));
    world.apply(RoomCommand::Close { session: ANN, room }).expect("hers");
    world.loaded = Some(dice);
    assert_eq!(world.create(BEN, None, None).expect("free again").code, room);
}

#[test]
fn a_room_is_found_by_its_code_in_either_case_and_an_alias_is_new_for_each_joining() {
    let mut world = world();
    let room = world.room(0);
    let lower = RoomCode::parse(&room.as_str().to_lowercase()).expect("a code");
    let first = world.join(BEN, lower).expect("found").you;
    assert_eq!(world.join(BEN, room).expect("a member already").you, first);
    world.apply(RoomCommand::Leave { session: BEN, room }).expect("a member");
    assert_ne!(world.join(BEN, room).expect("may come back").you, first);
    let unknown = RoomCode::parse("ZZZZZZ").expect("a code");
    assert_eq!(world.join(BEN, unknown), Err(RoomRejection::UnknownRoom));
}

#[test]
fn an_alias_that_is_in_use_is_not_given_to_another_member() {
    let mut world = world();
    let room = world.room(0);
    let alias = world.alias(ANN, room);
    world.loaded = Some(RoomDice { code: room, alias });
    assert_eq!(world.join(BEN, room), Err(RoomRejection::DiceUsed));
}

// Lesson 25: the limit of participants held on one door only. It counts members.
#[test]
fn a_full_room_admits_nobody_until_somebody_leaves() {
    let mut world = world();
    let room = world.create(ANN, None, Some(2)).expect("created").code;
    world.join(BEN, room).expect("the second");
    assert_eq!(world.join(CLEO, room), Err(RoomRejection::Full { max: 2 }));
    world.join(BEN, room).expect("is in it already");
    world.apply(RoomCommand::Leave { session: BEN, room }).expect("a member");
    world.join(CLEO, room).expect("there is a place");
}

#[test]
fn the_policy_bounds_members_rooms_and_memberships() {
    let mut world = world_with(|policy| {
        policy.rooms.max_members = 2;
        policy.rooms.max_rooms = 3;
        policy.rooms.max_rooms_per_session = 2;
    });
    let first = world.create(ANN, None, Some(50)).expect("created").code;
    world.join(BEN, first).expect("the second");
    assert_eq!(world.join(CLEO, first), Err(RoomRejection::Full { max: 2 }));
    world.room(0);
    let third = world.create(ANN, None, None);
    assert_eq!(third, Err(RoomRejection::TooManyMemberships { max: 2 }));
    let other = world.create(CLEO, None, None).expect("created").code;
    assert_eq!(world.join(ANN, other), Err(RoomRejection::TooManyMemberships { max: 2 }));
    assert_eq!(world.create(CLEO, None, None), Err(RoomRejection::TooManyRooms { max: 3 }));
}

// Lesson 22: history and details needed no token.
#[test]
fn nobody_but_members_reads_sends_listens_or_reports() {
    let mut world = world();
    let room = world.room(1);
    let said = world.say(ANN, room, "for members").expect("a member").id;
    let refused = RoomView::Refused(RoomRejection::NotMember);
    for query in [
        RoomQuery::Room { session: BEN, room },
        RoomQuery::Members { session: BEN, room },
        RoomQuery::Messages { session: BEN, room, page: 1, page_size: 50 },
        RoomQuery::Reports { session: BEN, room, limit: 50 },
    ] {
        assert_eq!(world.read(&query), refused);
    }
    assert_eq!(world.say(BEN, room, "hello"), Err(RoomRejection::NotMember));
    assert_eq!(world.attach(BEN, room, 2), Err(RoomRejection::NotMember));
    assert_eq!(world.report(BEN, said, ""), Err(RoomRejection::NotMember));
    let typing = RoomCommand::Typing { session: BEN, room, on: true };
    assert_eq!(world.apply(typing), Err(RoomRejection::NotMember));

    let stranger = SessionId::from_bytes([99; 16]);
    let page = world.page(stranger, room, 1, 50);
    assert_eq!(page, Err(RoomRejection::UnknownSession));
    assert_eq!(world.join(stranger, room), Err(RoomRejection::UnknownSession));
}

#[test]
fn members_are_listed_by_alias_in_the_order_of_their_joining() {
    let mut world = world();
    let room = world.room(0);
    world.join(CLEO, room).expect("joins");
    world.join(BEN, room).expect("joins");
    world.attach(BEN, room, 2).expect("a member");
    let list = world.members(BEN, room);
    let list: Vec<_> = list.iter().map(|m| (m.nickname.words(), m.here, m.owner, m.you)).collect();
    let wanted =
        [("Ann", false, true, false), ("Cleo", false, false, false), ("Ben", true, false, true)];
    assert_eq!(list, wanted);
}

#[test]
fn when_the_owner_leaves_the_longest_standing_member_owns_the_room() {
    let mut world = world();
    let room = world.room(0);
    world.join(CLEO, room).expect("joins");
    world.join(BEN, room).expect("joins");
    world.attach(BEN, room, 2).expect("a member");
    let (ann, cleo) = (world.alias(ANN, room), world.alias(CLEO, room));
    let told = world.apply(RoomCommand::Leave { session: ANN, room }).expect("a member");
    let left = RoomEvent::Left { alias: ann, why: Parting::Left };
    assert_eq!(told, [(2, left), (2, RoomEvent::Owner { alias: cleo })]);
}

#[test]
fn a_room_without_members_waits_for_them_and_then_ends_with_its_words() {
    let mut world = world_with(|policy| policy.rooms.room_life_s = 60);
    let room = world.room(30);
    world.say(ANN, room, "back soon").expect("a member");
    world.apply(RoomCommand::Leave { session: ANN, room }).expect("a member");
    world.wait(60 * SECOND - 1);
    let back = world.join(BEN, room).expect("still there");
    assert_eq!(back.owner, back.you, "the first who comes back owns it");
    assert_eq!(world.history(BEN, room), ["back soon"]);
    world.apply(RoomCommand::Leave { session: BEN, room }).expect("a member");
    world.wait(60 * SECOND);
    assert_eq!(world.join(BEN, room), Err(RoomRejection::UnknownRoom), "over without a sweep");
    world.sweep();
    assert_eq!((world.census().rooms, world.census().messages), (0, 0));
}

#[test]
fn a_locked_room_ends_with_its_last_member() {
    let mut world = world();
    let room = world.room(30);
    world.apply(RoomCommand::Lock { session: ANN, room, locked: true }).expect("hers");
    world.apply(RoomCommand::Leave { session: ANN, room }).expect("a member");
    assert_eq!(world.join(ANN, room), Err(RoomRejection::UnknownRoom));
    assert_eq!(world.census().rooms, 0);
}
