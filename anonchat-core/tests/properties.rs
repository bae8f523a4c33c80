//! What is true of every history, over generated small policies and edge times.

use anonchat_core::history::{Coverage, Run};
use anonchat_core::{Command, Conn, Envelope, Event, Pool, Rejection, ReportId, UnixMillis};
use proptest::collection::vec;
use proptest::prelude::*;

/// Bytes by the step, so that proptest takes whole steps out when it shrinks.
fn runs(most: usize) -> impl Strategy<Value = Run> {
    let steps = vec(any::<[u8; Run::STEP]>(), 0..most);
    (any::<[u8; Run::HEADER]>(), steps)
        .prop_map(|(header, steps)| Run::from_bytes(&[&header[..], &steps.concat()].concat()))
}

/// `PROPTEST_CASES` asks for more. Bytes that failed once are not kept by proptest: they would mean
/// another history as soon as the generator changes. A fixed bug has its sentence in a spec test.
fn config(cases: u32) -> ProptestConfig {
    let asked = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    let (cases, failure_persistence) = (asked.unwrap_or(cases), None);
    let default = ProptestConfig::default();
    ProptestConfig { cases, failure_persistence, max_shrink_iters: 20_000, ..default }
}

proptest! {
    #![proptest_config(config(600))]

    #[test]
    fn every_invariant_holds_after_every_step(run in runs(240)) {
        run.check().map_err(|broken| TestCaseError::fail(broken.to_string()))?;
    }

    #[test]
    fn the_same_history_gives_the_same_commits_and_the_same_state(run in runs(160)) {
        let mut commits = Vec::new();
        let one = run.play(|_, _, commit| commits.push(commit.clone()));
        let mut again = commits.into_iter();
        let other = run.play(|_, _, commit| assert_eq!(Some(commit), again.next().as_ref()));
        prop_assert_eq!(one.snapshot(), other.snapshot());
    }

    #[test]
    fn a_refused_command_changes_no_later_outcome(run in runs(160)) {
        let refused = Command::Dismiss { report: ReportId(u64::MAX) };
        let mut busy = Pool::new(run.policy.clone().into());
        run.play(|_, step, commit| {
            let nothing = busy.apply(step.at, step.dice, &refused).outcome;
            assert_eq!(nothing, Err(Rejection::UnknownReport));
            let among_refusals = step.apply(&mut busy);
            assert_eq!(told(&among_refusals.outcome), told(&commit.outcome), "{step:?}");
        });
    }

    #[test]
    fn looking_changes_nothing(run in runs(160)) {
        use anonchat_core::Query::{Bans, Census, Outbox, Reports, Standing, Wait};
        run.play(|pool, step, _| {
            let before = pool.snapshot();
            let later = step.at.after(5_000);
            for device in Run::devices() {
                pool.read(later, &Standing { device });
                pool.read(later, &Wait { device });
            }
            pool.read(later, &Census);
            pool.read(later, &Reports { before: None, open: true, limit: 100 });
            pool.read(later, &Bans { after: None, limit: 100 });
            pool.read(later, &Outbox { after: 0, limit: 100 });
            assert_eq!(pool.snapshot(), before);
        });
    }
}

#[test]
fn the_generated_histories_reach_every_rule_often() {
    let mut coverage = Coverage::default();
    for seed in 0..400 {
        let run = Run::from_seed(seed, 240);
        coverage.merge(&run.check().unwrap_or_else(|broken| panic!("seed {seed}, {broken}")));
    }
    coverage.require_each(50).unwrap_or_else(|thin| panic!("{thin}\n{coverage}"));
}

/// Instants saturate there, so that rules end early and days never do; nothing may break by it.
#[test]
fn the_end_of_time_panics_nobody() {
    for seed in 0..200 {
        let mut run = Run::from_seed(seed, 160);
        let middle = run.steps[80].at;
        for step in &mut run.steps {
            let ahead = UnixMillis::MAX.get() + step.at.get() - middle.get();
            step.at = UnixMillis::new(ahead);
        }
        run.play(|_, _, _| {});
    }
}

type Outcome<T> = Result<Vec<T>, Rejection>;

/// What was told to whom, without the numbers of the commits.
fn told(outcome: &Outcome<Envelope>) -> Outcome<(Conn, Event)> {
    let mail = outcome.as_ref().map_err(|refusal| *refusal)?;
    Ok(mail.iter().map(|envelope| (envelope.conn, envelope.event.clone())).collect())
}
