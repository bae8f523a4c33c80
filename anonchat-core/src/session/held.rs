//! What is said to somebody who was matched and has not come to the talk yet.

use std::collections::VecDeque;

use super::Session;
use super::answer::ServerFrame;
use super::frame::Action;
use super::refusal::{AWAY_PARTNER, BLIND_PARTNER, ErrorCode, LARGE_IMAGE, Refusal};
use super::talk::Doing;
use crate::store::{Body, ChatImage};
use crate::time::UnixMillis;

/// Messages with the instant of each, the oldest first. They are the only ones that a session ever
/// holds, and go with it.
#[derive(Default)]
#[expect(
    clippy::box_collection,
    reason = "nearly always there is none, which takes a quarter of the room like this"
)]
pub(super) struct Held(Option<Box<VecDeque<(UnixMillis, Body)>>>);

impl Held {
    pub(super) const fn new() -> Self {
        Self(None)
    }

    /// Keeps one more, unless there are `most`.
    pub(super) fn put(&mut self, at: UnixMillis, body: Body, most: usize) -> bool {
        let held = self.0.get_or_insert_default();
        let fits = held.len() < most;
        if fits {
            held.push_back((at, body));
        }
        fits
    }

    /// All, in their order.
    pub(super) fn take(&mut self) -> impl Iterator<Item = Body> + use<> {
        self.0.take().into_iter().flat_map(|held| *held).map(|(_, body)| body)
    }

    /// Until when the oldest is kept.
    fn until(&self, held_ms: u64) -> Option<UnixMillis> {
        self.0.as_ref()?.front().map(|(since, _)| since.after(held_ms))
    }

    /// Forgets what was kept long enough.
    fn expire(&mut self, at: UnixMillis, held_ms: u64) {
        while self.until(held_ms).is_some_and(|until| until <= at) {
            self.0.as_mut().and_then(|held| held.pop_front());
        }
    }
}

impl Session {
    /// When something that is held is to be forgotten.
    pub(super) fn held_until(&self) -> Option<UnixMillis> {
        match &self.doing {
            Doing::Talking(talk) => talk.held.until(self.held_ms()),
            _ => None,
        }
    }

    /// Forgets what has waited long enough.
    pub(super) fn forget_held(&mut self) {
        let (at, held_ms) = (self.clock, self.held_ms());
        if let Doing::Talking(talk) = &mut self.doing {
            talk.held.expire(at, held_ms);
        }
    }

    /// Sends on what has waited for the partner, if they are there.
    pub(super) fn hand_over(&mut self) {
        if let Doing::Talking(talk) = &mut self.doing {
            self.out.extend(talk.hand_over());
        }
    }

    /// Shows the partner a picture, or says why not. Pictures are never held.
    pub(super) fn show(&mut self, image: ChatImage) {
        let refusal = match &self.doing {
            _ if image.size() > self.settings.policy.text.image_bytes as usize => {
                Refusal::new(ErrorCode::TooLong).saying(LARGE_IMAGE)
            }
            Doing::Talking(talk) if !talk.sees => {
                Refusal::new(ErrorCode::InvalidFrame).saying(BLIND_PARTNER)
            }
            Doing::Talking(talk) => match talk.to_partner(Body::Image(image)) {
                Some(whisper) => return self.out.push(whisper),
                None => Refusal::new(ErrorCode::Unavailable).saying(AWAY_PARTNER),
            },
            _ => return,
        };
        self.send(ServerFrame::Error(refusal.of(Action::Image)));
    }

    fn held_ms(&self) -> u64 {
        u64::from(self.settings.policy.connection.held_s) * 1_000
    }
}

#[cfg(feature = "test-util")]
impl std::fmt::Debug for Held {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} held", self.0.as_ref().map_or(0, |held| held.len()))
    }
}
