//! What is measured: every side does the same things to the same people.

use anonchat_core::{Filter, Gender};

/// A kind of person: a gender, and whom they look for.
#[derive(Clone, Copy)]
pub(crate) struct Kind(pub(crate) Gender, pub(crate) Filter);

/// The crowd, and those who come to meet its longest-waiting member.
pub(crate) const CROWD: Kind = Kind(Gender::Male, Filter::Only(Gender::Female));
pub(crate) const GUEST: Kind = Kind(Gender::Female, Filter::Any);
/// Fits only its like: whoever of them waits, waits behind the whole crowd.
pub(crate) const RARE: Kind = Kind(Gender::PreferNotToSay, Filter::Only(Gender::PreferNotToSay));
/// Never meets anybody here.
pub(crate) const LONELY: Kind = Kind(Gender::NonBinary, Filter::Only(Gender::Male));

pub(crate) trait Matchmaker {
    type Person: Copy;

    /// An empty hall.
    fn new() -> Self;
    /// Somebody new is there, and does nothing yet.
    fn come(&mut self, kind: Kind) -> Self::Person;
    /// Somebody wants to meet somebody. Returns whom they meet, if they need not wait.
    fn join(&mut self, person: Self::Person) -> Option<Self::Person>;
    /// The same for somebody who certainly meets nobody: the hall is being filled.
    fn seat(&mut self, person: Self::Person) {
        self.join(person);
    }
    /// Somebody waits or talks no longer, and stays there.
    fn leave(&mut self, person: Self::Person);
    /// Somebody goes home.
    fn go(&mut self, person: Self::Person);
    /// A tenth of a second passes.
    fn pass(&mut self) {}
}

/// Sixteen bytes as a hash would have them.
pub(crate) fn random(number: u64) -> [u8; 16] {
    let mix = |word: u64| {
        let word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^ (word >> 31)
    };
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&mix(number).to_le_bytes());
    bytes[8..].copy_from_slice(&mix(number ^ 0x9e37_79b9_7f4a_7c15).to_le_bytes());
    bytes
}
