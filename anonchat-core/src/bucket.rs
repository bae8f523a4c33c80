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
    pub fn accepts(self, other: Self) -> bool {
        self.filter().accepts(other.gender()) && other.filter().accepts(self.gender())
    }

    /// All buckets that an arrival in this one may be matched from: those acceptable both ways.
    pub fn compatible(self) -> Buckets {
        const NONE: Buckets = Buckets(0);
        static TABLE: std::sync::LazyLock<[Buckets; Bucket::COUNT]> =
            std::sync::LazyLock::new(|| {
                let mut table = [NONE; Bucket::COUNT];
                for (from, row) in table.iter_mut().enumerate() {
                    *row = (0..Bucket::COUNT as u8)
                        .map(Bucket)
                        .filter(|other| Bucket(from as u8).accepts(*other))
                        .fold(NONE, Buckets::with);
                }
                table
            });
        TABLE[self.index()]
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
        for from in (0..Bucket::COUNT as u8).map(Bucket) {
            let listed: Vec<_> = from.compatible().iter().collect();
            for other in (0..Bucket::COUNT as u8).map(Bucket) {
                assert_eq!(listed.contains(&other), from.accepts(other), "{from:?} {other:?}");
                assert_eq!(from.accepts(other), other.accepts(from), "{from:?} {other:?}");
            }
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
