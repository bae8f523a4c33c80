//! Measures the server beside baselines, and writes the tables and plots of `BENCHMARKS.md`.
//!
//! Three programs in one, so that a fresh clone can measure itself: a load generator, a baseline server,
//! and the runner that starts them in rotation. `scripts/bench` builds what it needs and calls it.

mod baseline;
mod failure;
mod frame;
mod load;
mod run;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "anonchat-bench", version, about)]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Drive a server with load, and print what it did as one line of JSON
    Load(load::Load),
    /// Serve the protocol's core: one thread, one epoll set, no rules
    Baseline {
        /// Port on 127.0.0.1
        port: u16,
    },
    /// Measure parts in rotation, and write their tables and plots
    Run(run::Run),
    /// Keep a figure that another command has printed, for the summary
    Note(run::Note),
}

fn main() -> ExitCode {
    let outcome = match Cli::parse().task {
        Task::Load(load) => load.carry_out().and_then(|result| {
            writeln!(io::stdout(), "{result}")?;
            Ok(())
        }),
        Task::Baseline { port } => baseline::serve(port),
        Task::Run(run) => run.carry_out(),
        Task::Note(note) => note.carry_out(),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            let _ = writeln!(io::stderr(), "anonchat-bench: {failure}");
            ExitCode::FAILURE
        }
    }
}
