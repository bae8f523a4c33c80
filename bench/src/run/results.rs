//! What was measured: every round of every figure, kept as JSON, so that the page can be written anew
//! from it and each part can be measured by itself.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::failure::Failure;

/// One part, as it was last measured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Results {
    pub(crate) part: String,
    pub(crate) date: String,
    pub(crate) command: String,
    pub(crate) machine: String,
    /// How it was measured, in words.
    pub(crate) setup: String,
    pub(crate) readings: Vec<Reading>,
}

/// The figures of one program in one case.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Reading {
    pub(crate) case: String,
    pub(crate) contestant: String,
    /// Each with its value in every round.
    pub(crate) figures: BTreeMap<String, Vec<f64>>,
}

impl Results {
    pub(crate) fn reading(&self, case: &str, contestant: &str) -> Option<&Reading> {
        let mut readings = self.readings.iter();
        readings.find(|reading| reading.case == case && reading.contestant == contestant)
    }

    /// The median of a figure over the rounds.
    pub(crate) fn figure(&self, case: &str, contestant: &str, figure: &str) -> Option<f64> {
        median(self.reading(case, contestant)?.figures.get(figure)?)
    }

    /// Adds what one round has found.
    pub(crate) fn add(
        &mut self,
        case: &str,
        contestant: &str,
        found: impl IntoIterator<Item = (String, f64)>,
    ) {
        let known = self
            .readings
            .iter()
            .position(|reading| reading.case == case && reading.contestant == contestant);
        let place = known.unwrap_or_else(|| {
            let (case, contestant) = (case.to_owned(), contestant.to_owned());
            self.readings.push(Reading { case, contestant, figures: BTreeMap::new() });
            self.readings.len() - 1
        });
        for (name, value) in found {
            self.readings[place].figures.entry(name).or_default().push(value);
        }
    }
}

/// The middle value, or the mean of the two in the middle.
pub(crate) fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match sorted.len() {
        0 => None,
        odd if odd % 2 == 1 => Some(sorted[middle]),
        _ => Some(f64::midpoint(sorted[middle - 1], sorted[middle])),
    }
}

/// The results of all parts.
pub(crate) struct Archive {
    folder: PathBuf,
    pub(crate) parts: Vec<Results>,
}

impl Archive {
    pub(crate) fn open(folder: &Path) -> Result<Self, Failure> {
        let mut parts = Vec::new();
        let entries = match fs::read_dir(folder) {
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            entries => Some(entries?),
        };
        for entry in entries.into_iter().flatten() {
            let path = entry?.path();
            if path.extension().is_some_and(|kind| kind == "json") {
                parts.push(serde_json::from_str(&fs::read_to_string(path)?)?);
            }
        }
        parts.sort_by(|one: &Results, other| one.part.cmp(&other.part));
        Ok(Self { folder: folder.to_owned(), parts })
    }

    /// Keeps a part in place of what it was before.
    pub(crate) fn keep(&mut self, results: Results) -> Result<(), Failure> {
        fs::create_dir_all(&self.folder)?;
        let text = serde_json::to_string_pretty(&results)?;
        fs::write(self.folder.join(format!("{}.json", results.part)), folded(&text) + "\n")?;
        self.parts.retain(|part| part.part != results.part);
        self.parts.push(results);
        Ok(())
    }

    pub(crate) fn part(&self, name: &str) -> Option<&Results> {
        self.parts.iter().find(|part| part.part == name)
    }
}

/// Pretty JSON with each list of numbers on one line.
fn folded(json: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for line in json.lines() {
        let word = line.trim();
        let is_number = word.starts_with(|first: char| first.is_ascii_digit() || first == '-');
        let ends_numbers = word.starts_with(']');
        match lines.last_mut() {
            Some(last) if last.ends_with('[') && is_number => last.push_str(word),
            Some(last) if is_number => {
                last.push(' ');
                last.push_str(word);
            }
            Some(last) if ends_numbers && last.ends_with(|end: char| end.is_ascii_digit()) => {
                last.push_str(word);
            }
            _ => lines.push(line.to_owned()),
        }
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle_value() {
        assert_eq!(median(&[]), None);
        assert_eq!(median(&[3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]), Some(2.5));
    }

    #[test]
    fn rounds_are_gathered_and_survive_the_archive() {
        let folder = std::env::temp_dir().join(format!("anonchat-bench-{}", std::process::id()));
        let mut results = Results {
            part: "relay".into(),
            date: "2026-11-30".into(),
            command: "scripts/bench relay".into(),
            machine: "2 × A".into(),
            setup: String::new(),
            readings: Vec::new(),
        };
        for pace in [3.0, 1.0, 2.5] {
            results.add("200", "anonchat", [("delivered_per_s".into(), pace)]);
        }
        assert_eq!(results.readings.len(), 1);
        assert_eq!(results.figure("200", "anonchat", "delivered_per_s"), Some(2.5));
        assert_eq!(results.figure("200", "epoll", "delivered_per_s"), None);

        let mut archive = Archive::open(&folder).expect("nothing there");
        archive.keep(results.clone()).expect("written");
        results.date = "2026-12-01".into();
        archive.keep(results.clone()).expect("written again");
        assert_eq!(archive.parts.len(), 1);
        let text = fs::read_to_string(folder.join("relay.json")).expect("a file");
        assert!(text.contains("[3.0, 1.0, 2.5]"), "{text}");
        let read = Archive::open(&folder).expect("read");
        assert_eq!(read.part("relay"), Some(&results));
        fs::remove_dir_all(folder).expect("removed");
    }
}
