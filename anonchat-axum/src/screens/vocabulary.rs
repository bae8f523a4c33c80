//! What words mean to a screen.

use rustc_hash::FxHashMap;

use super::Language;
use super::fold::folded;
use super::words::{ALWAYS, BY_LANGUAGE, DIGITS, TENS};

/// Something that a word can mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sense {
    /// A digit.
    Digit(u8),
    /// A number that is said in one word and has this many digits.
    Number(u8),
    /// The next digit several times.
    Repeat(u8),
    /// Says nothing between two digits.
    And,
    /// Stands for a character between groups of digits.
    Dash,
    /// `@`
    At,
    /// `.`
    Dot,
    /// `.`, in a language in which what it is called is a usual word before short ones.
    Point,
    /// The end of a domain that is hardly a word.
    Top,
    /// The end of a domain that is a word of some language as well.
    TopWord,
    /// Who keeps mail, and nothing else.
    Mail,
    /// Who keeps mail among other things.
    MailAmongOthers,
    /// A place where people have a name, which means nothing else.
    App,
    /// The same, in letters that may mean something else.
    AppInShort,
    /// The same, and a usual word.
    AppWord,
    /// What names are called: `id`, `user`.
    Named,
    /// `is`
    Is,
    /// `my`
    Mine,
    /// Asks to be found elsewhere: `add`, `text`.
    Reach,
    /// `on`
    On,
    /// A usual word, and no name.
    Usual,
    /// Has an address in it.
    Hidden,
    /// Abusive.
    Abusive,
}

impl Sense {
    /// Whether there can be something in a text because of a word that means this. Without one,
    /// the others mean nothing either.
    const fn is_telling(self) -> bool {
        !matches!(
            self,
            Self::And | Self::Named | Self::Is | Self::Mine | Self::Reach | Self::On | Self::Usual
        )
    }
}

/// How long a word may be to have a meaning.
pub(super) const LONGEST: usize = 64;

/// Parts of words that were written as one.
const HIDDEN: [&str; 10] = [
    "dotcom", "dotnet", "dotorg", "punktcom", "punktde", "puntocom", "pontocom", "atgmail",
    "gmailcom", "noktacom",
];

/// The first letters of those parts: a bit for each, by its place in the alphabet.
const FIRST_OF_HIDDEN: u32 = {
    let (mut letters, mut part) = (0, 0);
    while part < HIDDEN.len() {
        letters |= 1 << (HIDDEN[part].as_bytes()[0] & 31);
        part += 1;
    }
    letters
};

/// The letters of the shortest of them.
const SHORTEST_HIDDEN: usize = {
    let (mut shortest, mut part) = (HIDDEN[0].len(), 1);
    while part < HIDDEN.len() {
        if HIDDEN[part].len() < shortest {
            shortest = HIDDEN[part].len();
        }
        part += 1;
    }
    shortest
};

/// Names that are found within words of scripts without spaces.
const APPS_WITHIN: [&str; 4] = ["微信", "薇信", "ライン", "카톡"];

/// How the digits are written.
const WRITTEN: [&str; 10] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

/// Two digits whose value does not matter.
const TWO: &str = "..";

/// What a word means that has an app in it.
const APP_WITHIN: [Sense; 4] = [Sense::Hidden, Sense::App, Sense::Is, Sense::Mine];

/// The meanings of words in some languages.
#[derive(Clone, Debug, Default)]
pub(super) struct Vocabulary {
    senses: FxHashMap<Box<str>, Vec<Sense>>,
    /// Beginnings of words.
    stems: FxHashMap<Box<str>, [Sense; 1]>,
    /// Digits and what is said with them, by their first letter, the longest in front.
    numerals: FxHashMap<char, Vec<(Box<str>, &'static str)>>,
}

impl Vocabulary {
    pub(super) fn new(languages: &[Language]) -> Self {
        let mut senses = FxHashMap::<Box<str>, Vec<Sense>>::default();
        let mut numerals = Vec::new();
        let mut learn = |words: &str, sense| {
            for word in words.split_whitespace() {
                let known = senses.entry(folded(word).into()).or_default();
                if !known.contains(&sense) {
                    known.push(sense);
                }
            }
        };
        for (sense, words) in ALWAYS {
            learn(words, *sense);
        }
        for (language, words) in BY_LANGUAGE {
            if languages.contains(language) {
                words.iter().for_each(|(sense, words)| learn(words, *sense));
            }
        }
        for (language, words) in DIGITS {
            if languages.contains(language) {
                for ((value, digit), words) in (0..).zip(WRITTEN).zip(words) {
                    learn(words, Sense::Digit(value));
                    numerals.extend(words.split_whitespace().map(|word| (folded(word), digit)));
                }
            }
        }
        for (language, words) in TENS {
            if languages.contains(language) {
                learn(words, Sense::Number(2));
                numerals.extend(words.split_whitespace().map(|word| (folded(word), TWO)));
            }
        }
        numerals.retain(|(word, _)| word.chars().count() > 1 || !word.is_ascii());
        numerals.sort_by(|(a, _), (b, _)| b.len().cmp(&a.len()).then(a.cmp(b)));
        numerals.dedup();
        let mut known = Self { senses, ..Self::default() };
        for (word, digits) in numerals {
            if let Some(first) = word.chars().next() {
                known.numerals.entry(first).or_default().push((word.into(), digits));
            }
        }
        known
    }

