//! `MemoryStore` passes the suite, and says what it does when something else goes wrong.

use std::sync::Arc;

use anonchat_core::{
    AdminStore, Census, Client, Command, Conn, DeviceId, Dice, Inbox, Mail, NodeId, PairId, Policy,
    PoolId, Query, Store, StoreError, UnixMillis, View,
};
use anonchat_store::MemoryStore;
use anonchat_store::conformance::{self, Server};

#[tokio::test(flavor = "multi_thread")]
async fn it_conforms() {
    conformance::run(|policy| async { ((), MemoryStore::new(policy).expect("within bounds")) })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_conforms_with_all_it_knows_laid_open() {
    conformance::run_servers(|policy| async {
        let store = Arc::new(MemoryStore::new(policy).expect("within bounds"));
        ((), vec![Server::shared(Arc::clone(&store) as _).with_snapshots(store)])
    })
    .await;
}

#[tokio::test]
async fn it_keeps_what_those_in_charge_rely_on() {
    conformance::run_admin(|| async { ((), vec![Arc::new(MemoryStore::default())]) }).await;
}

#[test]
fn a_policy_out_of_bounds_is_refused() {
    let mut policy = Policy::default();
    policy.matching.max_blocks = 0;
    let error = MemoryStore::new(policy).err().expect("refused");
    assert_eq!(error.name, "matching.max_blocks");
}

#[tokio::test]
async fn its_pools_are_those_that_it_was_given_and_know_nothing_of_each_other() {
    let pools = ["eu", "us"].map(|name| PoolId::new(name).expect("a name"));
    let store = MemoryStore::default();
    assert!(!store.policy().other_pools);
    let store = store.with_pools(pools.clone());
    assert!(store.policy().other_pools, "bans are kept for the others");
    let (node, now) = (NodeId(1), UnixMillis::new(1));
    let device = DeviceId::from_bytes([1; 16]);
    let attach = Command::Attach {
        device,
        conn: Conn { node, id: 1 },
        client: Client::Native,
        again: false,
    };
    let dice = Dice { pair: PairId::from_bytes([1; 16]) };
    store.apply(&pools[0], now, dice, &attach).await.expect("known").outcome.expect("comes in");
    for (pool, online) in pools.iter().zip([1, 0]) {
        let census = store.read(pool, now, &Query::Census).await.expect("known");
        let View::Census(census) = census else { panic!("{census:?}") };
        assert_eq!(census, Census { online, ..Census::default() });
    }
    let main = store.read(&PoolId::main(), now, &Query::Census).await;
    assert!(matches!(main, Err(StoreError::UnknownPool)));
}

struct Panics;

impl Inbox for Panics {
    fn deliver(&self, _mail: Mail) {
        panic!("a wrong inbox");
    }
    fn gap(&self) {}
}

#[tokio::test]
async fn after_a_panic_under_the_lock_it_is_unavailable_and_panics_no_more() {
    let store = Arc::new(MemoryStore::default());
    let (pool, node, now) = (PoolId::main(), NodeId(1), UnixMillis::new(1));
    store.open(node, Arc::new(Panics)).await.expect("opens");
    let device = DeviceId::from_bytes([1; 16]);
    let conn = Conn { node, id: 1 };
    let attach = Command::Attach { device, conn, client: Client::Native, again: false };
    let dice = Dice { pair: PairId::from_bytes([1; 16]) };
    let (same, its_pool) = (Arc::clone(&store), pool.clone());
    tokio::spawn(async move { same.apply(&its_pool, now, dice, &attach).await })
        .await
        .expect_err("the inbox panics");
    let applied = store.apply(&pool, now, dice, &Command::Sweep).await;
    assert!(matches!(applied, Err(StoreError::Unavailable(Some(_)))));
    let viewed = store.read(&pool, now, &Query::Census).await;
    assert!(matches!(viewed, Err(StoreError::Unavailable(Some(_)))));
    store.reset().await.expect("a reset needs nothing of what was there");
    let swept = store.apply(&pool, now, dice, &Command::Sweep).await.expect("it can be trusted");
    assert_eq!(swept.seq, 1);
}
