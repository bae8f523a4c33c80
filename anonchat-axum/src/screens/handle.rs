//! Names in messengers and networks.

use super::Strictness;
use super::piece::{Kind, Piece};
use super::vocabulary::Sense;

/// Of as many pieces before the name of an app it matters whether they ask somebody to come there.
const ASKED: u32 = 8;

/// And of so many, whether it is somebody's own.
const OWNED: u32 = 3;

/// How many pieces between the name of an app and a name there may be.
const BETWEEN: usize = 5;

/// What was said of an app, and may go on with a name there.
#[derive(Clone, Copy, Debug)]
struct Mention {
    sure: App,
    /// Somebody is asked to come there.
    reach: bool,
    /// It is somebody's own.
    mine: bool,
    /// `:`, `=` or `@` was between.
    pointed: bool,
    is: bool,
    named: bool,
    /// Only what follows without white space may still be a name.
    attached: bool,
    left: usize,
}

/// How sure a word is the name of an app.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum App {
    Certain,
    Short,
    Word,
}

/// Letters, digits and lines without white space between them.
#[derive(Clone, Copy, Debug, Default)]
struct Chain {
    letters: usize,
    digits: usize,
    /// Whether a line or point is between two others.
    joined: bool,
    open: bool,
    /// Whether a word of it is a usual one.
    usual: bool,
}

impl Chain {
    /// Whether it looks like a name that was made for a machine.
    const fn is_made(&self) -> bool {
        self.letters >= 2 && (self.digits >= 1 || self.joined)
    }
}

/// Follows what may become a name.
#[derive(Debug)]
pub(super) struct Handles {
    strictness: Strictness,
    /// How many pieces ago somebody was asked to come somewhere.
    asked: u32,
    /// How many pieces ago something was somebody's own.
    owned: u32,
    mention: Option<Mention>,
    chain: Chain,
    /// A made name, and how many pieces ago it was.
    made: Option<usize>,
    on: bool,
    /// Whether the last piece is an `@` that begins something.
    at: bool,
    found: bool,
    pub(super) steps: u64,
}

impl Handles {
    pub(super) const fn new(strictness: Strictness) -> Self {
        Self {
            strictness,
            asked: u32::MAX,
            owned: u32::MAX,
            mention: None,
            chain: Chain { letters: 0, digits: 0, joined: false, open: false, usual: false },
            made: None,
            on: false,
            at: false,
            found: false,
            steps: 0,
        }
    }

    pub(super) const fn found(&self) -> bool {
        self.found
    }

    pub(super) fn take(&mut self, piece: &Piece<'_>) {
        self.steps += 1;
        let app = app(piece);
        self.follow(piece);
        self.tagged(piece);
        if let Some(sure) = app {
            self.mention(sure, piece);
        } else {
            self.after_app(piece);
        }
        self.on = piece.is(Sense::On);
        self.asked = if piece.is(Sense::Reach) { 0 } else { self.asked.saturating_add(1) };
        self.owned = if piece.is(Sense::Mine) { 0 } else { self.owned.saturating_add(1) };
    }

    /// Keeps the chain.
    fn follow(&mut self, piece: &Piece<'_>) {
        if piece.gap {
            self.made = if self.chain.is_made() { Some(0) } else { self.made.map(|ago| ago + 1) };
            self.chain = Chain::default();
        }
        let chain = &mut self.chain;
        match &piece.kind {
            Kind::Word { letters, .. } => {
                chain.joined |= chain.open;
                chain.letters += letters;
                chain.usual |= piece.is(Sense::Usual);
                chain.open = false;
            }
            Kind::Digits { count, .. } => {
                chain.digits += count;
                chain.open = false;
            }
            Kind::Mark('_' | '.') => chain.open = chain.letters >= 2,
            Kind::Mark(_) => *chain = Chain::default(),
        }
    }

    /// `@name`
    fn tagged(&mut self, piece: &Piece<'_>) {
        let at = std::mem::take(&mut self.at);
        if at && !piece.gap && self.strictness != Strictness::Lenient {
            let usual = piece.is(Sense::Usual) && self.strictness != Strictness::Strict;
            self.found |= piece.letters() >= 3 && !usual;
        }
        self.at = piece.mark() == Some('@') && piece.gap;
    }

    /// An app is named.
    fn mention(&mut self, sure: App, piece: &Piece<'_>) {
        let reach = self.asked < ASKED;
        let mine = self.owned < OWNED || piece.is(Sense::Mine);
        let certain = sure != App::Word;
        if self.strictness == Strictness::Strict && certain && (reach || mine) {
            self.found = true;
        }
        // The name was said before: `max_99 on …`.
        if self.on && self.made.is_some_and(|ago| ago <= 1) {
            self.found = true;
        }
        // An app that is named after an app: `snap or insta`.
        let named = piece.is(Sense::Named);
        let (is, left) = (piece.is(Sense::Is), BETWEEN);
        self.mention =
            Some(Mention { sure, reach, mine, pointed: false, is, named, attached: false, left });
        self.chain = Chain::default();
    }

    /// Something follows the name of an app.
    fn after_app(&mut self, piece: &Piece<'_>) {
        let Some(mut mention) = self.mention.take() else { return };
        if mention.attached && piece.gap {
            return;
        }
        mention.left = mention.left.saturating_sub(1);
        match &piece.kind {
            Kind::Mark(':' | '=' | '@' | '→' | '>') => mention.pointed = true,
            Kind::Mark('.' | '!' | '?' | ';') if !mention.pointed && self.chain.letters == 0 => {
                return;
            }
            Kind::Mark(_) | Kind::Digits { .. } => {}
            Kind::Word { .. } if !piece.gap && self.chain.letters > piece.letters() => {}
            Kind::Word { letters, .. } => {
                if piece.is(Sense::Is) {
                    mention.is = true;
                } else if piece.is(Sense::Named) {
                    mention.named = true;
                } else if piece.is(Sense::Mine) {
                    mention.mine = true;
                } else if self.is_name(mention, piece, *letters) {
                    self.found = true;
                    return;
                } else if piece.is(Sense::Usual) {
                    if !mention.pointed {
                        return;
                    }
                    mention.attached = true;
                }
            }
        }
        if self.chain.is_made() && (mention.pointed || !self.chain.usual) {
            self.found = true;
        }
        if mention.left > 0 {
            self.mention = Some(mention);
        }
    }

    /// Whether a word is a name, by what was said before it.
    fn is_name(&self, mention: Mention, piece: &Piece<'_>, letters: usize) -> bool {
        let Mention { sure, reach, mine, pointed, is, named, left, .. } = mention;
        if letters < 3 || piece.is(Sense::Usual) {
            return false;
        }
        let near = left + 4 >= BETWEEN;
        let own = mine || reach;
        match self.strictness {
            Strictness::Lenient => pointed && sure == App::Certain,
            _ if pointed => sure != App::Word || own || named,
            _ if named => own && near,
            _ if is => mine && near,
            _ => reach && sure != App::Word && left + 1 == BETWEEN,
        }
    }
}

fn app(piece: &Piece<'_>) -> Option<App> {
    if piece.is(Sense::App) {
        Some(App::Certain)
    } else if piece.is(Sense::AppInShort) {
        Some(App::Short)
    } else if piece.is(Sense::AppWord) {
        Some(App::Word)
    } else {
        None
    }
}
