//! What has to be reached, what is aimed at, and whether it is.

use super::number::{Unit, grouped};
use super::results::Archive;
use super::tables::table;

/// A figure has to be at least, or at most, so much.
#[derive(Clone, Copy)]
pub(crate) enum Bound {
    Least(f64),
    Most(f64),
}

use Bound::{Least, Most};

impl Bound {
    fn holds(self, value: f64) -> bool {
        match self {
            Least(bound) => value >= bound,
            Most(bound) => value <= bound,
        }
    }

    fn show(self, unit: Unit) -> String {
        let written = |bound: f64| match unit {
            Unit::Times | Unit::Count => format!("{bound}"),
            _ => unit.show(bound).replace(".00", "").replace(".0 ", " "),
        };
        match self {
            Least(bound) => format!("≥ {}", written(bound)),
            Most(0.0) => "0".into(),
            Most(bound) => format!("≤ {}", written(bound)),
        }
    }
}

/// How a target's figure is got from the archive.
enum Source {
    /// Ours divided by a baseline's: part, case, figure, baseline.
    Ratio(&'static str, &'static str, &'static str, &'static str),
    /// Ours: part, case, figure, and what it is multiplied by.
    Own(&'static str, &'static str, &'static str, f64),
    /// A figure that another command has printed.
    Noted(&'static str),
    Special(fn(&Archive) -> Option<f64>),
}

use Source::{Noted, Own, Ratio, Special};

struct Target {
    label: &'static str,
    source: Source,
    unit: Unit,
    must: Option<Bound>,
    aim: Option<Bound>,
}

const fn target(
    label: &'static str,
    source: Source,
    unit: Unit,
    must: Option<Bound>,
    aim: Option<Bound>,
) -> Target {
    Target { label, source, unit, must, aim }
}

const PACE: &str = "delivered_per_s";
const MATCHES: &str = "matches_per_s";

/// The names that [`Source::Noted`] knows.
pub(crate) const NOTED: [&str; 5] =
    ["redis-join", "redis-calls", "redis-message", "selfie-native", "selfie-rust"];

#[rustfmt::skip]
const TARGETS: [Target; 26] = [
    target("relay, 200 connections, ÷ epoll", Ratio("relay", "200", PACE, "epoll"), Unit::Times, Some(Least(0.85)), Some(Least(1.0))),
    target("relay, 2,000 connections, ÷ epoll", Ratio("relay", "2000", PACE, "epoll"), Unit::Times, Some(Least(0.95)), Some(Least(1.1))),
    target("relay, window of 8, ÷ epoll", Ratio("relay", "burst", PACE, "epoll"), Unit::Times, Some(Least(1.0)), Some(Least(3.0))),
    target("p50 at 20,000 messages a second, ÷ epoll", Ratio("open", "20000", "latency_us.p50", "epoll"), Unit::Times, Some(Most(1.15)), Some(Most(1.03))),
    target("p99 at 20,000 messages a second, ÷ epoll", Ratio("open", "20000", "latency_us.p99", "epoll"), Unit::Times, Some(Most(2.0)), Some(Most(1.3))),
    target("matches a second, ÷ epoll", Ratio("match", "200", MATCHES, "epoll"), Unit::Times, Some(Least(0.7)), Some(Least(0.9))),
    target("– ÷ Node ws", Ratio("match", "200", MATCHES, "Node ws"), Unit::Times, Some(Least(1.4)), None),
    target("– ÷ FastAPI", Ratio("match", "200", MATCHES, "FastAPI"), Unit::Times, Some(Least(3.5)), None),
    target("pool: leave-join-match, 100,000 waiting", Special(cycle), Unit::Nanos, Some(Most(500.0)), None),
    target("– 1,000,000 waiting ÷ 1,000", Special(growth), Unit::Times, Some(Most(6.0)), None),
    target("– ÷ slab with integer ids", Special(slab), Unit::Times, None, Some(Most(2.0))),
    target("memory of a silent connection", Own("idle", "10000", "connected.kib_per_conn", 1.0), Unit::Kib, Some(Most(4.5)), Some(Most(1.6))),
    target("– after a message of 8,000 bytes ÷ before", Special(swelling), Unit::Times, Some(Most(1.5)), Some(Most(1.1))),
    target("memory of a waiting device beside that", Special(waiting), Unit::Bytes, Some(Most(600.0)), Some(Most(300.0))),
    target("join in Redis ÷ bare script", Noted("redis-join"), Unit::Times, Some(Least(0.8)), Some(Least(0.95))),
    target("– calls a match", Noted("redis-calls"), Unit::Count, None, Some(Most(10.0))),
    target("message across two servers ÷ bare PUBLISH", Noted("redis-message"), Unit::Times, Some(Least(0.7)), Some(Least(0.9))),
    target("storm: `peer_left` that did not come", Special(untold), Unit::Count, Some(Most(0.0)), None),
    target("– p99 after FIN, ÷ epoll", Ratio("storm", "fin", "peer_left_us.p99", "epoll"), Unit::Times, Some(Most(1.3)), None),
    target("– p99 after RST, ÷ epoll", Ratio("storm", "rst", "peer_left_us.p99", "epoll"), Unit::Times, Some(Most(1.3)), None),
    target("lost, doubled and misrouted messages", Special(astray), Unit::Count, Some(Most(0.0)), Some(Most(0.0))),
    target("selfie, 640×480, one thread, native", Noted("selfie-native"), Unit::Millis, Some(Most(20.0)), Some(Most(12.0))),
    target("– pure Rust", Noted("selfie-rust"), Unit::Millis, Some(Most(40.0)), Some(Most(25.0))),
    target("start until it listens", Own("start", "start", "ms", 1.0), Unit::Millis, Some(Most(200.0)), None),
    target("release binary", Own("start", "start", "binary_mb", 1.0), Unit::Mb, Some(Most(40.0)), None),
    target("endurance: memory at the end ÷ after a minute", Own("endurance", "held", "growth", 1.0), Unit::Times, Some(Most(1.02)), None),
];

const ASTRAY: [&str; 3] = ["lost", "duplicated", "misrouted"];

const CYCLE: &str = "stay";

fn nanos(archive: &Archive, waiting: u32, function: &str) -> Option<f64> {
    archive.part("pool")?.figure(&format!("{CYCLE}/{waiting}"), function, "ns")
}

fn cycle(archive: &Archive) -> Option<f64> {
    nanos(archive, 100_000, "pool")
}

fn growth(archive: &Archive) -> Option<f64> {
    Some(nanos(archive, 1_000_000, "pool")? / nanos(archive, 1_000, "pool")?)
}

fn slab(archive: &Archive) -> Option<f64> {
    Some(cycle(archive)? / nanos(archive, 100_000, "slab")?)
}

fn swelling(archive: &Archive) -> Option<f64> {
    let each = |figure| archive.part("idle")?.figure("10000", "anonchat", figure);
    Some(each("messaged.kib_per_conn")? / each("connected.kib_per_conn")?)
}

fn waiting(archive: &Archive) -> Option<f64> {
    let each = |figure| archive.part("idle")?.figure("waiting", "anonchat", figure);
    Some((each("waiting.kib_per_conn")? - each("connected.kib_per_conn")?) * 1024.0)
}

fn sum(archive: &Archive, figures: &[&str]) -> Option<f64> {
    let readings = archive.parts.iter().flat_map(|part| &part.readings);
    let ours = readings.filter(|reading| reading.contestant == "anonchat");
    let values =
        ours.flat_map(|reading| figures.iter().filter_map(|name| reading.figures.get(*name)));
    values.flatten().copied().reduce(|sum, value| sum + value)
}

fn untold(archive: &Archive) -> Option<f64> {
    Some(sum(archive, &["peer_left_expected"])? - sum(archive, &["peer_left_seen"])?)
}

fn astray(archive: &Archive) -> Option<f64> {
    sum(archive, &ASTRAY)
}

impl Target {
    fn value(&self, archive: &Archive) -> Option<f64> {
        match self.source {
            Own(part, case, figure, factor) => {
                Some(archive.part(part)?.figure(case, "anonchat", figure)? * factor)
            }
            Ratio(part, case, figure, other) => {
                let part = archive.part(part)?;
                let value = |who| part.figure(case, who, figure);
                Some(value("anonchat")? / value(other)?)
            }
            Noted(name) => {
                archive.part(&format!("noted-{name}"))?.figure(name, "anonchat", "value")
            }
            Special(value) => value(archive),
        }
    }

    fn verdict(&self, value: f64) -> &'static str {
        match (self.must, self.aim) {
            (_, Some(aim))
                if aim.holds(value) && self.must.is_none_or(|must| must.holds(value)) =>
            {
                "**aim**"
            }
            (Some(must), _) if must.holds(value) => "yes",
            (Some(_), _) => "**no**",
            (None, _) => "not the aim",
        }
    }
}

/// Every target in one look: measured, must, aim, and whether it is reached.
pub(crate) fn summary(archive: &Archive) -> String {
    let head = ["Figure", "measured", "must", "aim", "reached"].map(str::to_owned);
    let lines: Vec<_> = TARGETS
        .iter()
        .map(|target| {
            let value = target.value(archive);
            let bound = |bound: Option<Bound>| bound.map_or("".into(), |it| it.show(target.unit));
            vec![
                target.label.to_owned(),
                value.map_or("–".into(), |value| target.unit.show(value)),
                bound(target.must),
                bound(target.aim),
                value.map_or("not measured", |value| target.verdict(value)).to_owned(),
            ]
        })
        .collect();
    let counted = sum(archive, &["received"]).unwrap_or(0.0);
    let mut out = table(&head, &lines);
    out += &format!("\n{} messages came in all rounds together.", grouped(counted));
    for (names, words) in
        [(ASTRAY, "Went astray"), (["errors", "closed", ""], "Refused or cut off")]
    {
        let places = places(archive, names);
        out += &format!(" {words}: {}.", if places.is_empty() { "none" } else { &places });
    }
    out + "\n"
}

/// Where ours have such figures that are not zero, part by part and case by case.
fn places(archive: &Archive, names: [&str; 3]) -> String {
    let mut places = Vec::new();
    for part in &archive.parts {
        for reading in part.readings.iter().filter(|reading| reading.contestant == "anonchat") {
            let values = names.iter().filter_map(|name| reading.figures.get(*name)).flatten();
            let sum: f64 = values.sum();
            if sum > 0.0 {
                places.push(format!("{} at `{} {}`", grouped(sum), part.part, reading.case));
            }
        }
    }
    places.join(", ")
}

#[cfg(test)]
mod tests {
    use super::super::results::Results;
    use super::*;

