//! How long a write may take before its client is given up.

use std::convert::Infallible;
use std::future::{Future, pending, poll_fn};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use tokio::time::timeout;

use crate::call::Call;
use crate::mailbox::{Letter, Mailbox, Pressure};

/// How long a client may let a write wait when the server is about to stop.
const LEAVE: Duration = Duration::from_secs(2);

/// Waits for a write, unless the client lets it wait too long: until its mailbox is full, until the
/// server has to stop, or as long as silence is borne at all. `None` means that it did.
pub(crate) async fn patiently<T, M: Letter>(
    mailbox: &Mailbox<M>,
    patience: Duration,
    call: Option<&mut Call>,
    op: impl Future<Output = T>,
) -> Option<T> {
    let mut op = pin!(op);
    // Nearly every write is done at once and needs no timer.
    if let Poll::Ready(done) = poll_fn(|cx| Poll::Ready(op.as_mut().poll(cx))).await {
        return Some(done);
    }
    // So every connection has room for this only while it waits.
    Box::pin(async move {
        let race = async {
            tokio::select! {
                biased;
                done = &mut op => Ok(done),
                pressure = mailbox.pressure() => Err(pressure),
                never = go_on(call) => match never {},
            }
        };
        match timeout(patience, race).await.ok()? {
            Ok(done) => Some(done),
            Err(Pressure::Overflow) => None,
            Err(Pressure::Restart) => timeout(LEAVE.min(patience), op).await.ok(),
        }
    })
    .await
}

async fn go_on(call: Option<&mut Call>) -> Infallible {
    match call {
        Some(call) => call.go_on().await,
        None => pending().await,
    }
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};

    use tokio::time::sleep;

    use super::*;
    use crate::mailbox::Post;

    const PATIENCE: Duration = Duration::from_secs(60);

    fn mailbox() -> Mailbox {
        Mailbox::new(1)
    }

    #[tokio::test(start_paused = true)]
    async fn a_write_that_is_done_is_done() {
        assert_eq!(patiently(&mailbox(), PATIENCE, None, ready(7)).await, Some(7));
        let slow = sleep(Duration::from_secs(59));
        assert_eq!(patiently(&mailbox(), PATIENCE, None, slow).await, Some(()));
    }

    #[tokio::test(start_paused = true)]
    async fn a_blocked_write_is_given_up_when_mail_is_thrown_away() {
        let mailbox = mailbox();
        mailbox.put(Post::Gap);
        mailbox.put(Post::Gap);
        let start = tokio::time::Instant::now();
        assert_eq!(patiently(&mailbox, PATIENCE, None, pending::<()>()).await, None);
        assert_eq!(start.elapsed(), Duration::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn a_blocked_write_has_a_moment_left_when_the_server_stops() {
        let mailbox = mailbox();
        mailbox.put(Post::Restart(0));
        let start = tokio::time::Instant::now();
        assert_eq!(patiently(&mailbox, PATIENCE, None, pending::<()>()).await, None);
        assert_eq!(start.elapsed().as_secs(), LEAVE.as_secs());
        assert_eq!(patiently(&mailbox, PATIENCE, None, sleep(LEAVE / 2)).await, Some(()));
    }

    #[tokio::test(start_paused = true)]
    async fn a_blocked_write_is_borne_no_longer_than_silence() {
        let start = tokio::time::Instant::now();
        assert_eq!(patiently(&mailbox(), PATIENCE, None, pending::<()>()).await, None);
        assert_eq!(start.elapsed().as_secs(), PATIENCE.as_secs());
    }
}
