//! What the store that several servers share costs, on a Redis of its own.
//!
//! ```text
//! taskset -c 1 cargo bench -p anonchat-store --features redis,test-util --bench redis -- [PART…]
//! ```
//!
//! | Part | What |
//! |---|---|
//! | `join` | matches a second through the store, beside a bare script of the same shape |
//! | `messages` | messages a second from one store to another, beside bare `PUBLISH` |
//! | `ceiling` | joins and matches a second at 1, 8 and 64 callers without the store, beside a script that does nothing and one of as many trivial calls |
//! | `queue` | a match with 100, 10,000 and 1,000,000 waiting |
//! | `memory` | bytes for a person who is there, waits, talks, or is merely known |
//! | `day` | a day of a million people in virtual time, and what is left of it |
//! | `servers` | how long a match and a message take between two stores |
//!
//! Redis is moved to the first processor, if there is `taskset`; `ENGINE=valkey` measures Valkey.
//! "CPU" is the time that the main thread of Redis has worked, which a busy machine distorts least.
#![expect(clippy::print_stdout, reason = "a benchmark prints what it measured")]

mod ceiling;
mod day;
mod join;
mod memory;
mod messages;
mod people;
mod queue;
mod servers;
mod stage;

use stage::Stage;

type Part = (&'static str, fn(&mut Stage));

const PARTS: [Part; 7] = [
    ("join", join::measure),
    ("messages", messages::measure),
    ("ceiling", ceiling::measure),
    ("queue", queue::measure),
    ("memory", memory::measure),
    ("day", memory::measure_day),
    ("servers", servers::measure),
];

fn main() {
    let wanted: Vec<_> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    for (name, measure) in PARTS {
        if wanted.is_empty() || wanted.iter().any(|part| part == name) {
            println!("\n== {name}");
            let mut stage = Stage::start();
            let process = stage.process();
            let moved = std::process::Command::new("taskset").args(["-pc", "0", &process]).output();
            if !moved.is_ok_and(|output| output.status.success()) {
                println!("Redis shares its processor");
            }
            measure(&mut stage);
        }
    }
}
