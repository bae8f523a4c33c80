//! What is true of every history of rooms, over generated small policies and edge times.

use std::collections::BTreeMap;

use anonchat_core::history::{Coverage, RoomRun, RoomStep};
use anonchat_core::room::{
    MessagePage, RoomAnswer, RoomCommand, RoomCommit, RoomMessageId, RoomQuery, RoomView, Rooms,
};
use anonchat_core::{Conn, NodeId, UnixMillis};
use proptest::collection::vec;
use proptest::prelude::*;

const DAY: u64 = 86_400_000;

fn runs(most: usize) -> impl Strategy<Value = RoomRun> {
    let steps = vec(any::<[u8; RoomRun::STEP]>(), 0..most);
    (any::<[u8; RoomRun::HEADER]>(), steps)
        .prop_map(|(header, steps)| RoomRun::from_bytes(&[&header[..], &steps.concat()].concat()))
}

/// `PROPTEST_CASES` asks for more. A fixed bug has its sentence in a spec test.
fn config(cases: u32) -> ProptestConfig {
    let asked = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    let (cases, failure_persistence) = (asked.unwrap_or(cases), None);
    let default = ProptestConfig::default();
    ProptestConfig { cases, failure_persistence, max_shrink_iters: 20_000, ..default }
}

/// What was said, as somebody with a notebook would know it.
#[derive(Default)]
struct Notebook {
    /// By the number of a room: how many days it keeps messages, and when each was said.
    rooms: BTreeMap<u64, (u32, Vec<(RoomMessageId, UnixMillis)>)>,
}

impl Notebook {
    fn note(&mut self, commit: &RoomCommit) {
        match &commit.outcome {
            Ok(RoomAnswer::Room(room)) => {
                self.rooms.entry(room.number).or_default().0 = room.retention_days;
            }
            Ok(RoomAnswer::Message(message)) => {
                let room = self.rooms.get_mut(&message.id.room()).expect("it was made");
                room.1.push((message.id, message.at));
            }
            _ => {}
        }
    }

    /// The messages of a room that may and must be seen, newest first.
    fn seen(&self, room: u64, at: UnixMillis, most: u32) -> Vec<RoomMessageId> {
        let (days, said) = &self.rooms[&room];
        let newest = said.iter().rev().take(most as usize);
        let lives = |said: UnixMillis| at < said.after(u64::from(*days) * DAY);
        newest.filter(|(_, said)| lives(*said)).map(|(id, _)| *id).collect()
    }
}

/// Compares everything that anybody can read with the notebook, now and just after each end.
fn check_words(rooms: &Rooms, notebook: &Notebook, now: UnixMillis) {
    let rules = &rooms.policy().rooms;
    for at in [now, now.after(DAY - 1), now.after(DAY), now.after(2 * DAY)] {
        for query in RoomRun::queries(rooms.policy()) {
            let RoomQuery::Messages { session, room, page: 1, .. } = query else { continue };
            let view = rooms.read(at, &query);
            let RoomView::Messages(MessagePage { results, count, .. }) = view else { continue };
            let details = rooms.read(at, &RoomQuery::Room { session, room });
            let RoomView::Room(details) = details else { panic!("{details:?}") };
            let wanted = notebook.seen(details.number, at, rules.max_messages);
            assert_eq!(count, wanted.len() as u64, "at {at:?}");
            let got: Vec<_> = results.iter().map(|view| view.message.id).collect();
            assert_eq!(got, wanted[..wanted.len().min(rules.max_page as usize)]);
        }
        let all = rooms.read(at, &RoomQuery::AllReports { before: None, limit: 1_000 });
        let RoomView::Reports(reported) = all else { panic!("{all:?}") };
        for report in reported {
            let id = report.message.id;
            assert!(notebook.seen(id.room(), at, rules.max_messages).contains(&id));
        }
    }
}

proptest! {
    #![proptest_config(config(400))]

    #[test]
    fn every_invariant_holds_after_every_step(run in runs(240)) {
        run.play(|rooms, step, commit| {
            let checked = rooms.check(&commit.mail);
            checked.unwrap_or_else(|broken| panic!("{step:?}: {broken}"));
        });
    }

    #[test]
    fn words_are_seen_until_their_retention_is_over_and_not_a_moment_longer(run in runs(100)) {
        let mut notebook = Notebook::default();
        run.play(|rooms, _, commit| {
            notebook.note(commit);
            check_words(rooms, &notebook, commit.at);
        });
    }

    #[test]
    fn the_same_history_gives_the_same_commits_and_the_same_state(run in runs(160)) {
        let mut commits = Vec::new();
        let one = run.play(|_, _, commit| commits.push(commit.clone()));
        let mut again = commits.into_iter();
        let other = run.play(|_, _, commit| assert_eq!(Some(commit), again.next().as_ref()));
        prop_assert!(one == other);
    }

    #[test]
    fn a_refused_command_changes_nothing_and_tells_nobody(run in runs(160)) {
        let mut rooms = Rooms::new(run.policy.clone().into());
        for step in &run.steps {
            // So much as a refusal may do: the number of the commit, and the clock.
            let mut refused = rooms.clone();
            refused.apply(step.at, step.dice, &nothing());
            let commit = step.apply(&mut rooms);
            if commit.outcome.is_err() {
                prop_assert!(rooms == refused, "{step:?}");
                prop_assert!(commit.mail.is_empty());
            }
        }
    }

    #[test]
    fn swept_to_the_end_of_their_time_rooms_hold_nothing(run in runs(160)) {
        let mut rooms = run.play(|_, _, _| {});
        let end = UnixMillis::new(2_000_000_000_000);
        let dice = run.steps.first().map(|step| step.dice);
        let Some(dice) = dice else { return Ok(()) };
        // The first sweeps end leases and sessions, the next what hung on them.
        for at in [end, end.after(10 * DAY), end.after(20 * DAY)] {
            while rooms.apply(at, dice, &RoomCommand::Sweep).more {}
        }
        let census = rooms.read(end, &RoomQuery::Census);
        prop_assert_eq!(census, RoomView::Census(Default::default()));
    }
}

#[test]
fn the_generated_histories_reach_every_rule_often() {
    let mut coverage = Coverage::of_rooms();
    for seed in 0..1_500 {
        RoomRun::from_seed(seed, 240)
            .play(|_, step, commit| coverage.record_room(&step.command, commit));
    }
    coverage.require_each(50).unwrap_or_else(|thin| panic!("{thin}\n{coverage}"));
}

/// Instants saturate there; nothing may break by it.
#[test]
fn the_end_of_time_panics_nobody() {
    for seed in 0..100 {
        let mut run = RoomRun::from_seed(seed, 160);
        let middle = run.steps[80].at;
        for step in &mut run.steps {
            step.at = UnixMillis::new(UnixMillis::MAX.get() + step.at.get() - middle.get());
        }
        run.play(|_, _, _| {});
    }
}

fn nothing() -> RoomCommand {
    RoomCommand::Detach { conn: Conn { node: NodeId(99), id: 99 } }
}

#[test]
fn nothing_is_always_refused() {
    let RoomRun { policy, steps } = RoomRun::from_seed(1, 1);
    let RoomStep { at, dice, .. } = steps[0];
    assert!(Rooms::new(policy.into()).apply(at, dice, &nothing()).outcome.is_err());
}
