//! Links and e-mail addresses, written or spelt out.

use super::Strictness;
use super::piece::{Kind, Piece};
use super::vocabulary::Sense;

/// How many pieces are looked at together.
const WINDOW: usize = 6;

/// How a full stop is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stop {
    /// `a.b`
    Tight,
    /// `a .b`, `a . b`, `a [.] b`
    Loose,
    /// `a. b`
    Sentence,
    /// `a dot b`
    Spelt,
    /// `a point b`
    Point,
}

/// A piece as far as it matters to an address. Brackets around `@` and full stops are left out.
#[derive(Clone, Copy, Debug)]
struct Part<'v> {
    what: What,
    gap: bool,
    senses: &'v [Sense],
    /// Whether something was left out before it.
    bracketed: bool,
}

#[derive(Clone, Copy, Debug)]
enum What {
    /// So many letters, and the word itself if it is a short one, with zeros behind it.
    Word(usize, [u8; SHORT]),
    Digits,
    Mark(char),
}

/// Bytes of words that are looked at as such.
const SHORT: usize = 8;

impl<'v> Part<'v> {
    fn new(piece: &Piece<'v>, bracketed: bool) -> Self {
        let what = match &piece.kind {
            Kind::Word { text, letters } => {
                let mut short = [0; SHORT];
                if let Some(place) = short.get_mut(..text.len()) {
                    place.copy_from_slice(text.as_bytes());
                }
                What::Word(*letters, short)
            }
            Kind::Digits { .. } => What::Digits,
            Kind::Mark(mark) => What::Mark(*mark),
        };
        Self { what, gap: piece.gap, senses: piece.senses, bracketed }
    }

    fn is(&self, sense: Sense) -> bool {
        self.senses.contains(&sense)
    }

    fn letters(&self) -> usize {
        match self.what {
            What::Word(letters, _) => letters,
            _ => 0,
        }
    }

    fn mark(&self) -> Option<char> {
        match self.what {
            What::Mark(mark) => Some(mark),
            _ => None,
        }
    }

    /// Whether it is one of these words, of [`SHORT`] bytes at most.
    fn is_word(&self, words: &[&str]) -> bool {
        let What::Word(_, short) = &self.what else { return false };
        let end = short.iter().position(|byte| *byte == 0).unwrap_or(SHORT);
        words.iter().any(|word| word.as_bytes() == &short[..end])
    }

    /// Something that a name or a domain is made of.
    fn is_label(&self) -> bool {
        self.mark().is_none_or(|mark| mark == '_')
    }

    /// The same, and hardly a word of a sentence.
    fn is_rare_label(&self) -> bool {
        self.is_label() && !self.is(Sense::Usual) && !self.is(Sense::Mine)
    }

    fn is_at(&self) -> bool {
        self.mark() == Some('@') || self.is(Sense::At)
    }

    fn stop(&self, next: &Self) -> Option<Stop> {
        match self.mark() {
            Some('.') if self.bracketed || self.gap || next.bracketed => Some(Stop::Loose),
            Some('.') if next.gap => Some(Stop::Sentence),
            Some('.') => Some(Stop::Tight),
            None if self.is(Sense::Dot) => Some(Stop::Spelt),
            None if self.is(Sense::Point) => Some(Stop::Point),
            _ => None,
        }
    }

    /// Whether it can end a domain after such a full stop.
    fn is_top(&self, stop: Stop) -> bool {
        let short = self.letters() <= 3;
        let word = self.is_word(&["de", "tv", "app", "shop", "club", "link"]);
        let sure = self.is(Sense::Top);
        match stop {
            Stop::Tight | Stop::Spelt => sure,
            Stop::Loose => sure && short,
            Stop::Point => sure && short && !word,
            Stop::Sentence => false,
        }
    }
}

const NOTHING: Part<'static> =
    Part { what: What::Digits, gap: true, senses: &[], bracketed: false };

/// How far a written address has come behind its `@`, without white space.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Host {
    /// There is none.
    None,
    /// Its `@`.
    At,
    /// A part of its host.
    Label,
    /// A full stop of its host.
    Stop,
}

/// Follows what may become an address.
#[derive(Debug)]
pub(super) struct Addresses<'v> {
    strictness: Strictness,
    /// The last parts, the newest behind.
    window: [Part<'v>; WINDOW],
    /// How many of them there are.
    filled: usize,
    bracketed: bool,
    host: Host,
    found: bool,
    pub(super) steps: u64,
}

impl<'v> Addresses<'v> {
    pub(super) const fn new(strictness: Strictness) -> Self {
        Self {
            strictness,
            window: [NOTHING; WINDOW],
            filled: 0,
            bracketed: false,
            host: Host::None,
            found: false,
            steps: 0,
        }
    }

