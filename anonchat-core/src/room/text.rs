//! Words that people write in rooms.

use std::fmt;
use std::sync::Arc;

use zeroize::Zeroizing;

use crate::policy::Policy;

/// A message, a nickname, a room's name or a report's reason: trimmed, within the policy's
/// length, and otherwise as it was written, never escaped.
///
/// Unlike [`ChatText`](crate::ChatText) it may be stored, for as long as its room says. It does
/// not show itself: there is no `Display`, and `Debug` hides it. The last copy that is dropped
/// wipes the memory.
///
/// ```compile_fail
/// fn show(text: anonchat_core::room::RoomText) { println!("{text}"); }
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct RoomText(Arc<Zeroizing<String>>);

/// The words do not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Nothing is left after trimming.
    #[error("the text is empty")]
    Empty,
    /// There are more characters than may be.
    #[error("the text has more than {max} characters")]
    TooLong {
        /// The most that may be.
        max: u32,
    },
}

impl RoomText {
    /// The words of a message.
    ///
    /// # Errors
    ///
    /// [`TextError`], if it is empty or longer than [`message_chars`](crate::policy::Rooms).
    pub fn message(policy: &Policy, text: &str) -> Result<Self, TextError> {
        Self::some(text, policy.rooms.message_chars)
    }

    /// A nickname.
    ///
    /// # Errors
    ///
    /// [`TextError`], if it is empty or longer than [`nickname_chars`](crate::policy::Text).
    pub fn nickname(policy: &Policy, text: &str) -> Result<Self, TextError> {
        Self::some(text, policy.text.nickname_chars)
    }

    /// A room's name, which may be empty.
    ///
    /// # Errors
    ///
    /// [`TextError::TooLong`], if it is longer than [`name_chars`](crate::policy::Rooms).
    pub fn name(policy: &Policy, text: &str) -> Result<Self, TextError> {
        Self::any(text, policy.rooms.name_chars)
    }

    /// The reason of a report, which may be empty.
    ///
    /// # Errors
    ///
    /// [`TextError::TooLong`], if it is longer than [`reason_chars`](crate::policy::Rooms).
    pub fn reason(policy: &Policy, text: &str) -> Result<Self, TextError> {
        Self::any(text, policy.rooms.reason_chars)
    }

    /// Takes back what a store has kept, as it is.
    pub fn restored(text: String) -> Self {
        Self(Arc::new(Zeroizing::new(text)))
    }

    /// The words, for the frame that carries them or the store that keeps them.
    pub fn words(&self) -> &str {
        self.0.as_str()
    }

    fn some(text: &str, max: u32) -> Result<Self, TextError> {
        let text = Self::any(text, max)?;
        if text.words().is_empty() { Err(TextError::Empty) } else { Ok(text) }
    }

    fn any(text: &str, max: u32) -> Result<Self, TextError> {
        let text = text.trim();
        // No more is counted than needs be, whatever was sent.
        if text.chars().nth(max as usize).is_some() {
            return Err(TextError::TooLong { max });
        }
        Ok(Self::restored(text.to_owned()))
    }
}

impl fmt::Debug for RoomText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RoomText(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_trimmed_counted_in_characters_and_never_escaped() {
        let policy = Policy::default();
        let text = RoomText::message(&policy, "  <b>&amp; it's fine</b>\n").expect("fits");
        assert_eq!(text.words(), "<b>&amp; it's fine</b>");
        assert!(RoomText::message(&policy, &"é".repeat(1_000)).is_ok());
        let long = RoomText::message(&policy, &"é".repeat(1_001));
        assert_eq!(long, Err(TextError::TooLong { max: 1_000 }));
        assert_eq!(RoomText::message(&policy, " \n "), Err(TextError::Empty));
        let nickname = |text: &str| RoomText::nickname(&policy, text).map(drop);
        assert_eq!(nickname(&"n".repeat(30)), Ok(()));
        assert_eq!(nickname(&"n".repeat(31)), Err(TextError::TooLong { max: 30 }));
        assert_eq!(nickname(" "), Err(TextError::Empty));
        assert_eq!(RoomText::name(&policy, "").expect("may be empty").words(), "");
        assert!(RoomText::name(&policy, &"n".repeat(101)).is_err());
        assert!(RoomText::reason(&policy, &"n".repeat(501)).is_err());
    }

    #[test]
    fn words_do_not_show_in_debug_output() {
        let text = RoomText::restored("secret words".to_owned());
        assert_eq!(format!("{text:?}"), "RoomText(..)");
    }
}
