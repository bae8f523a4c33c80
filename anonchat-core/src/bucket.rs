//! Gender × filter: the queues, and which of them may meet.
//!
//! This is the only place in the project that decides who is acceptable to whom by gender.

use crate::profile::{Filter, Gender};
use crate::query::Census;

/// One of the 25 queues: those of one gender (or none) who look through one filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bucket(u8);

/// A set of buckets, one bit each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Buckets(u32);

const FILTERS: usize = Filter::ALL.len();

/// For each bucket those that it accepts and that accept it.
static COMPATIBLE: [Buckets; Bucket::COUNT] = {
    let mut table = [Buckets(0); Bucket::COUNT];
    let mut pair = 0;
    while pair < Bucket::COUNT * Bucket::COUNT {
        let (from, to) = (pair / Bucket::COUNT, Bucket((pair % Bucket::COUNT) as u8));
        if Bucket(from as u8).accepts(to) {
            table[from] = table[from].with(to);
        }
        pair += 1;
    }
    table
};

impl Bucket {
    /// How many there are.
    pub const COUNT: usize = (Gender::ALL.len() + 1) * FILTERS;

    /// The bucket of somebody of `gender` who looks through `filter`.
    pub const fn of(gender: Option<Gender>, filter: Filter) -> Self {
        let row = match gender {
            None => 0,
            Some(gender) => gender.index() + 1,
        };
        Self((row * FILTERS + filter.index()) as u8)
    }

    /// All of them, in the order of their index.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..Self::COUNT as u8).map(Self)
    }

    /// 0 to 24.
    pub const fn index(self) -> usize {
        self.0 as usize
    }

    /// The gender of those who wait here.
    pub const fn gender(self) -> Option<Gender> {
        match self.index() / FILTERS {
            0 => None,
            row => Some(Gender::ALL[row - 1]),
        }
    }

    /// The filter of those who wait here.
    pub const fn filter(self) -> Filter {
        Filter::ALL[self.index() % FILTERS]
    }

    /// Whether somebody from here and somebody from `other` are acceptable to each other.
    pub const fn accepts(self, other: Self) -> bool {
        self.filter().accepts(other.gender()) && other.filter().accepts(self.gender())
    }

    /// All buckets that an arrival in this one may be matched from: those acceptable both ways.
    pub fn compatible(self) -> Buckets {
        COMPATIBLE[self.index()]
    }

    /// Those whom only the filter keeps from somebody here: acceptable to one of the same gender
    /// who looks for anybody. Never those who wait here themselves.
    pub fn beyond_filter(self) -> Buckets {
        let anybody = Self::of(self.gender(), Filter::Any);
        anybody.compatible().except(self.compatible())
    }

    /// Those whom only the want of a gender keeps from somebody here: acceptable to them, and
    /// looking for some gender. None for whoever has a gender.
    pub fn beyond_gender(self) -> Buckets {
        if self.gender().is_some() {
            return Buckets::default();
        }
        let acceptable = Self::all().filter(|other| self.filter().accepts(other.gender()));
        acceptable.fold(Buckets::default(), Buckets::with).except(self.compatible())
    }
}

impl Buckets {
    /// This set and `bucket`.
    #[must_use]
    pub const fn with(self, bucket: Bucket) -> Self {
        Self(self.0 | 1 << bucket.0)
    }

    /// This set without `bucket`.
    #[must_use]
    pub const fn without(self, bucket: Bucket) -> Self {
        Self(self.0 & !(1 << bucket.0))
    }

    /// What both sets have.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// What this set has and `other` has not.
    #[must_use]
    pub const fn except(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether `bucket` is in the set.
    pub const fn contains(self, bucket: Bucket) -> bool {
        self.0 & 1 << bucket.0 != 0
    }

    /// The set as a number: the bit of value 2^[`Bucket::index`] for each bucket in it.
    pub const fn bits(self) -> u32 {
        self.0
    }

    /// The buckets in ascending order of their index.
    pub fn iter(self) -> impl Iterator<Item = Bucket> {
        let mut rest = self.0;
        std::iter::from_fn(move || {
            let next = (rest != 0).then(|| Bucket(rest.trailing_zeros() as u8));
            rest &= rest.wrapping_sub(1);
            next
        })
    }
}

impl Census {
    /// Who can be matched now: the gender of those who wait, their filter, and how many they are,
    /// for each of the 25 queues.
    pub fn queues(&self) -> impl Iterator<Item = (Option<Gender>, Filter, u64)> + '_ {
        (0..Bucket::COUNT as u8)
            .map(Bucket)
            .map(|bucket| (bucket.gender(), bucket.filter(), self.buckets[bucket.index()]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compatible_lists_exactly_the_buckets_acceptable_both_ways() {
        for from in Bucket::all() {
            let listed: Vec<_> = from.compatible().iter().collect();
            for other in Bucket::all() {
                assert_eq!(listed.contains(&other), from.accepts(other), "{from:?} {other:?}");
                assert_eq!(from.accepts(other), other.accepts(from), "{from:?} {other:?}");
            }
        }
    }

    #[test]
    fn what_keeps_two_apart_is_the_one_rule_that_would_have_to_change() {
        for from in Bucket::all() {
            let widened = Bucket::of(from.gender(), Filter::Any);
            for other in Bucket::all() {
                let by_filter = widened.accepts(other) && !from.accepts(other);
                assert_eq!(from.beyond_filter().contains(other), by_filter, "{from:?} {other:?}");
                let chosen = from.filter().accepts(other.gender());
                let by_gender = from.gender().is_none() && chosen && !from.accepts(other);
                assert_eq!(from.beyond_gender().contains(other), by_gender, "{from:?} {other:?}");
            }
            let apart = [from.beyond_filter(), from.beyond_gender()];
            assert!(from.filter() != Filter::Any || apart[0] == Buckets::default(), "{from:?}");
            assert!(!apart[0].contains(from), "{from:?} is kept from nobody by itself");
        }
    }

    #[test]
    fn nobody_without_a_gender_passes_a_specific_filter() {
        let unknown = Bucket::of(None, Filter::Any);
        for gender in Gender::ALL {
            let picky = Bucket::of(Some(Gender::Male), Filter::Only(gender));
            assert!(!unknown.accepts(picky));
        }
        assert!(unknown.accepts(Bucket::of(None, Filter::Any)));
    }
}
