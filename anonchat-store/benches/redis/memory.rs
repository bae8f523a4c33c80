//! What people cost in memory, and that a day of them leaves nothing.

use std::sync::Arc;

use anonchat_core::Client;
use tokio::time::Instant;

use crate::day::{Day, LONG_DAYS};
use crate::people::{CROWD, RARE, START, attach, detach, dice, join, profile};
use crate::stage::Stage;

const PEOPLE: u64 = 1_000_000;

/// People whose bytes are counted: tables of Redis are three quarters full.
const COUNTED: u64 = 200_000;

/// Bytes for a person who is there, who waits or talks as well, and who was there today.
pub(crate) fn measure(stage: &mut Stage) {
    println!("bytes of Redis a person, at {COUNTED} people");
    println!("profile             does     is there    does it    was there");
    for (profile, said) in [(Arc::default(), "none"), (profile(), "8 and 40 bytes")] {
        for (kind, does) in [(CROWD, "waits"), (RARE, "talks")] {
            stage.clear();
            let empty = stage.gauge().memory as f64;
            let mut each = |commands: &dyn Fn(u64) -> anonchat_core::Command, first: u64| {
                // Nobody's cooldown ends meanwhile.
                let commands = (0..COUNTED).map(|n| (START, dice(first + n), commands(n)));
                stage.play(commands, |commit| assert!(commit.outcome.is_ok()));
                (stage.gauge().memory as f64 - empty) / COUNTED as f64
            };
            let there = each(&|n| attach(n, Client::Plain), 0);
            let doing = each(&|n| join(n, kind, &profile), COUNTED);
            let was = each(&detach, 2 * COUNTED);
            println!("{said:<18}  {does:<7}  {there:>8.0}  {doing:>9.0}  {was:>11.0}");
        }
    }
}

/// A day of a million people.
pub(crate) fn measure_day(stage: &mut Stage) {
    let start = Instant::now();
    let day = Day::live(stage, PEOPLE);
    let took = start.elapsed().as_secs_f64();
    println!("{PEOPLE} people, {} commands in {took:.0} s", day.commands);
    println!("{} matches, {} blocks, {} reports", day.matches, day.blocks, day.reports);
    println!("bytes of an empty pool           {:>12}", day.before);
    println!("at most                          {:>12}", day.most);
    println!("when everybody's day is over     {:>12}", day.next_day);
    println!("after {LONG_DAYS} days                   {:>12}", day.at_last);
    println!("keys that are left: {}", day.keys.join(" "));
}
