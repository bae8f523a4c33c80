//! What holds in every pool: orders for the other pools, and the orders of theirs.

use std::collections::BTreeMap;
use std::ops::Bound;

use rustc_hash::FxHashMap;

use super::Pool;
use super::device::Known;
use super::housekeeping::Stale;
use super::safety::Ban;
use crate::id::DeviceId;
use crate::order::{Measure, Order};
use crate::time::UnixMillis;

/// Orders that were given here and that other pools may not have yet: the last of each kind about
/// each device, by the number of the commit that gave it.
#[derive(Default)]
pub(super) struct Orders {
    outbox: BTreeMap<u64, Order>,
    numbers: FxHashMap<(DeviceId, Kind), u64>,
}

/// Orders of one kind about one device supersede each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Kind {
    Ban,
    Verify,
}

impl Order {
    const fn key(&self) -> (DeviceId, Kind) {
        let kind = match self.measure {
            Measure::Ban { .. } => Kind::Ban,
            Measure::Verify { .. } => Kind::Verify,
        };
        (self.device, kind)
    }
}

impl Orders {
    fn insert(&mut self, number: u64, order: Order) {
        self.numbers.insert(order.key(), number);
        self.outbox.insert(number, order);
    }

    fn remove(&mut self, key: (DeviceId, Kind)) -> Option<Order> {
        let number = self.numbers.remove(&key)?;
        if self.numbers.is_empty() {
            self.numbers.shrink_to_fit();
        }
        self.outbox.remove(&number)
    }

    pub(super) fn footprint(&self) -> usize {
        self.outbox.len()
    }

    #[cfg(feature = "test-util")]
    pub(super) fn iter(&self) -> impl Iterator<Item = (u64, &Order)> {
        self.outbox.iter().map(|(number, order)| (*number, order))
    }

    #[cfg(feature = "test-util")]
    pub(super) fn is_consistent(&self) -> bool {
        let found =
            |(number, order): (&u64, &Order)| self.numbers.get(&order.key()) == Some(number);
        self.numbers.len() == self.outbox.len() && self.outbox.iter().all(found)
    }
}

impl Pool {
    /// Keeps an order for the other pools, if there are any.
    pub(super) fn note(&mut self, order: Order) {
        if !self.policy.other_pools {
            return;
        }
        self.withdraw_order(order.key());
        if let Some(end) = self.pointless_from(&order) {
            self.stale.insert(end, Stale::Order(order.device));
        }
        self.orders.insert(self.seq, order);
    }

    fn withdraw_order(&mut self, key: (DeviceId, Kind)) {
        if let Some(order) = self.orders.remove(key)
            && let Some(end) = self.pointless_from(&order)
        {
            self.stale.remove(end, Stale::Order(order.device));
        }
    }

    /// Forgets that a gender was known, which no other pool needs to hear any more.
    pub(super) fn forget_order(&mut self, device: DeviceId) {
        self.orders.remove((device, Kind::Verify));
    }

    /// From when on nobody needs an order. A ban that is over may still have to end a longer one.
    pub(super) fn pointless_from(&self, order: &Order) -> Option<UnixMillis> {
        match order.measure {
            Measure::Ban { .. } => None,
            Measure::Verify { .. } => Some(self.known_until(order.given)),
        }
    }

    /// Carries out an order of another pool, if it is news.
    pub(super) fn adopt(&mut self, order: &Order) {
        let Order { device, given, measure } = *order;
        match measure {
            Measure::Ban { until } => {
                let ban = Ban { given, until };
                let news = match self.last_ban(device) {
                    Some(held) => held < ban,
                    None => self.clock < self.ban_kept_until(ban),
                };
                if news {
                    self.impose(device, ban);
                }
            }
            Measure::Verify { gender, proof } => {
                let known = Known { given, gender, proof };
                let news = self.last_known(device).is_none_or(|held| held < known);
                if news && self.clock < self.known_until(given) {
                    self.know(device, known);
                }
            }
        }
    }

    /// The other pools have every order up to this number.
    pub(super) fn settle(&mut self, upto: u64) {
        while let Some((&number, order)) = self.orders.outbox.first_key_value()
            && number <= upto
        {
            let key = order.key();
            self.withdraw_order(key);
        }
    }

    /// The orders for the other pools that still matter, from the one after `after` on.
    pub(super) fn pending_orders(
        &self,
        now: UnixMillis,
        after: u64,
    ) -> impl Iterator<Item = (u64, Order)> {
        self.orders
            .outbox
            .range((Bound::Excluded(after), Bound::Unbounded))
            .filter(move |(_, order)| self.pointless_from(order).is_none_or(|end| now < end))
            .map(|(number, order)| (*number, *order))
    }
}
