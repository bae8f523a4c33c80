//! Reports, and what moderators do.

use anonchat_core::room::*;

use super::world::*;

fn reports(world: &World, query: &RoomQuery) -> Vec<(String, usize, Option<SessionId>)> {
    let RoomView::Reports(list) = world.read(query) else { panic!("{query:?}") };
    let row =
        |it: &ReportedMessage| (it.message.content.words().to_owned(), it.reasons.len(), it.author);
    list.iter().map(row).collect()
}

#[test]
fn a_member_reports_a_message_once_and_the_owner_sees_the_most_reported_first() {
    let mut world = world();
    let room = world.room(30);
    world.join(BEN, room).expect("joins");
    world.join(CLEO, room).expect("joins");
    let [one, two, three] =
        ["one", "two", "three"].map(|words| world.say(ANN, room, words).expect("a member").id);
    for (session, message) in [(BEN, two), (CLEO, two), (BEN, one), (CLEO, three)] {
        world.report(session, message, "rude").expect("the first time");
    }
    assert_eq!(world.report(BEN, two, "again"), Err(RoomRejection::AlreadyReported));
    let query = RoomQuery::Reports { session: ANN, room, limit: 50 };
    let wanted = [("two", 2), ("three", 1), ("one", 1)];
    assert_eq!(reports(&world, &query), wanted.map(|(words, n)| (words.to_owned(), n, None)));
    let RoomView::Reports(list) = world.read(&query) else { panic!("hers") };
    assert_eq!(list[0].reasons[0].words(), "rude");
    let few = RoomQuery::Reports { session: ANN, room, limit: 1 };
    assert_eq!(reports(&world, &few).len(), 1);
}

#[test]
fn a_message_holds_so_many_reports() {
    let mut world = world_with(|policy| policy.rooms.max_reports = 1);
    let room = world.room(1);
    world.join(BEN, room).expect("joins");
    let said = world.say(ANN, room, "hello").expect("a member").id;
    world.report(BEN, said, "").expect("the first");
    assert_eq!(world.report(ANN, said, ""), Err(RoomRejection::TooManyReports { max: 1 }));
    let never = RoomMessageId::of(said.room(), 9).expect("an id");
    assert_eq!(world.report(ANN, never, ""), Err(RoomRejection::UnknownMessage));
    let nowhere = RoomMessageId::of(9, 1).expect("an id");
    assert_eq!(world.report(ANN, nowhere, ""), Err(RoomRejection::UnknownMessage));
}

#[test]
fn moderators_see_the_reports_of_all_rooms_with_the_author_page_by_page() {
    let mut world = world();
    let (room, other) = (world.room(1), world.room(1));
    let first = world.say(ANN, room, "here").expect("a member").id;
    let second = world.say(ANN, other, "there").expect("a member").id;
    for message in [first, second] {
        world.report(ANN, message, "").expect("kept");
    }
    let page = |before| RoomQuery::AllReports { before, limit: 1 };
    let row = |words: &str| [(words.to_owned(), 1, Some(ANN))];
    assert_eq!(reports(&world, &page(None)), row("there"));
    assert_eq!(reports(&world, &page(Some(second))), row("here"));
    assert_eq!(reports(&world, &page(Some(first))), []);
}

// Lesson 23 again, for the ban that holds everywhere.
#[test]
fn a_banned_session_loses_every_room_and_connection_and_is_unknown() {
    let mut world = world();
    let (room, other) = (world.room(1), world.room(1));
    for (room, conn) in [(room, 2), (other, 3)] {
        world.join(BEN, room).expect("joins");
        world.attach(BEN, room, conn).expect("a member");
    }
    let told = world.apply(RoomCommand::BanSession { banned: BEN }).expect("known");
    assert_eq!(told, [2, 3].map(|conn| (conn, RoomEvent::Removed { why: Parting::Banned })));
    assert!(!world.is_known(BEN));
    assert_eq!(world.say(BEN, room, "hello"), Err(RoomRejection::UnknownSession));
    assert_eq!(world.attach(BEN, room, 4), Err(RoomRejection::UnknownSession));
    assert_eq!(world.apply(RoomCommand::BanSession { banned: BEN }), Ok(vec![]));
    assert_eq!(world.census().bans, 1);
}

