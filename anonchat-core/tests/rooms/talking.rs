//! What is said, and who hears it.

use anonchat_core::room::*;

use super::world::*;

/// A room that keeps messages, where Ann listens by two connections and Ben by one.
fn talk() -> (World, RoomCode) {
    let mut world = world();
    let room = world.room(30);
    world.join(BEN, room).expect("joins");
    for (session, conn) in [(ANN, 1), (ANN, 2), (BEN, 3)] {
        world.attach(session, room, conn).expect("a member");
    }
    (world, room)
}

// Lesson 25: messages of one door did not reach the sockets. There is one way to say something.
#[test]
fn a_message_reaches_every_connection_that_listens_its_senders_included() {
    let (mut world, room) = talk();
    let content = text("hello");
    let told = world.apply(RoomCommand::Post { session: BEN, room, content }).expect("a member");
    assert_eq!(told.iter().map(|(conn, _)| *conn).collect::<Vec<_>>(), [1, 2, 3]);
    let alias = world.alias(BEN, room);
    for (_, event) in told {
        let RoomEvent::Message(message) = event else { panic!("{event:?}") };
        let wanted = (alias, "Ben", "hello");
        assert_eq!((message.alias, message.nickname.words(), message.content.words()), wanted);
    }
}

// Lesson 27: text was escaped twice.
#[test]
fn text_is_carried_as_it_is() {
    let (mut world, room) = talk();
    let words = "<b>1 < 2 && \"it's\"</b> &lt; 😀";
    let said = world.say(ANN, room, words).expect("a member");
    assert_eq!(said.content.words(), words);
    assert_eq!(world.history(BEN, room), [words]);
}

// Lesson 29: whose message it is was decided by the nickname.
#[test]
fn whose_message_it_is_is_told_by_alias_and_not_by_nickname() {
    let (mut world, room) = talk();
    let twin = SessionId::from_bytes([4; 16]);
    world.enter(twin, "Ann").expect("a nickname is nobody's");
    world.join(twin, room).expect("joins");
    let hers = world.say(ANN, room, "I am Ann").expect("a member");
    let twins = world.say(twin, room, "I am Ann").expect("a member");
    assert_eq!(hers.nickname, twins.nickname);
    assert_ne!(hers.alias, twins.alias);
    let mine = |world: &World, session| -> Vec<bool> {
        let page = world.page(session, room, 1, 50).expect("a member");
        page.results.iter().map(|view| view.mine).collect()
    };
    assert_eq!(mine(&world, ANN), [false, true]);
    assert_eq!(mine(&world, twin), [true, false]);
    world.apply(RoomCommand::Leave { session: twin, room }).expect("a member");
    world.join(twin, room).expect("comes back under another alias");
    assert_eq!(mine(&world, twin), [true, false]);
}

#[test]
fn a_message_id_names_its_room_and_rises() {
    let (mut world, room) = talk();
    let other = world.create(BEN, Some(1), None).expect("created");
    let one = world.say(ANN, room, "one").expect("a member").id;
    let two = world.say(BEN, room, "two").expect("a member").id;
    let far = world.say(BEN, other.code, "far").expect("a member").id;
    assert!(one < two && two.index() == one.index() + 1);
    assert_eq!((one.room(), two.room(), far.room()), (1, 1, other.number));
}

#[test]
fn typing_is_told_to_the_others_and_kept_nowhere() {
    let (mut world, room) = talk();
    let alias = world.alias(ANN, room);
    let before = world.history(BEN, room);
    let told = world.apply(RoomCommand::Typing { session: ANN, room, on: true });
    let typing = RoomEvent::Typing { alias, nickname: text("Ann"), on: true };
    assert_eq!(told, Ok(vec![(3, typing)]), "neither page of her own is told");
    assert_eq!(world.history(BEN, room), before);
}

#[test]
fn history_is_paged_newest_first_and_a_page_beyond_the_end_is_the_last() {
    let (mut world, room) = talk();
    let empty = world.page(BEN, room, 4, 50).expect("a member");
    assert_eq!((empty.count, empty.page, empty.total_pages, empty.results.len()), (0, 1, 1, 0));
    for n in 1..=5 {
        world.say(ANN, room, &n.to_string()).expect("a member");
    }
    for (asked, got, wanted) in
        [(1, 1, vec!["5", "4"]), (3, 3, vec!["1"]), (9, 3, vec!["1"]), (0, 1, vec!["5", "4"])]
    {
        let page = world.page(BEN, room, asked, 2).expect("a member");
        assert_eq!((page.count, page.page, page.total_pages), (5, got, 3));
        assert_eq!(words(&page), wanted);
    }
}

#[test]
fn a_page_is_no_larger_than_the_policy_allows_and_has_at_least_one() {
    let mut world = world_with(|policy| policy.rooms.max_page = 2);
    let room = world.room(1);
    for n in 1..=3 {
        world.say(ANN, room, &n.to_string()).expect("a member");
    }
    assert_eq!(world.page(ANN, room, 1, u32::MAX).expect("a member").results.len(), 2);
    assert_eq!(world.page(ANN, room, 1, 0).expect("a member").results.len(), 1);
}
