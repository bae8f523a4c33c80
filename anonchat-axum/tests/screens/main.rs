//! How well the screens tell phrases apart, by a list of our own.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, Write as _};

use anonchat_axum::core::{Field, Finding, Screen};
use anonchat_axum::screens::{ContactDetails, Profanity};
use linkify::LinkFinder;
use proptest::prelude::*;

const PHRASES: &str = include_str!("phrases.tsv");

/// Hits and misses.
#[derive(Clone, Copy, Default)]
struct Count {
    found: u32,
    missed: u32,
    mistaken: u32,
    passed: u32,
}

impl Count {
    fn add(&mut self, is_so: bool, refused: bool) {
        match (is_so, refused) {
            (true, true) => self.found += 1,
            (true, false) => self.missed += 1,
            (false, true) => self.mistaken += 1,
            (false, false) => self.passed += 1,
        }
    }

    /// Of what is refused, how much is rightly.
    fn precision(self) -> f64 {
        share(self.found, self.mistaken)
    }

    /// Of what is to be refused, how much is.
    fn recall(self) -> f64 {
        share(self.found, self.missed)
    }
}

fn share(part: u32, rest: u32) -> f64 {
    if part + rest == 0 { 1.0 } else { f64::from(part) / f64::from(part + rest) }
}

/// Counts by language, with those of all languages under `all`, of the lines that are held out or
/// of the others.
fn count(
    screen: &dyn Screen,
    label: &str,
    finding: Finding,
    held_out: bool,
) -> BTreeMap<String, Count> {
    let mut counts = BTreeMap::<String, Count>::new();
    let lines = PHRASES.lines().filter(|line| !line.starts_with('#'));
    for (place, line) in lines.enumerate() {
        if (place % 3 == 2) != held_out {
            continue;
        }
        let mut parts = line.split('\t');
        let (is, language) = (parts.next().expect("label"), parts.next().expect("language"));
        let text = parts.next().expect("text");
        assert!(["contact", "abuse", "fine"].contains(&is) && parts.next().is_none(), "{line}");
        let refused = screen.screen(Field::Bio, text) == Err(finding);
        for key in [language, "all"] {
            counts.entry(key.to_owned()).or_default().add(is == label, refused);
        }
    }
    counts
}

fn report(title: &str, counts: &BTreeMap<String, Count>) {
    let mut table =
        format!("\n{title}\nlanguage  found  missed  mistaken  passed  precision  recall\n");
    for (language, count) in counts {
        let Count { found, missed, mistaken, passed } = count;
        let (precision, recall) = (count.precision(), count.recall());
        let _ = writeln!(
            table,
            "{language:<8} {found:>6} {missed:>7} {mistaken:>9} {passed:>7} {precision:>10.3} {recall:>7.3}"
        );
    }
    let _ = io::stderr().write_all(table.as_bytes());
}

/// Fails below floors that are close under what was measured.
fn assert_tells(screen: &dyn Screen, label: &str, finding: Finding, floors: [(f64, f64); 2]) {
    for (held_out, (precision, recall)) in [false, true].into_iter().zip(floors) {
        let counts = count(screen, label, finding, held_out);
        let part = if held_out { "held out" } else { "seen while it was written" };
        report(&format!("{label}, {part}"), &counts);
        let all = counts["all"];
        assert!(all.precision() >= precision, "{label}, {part}: {}", all.precision());
        assert!(all.recall() >= recall, "{label}, {part}: {}", all.recall());
        for (language, count) in &counts {
            // Of fewer, one phrase would decide.
            let enough = count.found + count.missed >= 5;
            assert!(!enough || count.recall() >= 0.8, "{label}, {part}: recall in {language}");
        }
    }
}

#[test]
fn contact_details_are_told_from_harmless_phrases() {
    let screen = ContactDetails::default();
    assert_tells(&screen, "contact", Finding::ContactDetails, [(0.98, 0.97), (0.97, 0.95)]);
}

#[test]
fn profanity_is_told_from_harmless_phrases() {
    let screen = Profanity::default();
    assert_tells(&screen, "abuse", Finding::Profanity, [(0.90, 0.95), (0.80, 0.90)]);
}

#[test]
fn the_list_is_large_and_says_nothing_twice() {
    let mut lines: Vec<_> = PHRASES.lines().filter(|line| !line.starts_with('#')).collect();
    let all = lines.len();
    assert!(all >= 350, "{all}");
    lines.sort_unstable();
    lines.dedup();
    assert_eq!(lines.len(), all);
}

proptest! {
    /// A library for links, which sees none that are spelt out, sees none that is missed here.
    #[test]
    fn what_a_finder_of_links_finds_is_refused(
        before in "[a-z ,.!]{0,20}",
        link in prop_oneof![
            "[a-z][a-z0-9.+-]{0,10}[a-z0-9]@[a-z][a-z0-9-]{0,8}[a-z0-9]\\.(com|org|net|de|museum)",
            "(https?|ftp)://[a-z][a-z0-9]{0,8}(\\.[a-z]{2,5}){1,2}(/[a-z0-9]{0,8})?",
        ],
        after in "[ ,.!)][a-z ]{0,20}",
    ) {
        let text = format!("{before} {link}{after}");
        if LinkFinder::new().links(&text).next().is_some() {
            let screened = ContactDetails::default().screen(Field::Message, &text);
            prop_assert_eq!(screened, Err(Finding::ContactDetails), "{}", text);
        }
    }
}
