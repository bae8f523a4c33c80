//! What is true of every pool after every command.

use std::collections::{BTreeMap, BTreeSet};

use super::Pool;
use super::device::{Activity, Device, Slot};
use super::housekeeping::Stale;
use super::snapshot::Due;
use crate::event::{Arrival, Client, Envelope};
use crate::id::DeviceId;

/// A broken invariant, in words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("invariant broken: {0}")]
pub struct Violation(String);

impl Violation {
    pub(crate) fn new(what: String) -> Self {
        Self(what)
    }
}

macro_rules! hold {
    ($condition:expr, $($why:tt)*) => {
        if !$condition {
            return Err(Violation(format!($($why)*)));
        }
    };
}

impl Pool {
    /// Checks every invariant, and that `mail` (the facts of the last commit) went to connections
    /// that are attached, or were until that commit. Quadratic in the number who wait.
    ///
    /// # Errors
    ///
    /// The first [`Violation`] that is found.
    pub fn check(&self, mail: &[Envelope]) -> Result<(), Violation> {
        for (slot, device) in self.devices.iter() {
            self.check_device(slot, device)?;
        }
        self.check_queues()?;
        self.check_counts()?;
        self.check_bans()?;
        self.check_orders()?;
        self.check_nobody_waits_in_vain()?;
        for pair in mail.windows(2) {
            hold!(pair[0].seq == pair[1].seq, "one commit, one seq");
        }
        hold!(mail.iter().all(|envelope| envelope.seq == self.seq), "mail of this commit");
        Ok(())
    }

    fn check_device(&self, slot: Slot, device: &Device) -> Result<(), Violation> {
        let id = device.id;
        hold!(self.devices.find(id) == Some(slot), "{id:?} is found under its id");
        let away = device.away_until.is_some();
        let busy = !matches!(device.activity, Activity::Idle);
        hold!(!(away && device.attached.is_some()), "{id:?} is away and attached");
        hold!(!busy || away || device.attached.is_some(), "{id:?} is busy but not present");
        hold!(!away || busy, "{id:?} is away with no place to keep");
        hold!(
            device.is_present() != device.kept_until.is_some(),
            "{id:?} is either present or kept for a time"
        );
        if let Some(until) = device.away_until {
            hold!(self.due.contains(&(until, Due::Grace(id))), "{id:?} is away without an end");
        }
        if let Some(until) = device.kept_until {
            hold!(self.retired.entries().contains(&(until, slot)), "{id:?} is kept without an end");
        }
        if device.is_present() {
            hold!(self.banned_until(id).is_none(), "{id:?} is banned and present");
        }
        let (rules, tally) = (&self.policy.matching, self.tally(slot));
        hold!(rules.daily_total == 0 || tally.total <= rules.daily_total, "{id:?} over the total");
        for count in tally.per_filter {
            let within = rules.daily_per_filter == 0 || u32::from(count) <= rules.daily_per_filter;
            hold!(within, "{id:?} over a filter's limit");
        }
        let seeks = device.attached.is_some_and(|held| held.client == Client::Seeker);
        if let Some(talk) = device.talk() {
            let is_expected = talk.talk.arrival == Arrival::Expected;
            hold!(!seeks || is_expected, "{id:?} seeks somebody and has somebody");
            hold!(
                !is_expected || seeks || device.attached.is_none(),
                "{id:?} has come and is still expected"
            );
            hold!(talk.partner != slot, "{id:?} talks to itself");
            let theirs = self.devices[talk.partner].talk();
            hold!(
                theirs.is_some_and(|theirs| theirs.partner == slot
                    && theirs.pair == talk.pair
                    && theirs.meeting == talk.meeting
                    && theirs.talk.side == talk.talk.side.other()),
                "the pair of {id:?} is not symmetric"
            );
            hold!(self.met.get(talk.pair).is_some(), "the pair of {id:?} was never noted");
            hold!(
                !self.blocks.between(id, self.devices[talk.partner].id),
                "{id:?} talks to somebody blocked"
            );
        }
        Ok(())
    }

