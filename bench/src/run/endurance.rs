//! Many connections held for long at a steady rate, with the server's memory read each second.

use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::contestant::{Contestant, Programs, on_core};
use super::measure::kept;
use super::parts::Scale;
use super::results::Results;
use crate::failure::Failure;
use crate::load::Process;

/// Messages a second.
const RATE: u32 = 5_000;

/// Files that a program has open beside its connections.
const SPARE: u64 = 64;

/// Holds as many connections as asked, or as one process may have here.
pub(crate) fn hold(
    programs: &Programs,
    scale: Scale,
    connections: u64,
    minutes: f64,
    results: &mut Results,
) -> Result<(), Failure> {
    let limit = rlimit::increase_nofile_limit(u64::MAX)?;
    let connections = connections.min(limit - SPARE) / 2 * 2;
    let (connections, minutes) = if scale.quick { (200, 0.1) } else { (connections, minutes) };
    let (secs, warmup) = (minutes * 60.0, if scale.quick { 1.0 } else { 20.0 });
    let server = programs.start(Contestant::Anonchat)?;
    let mut load = programs.generator(false)?;
    load.arg("--addr").arg(server.address.to_string()).arg("--pid").arg(server.pid().to_string());
    load.args(["relay", "--conns", &connections.to_string(), "--rate", &RATE.to_string()]);
    load.args(["--secs", &secs.to_string(), "--warmup", &warmup.to_string()]);
    let mut load = on_core(&load, 1);
    let mut load = load.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
    let (start, process, mut memory) = (Instant::now(), Process(Some(server.pid())), Vec::new());
    while load.try_wait()?.is_none() {
        // The end of all connections is not part of it.
        if start.elapsed() < Duration::from_secs_f64(warmup + secs) {
            memory.push((process.rss_kib() as f64 / 102.4).round() / 10.0);
        }
        let next = Duration::from_secs(memory.len().max(1) as u64);
        let pause = next.saturating_sub(start.elapsed()).max(Duration::from_millis(100));
        std::thread::sleep(pause);
    }
    let output = load.wait_with_output()?;
    if !output.status.success() {
        return Failure::because("the load generator has failed");
    }
    let said = String::from_utf8_lossy(&output.stdout);
    let found: Value = serde_json::from_str(said.lines().last().unwrap_or_default())?;
    results.add("held", Contestant::Anonchat.name(), kept(&found));
    let more = [("connections", connections as f64), ("minutes", minutes)];
    results.add(
        "held",
        Contestant::Anonchat.name(),
        more.map(|(name, value)| (name.into(), value)),
    );
    if let Some(growth) = growth(&memory) {
        results.add(
            "held",
            Contestant::Anonchat.name(),
            [("growth".into(), (growth * 1e3).round() / 1e3)],
        );
    }
    let memory = memory.into_iter().map(|mib| ("rss_mib".into(), mib));
    results.add("held", Contestant::Anonchat.name(), memory);
    Ok(())
}

/// Memory in the last ten seconds, divided by that in ten seconds after the first minute.
fn growth(memory: &[f64]) -> Option<f64> {
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let begin = 60.min(memory.len() / 3);
    let ten = 10.min(memory.len() / 3);
    let first = memory.get(begin..begin + ten).filter(|values| !values.is_empty())?;
    Some(mean(&memory[memory.len() - ten..]) / mean(first))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn growth_is_from_after_the_first_minute_to_the_end() {
        let memory: Vec<_> =
            (0..600).map(|second| if second < 60 { 10.0 } else { 100.0 }).collect();
        assert_eq!(growth(&memory), Some(1.0));
        assert_eq!(growth(&[100.0, 100.0, 120.0]), Some(1.2));
        assert_eq!(growth(&[]), None);
    }
}
