//! Words on their way into Redis and back: sealed before they are sent, opened after they came.

use std::fmt;

use aes_gcm_siv::aead::{AeadInOut, KeyInit};
use aes_gcm_siv::{Aes256GcmSiv, Nonce};
use anonchat_core::room::{RoomDice, RoomText};
use zeroize::Zeroizing;

use super::super::malformed::Malformed;

/// The most bytes of one sealed text: more than twice the longest that a policy can allow.
const MAX_SEALED: usize = 1 << 20;

const NONCE: usize = 12;
const TAG: usize = 16;

/// What is shown in the place of words that cannot be opened.
const UNREADABLE: &str = "\u{fffd}";

/// The keys under which [`RedisRooms`](super::RedisRooms) seals words: one by which it seals and
/// opens, and older ones by which it only opens.
///
/// To change the key, first give the new one to all servers as an older one, then as the newest,
/// and keep the former one among the older until nothing is kept that it has sealed.
#[derive(Clone)]
pub struct RoomKeys(Vec<Zeroizing<[u8; 32]>>);

impl RoomKeys {
    /// One key for everything: 32 secret random bytes, the same on all servers.
    pub fn new(newest: [u8; 32]) -> Self {
        Self(vec![Zeroizing::new(newest)])
    }

    /// Also opens what this key has sealed.
    #[must_use]
    pub fn with_older(mut self, older: [u8; 32]) -> Self {
        self.0.push(Zeroizing::new(older));
        self
    }
}

impl fmt::Debug for RoomKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RoomKeys(..)")
    }
}

/// What kind of text it is. One kind cannot be passed off as another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::redis) enum Words {
    Nickname,
    Name,
    Content,
    Reason,
}

impl Words {
    /// What is authenticated beside the words.
    const fn label(self) -> &'static [u8] {
        match self {
            Self::Nickname => b"anonchat room text 1: nickname",
            Self::Name => b"anonchat room text 1: name",
            Self::Content => b"anonchat room text 1: content",
            Self::Reason => b"anonchat room text 1: reason",
        }
    }
}

/// Reads texts as they come from Redis.
pub(in crate::redis) trait Opens {
    /// The words, or [`UNREADABLE`] for what no key opens.
    fn open(&self, words: Words, sealed: &[u8]) -> Result<RoomText, Malformed>;
}

/// Seals and opens: AES-256-GCM-SIV, which keeps its promises should a nonce ever come twice. What
/// is sealed begins with the nonce.
pub(in crate::redis) struct Seals {
    newest: Aes256GcmSiv,
    older: Vec<Aes256GcmSiv>,
}

impl Seals {
    pub(in crate::redis) fn new(keys: &RoomKeys) -> Self {
        let mut ciphers = keys.0.iter().map(|key| Aes256GcmSiv::new((&**key).into()));
        let newest = ciphers.next().unwrap_or_else(|| Aes256GcmSiv::new(&[0; 32].into()));
        Self { newest, older: ciphers.collect() }
    }

    /// Seals the one text of a command, under a nonce from its dice.
    pub(super) fn seal(&self, words: Words, dice: &RoomDice, text: &RoomText) -> Vec<u8> {
        let mut nonce = [0; NONCE];
        nonce.copy_from_slice(&dice.alias.as_bytes()[..NONCE]);
        let text = text.words().as_bytes();
        let mut body = Vec::with_capacity(text.len() + TAG);
        body.extend(text);
        let sealed = self.newest.encrypt_in_place(&Nonce::from(nonce), words.label(), &mut body);
        if sealed.is_err() {
            // Only a text of many gigabytes is refused; it must not go out as it is.
            body.clear();
        }
        [&nonce[..], &body].concat()
    }
}

impl Opens for Seals {
    fn open(&self, words: Words, sealed: &[u8]) -> Result<RoomText, Malformed> {
        if sealed.len() > MAX_SEALED {
            return Err(Malformed::TooLong("a text"));
        }
        let opened = sealed.split_first_chunk::<NONCE>().and_then(|(nonce, body)| {
            let nonce = Nonce::from(*nonce);
            let ciphers = std::iter::once(&self.newest).chain(&self.older);
            ciphers.into_iter().find_map(|cipher| {
                let mut text = body.to_vec();
                cipher.decrypt_in_place(&nonce, words.label(), &mut text).ok()?;
                String::from_utf8(text).ok()
            })
        });
        Ok(RoomText::restored(opened.unwrap_or_else(|| UNREADABLE.to_owned())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dice(number: u8) -> RoomDice {
        RoomDice::from_bytes([number; 32])
    }

    fn text(words: &str) -> RoomText {
        RoomText::restored(words.to_owned())
    }

    fn opened(seals: &Seals, words: Words, sealed: &[u8]) -> String {
        seals.open(words, sealed).expect("of bearable length").words().to_owned()
    }

    #[test]
    fn what_is_sealed_is_opened_by_the_same_key_and_shows_no_word() {
        let seals = Seals::new(&RoomKeys::new([7; 32]));
        for words in ["", "h\u{e9}llo there", &"x".repeat(100_000)] {
            let sealed = seals.seal(Words::Content, &dice(1), &text(words));
            assert_eq!(opened(&seals, Words::Content, &sealed), words);
            assert_eq!(sealed.len(), words.len() + NONCE + TAG);
        }
        let sealed = seals.seal(Words::Content, &dice(1), &text("hello there"));
        assert!(!sealed.windows(5).any(|window| window == b"hello"));
    }

    #[test]
    fn an_older_key_opens_and_does_not_seal() {
        let (old, new) = (RoomKeys::new([1; 32]), RoomKeys::new([2; 32]).with_older([1; 32]));
        let (old, new) = (Seals::new(&old), Seals::new(&new));
        let sealed = old.seal(Words::Name, &dice(1), &text("tea"));
        assert_eq!(opened(&new, Words::Name, &sealed), "tea");
        let sealed = new.seal(Words::Name, &dice(1), &text("tea"));
        assert_eq!(opened(&old, Words::Name, &sealed), UNREADABLE);
    }

    #[test]
    fn what_was_touched_cut_or_passed_off_as_something_else_is_unreadable_and_no_error() {
        let seals = Seals::new(&RoomKeys::new([7; 32]));
        let sealed = seals.seal(Words::Content, &dice(1), &text("hello"));
        for place in 0..sealed.len() {
            let mut touched = sealed.clone();
            touched[place] ^= 1;
            assert_eq!(opened(&seals, Words::Content, &touched), UNREADABLE);
            assert_eq!(opened(&seals, Words::Content, &sealed[..place]), UNREADABLE);
        }
        for other in [Words::Nickname, Words::Name, Words::Reason] {
            assert_eq!(opened(&seals, other, &sealed), UNREADABLE);
        }
    }

    #[test]
    fn more_than_anybody_sends_is_not_looked_at() {
        let seals = Seals::new(&RoomKeys::new([7; 32]));
        let long = seals.open(Words::Content, &vec![0; MAX_SEALED + 1]);
        assert_eq!(long.err(), Some(Malformed::TooLong("a text")));
    }

    #[test]
    fn the_same_words_look_different_by_other_dice_and_keys_do_not_show_themselves() {
        let seals = Seals::new(&RoomKeys::new([7; 32]));
        let [one, other] =
            [1, 2].map(|number| seals.seal(Words::Content, &dice(number), &text("hello")));
        assert_ne!(one[NONCE..], other[NONCE..]);
        assert_eq!(format!("{:?}", RoomKeys::new([7; 32])), "RoomKeys(..)");
    }
}
