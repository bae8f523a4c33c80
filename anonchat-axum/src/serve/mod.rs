//! Serving an application that has a chat in it.

mod connection;
mod half_open;
#[cfg(test)]
mod tests;

use std::future::Future;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::serve::{Listener, ListenerExt};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::time::timeout;

use crate::address::Reach;
use crate::chat::AnonChat;
use crate::error::Error;
pub(crate) use half_open::HalfOpen;

/// How long requests that are under way when the chat has drained may still take.
const REST: Duration = Duration::from_millis(1500);

/// How long a connection of a trusted proxy may be idle at least. Proxies keep connections for a
/// minute, and one that is ended just when it is used again costs its client the answer.
const PROXY: Duration = Duration::from_secs(75);

/// Serves `app` on `listener` until `signal` completes, and then takes leave of everybody.
///
/// It differs from [`axum::serve()`] in points that matter to a chat:
///
/// * Every socket has `TCP_NODELAY`, without which small frames wait for acknowledgements of others
///   and matches a second drop to a tenth.
/// * Every request has its peer's address as [`ConnectInfo`](axum::extract::ConnectInfo).
/// * The head of a request has to come in whole within `connection.header_s` of the opening of its
///   connection, or of the answer before, and has at most 32 KiB. Connections of trusted proxies
///   may be idle for 75 seconds.
/// * At most `connection.max_half_open` connections may be without a whole request; one more ends
///   the oldest. At most `connection.max_half_open_per_address` of one peer may be without their
///   first, unless it is this machine or a trusted proxy; one more is told `503`, unless
///   256 are being told already. So such
///   connections, however many there are, take less than 40 KiB each of the former number.
/// * Stopping is [`AnonChat::shutdown`] first, because WebSockets are none of the connections that
///   a server of HTTP waits for. It returns within ten seconds of the signal.
///
/// When the process has no file descriptor left it waits a second before it accepts again.
///
/// # Errors
///
/// [`Error::Listen`], if the listener breaks.
pub async fn serve(
    listener: TcpListener,
    app: Router,
    chat: AnonChat,
    signal: impl Future<Output = ()> + Send + 'static,
) -> Result<(), Error> {
    let listener = listener.tap_io(|socket| {
        // A socket that cannot be set is one that is gone already.
        let _ = socket.set_nodelay(true);
    });
    attend(listener, app, chat, signal).await;
    Ok(())
}

/// Accepts connections of any kind until `signal` completes and everybody has left.
async fn attend<L: Listener<Addr = SocketAddr>>(
    mut listener: L,
    app: Router,
    chat: AnonChat,
    signal: impl Future<Output = ()>,
) {
    let head_within = Duration::from_secs(chat.settings().policy.connection.header_s.into());
    let (stop, stopped) = watch::channel(false);
    let mut leaving = pin!(async {
        signal.await;
        chat.shutdown().await;
    });
    loop {
        let (io, peer) = tokio::select! {
            () = &mut leaving => break,
            accepted = listener.accept() => accepted,
        };
        let client = chat.addresses().peer(peer);
        let is_proxy = chat.addresses().is_proxy(peer);
        let counts = client.reach == Reach::Remote && !is_proxy;
        let head_within = if is_proxy { head_within.max(PROXY) } else { head_within };
        match chat.half_open().enter(counts.then_some(client.key)) {
            Some(waiting) => {
                let (app, stopped) = (app.clone(), stopped.clone());
                let serving = connection::run(io, peer, app, waiting, head_within, stopped);
                tokio::spawn(serving);
            }
            None => {
                let table = Arc::clone(chat.half_open());
                tokio::spawn(async move { connection::refuse(io, &table).await });
            }
        }
    }
    drop((listener, stopped));
    let _ = stop.send(true);
    let _ = timeout(REST, stop.closed()).await;
}
