//! Serving an application that has a chat in it.

use std::future::Future;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::chat::AnonChat;
use crate::error::Error;

/// How long requests that are under way when the chat has drained may still take.
const REST: Duration = Duration::from_millis(1500);

/// Serves `app` on `listener` until `signal` completes, and then takes leave of everybody.
///
/// It differs from [`axum::serve()`] in two points that matter to a chat. Every socket has
/// `TCP_NODELAY`, without which small frames wait for acknowledgements of others and matches a
/// second drop to a tenth. And stopping is [`AnonChat::shutdown`] first, because WebSockets are
/// none of the connections that axum waits for. It returns within ten seconds of the signal.
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
    let (drained, rest) = oneshot::channel();
    let stop = async move {
        signal.await;
        chat.shutdown().await;
        let _ = drained.send(());
    };
    let app = app.into_make_service_with_connect_info::<SocketAddr>();
    let serving = axum::serve(listener, app).with_graceful_shutdown(stop);
    let overdue = async {
        match rest.await {
            Ok(()) => tokio::time::sleep(REST).await,
            Err(_) => std::future::pending().await, // the server ended by itself
        }
    };
    tokio::select! {
        served = async { serving.await } => Ok(served?),
        () = overdue => Ok(()),
    }
}