    fn archive(readings: &[(&str, &str, &str, &str, f64)]) -> Archive {
        let folder = std::env::temp_dir().join("anonchat-bench-has-no-such-folder");
        let mut archive = Archive::open(&folder).expect("empty");
        for (part, case, who, figure, value) in readings {
            let known = archive.parts.iter().position(|results| results.part == *part);
            let place = known.unwrap_or_else(|| {
                let words = String::new;
                archive.parts.push(Results {
                    part: (*part).into(),
                    date: words(),
                    command: words(),
                    machine: words(),
                    setup: words(),
                    readings: Vec::new(),
                });
                archive.parts.len() - 1
            });
            archive.parts[place].add(case, who, [((*figure).to_owned(), *value)]);
        }
        archive
    }

    fn line<'a>(summary: &'a str, label: &str) -> &'a str {
        summary.lines().find(|line| line.contains(label)).expect("a line")
    }

    #[test]
    fn one_look_tells_what_is_reached() {
        let archive = archive(&[
            ("relay", "200", "anonchat", PACE, 90.0),
            ("relay", "200", "epoll", PACE, 100.0),
            ("relay", "2000", "anonchat", PACE, 90.0),
            ("relay", "2000", "epoll", PACE, 100.0),
            ("match", "200", "anonchat", MATCHES, 95.0),
            ("match", "200", "epoll", MATCHES, 100.0),
            ("noted-selfie-rust", "selfie-rust", "anonchat", "value", 24.9),
        ]);
        let summary = summary(&archive);
        let expect = |label, end| assert!(line(&summary, label).ends_with(end), "{summary}");
        expect("relay, 200 ", "| 0.90 | ≥ 0.85 | ≥ 1 | yes |");
        expect("relay, 2,000 ", "| 0.90 | ≥ 0.95 | ≥ 1.1 | **no** |");
        expect("matches a second, ÷ epoll", "| 0.95 | ≥ 0.7 | ≥ 0.9 | **aim** |");
        expect("pure Rust", "| 24.9 ms | ≤ 40 ms | ≤ 25 ms | **aim** |");
        expect("window of 8", "| – | ≥ 1 | ≥ 3 | not measured |");
    }

    #[test]
    fn losses_are_summed_over_all_parts_and_rounds_of_ours() {
        let archive = archive(&[
            ("relay", "200", "anonchat", "lost", 0.0),
            ("relay", "200", "anonchat", "lost", 2.0),
            ("open", "20000", "anonchat", "misrouted", 1.0),
            ("open", "20000", "epoll", "lost", 9.0),
        ]);
        assert_eq!(astray(&archive), Some(3.0));
        let summary = summary(&archive);
        assert!(summary.contains("Went astray: 2 at `relay 200`, 1 at `open 20000`."), "{summary}");
        assert!(summary.contains("Refused or cut off: none."), "{summary}");
        assert!(line(&summary, "misrouted").ends_with("| 3 | 0 | 0 | **no** |"));
    }

    #[test]
    fn every_noted_name_is_a_target() {
        let known = |name: &str| {
            TARGETS.iter().any(|target| matches!(target.source, Noted(noted) if noted == name))
        };
        assert!(NOTED.into_iter().all(known));
    }
}
