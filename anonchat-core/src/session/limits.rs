//! How many frames a minute.

use crate::event::Client;
use crate::policy;
use crate::time::UnixMillis;

use super::frame::Action;

/// How many frames a device has sent in the running minute.
///
/// Small and constant in size. A door keeps it for a while when a connection ends and gives it to
/// the device's next [`Session`](super::Session), so that coming back does not start it anew.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rates {
    frames: Window,
    signals: Window,
}

/// A fixed window that starts with the first frame after the end of the one before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Window {
    start: UnixMillis,
    count: u32,
}

const MINUTE_MS: u64 = 60_000;

impl Rates {
    /// Counts a frame, or says in how many milliseconds one is accepted again.
    pub(super) fn take(
        &mut self,
        at: UnixMillis,
        rates: &policy::Rates,
        client: Client,
        action: Option<Action>,
    ) -> Result<(), u64> {
        match (client, action) {
            (client, Some(action)) if client != Client::Plain && action.is_signal() => {
                self.signals.take(at, rates.signals_per_minute)
            }
            _ => self.frames.take(at, rates.frames_per_minute),
        }
    }

    /// Counts a frame that no session takes, or says in how many milliseconds one is accepted
    /// again.
    ///
    /// # Errors
    ///
    /// The milliseconds.
    pub fn take_frame(&mut self, at: UnixMillis, rates: &policy::Rates) -> Result<(), u64> {
        self.frames.take(at, rates.frames_per_minute)
    }

    /// How many frames were counted since `earlier`, which were the same device's on its way here.
    /// Signals are not among them.
    pub fn frames_since(self, earlier: Self) -> u32 {
        if self.frames.start == earlier.frames.start {
            self.frames.count.saturating_sub(earlier.frames.count)
        } else {
            self.frames.count
        }
    }

    /// The same, but that no frame is accepted before `until`, which may be a minute away at most.
    #[must_use]
    pub fn exhausted(mut self, until: UnixMillis) -> Self {
        let start = UnixMillis::new(until.get().saturating_sub(MINUTE_MS));
        self.frames = Window { start, count: u32::MAX };
        self
    }

    /// Whether this says nothing any more, so that a door need not keep it.
    pub fn is_over(self, at: UnixMillis) -> bool {
        self.frames.is_over(at) && self.signals.is_over(at)
    }
}

impl Window {
    fn take(&mut self, at: UnixMillis, limit: u32) -> Result<(), u64> {
        if limit == 0 {
            return Ok(());
        }
        if self.is_over(at) {
            *self = Self { start: at, count: 0 };
        }
        if self.count >= limit {
            return Err(at.until(self.start.after(MINUTE_MS)));
        }
        self.count = self.count.saturating_add(1);
        Ok(())
    }

    const fn is_over(self, at: UnixMillis) -> bool {
        self.count == 0 || at.since(self.start) >= MINUTE_MS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_starts_with_the_first_frame_after_the_last_windows_end() {
        let mut window = Window::default();
        let at = UnixMillis::new;
        assert_eq!(window.take(at(90_000), 2), Ok(()));
        assert_eq!(window.take(at(149_998), 2), Ok(()));
        assert_eq!(window.take(at(149_999), 2), Err(1));
        assert_eq!(window.take(at(150_000), 2), Ok(()));
        assert_eq!(window.take(at(150_000), 2), Ok(()));
        assert_eq!(window.take(at(150_001), 2), Err(59_999));
    }

    #[test]
    fn frames_are_told_apart_by_their_window() {
        let limits = policy::Rates::default();
        let mut rates = Rates::default();
        let mut take = |at| {
            let before = rates;
            let taken = rates.take(UnixMillis::new(at), &limits, Client::Native, None);
            (taken.is_ok(), rates.frames_since(before))
        };
        for _ in 0..60 {
            assert_eq!(take(90_000), (true, 1));
        }
        assert_eq!(take(149_999), (false, 0));
        assert_eq!(take(150_000), (true, 1));
    }

    #[test]
    fn who_is_exhausted_waits_until_then() {
        let limits = policy::Rates::default();
        let mut rates = Rates::default().exhausted(UnixMillis::new(100_000));
        let mut take = |at| rates.take(UnixMillis::new(at), &limits, Client::Native, None);
        assert_eq!(take(90_000), Err(10_000));
        assert_eq!(take(99_999), Err(1));
        assert_eq!(take(100_000), Ok(()));
    }

    #[test]
    fn without_a_limit_nothing_is_counted() {
        let mut window = Window::default();
        for _ in 0..1_000 {
            assert_eq!(window.take(UnixMillis::new(0), 0), Ok(()));
        }
        assert!(window.is_over(UnixMillis::new(0)));
    }
}
