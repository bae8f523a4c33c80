//! The token of a session: a secret that its client holds, of which the server keeps a keyed hash.

use std::fmt::Write;

use anonchat_core::room::SessionId;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::clock;
use crate::secret::Secret;

/// A token. On the wire it is a UUID of version 4: 122 random bits. Wiped when dropped; there is
/// deliberately no `Debug`.
pub(super) struct Token(Zeroizing<[u8; 16]>);

/// Hashes tokens. Holds the key as the hash's inner state, which is wiped when dropped.
pub(super) struct TokenKey(Hmac<Sha256>);

/// So that nothing else hashed under the same key can be taken for a session.
const LABEL: &[u8] = b"anonchat room session\0";

/// Where the hyphens of a UUID stand.
const HYPHENS: [usize; 4] = [8, 13, 18, 23];

impl Token {
    /// Draws a token.
    pub(super) fn draw() -> Self {
        let mut bytes = Zeroizing::new(clock::random::<16>());
        bytes[6] = bytes[6] & 0x0f | 0x40; // the version
        bytes[8] = bytes[8] & 0x3f | 0x80; // the variant
        Self(bytes)
    }

    /// Reads a token in either case; `None` for what is no UUID.
    pub(super) fn parse(text: &str) -> Option<Self> {
        if text.len() != 36 {
            return None;
        }
        let mut digits = text.bytes().enumerate().filter(|(place, _)| !HYPHENS.contains(place));
        if HYPHENS.iter().any(|place| text.as_bytes()[*place] != b'-') {
            return None;
        }
        let mut bytes = Zeroizing::new([0; 16]);
        let mut digit = || char::from(digits.next()?.1).to_digit(16).map(|digit| digit as u8);
        for byte in bytes.iter_mut() {
            *byte = digit()? << 4 | digit()?;
        }
        Some(Self(bytes))
    }

    /// The token for its client.
    pub(super) fn show(&self) -> String {
        let mut text = String::with_capacity(36);
        for (place, byte) in self.0.iter().enumerate() {
            if [4, 6, 8, 10].contains(&place) {
                text.push('-');
            }
            let _ = write!(text, "{byte:02x}");
        }
        text
    }
}

impl TokenKey {
    pub(super) fn new(key: &Secret) -> Self {
        let mac = Hmac::new_from_slice(key.expose().as_bytes());
        let mut mac = mac.expect("HMAC takes keys of any length");
        mac.update(LABEL);
        Self(mac)
    }

    /// The session behind a token.
    pub(super) fn id(&self, token: &Token) -> SessionId {
        let hash = self.0.clone().chain_update(token.0.as_slice()).finalize().into_bytes();
        let mut cut = [0; 16];
        cut.copy_from_slice(&hash[..16]);
        SessionId::from_bytes(cut)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drawn_token_is_a_uuid_of_version_4_and_reads_back() {
        let key = TokenKey::new(&Secret::new("one"));
        let token = Token::draw();
        let text = token.show();
        assert_eq!((&text[14..15], text.len()), ("4", 36));
        assert!("89ab".contains(&text[19..20]), "{text}");
        for text in [text.clone(), text.to_uppercase()] {
            assert_eq!(key.id(&Token::parse(&text).expect("a token")), key.id(&token));
        }
        assert_ne!(key.id(&token), TokenKey::new(&Secret::new("two")).id(&token));
        assert_ne!(key.id(&token), key.id(&Token::draw()));
    }

    #[test]
    fn what_is_no_uuid_is_no_token() {
        let text = Token::draw().show();
        for bad in [
            "",
            "token",
            &text[1..],
            &format!("{text}0"),
            &text.replace('-', ""),
            &text.replace('-', "0"),
            &format!("{}-", &text[..35]),
            &format!("g{}", &text[1..]),
            &format!("+{}", &text[1..]),
            &format!("é{}", &text[2..]),
            &format!("{{{}}}", &text[2..]),
        ] {
            assert!(Token::parse(bad).is_none(), "{bad}");
        }
    }
}
