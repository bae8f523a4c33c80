//! How long words are kept.

use anonchat_core::UnixMillis;
use anonchat_core::room::*;

use super::world::*;

// Lesson 28: retention set a flag and kept the content.
#[test]
fn a_message_is_gone_when_its_time_is_over_without_a_command() {
    let mut world = world();
    let room = world.room(2);
    let said = world.say(ANN, room, "for two days").expect("a member").id;
    world.report(ANN, said, "why").expect("kept");
    world.attach(ANN, room, 1).expect("keeps her session");
    world.wait(2 * DAY - 1);
    assert_eq!(world.history(ANN, room), ["for two days"]);
    world.wait(1);
    assert_eq!(world.history(ANN, room), [""; 0]);
    assert_eq!(world.page(ANN, room, 1, 50).expect("a member").count, 0);
    let reports = RoomQuery::Reports { session: ANN, room, limit: 50 };
    let all = RoomQuery::AllReports { before: None, limit: 50 };
    for query in [reports, all] {
        assert_eq!(world.read(&query), RoomView::Reports(vec![]));
    }
    assert_eq!(world.report(ANN, said, "late"), Err(RoomRejection::UnknownMessage));
}

#[test]
fn a_sweep_takes_what_is_over_out_of_memory_and_leaves_the_rest() {
    let mut world = world();
    let room = world.room(1);
    let first = world.say(ANN, room, "first").expect("a member");
    world.report(ANN, first.id, "").expect("kept");
    world.wait(DAY / 2);
    world.say(ANN, room, "second").expect("a member");
    world.wait(DAY / 2);
    assert_eq!((world.census().messages, world.census().reported), (2, 1));
    world.sweep();
    assert_eq!((world.census().messages, world.census().reported), (1, 0));
    assert_eq!(world.history(ANN, room), ["second"]);
}

#[test]
fn a_room_that_keeps_nothing_carries_and_holds_nothing() {
    let mut world = world();
    let room = world.room(0);
    world.attach(ANN, room, 1).expect("a member");
    let said = world.say(ANN, room, "now only").expect("carried");
    assert_eq!(world.history(ANN, room), [""; 0]);
    assert_eq!(world.census().messages, 0);
    assert_eq!(world.report(ANN, said.id, ""), Err(RoomRejection::UnknownMessage));
    assert_eq!(world.say(ANN, room, "next").expect("carried").id.index(), 2);
}

#[test]
fn the_newest_messages_stay_where_there_are_too_many() {
    let mut world = world_with(|policy| policy.rooms.max_messages = 2);
    let room = world.room(1);
    for words in ["one", "two", "three"] {
        world.say(ANN, room, words).expect("a member");
    }
    assert_eq!(world.history(ANN, room), ["three", "two"]);
    assert_eq!(world.census().messages, 2);
}

#[test]
fn a_question_from_the_past_is_answered_as_of_the_last_commit() {
    let mut world = world();
    let room = world.room(1);
    world.say(ANN, room, "old").expect("a member");
    world.wait(DAY - 1);
    world.apply(RoomCommand::Touch { session: ANN }).expect("known");
    world.wait(1);
    world.sweep();
    let early = UnixMillis::new(world.now - DAY);
    let query = RoomQuery::Messages { session: ANN, room, page: 1, page_size: 50 };
    let RoomView::Messages(page) = world.rooms.read(early, &query) else { panic!("a member") };
    assert_eq!(page.count, 0);
}

#[test]
fn no_debug_output_shows_words() {
    let mut world = world();
    let room = world.room(1);
    world.attach(ANN, room, 1).expect("a member");
    let content = text("canary-4711");
    let commit = world.commit(&RoomCommand::Post { session: ANN, room, content: content.clone() });
    let page = world.page(ANN, room, 1, 50);
    let command = RoomCommand::Post { session: ANN, room, content };
    let shown = format!("{commit:?} {page:?} {command:?} {:?}", world.rooms);
    assert!(shown.contains("RoomText(..)") && !shown.contains("canary"), "{shown}");
}
