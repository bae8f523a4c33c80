//! Telephone numbers, and what is none although it has as many digits.

use super::Strictness;
use super::piece::{Kind, Piece};
use super::vocabulary::Sense;

/// How many groups are looked at together.
const GROUPS: usize = 40;

/// How many marks may stand between two groups.
const MARKS: usize = 3;

/// Digits without anything between them.
#[derive(Debug)]
struct Group {
    text: String,
    count: usize,
    /// The last mark before it.
    mark: Option<char>,
    /// Whether white space is before it.
    gap: bool,
}

impl Group {
    fn value(&self) -> Option<u64> {
        self.text.parse().ok().filter(|_| self.count == self.text.len())
    }

    /// Whether it has between `least` and `most` digits, and a value within a range.
    fn fits(
        &self,
        digits: std::ops::RangeInclusive<usize>,
        values: std::ops::RangeInclusive<u64>,
    ) -> bool {
        digits.contains(&self.count) && self.value().is_some_and(|value| values.contains(&value))
    }

    fn is_year(&self) -> bool {
        self.fits(4..=4, 1900..=2099)
    }
}

/// Follows groups of digits that belong together.
#[derive(Debug)]
pub(super) struct Numbers {
    least: usize,
    groups: Vec<Group>,
    marks: usize,
    mark: Option<char>,
    /// Whether white space followed the last mark, or stood around it.
    gap: bool,
    /// Whether a word that says nothing was between the last group and here.
    filled: bool,
    repeat: u8,
    plus: bool,
    /// Whether it is an amount: a sign of a currency is beside it.
    amount: bool,
    /// Whether a sign was the last piece.
    after_sign: bool,
    found: bool,
    pub(super) steps: u64,
}

impl Numbers {
    pub(super) const fn new(strictness: Strictness) -> Self {
        let least = match strictness {
            Strictness::Lenient => 9,
            Strictness::Standard => 7,
            Strictness::Strict => 6,
        };
        Self {
            least,
            groups: Vec::new(),
            marks: 0,
            mark: None,
            gap: false,
            filled: false,
            repeat: 1,
            plus: false,
            amount: false,
            after_sign: false,
            found: false,
            steps: 0,
        }
    }

    /// Whether a number was found so far.
    pub(super) const fn found(&self) -> bool {
        self.found
    }

    pub(super) fn take(&mut self, piece: &Piece<'_>) {
        self.steps += 1;
        match &piece.kind {
            Kind::Digits { text, count } => self.group(text.clone(), *count, piece.gap),
            Kind::Mark(mark) => self.between(*mark, piece.gap),
            Kind::Word { text, letters } => self.word(piece, text, *letters),
        }
    }

    pub(super) fn end(&mut self) {
        self.decide();
    }

    fn word(&mut self, piece: &Piece<'_>, text: &str, letters: usize) {
        for sense in piece.senses {
            match *sense {
                // A lone letter is a digit only among digits.
                Sense::Digit(_) if letters == 1 && text.is_ascii() && self.groups.is_empty() => {}
                // Nor is a word that means something else among numbers: `12.05. um 10`.
                Sense::Digit(_)
                    if piece.is(Sense::Usual)
                        && self.groups.last().is_some_and(|last| last.count >= 2) => {}
                Sense::Digit(value) => return self.said(char::from(b'0' + value % 10), piece.gap),
                Sense::Number(count) => {
                    return self.group(String::new(), usize::from(count), piece.gap);
                }
                Sense::Repeat(times) => {
                    self.repeat = times;
                    return;
                }
                Sense::Dash => return self.between('-', false),
                Sense::And
                    if self.groups.last().is_some_and(|last| last.count <= 2) && !self.filled =>
                {
                    self.filled = true;
                    return;
                }
                _ => {}
            }
        }
        let touching = !piece.gap && !self.groups.is_empty() && self.marks == 0;
        match text {
            "l" | "i" if touching => self.group("1".into(), 1, false),
            "s" if touching => self.group("5".into(), 1, false),
            "b" if touching => self.group("6".into(), 1, false),
            _ => self.decide(),
        }
    }

    fn said(&mut self, digit: char, gap: bool) {
        let times = usize::from(std::mem::replace(&mut self.repeat, 1));
        self.group(digit.to_string().repeat(times), times, gap);
    }

    fn between(&mut self, mark: char, gap: bool) {
        let sign = matches!(mark, '€' | '$' | '£' | '¥' | '₺' | '₽' | '₹' | '%' | '°' | '₴');
        if self.groups.is_empty() {
            self.plus = mark == '+';
            self.after_sign = sign;
            return;
        }
        self.amount |= sign;
        self.gap |= gap;
        self.mark = Some(mark);
        self.marks += 1;
        if self.marks > MARKS {
            self.decide();
        }
    }

