//! The cells of one limit, as many as there may be.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anonchat_core::{Quota, RateKey};
use governor::clock::Clock;
use governor::nanos::Nanos;
use governor::state::StateStore;

/// Keys that are told apart. Each costs about 50 bytes.
pub(super) const KEYS: usize = 1 << 16;

/// Cells that all further keys share, each with the quota of one: strangers in a flood are slowed
/// down together, and those who were known before it are not.
pub(super) const SHARED: usize = 1 << 12;

const SHARDS: usize = 1 << 4;

/// Instants of full cells, in nanoseconds since 1970, by key. A cell that is full is not kept.
pub(super) struct Cells {
    shards: [Mutex<HashMap<RateKey, u64>>; SHARDS],
    /// Nanoseconds in which an empty cell becomes a full one.
    longest: u64,
    clock: Told,
}

/// The instant of the call that is under way.
#[derive(Clone, Default)]
pub(super) struct Told(Arc<AtomicU64>);

/// Cells of which governor takes.
pub(super) struct Taking(pub(super) Arc<Cells>);

/// Cells into which it only looks.
pub(super) struct Looking(pub(super) Arc<Cells>);

impl Told {
    pub(super) fn tell(&self, nanos: u64) {
        self.0.store(nanos, Ordering::Relaxed);
    }
}

impl Clock for Told {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        Nanos::from(self.0.load(Ordering::Relaxed))
    }
}

impl Cells {
    pub(super) fn new(quota: Quota, clock: Told) -> Self {
        let longest = quota.interval_us.saturating_mul(1_000).saturating_mul(quota.units.into());
        Self { shards: Default::default(), longest, clock }
    }

    /// Under which key somebody is counted: their own, or one that they share.
    pub(super) fn counted(&self, key: RateKey) -> RateKey {
        self.place(&self.shard(key), key)
    }

    /// Forgets cells that are full again.
    pub(super) fn forget_full(&self, now: u64) {
        for shard in &self.shards {
            let mut shard = lock(shard);
            shard.retain(|_, full| *full > now && *full - now <= self.longest);
            if shard.len() < shard.capacity() / 4 {
                shard.shrink_to_fit();
            }
        }
    }

    /// How many are kept.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.shards.iter().map(|shard| lock(shard).len()).sum()
    }

    /// What governor may know of a cell: not that it is emptier than empty, as after a clock
    /// that was put back.
    fn full_at(&self, shard: &HashMap<RateKey, u64>, key: RateKey) -> Option<Nanos> {
        let latest = self.clock.now().as_u64().saturating_add(self.longest);
        shard.get(&key).map(|full| Nanos::from((*full).min(latest)))
    }

    fn place(&self, shard: &HashMap<RateKey, u64>, key: RateKey) -> RateKey {
        if shard.len() < KEYS / SHARDS || shard.contains_key(&key) {
            return key;
        }
        // Of the same shard. The hash is keyed, so nobody chooses whom they share with, nor has
        // somebody these bits by themselves.
        let mut shared = [0; 16];
        let [first, second, ..] = *key.as_bytes();
        (shared[0], shared[1]) = (first, second & (SHARED / SHARDS - 1) as u8);
        shared[0] &= (SHARDS - 1) as u8;
        RateKey::from_bytes(shared)
    }

    fn shard(&self, key: RateKey) -> MutexGuard<'_, HashMap<RateKey, u64>> {
        lock(&self.shards[usize::from(key.as_bytes()[0]) % SHARDS])
    }
}

fn lock(shard: &Mutex<HashMap<RateKey, u64>>) -> MutexGuard<'_, HashMap<RateKey, u64>> {
    shard.lock().unwrap_or_else(PoisonError::into_inner)
}

impl StateStore for Taking {
    type Key = RateKey;

    fn measure_and_replace<T, F, E>(&self, key: &RateKey, decide: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        let mut shard = self.0.shard(*key);
        let key = self.0.place(&shard, *key);
        let (taken, full) = decide(self.0.full_at(&shard, key))?;
        shard.insert(key, full.as_u64());
        Ok(taken)
    }
}

impl StateStore for Looking {
    type Key = RateKey;

    fn measure_and_replace<T, F, E>(&self, key: &RateKey, decide: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        let shard = self.0.shard(*key);
        let key = self.0.place(&shard, *key);
        decide(self.0.full_at(&shard, key)).map(|(seen, _)| seen)
    }
}
