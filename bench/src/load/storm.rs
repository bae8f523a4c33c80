//! Half of the people vanish at once, and come back.

use std::time::{Duration, Instant};

use clap::Args;

use super::Found;
use super::crowd::{Crowd, Heard, Vanish};
use super::latency::Latency;
use super::process::Process;
use super::stamp::Stamp;
use super::word::{self, Word};
use crate::failure::Failure;

/// How long those who vanished stay away.
const AWAY: Duration = Duration::from_millis(500);

/// How long each step may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// Half of the people vanish and come back.
#[derive(Args)]
pub(crate) struct Storm {
    /// Connections
    #[arg(long, default_value_t = 2_000)]
    pub(crate) conns: usize,
    /// How they vanish
    #[arg(long, value_enum, default_value_t = Vanish::Rst)]
    vanish: Vanish,
    /// How often
    #[arg(long, default_value_t = 3)]
    rounds: u32,
}

#[derive(Clone, Default)]
struct Person {
    matched: bool,
    peer: Option<usize>,
    gone: bool,
    /// Whether somebody whose peer vanished has heard of it.
    told: bool,
}

struct Scene {
    people: Vec<Person>,
    join: String,
    /// When the last storm was.
    struck: u64,
    told: usize,
    unexpected: u64,
    latency: Latency,
}

impl Storm {
    pub(crate) fn drive(&self, crowd: &mut Crowd, process: Process) -> Result<Found, Failure> {
        let mut scene = Scene {
            people: vec![Person::default(); self.conns],
            join: word::join("any"),
            struck: 0,
            told: 0,
            unexpected: 0,
            latency: Latency::new(),
        };
        let everybody: Vec<_> = (0..self.conns).collect();
        crowd.connect(&everybody, &mut Vec::new())?;
        scene.seat(crowd, &everybody);
        scene.play(crowd, PATIENCE, Scene::all_matched)?;
        if !scene.all_matched() {
            return Failure::because("not everybody has met somebody");
        }
        let (mut expected, mut told, mut unmatched) = (0, 0, 0);
        let mut back = Duration::ZERO;
        for round in 0..self.rounds {
            scene.introduce(crowd)?;
            let victims = victims(self.conns, round);
            let bereft = scene.mark(&victims);
            scene.struck = crowd.now();
            for &who in &victims {
                crowd.vanish(who, self.vanish);
            }
            scene.play(crowd, AWAY, |_| false)?;
            let mut heard = Vec::new();
            back += crowd.connect(&victims, &mut heard)?;
            for heard in heard {
                scene.hear(crowd, heard);
            }
            scene.seat(crowd, &victims);
            scene.play(crowd, PATIENCE, |scene| scene.told >= bereft && scene.all_matched())?;
            expected += bereft;
            told += scene.told;
            unmatched += scene.people.iter().filter(|person| !person.matched).count();
        }
        let mut found = Found::new();
        found.insert("peer_left_expected".into(), expected.into());
        found.insert("peer_left_seen".into(), told.into());
        found.insert("peer_left_unexpected".into(), scene.unexpected.into());
        found.insert("peer_left_us".into(), scene.latency.micros());
        let returned = f64::from(self.rounds) * (self.conns / 2) as f64;
        found.insert("reconnects_per_s".into(), (returned / back.as_secs_f64()).into());
        found.insert("unmatched_at_end_of_rounds".into(), unmatched.into());
        found.insert("server_rss_kib".into(), process.rss_kib().into());
        Ok(found)
    }
}

/// Half of the people, others each round and the same in each run: every number is met once, as
/// the step has no factor in common with a size that is no multiple of it.
fn victims(size: usize, round: u32) -> Vec<usize> {
    let step = (7_919 + 2 * round as usize..).find(|step| gcd(*step, size) == 1).unwrap_or(1);
    (0..size / 2).map(|turn| (turn * step) % size).collect()
}

fn gcd(one: usize, other: usize) -> usize {
    if other == 0 { one } else { gcd(other, one % other) }
}

impl Scene {
    fn all_matched(&self) -> bool {
        self.people.iter().all(|person| person.matched)
    }

    fn seat(&self, crowd: &mut Crowd, whom: &[usize]) {
        for &who in whom {
            crowd.say(who, &self.join);
            crowd.flush();
        }
    }

    /// Lets all say who they are, so that everybody knows their peer.
    fn introduce(&mut self, crowd: &mut Crowd) -> Result<(), Failure> {
        let (mut text, mut json) = (String::new(), String::new());
        for who in 0..self.people.len() {
            self.people[who].peer = None;
            Stamp { sender: who as u32, number: 0, due: 0 }.write(64, &mut text);
            word::message(&text, &mut json);
            crowd.say(who, &json);
        }
        let all = |scene: &Self| scene.people.iter().all(|person| person.peer.is_some());
        self.play(crowd, PATIENCE, all)?;
        if all(self) { Ok(()) } else { Failure::because("messages of a storm were lost") }
    }

    /// Notes who vanishes now, and counts those who must hear of it.
    fn mark(&mut self, victims: &[usize]) -> usize {
        self.told = 0;
        for person in &mut self.people {
            (person.gone, person.told) = (false, false);
        }
        for &who in victims {
            (self.people[who].gone, self.people[who].matched) = (true, false);
        }
        self.people.iter().filter(|person| !person.gone && self.bereft(person)).count()
    }

    fn bereft(&self, person: &Person) -> bool {
        person.peer.is_some_and(|peer| self.people[peer].gone)
    }

    fn play(
        &mut self,
        crowd: &mut Crowd,
        patience: Duration,
        enough: impl Fn(&Self) -> bool,
    ) -> Result<(), Failure> {
        let end = Instant::now() + patience;
        let mut heard = Vec::new();
        while Instant::now() < end && !enough(self) {
            crowd.turn(Duration::from_millis(20), &mut heard)?;
            for heard in heard.drain(..) {
                self.hear(crowd, heard);
            }
        }
        Ok(())
    }

    fn hear(&mut self, crowd: &mut Crowd, Heard { who, word, at }: Heard) {
        match word {
            Word::Matched => self.people[who].matched = true,
            Word::Message(Some(stamp)) => {
                let peer = stamp.sender as usize;
                self.people[who].peer = Some(peer).filter(|&peer| peer < self.people.len());
            }
            Word::PeerLeft => {
                let expected = self.bereft(&self.people[who]) && !self.people[who].told;
                if expected {
                    self.people[who].told = true;
                    self.told += 1;
                    self.latency.add(Duration::from_nanos(at - self.struck));
                } else {
                    self.unexpected += 1;
                }
                self.people[who].matched = false;
                crowd.say(who, &self.join);
            }
            Word::Message(None) | Word::Queued | Word::Fault | Word::Other => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_of_the_people_vanish_and_nobody_twice() {
        for size in [2, 10, 2_000, 7_919 * 2] {
            let mut first = victims(size, 0);
            first.sort_unstable();
            first.dedup();
            assert_eq!(first.len(), size / 2);
        }
        assert_ne!(victims(2_000, 0), victims(2_000, 1));
    }
}
