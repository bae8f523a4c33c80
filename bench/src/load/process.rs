//! What the server costs the machine, as `/proc` says.

use std::fs;
use std::time::Duration;

use super::Found;

/// Linux counts processor time in hundredths of a second.
const TICK: Duration = Duration::from_millis(10);

/// A process, if one was named; without one it costs nothing.
#[derive(Clone, Copy)]
pub(crate) struct Process(pub(crate) Option<u32>);

/// Processor time of a process since its start.
#[derive(Clone, Copy, Default)]
pub(crate) struct Cpu {
    user: Duration,
    kernel: Duration,
}

impl Process {
    /// Resident memory in KiB.
    pub(crate) fn rss_kib(self) -> u64 {
        self.read("status").and_then(|status| rss_kib(&status)).unwrap_or(0)
    }

    pub(crate) fn cpu(self) -> Cpu {
        self.read("stat").and_then(|stat| cpu(&stat)).unwrap_or_default()
    }

    fn read(self, file: &str) -> Option<String> {
        fs::read_to_string(format!("/proc/{}/{file}", self.0?)).ok()
    }
}

impl Cpu {
    /// Adds what was spent since, for so many things of a kind in this time.
    pub(crate) fn tell(
        self,
        now: Self,
        elapsed: Duration,
        kind: &str,
        count: u64,
        found: &mut Found,
    ) {
        let kernel = (now.kernel - self.kernel).as_secs_f64();
        let spent = (now.user - self.user).as_secs_f64() + kernel;
        found.insert("server_cores".into(), (spent / elapsed.as_secs_f64()).into());
        let each = spent * 1e6 / count.max(1) as f64;
        found.insert(format!("server_cpu_us_per_{kind}"), each.into());
        found.insert("server_kernel_share".into(), (kernel / spent.max(1e-9)).into());
    }
}

fn rss_kib(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.split_whitespace().next()?.parse().ok()
}

fn cpu(stat: &str) -> Option<Cpu> {
    // The program's name may have spaces and brackets.
    let fields: Vec<_> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let time = |at: usize| Some(TICK * fields.get(at)?.parse::<u32>().ok()?);
    Some(Cpu { user: time(11)?, kernel: time(12)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_read_from_what_linux_writes() {
        assert_eq!(rss_kib("Name:\tx\nVmRSS:\t    1234 kB\nThreads: 1\n"), Some(1234));
        let stat = "7 (a (b) c) S 1 7 7 0 -1 4194304 1 0 0 0 250 50 0 0 20 0 1 0 1 1 1";
        let cpu = cpu(stat).expect("whole");
        assert_eq!((cpu.user.as_millis(), cpu.kernel.as_millis()), (2500, 500));
    }

    #[test]
    fn this_process_has_memory_and_none_has_none() {
        assert!(Process(Some(std::process::id())).rss_kib() > 100);
        assert_eq!(Process(None).rss_kib(), 0);
    }
}
