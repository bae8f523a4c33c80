//! Instants in words, as the older clients know them.

use anonchat_core::UnixMillis;

/// UTC in ISO 8601, with microseconds and without a zone.
pub(crate) fn iso(at: UnixMillis) -> String {
    let (days, millis) = (at.get() / 86_400_000, at.get() % 86_400_000);
    let (year, month, day) = date(days);
    let (second, micros) = (millis / 1000, millis % 1000 * 1000);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{micros:06}")
}

/// The Gregorian date of a day since the epoch, counted in years that start in March, so that the
/// leap day is the last of its year.
fn date(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468; // since 0000-03-01
    let (era, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let march_month = (5 * day + 2) / 153;
    let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
    let year = era * 400 + year + u64::from(month <= 2);
    (year, month, day - (153 * march_month + 2) / 5 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_read_as_dates() {
        for (millis, text) in [
            (0, "1970-01-01T00:00:00.000000"),
            (951_782_400_000, "2000-02-29T00:00:00.000000"),
            (1_770_122_096_123, "2026-02-03T12:34:56.123000"),
            (4_107_542_399_999, "2100-02-28T23:59:59.999000"),
            (4_107_542_400_000, "2100-03-01T00:00:00.000000"),
        ] {
            assert_eq!(iso(UnixMillis::new(millis)), text);
        }
    }
}
