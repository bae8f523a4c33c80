//! A connection from its coming in to its end, whatever carries it.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use anonchat_core::session::Session;
use anonchat_core::{Client, Command, DeviceId, Gender, PairId, PoolId};
use futures_util::FutureExt;
use tracing::Instrument;
use tracing::field::Empty;

use crate::chat::AnonChat;
use crate::clock;
use crate::drive::drive;
use crate::metrics::label::Reason;
use crate::transport::Transport;

/// Who came in, and how they speak.
pub(crate) struct Guest {
    pub(crate) device: DeviceId,
    pub(crate) client: Client,
    /// `None` if the client asks for a pool that is not there.
    pub(crate) pool: Option<PoolId>,
    /// The gender that was declared at the door.
    pub(crate) declares: Option<Gender>,
    /// The talk for which alone a [`Client::Capability`] comes.
    pub(crate) enters: Option<PairId>,
}

/// Serves somebody until they are gone.
///
/// The future is what an idle connection costs, so that it holds nothing twice: everything is put
/// together before it is.
pub(crate) fn connect(
    chat: AnonChat,
    guest: Guest,
    transport: impl Transport,
) -> impl Future<Output = ()> + Send {
    let place = Arc::new(chat.hub().enter());
    chat.metrics().opened();
    tracing::debug!(native = guest.client == Client::Native, "a connection has come in");
    let Guest { device, client, pool, declares, enters } = guest;
    let (now, conn, settings) = (clock::now(), place.conn(), chat.settings().clone());
    let session = match enters {
        Some(pair) => Session::entering(now, settings, pool.clone(), device, conn, pair),
        None => Session::new(now, settings, pool.clone(), client, device, conn),
    };
    let session = session.with_rates(chat.tally().of(now, device)).declaring(declares);
    let span =
        tracing::debug_span!("connection", native = client == Client::Native, reason = Empty);
    let driven = drive(chat.clone(), Arc::clone(&place), session, transport).instrument(span);
    // A block that awaits what it has captured would hold it once more.
    AssertUnwindSafe(driven).catch_unwind().then(async move |driven| {
        if driven.is_ok() {
            return;
        }
        tracing::error!("a connection's task panicked");
        chat.metrics().closed(Reason::Panicked, false);
        // Whatever broke, the device does not stay behind as a ghost that others are paired with.
        let Some(pool) = pool else { return };
        for conn in place.names() {
            let detach = Command::Detach { device, conn };
            let detaching = chat.store().apply(&pool, clock::now(), clock::roll(), &detach);
            let _ = Box::pin(detaching).await;
        }
    })
}
