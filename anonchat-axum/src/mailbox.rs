//! The bounded mail of one connection.
//!
//! Who delivers never waits. When a connection does not take its mail out in time, the mail is
//! thrown away and the connection is to be dropped: a slow reader costs nobody but itself.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use anonchat_core::{Body, Mail, Whisper};

use crate::metrics::Timer;

/// The mail of one connection, between the store that delivers and the task that takes it out.
pub(crate) struct Mailbox<M = Mail> {
    inside: Mutex<Inside<M>>,
    /// How many pieces there is room for.
    room: usize,
    /// How many there are, to see without the lock that there is none.
    depth: AtomicUsize,
    overflowed: AtomicBool,
}

/// Bytes of pictures that one mailbox has room for.
const IMAGES: usize = 4 << 20;

/// What lies in a mailbox.
pub(crate) enum Post<M = Mail> {
    /// Mail.
    Mail(M),
    /// Mail may have been lost here.
    Gap,
    /// The server is about to stop; the client is to come back after so many milliseconds.
    Restart(u64),
}

/// Why a blocked write cannot be waited for any longer.
#[derive(Clone, Copy)]
pub(crate) enum Pressure {
    /// Mail was thrown away.
    Overflow,
    /// The server is about to stop.
    Restart,
}

struct Inside<M> {
    /// Each piece with when it came.
    post: VecDeque<(Timer, Post<M>)>,
    /// How many bytes the pictures among them take.
    images: usize,
    restart: bool,
    waker: Option<Waker>,
}

/// What one mailbox takes, and how large it is.
pub(crate) trait Letter {
    /// The bytes of the picture that it is.
    fn image(&self) -> usize {
        0
    }
}

impl Letter for Mail {
    fn image(&self) -> usize {
        match self {
            Self::Whisper(Whisper { body: Body::Image(image), .. }) => image.size(),
            _ => 0,
        }
    }
}

impl<M: Letter> Post<M> {
    fn image(&self) -> usize {
        match self {
            Self::Mail(mail) => mail.image(),
            _ => 0,
        }
    }
}

impl<M> Default for Inside<M> {
    fn default() -> Self {
        Self { post: VecDeque::new(), images: 0, restart: false, waker: None }
    }
}

impl<M: Letter> Mailbox<M> {
    pub(crate) fn new(room: usize) -> Self {
        let (depth, overflowed) = (AtomicUsize::new(0), AtomicBool::new(false));
        Self { inside: Mutex::default(), room, depth, overflowed }
    }

    /// Puts something in, or throws everything away if there is no room for it.
    pub(crate) fn put(&self, post: Post<M>) {
        let mut inside = self.inside();
        if self.has_overflowed() {
            return;
        }
        inside.images += post.image();
        if inside.post.len() < self.room && inside.images <= IMAGES {
            inside.restart |= matches!(post, Post::Restart(_));
            if inside.post.capacity() == 0 {
                // Mostly it is taken out before another one comes.
                inside.post.reserve_exact(1);
            }
            inside.post.push_back((Timer::start(), post));
        } else {
            *inside = Inside { waker: inside.waker.take(), ..Inside::default() };
            self.overflowed.store(true, Ordering::Release);
        }
        self.depth.store(inside.post.len(), Ordering::Release);
        let waker = inside.waker.take();
        drop(inside);
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// Takes the oldest piece out, with when it came.
    pub(crate) fn take(&self) -> Option<(Timer, Post<M>)> {
        if self.depth.load(Ordering::Acquire) == 0 {
            return None;
        }
        let mut inside = self.inside();
        let post = inside.post.pop_front()?;
        self.depth.store(inside.post.len(), Ordering::Release);
        inside.images -= post.1.image();
        if inside.post.is_empty() {
            // An idle connection keeps nothing.
            inside.post = VecDeque::new();
        }
        Some(post)
    }

    /// How many pieces lie here.
    #[cfg(feature = "metrics")]
    pub(crate) fn depth(&self) -> usize {
        self.depth.load(Ordering::Relaxed)
    }

    /// Waits until there is something to take out, or the mailbox has overflowed.
    pub(crate) async fn arrival(&self) {
        poll_fn(|cx| self.poll_until(cx, |inside| !inside.post.is_empty())).await;
    }

    /// Waits until a blocked write has to be given up, or soon.
    pub(crate) async fn pressure(&self) -> Pressure {
        poll_fn(|cx| self.poll_until(cx, |inside| inside.restart)).await;
        if self.has_overflowed() { Pressure::Overflow } else { Pressure::Restart }
    }

    /// Whether mail was thrown away.
    pub(crate) fn has_overflowed(&self) -> bool {
        self.overflowed.load(Ordering::Acquire)
    }

    /// Waits for that, or until the mailbox has overflowed. One task waits at a time: the
    /// connection's own.
    fn poll_until(&self, cx: &mut Context<'_>, done: impl Fn(&Inside<M>) -> bool) -> Poll<()> {
        let mut inside = self.inside();
        if self.has_overflowed() || done(&inside) {
            return Poll::Ready(());
        }
        if !inside.waker.as_ref().is_some_and(|waker| waker.will_wake(cx.waker())) {
            inside.waker = Some(cx.waker().clone());
        }
        Poll::Pending
    }

    fn inside(&self) -> MutexGuard<'_, Inside<M>> {
        // No code panics between two consistent states.
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mail_beyond_the_room_throws_everything_away_and_says_so() {
        let mailbox = Mailbox::<Mail>::new(2);
        mailbox.put(Post::Gap);
        mailbox.put(Post::Restart(1));
        assert!(!mailbox.has_overflowed());
        mailbox.put(Post::Gap);
        assert!(mailbox.has_overflowed());
        assert!(mailbox.take().is_none());
        mailbox.put(Post::Gap);
        assert!(mailbox.take().is_none(), "a full mailbox never comes back");
    }

    #[test]
    fn pictures_take_room_by_their_size_until_they_are_taken_out() {
        let image = || {
            let node = anonchat_core::NodeId(1);
            let body = Body::Image(anonchat_core::ChatImage::new("x".repeat(IMAGES / 2)));
            let (to, pair) = (anonchat_core::Conn { node, id: 1 }, [0; 16]);
            let pair = anonchat_core::PairId::from_bytes(pair);
            Post::Mail(Mail::Whisper(anonchat_core::Whisper { to, pair, body }))
        };
        let mailbox = Mailbox::new(100);
        for _ in 0..10 {
            mailbox.put(image());
            mailbox.put(image());
            assert!(mailbox.take().is_some() && mailbox.take().is_some());
        }
        for _ in 0..3 {
            assert!(!mailbox.has_overflowed());
            mailbox.put(image());
        }
        assert!(mailbox.has_overflowed());
    }

    #[tokio::test]
    async fn mail_comes_out_in_order_and_wakes_who_waits() {
        let mailbox = std::sync::Arc::new(Mailbox::<Mail>::new(8));
        let reader = tokio::spawn({
            let mailbox = mailbox.clone();
            async move {
                mailbox.arrival().await;
                mailbox.take()
            }
        });
        tokio::task::yield_now().await;
        mailbox.put(Post::Restart(7));
        assert!(matches!(reader.await.expect("reader"), Some((_, Post::Restart(7)))));
    }
}
