//! The parts of a run: what is driven how, and which figures stand in its table.

use super::contestant::Contestant::{self, Anonchat, Axum, Epoll, FastApi, Node};
use super::measure::Case;
use super::number::Unit;

/// How much is measured.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scale {
    pub(crate) rounds: usize,
    /// Seconds that count of one round of load.
    pub(crate) secs: f64,
    /// So little that it shows only that all works.
    pub(crate) quick: bool,
}

/// One line of a part's table.
pub(crate) struct Row {
    pub(crate) label: String,
    pub(crate) case: String,
    pub(crate) figure: &'static str,
    pub(crate) unit: Unit,
}

/// The parts that are measured if none is named. The first six are made of cases.
pub(crate) const DEFAULT: [&str; 8] =
    ["relay", "open", "load", "match", "idle", "storm", "start", "pool"];

/// Rates of the latency curve, in messages a second.
const RATES: [u32; 8] = [5_000, 10_000, 20_000, 40_000, 80_000, 120_000, 160_000, 200_000];

/// Connections of the memory curve.
const CROWDS: [u32; 3] = [1_000, 5_000, 10_000];

/// The cases of a part.
pub(crate) fn cases(part: &str, scale: Scale) -> Vec<Case> {
    let Scale { secs, quick, .. } = scale;
    let warmup = if quick { 0.2 } else { 1.0 };
    let time = format!("--secs {secs} --warmup {warmup}");
    match part {
        "relay" => {
            let large = if quick { 400 } else { 2_000 };
            let three = &[Anonchat, Epoll, Axum];
            vec![
                case("200", &format!("relay --conns 200 {time}"), three),
                case("2000", &format!("relay --conns {large} {time}"), three),
                case("burst", &format!("relay --conns 200 --window 8 {time}"), three),
            ]
        }
        "open" => {
            let load = format!("relay --conns 200 --rate 20000 --spin {time}");
            vec![case("20000", &load, &[Anonchat, Epoll])]
        }
        "load" => {
            let (secs, count) = if quick { (0.3, 3) } else { (secs / 2.0, RATES.len()) };
            let rated = |rate: &u32| {
                let load =
                    format!("relay --conns 200 --rate {rate} --spin --secs {secs} --warmup 0.3");
                case(&rate.to_string(), &load, &[Anonchat, Epoll])
            };
            RATES[..count].iter().map(rated).collect()
        }
        "match" => {
            let load = format!("match --conns 200 {time}");
            vec![case("200", &load, &[Anonchat, Epoll, Axum, Node, FastApi])]
        }
        "idle" => {
            let settle = if quick { 0.2 } else { 3.0 };
            let shrink = if quick { 10 } else { 1 };
            let mut cases = Vec::new();
            for conns in CROWDS {
                let few = conns / shrink;
                let load = format!("idle --conns {few} --stage msg --bytes 8000 --settle {settle}");
                let case = case(&conns.to_string(), &load, &[Anonchat, Epoll]);
                cases.push(Case { warm: true, ..case });
            }
            let few = CROWDS[2] / shrink;
            let load = format!("idle --conns {few} --stage wait --settle {settle}");
            cases.push(Case { own: true, warm: true, ..case("waiting", &load, &[Anonchat]) });
            cases
        }
        "storm" => {
            let conns = if quick { 200 } else { 2_000 };
            let vanish = |how: &str| {
                let load = format!("storm --conns {conns} --vanish {how} --rounds 2");
                case(how, &load, &[Anonchat, Epoll])
            };
            vec![vanish("fin"), vanish("rst")]
        }
        _ => Vec::new(),
    }
}

fn case(name: &str, load: &str, contestants: &[Contestant]) -> Case {
    let load = load.split(' ').map(str::to_owned).collect();
    Case { name: name.into(), load, own: false, warm: false, contestants: contestants.to_vec() }
}

