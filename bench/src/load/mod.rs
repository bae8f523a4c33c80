//! The load generator: one thread and one epoll set that play many people at once.

mod crowd;
mod idle;
mod latency;
mod pairing;
mod process;
mod relay;
mod stamp;
mod storm;
mod word;

use std::net::SocketAddr;

use clap::{Args, Subcommand};
use serde_json::{Map, Value};

use crate::failure::Failure;
use crowd::Crowd;
pub(crate) use process::Process;

/// What a run has found out: names with numbers, in the order in which they are printed.
pub(crate) type Found = Map<String, Value>;

/// Who is driven, and how.
#[derive(Args)]
pub(crate) struct Load {
    /// Address of the server
    #[arg(long)]
    addr: SocketAddr,
    /// The server's process, whose processor time and memory are read
    #[arg(long)]
    pid: Option<u32>,
    /// Start of every device id
    #[arg(long, default_value = "bench")]
    prefix: String,
    #[command(subcommand)]
    mode: Mode,
}

#[derive(Subcommand)]
enum Mode {
    /// Pairs send each other messages
    Relay(relay::Relay),
    /// People meet, leave and join again
    Match(pairing::Pairing),
    /// Many connections that do little
    Idle(idle::Idle),
    /// Half of the people vanish and come back
    Storm(storm::Storm),
}

impl Load {
    pub(crate) fn carry_out(&self) -> Result<String, Failure> {
        let conns = match &self.mode {
            Mode::Relay(mode) => mode.conns,
            Mode::Match(mode) => mode.conns,
            Mode::Idle(mode) => mode.conns,
            Mode::Storm(mode) => mode.conns,
        };
        if conns < 2 || conns % 2 != 0 {
            return Failure::because("--conns must be even, and at least 2");
        }
        let limit = rlimit::increase_nofile_limit(u64::MAX)?;
        if conns as u64 + 32 > limit {
            return Failure::because(format!("{conns} connections need more than {limit} files"));
        }
        let process = Process(self.pid);
        let mut crowd = Crowd::new(self.addr, &self.prefix, conns)?;
        let outcome = match &self.mode {
            Mode::Relay(mode) => mode.drive(&mut crowd, process),
            Mode::Match(mode) => mode.drive(&mut crowd, process),
            Mode::Idle(mode) => mode.drive(&mut crowd, process),
            Mode::Storm(mode) => mode.drive(&mut crowd, process),
        };
        crowd.end();
        let mut found = outcome?;
        found.insert("errors".into(), crowd.faults.into());
        found.insert("closed".into(), crowd.closed.into());
        Ok(Value::Object(found).to_string())
    }
}
