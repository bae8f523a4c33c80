//! Many connections that do little, and what the server holds for each.

use std::time::{Duration, Instant};

use clap::{Args, ValueEnum};
use serde_json::json;

use super::Found;
use super::crowd::{Crowd, Heard};
use super::process::Process;
use super::word::{self, Word};
use crate::failure::Failure;

/// How far a connection goes before it falls silent.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
enum Stage {
    /// It is open.
    Connect,
    /// It also waits for somebody who never comes. The stages beyond it pass it by.
    Wait,
    /// It has met another one.
    Match,
    /// It has sent one message, and received one.
    Msg,
}

/// Connections that do little.
#[derive(Args)]
pub(crate) struct Idle {
    /// Connections
    #[arg(long, default_value_t = 10_000)]
    pub(crate) conns: usize,
    /// How far each goes; memory is read at each stage on the way
    #[arg(long, value_enum, default_value_t = Stage::Connect)]
    stage: Stage,
    /// Bytes of the one message
    #[arg(long, default_value_t = 64)]
    bytes: usize,
    /// Seconds of silence before memory is read
    #[arg(long, default_value_t = 2.0)]
    settle: f64,
}

impl Idle {
    pub(crate) fn drive(&self, crowd: &mut Crowd, process: Process) -> Result<Found, Failure> {
        let mut found = Found::new();
        let base = process.rss_kib();
        found.insert("server_rss_before_kib".into(), base.into());
        let everybody: Vec<_> = (0..self.conns).collect();
        let took = crowd.connect(&everybody, &mut Vec::new())?;
        found.insert("connects_per_s".into(), (self.conns as f64 / took.as_secs_f64()).into());
        self.weigh("connected", crowd, process, base, &mut found)?;
        if self.stage == Stage::Wait {
            // Who has declared nothing is behind no filter but that for just this, and nobody else.
            self.all(crowd, &word::join("female"), |word| word == Word::Queued)?;
            self.weigh("waiting", crowd, process, base, &mut found)?;
        }
        if self.stage >= Stage::Match {
            self.all(crowd, &word::join("any"), |word| word == Word::Matched)?;
            self.weigh("matched", crowd, process, base, &mut found)?;
        }
        if self.stage >= Stage::Msg {
            let mut message = String::new();
            word::message(&"x".repeat(self.bytes), &mut message);
            self.all(crowd, &message, |word| matches!(word, Word::Message(_)))?;
            self.weigh("messaged", crowd, process, base, &mut found)?;
        }
        found.insert("open".into(), crowd.open().into());
        Ok(found)
    }

    /// Lets everybody say something, and waits until everybody has been told what belongs to it.
    fn all(
        &self,
        crowd: &mut Crowd,
        text: &str,
        belongs: impl Fn(Word) -> bool,
    ) -> Result<(), Failure> {
        let (mut heard, mut told) = (Vec::new(), 0);
        let mut count = |heard: &mut Vec<Heard>| {
            told += heard.drain(..).filter(|heard| belongs(heard.word)).count();
            told
        };
        for who in 0..self.conns {
            crowd.say(who, text);
            crowd.turn(Duration::ZERO, &mut heard)?;
        }
        let patience = Instant::now() + Duration::from_secs(60);
        while count(&mut heard) < self.conns {
            if Instant::now() > patience {
                return Failure::because(format!(
                    "{} of {} were told",
                    count(&mut heard),
                    self.conns
                ));
            }
            crowd.turn(Duration::from_millis(50), &mut heard)?;
        }
        Ok(())
    }

    fn weigh(
        &self,
        name: &str,
        crowd: &mut Crowd,
        process: Process,
        base: u64,
        found: &mut Found,
    ) -> Result<(), Failure> {
        let end = Instant::now() + Duration::from_secs_f64(self.settle);
        while Instant::now() < end {
            crowd.turn(Duration::from_millis(20), &mut Vec::new())?;
        }
        let rss = process.rss_kib();
        let each = (rss as f64 - base as f64) / self.conns as f64;
        found.insert(name.into(), json!({ "server_rss_kib": rss, "kib_per_conn": each }));
        Ok(())
    }
}
