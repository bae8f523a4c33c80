//! What criterion has measured in the pool, whatever groups its bench has.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use serde::Deserialize;

use super::measure::wrapped;
use super::results::Results;
use crate::failure::Failure;

/// The bench whose figures these are.
const BENCH: [&str; 5] = ["bench", "--package", "anonchat-core", "--bench", "pool"];

#[derive(Deserialize)]
struct Benchmark {
    group_id: String,
    #[serde(default)]
    function_id: Option<String>,
    #[serde(default)]
    value_str: Option<String>,
}

#[derive(Deserialize)]
struct Estimates {
    median: Estimate,
}

#[derive(Deserialize)]
struct Estimate {
    point_estimate: f64,
}

/// Runs the bench, which takes some minutes.
pub(crate) fn run(root: &Path, through: &[String]) -> Result<(), Failure> {
    let mut command = Command::new("cargo");
    command.args(BENCH);
    let status = wrapped(&command, through).current_dir(root).stdin(Stdio::null()).status()?;
    if status.success() { Ok(()) } else { Failure::because("the bench of the pool has failed") }
}

/// Adds the medians in nanoseconds of all that was measured last.
pub(crate) fn read(folder: &Path, results: &mut Results) -> Result<(), Failure> {
    let Ok(entries) = fs::read_dir(folder) else { return Ok(()) };
    let mut folders = Vec::new();
    for entry in entries {
        folders.push(entry?.path());
    }
    folders.sort_unstable();
    for folder in folders.iter().filter(|path| path.is_dir()) {
        let (about, found) = (folder.join("benchmark.json"), folder.join("estimates.json"));
        if folder.ends_with("new") && about.is_file() && found.is_file() {
            let about: Benchmark = serde_json::from_str(&fs::read_to_string(about)?)?;
            let found: Estimates = serde_json::from_str(&fs::read_to_string(found)?)?;
            let value = about.value_str.unwrap_or_default().replace('_', "");
            let function = about.function_id.unwrap_or_else(|| "pool".into());
            let case = format!("{}/{value}", about.group_id);
            results.add(&case, &function, [("ns".into(), found.median.point_estimate.round())]);
        } else {
            read(folder, results)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_criterion_has_left_is_read() {
        let root = std::env::temp_dir().join(format!("anonchat-criterion-{}", std::process::id()));
        let new = root.join("leave_join_match/pool/1000/new");
        fs::create_dir_all(&new).expect("a folder");
        fs::create_dir_all(root.join("leave_join_match/report")).expect("a folder");
        let about = r#"{"group_id":"leave_join_match","function_id":"pool","value_str":"1000","throughput":null}"#;
        fs::write(new.join("benchmark.json"), about).expect("written");
        let found = r#"{"mean":{"point_estimate":9.0},"median":{"confidence_interval":{},"point_estimate":431.4,"standard_error":1.0}}"#;
        fs::write(new.join("estimates.json"), found).expect("written");
        let mut results = Results {
            part: "pool".into(),
            date: String::new(),
            command: String::new(),
            machine: String::new(),
            setup: String::new(),
            readings: Vec::new(),
        };
        read(&root, &mut results).expect("readable");
        assert_eq!(results.figure("leave_join_match/1000", "pool", "ns"), Some(431.0));
        read(&root.join("nothing"), &mut results).expect("nothing is no failure");
        fs::remove_dir_all(root).expect("removed");
    }
}
