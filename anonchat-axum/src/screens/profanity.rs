//! The screen against profanity.

use std::sync::LazyLock;

use anonchat_core::{Field, Finding, Screen};
use rustrict::{Censor, Replacements, Trie, Type};

use super::abusive::{ABUSIVE, HARMLESS};
use super::fold::{fold, is_unseen};
use super::piece::{Piece, Pieces};
use super::vocabulary::{Sense, Vocabulary};
use super::{Language, Strictness};

/// How many characters the list of the library sees at once. Its effort for one is bounded, so that
/// the effort for all is linear whatever the library does.
const WINDOW: usize = 256;

/// How many characters of one window are seen in the next one again.
const OVERLAP: usize = 64;

/// The library's words, without those that say who somebody is.
static WORDS: LazyLock<Trie> = LazyLock::new(|| {
    let mut words = Trie::default();
    for word in HARMLESS.split_whitespace() {
        words.set(word, Type::NONE);
    }
    words
});

/// Its look-alikes, without the letters and brackets that are taken for other letters: they find
/// little abuse, and some in many names.
static LOOK_ALIKES: LazyLock<Replacements> = LazyLock::new(|| {
    let mut look_alikes = Replacements::default();
    for (seen, taken) in
        [('i', 'l'), ('l', 'i'), ('u', 'v'), ('v', 'u'), ('(', 'c'), ('(', 'i'), ('(', 'l')]
    {
        look_alikes.remove(seen, taken);
    }
    look_alikes
});

/// Refuses abusive and sexual words.
///
/// What it knows: English by the list of the crate `rustrict`, which sees through misspellings,
/// spaces, look-alike characters and accents, and which has the commonest words of German, Spanish,
/// French and Italian too. Beyond it a list of our own of the worst words
/// of the languages that it was given, as they are and with endings. Chinese, Dutch: none.
///
/// What it does not know: context, abuse in harmless words, and other languages. Words that say who
/// somebody is (`gay`, `lesbian`, `black`, `muslim`, …) are not refused at any strictness.
///
/// It takes time linear in the text and logs nothing.
#[derive(Clone, Debug)]
pub struct Profanity {
    threshold: Type,
    english: bool,
    vocabulary: Vocabulary,
}

impl Profanity {
    /// Which knows the words of these languages.
    pub fn new(strictness: Strictness, languages: &[Language]) -> Self {
        let threshold = match strictness {
            Strictness::Lenient => Type::INAPPROPRIATE & Type::SEVERE,
            Strictness::Standard => Type::INAPPROPRIATE & Type::MODERATE_OR_HIGHER,
            Strictness::Strict => Type::INAPPROPRIATE,
        };
        let known = ABUSIVE.iter().filter(|(language, _)| languages.contains(language));
        let vocabulary = Vocabulary::of(known.map(|(_, words)| (Sense::Abusive, *words)));
        Self { threshold, english: languages.contains(&Language::English), vocabulary }
    }

    /// Whether there is something in a text, and how many characters were looked at to tell.
    pub(super) fn look(&self, text: &str) -> (bool, u64) {
        let mut steps = 0;
        let found =
            (self.english && self.is_english(text, &mut steps)) || self.is_ours(text, &mut steps);
        (found, steps)
    }

    /// Asks the library, window by window. Numbers and words in other scripts are left out: it
    /// takes them for letters that look like them.
    fn is_english(&self, text: &str, steps: &mut u64) -> bool {
        let mut window = Vec::with_capacity(WINDOW);
        // Where the last run of characters without white space begins, and whether it has a letter.
        let (mut run, mut latin) = (0, false);
        for c in text.chars().filter(|c| !is_unseen(*c)).chain([' ']) {
            if c.is_whitespace() {
                if !latin {
                    window.truncate(run);
                }
                latin = false;
            } else {
                fold(c, |c| latin |= c.is_ascii_alphabetic());
            }
            window.push(c);
            if c.is_whitespace() {
                run = window.len();
            }
            if window.len() >= WINDOW {
                if self.is_listed(&window, steps) {
                    return true;
                }
                window.drain(..seen(&window));
                run = 0;
            }
        }
        self.is_listed(&window, steps)
    }

    /// Looks the words up in the lists of our own. Digits and signs within words are letters.
    fn is_ours(&self, text: &str, steps: &mut u64) -> bool {
        let (mut pieces, mut found) = (Pieces::new(&self.vocabulary), false);
        let mut emit = |piece: &Piece<'_>| found |= piece.is(Sense::Abusive);
        let (mut after_letter, mut chars) =
            (false, text.chars().filter(|c| !is_unseen(*c)).peekable());
        while let Some(c) = chars.next() {
            let within = after_letter && chars.peek().is_some_and(|next| next.is_alphabetic());
            let read = if within { letter(c) } else { c };
            after_letter = read.is_alphabetic();
            pieces.take(read, &mut emit);
        }
        pieces.end(&mut emit);
        *steps += pieces.steps;
        found
    }

    fn is_listed(&self, window: &[char], steps: &mut u64) -> bool {
        *steps += window.len() as u64;
        let mut censor = Censor::new(window.iter().copied());
        censor.with_trie(&WORDS).with_replacements(&LOOK_ALIKES).with_ignore_self_censoring(true);
        censor.analyze().is(self.threshold)
    }
}

/// The letter that a digit or sign is written for.
const fn letter(c: char) -> char {
    match c {
        '0' => 'o',
        '1' | '!' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        _ => c,
    }
}

/// How much of a window need not be seen again. The next one begins with a word, if it can.
fn seen(window: &[char]) -> usize {
    let last = window.len().saturating_sub(OVERLAP);
    let space = window.iter().skip(last).position(|c| c.is_whitespace());
    last + space.unwrap_or_default()
}

impl Default for Profanity {
    /// The standard strictness, and all languages.
    fn default() -> Self {
        Self::new(Strictness::default(), Language::ALL)
    }
}

impl Screen for Profanity {
    fn screen(&self, _field: Field, text: &str) -> Result<(), Finding> {
        match self.look(text) {
            (true, _) => Err(Finding::Profanity),
            (false, _) => Ok(()),
        }
    }
}
