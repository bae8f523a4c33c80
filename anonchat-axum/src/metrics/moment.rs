//! What is so at the moment of a scrape: how many are here, who waits, what is left to do.

use std::time::{Duration, Instant};

use anonchat_core::{Census, PoolId, Query, View};
use futures_util::future::join_all;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;
use tokio::sync::Mutex;
use tokio::time::timeout;

use crate::call::TURNS;
use crate::chat::{AnonChat, UPLOADS};
use crate::clock;

/// How old the figures of a scrape may be. However many scrape, the store is asked once in this
/// time.
const FRESH: Duration = Duration::from_secs(1);

/// How long a pool may take to answer before the scrape does without it.
const PATIENCE: Duration = Duration::from_secs(2);

/// At most so many orders of one pool are counted.
const ORDERS: usize = 1000;

macro_rules! gauges {
    ($($field:ident = $help:literal;)*) => {
        /// Gauges that are set when somebody asks for them.
        pub(super) struct Moment {
            $($field: Gauge,)*
            /// When they were set.
            pub(super) set: Mutex<Option<Instant>>,
        }

        impl Moment {
            pub(super) fn register(registry: &mut Registry) -> Self {
                $(
                    let $field = Gauge::default();
                    registry.register(stringify!($field), $help, $field.clone());
                )*
                Self { $($field,)* set: Mutex::default() }
            }
        }
    };
}

gauges! {
    connections = "WebSockets that are open";
    connections_limit = "WebSockets that may be open, 0 for any number";
    mailbox_depth = "Pieces of mail that lie in all mailboxes";
    mailbox_depth_max = "Pieces of mail in the fullest mailbox";
    mailbox_room = "Pieces of mail that one mailbox has room for";
    uploads = "Pictures on their way or judged";
    uploads_limit = "Pictures that may be on their way or judged at once";
    turns = "Connections that come in or take leave now";
    turns_limit = "Connections that may come in or take leave at once";
    people_online = "People with a connection in all pools, on all servers";
    people_waiting = "People who can be matched now in all pools";
    pairs = "Pairs in all pools";
    pools = "Pools of this server";
    pools_unavailable = "Pools that did not answer this scrape, and are not in the figures";
    orders_pending = "Orders that other pools have not adopted yet, up to 1000 a pool";
}

impl Moment {
    /// Sets what this server knows by itself, and what the pools say.
    pub(super) async fn set_all(&self, chat: &AnonChat) {
        let (deep, deepest) = chat.hub().depths();
        let limit = chat.settings().policy.connection.max_connections;
        let pools = chat.pools();
        let answers = join_all(pools.iter().map(|pool| ask(chat, pool))).await;
        let known: Vec<_> = answers.iter().flatten().collect();
        let sum = |of: fn(&Census) -> u64| known.iter().map(|(census, _)| of(census)).sum::<u64>();
        let orders: usize = known.iter().map(|(_, orders)| orders).sum();
        for (gauge, value) in [
            (&self.connections, chat.hub().connections() as u64),
            (&self.connections_limit, limit.into()),
            (&self.mailbox_depth, deep as u64),
            (&self.mailbox_depth_max, deepest as u64),
            (&self.mailbox_room, chat.hub().room() as u64),
            (&self.uploads, (UPLOADS - chat.uploads().available_permits().min(UPLOADS)) as u64),
            (&self.uploads_limit, UPLOADS as u64),
            (&self.turns, (TURNS - chat.turns().available_permits().min(TURNS)) as u64),
            (&self.turns_limit, TURNS as u64),
            (&self.people_online, sum(|census| census.online)),
            (&self.people_waiting, sum(|census| census.waiting)),
            (&self.pairs, sum(|census| census.pairs)),
            (&self.pools, pools.len() as u64),
            (&self.pools_unavailable, (pools.len() - known.len()) as u64),
            (&self.orders_pending, orders as u64),
        ] {
            gauge.set(i64::try_from(value).unwrap_or(i64::MAX));
        }
    }

    /// Whether figures that were set then are still good.
    pub(super) fn is_fresh(set: Option<Instant>) -> bool {
        set.is_some_and(|set| clock::monotonic().saturating_duration_since(set) < FRESH)
    }
}

/// A pool's census, and how many orders it keeps for others.
async fn ask(chat: &AnonChat, pool: &PoolId) -> Option<(Census, usize)> {
    let asking = async {
        let census = chat.store().read(pool, clock::now(), &Query::Census).await.ok()?;
        let View::Census(census) = census else { return None };
        if chat.pools().len() == 1 {
            return Some((census, 0)); // there is nobody to carry anything to
        }
        let outbox = Query::Outbox { after: 0, limit: ORDERS };
        match chat.store().read(pool, clock::now(), &outbox).await.ok()? {
            View::Outbox(orders) => Some((census, orders.len())),
            _ => None,
        }
    };
    timeout(PATIENCE, asking).await.ok()?
}
