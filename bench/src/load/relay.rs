//! Pairs send each other messages, each of which is counted.

use std::time::{Duration, Instant};

use clap::Args;

use super::Found;
use super::crowd::{Crowd, Heard};
use super::latency::Latency;
use super::process::{Cpu, Process};
use super::stamp::{self, Stamp};
use super::word::{self, Word};
use crate::failure::Failure;

/// Pairs that send each other messages.
#[derive(Args)]
pub(crate) struct Relay {
    /// Connections
    #[arg(long, default_value_t = 200)]
    pub(crate) conns: usize,
    /// Bytes of a message's text
    #[arg(long, default_value_t = 64)]
    bytes: usize,
    /// Seconds that count
    #[arg(long, default_value_t = 4.0)]
    secs: f64,
    /// Seconds before them
    #[arg(long, default_value_t = 1.0)]
    warmup: f64,
    /// Messages that everybody begins with; each one that comes is answered
    #[arg(long, default_value_t = 1)]
    window: u32,
    /// Instead, messages a second in all, each due at its time whatever became of those before
    #[arg(long)]
    rate: Option<f64>,
    /// With a rate: do not sleep when the next message is due within a millisecond
    #[arg(long)]
    spin: bool,
}

#[derive(Clone, Default)]
struct Person {
    matched: bool,
    sent: u32,
    peer: Option<u32>,
    /// The number of the peer's next message.
    next: u32,
}

struct Tally<'a> {
    relay: &'a Relay,
    people: Vec<Person>,
    counting: bool,
    answering: bool,
    sent: u64,
    received: u64,
    delivered: u64,
    missed: u64,
    duplicated: u64,
    misrouted: u64,
    peer_left: u64,
    latency: Latency,
    text: String,
    json: String,
    heard: Vec<Heard>,
}

impl Relay {
    pub(crate) fn drive(&self, crowd: &mut Crowd, process: Process) -> Result<Found, Failure> {
        if self.bytes < stamp::LETTERS {
            return Failure::because(format!("--bytes must be at least {}", stamp::LETTERS));
        }
        let mut tally = Tally::new(self);
        crowd.connect(&(0..self.conns).collect::<Vec<_>>(), &mut tally.heard)?;
        for who in 0..self.conns {
            crowd.say(who, &word::join("any"));
            crowd.flush();
        }
        let patience = Instant::now() + Duration::from_secs(30);
        tally.listen(crowd, patience, |tally| tally.people.iter().all(|person| person.matched))?;
        let met = tally.people.iter().filter(|person| person.matched).count();
        if met < self.conns {
            return Failure::because(format!("only {met} of {} have met", self.conns));
        }
        let (elapsed, lag, before, after) = match self.rate {
            None => tally.answer_each(crowd, process)?,
            Some(rate) => tally.keep_time(crowd, process, rate)?,
        };
        tally.answering = false;
        let patience = Instant::now() + Duration::from_secs(2);
        tally.listen(crowd, patience, |tally| tally.received >= tally.sent)?;

        let mut found = Found::new();
        let pace = tally.delivered as f64 / elapsed.as_secs_f64();
        // What never came, whether a later message showed the gap or none followed.
        let lost = tally.missed.max(tally.sent.saturating_sub(tally.received - tally.duplicated));
        found.insert("delivered_per_s".into(), pace.into());
        found.insert("latency_us".into(), tally.latency.micros());
        found.insert("generator_lag_us".into(), lag.micros());
        for (name, count) in [
            ("sent", tally.sent),
            ("received", tally.received),
            ("lost", lost),
            ("duplicated", tally.duplicated),
            ("misrouted", tally.misrouted),
            ("peer_left", tally.peer_left),
            ("server_rss_kib", process.rss_kib()),
        ] {
            found.insert(name.into(), count.into());
        }
        before.tell(after, elapsed, "msg", tally.delivered, &mut found);
        Ok(found)
    }
}

/// How long was counted, how late the generator itself was, and processor time before and after.
type Counted = (Duration, Latency, Cpu, Cpu);

impl<'a> Tally<'a> {
    fn new(relay: &'a Relay) -> Self {
        Self {
            relay,
            people: vec![Person::default(); relay.conns],
            counting: false,
            answering: false,
            sent: 0,
            received: 0,
            delivered: 0,
            missed: 0,
            duplicated: 0,
            misrouted: 0,
            peer_left: 0,
            latency: Latency::new(),
            text: String::new(),
            json: String::new(),
            heard: Vec::new(),
        }
    }

