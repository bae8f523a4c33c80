//! The text of a measured message: who sent it, which of theirs it is, and when it was due.

/// Letters of a stamp; no message that is measured has fewer.
pub(crate) const LETTERS: usize = 28;

/// Who sent a message, which of theirs it is, and when it was due.
///
/// It is written in letters only: screens refuse numbers that could be telephone numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stamp {
    pub(crate) sender: u32,
    pub(crate) number: u32,
    /// Nanoseconds since the start of the run.
    pub(crate) due: u64,
}

impl Stamp {
    /// Writes a text of this length.
    pub(crate) fn write(self, length: usize, text: &mut String) {
        text.clear();
        let fields = [(u64::from(self.sender), 7), (u64::from(self.number), 8), (self.due, 13)];
        for (value, digits) in fields {
            for digit in (0..digits).rev() {
                let step = (value >> (5 * digit)) & 31;
                // 26 small letters, then six large ones.
                let letter = if step < 26 { b'a' + step as u8 } else { b'A' + step as u8 - 26 };
                text.push(char::from(letter));
            }
        }
        text.extend(std::iter::repeat_n('.', length.saturating_sub(LETTERS)));
    }

    pub(crate) fn read(text: &str) -> Option<Self> {
        let number = |from: usize, to: usize| {
            text.as_bytes().get(from..to)?.iter().try_fold(0_u64, |value, letter| {
                let step = match letter {
                    b'a'..=b'z' => letter - b'a',
                    b'A'..=b'F' => letter - b'A' + 26,
                    _ => return None,
                };
                Some(value << 5 | u64::from(step))
            })
        };
        let sender = number(0, 7)?.try_into().ok()?;
        let count = number(7, 15)?.try_into().ok()?;
        Some(Self { sender, number: count, due: number(15, LETTERS)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_is_read_as_it_was_written_at_every_length() {
        for due in [0, 1, 123_456_789, u64::MAX] {
            let stamp = Stamp { sender: u32::MAX, number: 31, due };
            let mut text = String::new();
            for length in [LETTERS, 64, 8_000] {
                stamp.write(length, &mut text);
                assert_eq!(text.len(), length);
                assert!(!text.contains(|letter: char| letter.is_ascii_digit()));
                assert_eq!(Stamp::read(&text), Some(stamp));
            }
        }
        assert_eq!(Stamp::read("hello"), None);
    }
}
