//! The screen against contact details.

use anonchat_core::{Field, Finding, Screen};

use super::address::Addresses;
use super::handle::Handles;
use super::number::Numbers;
use super::piece::Pieces;
use super::vocabulary::{LONGEST, Vocabulary};
use super::{Language, Strictness};

/// Refuses texts that tell how to reach somebody: telephone numbers, e-mail addresses, links and
/// names in messengers.
///
/// What is seen through: white space and marks between digits or letters, digits and signs in
/// words, digits and letters of other scripts, letters that look alike, accents, and characters
/// that are not seen. Words are those of the languages that it was given.
///
/// What is not: hints that only the two understand, numbers that are spread over several messages,
/// words of other languages, and names in messengers that look like usual words.
///
/// It takes time linear in the text, memory for a few words of it, and logs nothing.
#[derive(Clone, Debug)]
pub struct ContactDetails {
    strictness: Strictness,
    vocabulary: Vocabulary,
}

/// What a byte is to a glance.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// One of a to z.
    Letter,
    /// White space, punctuation and the like, between words.
    Mark,
    /// A digit, a sign of addresses, a letter of another script.
    Telling,
}

static KINDS: [Kind; 256] = {
    let mut kinds = [Kind::Telling; 256];
    let mut byte = 0_u8;
    while byte < 128 {
        kinds[byte as usize] = match byte {
            b'a'..=b'z' | b'A'..=b'Z' => Kind::Letter,
            b'0'..=b'9' | b'@' | b'/' => Kind::Telling,
            _ => Kind::Mark,
        };
        byte += 1;
    }
    kinds
};

fn kind(byte: u8) -> Kind {
    KINDS[usize::from(byte)]
}

impl ContactDetails {
    /// Which knows the words of these languages.
    pub fn new(strictness: Strictness, languages: &[Language]) -> Self {
        Self { strictness, vocabulary: Vocabulary::new(languages) }
    }

    /// Whether a glance shows that there is nothing in a text: it is of plain words and marks, of
    /// which none means anything here. Most texts are.
    pub(super) fn is_plain(&self, text: &str) -> bool {
        let mut lone_letters = 0;
        let mut folded = [0; LONGEST];
        let mut rest = text.as_bytes();
        while let Some(start) = rest.iter().position(|byte| kind(*byte) != Kind::Mark) {
            rest = &rest[start..];
            let end = rest.iter().position(|byte| kind(*byte) != Kind::Letter);
            let (letters, others) = rest.split_at(end.unwrap_or(rest.len()));
            if letters.is_empty() {
                return false;
            }
            let Some(word) = folded.get_mut(..letters.len()) else { return false };
            word.copy_from_slice(letters);
            word.make_ascii_lowercase();
            lone_letters += usize::from(letters.len() == 1);
            let Ok(word) = std::str::from_utf8(word) else { return false };
            // Three letters that stand alone may be a word.
            if lone_letters >= 3 || word == "www" || self.vocabulary.is_telling(word) {
                return false;
            }
            rest = others;
        }
        true
    }

    /// Whether there is something in a text, and how many steps it took to tell.
    pub(super) fn look(&self, text: &str) -> (bool, u64) {
        let mut pieces = Pieces::new(&self.vocabulary);
        let mut numbers = Numbers::new(self.strictness);
        let mut addresses = Addresses::new(self.strictness);
        let mut handles = Handles::new(self.strictness);
        let mut found = false;
        let mut emit = |piece: &_| {
            numbers.take(piece);
            addresses.take(piece);
            handles.take(piece);
            found = numbers.found() || addresses.found() || handles.found();
        };
        for c in text.chars() {
            pieces.take(c, &mut emit);
        }
        pieces.end(&mut emit);
        numbers.end();
        let steps = pieces.steps + numbers.steps + addresses.steps + handles.steps;
        (found || numbers.found(), steps)
    }
}

impl Default for ContactDetails {
    /// The standard strictness, and all languages.
    fn default() -> Self {
        Self::new(Strictness::default(), Language::ALL)
    }
}

impl Screen for ContactDetails {
    fn screen(&self, _field: Field, text: &str) -> Result<(), Finding> {
        match self.is_plain(text) || !self.look(text).0 {
            true => Ok(()),
            false => Err(Finding::ContactDetails),
        }
    }
}
