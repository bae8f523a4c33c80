//! The runner: measures parts, keeps what was found, and writes the page anew from all that is kept.

mod contestant;
mod endurance;
mod machine;
mod measure;
mod number;
mod page;
mod parts;
mod plot;
mod plots;
mod pool;
mod results;
mod tables;
mod targets;

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use clap::Args;

use crate::failure::Failure;
use contestant::{Contestant, Programs};
use parts::Scale;
use results::{Archive, Results};

/// Starts of the server, which take too little time for few.
const STARTS: usize = 11;

/// What is measured, and how much.
#[derive(Args)]
pub(crate) struct Run {
    #[command(flatten)]
    programs: Programs,
    /// Folder of the project
    #[arg(long, default_value = ".")]
    root: PathBuf,
    /// Show only that all works: short rounds, and nothing is written but into `target/bench-quick`
    #[arg(long)]
    quick: bool,
    /// Rounds of each measurement
    #[arg(long)]
    rounds: Option<usize>,
    /// Seconds of each round of load
    #[arg(long)]
    secs: Option<f64>,
    /// A command that each measurement is run through, such as `flock FILE` where others build
    #[arg(long, value_delimiter = ' ')]
    through: Vec<String>,
    /// Connections of the part `endurance`
    #[arg(long, default_value_t = 20_000)]
    connections: u64,
    /// Minutes of the part `endurance`
    #[arg(long, default_value_t = 10.0)]
    minutes: f64,
    /// relay, open, load, match, idle, storm, start, pool; and only if named: endurance, and page,
    /// which measures nothing and writes the page anew
    part: Vec<String>,
}

/// A figure of another command.
#[derive(Args)]
pub(crate) struct Note {
    /// Folder of the project
    #[arg(long, default_value = ".")]
    root: PathBuf,
    /// Which figure
    #[arg(value_parser = targets::NOTED)]
    name: String,
    /// What was measured
    value: f64,
    /// The command that has printed it
    command: String,
}

impl Run {
    pub(crate) fn carry_out(&self) -> Result<(), Failure> {
        let known = |part: &&String| {
            parts::DEFAULT.contains(&part.as_str())
                || ["endurance", "page"].contains(&part.as_str())
        };
        if let Some(unknown) = self.part.iter().find(|part| !known(part)) {
            return Failure::because(format!("there is no part {unknown:?}"));
        }
        let place = Place::of(&self.root, self.quick)?;
        let mut archive = Archive::open(&place.results)?;
        let default = || parts::DEFAULT.map(str::to_owned).to_vec();
        let chosen = if self.part.is_empty() { default() } else { self.part.clone() };
        for part in chosen.iter().filter(|part| *part != "page") {
            let results = self.measure(part)?;
            if !results.readings.is_empty() {
                archive.keep(results)?;
            }
            place.write(&archive)?;
        }
        place.write(&archive)?;
        writeln!(io::stdout(), "{}", targets::summary(&archive))?;
        Ok(())
    }

    fn scale(&self) -> Scale {
        let (rounds, secs) = if self.quick { (1, 0.5) } else { (3, 4.0) };
        let (rounds, secs) = (self.rounds.unwrap_or(rounds), self.secs.unwrap_or(secs));
        Scale { rounds, secs, quick: self.quick }
    }

    fn measure(&self, part: &str) -> Result<Results, Failure> {
        let scale = self.scale();
        let cores = match machine::can_pin() {
            true => "server on core 0, generator on core 1",
            false => "server and generator share their core",
        };
        let Scale { rounds, secs, .. } = scale;
        let programs = &self.programs;
        let (driver, anchor) = (programs.driver(), programs.anchor());
        let rotated = "in rotated order";
        let setup = match part {
            "start" => format!("median of {STARTS} starts"),
            "pool" => "medians of criterion".to_owned(),
            "endurance" => format!("{cores}; {driver}"),
            "idle" | "storm" => {
                format!("{cores}; medians of {rounds} rounds {rotated}; {driver}; {anchor}")
            }
            "load" => format!(
                "{cores}; medians of {rounds} rounds of {} s {rotated}; {driver}; {anchor}",
                secs / 2.0
            ),
            _ => format!(
                "{cores}; medians of {rounds} rounds of {secs} s {rotated}; {driver}; {anchor}"
            ),
        };
        let mut results = Results {
            part: part.to_owned(),
            date: machine::today(),
            command: self.command(part),
            machine: machine::class(),
            setup,
            readings: Vec::new(),
        };
        match part {
            "start" => start(programs, &mut results)?,
            "pool" => {
                if !self.quick {
                    pool::run(&self.root, &self.through)?;
                }
                pool::read(&self.root.join("target/criterion"), &mut results)?;
            }
            "endurance" => {
                let (connections, minutes) = (self.connections, self.minutes);
                endurance::hold(programs, scale, connections, minutes, &mut results)?;
            }
            driven => {
                let cases = parts::cases(driven, scale);
                measure::rounds(programs, &self.through, rounds, &cases, &mut results)?;
            }
        }
        Ok(results)
    }

