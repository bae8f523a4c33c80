//! Which plots there are, and what stands in them.

use super::contestant::Contestant;
use super::number::Unit;
use super::plot::{Axis, Bars, Group, Line, Lines};
use super::results::{Archive, Results};
use super::tables;

/// The plots for which there are results: the part below whose table each stands, its name, what
/// it shows, and the picture.
pub(crate) fn all(archive: &Archive) -> Vec<(&'static str, &'static str, &'static str, String)> {
    let mut plots = Vec::new();
    let mut add = |part, name, words, svg: Option<String>| {
        plots.extend(svg.map(|svg| (part, name, words, svg)));
    };
    add("relay", "throughput", "Messages and matches a second", throughput(archive));
    add("load", "latency", "Latency over load", archive.part("load").map(latency));
    add("idle", "memory", "Memory over connections", archive.part("idle").map(memory));
    add("pool", "waiting", "Cost over waiting people", archive.part("pool").map(waiting));
    add("endurance", "endurance", "Memory over time", archive.part("endurance").map(endurance));
    plots
}

fn throughput(archive: &Archive) -> Option<String> {
    let relay = archive.part("relay")?;
    let mut wanted = vec![
        (relay, "200", "delivered_per_s", "relay, 200 connections: messages a second"),
        (relay, "2000", "delivered_per_s", "relay, 2,000 connections: messages a second"),
        (
            relay,
            "burst",
            "delivered_per_s",
            "relay, 200 connections, window of 8: messages a second",
        ),
    ];
    if let Some(matches) = archive.part("match") {
        wanted.push((matches, "200", "matches_per_s", "match, 200 connections: matches a second"));
    }
    let groups = wanted.into_iter().map(|(part, case, figure, title)| {
        let bars = Contestant::ALL.into_iter().enumerate().filter_map(|(colour, one)| {
            let value = part.figure(case, one.name(), figure)?;
            Some((one.name().to_owned(), colour, value, Unit::Count.show(value)))
        });
        Group { title: title.into(), bars: bars.collect() }
    });
    let title = "Throughput on one core (each group to its own scale)";
    Some(Bars { title, origin: tables::origin(relay), groups: groups.collect() }.svg())
}

/// The points of a program over the cases of a part, whose names are numbers.
fn points(results: &Results, who: &str, figure: &str) -> Vec<(f64, f64)> {
    let readings = results.readings.iter().filter(|reading| reading.contestant == who);
    let mut points: Vec<_> = readings
        .filter_map(|reading| {
            let value = results.figure(&reading.case, who, figure)?;
            Some((reading.case.parse().ok()?, value))
        })
        .collect();
    points.sort_unstable_by(|one: &(f64, f64), other| one.0.total_cmp(&other.0));
    points
}

const PAIR: [Contestant; 2] = [Contestant::Anonchat, Contestant::Epoll];

fn line(name: String, colour: usize, dashed: bool, points: Vec<(f64, f64)>) -> Line {
    Line { name, colour, dashed, points }
}

fn latency(results: &Results) -> String {
    let mut lines = Vec::new();
    for (colour, one) in PAIR.into_iter().enumerate() {
        // Beyond saturation a latency is only how long the run was: messages stay behind, or those
        // of before come in the time that counts.
        let delivered = points(results, one.name(), "delivered_per_s");
        let keeps_up = |&&(rate, pace): &&(f64, f64)| (0.97..=1.03).contains(&(pace / rate));
        let kept = delivered.iter().take_while(keeps_up).count();
        for (part, dashed) in [("p50", false), ("p99", true)] {
            let mut points = points(results, one.name(), &format!("latency_us.{part}"));
            points.truncate(kept);
            lines.push(line(format!("{} {part}", one.name()), colour, dashed, points));
        }
    }
    let all = || lines.iter().flat_map(|line| line.points.iter().copied());
    Lines {
        title: "Latency over load, 200 connections",
        across: "messages a second, until saturation",
        up: "microseconds from when a message was due",
        x: Axis::logarithmic(all().map(|point| point.0)),
        y: Axis::logarithmic(all().map(|point| point.1)),
        origin: tables::origin(results),
        lines,
    }
    .svg()
}

fn memory(results: &Results) -> String {
    let mut lines = Vec::new();
    for (colour, one) in PAIR.into_iter().enumerate() {
        for (figure, words, dashed) in [
            ("connected.kib_per_conn", "silent", false),
            ("messaged.kib_per_conn", "after 8 KB", true),
        ] {
            let points = points(results, one.name(), figure);
            lines.push(line(format!("{} {words}", one.name()), colour, dashed, points));
        }
    }
    let all = || lines.iter().flat_map(|line| line.points.iter().copied());
    Lines {
        title: "Memory over connections",
        across: "connections",
        up: "KiB a connection",
        x: Axis::linear(all().map(|point| point.0)),
        y: Axis::linear(all().map(|point| point.1)),
        origin: tables::origin(results),
        lines,
    }
    .svg()
}

fn waiting(results: &Results) -> String {
    const GROUP: &str = "stay";
    let named = tables::functions(results).into_iter().enumerate();
    let lines: Vec<_> = named
        .map(|(colour, function)| {
            let point = |size| {
                let value = results.figure(&format!("{GROUP}/{size}"), function, "ns")?;
                Some((size, value))
            };
            let points = tables::sizes(results, GROUP).into_iter().filter_map(point).collect();
            line(function.to_owned(), colour % 5, false, points)
        })
        .collect();
    let all = || lines.iter().flat_map(|line| line.points.iter().copied());
    Lines {
        title: "Cost over waiting people: somebody leaves, joins and meets",
        across: "people who wait",
        up: "nanoseconds a cycle",
        x: Axis::logarithmic(all().map(|point| point.0)),
        y: Axis::logarithmic(all().map(|point| point.1)),
        origin: tables::origin(results),
        lines,
    }
    .svg()
}

fn endurance(results: &Results) -> String {
    let seconds = results.reading("held", "anonchat").and_then(|it| it.figures.get("rss_mib"));
    let points: Vec<_> = seconds
        .into_iter()
        .flatten()
        .enumerate()
        .map(|(at, mib)| (at as f64 / 60.0, *mib))
        .collect();
    Lines {
        title: "Memory over time under a steady load",
        across: "minutes",
        up: "MiB of the server",
        x: Axis::linear(points.iter().map(|point| point.0)),
        y: Axis::linear(points.iter().map(|point| point.1)),
        origin: tables::origin(results),
        lines: vec![line("anonchat".into(), 0, false, points)],
    }
    .svg()
}
