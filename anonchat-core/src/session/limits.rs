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
            (Client::Native, Some(action)) if action.is_signal() => {
                self.signals.take(at, rates.signals_per_minute)
            }
            _ => self.frames.take(at, rates.frames_per_minute),
        }
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
        self.count += 1;
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
    fn without_a_limit_nothing_is_counted() {
        let mut window = Window::default();
        for _ in 0..1_000 {
            assert_eq!(window.take(UnixMillis::new(0), 0), Ok(()));
        }
        assert!(window.is_over(UnixMillis::new(0)));
    }
}
