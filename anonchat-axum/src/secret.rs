//! Secrets of the deployment, and what makes one too weak to serve with.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::clock;

/// A key of the deployment: of device ids, or of the admin API. Wiped from memory when dropped.
///
/// There is deliberately no `Debug` and no `Display`.
///
/// ```compile_fail
/// fn show(secret: anonchat_axum::Secret) { println!("{secret:?}"); }
/// ```
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

/// Why a secret is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Weakness {
    /// It has fewer than [`Secret::MIN_CHARS`] characters.
    Short,
    /// It repeats itself or counts up.
    Repetitive,
    /// It is one of the values that stand in examples.
    Placeholder,
}

/// Words of which no random key consists, after everything but letters and digits was taken out.
const PLACEHOLDERS: [&str; 12] = [
    "changeme",
    "changethis",
    "replaceme",
    "replacethis",
    "placeholder",
    "yoursecret",
    "yourkey",
    "example",
    "password",
    "secretkey",
    "adminkey",
    "insecure",
];

/// No device id is hashed after this label: see `device.rs`.
const FINGERPRINT: &[u8] = b"anonchat key fingerprint\0";

impl Secret {
    /// The fewest characters of a secret outside development mode.
    pub const MIN_CHARS: usize = 32;

    /// Takes a secret as it is.
    pub fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    /// Draws a secret of 64 hexadecimal digits.
    ///
    /// What was hashed under it means nothing to the next one: bans, limits and blocks of devices
    /// are forgotten with it.
    pub fn random() -> Self {
        let bytes = Zeroizing::new(clock::random::<32>());
        let mut text = Zeroizing::new(String::with_capacity(64));
        for nibble in bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]) {
            text.push(char::from_digit(u32::from(nibble), 16).unwrap_or('0'));
        }
        Self(text)
    }

    /// The secret, for the one place that shows it to its operator.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// What tells this secret from another one without giving it away: an HMAC-SHA256 of a fixed
    /// label under it. A store keeps that of the key under which device ids are hashed, so that no
    /// server joins in to which every device would be a stranger.
    pub fn fingerprint(&self) -> [u8; 32] {
        *self.derive(FINGERPRINT)
    }

    /// A key under which a store seals the words of rooms.
    #[cfg(feature = "rooms")]
    pub fn room_key(&self) -> Zeroizing<[u8; 32]> {
        self.derive(b"anonchat room words\0")
    }

    /// A key for one purpose, which its label names: an HMAC-SHA256 of the label under the secret.
    pub(crate) fn derive(&self, label: &[u8]) -> Zeroizing<[u8; 32]> {
        let mac = Hmac::<Sha256>::new_from_slice(self.0.as_bytes());
        let mac = mac.expect("HMAC takes keys of any length");
        Zeroizing::new(mac.chain_update(label).finalize().into_bytes().into())
    }

    /// What is wrong with it, if something is.
    pub fn weakness(&self) -> Option<Weakness> {
        let plain: String =
            self.0.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
        let plain = Zeroizing::new(plain);
        if PLACEHOLDERS.iter().any(|word| plain.contains(word)) {
            Some(Weakness::Placeholder)
        } else if self.0.chars().count() < Self::MIN_CHARS {
            Some(Weakness::Short)
        } else if is_repetitive(self.0.as_bytes()) {
            Some(Weakness::Repetitive)
        } else {
            None
        }
    }
}

/// Few different bytes, a short piece over and over, or mostly runs such as `abcd` and `1111`.
fn is_repetitive(bytes: &[u8]) -> bool {
    let mut seen = [false; 256];
    bytes.iter().for_each(|byte| seen[usize::from(*byte)] = true);
    let distinct = seen.iter().filter(|seen| **seen).count();
    let repeats = |period: usize| bytes.iter().skip(period).eq(&bytes[..bytes.len() - period]);
    let steps = bytes.windows(2).filter(|two| two[0].abs_diff(two[1]) <= 1).count();
    distinct < 8 || (1..=bytes.len() / 2).any(repeats) || steps * 2 > bytes.len()
}

impl fmt::Display for Weakness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Short => "is shorter than 32 characters",
            Self::Repetitive => "repeats itself",
            Self::Placeholder => "is a known placeholder",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_repetitive_and_placeholder_secrets_are_weak() {
        for (text, weakness) in [
            ("", Weakness::Short),
            ("k3v9Qm2x", Weakness::Short),
            ("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", Weakness::Repetitive),
            ("0123456789abcdef0123456789abcdef", Weakness::Repetitive),
            ("abcdefghijklmnopqrstuvwxyz0123456789", Weakness::Repetitive),
            ("x7Kq9w2Lx7Kq9w2Lx7Kq9w2Lx7Kq9w2L", Weakness::Repetitive),
            ("change-me-change-me-change-me-now", Weakness::Placeholder),
            ("your-secret-key-of-at-least-32-characters", Weakness::Placeholder),
        ] {
            assert_eq!(Secret::new(text).weakness(), Some(weakness), "{text}");
        }
    }

    #[test]
    fn a_fingerprint_tells_secrets_apart_and_is_no_device() {
        let (one, two) = (Secret::new("one"), Secret::new("two"));
        assert_eq!(one.fingerprint(), Secret::new("one").fingerprint());
        assert_ne!(one.fingerprint(), two.fingerprint());
        let device = crate::device::DeviceKey::new(&one).id("");
        assert_ne!(one.fingerprint()[..16], device.as_bytes()[..]);
    }

    #[test]
    fn a_drawn_secret_is_strong_and_new() {
        let (one, two) = (Secret::random(), Secret::random());
        assert_eq!(one.weakness(), None);
        assert_ne!(one.expose(), two.expose());
    }
}
