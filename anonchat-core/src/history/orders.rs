//! Orders between pools: those of other pools, and what is remembered for them to matter.

use arbitrary::Arbitrary;

use super::rules::Span;
use super::steps::{Bytes, Made, Steps, choose, edge};
use super::world::device;
use crate::command::Command;
use crate::order::{Measure, Order};
use crate::profile::Claim;
use crate::time::UnixMillis;

impl Steps {
    /// What another pool has ordered: mostly about the instant of an order that is known, or one
    /// that comes again.
    pub(super) fn order(&mut self, who: u8, u: Bytes<'_, '_>) -> Made<Order> {
        let now = self.world.now;
        let former = choose(self.orders.items(), u)?.map(|(_, order)| order);
        let (device, given) = match (u.int_in_range(0..=15_u8)?, former) {
            (0..=2, Some(order)) => return Ok(order),
            // Two orders of one instant: the pools have to agree which of them holds.
            (3..=6, Some(order)) => (order.device, order.given),
            (7 | 8, Some(order)) => (order.device, Self::beside(order.given, u)?),
            (9 | 10, _) => (device(who), now.after(*u.choose(&[1, 1_000, 3_000])?)),
            (11 | 12, _) => {
                let span = *u.choose(&[Span::Ban, Span::Verified])?;
                let ago = now.get().saturating_sub(self.spans[span as usize]);
                (device(who), Self::beside(UnixMillis::new(ago), u)?)
            }
            (13, _) => (device(who), *u.choose(&[UnixMillis::default(), UnixMillis::MAX])?),
            _ => (device(who), now),
        };
        let bans = match former.filter(|order| order.device == device) {
            Some(order) => matches!(order.measure, Measure::Ban { .. }),
            None => bool::arbitrary(u)?,
        };
        let measure = match bans {
            true if bool::arbitrary(u)? => Measure::Ban { until: UnixMillis::default() },
            true => Measure::Ban { until: self.ban_end(u)? },
            false => {
                let Claim { gender, proof } = self.claim(u)?;
                Measure::Verify { gender, proof }
            }
        };
        let who = device.as_bytes()[15];
        match measure {
            Measure::Ban { until } => self.world.ban(who, until),
            Measure::Verify { gender, proof } => self.world.verify(who, Claim { gender, proof }),
        }
        Ok(Order { device, given, measure })
    }

    fn beside(instant: UnixMillis, u: Bytes<'_, '_>) -> Made<UnixMillis> {
        edge(instant.get(), u).map(UnixMillis::new)
    }

    /// Remembers what was ordered, here or elsewhere.
    pub(super) fn note(&mut self, command: &Command) {
        self.made += 1;
        let (device, measure) = match *command {
            Command::Adopt { order } => return self.orders.push((self.made, order)),
            Command::Ban { device, until } => (device, Measure::Ban { until }),
            Command::Lift { device } => (device, Measure::Ban { until: UnixMillis::default() }),
            Command::Verify { device, gender, proof } => {
                (device, Measure::Verify { gender, proof })
            }
            _ => return,
        };
        self.orders.push((self.made, Order { device, given: self.world.now, measure }));
    }
}
