//! What goes on in the rooms without anybody asking: this server's lease is renewed, what time
//! brings about is done, and sockets that are gone without the store's knowing are told of.

use std::time::Duration;

use anonchat_core::room::RoomCommand;
use anonchat_core::{RoomInbox, StoreError, UnixMillis};

use super::Rooms;
use crate::background::{TICK, ticks};
use crate::chat::AnonChat;
use crate::clock;

/// Sweeps of one tick.
const SWEEPS: usize = 64;

/// Runs until nobody holds the chat any more.
pub(crate) fn spawn(chat: &AnonChat) {
    let Some(rooms) = chat.rooms() else { return };
    let lease_ms = u64::from(rooms.policy().connection.lease_s) * 1_000;
    let tending = Tending { lease_ms, renewed: clock::now(), is_away: false };
    tokio::spawn(tending.run(chat.weak()));
}

/// The rooms, as this server looks after them.
struct Tending {
    lease_ms: u64,
    renewed: UnixMillis,
    /// Whether the store did not answer the last time.
    is_away: bool,
}

impl Tending {
    async fn run(mut self, chat: impl Fn() -> Option<AnonChat> + Send) {
        let mut ticks = ticks(TICK.min(Duration::from_millis(self.lease_ms / 6)));
        loop {
            ticks.tick().await;
            let Some(chat) = chat() else { return };
            let Some(rooms) = chat.rooms() else { return };
            let done = self.tend(rooms).await;
            self.report(done.err());
        }
    }

    /// The lease comes first, for a process that was stopped must not sweep itself away; without it
    /// there is no sweep.
    async fn tend(&mut self, rooms: &Rooms) -> Result<(), StoreError> {
        for _ in 0..SWEEPS {
            self.renew(rooms).await?;
            if !rooms.commit(&RoomCommand::Sweep).await?.more {
                break;
            }
        }
        let mut lost = rooms.hub().take_lost().into_iter();
        while let Some(conn) = lost.next() {
            if let Err(error) = rooms.commit(&RoomCommand::Detach { conn }).await {
                rooms.hub().put_back(lost.chain([conn]));
                return Err(error);
            }
        }
        Ok(())
    }

    /// Renews this server's lease whenever it is time.
    async fn renew(&mut self, rooms: &Rooms) -> Result<(), StoreError> {
        let now = clock::now();
        if now.since(self.renewed) < self.lease_ms / 3 && now >= self.renewed {
            return Ok(());
        }
        rooms.commit(&RoomCommand::Renew { node: rooms.hub().node() }).await?;
        // Other servers may have taken this one for dead meanwhile; nobody tells its sockets.
        if now.since(self.renewed) >= self.lease_ms * 2 / 3 {
            rooms.hub().gap();
        }
        self.renewed = now;
        Ok(())
    }

    /// Says once that the store is away, and once that it is back.
    fn report(&mut self, error: Option<StoreError>) {
        let was_away = std::mem::replace(&mut self.is_away, error.is_some());
        match error {
            Some(error) if !was_away => {
                tracing::warn!(%error, "the store of rooms does not answer");
            }
            None if was_away => tracing::info!("the store of rooms answers again"),
            _ => {}
        }
    }
}
