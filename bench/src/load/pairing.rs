//! People meet, leave and join again, over and over.

use std::time::{Duration, Instant};

use clap::Args;

use super::Found;
use super::crowd::{Crowd, Heard};
use super::latency::Latency;
use super::process::Process;
use super::word::{self, Word};
use crate::failure::Failure;

/// How soon somebody who was refused asks again.
const AGAIN: Duration = Duration::from_millis(100);

/// People that meet, leave and join again.
#[derive(Args)]
pub(crate) struct Pairing {
    /// Connections
    #[arg(long, default_value_t = 200)]
    pub(crate) conns: usize,
    /// Seconds that count
    #[arg(long, default_value_t = 4.0)]
    secs: f64,
    /// Seconds before them
    #[arg(long, default_value_t = 1.0)]
    warmup: f64,
}

impl Pairing {
    pub(crate) fn drive(&self, crowd: &mut Crowd, process: Process) -> Result<Found, Failure> {
        let join = word::join("any");
        let mut heard = Vec::new();
        crowd.connect(&(0..self.conns).collect::<Vec<_>>(), &mut heard)?;
        // When each asked, until they meet somebody.
        let mut asked = vec![None; self.conns];
        for (who, asked) in asked.iter_mut().enumerate() {
            *asked = Some(crowd.now());
            crowd.say(who, &join);
            crowd.flush();
        }
        let (mut latency, mut met, mut refused) = (Latency::new(), 0_u64, Vec::new());
        let mut counting = false;
        let (mut before, mut start) = (process.cpu(), Instant::now());
        let warm = start + Duration::from_secs_f64(self.warmup);
        let end = warm + Duration::from_secs_f64(self.secs);
        loop {
            let now = Instant::now();
            if now >= end {
                break;
            }
            if !counting && now >= warm {
                (counting, before, start) = (true, process.cpu(), now);
            }
            crowd.turn(Duration::from_millis(1), &mut heard)?;
            for Heard { who, word, at } in heard.drain(..) {
                match word {
                    Word::Matched => {
                        if let Some(since) = asked[who].take()
                            && counting
                        {
                            met += 1;
                            latency.add(Duration::from_nanos(at - since));
                        }
                        asked[who] = Some(at);
                        crowd.say(who, word::LEAVE);
                        crowd.say(who, &join);
                    }
                    Word::Fault if asked[who].take().is_some() => refused.push((now, who)),
                    _ => {}
                }
            }
            refused.retain(|&(since, who)| {
                let waits = since.elapsed() < AGAIN;
                if !waits {
                    asked[who] = Some(crowd.now());
                    crowd.say(who, &join);
                }
                waits
            });
        }
        let (elapsed, after) = (start.elapsed(), process.cpu());
        // Each match is seen by two.
        let matches = met / 2;
        let now = crowd.now();
        let stuck = asked.iter().flatten().filter(|&&since| now - since > 1_000_000_000).count();
        let mut found = Found::new();
        found.insert("matches_per_s".into(), (matches as f64 / elapsed.as_secs_f64()).into());
        found.insert("join_to_matched_us".into(), latency.micros());
        found.insert("waiting_over_1s".into(), stuck.into());
        found.insert("server_rss_kib".into(), process.rss_kib().into());
        before.tell(after, elapsed, "match", matches, &mut found);
        Ok(found)
    }
}
