//! What a deployment is made of, before there is a connection.

use std::sync::Arc;
use std::time::Duration;

use anonchat_core::{Policy, PolicyError, PoolId, StoreError};

use super::RedisStore;
use super::connector::Connector;
use super::inboxes::Inboxes;
use super::link::Deployment;
use super::rooms::script::RoomScripts;
use super::script::Scripts;
use super::url::{RedisUrl, UrlError};

/// A [`RedisStore`] in the making.
pub struct RedisStoreBuilder {
    url: RedisUrl,
    policy: Policy,
    pools: Vec<PoolId>,
    deadline: Duration,
    fingerprint: Option<[u8; 32]>,
    corrects_instants: bool,
    scripts: Scripts,
    room_scripts: RoomScripts,
    #[cfg(feature = "redis-tls")]
    certificates: redis::TlsCertificates,
}

/// A store could not be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConnectError {
    /// The address is none.
    #[error(transparent)]
    Url(#[from] UrlError),
    /// A number of the policy is out of its bounds.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// No pool was named.
    #[error("a deployment has at least one pool")]
    NoPool,
    /// Redis cannot be reached or refuses, or what it holds is not this deployment's.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl RedisStoreBuilder {
    /// The longest that a call takes unless [`Self::deadline`] says otherwise.
    pub const DEADLINE: Duration = Duration::from_secs(2);

    pub(super) fn new(url: RedisUrl) -> Self {
        Self {
            url,
            policy: Policy::default(),
            pools: vec![PoolId::main()],
            deadline: Self::DEADLINE,
            fingerprint: None,
            corrects_instants: true,
            scripts: Scripts::new(),
            room_scripts: RoomScripts::new(),
            #[cfg(feature = "redis-tls")]
            certificates: redis::TlsCertificates { client_tls: None, root_cert: None },
        }
    }

    /// The rules; by default [`Policy::default`]. All servers of a deployment have to have the
    /// same: the store does not compare them.
    #[must_use]
    pub fn policy(self, policy: Policy) -> Self {
        Self { policy, ..self }
    }

    /// The pools of this deployment; by default `main` alone. A call to any other is answered
    /// with [`StoreError::UnknownPool`]. Each pool has two connections to Redis, and what
    /// those in charge keep has one. More than one set [`Policy::other_pools`].
    #[must_use]
    pub fn pools(mut self, pools: impl IntoIterator<Item = PoolId>) -> Self {
        self.pools = pools.into_iter().collect();
        self.pools.sort();
        self.pools.dedup();
        self
    }

    /// The longest that a call takes, waiting for a connection included; by default
    /// [`Self::DEADLINE`]. A connection that is silent for as long is given up, and the longest
    /// time until that is noticed is twice this.
    #[must_use]
    pub fn deadline(self, deadline: Duration) -> Self {
        Self { deadline, ..self }
    }

    /// A fingerprint of the key under which device ids are hashed. The first server leaves it in
    /// Redis; one with another is refused with [`StoreError::OtherKey`], because it would take
    /// every device for a stranger and let the banned in. Without it nothing is compared.
    #[must_use]
    pub fn key_fingerprint(self, fingerprint: [u8; 32]) -> Self {
        Self { fingerprint: Some(fingerprint), ..self }
    }

    /// Whether the instants that callers give are corrected by the clock of Redis, so that servers
    /// whose clocks differ by seconds agree; by default they are. Callers have to give the present
    /// then: more than 60 seconds off is an error. A refusal says until when by the caller's clock,
    /// so that the time which is left is right; events tell time by the clock of Redis. Tests that
    /// make their own time switch it off.
    #[must_use]
    pub fn correct_instants(self, corrects_instants: bool) -> Self {
        Self { corrects_instants, ..self }
    }

    /// Trusts these certificates (PEM) instead of those of the system.
    #[cfg(feature = "redis-tls")]
    #[must_use]
    pub fn root_certificates(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.certificates.root_cert = Some(pem.into());
        self
    }

    /// Shows Redis this certificate, which the key belongs to (both PEM).
    #[cfg(feature = "redis-tls")]
    #[must_use]
    pub fn client_certificate(
        mut self,
        certificate: impl Into<Vec<u8>>,
        key: impl Into<Vec<u8>>,
    ) -> Self {
        self.certificates.client_tls = Some(redis::ClientTlsConfig {
            client_cert: certificate.into(),
            client_key: key.into(),
        });
        self
    }

    /// Replaces a text in one of the Lua files (those that only rooms have are called `rooms/…`), so that a test can show that the suite would
    /// notice. `None` unless the text occurs there exactly once.
    #[cfg(feature = "conformance")]
    #[must_use]
    pub fn edited_script(self, file: &str, from: &str, to: &str) -> Option<Self> {
        let (scripts, rooms) =
            (Scripts::edited(file, from, to), RoomScripts::edited(file, from, to));
        if scripts.is_none() && rooms.is_none() {
            return None;
        }
        Some(Self {
            scripts: scripts.unwrap_or(self.scripts),
            room_scripts: rooms.unwrap_or(self.room_scripts),
            ..self
        })
    }

    /// Connects to every pool and checks that it belongs to this deployment.
    ///
    /// It has to be called within a Tokio runtime with time and network, on which the connections
    /// then live. What is lost later is made anew in the background until the store is dropped.
    ///
    /// # Errors
    ///
    /// [`ConnectError`]; within about the deadline for each pool.
    pub async fn connect(mut self) -> Result<RedisStore, ConnectError> {
        self.policy.check()?;
        if self.pools.is_empty() {
            return Err(ConnectError::NoPool);
        }
        if self.pools.len() > 1 {
            self.policy.other_pools = true;
        }
        #[cfg(feature = "redis-tls")]
        let connector = Connector::new(self.url, self.certificates, self.deadline);
        #[cfg(not(feature = "redis-tls"))]
        let connector = Connector::new(self.url, self.deadline);
        let deployment = Deployment {
            policy: Arc::new(self.policy),
            connector,
            scripts: self.scripts,
            room_scripts: self.room_scripts,
            inboxes: Arc::new(Inboxes::new()),
            fingerprint: self.fingerprint,
            corrects_instants: self.corrects_instants,
        };
        Ok(RedisStore::start(deployment, self.pools).await?)
    }
}