#[test]
fn a_lifted_session_is_known_again_without_its_rooms() {
    let mut world = world();
    let room = world.room(1);
    world.join(BEN, room).expect("joins");
    world.apply(RoomCommand::BanSession { banned: BEN }).expect("known");
    world.apply(RoomCommand::LiftSession { lifted: BEN }).expect("known");
    assert_eq!(world.say(BEN, room, "hello"), Err(RoomRejection::NotMember));
    world.join(BEN, room).expect("may join again");
    let stranger = SessionId::from_bytes([99; 16]);
    for command in [
        RoomCommand::BanSession { banned: stranger },
        RoomCommand::LiftSession { lifted: stranger },
    ] {
        assert_eq!(world.apply(command), Err(RoomRejection::UnknownSession));
    }
}

#[test]
fn a_moderator_closes_any_room() {
    let mut world = world();
    let room = world.room(1);
    world.attach(ANN, room, 1).expect("a member");
    let told = world.apply(RoomCommand::CloseByModerator { room });
    assert_eq!(told, Ok(vec![(1, RoomEvent::Closed)]));
    let again = world.apply(RoomCommand::CloseByModerator { room });
    assert_eq!(again, Err(RoomRejection::UnknownRoom));
}

#[test]
fn a_reset_tells_every_connection_in_order_and_forgets_sessions_rooms_bans_and_words() {
    let mut world = world();
    let (room, other) = (world.room(1), world.room(1));
    world.join(BEN, room).expect("joins");
    for (session, room, conn) in [(BEN, room, 150), (ANN, other, 250), (ANN, room, 3)] {
        world.attach(session, room, conn).expect("a member");
    }
    let said = world.say(ANN, room, "hello").expect("a member").id;
    world.report(BEN, said, "rude").expect("kept");
    world.apply(RoomCommand::BanSession { banned: CLEO }).expect("known");

    let told = world.apply(RoomCommand::Reset).expect("never refused");
    assert_eq!(told, [3, 150, 250].map(|conn| (conn, RoomEvent::Closed)));
    assert_eq!(world.census(), RoomCensus::default());
    for session in [ANN, BEN, CLEO] {
        assert!(!world.is_known(session));
        world.enter(session, "again").expect("new");
    }
    assert_eq!(world.say(ANN, room, "hello"), Err(RoomRejection::UnknownRoom));
    assert_eq!(world.report(ANN, said, ""), Err(RoomRejection::UnknownMessage));
    assert_eq!(world.apply(RoomCommand::Detach { conn: at(3) }), Err(RoomRejection::NotAttached));
}

#[test]
fn after_a_reset_numbers_go_on_so_that_no_message_is_called_like_one_before() {
    let mut world = world();
    let room = world.room(1);
    let before = world.say(ANN, room, "hello").expect("a member").id;
    let seq = world.commit(&RoomCommand::Reset).seq;
    assert_eq!(world.commit(&RoomCommand::Sweep).seq, seq + 1);
    world.enter(ANN, "Ann").expect("new");
    let room = world.room(1);
    let after = world.say(ANN, room, "hello").expect("a member").id;
    assert_eq!((before.room(), after.room()), (1, 2));
}

// The servers are there all the same, and what they carried is told once.
#[test]
fn a_reset_leaves_servers_alive_and_nothing_else_to_come() {
    let mut world = world();
    let room = world.room(1);
    world.attach(ANN, room, 150).expect("a member");
    world.apply(RoomCommand::Reset).expect("never refused");
    world.enter(ANN, "Ann").expect("new");
    let room = world.room(1);
    let lease = u64::from(world.rooms.policy().connection.lease_s) * SECOND;
    world.wait(lease - 1);
    world.attach(ANN, room, 151).expect("a member");
    world.wait(1);
    assert_eq!(world.sweep(), [], "it has not renewed its lease since, and listens no more");
    assert_eq!(world.census().connections, 0);
    world.wait(400 * DAY);
    assert_eq!(world.sweep(), []);
}
