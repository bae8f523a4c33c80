//! How figures are written.

/// A unit that figures are shown in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    /// So many, such as `276 k`.
    Count,
    Micros,
    Millis,
    Nanos,
    Kib,
    Mb,
    Bytes,
    Times,
}

impl Unit {
    pub(crate) fn show(self, value: f64) -> String {
        match self {
            Self::Count => count(value),
            Self::Micros => format!("{} µs", three(value)),
            Self::Millis => format!("{} ms", three(value)),
            Self::Nanos if value >= 10_000.0 => format!("{} µs", three(value / 1e3)),
            Self::Nanos => format!("{} ns", three(value)),
            Self::Kib => format!("{} KiB", three(value)),
            Self::Mb => format!("{} MB", three(value)),
            Self::Bytes => format!("{} bytes", three(value)),
            Self::Times => format!("{value:.2}"),
        }
    }
}

/// A number with three digits that say something, and a comma at the thousands.
pub(crate) fn three(value: f64) -> String {
    match value.abs() {
        size if size >= 100.0 => grouped(value),
        size if size >= 10.0 => format!("{value:.1}"),
        0.0 => "0".into(),
        _ => format!("{value:.2}"),
    }
}

fn count(value: f64) -> String {
    match value {
        large if large >= 1e5 => format!("{:.0} k", large / 1e3),
        medium if medium >= 1e4 => format!("{:.1} k", medium / 1e3),
        small => grouped(small),
    }
}

/// A whole number with commas.
pub(crate) fn grouped(value: f64) -> String {
    let digits = format!("{:.0}", value.abs());
    let mut out = String::from(if value <= -0.5 { "−" } else { "" });
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_have_three_digits_that_say_something() {
        assert_eq!(Unit::Count.show(276_400.0), "276 k");
        assert_eq!(Unit::Count.show(43_810.0), "43.8 k");
        assert_eq!(Unit::Count.show(1_200.0), "1,200");
        assert_eq!(Unit::Micros.show(3.64), "3.64 µs");
        assert_eq!(Unit::Nanos.show(4_800_000.0), "4,800 µs");
        assert_eq!(Unit::Times.show(0.684), "0.68");
        assert_eq!(grouped(-1_234_567.0), "−1,234,567");
        assert_eq!(three(0.0), "0");
    }
}