    fn send(&mut self, crowd: &mut Crowd, who: usize, due: u64) {
        let person = &mut self.people[who];
        let stamp = Stamp { sender: who as u32, number: person.sent, due };
        person.sent += 1;
        self.sent += 1;
        stamp.write(self.relay.bytes, &mut self.text);
        word::message(&self.text, &mut self.json);
        crowd.say(who, &self.json);
    }

    /// Hears and counts until something is so, or time is up.
    fn listen(
        &mut self,
        crowd: &mut Crowd,
        until: Instant,
        enough: impl Fn(&Self) -> bool,
    ) -> Result<(), Failure> {
        while !enough(self) {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            self.turn(crowd, left.min(Duration::from_millis(50)))?;
        }
        Ok(())
    }

    fn turn(&mut self, crowd: &mut Crowd, wait: Duration) -> Result<(), Failure> {
        let mut heard = std::mem::take(&mut self.heard);
        crowd.turn(wait, &mut heard)?;
        for Heard { who, word, at } in heard.drain(..) {
            match word {
                Word::Matched => self.people[who].matched = true,
                Word::Message(Some(stamp)) => {
                    self.count(who, stamp, at);
                    if self.answering {
                        self.send(crowd, who, at);
                    }
                }
                Word::Message(None) => self.misrouted += 1,
                Word::PeerLeft => self.peer_left += 1,
                Word::Queued | Word::Fault | Word::Other => {}
            }
        }
        self.heard = heard;
        Ok(())
    }

    fn count(&mut self, who: usize, stamp: Stamp, at: u64) {
        let person = &mut self.people[who];
        self.received += 1;
        if *person.peer.get_or_insert(stamp.sender) != stamp.sender {
            self.misrouted += 1;
        } else if stamp.number < person.next {
            self.duplicated += 1;
        } else {
            self.missed += u64::from(stamp.number - person.next);
            person.next = stamp.number + 1;
        }
        if self.counting {
            self.delivered += 1;
            self.latency.add(Duration::from_nanos(at.saturating_sub(stamp.due)));
        }
    }

    /// Everybody begins with some messages, and answers each one that comes.
    fn answer_each(&mut self, crowd: &mut Crowd, process: Process) -> Result<Counted, Failure> {
        self.answering = true;
        for who in 0..self.relay.conns {
            for _ in 0..self.relay.window {
                let now = crowd.now();
                self.send(crowd, who, now);
            }
            crowd.flush();
        }
        let warm = Instant::now() + Duration::from_secs_f64(self.relay.warmup);
        self.listen(crowd, warm, |_| false)?;
        let (start, before) = (Instant::now(), process.cpu());
        self.counting = true;
        let end = start + Duration::from_secs_f64(self.relay.secs);
        self.listen(crowd, end, |_| false)?;
        self.counting = false;
        Ok((start.elapsed(), Latency::new(), before, process.cpu()))
    }

    /// Messages are due at fixed times, and counted from then: a server that stalls is charged for
    /// everything that it held up.
    fn keep_time(
        &mut self,
        crowd: &mut Crowd,
        process: Process,
        rate: f64,
    ) -> Result<Counted, Failure> {
        let mut lag = Latency::new();
        let begin = crowd.now();
        let counted_from = begin + (self.relay.warmup * 1e9) as u64;
        let end = counted_from + (self.relay.secs * 1e9) as u64;
        let due_of = |number: u64| begin + (number as f64 * 1e9 / rate) as u64;
        let (mut number, mut before, mut start) = (0, Cpu::default(), Instant::now());
        loop {
            let now = crowd.now();
            if now >= end {
                break;
            }
            if !self.counting && now >= counted_from {
                (self.counting, before, start) = (true, process.cpu(), Instant::now());
            }
            while due_of(number) <= now {
                let due = due_of(number);
                self.send(crowd, (number % self.relay.conns as u64) as usize, due);
                if self.counting {
                    lag.add(Duration::from_nanos(now - due));
                }
                number += 1;
            }
            crowd.flush();
            let wait = Duration::from_nanos(due_of(number) - now);
            let spins = self.relay.spin && wait < Duration::from_millis(1);
            self.turn(crowd, if spins { Duration::ZERO } else { wait })?;
        }
        let (elapsed, after) = (start.elapsed(), process.cpu());
        // What was due in time counts however late it comes.
        let patience = Instant::now() + Duration::from_secs(2);
        self.listen(crowd, patience, |tally| tally.received >= tally.sent)?;
        self.counting = false;
        Ok((elapsed, lag, before, after))
    }
}
