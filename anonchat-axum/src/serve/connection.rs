//! One connection: requests one after the other, each with its head in time.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{ConnectInfo, Request};
use axum::response::Response;
use http_body::{Frame, SizeHint};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::sync::watch;
use tokio::time::{sleep, timeout};
use tower_service::Service;

use super::half_open::{HalfOpen, Waiting};

/// The most bytes of a request's head, and of what is read of a body at once.
const HEAD: usize = 32 << 10;

/// How long a connection that has said nothing yet has to do so when the server stops.
const LAST_CALL: Duration = Duration::from_millis(250);

/// How long the word that there is no room may take.
const REFUSAL: Duration = Duration::from_millis(250);

/// What a connection is told for which there is no room.
const FULL: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\n\
    content-type: application/json\r\n\
    content-length: 70\r\n\
    retry-after: 10\r\n\
    connection: close\r\n\r\n\
    {\"detail\":\"Too many connections\",\"error\":\"Too many connections\"}      ";

/// Serves a connection to its end.
pub(super) async fn run<I>(
    io: I,
    peer: SocketAddr,
    app: Router,
    waiting: Waiting,
    head_within: Duration,
    mut stop: watch::Receiver<bool>,
) where
    I: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let waiting = Arc::new(waiting);
    let service = service_fn(|request: hyper::Request<Incoming>| {
        waiting.begin();
        let waiting = Arc::clone(&waiting);
        let mut request: Request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        let answer = app.clone().call(request);
        async move {
            let answer: Response = answer.await?;
            Ok::<_, Infallible>(answer.map(|body| Answer { body, waiting }))
        }
    });
    let mut connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(head_within)
        .max_buf_size(HEAD)
        .serve_connection(TokioIo::new(io), service)
        .with_upgrades();
    let mut stopping = false;
    loop {
        tokio::select! {
            // How a client ended its connection is nobody's concern.
            _ = &mut connection => return,
            () = waiting.turned_out() => {
                // In the middle of a connection it would be taken for an answer.
                if waiting.is_new() && let Some(parts) = connection.into_parts() {
                    Box::pin(refuse(parts.io.into_inner(), waiting.table())).await;
                }
                return;
            }
            () = told(&mut stop), if !stopping => {
                stopping = true;
                Pin::new(&mut connection).graceful_shutdown();
            }
            () = sleep(LAST_CALL), if stopping && waiting.is_new() => return,
        }
    }
}

/// Waits until the server stops.
async fn told(stop: &mut watch::Receiver<bool>) {
    // Who cannot tell any more has stopped as well.
    let _ = stop.wait_for(|stop| *stop).await;
}

/// Says that there is no room. What the client has said is read first, as far as it is there, or
/// the answer would be lost with it. When too many are being told, nothing is said.
pub(super) async fn refuse(mut io: impl AsyncRead + AsyncWrite + Unpin, table: &HalfOpen) {
    let Some(_leave) = table.may_tell() else { return };
    let telling = async {
        io.write_all(FULL).await?;
        io.shutdown().await?;
        let mut heard = [0; 1 << 10];
        while io.read(&mut heard).await? > 0 {}
        Ok::<_, std::io::Error>(())
    };
    let _ = timeout(REFUSAL, telling).await;
}

/// The body of an answer. When it is on its way, the next request is to come.
struct Answer {
    body: Body,
    waiting: Arc<Waiting>,
}

impl HttpBody for Answer {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Answer {
    fn drop(&mut self) {
        self.waiting.wait();
    }
}
