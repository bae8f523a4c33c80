//! Counts as parts of a whole, with what so few pictures can tell.

use std::fmt;

/// So many of so many.
#[derive(Clone, Copy, Default)]
pub(crate) struct Rate {
    pub(crate) hits: usize,
    pub(crate) of: usize,
}

impl Rate {
    /// Counts those that are so.
    pub(crate) fn of<T>(all: impl IntoIterator<Item = T>, is_so: impl Fn(T) -> bool) -> Self {
        let mut rate = Self::default();
        for one in all {
            rate.of += 1;
            rate.hits += usize::from(is_so(one));
        }
        rate
    }

    /// The score interval of Wilson (1927) in which the true rate lies with 95 % probability.
    fn interval(self) -> (f64, f64) {
        let (count, part) = (self.of as f64, self.hits as f64 / self.of as f64);
        let square = 1.96_f64 * 1.96;
        let middle = part + square / (2.0 * count);
        let spread = 1.96 * (part * (1.0 - part) / count + square / (4.0 * count * count)).sqrt();
        let scale = 1.0 + square / count;
        ((middle - spread) / scale, (middle + spread) / scale)
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.of == 0 {
            return f.write_str("none measured");
        }
        let (low, high) = self.interval();
        let percent = |part: f64| (part.clamp(0.0, 1.0) * 100.0).round();
        write!(f, "{} of {} ({} to {} %)", self.hits, self.of, percent(low), percent(high))
    }
}
