//! Whose clock counts.

use std::sync::{Mutex, PoisonError};

use anonchat_core::{Rejection, UnixMillis};
use redis::{Value, cmd};
use tokio::time::Instant;

use super::line::Up;
use super::outage::Outage;

/// A server may differ from Redis by so much, in milliseconds. More is a mistake of its set-up.
const MOST_APART: u64 = 60_000;

/// Corrects the callers' instants by the clock of Redis, so that servers whose clocks differ agree
/// on what is early and what is late.
///
/// The store reads no clock: an instant that came with a call is compared with the time that Redis
/// tells for that call.
pub(super) struct Clock {
    /// What to add, in milliseconds, and the connection it was measured on.
    offset: Mutex<Option<(u64, i64)>>,
    corrects: bool,
}

impl Clock {
    pub(super) fn new(corrects: bool) -> Self {
        Self { offset: Mutex::new(None), corrects }
    }

    /// An instant by the clock of Redis. It is measured on a new connection, when `measure` says
    /// so, and as long as the clocks are too far apart.
    ///
    /// `called` is when the caller took the instant, on the stopwatch of this process.
    pub(super) async fn correct(
        &self,
        up: &Up,
        at: UnixMillis,
        called: Instant,
        until: Instant,
        measure: bool,
    ) -> Result<UnixMillis, Outage> {
        if !self.corrects {
            return Ok(at);
        }
        let known = *self.offset.lock().unwrap_or_else(PoisonError::into_inner);
        let offset = match known {
            Some((generation, offset)) if generation == up.generation && !measure => offset,
            _ => {
                // What the call has waited for is no difference between clocks.
                let waited = i64::try_from(called.elapsed().as_millis()).unwrap_or(i64::MAX);
                let told = read(&up.query(until, cmd("TIME")).await?)
                    .ok_or_else(|| Outage::Unreachable("TIME is not answered".into()))?;
                let offset = told.saturating_sub(millis(at)).saturating_sub(waited);
                if offset.unsigned_abs() > MOST_APART {
                    *self.offset.lock().unwrap_or_else(PoisonError::into_inner) = None;
                    return Err(Outage::ClocksApart(offset.unsigned_abs()));
                }
                *self.offset.lock().unwrap_or_else(PoisonError::into_inner) =
                    Some((up.generation, offset));
                offset
            }
        };
        Ok(UnixMillis::new(at.get().saturating_add_signed(offset)))
    }

    /// What a refusal says of time, by the clock of this server, which tells people how long to
    /// wait.
    pub(super) fn told_here(&self, rejection: Rejection) -> Rejection {
        let known = *self.offset.lock().unwrap_or_else(PoisonError::into_inner);
        let offset = known.map_or(0, |(_, offset)| offset);
        let here = |at: UnixMillis| UnixMillis::new(at.get().saturating_add_signed(-offset));
        match rejection {
            Rejection::Banned { until } => Rejection::Banned { until: here(until) },
            Rejection::Cooldown { until } => Rejection::Cooldown { until: here(until) },
            Rejection::DailyTotal { resets } => Rejection::DailyTotal { resets: here(resets) },
            Rejection::DailyLimit { filter, resets } => {
                Rejection::DailyLimit { filter, resets: here(resets) }
            }
            timeless => timeless,
        }
    }
}

fn millis(at: UnixMillis) -> i64 {
    i64::try_from(at.get()).unwrap_or(i64::MAX)
}

/// Seconds and microseconds, as milliseconds.
fn read(reply: &Value) -> Option<i64> {
    let Value::Array(parts) = reply else { return None };
    let [seconds, micros] = parts.as_slice() else { return None };
    let number = |value: &Value| match value {
        Value::BulkString(digits) => std::str::from_utf8(digits).ok()?.parse::<i64>().ok(),
        Value::Int(number) => Some(*number),
        _ => None,
    };
    number(seconds)?.checked_mul(1000)?.checked_add(number(micros)? / 1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_that_redis_tells_is_read_in_milliseconds() {
        let told = |parts: &[&str]| {
            let part = |text: &&str| Value::BulkString(text.as_bytes().to_vec());
            read(&Value::Array(parts.iter().map(part).collect()))
        };
        assert_eq!(told(&["1700000000", "123999"]), Some(1_700_000_000_123));
        for bad in [&["1700000000"][..], &["x", "1"], &["9223372036854775807", "1"], &[]] {
            assert_eq!(told(bad), None, "{bad:?}");
        }
        assert_eq!(read(&Value::Nil), None);
    }
}
