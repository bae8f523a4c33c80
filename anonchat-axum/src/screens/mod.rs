//! Screens of texts: contact details, profanity, and both where they belong.

mod abusive;
mod address;
mod contact;
mod fold;
mod handle;
mod number;
mod piece;
mod profanity;
#[cfg(test)]
mod tests;
mod vocabulary;
mod words;

pub use contact::ContactDetails;
pub use profanity::Profanity;

use anonchat_core::{Field, Finding, Screen};

/// How much a screen refuses. The more it finds, the more harmless texts it refuses as well.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Strictness {
    /// What can hardly be meant otherwise: numbers of 9 digits, addresses, names after the full
    /// name of a messenger and a colon; the worst abuse.
    Lenient,
    /// Also numbers of 7 digits, `@name`, names after somebody's own messenger; abuse and sexual
    /// words, and not what is merely rude.
    #[default]
    Standard,
    /// Also numbers of 6 digits, addresses with a space after the full stop, and whoever asks for
    /// or offers an account elsewhere; all that is rude.
    Strict,
}

impl Strictness {
    /// Every strictness, the mildest first.
    pub const ALL: &[Self] = &[Self::Lenient, Self::Standard, Self::Strict];

    /// The name in settings.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Lenient => "lenient",
            Self::Standard => "standard",
            Self::Strict => "strict",
        }
    }
}

macro_rules! languages {
    ($($variant:ident = $code:literal;)*) => {
        /// A language whose words the screens know.
        ///
        /// More languages find more and refuse more by mistake: a harmless word of one may be none
        /// in another.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Language {
            $(#[doc = concat!("`", $code, "`")] $variant,)*
        }

        impl Language {
            /// Every language.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The code of ISO 639-1.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $code,)*
                }
            }
        }
    };
}

languages! {
    Chinese = "zh";
    Dutch = "nl";
    English = "en";
    French = "fr";
    German = "de";
    Italian = "it";
    Polish = "pl";
    Portuguese = "pt";
    Russian = "ru";
    Spanish = "es";
    Turkish = "tr";
}

/// The screens of a chat: which texts are looked at for what.
///
/// Without further words, contact details are refused in messages, nicknames and bios, and
/// profanity in nicknames and bios.
///
/// ```
/// use anonchat_axum::core::{Field, Finding, Screen};
/// use anonchat_axum::screens::{Language, Screens, Strictness};
///
/// let screens = Screens::builder()
///     .strictness(Strictness::Standard)
///     .languages([Language::English, Language::German])
///     .build();
/// let refused = screens.screen(Field::Message, "write to ann at example dot com");
/// assert_eq!(refused, Err(Finding::ContactDetails));
/// assert_eq!(screens.screen(Field::Message, "see you at 5"), Ok(()));
/// ```
#[derive(Clone, Debug)]
pub struct Screens {
    contact_details: ContactDetails,
    against_contact_details: Vec<Field>,
    profanity: Profanity,
    against_profanity: Vec<Field>,
}

impl Screens {
    /// Chooses what is looked at, how strictly, and in which languages.
    pub fn builder() -> ScreensBuilder {
        ScreensBuilder {
            strictness: Strictness::default(),
            languages: Language::ALL.to_vec(),
            contact_details: vec![Field::Message, Field::Nickname, Field::Bio],
            profanity: vec![Field::Nickname, Field::Bio],
        }
    }
}

impl Default for Screens {
    fn default() -> Self {
        Self::builder().build()
    }
}

impl Screen for Screens {
    fn screen(&self, field: Field, text: &str) -> Result<(), Finding> {
        if self.against_contact_details.contains(&field) {
            self.contact_details.screen(field, text)?;
        }
        if self.against_profanity.contains(&field) {
            self.profanity.screen(field, text)?;
        }
        Ok(())
    }
}

/// Collects what [`Screens`] need. Made by [`Screens::builder`].
#[derive(Clone, Debug)]
#[must_use]
pub struct ScreensBuilder {
    strictness: Strictness,
    languages: Vec<Language>,
    contact_details: Vec<Field>,
    profanity: Vec<Field>,
}

impl ScreensBuilder {
    /// How much is refused. Without this call, [`Strictness::Standard`].
    pub fn strictness(mut self, strictness: Strictness) -> Self {
        self.strictness = strictness;
        self
    }

    /// Whose words are known. Without this call, those of all languages.
    pub fn languages(mut self, languages: impl IntoIterator<Item = Language>) -> Self {
        self.languages = languages.into_iter().collect();
        self
    }

    /// The texts in which contact details are refused. Without this call, in all.
    pub fn contact_details(mut self, fields: impl IntoIterator<Item = Field>) -> Self {
        self.contact_details = fields.into_iter().collect();
        self
    }

    /// The texts in which profanity is refused. Without this call, in nicknames and bios.
    pub fn profanity(mut self, fields: impl IntoIterator<Item = Field>) -> Self {
        self.profanity = fields.into_iter().collect();
        self
    }

    /// The screens. It takes some milliseconds, and some megabytes for lists of words.
    pub fn build(self) -> Screens {
        Screens {
            contact_details: ContactDetails::new(self.strictness, &self.languages),
            against_contact_details: self.contact_details,
            profanity: Profanity::new(self.strictness, &self.languages),
            against_profanity: self.profanity,
        }
    }
}
