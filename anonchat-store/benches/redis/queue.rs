//! What a match costs as the number who wait grows.

use anonchat_core::{Client, UnixMillis};
use tokio::time::Instant;

use crate::people::{CROWD, GUEST, RARE, START, attach, dice, join, profile};
use crate::stage::Stage;

const WAITING: [u64; 3] = [100, 10_000, 1_000_000];
const ROUNDS: usize = 3;

/// So many pairs are made in a round.
const PAIRS: u64 = 10_000;

pub(crate) fn measure(stage: &mut Stage) {
    println!("  waiting  the one met stands        µs/match  Redis CPU µs/match  calls/match");
    for waiting in WAITING {
        stage.clear();
        let profile = profile();
        let crowd = (0..waiting).flat_map(|n| {
            [
                (at(n), dice(2 * n), attach(n, Client::Plain)),
                (at(n), dice(2 * n + 1), join(n, CROWD, &profile)),
            ]
        });
        stage.play(crowd, |commit| assert!(commit.outcome.is_ok()));
        let mut first = waiting;
        for (place, kinds) in [("in front", [GUEST, CROWD]), ("behind all others", [RARE, RARE])] {
            let mut rounds = Vec::new();
            for _ in 0..ROUNDS {
                let people = first..first + 2 * PAIRS;
                stage.play(
                    people.clone().map(|n| (at(n), dice(2 * n), attach(n, Client::Plain))),
                    |_| {},
                );
                let (before, start) = (stage.gauge(), Instant::now());
                let mut made = 0;
                let joins = people.clone().map(|n| {
                    let kind = kinds[(n % 2) as usize];
                    (at(n), dice(2 * n + 1), join(n, kind, &profile))
                });
                stage.play(joins, |commit| {
                    let told = commit.outcome.expect("nobody is refused").len();
                    made += u64::from(told == 2);
                });
                let (took, after) = (start.elapsed(), stage.gauge());
                assert_eq!(made, PAIRS, "every second one meets somebody");
                first = people.end;
                let a_match = |sum: f64| sum / PAIRS as f64;
                rounds.push((
                    a_match(took.as_secs_f64() * 1e6),
                    a_match(after.cpu - before.cpu),
                    a_match((after.inner - before.inner) as f64),
                ));
            }
            rounds.sort_by(|one, two| one.1.total_cmp(&two.1));
            let (took, cpu, inner) = rounds[ROUNDS / 2];
            println!("{waiting:>9}  {place:<24}  {took:>8.1}  {cpu:>18.1}  {inner:>11.1}");
        }
    }
}

fn at(n: u64) -> UnixMillis {
    START.after(n)
}
