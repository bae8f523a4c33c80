//! The class of the machine and the day: what a figure is worth nothing without.

use std::fs;
use std::process::Command;
use std::thread::available_parallelism;

/// The class of this machine, without its name: `2 × AMD EPYC, Linux 6.18, rustc 1.95.0`.
pub(crate) fn class() -> String {
    let processor = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let (cores, rustc) = (cores(), first_line("rustc", &["--version"]));
    let rustc: Vec<_> = rustc.split(' ').take(2).collect();
    let (model, kernel) = (model(&processor), release(&kernel));
    format!("{cores} × {model}, Linux {kernel}, {}", rustc.join(" "))
}

pub(crate) fn cores() -> usize {
    available_parallelism().map_or(1, usize::from)
}

/// Today, as `2026-11-30`.
pub(crate) fn today() -> String {
    first_line("date", &["-u", "+%F"])
}

/// Whether programs can be held on a core each.
pub(crate) fn can_pin() -> bool {
    cores() > 1 && Command::new("taskset").arg("--version").output().is_ok()
}

fn first_line(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output();
    let output = output.map(|output| output.stdout).unwrap_or_default();
    String::from_utf8_lossy(&output).lines().next().unwrap_or_default().to_owned()
}

fn model(cpuinfo: &str) -> &str {
    let mut fields = cpuinfo.lines().filter_map(|line| line.split_once(':'));
    let model = fields.find(|(name, _)| name.trim() == "model name");
    model.map_or("unknown processor", |(_, value)| value.trim())
}

/// The first two numbers: the rest may name whose machine it is.
fn release(kernel: &str) -> String {
    kernel.trim().split('.').take(2).collect::<Vec<_>>().join(".")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_class_names_the_kind_and_not_the_machine() {
        assert_eq!(model("processor\t: 0\nmodel name\t: AMD EPYC\n"), "AMD EPYC");
        assert_eq!(release("6.18.44-of-somebody\n"), "6.18");
        assert!(class().contains("Linux"));
    }
}
