//! What one socket sends, from its first event to its end.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value;
use socketioxide::SendError;
use socketioxide::extract::{Event, SocketRef, TryData};
use tokio::sync::{mpsc, watch};

/// Events of one client that may wait for those before them, and their bytes. More are dropped.
const AHEAD: usize = 32;
const AHEAD_BYTES: usize = 2 << 20;

/// An event of a client, as it came. There is deliberately no `Debug`: it may hold chat text.
pub(super) struct Said {
    pub(super) name: String,
    /// Its first argument, null if there is none or it cannot be read.
    pub(super) data: Value,
}

/// What comes over a socket from now on. It does not hold the socket, which holds the other end.
pub(super) struct Events {
    events: mpsc::Receiver<Said>,
    waiting: Arc<AtomicUsize>,
    gone: watch::Receiver<bool>,
}

impl Events {
    /// Listens. A client may speak as soon as it is told that it is connected, so that this comes
    /// before.
    pub(super) fn of(socket: &SocketRef) -> Self {
        let (sender, events) = mpsc::channel(AHEAD);
        let (end, gone) = watch::channel(false);
        let waiting = Arc::new(AtomicUsize::new(0));
        let bytes = Arc::clone(&waiting);
        // What a handler does before its future is done in the order of the events.
        socket.on_fallback(move |Event(name): Event, TryData(data): TryData<Value>| {
            let said = Said { name, data: data.unwrap_or(Value::Null) };
            let weight = said.weight();
            if bytes.fetch_add(weight, Ordering::Relaxed) > AHEAD_BYTES
                || sender.try_send(said).is_err()
            {
                bytes.fetch_sub(weight, Ordering::Relaxed);
            }
            async {}
        });
        socket.on_disconnect(move || {
            end.send_replace(true);
            async {}
        });
        Self { events, waiting, gone }
    }

    async fn next(&mut self) -> Option<Said> {
        let said = tokio::select! {
            biased;
            said = self.events.recv() => said,
            _ = self.gone.wait_for(|gone| *gone) => None,
        };
        self.waiting.fetch_sub(said.as_ref().map_or(0, Said::weight), Ordering::Relaxed);
        said
    }
}

/// A socket and its events, whoever listens to them at the time.
pub(super) struct Incoming {
    pub(super) socket: SocketRef,
    events: Events,
    /// One that was for whoever listens next.
    returned: Option<Said>,
}

impl Incoming {
    pub(super) const fn new(socket: SocketRef, events: Events) -> Self {
        Self { socket, events, returned: None }
    }

    /// The next event; `None` when the client is gone. Nothing is lost if this is dropped.
    pub(super) async fn next(&mut self) -> Option<Said> {
        match self.returned.take() {
            Some(said) => Some(said),
            None => self.events.next().await,
        }
    }

    /// Gives an event back, for whoever listens next.
    pub(super) fn give_back(&mut self, said: Said) {
        self.returned = Some(said);
    }

    /// Tells the client something, unless it does not read.
    pub(super) fn tell(&self, name: &'static str, data: &Value) {
        let _ = self.emit(name, data);
    }

    /// Sends an event with its argument, without one for null.
    pub(super) fn emit(&self, name: &'static str, data: &Value) -> Result<(), SendError> {
        match data {
            // An array is as many arguments as it has items.
            Value::Null => self.socket.emit(name, &[0_u8; 0]),
            data => self.socket.emit(name, data),
        }
    }
}

impl Said {
    /// About how many bytes it takes.
    pub(super) fn weight(&self) -> usize {
        self.name.len() + weight(&self.data)
    }

    /// A text member of its argument.
    pub(super) fn text(&self, member: &str) -> Option<&str> {
        self.data.get(member)?.as_str()
    }
}

fn weight(data: &Value) -> usize {
    size_of::<Value>()
        + match data {
            Value::String(text) => text.len(),
            Value::Array(items) => items.iter().map(weight).sum(),
            Value::Object(members) => {
                members.iter().map(|(name, value)| name.len() + weight(value)).sum()
            }
            _ => 0,
        }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_event_weighs_at_least_its_texts() {
        for (data, least) in [
            (Value::Null, 4),
            (json!("x".repeat(1_000)), 1_004),
            (json!({ "image": "x".repeat(1_000), "roomId": [["y".repeat(500)], 7] }), 1_515),
        ] {
            let said = Said { name: "name".into(), data };
            assert!(said.weight() >= least, "{} {least}", said.weight());
        }
    }
}
