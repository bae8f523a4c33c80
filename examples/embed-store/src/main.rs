//! A store of one's own, in about sixty lines: `store.rs` is all of it, and the test below runs the
//! suite over it.

mod store;

use std::sync::Arc;

use anonchat_core::{
    Client, Command, Conn, DeviceId, Dice, Inbox, Mail, NodeId, PairId, Policy, PoolId, Store,
    StoreError, UnixMillis, Wish,
};

use store::LockedStore;

/// An inbox that prints. A server hands mail on to its connections.
struct Print;

impl Inbox for Print {
    #[expect(clippy::print_stdout, reason = "an example shows what it does")]
    fn deliver(&self, mail: Mail) {
        if let Mail::Event(envelope) = mail {
            println!("connection {}: {:?}", envelope.conn.id, envelope.event);
        }
    }

    fn gap(&self) {}
}

#[tokio::main]
async fn main() -> Result<(), StoreError> {
    let store = LockedStore::new(Policy::default().into());
    let (pool, node, now) = (PoolId::main(), NodeId(1), UnixMillis::new(1_700_000_000_000));
    store.open(node, Arc::new(Print)).await?;
    for n in [1, 2] {
        let (device, conn) = (DeviceId::from_bytes([n; 16]), Conn { node, id: n.into() });
        let dice = Dice { pair: PairId::from_bytes([n; 16]) }; // a server draws 16 random bytes
        let attach = Command::Attach { device, conn, client: Client::Native, again: false };
        store.apply(&pool, now, dice, &attach).await?.outcome.expect("nobody is banned");
        let join = Command::Join { device, conn, wish: Wish::default() };
        store.apply(&pool, now, dice, &join).await?.outcome.expect("the first of the day");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use anonchat_store::conformance;

    use super::LockedStore;

    #[tokio::test(flavor = "multi_thread")]
    async fn it_conforms() {
        conformance::run(|policy| async { ((), LockedStore::new(policy.into())) }).await;
    }
}
