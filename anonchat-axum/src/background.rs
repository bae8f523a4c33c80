//! What goes on without anybody asking: the lease is renewed, and what time brings about is done.

use std::time::Duration;

use anonchat_core::{Command, Inbox, PoolId, StoreError, UnixMillis};
use tokio::time::{Interval, MissedTickBehavior, interval};

use crate::chat::AnonChat;
use crate::clock;

/// How often a pool is swept, and its orders are looked for.
pub(crate) const TICK: Duration = Duration::from_secs(1);

/// Sweeps of one pool in one tick.
const SWEEPS: usize = 64;

/// Runs until nobody holds the chat any more. Every pool is tended by itself, so that one whose
/// store does not answer keeps no other waiting.
pub(crate) fn spawn(chat: &AnonChat) {
    let lease_ms = u64::from(chat.settings().policy.connection.lease_s) * 1000;
    for pool in chat.pools() {
        let tending =
            Tending { pool: pool.clone(), lease_ms, renewed: clock::now(), is_away: false };
        tokio::spawn(tending.run(chat.weak()));
    }
    let chat = chat.weak();
    tokio::spawn(async move {
        let mut ticks = ticks(TICK);
        loop {
            ticks.tick().await;
            let Some(chat) = chat() else { return };
            chat.tally().forget_old(clock::now());
            chat.limits().forget_old(clock::now());
        }
    });
}

pub(crate) fn ticks(period: Duration) -> Interval {
    let mut ticks = interval(period);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}

/// One pool, as this server looks after it.
struct Tending {
    pool: PoolId,
    lease_ms: u64,
    renewed: UnixMillis,
    /// Whether the store did not answer the last time.
    is_away: bool,
}

impl Tending {
    async fn run(mut self, chat: impl Fn() -> Option<AnonChat> + Send) {
        // Twice in the time after which the lease is renewed: a tick that comes a little early must
        // not put the renewal off until the lease seems to have lapsed.
        let mut ticks = ticks(TICK.min(Duration::from_millis(self.lease_ms / 6)));
        loop {
            let due = ticks.tick().await;
            let Some(chat) = chat() else { return };
            chat.metrics().ticked(due.elapsed());
            let done = self.tend(&chat).await;
            self.report(done.err());
        }
    }

    /// Renews this server's lease whenever it is time, and sweeps.
    ///
    /// A process that was stopped for longer than its lease must not begin by sweeping itself
    /// away: so the lease comes first, and without it there is no sweep.
    async fn tend(&mut self, chat: &AnonChat) -> Result<(), StoreError> {
        for _ in 0..SWEEPS {
            let now = clock::now();
            if now.since(self.renewed) >= self.lease_ms / 3 || now < self.renewed {
                let renew = Command::Renew { node: chat.hub().node() };
                chat.store().apply(&self.pool, now, clock::roll(), &renew).await?;
                // Other servers may have taken this one for dead meanwhile, and its people for
                // away; nobody tells them.
                if now.since(self.renewed) >= self.lease_ms * 2 / 3 {
                    chat.hub().gap();
                }
                self.renewed = now;
            }
            let sweep =
                chat.store().apply(&self.pool, clock::now(), clock::roll(), &Command::Sweep);
            if !sweep.await?.more {
                break;
            }
        }
        Ok(())
    }

    /// Says once that the store is away, and once that it is back.
    fn report(&mut self, error: Option<StoreError>) {
        let was_away = std::mem::replace(&mut self.is_away, error.is_some());
        let pool = self.pool.as_str();
        match error {
            Some(error) if !was_away => tracing::warn!(pool, %error, "the store does not answer"),
            None if was_away => tracing::info!(pool, "the store answers again"),
            _ => {}
        }
    }
}
