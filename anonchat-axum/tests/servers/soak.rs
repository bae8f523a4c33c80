//! People who do anything at any time, for as long as one likes: nobody is ever lost.
//!
//! Each keeps their own book of what they were told. A join that was accepted ends once: in a
//! match, by leaving, by being away for too long, or in a ban.

use std::sync::Arc;
use std::time::Duration;

use anonchat_axum::core::{Policy, Verification};
use serde_json::Value;
use tokio::time::Instant;

use crate::book::{Book, Joins, Pairs};
use crate::client::lenient;
use crate::life::Life;
use crate::person::Person;
use crate::three::{Three, device, on_every_store};

on_every_store!(super::policy() => whatever_people_do_nobody_is_lost);

const PEOPLE: usize = 48;

/// Names the seconds that a soak takes.
const SECONDS: &str = "ANONCHAT_SOAK_SECONDS";

fn policy() -> Policy {
    let mut policy = lenient();
    policy.verification = Verification::Off;
    policy.matching.rematch_after_s = 1;
    policy.connection.grace_s = 1;
    (policy.safety.reports_to_ban, policy.safety.ban_s) = (6, 1);
    policy
}

async fn whatever_people_do_nobody_is_lost(three: Three) {
    let seconds = std::env::var(SECONDS).map_or(20, |text| text.parse().expect("seconds"));
    let end = Instant::now() + Duration::from_secs(seconds);
    let pairs = Arc::<Pairs>::default();
    let lives: Vec<_> = (0..PEOPLE)
        .map(|number| {
            let name = device(&format!("{number:03}"));
            let person = Person::new(name, three.addresses(), number);
            let life = Life::new(person, Book::new(number, pairs.clone()), number as u64);
            tokio::spawn(life.live(end))
        })
        .collect();
    let mut total = Joins::default();
    for life in lives {
        total.add(&life.await.expect("a life without a contradiction"));
    }
    assert_eq!(total.accepted, total.matched + total.left + total.expired + total.banned);
    for seen in [pairs.count(), total.left, total.expired, total.refused] {
        assert!(seen > 0, "everything has happened: {total:?}");
    }
    // No ghost is left that somebody new could meet.
    let [mut ann, mut bob] = [three.native(0, "ann").await, three.native(1, "bob").await];
    ann.join("any").await;
    ann.expect("queued").await;
    bob.join("any").await;
    let (to_ann, to_bob) = (bob.expect("matched").await, ann.expect("matched").await);
    let pair = |frame: &Value| frame["peer"].as_str().map(|name| name[1..].to_owned());
    assert_eq!(pair(&to_ann), pair(&to_bob));
}
