//! What client addresses do, counted in Redis for all servers.

use std::sync::Arc;

use anonchat_core::{Limit, Quota, RateKey, RateLimits, StoreError, Taken, UnixMillis};
use async_trait::async_trait;
use redis::Value;

use super::keys;
use super::link::Link;
use super::malformed::Malformed;
use super::outage::Outage;
use super::script::Script;

const SCRIPT: &str = include_str!("lua/rate.lua");

/// Counts requests of client addresses in Redis, for all servers of a deployment: one short script a
/// call. Made by [`RedisStore::rate_limits`](super::RedisStore::rate_limits).
///
/// A count is kept under the keyed hash that it is given, until it means nothing any more. Instants
/// are corrected by the clock of Redis, as the store's are. A call ends within the store's deadline.
#[derive(Clone)]
pub struct RedisRateLimits {
    link: Option<Arc<Link>>,
    script: Arc<Script>,
}

impl RedisRateLimits {
    pub(super) fn new(link: Option<Arc<Link>>) -> Self {
        Self { link, script: Arc::new(Script::alone(SCRIPT)) }
    }

    async fn ask(
        &self,
        at: UnixMillis,
        limit: Limit,
        key: RateKey,
        takes: bool,
    ) -> Result<Taken, StoreError> {
        let link = self.link.as_ref().ok_or(StoreError::UnknownPool)?;
        let Some(quota) = limit.quota(&link.deployment.policy.rates) else {
            return Ok(Taken::Within);
        };
        let key = keys::rate(&link.pool, limit, key);
        let reply = link.count(at, &self.script, key, |at| arguments(at, quota, takes)).await?;
        match wait_us(&reply)? {
            0 => Ok(Taken::Within),
            wait_us => Ok(Taken::Beyond { wait_ms: wait_us.div_ceil(1_000) }),
        }
    }
}

#[async_trait]
impl RateLimits for RedisRateLimits {
    async fn take(&self, at: UnixMillis, limit: Limit, key: RateKey) -> Result<Taken, StoreError> {
        self.ask(at, limit, key, true).await
    }

    async fn look(&self, at: UnixMillis, limit: Limit, key: RateKey) -> Result<Taken, StoreError> {
        self.ask(at, limit, key, false).await
    }
}

/// What the script is told.
fn arguments(at: UnixMillis, quota: Quota, takes: bool) -> [Vec<u8>; 4] {
    [at.get(), quota.interval_us, quota.units.into(), takes.into()]
        .map(|number: u64| number.to_string().into_bytes())
}

/// What it answers.
fn wait_us(reply: &Value) -> Result<u64, Outage> {
    match reply {
        Value::Int(wait) => u64::try_from(*wait).map_err(|_| Malformed::Range("a wait").into()),
        _ => Err(Malformed::Type("a wait").into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_a_number_that_is_not_negative() {
        assert_eq!(wait_us(&Value::Int(7)).ok(), Some(7));
        for bad in [Value::Int(-1), Value::Nil, Value::BulkString(b"7".to_vec())] {
            assert!(matches!(wait_us(&bad), Err(Outage::Malformed(_))));
        }
    }

    /// The names of keys are made in `keys.rs`, and no script reads a clock.
    #[test]
    fn the_script_touches_the_key_that_it_is_given_and_no_other() {
        let script = SCRIPT;
        let calls: Vec<_> = script.match_indices("redis.call(").collect();
        assert_eq!(calls.len(), 2);
        assert_eq!(script.matches("', KEYS[1]").count(), calls.len());
        assert!(script.starts_with("#!lua\n") && !script.contains("TIME"));
    }
}
