//! How often one client address may do something.
//!
//! Everything is counted in this process, in bounded memory, and by whoever counts for all servers,
//! if there is somebody: who is beyond a limit here is beyond it everywhere, so a flood costs the
//! others nothing. While nobody answers, what was counted here decides.

mod cells;
#[cfg(feature = "ws")]
mod frames;
mod local;
mod rest;
#[cfg(test)]
mod shared;

use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anonchat_core::policy::Rates;
use anonchat_core::{Limit, RateKey, RateLimits, StoreError, Taken, UnixMillis};
use tokio::time::timeout;

use crate::address::Client;
use crate::chat::AnonChat;
use crate::clock;
#[cfg(feature = "ws")]
pub(crate) use frames::tell;
use local::Local;
pub(crate) use rest::{requests, verifications};

/// How long a request waits for the count of all servers.
const PATIENCE: Duration = Duration::from_millis(500);

/// Milliseconds for which nobody is asked who did not answer.
const AWAY_MS: u64 = 1_000;

/// The counts of a server.
pub(crate) struct Limits {
    local: Local,
    shared: Option<Arc<dyn RateLimits>>,
    /// Until when nobody is asked.
    away_until: AtomicU64,
    /// Held while a key is looked at, so that guesses at once are no more than those one by one.
    signing_in: Mutex<()>,
}

/// Somebody is beyond a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Beyond {
    /// Seconds after which another try may be within it; at least 1.
    pub(crate) retry_after_s: u32,
}

/// What came of a sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SignIn {
    Right,
    Wrong,
    Beyond(Beyond),
}

/// Counts that `client` does something, or says when it may be done again.
pub(crate) async fn take(chat: &AnonChat, limit: Limit, client: Client) -> Result<(), Beyond> {
    chat.limits().take(clock::now(), limit, client.key).await
}

impl Limits {
    pub(crate) fn new(rates: &Rates, shared: Option<Arc<dyn RateLimits>>) -> Self {
        Self {
            local: Local::new(rates),
            shared,
            away_until: AtomicU64::new(0),
            signing_in: Mutex::new(()),
        }
    }

    /// Takes a unit of a limit, if there is one.
    pub(crate) async fn take(
        &self,
        at: UnixMillis,
        limit: Limit,
        key: RateKey,
    ) -> Result<(), Beyond> {
        within(self.local.take(at, limit, key))?;
        self.take_shared(at, limit, key).await
    }

    /// Whether somebody counts for all servers.
    #[cfg(feature = "ws")]
    fn is_shared(&self) -> bool {
        self.shared.is_some()
    }

    /// Takes a unit of a limit of all servers, if there is one and somebody counts it.
    async fn take_shared(&self, at: UnixMillis, limit: Limit, key: RateKey) -> Result<(), Beyond> {
        self.ask(at, limit, key, |shared, key| async move { shared.take(at, limit, key).await })
            .await
    }

    /// Looks at a key, unless the client has shown too many wrong ones lately: then nobody learns
    /// whether this is the right one.
    pub(crate) async fn sign_in(
        &self,
        at: UnixMillis,
        client: RateKey,
        is_right: impl FnOnce() -> bool + Send,
    ) -> SignIn {
        let limit = Limit::SignIns;
        let looked = self
            .ask(at, limit, client, |shared, key| async move { shared.look(at, limit, key).await });
        if let Err(beyond) = looked.await {
            return SignIn::Beyond(beyond);
        }
        match self.try_key(at, client, is_right) {
            SignIn::Wrong => {
                // Counted for all servers as well; whether that was the last one, the next try says.
                let _ = self
                    .ask(at, limit, client, |shared, key| async move {
                        shared.take(at, limit, key).await
                    })
                    .await;
                SignIn::Wrong
            }
            tried => tried,
        }
    }

    /// Forgets what no limit needs any more.
    pub(crate) fn forget_old(&self, now: UnixMillis) {
        self.local.forget_old(now);
    }

    fn try_key(&self, at: UnixMillis, client: RateKey, is_right: impl FnOnce() -> bool) -> SignIn {
        let _one_by_one = self.signing_in.lock().unwrap_or_else(PoisonError::into_inner);
        if let Err(beyond) = within(self.local.look(at, Limit::SignIns, client)) {
            SignIn::Beyond(beyond)
        } else if is_right() {
            SignIn::Right
        } else {
            self.local.take(at, Limit::SignIns, client);
            SignIn::Wrong
        }
    }

    /// Asks whoever counts for all servers, if somebody does and answers.
    async fn ask<F>(
        &self,
        at: UnixMillis,
        limit: Limit,
        key: RateKey,
        call: impl FnOnce(Arc<dyn RateLimits>, RateKey) -> F + Send,
    ) -> Result<(), Beyond>
    where
        F: Future<Output = Result<Taken, StoreError>> + Send,
    {
        let Some(shared) = &self.shared else { return Ok(()) };
        let Some(key) = self.local.counted(limit, key) else { return Ok(()) };
        let until = UnixMillis::new(self.away_until.load(Ordering::Relaxed));
        if (1..=AWAY_MS).contains(&at.until(until)) {
            return Ok(());
        }
        match timeout(PATIENCE, call(Arc::clone(shared), key)).await {
            Ok(Ok(taken)) => within(taken),
            Ok(Err(_)) | Err(_) => {
                self.away_until.store(at.after(AWAY_MS).get(), Ordering::Relaxed);
                tracing::debug!("limits are counted by this server alone");
                Ok(())
            }
        }
    }
}

