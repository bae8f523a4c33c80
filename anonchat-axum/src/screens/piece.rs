//! A text in pieces: words, groups of digits, and marks.

use super::fold::{fold, look_alike};
use super::vocabulary::{LONGEST, Sense, Vocabulary};

/// How many digits of a group are remembered; all are counted.
const DIGITS: usize = 20;

/// A word, a group of digits or a mark.
#[derive(Debug)]
pub(super) struct Piece<'v> {
    pub(super) kind: Kind,
    /// Whether there is white space before it, or nothing.
    pub(super) gap: bool,
    /// What it means, if it is a word.
    pub(super) senses: &'v [Sense],
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Letters of one kind of script. A longer word than [`LONGEST`] is several pieces.
    Word {
        /// Folded.
        text: String,
        /// How many letters it has.
        letters: usize,
    },
    /// Digits.
    Digits {
        /// The first of them.
        text: String,
        /// How many they are.
        count: usize,
    },
    /// Anything else.
    Mark(char),
}

impl Piece<'_> {
    pub(super) fn is(&self, sense: Sense) -> bool {
        self.senses.contains(&sense)
    }

    pub(super) fn letters(&self) -> usize {
        match &self.kind {
            Kind::Word { letters, .. } => *letters,
            _ => 0,
        }
    }

    pub(super) fn word(&self) -> Option<&str> {
        match &self.kind {
            Kind::Word { text, .. } => Some(text),
            _ => None,
        }
    }

    pub(super) fn mark(&self) -> Option<char> {
        match self.kind {
            Kind::Mark(mark) => Some(mark),
            _ => None,
        }
    }
}

/// Cuts a text into pieces, in one pass and with a bounded memory. Letters that stand alone one
/// after the other, as in `g m a i l`, come out as one word.
pub(super) struct Pieces<'v> {
    vocabulary: &'v Vocabulary,
    open: Option<Piece<'v>>,
    gap: bool,
    /// Letters that stand alone so far, with the marks between them.
    alone: Vec<Piece<'v>>,
    /// Where the next word is put together, which needs no memory of its own.
    spare: String,
    /// Characters and pieces that were looked at.
    pub(super) steps: u64,
}

impl<'v> Pieces<'v> {
    pub(super) fn new(vocabulary: &'v Vocabulary) -> Self {
        let (alone, spare) = (Vec::new(), String::new());
        Self { vocabulary, open: None, gap: true, alone, spare, steps: 0 }
    }

    /// Takes one character of the text, and hands on the pieces that are complete.
    pub(super) fn take(&mut self, c: char, emit: &mut impl FnMut(&Piece<'v>)) {
        if c.is_ascii() {
            self.steps += 2;
            return self.add(c.to_ascii_lowercase(), emit);
        }
        let mut plain = ['\0'; 18];
        let mut count = 0;
        fold(c, |c| {
            if let Some(place) = plain.get_mut(count) {
                *place = c;
                count += 1;
            }
        });
        self.steps += 1 + count as u64;
        for c in plain.into_iter().take(count) {
            self.add(c, emit);
        }
    }

    /// The text is over.
    pub(super) fn end(&mut self, emit: &mut impl FnMut(&Piece<'v>)) {
        self.close(emit);
        self.give_alone(emit);
    }

    fn add(&mut self, c: char, emit: &mut impl FnMut(&Piece<'v>)) {
        if c.is_whitespace() || c.is_control() {
            self.close(emit);
            self.gap = true;
            return;
        }
        if !self.continues(c) {
            self.close(emit);
        }
        match self.open.as_mut().map(|open| &mut open.kind) {
            Some(Kind::Word { text, letters }) => {
                text.push(c);
                *letters += 1;
            }
            Some(Kind::Digits { text, count }) => {
                if text.len() < DIGITS {
                    text.push(c);
                }
                *count += 1;
            }
            _ => {
                let kind = if c.is_ascii_digit() {
                    Kind::Digits { text: c.into(), count: 1 }
                } else if c.is_alphabetic() {
                    let mut text = std::mem::take(&mut self.spare);
                    text.push(c);
                    Kind::Word { text, letters: 1 }
                } else {
                    Kind::Mark(c)
                };
                let gap = std::mem::take(&mut self.gap);
                self.open = Some(Piece { kind, gap, senses: &[] });
            }
        }
    }

    fn continues(&self, c: char) -> bool {
        match self.open.as_ref().map(|open| &open.kind) {
            Some(Kind::Digits { .. }) => c.is_ascii_digit(),
            Some(Kind::Word { text, letters }) => {
                c.is_alphabetic()
                    && *letters < LONGEST
                    && text
                        .chars()
                        .next_back()
                        .is_some_and(|last| is_syllabic(last) == is_syllabic(c))
            }
            _ => false,
        }
    }

    /// Completes the open piece.
    fn close(&mut self, emit: &mut impl FnMut(&Piece<'v>)) {
        let Some(piece) = self.open.take() else { return };
        self.steps += 1;
        match &piece.kind {
            Kind::Word { letters: 1, text } if !text.chars().any(is_syllabic) => {
                let follows = match self.alone.last() {
                    None => true,
                    Some(last) => piece.gap || last.mark().is_some(),
                };
                if !follows {
                    self.give_alone(emit);
                }
                self.alone.push(piece);
                if self.alone.len() >= LONGEST {
                    self.give_alone(emit);
                }
            }
            Kind::Mark('.' | '-' | '_' | '*' | '/' | '|' | ',' | '~' | '+')
                if self.alone.last().is_some_and(|last| last.mark().is_none()) =>
            {
                self.alone.push(piece);
            }
            _ => {
                self.give_alone(emit);
                self.give(piece, emit);
            }
        }
    }

    /// Hands on the letters that stood alone: as a word, if they are enough for one.
    fn give_alone(&mut self, emit: &mut impl FnMut(&Piece<'v>)) {
        let mut alone = std::mem::take(&mut self.alone);
        if alone.is_empty() {
            return;
        }
        let letters = alone.iter().filter(|piece| piece.mark().is_none()).count();
        if letters >= 3 {
            let after = alone.pop_if(|last| last.mark().is_some());
            let text: String = alone.iter().filter_map(Piece::word).collect();
            let gap = alone.first().is_none_or(|first| first.gap);
            let kind = Kind::Word { text, letters };
            self.give(Piece { kind, gap, senses: &[] }, emit);
            alone.clear();
            alone.extend(after);
        }
        for piece in alone {
            self.give(piece, emit);
        }
    }

    /// Hands on a piece with what it means.
    fn give(&mut self, mut piece: Piece<'v>, emit: &mut impl FnMut(&Piece<'v>)) {
        if let Kind::Word { text, letters } = &mut piece.kind {
            self.steps += *letters as u64;
            piece.senses = self.vocabulary.senses(text);
            if piece.senses.is_empty() && !text.is_ascii() {
                let alike: String = text.chars().map(look_alike).collect();
                if alike.is_ascii() {
                    piece.senses = self.vocabulary.senses(&alike);
                    *text = alike;
                }
            }
            if piece.senses.is_empty()
                && let Some(text) = self.vocabulary.digits(text)
            {
                let count = text.len();
                piece.kind = Kind::Digits { text, count };
            }
        }
        emit(&piece);
        if let Kind::Word { mut text, .. } = piece.kind {
            text.clear();
            self.spare = text;
        }
    }
}

/// Whether a letter is of a script that writes no spaces between words.
fn is_syllabic(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
}
