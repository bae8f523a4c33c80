//! Servers whose clocks are three seconds off, one ahead and one behind: the rules hold as if all
//! of them were right.

use std::time::Duration;

use serde_json::json;
use test_services::{Engine, Server};
use tokio::time::{Instant, sleep};

use crate::person::Person;
use crate::person::talkers::{Talkers, until};
use crate::three::{Terms, Three, join};

const PAIRS: usize = 12;
const COOLDOWN_MS: u32 = 60_000;

/// How far the clock of a server is ahead of the first one's, in seconds.
fn ahead(three: &Three, server: usize) -> i64 {
    let second_of_the_day = |server| {
        let head = three.head(server, "/healthz");
        let date = head.lines().find_map(|line| line.strip_prefix("date: ")).expect("a date");
        // As in: sat, 21 nov 2026 15:35:37 gmt
        let time = date.split(' ').nth(4).expect("a time");
        time.split(':').fold(0, |sum, part| sum * 60 + part.parse::<i64>().expect("a number"))
    };
    let day = 86_400;
    let apart = (second_of_the_day(server) - second_of_the_day(0)).rem_euclid(day);
    if apart > day / 2 { apart - day } else { apart }
}

/// Joins, leaves and joins again elsewhere. The refusal names the time that is left.
async fn expect_cooldown(three: &Three, person: &mut Person, elsewhere: usize) {
    person.come().await;
    let before = Instant::now();
    assert_eq!(join(person, "any").await["type"], "queued");
    let after = Instant::now();
    person.ask(&json!({ "action": "leave" })).await;
    until(person, "left").await;
    person.vanish();
    person.turn_to(elsewhere);
    person.come().await;
    let latest = COOLDOWN_MS.saturating_sub(millis(after));
    person.ask(&json!({ "action": "join", "filter": "any" })).await;
    let refused = until(person, "error").await;
    let earliest = COOLDOWN_MS.saturating_sub(millis(before));
    assert_eq!(refused["code"], "cooldown");
    let left = refused["retry_after_ms"].as_u64().expect("a time");
    // The clocks of server and Redis are compared to about a millisecond on an idle machine.
    let (low, high) = (u64::from(earliest).saturating_sub(1_000), u64::from(latest) + 1_000);
    assert!((low..=high).contains(&left), "{low} {left} {high}");
    assert_eq!(three.status(elsewhere, "/readyz"), 200);
}

/// Milliseconds since then.
fn millis(then: Instant) -> u32 {
    u32::try_from(then.elapsed().as_millis()).unwrap_or(u32::MAX)
}

#[tokio::test(flavor = "multi_thread")]
async fn servers_with_clocks_three_seconds_off_agree() {
    let redis = Server::start(Engine::Redis);
    let urls = [(); 3].map(|()| redis.url());
    let terms = Terms { lease_s: 3, grace_s: 60, cooldown_ms: COOLDOWN_MS };
    let mut three = Three::with_clocks(&redis, urls, terms, [0, 3, -3]);
    for (server, expected) in [(1, 3), (2, -3)] {
        let told = ahead(&three, server);
        assert!((told - expected).abs() <= 1, "the clock of {server} is {told} s ahead");
    }

    let talkers = Talkers::start(&three.addresses, PAIRS).await;
    // Longer than a lease, so that all of them are renewed by clocks that differ.
    sleep(Duration::from_secs(5)).await;
    for (number, from, to) in [(0, 1, 2), (1, 2, 1), (2, 0, 1)] {
        let mut person = three.person(&format!("hasty-{number}"), from);
        expect_cooldown(&three, &mut person, to).await;
    }

    three.stop(1);
    three.start_again(1);
    three.ready().await;
    let outcome = talkers.finish().await;
    assert_eq!(outcome.returns, PAIRS * 2 / 3, "only those of the server that stopped came again");
}
