//! The live figures, once and as server-sent events.

use std::convert::Infallible;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream::unfold;
use tokio::sync::{mpsc, watch};

use super::refused::Refused;
use crate::chat::AnonChat;
use crate::clock;
use crate::extract::AdminKey;
use crate::figures::{Course, Live};

/// Streams of one server that may be open at once.
pub(super) const STREAMS: usize = 16;

/// Messages that a reader may be behind. Then it is dropped.
const BEHIND: usize = 8;

/// The present, the last minute by seconds and the last hour by minutes
#[utoipa::path(
    get,
    path = "/admin/figures",
    operation_id = "figures",
    tag = "admin",
    responses((status = 200, description = "At most 60 points each, oldest first", body = Course)),
)]
pub(crate) async fn figures(_key: AdminKey, State(chat): State<AnonChat>) -> Json<Course> {
    Json(chat.sampler().course(&chat))
}

/// Server-sent events named `figures`, about one a second, each with this in JSON
#[utoipa::path(
    get,
    path = "/admin/live",
    operation_id = "live",
    tag = "admin",
    responses((status = 200, description = "They go on until one side ends them", body = Live, content_type = "text/event-stream")),
)]
pub(crate) async fn live(key: AdminKey, State(chat): State<AnonChat>) -> Result<Response, Refused> {
    let streams = Arc::clone(chat.admin().streams());
    let permit = streams.try_acquire_owned().map_err(|_| Refused::Busy)?;
    let (sender, receiver) = mpsc::channel(BEHIND);
    let news = chat.sampler().listen();
    let _ = sender.try_send(chat.sampler().latest(&chat));
    tokio::spawn(async move {
        let lasts = || !chat.hub().is_closing() && key.lasts(&chat, clock::now());
        pass_on(news, sender, lasts).await;
        drop(permit);
    });
    let events = unfold(receiver, |mut receiver| async {
        let json = receiver.recv().await?;
        let event = Event::default().event("figures").data(&*json);
        Some((Ok::<_, Infallible>(event), receiver))
    });
    // Proxies that gather what they pass on would make it anything but live; and it is for no cache,
    // not even one that asks whether it is still fresh.
    let headers = [("x-accel-buffering", "no"), ("cache-control", "no-store")];
    Ok((headers, Sse::new(events)).into_response())
}

/// Passes on what is new until the reader is gone or too slow, or `lasts` says no.
async fn pass_on(
    mut news: watch::Receiver<Arc<str>>,
    sender: mpsc::Sender<Arc<str>>,
    lasts: impl Fn() -> bool,
) {
    loop {
        tokio::select! {
            changed = news.changed() => if changed.is_err() { return },
            () = sender.closed() => return,
        }
        let json = Arc::clone(&news.borrow_and_update());
        if !lasts() || sender.try_send(json).is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    async fn tell(news: &watch::Sender<Arc<str>>, text: String) {
        news.send_replace(text.into());
        for _ in 0..8 {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn who_does_not_read_is_dropped_and_keeps_nothing_more() {
        let (news, listener) = watch::channel(Arc::from(""));
        let (sender, mut receiver) = mpsc::channel(BEHIND);
        let passing = tokio::spawn(pass_on(listener, sender, || true));
        for message in 0..=BEHIND {
            tell(&news, message.to_string()).await;
        }
        passing.await.expect("ends though nobody has read");
        let mut read = Vec::new();
        while let Some(message) = receiver.recv().await {
            read.push(message);
        }
        assert_eq!(read.len(), BEHIND, "then the stream ends");
        assert_eq!(news.receiver_count(), 0);
    }

    #[tokio::test]
    async fn who_reads_is_told_everything_until_it_may_no_longer() {
        let (news, listener) = watch::channel(Arc::from(""));
        let (sender, mut receiver) = mpsc::channel(BEHIND);
        let may = Arc::new(AtomicBool::new(true));
        let lasts = Arc::clone(&may);
        let passing = tokio::spawn(pass_on(listener, sender, move || lasts.load(Ordering::SeqCst)));
        for message in 0..3 * BEHIND {
            tell(&news, message.to_string()).await;
            assert_eq!(receiver.recv().await.as_deref(), Some(&*message.to_string()));
        }
        may.store(false, Ordering::SeqCst);
        tell(&news, "secret".to_owned()).await;
        passing.await.expect("ends");
        assert_eq!(receiver.recv().await, None);
    }

    #[tokio::test]
    async fn a_reader_who_leaves_ends_the_stream() {
        let (news, listener) = watch::channel(Arc::from(""));
        let (sender, receiver) = mpsc::channel(BEHIND);
        let passing = tokio::spawn(pass_on(listener, sender, || true));
        drop(receiver);
        passing.await.expect("ends without news");
        drop(news);
    }
}
