//! One step out of a few bytes.

use arbitrary::Unstructured;

use super::Step;
use super::commands::kind;
use super::rules::Span;
use super::world::{Doing, Recent, World, pair_id};
use crate::command::{Command, Dice};
use crate::order::Order;
use crate::policy::{Policy, Verification};
use crate::time::{Day, UnixMillis};

pub(super) type Bytes<'u, 'a> = &'u mut Unstructured<'a>;
pub(super) type Made<T> = arbitrary::Result<T>;

/// Makes step after step.
pub(super) struct Steps {
    pub(super) world: World,
    /// Recent instants: a duration is measured from one of them.
    moments: Recent<UnixMillis>,
    /// How long each rule runs, and when the one that was started last ends.
    pub(super) spans: [u64; Span::ALL.len()],
    ends: [UnixMillis; Span::ALL.len()],
    lapse_days: u64,
    day_offset_min: u32,
    pub(super) verification: Verification,
    pub(super) dice: u64,
    /// Steps so far.
    pub(super) made: u64,
    /// What was ordered of late, with the number of the step.
    pub(super) orders: Recent<(u64, Order)>,
}

impl Steps {
    /// Starts at an instant that the bytes choose: mostly close to the end of a day.
    pub(super) fn new(policy: &Policy, u: Bytes<'_, '_>) -> Made<Self> {
        let offset = policy.matching.day_offset_min;
        let noon = UnixMillis::new(20_000 * 86_400_000 + 43_200_000);
        let midnight = Day::of(noon, offset).end(offset).get();
        let now = match u.int_in_range(0..=31_u8)? {
            0 => 0,
            1 => UnixMillis::MAX.get() / 2,
            2..=15 => noon.get(),
            _ => midnight - u.choose(&[1, 1_000, 2_500, 6_000])?,
        };
        Ok(Self {
            world: World::new(policy, UnixMillis::new(now)),
            moments: Recent::last(8),
            spans: Span::ALL.map(|span| span.millis(policy)),
            ends: [UnixMillis::default(); Span::ALL.len()],
            lapse_days: policy.matching.block_lapse_days.into(),
            day_offset_min: offset,
            verification: policy.verification,
            dice: 0,
            made: 0,
            orders: Recent::last(4),
        })
    }

    pub(super) fn next(&mut self, u: Bytes<'_, '_>) -> Made<Step> {
        let at = self.instant(u)?;
        let kind = kind(u)?;
        let dice = self.dice(u)?;
        let command = self.command(kind, dice.pair, u)?;
        self.note(&command);
        for span in started(&command) {
            self.ends[*span as usize] = self.world.now.after(self.spans[*span as usize]);
        }
        Ok(Step { at, dice, command })
    }

    /// Mostly now or a moment later; else just before, at or just after something ends.
    fn instant(&mut self, u: Bytes<'_, '_>) -> Made<UnixMillis> {
        let now = self.world.now.get();
        let next = match u.int_in_range(0..=127_u8)? {
            // Whoever may not count yet, or may again, is about to report.
            0..=23 if self.favourite_talks() => {
                edge(self.ends[Span::DismissalWindow as usize].get(), u)?
            }
            0..=77 => now,
            78..=85 => now + 1,
            86..=107 => {
                let near = |end: &&UnixMillis| (now..now + 10_000).contains(&end.get());
                let ends: Vec<_> = self.ends.iter().filter(near).collect();
                edge(choose(&ends, u)?.map_or(now, |end| end.get()), u)?
            }
            108..=117 => {
                let from = choose(self.moments.items(), u)?.unwrap_or(self.world.now).get();
                let span = *u.choose(&self.spans)?;
                edge(if span < 10_000 { from + span } else { from }, u)?
            }
            118 => edge(now + u.choose(&self.spans)?, u)?,
            119 => edge(now + self.lapse_days * 86_400_000, u)?,
            120 | 121 => {
                let day = Day::of(self.world.now, self.day_offset_min);
                edge(day.end(self.day_offset_min).get(), u)?
            }
            // A server whose clock is behind.
            _ => return Ok(UnixMillis::new(now.saturating_sub(*u.choose(&[1, 999, 1_000])?))),
        };
        if next > now {
            self.moments.push(self.world.now);
            self.world.now = UnixMillis::new(next);
        }
        Ok(self.world.now)
    }

    /// A new pair id, and now and then one that a recent pair has.
    fn dice(&mut self, u: Bytes<'_, '_>) -> Made<Dice> {
        let used = choose(self.world.pairs.items(), u)?;
        if u.ratio(1, 32)?
            && let Some(pair) = used
        {
            return Ok(Dice { pair: pair.id });
        }
        self.dice += 1;
        Ok(Dice { pair: pair_id(self.dice) })
    }

    fn favourite_talks(&self) -> bool {
        let talks = |who| matches!(self.world.person(who).doing, Doing::Talking(_));
        self.world.favourite.is_some_and(talks)
    }
}

/// The rules that begin to run with a command.
fn started(command: &Command) -> &'static [Span] {
    match command {
        Command::Attach { .. } | Command::Enter { .. } | Command::Renew { .. } => &[Span::Lease],
        Command::Detach { .. } => &[Span::Grace, Span::Rematch, Span::ReportAfter],
        Command::Join { .. } => &[Span::Cooldown],
        Command::Next { .. } => &[Span::Cooldown, Span::Rematch, Span::ReportAfter],
        Command::Leave { .. } | Command::Block { .. } => &[Span::Rematch, Span::ReportAfter],
        Command::Report { .. } => &[Span::ReportWindow, Span::Ban],
        Command::Verify { .. } => &[Span::Verified],
        Command::Ban { .. } | Command::Lift { .. } => &[Span::Ban],
        Command::Dismiss { .. } => &[Span::DismissalWindow],
        Command::Adopt { .. } => &[Span::Ban, Span::Verified],
        Command::Unblock { .. } | Command::Settle { .. } | Command::Sweep => &[],
    }
}

pub(super) fn choose<T: Copy>(items: &[T], u: Bytes<'_, '_>) -> Made<Option<T>> {
    if items.is_empty() { Ok(None) } else { u.choose(items).map(|item| Some(*item)) }
}

pub(super) fn edge(instant: u64, u: Bytes<'_, '_>) -> Made<u64> {
    Ok((instant + u.choose(&[0, 1, 2])?).saturating_sub(1))
}