    /// One that knows only these words. A star at the end of one stands for any ending.
    pub(super) fn of(words: impl Iterator<Item = (Sense, &'static str)>) -> Self {
        let mut known = Self::default();
        for (sense, words) in words {
            for word in words.split_whitespace() {
                match word.strip_suffix('*') {
                    Some(stem) => drop(known.stems.insert(folded(stem).into(), [sense])),
                    None => known.senses.entry(folded(word).into()).or_default().push(sense),
                }
            }
        }
        known
    }

    /// What a folded word of [`LONGEST`] letters at most means.
    pub(super) fn senses(&self, word: &str) -> &[Sense] {
        if let Some(senses) = self.senses.get(word) {
            return senses;
        }
        if !self.stems.is_empty() {
            let mut ends = word.char_indices().map(|(start, c)| start + c.len_utf8());
            return ends.find_map(|end| self.stems.get(&word[..end])).map_or(&[], |one| one);
        }
        let is_hidden = hides_address(word.as_bytes());
        let is_app = !word.is_ascii() && APPS_WITHIN.iter().any(|app| word.contains(app));
        match (is_hidden, is_app) {
            (true, true) => &APP_WITHIN,
            (false, true) => &APP_WITHIN[1..],
            (true, false) => &APP_WITHIN[..1],
            (false, false) => &[],
        }
    }

    /// Whether a text may have something in it because of a folded word of at most [`LONGEST`]
    /// letters.
    pub(super) fn is_telling(&self, word: &str) -> bool {
        let senses = self.senses(word);
        senses.iter().any(|sense| sense.is_telling())
            || senses.is_empty() && self.digits(word).is_some()
    }

    /// The digits of a word that consists of three numerals or more.
    pub(super) fn digits(&self, word: &str) -> Option<String> {
        let (mut rest, mut digits) = (word, String::new());
        while !rest.is_empty() {
            let alike = self.numerals.get(&rest.chars().next()?)?;
            let (left, said) = alike.iter().find_map(|(numeral, digits)| {
                rest.strip_prefix(&**numeral).map(|rest| (rest, digits))
            })?;
            digits.push_str(said);
            rest = left;
        }
        (digits.len() >= 3).then_some(digits)
    }
}

/// Whether a word has a part of an address in it, and three letters or more besides.
fn hides_address(word: &[u8]) -> bool {
    // The first letter tells mostly, and two nearly always, that no such part begins here.
    word.len() > SHORTEST_HIDDEN + 2
        && word.windows(2).enumerate().any(|(start, two)| {
            FIRST_OF_HIDDEN >> (two[0] & 31) & 1 != 0
                && matches!(two, b"at" | b"do" | b"gm" | b"no" | b"po" | b"pu")
                && HIDDEN.iter().any(|part| {
                    word.len() > part.len() + 2 && word[start..].starts_with(part.as_bytes())
                })
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_an_address_is_found_wherever_it_stands() {
        for part in HIDDEN {
            for (before, after) in [("", "xyz"), ("xyz", ""), ("nanu", "x"), ("x", "xy")] {
                assert!(hides_address(format!("{before}{part}{after}").as_bytes()), "{part}");
            }
            assert!(!hides_address(format!("x{part}y").as_bytes()), "{part}");
            assert!(!hides_address(format!("xyz{}", &part[..part.len() - 1]).as_bytes()), "{part}");
        }
    }
}