/// The lines of a part's table.
pub(crate) fn rows(part: &str) -> Vec<Row> {
    match part {
        "relay" => [
            ("200", "200 connections"),
            ("2000", "2,000 connections"),
            ("burst", "200 connections, window of 8"),
        ]
        .iter()
        .flat_map(|(name, words)| {
            [
                row(&format!("{words}: messages a second"), name, "delivered_per_s", Unit::Count),
                row("– CPU a message", name, "server_cpu_us_per_msg", Unit::Micros),
            ]
        })
        .collect(),
        "open" => vec![
            row("p50", "20000", "latency_us.p50", Unit::Micros),
            row("p99", "20000", "latency_us.p99", Unit::Micros),
            row("CPU a message", "20000", "server_cpu_us_per_msg", Unit::Micros),
            row("generator late, p99", "20000", "generator_lag_us.p99", Unit::Micros),
        ],
        "load" => RATES
            .iter()
            .flat_map(|rate| {
                let (case, words) = (rate.to_string(), super::number::grouped(f64::from(*rate)));
                [
                    row(&format!("{words}/s: p50"), &case, "latency_us.p50", Unit::Micros),
                    row("– p99", &case, "latency_us.p99", Unit::Micros),
                    row("– delivered a second", &case, "delivered_per_s", Unit::Count),
                ]
            })
            .collect(),
        "match" => vec![
            row("matches a second", "200", "matches_per_s", Unit::Count),
            row("CPU a match", "200", "server_cpu_us_per_match", Unit::Micros),
            row("from join to match, p99", "200", "join_to_matched_us.p99", Unit::Micros),
        ],
        "idle" => CROWDS
            .iter()
            .flat_map(|conns| {
                let (case, words) = (conns.to_string(), super::number::grouped(f64::from(*conns)));
                [
                    row(
                        &format!("{words} connections, silent: each"),
                        &case,
                        "connected.kib_per_conn",
                        Unit::Kib,
                    ),
                    row("– in pairs", &case, "matched.kib_per_conn", Unit::Kib),
                    row(
                        "– after one message of 8,000 bytes",
                        &case,
                        "messaged.kib_per_conn",
                        Unit::Kib,
                    ),
                ]
            })
            .chain([row("the server before them", "10000", "server_rss_before_kib", Unit::Kib)])
            .collect(),
        "storm" => ["fin", "rst"]
            .iter()
            .flat_map(|how| {
                let name = how.to_uppercase();
                [
                    row(
                        &format!("{name}: `peer_left` that must come"),
                        how,
                        "peer_left_expected",
                        Unit::Count,
                    ),
                    row("– that came", how, "peer_left_seen", Unit::Count),
                    row("– p99 from the storm", how, "peer_left_us.p99", Unit::Micros),
                ]
            })
            .collect(),
        "start" => vec![
            row("start until it listens", "start", "ms", Unit::Millis),
            row("release binary", "start", "binary_mb", Unit::Mb),
            row("– stripped", "start", "stripped_mb", Unit::Mb),
        ],
        _ => Vec::new(),
    }
}

fn row(label: &str, case: &str, figure: &'static str, unit: Unit) -> Row {
    Row { label: label.into(), case: case.into(), figure, unit }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCALE: Scale = Scale { rounds: 1, secs: 1.0, quick: false };

    #[test]
    fn every_line_has_its_case_and_every_case_a_line() {
        for part in &DEFAULT[..6] {
            let cases = cases(part, SCALE);
            for row in rows(part) {
                assert!(cases.iter().any(|case| case.name == row.case), "{part} {}", row.label);
            }
            for case in cases.iter().filter(|case| !case.own) {
                assert!(rows(part).iter().any(|row| row.case == case.name), "{part} {}", case.name);
                assert!(case.contestants.starts_with(&[Anonchat, Epoll]));
            }
        }
    }

    #[test]
    fn a_quick_run_has_the_same_parts() {
        let quick = Scale { quick: true, ..SCALE };
        for part in &DEFAULT[..6] {
            assert!(!cases(part, quick).is_empty());
        }
    }
}
