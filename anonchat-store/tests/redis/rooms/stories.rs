//! What the generator of histories does not come to, step by step as in the core.

use anonchat_core::room::{
    RoomAlias, RoomCode, RoomCommand, RoomDice, RoomMessageId, RoomQuery, Rooms, SessionId,
};
use anonchat_core::{Conn, NodeId, Policy, RoomStore, UnixMillis};
use anonchat_store::RedisRooms;
use test_services::{Engine, Server};

use crate::edits::{Edit, STORY_MUTANTS};
use crate::people::{ANN, BEN, NOON, builder, rooms, text};

/// Commands, each so many milliseconds after the beginning; and what is asked at the end.
struct Story {
    policy: Policy,
    steps: Vec<(u64, RoomCommand)>,
    asked: Vec<RoomQuery>,
}

const NODE: NodeId = NodeId(1);

fn code(number: u8) -> RoomCode {
    RoomCode::draw([number; 16])
}

fn enter(session: SessionId) -> RoomCommand {
    RoomCommand::OpenSession { session, nickname: text("somebody") }
}

fn create(session: SessionId) -> RoomCommand {
    let (retention_days, max_participants) = (Some(1), None);
    RoomCommand::Create { session, name: text("Tea"), retention_days, max_participants }
}

fn attach(room: RoomCode, id: u64) -> RoomCommand {
    RoomCommand::Attach { session: ANN, room, conn: Conn { node: NODE, id } }
}

/// The dice of the step with this number.
fn dice(number: usize) -> RoomDice {
    let alias = RoomAlias::from_bytes((number as u128).to_be_bytes());
    RoomDice { code: code(number as u8), alias }
}

/// A server and a session end at one instant: who listened from there is not told of the session.
fn one_instant() -> Story {
    let mut policy = Policy::default();
    (policy.connection.lease_s, policy.rooms.session_life_s) = (60, 60);
    let room = code(2);
    let steps = vec![
        (0, enter(ANN)),
        (0, enter(BEN)),
        (0, create(ANN)),
        (0, RoomCommand::Join { session: BEN, room }),
        (0, attach(room, 1)),
        (60_000, RoomCommand::Sweep),
    ];
    Story {
        policy,
        steps,
        asked: vec![RoomQuery::Census, RoomQuery::Members { session: ANN, room }],
    }
}

/// A server that is alive stays so, and no longer than it was, though everything is forgotten.
fn reset() -> Story {
    let mut policy = Policy::default();
    policy.connection.lease_s = 60;
    let steps = vec![
        (0, enter(ANN)),
        (0, create(ANN)),
        (0, attach(code(1), 1)),
        (0, RoomCommand::Reset),
        (0, enter(ANN)),
        (0, create(ANN)),
        (59_999, attach(code(5), 2)),
        (60_000, RoomCommand::Sweep),
    ];
    Story { policy, steps, asked: vec![RoomQuery::Census, RoomQuery::Mine { session: ANN }] }
}

/// More sessions end at once than one sweep takes.
fn many_ends() -> Story {
    let mut policy = Policy::default();
    policy.rooms.session_life_s = 1;
    let sessions = (0..600_u128).map(|number| SessionId::from_bytes(number.to_be_bytes()));
    let mut steps: Vec<_> = sessions.map(|session| (0, enter(session))).collect();
    steps.extend([999, 1_000, 1_000].map(|at| (at, RoomCommand::Sweep)));
    Story { policy, steps, asked: vec![RoomQuery::Census] }
}

/// More messages were reported than are looked up at once, and the newest are asked for last.
fn many_reports() -> Story {
    let mut policy = Policy::default();
    (policy.rooms.max_page, policy.rooms.max_messages) = (1_000, 300);
    let room = code(1);
    let mut steps = vec![(0, enter(ANN)), (0, create(ANN))];
    for index in 1..=310 {
        steps.push((index, RoomCommand::Post { session: ANN, room, content: text("hello") }));
        let message = RoomMessageId::of(1, index).expect("an id");
        steps.push((index, RoomCommand::Report { session: ANN, message, reason: text("rude") }));
    }
    let before = RoomMessageId::of(1, 200);
    let asked = vec![
        RoomQuery::Census,
        RoomQuery::AllReports { before: None, limit: 1_000 },
        RoomQuery::AllReports { before, limit: 150 },
        RoomQuery::Reports { session: ANN, room, limit: 1_000 },
        RoomQuery::Messages { session: ANN, room, page: 2, page_size: 128 },
    ];
    Story { policy, steps, asked }
}

/// Plays a story to the end, or to the first difference from the core.
async fn play(store: &RedisRooms, story: &Story) -> Result<(), String> {
    let mut core = Rooms::new(story.policy.clone().into());
    let mut end = NOON;
    for (number, (after, command)) in story.steps.iter().enumerate() {
        end = NOON.after(*after);
        let wanted = core.apply(end, dice(number), command);
        let got = store.apply(end, dice(number), command).await.map_err(|it| format!("{it:?}"))?;
        if got != wanted {
            return Err(format!("step {number}, {command:?}:\n  {got:?}\nnot\n  {wanted:?}"));
        }
    }
    for (at, query) in story.asked.iter().flat_map(|query| [(end, query), (UnixMillis::MAX, query)])
    {
        let (got, wanted) = (store.read(at, query).await, core.read(at, query));
        if got.map_err(|it| format!("{it:?}"))? != wanted {
            return Err(format!("{query:?} at {}", at.get()));
        }
    }
    Ok(())
}

/// What the stories find.
async fn examine(redis: &Server, edit: Option<Edit>) -> Option<String> {
    for story in [one_instant(), reset(), many_ends(), many_reports()] {
        redis.clear();
        let builder = builder(&redis.url()).policy(story.policy.clone());
        let edited = match edit {
            None => builder,
            Some((file, from, to)) => builder
                .edited_script(file, from, to)
                .unwrap_or_else(|| panic!("{file}.lua does not have this passage once:\n{from}")),
        };
        if let Err(difference) = play(&rooms(edited).await, &story).await {
            return Some(difference);
        }
    }
    None
}

#[tokio::test(flavor = "multi_thread")]
async fn stories_that_no_generator_comes_to_are_as_in_the_core() {
    assert_eq!(examine(&Server::start(Engine::Redis), None).await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_only_a_story_shows_is_caught() {
    let redis = Server::start(Engine::Redis);
    for (what, edit) in STORY_MUTANTS {
        assert!(examine(&redis, Some(*edit)).await.is_some(), "passed: {what}");
    }
}
