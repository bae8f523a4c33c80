//! `MemoryStore` passes the suite, and says what it does when something else goes wrong.

use std::sync::Arc;

use anonchat_core::{
    Client, Command, Conn, DeviceId, Dice, Inbox, Mail, NodeId, PairId, Policy, PoolId, Query,
    Store, StoreError, UnixMillis,
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

#[test]
fn a_policy_out_of_bounds_is_refused() {
    let mut policy = Policy::default();
    policy.matching.max_blocks = 0;
    let error = MemoryStore::new(policy).err().expect("refused");
    assert_eq!(error.name, "matching.max_blocks");
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
}
