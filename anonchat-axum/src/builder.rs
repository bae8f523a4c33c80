//! From settings to a running chat.

use std::sync::Arc;

use anonchat_core::session::{Settings, Waits};
use anonchat_core::{
    AdminStore, Classifier, Command, PoolId, RateLimits, Screen, Store, Unscreened,
};
use ipnet::IpNet;
use tokio::sync::Semaphore;

use crate::address::Addresses;
use crate::admin::{self, Admin};
use crate::background;
use crate::bounded::Bounded;
use crate::call::TURNS;
use crate::chat::{AnonChat, Inside, UPLOADS};
use crate::clock;
use crate::crowd::Crowd;
use crate::device::DeviceKey;
use crate::error::Error;
use crate::extract::AdminKeyHash;
use crate::figures::{self, Sampler};
use crate::hub::Hub;
use crate::limits::Limits;
use crate::metrics::Metrics;
use crate::orders::{self, Orders};
use crate::origin::Origins;
#[cfg(feature = "rooms")]
use crate::rooms::{self, Rooms};
use crate::secret::Secret;
use crate::serve::HalfOpen;
#[cfg(feature = "socketio")]
use crate::socketio::{Capabilities, Guests};
use crate::tally::Tally;
use crate::token::Tokens;
use crate::verify::Sittings;

/// When a picture may be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Consent {
    /// Only with `consent=1` from the page's notice.
    #[default]
    Explicit,
    /// Always: consent is taken elsewhere, which older clients need.
    Implied,
}

/// Collects what a chat needs. Made by [`AnonChat::builder`].
#[must_use]
pub struct Builder {
    store: Option<Arc<dyn Store>>,
    classifier: Option<Arc<dyn Classifier>>,
    screen: Arc<dyn Screen>,
    pools: Vec<PoolId>,
    keys: Vec<Secret>,
    admin_key: Option<Secret>,
    admin_store: Option<Arc<dyn AdminStore>>,
    behind_tls: bool,
    origins: Vec<String>,
    consent: Consent,
    development: bool,
    #[cfg(feature = "metrics")]
    metrics_elsewhere: bool,
    trusted_proxies: Vec<IpNet>,
    rate_limits: Option<Arc<dyn RateLimits>>,
    #[cfg(feature = "rooms")]
    rooms: Option<Arc<dyn anonchat_core::RoomStore>>,
}

impl Builder {
    pub(crate) fn new() -> Self {
        Self {
            store: None,
            classifier: None,
            screen: Arc::new(Unscreened),
            pools: vec![PoolId::main()],
            keys: Vec::new(),
            admin_key: None,
            admin_store: None,
            behind_tls: false,
            origins: Vec::new(),
            consent: Consent::default(),
            development: false,
            #[cfg(feature = "metrics")]
            metrics_elsewhere: false,
            trusted_proxies: Vec::new(),
            rate_limits: None,
            #[cfg(feature = "rooms")]
            rooms: None,
        }
    }

    /// Where the pools live. Needed.
    pub fn store(mut self, store: impl Store) -> Self {
        self.store = Some(Arc::new(store));
        self
    }

    /// What looks at selfies. Without one, every picture is wiped unread and its sender is told
    /// that the gender could not be verified. With [`Verification::Off`] it is not asked either.
    ///
    /// [`Verification::Off`]: anonchat_core::Verification::Off
    pub fn classifier(mut self, classifier: impl Classifier) -> Self {
        self.classifier = Some(Arc::new(classifier));
        self
    }

    /// What refuses texts, such as `Screens` of the feature `screens`. Without one, every text
    /// passes.
    pub fn screen(mut self, screen: impl Screen) -> Self {
        self.screen = Arc::new(screen);
        self
    }

    /// The pools of the store that clients may choose from, the default first. Without this call
    /// there is the pool `main`.
    ///
    /// Bans, lifts and known genders hold in all of them: within a second or two, or when a pool
    /// answers again. Every server has to be given all pools of the store, or those that it does
    /// not know may miss some; a pool that is added later does not hear of earlier ones.
    pub fn pools(mut self, pools: impl IntoIterator<Item = PoolId>) -> Self {
        self.pools = pools.into_iter().collect();
        self
    }

    /// A key of the deployment. Needed outside development mode, and the same on every server.
    ///
    /// Call it once for each key, the newest first: the tokens of the verified are made under the
    /// **first** and read under all, device ids are hashed under the **last**. So a rotation puts a
    /// new key in front, and only dropping the last one forgets who is banned.
    pub fn key(mut self, key: Secret) -> Self {
        self.keys.push(key);
        self
    }

    /// The key of the admin API. Without one, nobody gets in.
    pub fn admin_key(mut self, key: Secret) -> Self {
        self.admin_key = Some(key);
        self
    }

    /// Where admin actions are recorded, and what all servers share of them. The same place as the
    /// pools', for a reset empties those. Without one nobody signs in or acts: these routes answer
    /// 501.
    pub fn admin_store(mut self, store: impl AdminStore) -> Self {
        self.admin_store = Some(Arc::new(store));
        self
    }

    /// Whether browsers reach this server through TLS only. Then the cookie of an admin's session
    /// is always `Secure`; without this call it is if the page that signs in came over `https`.
    pub fn behind_tls(mut self, behind_tls: bool) -> Self {
        self.behind_tls = behind_tls;
        self
    }

    /// Origins of pages, such as `https://chat.example.org`, that may talk to this server besides
    /// its own. A page's own origin needs no listing if its host is an IP address or `localhost`.
    pub fn origins<O: Into<String>>(mut self, origins: impl IntoIterator<Item = O>) -> Self {
        self.origins.extend(origins.into_iter().map(Into::into));
        self
    }

