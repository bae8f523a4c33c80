//! The trait of text screens.

/// Refuses texts that do not belong into an anonymous chat.
///
/// # To be correct, an implementation must
///
/// 1. **Take time linear in the text**, whatever the text.
/// 2. **Keep and log nothing** of it.
/// 3. **Not wait**: it runs on the connection's own task.
pub trait Screen: Send + Sync + 'static {
    /// Looks at one text.
    ///
    /// # Errors
    ///
    /// [`Finding`], if the text is to be refused.
    fn screen(&self, field: Field, text: &str) -> Result<(), Finding>;
}

/// Where a text is from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Field {
    /// A nickname.
    Nickname,
    /// A bio.
    Bio,
    /// A chat message.
    Message,
}

/// Why a text is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Finding {
    /// It tells how to reach somebody outside.
    ContactDetails,
    /// It is abusive.
    Profanity,
}

/// The screen that lets everything pass.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unscreened;

impl Screen for Unscreened {
    fn screen(&self, _field: Field, _text: &str) -> Result<(), Finding> {
        Ok(())
    }
}