    pub(super) const fn found(&self) -> bool {
        self.found
    }

    pub(super) fn take(&mut self, piece: &Piece<'v>) {
        self.steps += 1;
        if piece.is(Sense::Hidden) {
            self.found = true;
        }
        if matches!(
            piece.mark(),
            Some('(' | ')' | '[' | ']' | '{' | '}' | '<' | '>' | '*' | '"' | '\'' | '`' | '|')
        ) {
            self.bracketed = true;
            return;
        }
        let part = Part::new(piece, std::mem::take(&mut self.bracketed));
        self.follow_host(&part);
        self.window.rotate_left(1);
        self.window[WINDOW - 1] = part;
        self.filled = WINDOW.min(self.filled + 1);
        // With any other mark nothing ends.
        if part.is_label() || part.mark() == Some('/') {
            self.found |= self.is_link() || self.is_domain() || self.is_mail();
        }
    }

    /// Follows an address that is written without white space, whatever its host is made of.
    fn follow_host(&mut self, part: &Part<'v>) {
        let joined = !part.gap && !part.bracketed;
        let named = self.filled > 0 && self.window[WINDOW - 1].is_label();
        self.host = match (self.host, part.mark()) {
            _ if !joined => Host::None,
            (_, Some('@')) if named => Host::At,
            (Host::Label, Some('.')) => Host::Stop,
            (Host::Label, Some('-')) => Host::Label,
            (Host::At | Host::Label | Host::Stop, None) => {
                self.found |= self.host == Host::Stop && part.letters() >= 2;
                Host::Label
            }
            _ => Host::None,
        };
    }

    /// The last `N` parts.
    fn last<const N: usize>(&self) -> Option<&[Part<'v>; N]> {
        self.window.last_chunk().filter(|_| N <= self.filled)
    }

    /// `https://`, `www.`, and a path behind what looks like a domain.
    fn is_link(&self) -> bool {
        if let Some([scheme, colon, slash, other]) = self.last() {
            let marks = [colon.mark(), slash.mark(), other.mark()];
            if scheme.letters() >= 2 && marks == [Some(':'), Some('/'), Some('/')] {
                return true;
            }
        }
        if let Some([www, stop, host]) = self.last() {
            let stopped = stop.stop(host).is_some_and(|stop| stop != Stop::Sentence);
            if www.is_word(&["www"]) && stopped && host.is_label() {
                return true;
            }
        }
        let Some([label, stop, top, slash, path]) = self.last() else { return false };
        let tight = [top, slash, path].iter().all(|part| !part.gap && !part.bracketed);
        label.is_label()
            && tight
            && stop.stop(top) == Some(Stop::Tight)
            && (top.is(Sense::TopWord) || top.is(Sense::Top))
            && slash.mark() == Some('/')
            && path.letters() >= 2
    }

    fn is_domain(&self) -> bool {
        let Some([label, stop, top]) = self.last() else { return false };
        let Some(how) = stop.stop(top) else { return false };
        let strict = self.strictness == Strictness::Strict;
        match how {
            Stop::Tight if top.is_top(how) => label.is_label() && !stop.gap,
            Stop::Sentence => strict && label.is_rare_label() && top.is_top(Stop::Point),
            _ => label.is_rare_label() && label.letters() != 1 && top.is_top(how),
        }
    }

    fn is_mail(&self) -> bool {
        let at_provider = match self.last() {
            Some([name, at, host]) if name.is_rare_label() && at.is_at() => {
                let sign = at.mark().is_some();
                host.is(Sense::Mail) || (sign && host.is(Sense::MailAmongOthers))
            }
            _ => false,
        };
        let provider_com = match self.last() {
            Some([host, top]) => {
                (host.is(Sense::Mail) || host.is(Sense::MailAmongOthers))
                    && top.is_word(&["com", "net", "ком", "ру"])
                    && top.gap
            }
            None => false,
        };
        let written = match self.last() {
            Some([name, at, host, stop, top]) => {
                let sign = at.mark() == Some('@');
                let known = |part: &Part<'_>| part.is(Sense::Top) || part.is(Sense::TopWord);
                let how = stop.stop(top);
                name.is_label()
                    && at.is_at()
                    && host.is_label()
                    && match how {
                        Some(Stop::Tight) => sign && top.letters() >= 2,
                        Some(Stop::Loose | Stop::Spelt | Stop::Point) => known(top),
                        Some(Stop::Sentence) | None => false,
                    }
            }
            None => false,
        };
        at_provider || provider_com || written
    }
}
