//! A day of many people in virtual time, and what is left of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use anonchat_core::{
    Alias, Client, Command, Commit, Event, Filter, Gender, Profile, Side, UnixMillis,
};

use crate::people::{Kind, NODE, START, attach, detach, dice, join, next, profile};
use crate::stage::Stage;

const DAY_MS: u64 = 86_400_000;
const MINUTE_MS: u64 = 60_000;
const SWEEP_MS: u64 = 10_000;

/// Everybody stays at least so long, and less than twice that.
const STAY_MS: u64 = 5 * MINUTE_MS;

/// One in so many pairs ends in a block, and another one in a report.
const QUARREL: u64 = 50;

/// After so many days the last block has lapsed and the last report is too old.
pub(crate) const LONG_DAYS: u64 = 402;

/// What a day was like.
#[derive(Default)]
pub(crate) struct Day {
    pub(crate) commands: u64,
    pub(crate) matches: u64,
    pub(crate) blocks: u64,
    pub(crate) reports: u64,
    /// Bytes of Redis: of an empty pool, at most, when everybody's day is over, and in the end.
    pub(crate) before: u64,
    pub(crate) most: u64,
    pub(crate) next_day: u64,
    pub(crate) at_last: u64,
    /// The keys that are left.
    pub(crate) keys: Vec<String>,
}

/// What happens, by instant.
type Agenda = BTreeMap<UnixMillis, Vec<Command>>;

impl Day {
    /// Has `people` come, meet each other, go on, and go in the course of a day, and then lets
    /// time pass until nothing has to be remembered any more.
    pub(crate) fn live(stage: &mut Stage, people: u64) -> Self {
        let mut day = Self::default();
        // An empty pool has its counters and nothing else.
        day.play(stage, Agenda::from([(START, vec![Command::Sweep])]));
        day.before = stage.gauge().memory;

        let (mut agenda, profile, mut come) = (Agenda::new(), profile(), 0);
        for minute in 0..(DAY_MS + 3 * STAY_MS) / MINUTE_MS {
            let (begin, end) = (minute * MINUTE_MS, (minute + 1) * MINUTE_MS);
            for time in (begin..end).step_by(SWEEP_MS as usize) {
                let at = START.after(time);
                agenda
                    .entry(at)
                    .or_default()
                    .extend([Command::Renew { node: NODE }, Command::Sweep]);
            }
            while come < people && come * DAY_MS / people < end {
                visit(&mut agenda, come, START.after(come * DAY_MS / people), &profile);
                come += 1;
            }
            let later = agenda.split_off(&START.after(end));
            let quarrels = day.play(stage, std::mem::replace(&mut agenda, later));
            agenda.entry(START.after(end)).or_default().extend(quarrels);
            day.most = day.most.max(stage.gauge().memory);
        }
        day.rest(stage, START.after(2 * DAY_MS), people);
        day.next_day = stage.gauge().memory;
        day.rest(stage, START.after(LONG_DAYS * DAY_MS), people);
        day.at_last = stage.gauge().memory;
        day.keys = stage.keys();
        day
    }

    /// Sweeps as often as it may take to forget something of everybody.
    fn rest(&mut self, stage: &mut Stage, at: UnixMillis, people: u64) {
        let sweeps = 16 + people / 256;
        self.play(stage, Agenda::from([(at, vec![Command::Sweep; sweeps as usize])]));
    }

    /// Has it happen, and tells which quarrels follow from it.
    fn play(&mut self, stage: &mut Stage, agenda: Agenda) -> Vec<Command> {
        let first = self.commands;
        let commands = agenda
            .into_iter()
            .flat_map(|(at, commands)| commands.into_iter().map(move |command| (at, command)));
        let numbered = commands.zip(first..).map(|((at, command), n)| (at, dice(n), command));
        let mut quarrels = Vec::new();
        stage.play(numbered, |commit| {
            self.commands += 1;
            self.look(&commit, &mut quarrels);
        });
        quarrels
    }

    fn look(&mut self, commit: &Commit, quarrels: &mut Vec<Command>) {
        for envelope in commit.outcome.iter().flatten() {
            match envelope.event {
                Event::Matched { pair, side: Side::A, .. } => {
                    self.matches += 1;
                    let (device, target) = (envelope.to, Alias { pair, side: Side::B });
                    match self.matches % QUARREL {
                        0 => quarrels.push(Command::Block { device, target }),
                        1 => {
                            let (reason, note) = ("spam".into(), Some("twice".into()));
                            quarrels.push(Command::Report { device, target, reason, note });
                        }
                        _ => {}
                    }
                }
                Event::Blocked { .. } => self.blocks += 1,
                Event::Reported { .. } => self.reports += 1,
                _ => {}
            }
        }
    }
}

/// Somebody comes, meets people, goes on to others and goes.
fn visit(agenda: &mut Agenda, n: u64, at: UnixMillis, profile: &Arc<Profile>) {
    let kinds = [
        Kind(Gender::Male, Filter::Only(Gender::Female)),
        Kind(Gender::Female, Filter::Any),
        Kind(Gender::Male, Filter::Any),
        Kind(Gender::Female, Filter::Only(Gender::Male)),
        Kind(Gender::NonBinary, Filter::Any),
    ];
    let kind = kinds[(n % kinds.len() as u64) as usize];
    let client = if n.is_multiple_of(2) { Client::Native } else { Client::Plain };
    let stay = STAY_MS + n * 7_919 % STAY_MS;
    let mut plan = |time, command| agenda.entry(at.after(time)).or_default().push(command);
    plan(0, attach(n, client));
    plan(1_000, join(n, kind, profile));
    plan(stay / 2, next(n, kind, profile));
    plan(stay, detach(n));
}
