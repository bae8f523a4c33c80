//! How many pictures are looked at, how many wait, and how long.

use std::sync::Arc;
use std::time::Duration;

use anonchat_core::{Classifier, ClassifyError, Gender, Selfie, Verdict};
use anonchat_verify::tiny::{Scene, TinyFace};
use anonchat_verify::{Capacity, Limits};
use tokio::task::JoinSet;

use crate::tiny_builder;

/// Takes long to decode: 16 million pixels.
fn slow() -> Selfie {
    Selfie::new(Scene::new(4_000, 4_000, vec![]).png())
}

fn quick() -> Selfie {
    Selfie::new(Scene::new(640, 480, vec![TinyFace::new(320.0, 240.0, 200.0)]).png())
}

const GENEROUS: Capacity = Capacity {
    threads: 1,
    queue: 2,
    deadline: Duration::from_secs(300),
    usual: Duration::from_millis(900),
};

#[tokio::test]
async fn who_comes_when_the_queue_is_full_is_told_when_to_come_again() {
    let classifier = Arc::new(tiny_builder().capacity(GENEROUS).open().expect("open"));
    let mut asked = JoinSet::new();
    let picture = slow();
    for _ in 0..8 {
        let classifier = Arc::clone(&classifier);
        let picture = Selfie::new(picture.bytes().to_vec());
        asked.spawn(async move { classifier.classify(picture).await });
    }
    let outcomes = asked.join_all().await;
    let judged = outcomes.iter().filter(|outcome| **outcome == Ok(Verdict::NoFace)).count();
    let busy = Err(ClassifyError::Busy { retry_after_s: 3 });
    assert_eq!(
        judged + outcomes.iter().filter(|outcome| **outcome == busy).count(),
        8,
        "{outcomes:?}"
    );
    assert!((2..=4).contains(&judged), "{outcomes:?}");
    // And then there is room again.
    assert_eq!(classifier.classify(quick()).await, Ok(Verdict::Verified(Gender::Male)));
}

#[tokio::test]
async fn a_picture_that_takes_too_long_is_given_up_and_the_next_one_is_judged() {
    let capacity = Capacity { deadline: Duration::from_millis(1), ..GENEROUS };
    let hasty = tiny_builder().capacity(capacity).open().expect("open");
    assert_eq!(hasty.classify(slow()).await, Err(ClassifyError::Timeout));

    let classifier = Arc::new(tiny_builder().capacity(GENEROUS).open().expect("open"));
    let given_up = tokio::spawn({
        let classifier = Arc::clone(&classifier);
        async move { classifier.classify(slow()).await }
    });
    tokio::task::yield_now().await;
    given_up.abort();
    assert_eq!(classifier.classify(quick()).await, Ok(Verdict::Verified(Gender::Male)));
}

#[tokio::test]
async fn the_runtime_goes_on_while_pictures_are_looked_at() {
    // One thread for all tasks: were it blocked, no tick would come before the verdict.
    let classifier = tiny_builder().capacity(GENEROUS).open().expect("open");
    let mut judged = std::pin::pin!(classifier.classify(slow()));
    let mut ticks = 0;
    loop {
        tokio::select! {
            biased;
            outcome = &mut judged => break assert_eq!(outcome, Ok(Verdict::NoFace)),
            () = tokio::time::sleep(Duration::from_millis(1)) => ticks += 1,
        }
    }
    assert!(ticks > 3, "{ticks}");
}

#[tokio::test]
async fn many_at_once_are_each_given_their_own_verdict() {
    let capacity = Capacity { threads: 3, queue: 64, ..GENEROUS };
    let classifier = Arc::new(tiny_builder().capacity(capacity).open().expect("open"));
    let mut asked = JoinSet::new();
    for number in 0..30 {
        let classifier = Arc::clone(&classifier);
        asked.spawn(async move {
            let face = TinyFace::new(320.0, 240.0, 200.0);
            let (face, expected) = match number % 3 {
                0 => (face.male(0.95), Verdict::Verified(Gender::Male)),
                1 => (face.male(0.05), Verdict::Verified(Gender::Female)),
                _ => (face.live(0.05), Verdict::NotLive),
            };
            let picture = Selfie::new(Scene::new(640, 480, vec![face]).png());
            assert_eq!(classifier.classify(picture).await, Ok(expected));
        });
    }
    asked.join_all().await;
}

#[tokio::test]
async fn limits_are_those_that_were_asked_for() {
    let limits = Limits { most_side: 639, ..Limits::default() };
    let classifier = tiny_builder().limits(limits).open().expect("open");
    assert_eq!(classifier.classify(quick()).await, Ok(Verdict::Unreadable));
}
