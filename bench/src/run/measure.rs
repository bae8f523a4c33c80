//! Measures cases: each program in each, a fresh process each time, in an order that rotates.

use std::io::{self, Write};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use serde_json::Value;

use super::contestant::{Contestant, Programs, on_core};
use super::results::Results;
use crate::failure::Failure;

/// One kind of load on some of the programs.
pub(crate) struct Case {
    pub(crate) name: String,
    /// Arguments of the load generator.
    pub(crate) load: Vec<String>,
    /// Whether this program's own generator must do it, since another one cannot.
    pub(crate) own: bool,
    /// Whether a first pair talks before, so that what a server makes once is not counted.
    pub(crate) warm: bool,
    pub(crate) contestants: Vec<Contestant>,
}

/// How long a server has to give back what it does not use.
const SETTLE: Duration = Duration::from_secs(3);

/// What figures are kept of a run: more would only make the archive long.
const KEPT: [&str; 25] = [
    "delivered_per_s",
    "latency_us.p50",
    "latency_us.p99",
    "generator_lag_us.p99",
    "received",
    "lost",
    "duplicated",
    "misrouted",
    "server_cores",
    "server_cpu_us_per_msg",
    "server_cpu_us_per_match",
    "server_rss_kib",
    "matches_per_s",
    "join_to_matched_us.p99",
    "waiting_over_1s",
    "server_rss_before_kib",
    "connected.kib_per_conn",
    "waiting.kib_per_conn",
    "matched.kib_per_conn",
    "messaged.kib_per_conn",
    "peer_left_expected",
    "peer_left_seen",
    "peer_left_us.p99",
    "closed",
    "errors",
];

/// Measures every case as often as asked. A program that cannot do one is left out of it, except
/// for this project's own.
pub(crate) fn rounds(
    programs: &Programs,
    through: &[String],
    rounds: usize,
    cases: &[Case],
    results: &mut Results,
) -> Result<(), Failure> {
    for round in 0..rounds {
        for (number, case) in cases.iter().enumerate() {
            let there: Vec<_> =
                case.contestants.iter().copied().filter(|one| programs.has(*one)).collect();
            for contestant in rotated(&there, round + number) {
                let (name, who) = (&case.name, contestant.name());
                write!(
                    io::stderr(),
                    "{} {name}: {who}, round {} of {rounds} … ",
                    results.part,
                    round + 1
                )?;
                match once(programs, through, case, contestant, round) {
                    Ok(found) => {
                        let kept = kept(&found);
                        writeln!(io::stderr(), "{}", brief(&kept))?;
                        results.add(name, who, kept);
                    }
                    Err(failure) if contestant == Contestant::Anonchat => return Err(failure),
                    Err(failure) => writeln!(io::stderr(), "left out: {failure}")?,
                }
            }
        }
    }
    Ok(())
}

fn once(
    programs: &Programs,
    through: &[String],
    case: &Case,
    contestant: Contestant,
    round: usize,
) -> Result<Value, Failure> {
    let server = programs.start(contestant)?;
    if case.warm {
        let mut first = programs.generator(true)?;
        first.arg("--addr").arg(server.address.to_string()).args(["--prefix", "first", "relay"]);
        first.args(["--conns", "2", "--secs", "0.1", "--warmup", "0"]).output()?;
        // What they took is given back by then, and not in the middle of what is measured.
        thread::sleep(SETTLE);
    }
    let mut load = programs.generator(case.own)?;
    load.arg("--addr").arg(server.address.to_string()).arg("--pid").arg(server.pid().to_string());
    load.arg("--prefix").arg(format!("bench{round}")).args(&case.load);
    let output = wrapped(&on_core(&load, 1), through).stderr(Stdio::piped()).output()?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        let last = said.lines().last().unwrap_or("no word").to_owned();
        return Failure::because(format!("{} with {}: {last}", case.name, contestant.name()));
    }
    let said = String::from_utf8_lossy(&output.stdout);
    Ok(serde_json::from_str(said.lines().last().unwrap_or_default())?)
}

/// The same command, run through another one.
pub(crate) fn wrapped(command: &Command, through: &[String]) -> Command {
    let mut words = through.iter();
    let mut outer = match words.next() {
        Some(first) => {
            let mut outer = Command::new(first);
            outer.args(words).arg(command.get_program());
            outer
        }
        None => Command::new(command.get_program()),
    };
    outer.args(command.get_args());
    outer
}

/// The same list, begun at another place each time.
fn rotated<T: Copy>(all: &[T], by: usize) -> Vec<T> {
    let start = by % all.len().max(1);
    all[start..].iter().chain(&all[..start]).copied().collect()
}

/// The figures of a result that are kept, those of its parts by names such as `latency_us.p99`.
pub(crate) fn kept(found: &Value) -> Vec<(String, f64)> {
    let value = |name: &&str| {
        let at = format!("/{}", name.replace('.', "/"));
        let value = found.pointer(&at)?.as_f64()?;
        Some(((*name).to_owned(), (value * 1e3).round() / 1e3))
    };
    KEPT.iter().filter_map(value).collect()
}

fn brief(kept: &[(String, f64)]) -> String {
    let shown = kept.iter().filter(|(name, value)| {
        *value != 0.0
            && !["received", "server_cores", "server_rss_kib", "server_rss_before_kib"]
                .contains(&name.as_str())
    });
    shown.map(|(name, value)| format!("{name} {value}")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn everybody_is_first_once_in_as_many_rounds() {
        let orders: Vec<_> = (0..3).map(|round| rotated(&['a', 'b', 'c'], round)).collect();
        assert_eq!(orders, [['a', 'b', 'c'], ['b', 'c', 'a'], ['c', 'a', 'b']]);
        assert!(rotated::<char>(&[], 4).is_empty());
    }

    #[test]
    fn figures_are_found_in_their_parts() {
        let found = json!({
            "delivered_per_s": 12.34567, "latency_us": { "count": 3, "p99": 7 }, "mode": "relay",
        });
        let expected = [("delivered_per_s".to_owned(), 12.346), ("latency_us.p99".to_owned(), 7.0)];
        assert_eq!(kept(&found), expected);
    }

    #[test]
    fn a_command_goes_through_another() {
        let mut load = Command::new("load");
        load.arg("--x");
        let words = ["flock".to_owned(), "file".to_owned()];
        let outer = wrapped(&load, &words);
        assert_eq!(outer.get_program(), "flock");
        assert_eq!(outer.get_args().collect::<Vec<_>>(), ["file", "load", "--x"]);
        assert_eq!(wrapped(&load, &[]).get_program(), "load");
    }
}