    /// The command that measures a part like this again.
    fn command(&self, part: &str) -> String {
        let mut command = String::from("scripts/bench");
        if self.quick {
            command += " --quick";
        }
        if let Some(rounds) = self.rounds {
            command += &format!(" --rounds {rounds}");
        }
        if let Some(secs) = self.secs {
            command += &format!(" --secs {secs}");
        }
        if part == "endurance" {
            command += &format!(" --connections {} --minutes {}", self.connections, self.minutes);
        }
        format!("{command} {part}")
    }
}

impl Note {
    pub(crate) fn carry_out(&self) -> Result<(), Failure> {
        let place = Place::of(&self.root, false)?;
        let mut archive = Archive::open(&place.results)?;
        let mut results = Results {
            part: format!("noted-{}", self.name),
            date: machine::today(),
            command: self.command.clone(),
            machine: machine::class(),
            setup: "as that command prints it".into(),
            readings: Vec::new(),
        };
        let ours = Contestant::Anonchat.name();
        results.add(&self.name, ours, [("value".into(), self.value)]);
        archive.keep(results)?;
        place.write(&archive)
    }
}

fn start(programs: &Programs, results: &mut Results) -> Result<(), Failure> {
    let ours = Contestant::Anonchat;
    for _ in 0..STARTS {
        let took = programs.start(ours)?.took.as_secs_f64() * 1e3;
        results.add("start", ours.name(), [("ms".into(), (took * 10.0).round() / 10.0)]);
    }
    let bare = std::env::temp_dir().join(format!("anonchat-bench-{}", std::process::id()));
    let stripped = Command::new("strip").arg("-o").arg(&bare).arg(programs.server()).status();
    let both = [("binary_mb", programs.server()), ("stripped_mb", &bare)];
    for (name, file) in &both[..1 + usize::from(stripped.is_ok_and(|status| status.success()))] {
        let size = fs::metadata(file)?.len() as f64 / 1e6;
        results.add("start", ours.name(), [((*name).into(), (size * 10.0).round() / 10.0)]);
    }
    let _ = fs::remove_file(bare);
    Ok(())
}

/// Where results are kept and written.
struct Place {
    results: PathBuf,
    plots: PathBuf,
    page: PathBuf,
}

impl Place {
    /// In the project; a quick run works on a copy of the page below `target`.
    fn of(root: &Path, quick: bool) -> Result<Self, Failure> {
        let page = root.join("BENCHMARKS.md");
        let docs = root.join("docs/performance");
        if !quick {
            return Ok(Self { results: docs.join("results"), plots: docs, page });
        }
        let folder = root.join("target/bench-quick");
        let plots = folder.join("docs/performance");
        fs::create_dir_all(&plots)?;
        let copy = folder.join("BENCHMARKS.md");
        fs::copy(page, &copy)?;
        Ok(Self { results: folder.join("results"), plots, page: copy })
    }

    /// Writes the tables between the marks of the page, and the plots.
    fn write(&self, archive: &Archive) -> Result<(), Failure> {
        let plots = plots::all(archive);
        let mut page = fs::read_to_string(&self.page)?;
        page = page::replaced(&page, "summary", &targets::summary(archive))?;
        for results in archive.parts.iter().filter(|part| !part.part.starts_with("noted-")) {
            let part = results.part.as_str();
            let table = match part {
                "pool" => tables::pool(results),
                "endurance" => tables::held(results),
                _ => tables::compared(results),
            };
            let mut text = format!("{table}\n{}\n", tables::origin(results));
            for (_, name, words, _) in plots.iter().filter(|plot| plot.0 == part) {
                text += &format!("\n![{words}](docs/performance/{name}.svg)\n");
            }
            page = page::replaced(&page, part, &text)?;
        }
        fs::create_dir_all(&self.plots)?;
        for (_, name, _, svg) in plots {
            fs::write(self.plots.join(format!("{name}.svg")), svg)?;
        }
        Ok(fs::write(&self.page, page)?)
    }
}
