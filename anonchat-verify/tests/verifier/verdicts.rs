//! Every way in which a picture can be judged, with tiny models and painted people.

use anonchat_core::{Classifier, Gender, Selfie, Verdict};
use anonchat_verify::tiny::{Scene, TinyFace};
use anonchat_verify::{OnnxClassifier, Thresholds, pictures};

use crate::tiny_builder;

/// Somebody in the middle of a picture of 640 by 480.
fn somebody() -> TinyFace {
    TinyFace::new(320.0, 240.0, 200.0)
}

async fn verdict(classifier: &OnnxClassifier, faces: Vec<TinyFace>) -> Verdict {
    let picture = Scene::new(640, 480, faces).png();
    classifier.classify(Selfie::new(picture)).await.expect("a verdict")
}

#[tokio::test]
async fn each_step_has_its_verdict() {
    let classifier = tiny_builder().open().expect("open");
    let far_away = TinyFace::new(80.0, 80.0, 56.0);
    let beside = TinyFace::new(120.0, 240.0, 100.0);
    for (faces, expected) in [
        (vec![], Verdict::NoFace),
        (vec![somebody(), beside], Verdict::SeveralFaces),
        (vec![TinyFace::new(320.0, 240.0, 40.0)], Verdict::TooSmall),
        (vec![TinyFace { brightness: 0.1, ..somebody() }], Verdict::TooDark),
        (vec![TinyFace { texture: 0.0, ..somebody() }], Verdict::TooBlurred),
        (vec![TinyFace { yaw: 1.0, ..somebody() }], Verdict::TurnedAway),
        (vec![TinyFace { yaw: -1.0, ..somebody() }], Verdict::TurnedAway),
        (vec![somebody().live(0.1)], Verdict::NotLive),
        (vec![somebody().male(0.95)], Verdict::Verified(Gender::Male)),
        (vec![somebody().male(0.05)], Verdict::Verified(Gender::Female)),
        (vec![somebody().male(0.6)], Verdict::Verified(Gender::PreferNotToSay)),
        // Somebody in the background does not count.
        (vec![far_away, somebody()], Verdict::Verified(Gender::Male)),
    ] {
        assert_eq!(verdict(&classifier, faces.clone()).await, expected, "{faces:?}");
    }
}

#[tokio::test]
async fn what_must_be_mended_first_is_said_first() {
    let classifier = tiny_builder().open().expect("open");
    let mut worst = TinyFace { yaw: 1.0, texture: 0.0, brightness: 0.1, ..somebody() }.live(0.1);
    worst.size = 40.0;
    for expected in [
        Verdict::TooSmall,
        Verdict::TooDark,
        Verdict::TooBlurred,
        Verdict::TurnedAway,
        Verdict::NotLive,
    ] {
        assert_eq!(verdict(&classifier, vec![worst]).await, expected);
        match expected {
            Verdict::TooSmall => worst.size = 200.0,
            Verdict::TooDark => worst.brightness = 1.0,
            Verdict::TooBlurred => worst.texture = 1.0,
            _ => worst.yaw = 0.0,
        }
    }
}

#[tokio::test]
async fn both_estimates_count_by_their_mean() {
    let classifier = tiny_builder().open().expect("open");
    let live = |near, far| TinyFace { live_near: near, live_far: far, ..somebody() };
    let male =
        |square, aligned| TinyFace { male_square: square, male_aligned: aligned, ..somebody() };
    let by_default = Verdict::Verified(Gender::Male);
    for (face, expected) in [
        (live(0.95, 0.2), Verdict::NotLive),
        (live(0.2, 0.95), Verdict::NotLive),
        (live(0.95, 0.6), by_default),
        (live(0.6, 0.95), by_default),
        (male(0.95, 0.05), Verdict::Verified(Gender::PreferNotToSay)),
        (male(0.95, 0.75), by_default),
        (male(0.25, 0.05), Verdict::Verified(Gender::Female)),
    ] {
        assert_eq!(verdict(&classifier, vec![face]).await, expected, "{face:?}");
    }
}

#[tokio::test]
async fn every_line_can_be_drawn_elsewhere() {
    let lenient = Thresholds {
        size: 10.0,
        light: 0.0,
        sharpness: 0.0,
        turn: 9.0,
        live: 0.0,
        gender: 0.5,
        ..Thresholds::default()
    };
    let classifier = tiny_builder().thresholds(lenient).open().expect("open");
    assert_eq!(*classifier.thresholds(), lenient);
    let worst = TinyFace { yaw: 1.0, texture: 0.0, ..somebody() }.live(0.05).male(0.4);
    assert_eq!(verdict(&classifier, vec![worst]).await, Verdict::Verified(Gender::Female));
    let crowd = Thresholds { background: 0.0, ..lenient };
    let classifier = tiny_builder().thresholds(crowd).open().expect("open");
    let far_away = TinyFace::new(80.0, 80.0, 56.0);
    assert_eq!(verdict(&classifier, vec![far_away, worst]).await, Verdict::SeveralFaces);
}

#[tokio::test]
async fn measures_lead_to_the_verdict_that_is_given() {
    let classifier = tiny_builder().open().expect("open");
    for face in [
        somebody(),
        somebody().live(0.1),
        somebody().male(0.5),
        TinyFace { yaw: 0.9, ..somebody() },
        TinyFace { texture: 0.0, ..somebody() },
    ] {
        let picture = Scene::new(640, 480, vec![face]).png();
        let measures = classifier.measure(&picture).expect("measures");
        let given = classifier.classify(Selfie::new(picture)).await.expect("verdict");
        assert_eq!(measures.verdict(classifier.thresholds()), given);
        let [left, top, ..] = Scene::new(640, 480, vec![face]).boxes()[0];
        let found = measures.faces[0];
        assert!((found.left - left).abs() < 8.0 && (found.top - top).abs() < 8.0, "{found:?}");
        let quality = measures.largest.expect("portrait").quality;
        assert!((quality.turn - face.yaw.abs() / 2.0).abs() < 0.05, "{quality:?}");
    }
}

#[tokio::test]
async fn what_is_no_picture_is_unreadable() {
    let classifier = tiny_builder().open().expect("open");
    for sample in pictures::bad() {
        let said = classifier.classify(Selfie::new(sample.bytes)).await;
        assert_eq!(said, Ok(Verdict::Unreadable), "{}", sample.name);
    }
    let truncated = Scene::new(640, 480, vec![somebody()]).png();
    let half = truncated[..truncated.len() / 2].to_vec();
    assert_eq!(classifier.classify(Selfie::new(half)).await, Ok(Verdict::Unreadable));
}

#[tokio::test]
async fn faces_at_the_edge_and_pictures_of_any_shape_are_judged() {
    let classifier = tiny_builder().open().expect("open");
    for (width, height) in [(100, 100), (2_000, 120), (120, 2_000), (641, 479), (1_280, 960)] {
        for (x, y) in [(0.0, 0.0), (1.0, 1.0), (0.5, 0.5), (1.0, 0.0)] {
            let face = TinyFace::new(x * width as f32, y * height as f32, 90.0);
            let picture = Scene::new(width, height, vec![face]).png();
            classifier.classify(Selfie::new(picture)).await.expect("a verdict");
        }
    }
}
