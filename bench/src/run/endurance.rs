//! Many connections held for long at a steady rate, with the server's memory read each second.

use std::collections::BTreeMap;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use super::contestant::{Contestant, Programs, Running, on_core};
use super::measure::kept;
use super::parts::Scale;
use super::results::Results;
use crate::failure::Failure;
use crate::load::Process;

/// Messages a second to all servers.
const RATE: f64 = 5_000.0;

/// Files that a program has open beside its connections.
const SPARE: u64 = 64;

/// A server, and the generator that holds connections to it.
struct Share {
    server: Running,
    load: Child,
}

/// Holds as many connections as asked. Where one process may not have as many files, several servers
/// have a share each, all of them on one core.
pub(crate) fn hold(
    programs: &Programs,
    scale: Scale,
    connections: u64,
    minutes: f64,
    results: &mut Results,
) -> Result<(), Failure> {
    let limit = rlimit::increase_nofile_limit(u64::MAX)?;
    let (connections, minutes) = if scale.quick { (200, 0.1) } else { (connections, minutes) };
    let servers = connections.div_ceil(limit - SPARE);
    let each = connections / servers / 2 * 2;
    let (secs, warmup) = (minutes * 60.0, if scale.quick { 1.0 } else { 20.0 });
    let start = Instant::now();
    let share = |_| {
        let server = programs.start(Contestant::Anonchat)?;
        let mut load = programs.generator(false)?;
        load.arg("--addr").arg(server.address.to_string());
        load.arg("--pid").arg(server.pid().to_string());
        load.args(["relay", "--conns", &each.to_string()]);
        load.args(["--rate", &(RATE / servers as f64).to_string()]);
        load.args(["--secs", &secs.to_string(), "--warmup", &warmup.to_string()]);
        let mut load = on_core(&load, 1);
        let load = load.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
        Ok(Share { server, load })
    };
    let mut shares: Vec<Share> = (0..servers).map(share).collect::<Result<_, Failure>>()?;
    let memory = watch(&mut shares, start, Duration::from_secs_f64(warmup + secs))?;
    let mut found = Vec::new();
    for share in shares {
        let output = share.load.wait_with_output()?;
        if !output.status.success() {
            return Failure::because("the load generator has failed");
        }
        let said = String::from_utf8_lossy(&output.stdout);
        found.push(kept(&serde_json::from_str(said.lines().last().unwrap_or_default())?));
    }
    let size = [("connections", each * servers), ("servers", servers)];
    let size = size.map(|(name, value)| (name.to_owned(), value as f64));
    let growth = growth(&memory).map(|growth| ("growth".to_owned(), (growth * 1e3).round() / 1e3));
    let more = size.into_iter().chain([("minutes".to_owned(), minutes)]).chain(growth);
    let memory = memory.into_iter().map(|mib| ("rss_mib".to_owned(), mib));
    let figures = joined(&found).into_iter().chain(more).chain(memory);
    results.add("held", Contestant::Anonchat.name(), figures);
    Ok(())
}

/// The memory of all servers in each second until the generators are done, as long as all connections
/// are there.
fn watch(shares: &mut [Share], start: Instant, held: Duration) -> Result<Vec<f64>, Failure> {
    let mut memory = Vec::new();
    let mut running = shares.len();
    while running > 0 {
        // The end of all connections is not part of it.
        if start.elapsed() < held {
            let kib = |share: &Share| Process(Some(share.server.pid())).rss_kib() as f64;
            memory.push((shares.iter().map(kib).sum::<f64>() / 102.4).round() / 10.0);
        }
        let next = Duration::from_secs(memory.len().max(1) as u64);
        let pause = next.saturating_sub(start.elapsed()).max(Duration::from_millis(100));
        std::thread::sleep(pause);
        running = 0;
        for share in &mut *shares {
            running += usize::from(share.load.try_wait()?.is_none());
        }
    }
    Ok(memory)
}

/// The figures of several generators as one: of latencies the worst, of all else the sum.
fn joined(found: &[Vec<(String, f64)>]) -> BTreeMap<String, f64> {
    let mut joined = BTreeMap::new();
    for (name, value) in found.iter().flatten() {
        let known = joined.entry(name.clone()).or_insert(0.0);
        *known = if name.contains("_us.") { value.max(*known) } else { *known + value };
    }
    joined
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
    fn of_several_generators_latencies_are_the_worst_and_counts_the_sum() {
        let found = [(7.0, 100.0), (9.0, 50.0)].map(|(latency, received)| {
            vec![("latency_us.p99".to_owned(), latency), ("received".to_owned(), received)]
        });
        let joined: Vec<_> = joined(&found).into_iter().collect();
        assert_eq!(joined, [("latency_us.p99".to_owned(), 9.0), ("received".to_owned(), 150.0)]);
    }

    #[test]
    fn growth_is_from_after_the_first_minute_to_the_end() {
        let memory: Vec<_> =
            (0..600).map(|second| if second < 60 { 10.0 } else { 100.0 }).collect();
        assert_eq!(growth(&memory), Some(1.0));
        assert_eq!(growth(&[100.0, 100.0, 120.0]), Some(1.2));
        assert_eq!(growth(&[]), None);
    }
}