    /// Networks of proxies in front of this server, whose `X-Forwarded-For` is believed: the
    /// rightmost entry that is not in one of them is the client. Without this call the socket's peer
    /// is the client, whatever a header says.
    ///
    /// Each proxy has to add the address that it heard from at the right end of the header, or
    /// write the header anew; clients can choose their address otherwise.
    pub fn trusted_proxies(mut self, networks: impl IntoIterator<Item = IpNet>) -> Self {
        self.trusted_proxies.extend(networks);
        self
    }

    /// Who counts requests of client addresses for all servers of the deployment, such as
    /// `anonchat_store::RedisStore::rate_limits`. Without this call, and while nobody answers, each
    /// server counts by itself.
    pub fn rate_limits(mut self, shared: impl RateLimits) -> Self {
        self.rate_limits = Some(Arc::new(shared));
        self
    }

    /// Where sessions and rooms by code live, such as `anonchat_store::MemoryRooms`; all servers of a
    /// deployment need the same. Without this call there are no rooms, and their routes answer 404.
    ///
    /// Its policy has the lengths and numbers of rooms; how often somebody may do something is in
    /// that of [`store`](Self::store).
    #[cfg(feature = "rooms")]
    pub fn rooms(mut self, store: impl anonchat_core::RoomStore) -> Self {
        self.rooms = Some(Arc::new(store));
        self
    }

    /// When a picture may be read. Without this call, with explicit consent only.
    pub fn consent(mut self, consent: Consent) -> Self {
        self.consent = consent;
        self
    }

    /// Whether this is a developer's own machine. Then keys may be missing or weak, the usual
    /// front ends on `localhost` are let in, and requests that came through a proxy or to any host
    /// but a loopback one are refused.
    pub fn development(mut self, development: bool) -> Self {
        self.development = development;
        self
    }

    /// Whether the figures are served by [`AnonChat::metrics_router`] only, and
    /// [`AnonChat::router`] has no `/metrics`. Without this call it has, for who has the admin key.
    #[cfg(feature = "metrics")]
    pub fn metrics_elsewhere(mut self, elsewhere: bool) -> Self {
        self.metrics_elsewhere = elsewhere;
        self
    }

    /// Opens the store and starts what goes on in the background. Needs a tokio runtime.
    ///
    /// # Errors
    ///
    /// [`Error`], if something is missing, too weak or out of bounds, or the store does not open.
    pub async fn start(self) -> Result<AnonChat, Error> {
        let metrics = Arc::new(Metrics::new());
        let store = Bounded::new(self.store.ok_or(Error::NoStore)?, Arc::clone(&metrics));
        let policy = store.policy().clone();
        policy.check()?;
        if self.pools.len() > 1 && !policy.other_pools {
            return Err(Error::PoolsApart);
        }
        if !self.development {
            check("key", &self.keys)?;
            check("admin key", self.admin_key.as_slice())?;
        }
        let mut keys = self.keys;
        if keys.is_empty() && self.development {
            keys.push(Secret::random());
        }
        let last = keys.last().ok_or(Error::NoKey)?;
        let key = DeviceKey::new(last);
        let addresses = Addresses::new(last, self.trusted_proxies);
        let limits = Limits::new(&policy.rates, self.rate_limits);
        let tally = Tally::new(&policy.rates);
        let half_open = Arc::new(HalfOpen::new(&policy.connection));
        let tokens = Arc::new(Tokens::new(&keys, policy.matching.verified_s));
        let hub = Arc::new(Hub::new(&policy));
        store.open(hub.node(), hub.clone()).await?;
        for pool in &self.pools {
            // The lease is there before the first connection is.
            let renew = Command::Renew { node: hub.node() };
            store.apply(pool, clock::now(), clock::roll(), &renew).await?;
        }
        #[cfg(feature = "rooms")]
        let rooms = match self.rooms {
            Some(store) => Some(Rooms::open(store, last).await?),
            None => None,
        };
        let orders = Orders::new(&self.pools);
        let admin_key = self.admin_key.as_ref();
        let admin = Admin::new(self.admin_store, &keys, admin_key, self.behind_tls);
        let chat = AnonChat::new(Inside {
            store,
            classifier: self
                .classifier
                .filter(|_| policy.verification != anonchat_core::Verification::Off),
            settings: Arc::new(Settings {
                policy,
                screen: self.screen,
                attestor: tokens.clone(),
                pools: self.pools,
                waits: Waits::default(),
            }),
            hub,
            orders,
            key,
            tokens,
            #[cfg(feature = "socketio")]
            capabilities: Arc::new(Capabilities::new(&keys)),
            #[cfg(feature = "socketio")]
            guests: Guests::new(&keys),
            admin_key: admin_key.map(AdminKeyHash::new),
            admin,
            sampler: Sampler::new(),
            origins: Origins::new(&self.origins, self.development)?,
            consent: self.consent,
            uploads: Semaphore::new(UPLOADS),
            sittings: Sittings::default(),
            turns: Semaphore::new(TURNS),
            tally,
            metrics,
            #[cfg(feature = "metrics")]
            metrics_elsewhere: self.metrics_elsewhere,
            addresses,
            limits,
            #[cfg(feature = "rooms")]
            rooms,
            crowd: Arc::new(Crowd::default()),
            half_open,
        });
        background::spawn(&chat);
        orders::spawn(&chat);
        figures::spawn(&chat);
        admin::spawn(&chat);
        #[cfg(feature = "rooms")]
        rooms::spawn(&chat);
        Ok(chat)
    }
}

fn check(name: &'static str, secrets: &[Secret]) -> Result<(), Error> {
    match secrets.iter().find_map(Secret::weakness) {
        Some(weakness) => Err(Error::WeakSecret { name, weakness }),
        None => Ok(()),
    }
}