    fn check_queues(&self) -> Result<(), Violation> {
        let mut by_bucket: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for (_, device) in self.devices.iter() {
            if let Some(ticket) = device.matchable() {
                by_bucket.entry(ticket.bucket).or_default().push(ticket);
            }
        }
        let here: usize = by_bucket.values().map(Vec::len).sum();
        hold!(self.queues.here() == here as u64, "the queues hold {here} people");
        for tickets in by_bucket.values_mut() {
            tickets.sort_by_key(|ticket| ticket.seq);
            for (rank, ticket) in tickets.iter().enumerate() {
                hold!(
                    self.queues.rank(ticket) as usize == rank,
                    "{:?} is not ordered by seq",
                    ticket.bucket
                );
            }
        }
        Ok(())
    }

    fn check_counts(&self) -> Result<(), Violation> {
        let online = self.devices.iter().filter(|(_, device)| device.attached.is_some()).count();
        hold!(self.devices.online == online as u64, "{online} are online");
        let talking = self.devices.iter().filter(|(_, device)| device.talk().is_some()).count();
        hold!(self.met.talking() * 2 == talking as u64, "{talking} people talk in pairs");
        let hanging: BTreeSet<_> = self
            .leases
            .iter()
            .flat_map(|(node, lease)| lease.devices(&self.devices).map(|device| (*node, device)))
            .collect();
        let attached: BTreeSet<_> = self
            .devices
            .iter()
            .filter_map(|(_, device)| Some((device.attached?.conn.node, device.id)))
            .collect();
        hold!(hanging == attached, "every connection hangs on its server");
        for (node, lease) in self.leases.iter() {
            hold!(self.due.contains(&(lease.until, Due::Lease(*node))), "{node:?} never ends");
        }
        Ok(())
    }

    fn check_bans(&self) -> Result<(), Violation> {
        let ended = (self.clock, DeviceId::LAST);
        let running: BTreeSet<_> =
            self.safety.running.entries().iter().filter(|ban| **ban > ended).collect();
        let bans = self.safety.bans().into_iter();
        let bans: BTreeSet<_> = bans.map(|(device, ban)| (ban.until, device)).collect();
        hold!(bans.iter().filter(|ban| **ban > ended).eq(running), "every ban that runs is listed");
        let kept = self.safety.reports_made + 1
            - self.safety.reports.first_key_value().map_or(self.safety.reports_made + 1, |r| r.0.0);
        hold!(self.safety.reports.len() as u64 == kept, "the numbers of reports have no holes");
        Ok(())
    }

    fn check_orders(&self) -> Result<(), Violation> {
        hold!(self.orders.is_consistent(), "one order of a kind about each device");
        for (number, order) in self.orders.iter() {
            hold!(self.policy.other_pools, "there is nobody for order {number}");
            hold!(number <= self.seq, "order {number} is of a commit to come");
            let ends = self.pointless_from(order).map(|end| (end, Stale::Order(order.device)));
            let kept = ends.is_none_or(|end| self.stale.entries().contains(&end));
            hold!(kept, "order {number} is never forgotten");
        }
        Ok(())
    }

    /// No two who wait are acceptable to each other, except former partners whose exclusion ended
    /// since the last sweep, and those whom an unfinished search has not looked at.
    fn check_nobody_waits_in_vain(&self) -> Result<(), Violation> {
        let waiting: Vec<_> = self
            .devices
            .iter()
            .filter(|(_, device)| device.matchable().is_some())
            .map(|(slot, _)| slot)
            .collect();
        for (n, one) in waiting.iter().enumerate() {
            for other in &waiting[n + 1..] {
                if !self.acceptable(*one, *other) {
                    continue;
                }
                hold!(
                    self.has_reason_to_wait(*one, *other),
                    "{:?} and {:?} wait for nothing",
                    self.devices[*one].id,
                    self.devices[*other].id
                );
            }
        }
        Ok(())
    }

    fn has_reason_to_wait(&self, one: Slot, other: Slot) -> bool {
        let ids = [self.devices[one].id, self.devices[other].id];
        let is_due = |due: Due| match due {
            Due::Rematch(device) | Due::Search(device) => ids.contains(&device),
            _ => false,
        };
        self.due.iter().take_while(|(at, _)| *at <= self.clock).any(|(_, due)| is_due(*due))
    }
}
