//! How long one connection's person waits, as the connection itself learns of it.

use anonchat_core::{Event, Phase, UnixMillis};

use super::counts::Figures;

/// Since when somebody waits. Dropped with the connection.
#[derive(Default)]
pub(crate) struct Watch(Option<UnixMillis>);

impl Watch {
    /// Notes what the pool told. Who is matched on arrival has not waited, and does not count: of
    /// every pair one has just arrived, so half of all waits would be zero otherwise.
    pub(crate) fn saw(&mut self, event: &Event, figures: &Figures) {
        match event {
            Event::Queued { since, .. }
            | Event::Attached { phase: Phase::Waiting { since, .. }, .. } => self.0 = Some(*since),
            Event::Matched { since: now, .. } => {
                if let Some(since) = self.0.take() {
                    figures.matched(now.since(since));
                }
            }
            Event::Attached { .. } | Event::Left => self.0 = None,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use anonchat_core::{Allowance, Arrival, Filter, PairId, Peer, Side};

    use super::*;

    fn queued(at: u64) -> Event {
        let (since, left) = (UnixMillis::new(at), Allowance::UNLIMITED);
        Event::Queued { filter: Filter::Any, since, left }
    }

    fn matched(at: u64) -> Event {
        Event::Matched {
            pair: PairId::from_bytes([1; 16]),
            side: Side::B,
            peer: Peer {
                profile: Arc::default(),
                gender: None,
                verified: false,
                route: None,
                arrival: Arrival::Direct,
            },
            since: UnixMillis::new(at),
            left: Allowance::UNLIMITED,
        }
    }

    #[test]
    fn a_wait_lasts_from_the_queue_to_the_match() {
        let figures = Figures::default();
        let mut watch = Watch::default();
        watch.saw(&matched(5), &figures);
        assert_eq!(figures.counts().waits.count(), 0, "nobody waited");
        watch.saw(&queued(1_000), &figures);
        watch.saw(&matched(1_010), &figures);
        watch.saw(&matched(9_000), &figures);
        let waits = figures.counts().waits;
        assert_eq!((waits.count(), waits.mean()), (1, Some(10)));
    }

    #[test]
    fn who_gave_up_waiting_is_not_counted_later() {
        let figures = Figures::default();
        let mut watch = Watch::default();
        watch.saw(&queued(1_000), &figures);
        watch.saw(&Event::Left, &figures);
        watch.saw(&matched(9_000), &figures);
        assert_eq!(figures.counts().waits.count(), 0);
    }
}
