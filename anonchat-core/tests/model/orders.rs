//! Bans and lifts, given here and in other pools: the last word about somebody holds.

use anonchat_core::{Departure, UnixMillis};

use crate::act::Fact;
use crate::reference::{Reference, Told, seconds};

/// A ban or a lift that was ordered here.
#[derive(Clone, Debug)]
pub(crate) struct Given {
    pub(crate) step: u64,
    pub(crate) whom: usize,
    pub(crate) given: UnixMillis,
    pub(crate) until: UnixMillis,
}

impl Reference {
    /// A ban, or with an end in the past a lift: later than all that was said before.
    pub(crate) fn ban(&mut self, who: usize, until: UnixMillis) -> Told {
        let before = self.last_word(who).map(|(given, _)| given.after(1));
        let given = self.now.max(before.unwrap_or_default());
        self.orders.push(Given { step: self.steps, whom: who, given, until });
        self.impose(who, given, until)
    }

    /// An order of another pool holds unless a later one is known, or it is of no use any more.
    pub(crate) fn adopt(&mut self, who: usize, length: Option<u64>, ago: i64) -> Told {
        let (given, until) = self.other_pools_word(length, ago);
        let news = match self.last_word(who) {
            Some(held) => held < (given, until),
            None => self.now < self.remembered_until(given, until),
        };
        if news { self.impose(who, given, until) } else { Told::new() }
    }

    pub(crate) fn other_pools_word(
        &self,
        length: Option<u64>,
        ago: i64,
    ) -> (UnixMillis, UnixMillis) {
        let given = UnixMillis::new(self.now.get().saturating_add_signed(-ago));
        (given, length.map_or(UnixMillis::default(), |length| self.now.after(length)))
    }

    fn last_word(&self, who: usize) -> Option<(UnixMillis, UnixMillis)> {
        let last = self.people[who].last_word;
        last.filter(|(given, until)| self.now < self.remembered_until(*given, *until))
    }

    fn remembered_until(&self, given: UnixMillis, until: UnixMillis) -> UnixMillis {
        if self.policy.other_pools {
            until.max(given.after(seconds(self.policy.safety.ban_s)))
        } else {
            until
        }
    }

    /// What the other pools have still to hear: of each person the last.
    pub(crate) fn outbox(&self) -> Vec<&Given> {
        let orders = self.orders.iter().enumerate().filter(|(index, order)| {
            let later = self.orders[index + 1..].iter().any(|other| other.whom == order.whom);
            self.policy.other_pools && !later && order.step > self.settled
        });
        orders.map(|(_, order)| order).collect()
    }

    /// It uses the reports behind it up; a ban leaves nothing of what the person was doing.
    fn impose(&mut self, who: usize, given: UnixMillis, until: UnixMillis) -> Told {
        let mut told = Told::new();
        self.people[who].last_word = Some((given, until));
        self.people[who].banned_until = until;
        self.reports.retain(|report| report.about != who);
        if self.now < until {
            self.stop(who, Departure::Banned, &mut told);
            self.tell(&mut told, who, Fact::Banned(until));
            self.people[who].conn = None;
        }
        told
    }
}
