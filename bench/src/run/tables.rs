//! The tables of the page.

use super::contestant::Contestant;
use super::number::{Unit, grouped};
use super::parts;
use super::results::Results;

/// A table in Markdown: the first column is words, the others are numbers.
pub(crate) fn table(head: &[String], lines: &[Vec<String>]) -> String {
    let mut out = format!("| {} |\n|---|{}\n", head.join(" | "), "--:|".repeat(head.len() - 1));
    for line in lines {
        out += &format!("| {} |\n", line.join(" | "));
    }
    out
}

/// What stands under each table: how the figures came to be.
pub(crate) fn origin(results: &Results) -> String {
    let Results { command, date, machine, setup, .. } = results;
    format!("`{command}` · {date} · {machine} · {setup}")
}

/// The table of a part: who was measured in columns, with this project's ratio to each other.
pub(crate) fn compared(results: &Results) -> String {
    let there =
        |one: &Contestant| results.readings.iter().any(|reading| reading.contestant == one.name());
    let who: Vec<_> = Contestant::ALL.into_iter().filter(there).map(Contestant::name).collect();
    let others = || who.iter().filter(|name| **name != Contestant::Anonchat.name());
    let mut head = vec!["Figure".to_owned()];
    head.extend(who.iter().map(|name| (*name).to_owned()));
    head.extend(others().map(|name| format!("÷ {name}")));
    let mut lines = Vec::new();
    for row in parts::rows(&results.part) {
        let value = |name: &str| results.figure(&row.case, name, row.figure);
        let Some(own) = value(Contestant::Anonchat.name()) else { continue };
        let mut line = vec![row.label.clone()];
        line.extend(who.iter().map(|name| value(name).map_or("–".into(), |it| row.unit.show(it))));
        line.extend(others().map(|name| match value(name) {
            Some(other) if other > 0.0 => Unit::Times.show(own / other),
            _ => "–".into(),
        }));
        lines.push(line);
    }
    table(&head, &lines)
}

/// The table of what criterion has measured: a line for each size, a column for each function.
pub(crate) fn pool(results: &Results) -> String {
    let mut groups: Vec<&str> = Vec::new();
    for (group, _) in results.readings.iter().filter_map(|reading| reading.case.rsplit_once('/')) {
        if !groups.contains(&group) {
            groups.push(group);
        }
    }
    let functions = functions(results);
    let mut head = vec!["Cycle".to_owned(), "waiting".to_owned()];
    head.extend(functions.iter().map(|name| (*name).to_owned()));
    let mut lines = Vec::new();
    for group in groups {
        for size in sizes(results, group) {
            let mut line = vec![format!("`{group}`"), grouped(size)];
            line.extend(functions.iter().map(|function| {
                let value = results.figure(&format!("{group}/{size}"), function, "ns");
                value.map_or("–".into(), |value| Unit::Nanos.show(value))
            }));
            lines.push(line);
        }
    }
    table(&head, &lines)
}

/// The table of the part `endurance`.
pub(crate) fn held(results: &Results) -> String {
    let value = |figure| results.figure("held", Contestant::Anonchat.name(), figure);
    let lines = [
        ("connections", "connections", Unit::Count),
        ("server processes", "servers", Unit::Count),
        ("minutes", "minutes", Unit::Count),
        ("messages delivered a second", "delivered_per_s", Unit::Count),
        ("messages received", "received", Unit::Count),
        ("lost", "lost", Unit::Count),
        ("doubled", "duplicated", Unit::Count),
        ("misrouted", "misrouted", Unit::Count),
        ("connections lost", "closed", Unit::Count),
        ("latency of the slower process, p50", "latency_us.p50", Unit::Micros),
        ("latency of the slower process, p99", "latency_us.p99", Unit::Micros),
        ("memory at the end ÷ after a minute", "growth", Unit::Times),
    ];
    let lines: Vec<_> = lines
        .into_iter()
        .filter_map(|(label, figure, unit)| Some(vec![label.into(), unit.show(value(figure)?)]))
        .collect();
    table(&["Figure".to_owned(), Contestant::Anonchat.name().to_owned()], &lines)
}

/// What is measured beside each other, the pool first.
pub(crate) fn functions(results: &Results) -> Vec<&str> {
    let mut functions: Vec<_> =
        results.readings.iter().map(|reading| reading.contestant.as_str()).collect();
    functions.sort_unstable_by_key(|name| (*name != "pool", *name));
    functions.dedup();
    functions
}

/// How many wait in the cases of a group, the fewest first.
pub(crate) fn sizes(results: &Results, group: &str) -> Vec<f64> {
    let of_group =
        |case: &str| case.rsplit_once('/').filter(|(of, _)| *of == group)?.1.parse().ok();
    let mut sizes: Vec<f64> =
        results.readings.iter().filter_map(|reading| of_group(&reading.case)).collect();
    sizes.sort_unstable_by(f64::total_cmp);
    sizes.dedup();
    sizes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn results(part: &str) -> Results {
        Results {
            part: part.into(),
            date: "2026-11-30".into(),
            command: "scripts/bench match".into(),
            machine: "2 × A".into(),
            setup: "3 rounds".into(),
            readings: Vec::new(),
        }
    }

    #[test]
    fn a_part_stands_beside_its_baselines_with_ratios() {
        let mut results = results("match");
        for (who, pace) in [("epoll", 100_000.0), ("anonchat", 90_000.0)] {
            results.add("200", who, [("matches_per_s".into(), pace)]);
        }
        assert_eq!(
            compared(&results),
            "| Figure | anonchat | epoll | ÷ epoll |\n|---|--:|--:|--:|\n\
             | matches a second | 90.0 k | 100 k | 0.90 |\n"
        );
        assert_eq!(origin(&results), "`scripts/bench match` · 2026-11-30 · 2 × A · 3 rounds");
    }

    #[test]
    fn sizes_stand_in_their_order_and_the_pool_first() {
        let mut results = results("pool");
        for size in ["100000", "1000"] {
            for function in ["naive", "pool"] {
                results.add(&format!("leave/{size}"), function, [("ns".into(), 400.0)]);
            }
        }
        results.add("leave/1000", "slab", [("ns".into(), 30.5)]);
        assert_eq!(
            pool(&results),
            "| Cycle | waiting | pool | naive | slab |\n|---|--:|--:|--:|--:|\n\
             | `leave` | 1,000 | 400 ns | 400 ns | 30.5 ns |\n\
             | `leave` | 100,000 | 400 ns | 400 ns | – |\n"
        );
    }
}
