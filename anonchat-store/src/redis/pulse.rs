//! Whether a connection is still of use.

use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::cmd;
use tokio::sync::Notify;
use tokio::time::{sleep, timeout};

use super::outage::Outage;

/// What is known of a connection by those who use it.
#[derive(Default)]
pub(super) struct Pulse {
    lost: Notify,
    doubted: Notify,
}

impl Pulse {
    /// The connection is of no use any more.
    pub(super) fn lose(&self) {
        self.lost.notify_one();
    }

    /// Something did not come in time. That may be the fault of whoever waited too little.
    pub(super) fn doubt(&self) {
        self.doubted.notify_one();
    }

    /// Returns when it is time to ask the connection for a sign of life: in doubt, and now and
    /// then, for the system may take a quarter of an hour to notice that nobody is there.
    pub(super) async fn beat(&self, deadline: Duration) -> Result<(), Outage> {
        tokio::select! {
            () = self.lost.notified() => Err(lost()),
            () = self.doubted.notified() => Ok(()),
            () = sleep(deadline) => Ok(()),
        }
    }

    /// Asks the connection for a sign of life, behind everything that was sent before.
    pub(super) async fn ask(
        &self,
        connection: &mut MultiplexedConnection,
        deadline: Duration,
    ) -> Result<(), Outage> {
        let ping = cmd("PING");
        tokio::select! {
            () = self.lost.notified() => Err(lost()),
            asked = timeout(deadline, ping.exec_async(connection)) => {
                Ok(asked.map_err(|_| Outage::Late)??)
            }
        }
    }
}

fn lost() -> Outage {
    Outage::Unreachable("the connection was lost".into())
}
