//! The counters of one server.

use std::sync::atomic::{AtomicU64, Ordering};

use anonchat_core::session::ErrorCode;
use anonchat_core::{Body, Gender, Verdict, Whisper};

use super::waits::{WaitCounts, Waits};

/// What this server has seen since it started. Adding is one atomic addition, and never waits.
pub(crate) struct Figures {
    waits: Waits,
    messages: AtomicU64,
    /// In the order of [`ErrorCode::ALL`].
    refused: Box<[AtomicU64]>,
    /// In the order of [`Outcome::ALL`].
    outcomes: Box<[AtomicU64]>,
}

/// The counters at one moment, or what was added between two.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) waits: WaitCounts,
    pub(crate) messages: u64,
    refused: Box<[u64]>,
    outcomes: Box<[u64]>,
}

macro_rules! outcomes {
    ($($(#[$doc:meta])* $variant:ident = $name:literal;)*) => {
        /// What came of a picture.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Outcome {
            $($(#[$doc])* $variant,)*
        }

        impl Outcome {
            pub(crate) const ALL: &[Self] = &[$(Self::$variant,)*];

            pub(crate) const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }
        }
    };
}

outcomes! {
    /// A gender is known.
    Verified = "verified";
    /// A live person, whose gender could not be told.
    Abstained = "abstained";
    NoFace = "no_face";
    SeveralFaces = "several_faces";
    NotLive = "not_live";
    TooSmall = "too_small";
    TooDark = "too_dark";
    TooBlurred = "too_blurred";
    TurnedAway = "turned_away";
    Unreadable = "unreadable";
    /// The classifier had no room.
    Busy = "busy";
    /// The classifier broke, or no pool could take the verdict.
    Failed = "failed";
}

impl From<Verdict> for Outcome {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Verified(Gender::PreferNotToSay) => Self::Abstained,
            Verdict::Verified(_) => Self::Verified,
            Verdict::NoFace => Self::NoFace,
            Verdict::SeveralFaces => Self::SeveralFaces,
            Verdict::NotLive => Self::NotLive,
            Verdict::TooSmall => Self::TooSmall,
            Verdict::TooDark => Self::TooDark,
            Verdict::TooBlurred => Self::TooBlurred,
            Verdict::TurnedAway => Self::TurnedAway,
            _ => Self::Unreadable,
        }
    }
}

impl Default for Figures {
    fn default() -> Self {
        let zeros = |count| (0..count).map(|_| AtomicU64::new(0)).collect();
        Self {
            waits: Waits::default(),
            messages: AtomicU64::new(0),
            refused: zeros(ErrorCode::ALL.len()),
            outcomes: zeros(Outcome::ALL.len()),
        }
    }
}

impl Figures {
    /// Somebody who waited was matched after so many milliseconds.
    pub(crate) fn matched(&self, wait_ms: u64) {
        self.waits.add(wait_ms);
    }

    /// A client was refused something.
    pub(crate) fn refused(&self, code: ErrorCode) {
        add(&self.refused, ErrorCode::ALL, &code);
    }

    /// Something came of a picture.
    pub(crate) fn verified(&self, outcome: impl Into<Outcome>) {
        add(&self.outcomes, Outcome::ALL, &outcome.into());
    }

    /// Something is on its way to a partner. Only messages count, and only that there was one.
    pub(crate) fn relayed(&self, whisper: &Whisper) {
        if matches!(whisper.body, Body::Text { .. } | Body::Image(_)) {
            self.messages.fetch_add(1, Ordering::Relaxed);
        }
    }

    pub(crate) fn counts(&self) -> Counts {
        let load = |counters: &[AtomicU64]| {
            counters.iter().map(|counter| counter.load(Ordering::Relaxed)).collect()
        };
        Counts {
            waits: self.waits.counts(),
            messages: self.messages.load(Ordering::Relaxed),
            refused: load(&self.refused),
            outcomes: load(&self.outcomes),
        }
    }
}

fn add<T: PartialEq>(counters: &[AtomicU64], all: &[T], one: &T) {
    if let Some(index) = all.iter().position(|known| known == one) {
        counters[index].fetch_add(1, Ordering::Relaxed);
    }
}

impl Counts {
    /// What was added after `earlier`.
    pub(crate) fn since(&self, earlier: &Self) -> Self {
        let less = |now: &[u64], before: &[u64]| {
            now.iter().zip(before).map(|(now, before)| now.saturating_sub(*before)).collect()
        };
        Self {
            waits: self.waits.since(&earlier.waits),
            messages: self.messages.saturating_sub(earlier.messages),
            refused: less(&self.refused, &earlier.refused),
            outcomes: less(&self.outcomes, &earlier.outcomes),
        }
    }

    /// How often each rule refused something.
    pub(crate) fn refusals(&self) -> impl Iterator<Item = (&'static str, u64)> + '_ {
        ErrorCode::ALL.iter().map(|code| code.as_str()).zip(self.refused.iter().copied())
    }

    /// How often each outcome of a picture came about.
    pub(crate) fn outcomes(&self) -> impl Iterator<Item = (&'static str, u64)> + '_ {
        Outcome::ALL.iter().map(|outcome| outcome.as_str()).zip(self.outcomes.iter().copied())
    }

    /// How many pictures were judged, and of how many of them a gender is known.
    pub(crate) fn verifications(&self) -> (u64, u64) {
        (self.outcomes.iter().sum(), self.outcomes[0])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_rule_and_each_outcome_has_its_own_count() {
        let figures = Figures::default();
        let before = figures.counts();
        for code in ErrorCode::ALL {
            figures.refused(*code);
        }
        figures.refused(ErrorCode::Banned);
        for outcome in Outcome::ALL {
            figures.verified(*outcome);
        }
        let added = figures.counts().since(&before);
        for (name, count) in added.refusals() {
            assert_eq!(count, if name == "banned" { 2 } else { 1 }, "{name}");
        }
        assert!(added.outcomes().all(|(_, count)| count == 1));
        assert_eq!(added.verifications(), (Outcome::ALL.len() as u64, 1));
    }

    #[test]
    fn an_abstention_is_no_success() {
        let figures = Figures::default();
        figures.verified(Verdict::Verified(Gender::PreferNotToSay));
        figures.verified(Verdict::Verified(Gender::Female));
        figures.verified(Verdict::NoFace);
        assert_eq!(figures.counts().verifications(), (3, 1));
    }
}