fn within(taken: Taken) -> Result<(), Beyond> {
    match taken {
        Taken::Within => Ok(()),
        Taken::Beyond { wait_ms } => {
            let retry_after_s = u32::try_from(wait_ms.div_ceil(1_000)).unwrap_or(u32::MAX).max(1);
            Err(Beyond { retry_after_s })
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;
    use std::sync::atomic::AtomicUsize;

    use async_trait::async_trait;

    use super::*;

    const NOON: UnixMillis = UnixMillis::new(1_700_000_000_000);
    const ANN: RateKey = RateKey::from_bytes([1; 16]);

    /// Says always the same, or nothing.
    struct Says(Option<Result<Taken, ()>>, AtomicUsize);

    impl Says {
        fn new(answer: Option<Result<Taken, ()>>) -> Arc<Self> {
            Arc::new(Self(answer, AtomicUsize::new(0)))
        }

        async fn say(&self) -> Result<Taken, StoreError> {
            self.1.fetch_add(1, Ordering::SeqCst);
            match self.0 {
                Some(answer) => answer.map_err(|()| StoreError::Unavailable(None)),
                None => pending().await,
            }
        }

        fn asked(&self) -> usize {
            self.1.load(Ordering::SeqCst)
        }
    }

    #[async_trait]
    impl RateLimits for Says {
        async fn take(&self, _: UnixMillis, _: Limit, _: RateKey) -> Result<Taken, StoreError> {
            self.say().await
        }

        async fn look(&self, _: UnixMillis, _: Limit, _: RateKey) -> Result<Taken, StoreError> {
            self.say().await
        }
    }

    fn over(shared: &Arc<Says>) -> Limits {
        Limits::new(&Rates::default(), Some(Arc::clone(shared) as Arc<dyn RateLimits>))
    }

    #[tokio::test]
    async fn each_limit_is_counted_by_itself_and_says_when_to_come_again() {
        let limits = Limits::new(&Rates::default(), None);
        for (limit, units, retry_after_s) in [
            (Limit::Requests, 30, 2),
            (Limit::Verifications, 20, 180),
            (Limit::Sessions, 5, 720),
            (Limit::Rooms, 3, 1_200),
            (Limit::RoomMessages, 10, 6),
        ] {
            for _ in 0..units {
                assert_eq!(limits.take(NOON, limit, ANN).await, Ok(()), "{limit:?}");
            }
            assert_eq!(limits.take(NOON, limit, ANN).await, Err(Beyond { retry_after_s }));
            let later = NOON.after(u64::from(retry_after_s) * 1_000);
            assert_eq!(limits.take(later, limit, ANN).await, Ok(()), "{limit:?}");
        }
    }

    #[tokio::test]
    async fn who_is_beyond_a_limit_elsewhere_is_beyond_it_here() {
        let shared = Says::new(Some(Ok(Taken::Beyond { wait_ms: 2_001 })));
        let limits = over(&shared);
        let refused = limits.take(NOON, Limit::Rooms, ANN).await;
        assert_eq!(refused, Err(Beyond { retry_after_s: 3 }));
    }

    #[tokio::test]
    async fn who_is_beyond_a_limit_here_costs_the_others_nothing() {
        let shared = Says::new(Some(Ok(Taken::Within)));
        let limits = over(&shared);
        for _ in 0..10 {
            let _ = limits.take(NOON, Limit::Rooms, ANN).await;
        }
        assert_eq!(shared.asked(), 3);
    }

    #[tokio::test(start_paused = true)]
    async fn while_nobody_answers_each_server_counts_by_itself() {
        for silent in [Says::new(None), Says::new(Some(Err(())))] {
            let limits = over(&silent);
            let begin = tokio::time::Instant::now();
            for _ in 0..3 {
                assert_eq!(limits.take(NOON, Limit::Rooms, ANN).await, Ok(()));
            }
            assert!(limits.take(NOON, Limit::Rooms, ANN).await.is_err(), "it never fails open");
            assert!(begin.elapsed() <= PATIENCE, "one waits, and no other");
            assert_eq!(silent.asked(), 1);
            let later = NOON.after(3_600_000);
            assert_eq!(limits.take(later, Limit::Rooms, ANN).await, Ok(()));
            assert_eq!(silent.asked(), 2, "and it is asked again");
        }
    }

    #[tokio::test]
    async fn after_too_many_wrong_keys_not_even_the_right_one_is_looked_at() {
        let limits = Limits::new(&Rates::default(), None);
        for _ in 0..20 {
            assert_eq!(limits.sign_in(NOON, ANN, || true).await, SignIn::Right, "it costs nothing");
        }
        for _ in 0..5 {
            assert_eq!(limits.sign_in(NOON, ANN, || false).await, SignIn::Wrong);
        }
        let beyond = SignIn::Beyond(Beyond { retry_after_s: 12 });
        assert_eq!(limits.sign_in(NOON, ANN, || unreachable!()).await, beyond);
        let bob = RateKey::from_bytes([2; 16]);
        assert_eq!(limits.sign_in(NOON, bob, || true).await, SignIn::Right);
        let later = NOON.after(12_000);
        assert_eq!(limits.sign_in(later, ANN, || true).await, SignIn::Right);
    }

    #[tokio::test]
    async fn wrong_keys_shown_to_other_servers_count_here() {
        let shared = Says::new(Some(Ok(Taken::Beyond { wait_ms: 500 })));
        let signed_in = over(&shared).sign_in(NOON, ANN, || unreachable!()).await;
        assert_eq!(signed_in, SignIn::Beyond(Beyond { retry_after_s: 1 }));
    }
}