    fn group(&mut self, text: String, count: usize, gap: bool) {
        let short = self.groups.last().is_none_or(|last| last.count == 1) && count <= 2;
        let ends = matches!(self.mark, Some('.' | ',' | ';' | '!' | '?'));
        if (self.filled || (ends && gap)) && !short {
            self.decide();
        }
        if self.groups.is_empty() {
            self.amount = self.after_sign;
        }
        let gap = gap || self.gap;
        self.groups.push(Group { text, count, mark: self.mark, gap });
        (self.marks, self.mark, self.gap) = (0, None, false);
        (self.filled, self.repeat, self.after_sign) = (false, 1, false);
        if self.groups.len() >= GROUPS {
            self.decide();
        }
    }

    /// Looks at the groups so far, and forgets them.
    fn decide(&mut self) {
        self.steps += self.groups.len() as u64;
        let digits: usize = self.groups.iter().map(|group| group.count).sum();
        let zero = self.groups.first().is_some_and(|group| group.text.starts_with('0'));
        let least = if self.plus || zero { self.least.min(7) } else { self.least };
        if digits >= least && (self.plus || !self.is_harmless(digits, zero)) {
            self.found = true;
        }
        self.groups.clear();
        (self.marks, self.mark, self.gap) = (0, None, false);
        (self.filled, self.repeat, self.plus) = (false, 1, false);
        (self.amount, self.after_sign) = (false, false);
    }

    fn is_harmless(&self, digits: usize, zero: bool) -> bool {
        let groups = self.groups.as_slice();
        self.is_one_digit()
            || is_counting(groups)
            || is_calendar(groups)
            || is_build(groups)
            || is_decimal(groups)
            || (!zero && (self.amount || is_grouped(groups) || self.is_round(digits)))
    }

    fn is_one_digit(&self) -> bool {
        let mut digits = self.groups.iter().flat_map(|group| group.text.bytes());
        let first = digits.next();
        self.groups.iter().all(|group| !group.text.is_empty())
            && digits.all(|digit| Some(digit) == first)
    }

    fn is_round(&self, digits: usize) -> bool {
        let written = || self.groups.iter().flat_map(|group| group.text.bytes());
        digits <= DIGITS_OF_AMOUNTS
            && written().count() == digits
            && written().skip(digits - 4).all(|digit| digit == b'0')
    }
}

/// How long an amount is at most.
const DIGITS_OF_AMOUNTS: usize = 15;

/// `1 2 3 4 5 6 7`, up or down, or the same in one group.
fn is_counting(groups: &[Group]) -> bool {
    let steps_by_one = |values: &[u64]| {
        values.windows(2).all(|two| two[0].checked_add(1) == Some(two[1]))
            || values.windows(2).all(|two| two[1].checked_add(1) == Some(two[0]))
    };
    match groups {
        [one] => {
            let values: Vec<_> = one.text.bytes().map(u64::from).collect();
            values.len() == one.count && steps_by_one(&values)
        }
        _ => {
            let values: Option<Vec<_>> = groups.iter().map(Group::value).collect();
            values.is_some_and(|values| values.len() >= 4 && steps_by_one(&values))
        }
    }
}

/// Nothing but dates, years and times.
fn is_calendar(mut groups: &[Group]) -> bool {
    while !groups.is_empty() {
        let taken = match groups {
            [a, b, c, ..] if is_date(a, b, c) => 3,
            [a, b, c, ..] if is_time(a, b) && c.mark == Some(':') && c.fits(2..=2, 0..=59) => 3,
            [a, b, ..] if is_time(a, b) => 2,
            [a, ..] if a.is_year() => 1,
            _ => return false,
        };
        groups = groups.get(taken..).unwrap_or_default();
    }
    true
}

fn is_time(hour: &Group, minute: &Group) -> bool {
    minute.mark == Some(':')
        && !minute.gap
        && hour.fits(1..=2, 0..=24)
        && minute.fits(2..=2, 0..=59)
}

fn is_date(a: &Group, b: &Group, c: &Group) -> bool {
    let marked = b.mark == c.mark && matches!(b.mark, Some('.' | '/' | '-'));
    let day = |group: &Group| group.fits(1..=2, 1..=31);
    marked
        && day(b)
        && ((day(a) && (c.is_year() || c.fits(2..=2, 0..=99))) || (a.is_year() && day(c)))
}

/// `25/180/75`: age, height and weight.
fn is_build(groups: &[Group]) -> bool {
    let [age, height, weight] = groups else { return false };
    age.fits(2..=2, 14..=99) && height.fits(3..=3, 130..=220) && weight.fits(2..=3, 35..=200)
}

/// `3.14159265`
fn is_decimal(groups: &[Group]) -> bool {
    let [whole, fraction] = groups else { return false };
    whole.count <= 2 && matches!(fraction.mark, Some('.' | ',')) && !fraction.gap
}

/// `12,345,678`, or with points or apostrophes.
fn is_grouped(groups: &[Group]) -> bool {
    let [first, rest @ ..] = groups else { return false };
    let separated = |group: &Group| {
        group.count == 3
            && !group.gap
            && match group.mark {
                Some(',' | '\'' | '’') => first.count <= 3,
                Some('.') => first.count <= 2,
                _ => false,
            }
    };
    !rest.is_empty() && rest.iter().all(separated)
}
