//! Links and e-mail addresses, written or spelt out.

use std::collections::VecDeque;

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
#[derive(Clone, Debug)]
struct Part {
    piece: Piece,
    /// Whether something was left out before it.
    bracketed: bool,
}

impl Part {
    /// Something that a name or a domain is made of.
    fn is_label(&self) -> bool {
        match self.piece.kind {
            Kind::Word { .. } | Kind::Digits { .. } => true,
            Kind::Mark(mark) => mark == '_',
        }
    }

    /// The same, and hardly a word of a sentence.
    fn is_rare_label(&self) -> bool {
        self.is_label() && !self.piece.is(Sense::Usual) && !self.piece.is(Sense::Mine)
    }

    fn is_at(&self) -> bool {
        self.piece.mark() == Some('@') || self.piece.is(Sense::At)
    }

    fn stop(&self, next: &Self) -> Option<Stop> {
        match self.piece.mark() {
            Some('.') if self.bracketed || self.piece.gap || next.bracketed => Some(Stop::Loose),
            Some('.') if next.piece.gap => Some(Stop::Sentence),
            Some('.') => Some(Stop::Tight),
            None if self.piece.is(Sense::Dot) => Some(Stop::Spelt),
            None if self.piece.is(Sense::Point) => Some(Stop::Point),
            _ => None,
        }
    }

    /// Whether it can end a domain after such a full stop.
    fn is_top(&self, stop: Stop) -> bool {
        let short = self.piece.letters() <= 3;
        let word =
            matches!(self.piece.word(), Some("de" | "tv" | "app" | "shop" | "club" | "link"));
        let sure = self.piece.is(Sense::Top);
        match stop {
            Stop::Tight | Stop::Spelt => sure,
            Stop::Loose => sure && short,
            Stop::Point => sure && short && !word,
            Stop::Sentence => false,
        }
    }
}

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
pub(super) struct Addresses {
    strictness: Strictness,
    window: VecDeque<Part>,
    bracketed: bool,
    host: Host,
    found: bool,
    pub(super) steps: u64,
}

impl Addresses {
    pub(super) const fn new(strictness: Strictness) -> Self {
        Self {
            strictness,
            window: VecDeque::new(),
            bracketed: false,
            host: Host::None,
            found: false,
            steps: 0,
        }
    }

    pub(super) const fn found(&self) -> bool {
        self.found
    }

    pub(super) fn take(&mut self, piece: &Piece) {
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
        if self.window.len() == WINDOW {
            self.window.pop_front();
        }
        let bracketed = std::mem::take(&mut self.bracketed);
        let part = Part { piece: piece.clone(), bracketed };
        self.follow_host(&part);
        self.window.push_back(part);
        self.found |= self.is_link() || self.is_domain() || self.is_mail();
    }

    /// Follows an address that is written without white space, whatever its host is made of.
    fn follow_host(&mut self, part: &Part) {
        let joined = !part.piece.gap && !part.bracketed;
        let named = self.window.back().is_some_and(Part::is_label);
        self.host = match (self.host, part.piece.mark()) {
            _ if !joined => Host::None,
            (_, Some('@')) if named => Host::At,
            (Host::Label, Some('.')) => Host::Stop,
            (Host::Label, Some('-')) => Host::Label,
            (Host::At | Host::Label | Host::Stop, None) => {
                self.found |= self.host == Host::Stop && part.piece.letters() >= 2;
                Host::Label
            }
            _ => Host::None,
        };
    }

    /// The last `N` parts.
    fn last<const N: usize>(&self) -> Option<[&Part; N]> {
        let first = self.window.len().checked_sub(N)?;
        let mut parts = self.window.iter().skip(first);
        let mut last = [self.window.front()?; N];
        for place in &mut last {
            *place = parts.next()?;
        }
        Some(last)
    }

    /// `https://`, `www.`, and a path behind what looks like a domain.
    fn is_link(&self) -> bool {
        if let Some([scheme, colon, slash, other]) = self.last() {
            let marks = [colon, slash, other].map(|part| part.piece.mark());
            if scheme.piece.letters() >= 2 && marks == [Some(':'), Some('/'), Some('/')] {
                return true;
            }
        }
        if let Some([www, stop, host]) = self.last() {
            let stopped = stop.stop(host).is_some_and(|stop| stop != Stop::Sentence);
            if www.piece.word() == Some("www") && stopped && host.is_label() {
                return true;
            }
        }
        let Some([label, stop, top, slash, path]) = self.last() else { return false };
        let tight = [top, slash, path].iter().all(|part| !part.piece.gap && !part.bracketed);
        label.is_label()
            && tight
            && stop.stop(top) == Some(Stop::Tight)
            && (top.piece.is(Sense::TopWord) || top.piece.is(Sense::Top))
            && slash.piece.mark() == Some('/')
            && path.piece.letters() >= 2
    }

    fn is_domain(&self) -> bool {
        let Some([label, stop, top]) = self.last() else { return false };
        let Some(how) = stop.stop(top) else { return false };
        let strict = self.strictness == Strictness::Strict;
        match how {
            Stop::Tight if top.is_top(how) => label.is_label() && !stop.piece.gap,
            Stop::Sentence => strict && label.is_rare_label() && top.is_top(Stop::Point),
            _ => label.is_rare_label() && label.piece.letters() != 1 && top.is_top(how),
        }
    }

    fn is_mail(&self) -> bool {
        let at_provider = match self.last() {
            Some([name, at, host]) if name.is_rare_label() && at.is_at() => {
                let sign = at.piece.mark().is_some();
                host.piece.is(Sense::Mail) || (sign && host.piece.is(Sense::MailAmongOthers))
            }
            _ => false,
        };
        let provider_com = match self.last() {
            Some([host, top]) => {
                (host.piece.is(Sense::Mail) || host.piece.is(Sense::MailAmongOthers))
                    && matches!(top.piece.word(), Some("com" | "net" | "ком" | "ру"))
                    && top.piece.gap
            }
            None => false,
        };
        let written = match self.last() {
            Some([name, at, host, stop, top]) => {
                let sign = at.piece.mark() == Some('@');
                let known =
                    |part: &Part| part.piece.is(Sense::Top) || part.piece.is(Sense::TopWord);
                let how = stop.stop(top);
                name.is_label()
                    && at.is_at()
                    && host.is_label()
                    && match how {
                        Some(Stop::Tight) => sign && top.piece.letters() >= 2,
                        Some(Stop::Loose | Stop::Spelt | Stop::Point) => known(top),
                        Some(Stop::Sentence) | None => false,
                    }
            }
            None => false,
        };
        at_provider || provider_com || written
    }
}
