//! What goes on without anybody asking: the lease is renewed, and what time brings about is done.

use std::time::Duration;

use anonchat_core::{Command, PoolId, StoreError, UnixMillis};
use tokio::time::{MissedTickBehavior, interval};

use crate::chat::AnonChat;
use crate::clock;

/// How often the pools are swept.
const TICK: Duration = Duration::from_secs(1);

/// Sweeps of one pool in one tick, so that a pool with much to do does not keep the others waiting.
const SWEEPS: usize = 64;

/// Runs until nobody holds the chat any more.
pub(crate) fn spawn(chat: &AnonChat) {
    let lease_ms = u64::from(chat.settings().policy.connection.lease_s) * 1000;
    let mut renewed = vec![clock::now(); chat.pools().len()];
    let chat = chat.weak();
    tokio::spawn(async move {
        let mut ticks = interval(TICK.min(Duration::from_millis(lease_ms / 3)));
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            let Some(chat) = chat() else { return };
            chat.tally().forget_old(clock::now());
            for (pool, renewed) in chat.pools().iter().zip(&mut renewed) {
                if tend(&chat, pool, renewed, lease_ms).await.is_err() {
                    tracing::warn!(pool = pool.as_str(), "the store is unavailable");
                }
            }
        }
    });
}

/// Renews this server's lease if it is time, and sweeps.
///
/// A process that was stopped for longer than its lease must not begin by sweeping itself away: so
/// the lease comes first, and without it there is no sweep.
async fn tend(
    chat: &AnonChat,
    pool: &PoolId,
    renewed: &mut UnixMillis,
    lease_ms: u64,
) -> Result<(), StoreError> {
    let now = clock::now();
    if now.since(*renewed) >= lease_ms / 3 || now < *renewed {
        let renew = Command::Renew { node: chat.hub().node() };
        chat.store().apply(pool, now, clock::roll(), &renew).await?;
        *renewed = now;
    }
    for _ in 0..SWEEPS {
        let sweep = chat.store().apply(pool, clock::now(), clock::roll(), &Command::Sweep);
        if !sweep.await?.more {
            break;
        }
    }
    Ok(())
}
