//! What a write waits for, so that more leaves in it.

use std::future::{Future, poll_fn};
use std::mem;
use std::pin::pin;
use std::task::{Context, Poll};

use super::Line;
use crate::transport::Transport;

/// So often in a turn it is looked for more before a write.
const LOOKS: u8 = 2;

/// What has happened since the connection was last woken, for which a write may wait a moment.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Turn {
    /// The pool has told something since it was last looked for more.
    is_told: bool,
    /// The store has answered a command since then.
    has_commanded: bool,
    /// How often it was looked for more.
    looks: u8,
}

impl Turn {
    pub(super) fn note_event(&mut self) {
        self.is_told = true;
    }

    pub(super) fn note_command(&mut self) {
        self.has_commanded = true;
    }
}

impl<T: Transport> Line<T> {
    /// Looks, before a write, for what may leave in the same one, for a write costs more than all else
    /// that is done for a frame. Who was told something by the pool has perhaps said something
    /// meanwhile; and after a command it is the turn of others, who often meet or leave whoever gave it.
    /// What a partner says waits for neither.
    ///
    /// Returns whether there is something to carry out first.
    pub(super) async fn gathers_more(&mut self) -> bool {
        let Turn { is_told, has_commanded, looks } = self.turn;
        if looks == LOOKS {
            return false;
        }
        self.turn = Turn { looks: looks + 1, ..Turn::default() };
        if is_told && self.hears() {
            let hearing = |cx: &mut Context<'_>| Poll::Ready(pin!(self.transport.hear()).poll(cx));
            if let Poll::Ready(heard) = poll_fn(hearing).await {
                self.take(heard);
                return true;
            }
        }
        if has_commanded {
            give_way().await;
        }
        has_commanded
    }
}

/// Lets those go first who are told that somebody has left, before what that one has is given back: in a
/// storm, in which very many leave at once, that takes longer than to tell the others. Twice, for who is
/// told by the last of those who leave stands behind the first of them.
pub(super) async fn give_way_to_those_who_hear_of_it() {
    give_way().await;
    give_way().await;
}

/// Lets those go first whose turn it is. Unlike tokio's `yield_now` it does not wait for news from
/// the system, for whoever does is the last.
pub(super) async fn give_way() {
    let mut has_given_way = false;
    let giving_way = |cx: &mut Context<'_>| {
        if mem::replace(&mut has_given_way, true) {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    };
    poll_fn(giving_way).await;
}
