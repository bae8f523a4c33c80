//! Whether the client is still there.

use crate::time::UnixMillis;

/// When the client last showed that it lives.
///
/// After half the idle time it is asked for a sign; the other half is for the answer. So a loop
/// that was late itself never takes a client for dead without having asked.
#[derive(Debug)]
pub(super) struct Life {
    half_ms: u64,
    heard: UnixMillis,
    asked: Option<UnixMillis>,
}

/// What the silence of a client calls for.
pub(super) enum Silence {
    /// Nothing yet.
    Bearable,
    /// It is to be asked for a sign.
    Ask,
    /// It is gone.
    Dead,
}

impl Life {
    pub(super) fn new(at: UnixMillis, idle_s: u32) -> Self {
        Self { half_ms: u64::from(idle_s) * 500, heard: at, asked: None }
    }

    /// The client showed a sign of life.
    pub(super) fn sign(&mut self, at: UnixMillis) {
        self.heard = at;
        self.asked = None;
    }

    /// The client could not be heard until now, because its server was waiting for something: it
    /// gets the time to answer once more.
    pub(super) fn listen_again(&mut self, at: UnixMillis) {
        self.asked = self.asked.map(|_| at);
    }

    pub(super) fn deadline(&self) -> UnixMillis {
        self.asked.unwrap_or(self.heard).after(self.half_ms)
    }

    pub(super) fn judge(&mut self, at: UnixMillis) -> Silence {
        if at < self.deadline() {
            return Silence::Bearable;
        }
        match self.asked.replace(at) {
            None => Silence::Ask,
            Some(_) => Silence::Dead,
        }
    }
}
