//! Tokens: what a device shows at a join, instead of another picture, to have its verified gender.
//!
//! They are PASETO `v4.local`: encrypted and authenticated under a key of the deployment, so that
//! nothing can be read from one and nothing changed in it.

use anonchat_core::{Attestor, DeviceId, Gender, InvalidToken, UnixMillis};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;

use crate::seal::Seal;
use crate::secret::Secret;

/// Nothing else derived from the same secret is under this label: see `secret.rs` and `device.rs`.
const LABEL: &[u8] = b"anonchat verification token\0";

/// The most bytes of a token that is looked at; those made here have about 300.
const MOST: usize = 512;

/// Makes tokens under the first key, and reads those of all.
pub(crate) struct Tokens {
    seal: Seal,
    lifetime_ms: u64,
}

/// A token, on its way to the device. There is deliberately no `Debug` and no `Display`.
pub(crate) struct Token {
    pub(crate) text: String,
    /// From when on it is refused.
    pub(crate) expires: UnixMillis,
}

/// What a token says. Its instants are milliseconds, which is why they are not called `iat` and
/// `exp`: PASETO has dates in words there.
#[derive(Serialize, Deserialize)]
struct Statement {
    device: [u8; 16],
    gender: Gender,
    issued: u64,
    expires: u64,
}

impl Tokens {
    /// `keys` as the operator gives them, the newest first. There must be one.
    pub(crate) fn new(keys: &[Secret], lifetime_s: u32) -> Self {
        Self { seal: Seal::new(keys, LABEL, MOST), lifetime_ms: u64::from(lifetime_s) * 1_000 }
    }

    /// A token for a device whose gender is known from now on.
    pub(crate) fn seal(&self, at: UnixMillis, device: DeviceId, gender: Gender) -> Token {
        let expires = at.after(self.lifetime_ms);
        let (issued, device) = (at.get(), *device.as_bytes());
        let statement = Statement { device, gender, issued, expires: expires.get() };
        Token { text: self.seal.seal(&statement), expires }
    }
}

impl Attestor for Tokens {
    fn attest(
        &self,
        at: UnixMillis,
        device: DeviceId,
        token: &str,
    ) -> Result<Gender, InvalidToken> {
        let Statement { device: whose, gender, issued, expires } =
            self.seal.open(token).ok_or(InvalidToken)?;
        // An operator who shortens the lifetime means the tokens that are about as well.
        let expires = expires.min(issued.saturating_add(self.lifetime_ms));
        if bool::from(whose.ct_eq(device.as_bytes())) && at.get() < expires {
            Ok(gender)
        } else {
            Err(InvalidToken)
        }
    }
}

/// For benches: what makes tokens under a key, and what reads them.
#[cfg(feature = "test-util")]
pub fn exercise(
    key: &Secret,
) -> (impl Fn(UnixMillis, DeviceId, Gender) -> String + use<>, impl Attestor + use<>) {
    let tokens = || Tokens::new(std::slice::from_ref(key), 86_400);
    let (sealing, reading) = (tokens(), tokens());
    (move |at, device, gender| sealing.seal(at, device, gender).text, reading)
}

#[cfg(test)]
mod tests {
    use pasetors::keys::SymmetricKey;
    use pasetors::version4::{LocalToken, V4};
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    const NOW: UnixMillis = UnixMillis::new(1_800_000_000_000);

    fn tokens(keys: &[&str]) -> Tokens {
        let keys: Vec<_> = keys.iter().copied().map(Secret::new).collect();
        Tokens::new(&keys, 60)
    }

    fn device(byte: u8) -> DeviceId {
        DeviceId::from_bytes([byte; 16])
    }

    fn sealed(tokens: &Tokens) -> String {
        tokens.seal(NOW, device(1), Gender::Female).text
    }

    #[test]
    fn a_token_proves_each_gender_for_its_device() {
        let tokens = tokens(&["one"]);
        for gender in Gender::ALL {
            let token = tokens.seal(NOW, device(1), gender);
            assert!(token.text.len() <= MOST, "{} bytes", token.text.len());
            assert_eq!(tokens.attest(NOW, device(1), &token.text), Ok(gender));
            assert_eq!(tokens.attest(NOW, device(2), &token.text), Err(InvalidToken));
        }
    }

    #[test]
    fn a_token_holds_for_its_time_and_not_at_its_end() {
        let tokens = tokens(&["one"]);
        let token = tokens.seal(NOW, device(1), Gender::Male);
        assert_eq!(token.expires, NOW.after(60_000));
        // A server whose clock is a little behind believes it as well.
        for (at, holds) in [
            (NOW.get() - 5_000, true),
            (NOW.get() + 59_999, true),
            (NOW.get() + 60_000, false),
            (u64::MAX, false),
        ] {
            let read = tokens.attest(UnixMillis::new(at), device(1), &token.text);
            assert_eq!(read.is_ok(), holds, "{at}");
        }
    }

    #[test]
    fn a_lifetime_that_is_shortened_counts_for_tokens_that_are_about() {
        let token = tokens(&["one"]).seal(NOW, device(1), Gender::Male).text;
        let short = Tokens::new(&[Secret::new("one")], 10);
        assert!(short.attest(NOW.after(9_999), device(1), &token).is_ok());
        assert!(short.attest(NOW.after(10_000), device(1), &token).is_err());
        let long = Tokens::new(&[Secret::new("one")], 600);
        assert!(long.attest(NOW.after(60_000), device(1), &token).is_err());
    }

    #[test]
    fn the_first_key_seals_and_all_keys_open() {
        let (old, both, new) = (tokens(&["old"]), tokens(&["new", "old"]), tokens(&["new"]));
        let (of_old, of_both) = (sealed(&old), sealed(&both));
        for (tokens, token, holds) in [
            (&both, &of_old, true),
            (&both, &of_both, true),
            (&new, &of_both, true),
            (&old, &of_both, false),
            (&new, &of_old, false),
        ] {
            assert_eq!(tokens.attest(NOW, device(1), token).is_ok(), holds);
        }
    }

    #[test]
    fn a_token_that_is_not_whole_or_not_as_it_was_made_is_refused() {
        let tokens = tokens(&["one"]);
        let token = sealed(&tokens);
        for end in 0..token.len() {
            assert!(tokens.attest(NOW, device(1), &token[..end]).is_err(), "cut at {end}");
        }
        for place in 0..token.len() {
            for bit in 0..8 {
                let mut bytes = token.clone().into_bytes();
                bytes[place] ^= 1 << bit;
                let Ok(changed) = String::from_utf8(bytes) else { continue };
                assert!(tokens.attest(NOW, device(1), &changed).is_err(), "bit {bit} of {place}");
            }
        }
        for more in [format!("{token} "), format!(" {token}"), format!("{token}.Zm9vdA")] {
            assert!(tokens.attest(NOW, device(1), &more).is_err());
        }
    }

    #[test]
    fn tokens_that_others_made_are_refused() {
        let tokens = tokens(&["one"]);
        // 001's, made under the same secret; a public one; the right form with nothing in it.
        for foreign in [
            "eyJkZXZpY2VJZCI6IngiLCJnZW5kZXIiOiJNIn0.ZZ8rAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "v4.public.AAAA",
            "v4.local.",
            "v4.local.AAAA",
            "",
        ] {
            assert!(tokens.attest(NOW, device(1), foreign).is_err(), "{foreign}");
        }
        // The same format under the secret itself, and under another of its labels.
        let keys = [Secret::new("one").derive(b"anonchat key fingerprint\0"), [7; 32].into()];
        for key in keys {
            let key = SymmetricKey::<V4>::from(&*key).expect("key");
            let statement = br#"{"device":[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1],"gender":"male","issued":1800000000000,"expires":9900000000000}"#;
            let token = LocalToken::encrypt(&key, statement, None, Some(LABEL)).expect("token");
            assert!(tokens.attest(NOW, device(1), &token).is_err());
        }
    }

    #[test]
    fn what_is_sealed_and_says_something_else_is_refused() {
        let tokens = tokens(&["one"]);
        let short = json!({ "device": [1], "gender": "male", "issued": 0, "expires": 9 });
        for statement in [json!("x"), json!({}), short] {
            let token = tokens.seal.seal(&statement);
            assert!(tokens.attest(NOW, device(1), &token).is_err(), "{statement}");
        }
    }

    #[test]
    fn two_tokens_for_the_same_are_not_the_same_and_show_nothing() {
        let tokens = tokens(&["one"]);
        let (one, two) = (sealed(&tokens), sealed(&tokens));
        assert_ne!(one, two);
        assert!(!one.contains("female") && one.starts_with("v4.local."));
    }

    proptest! {
        #[test]
        fn whatever_comes_is_refused_without_panic(text in "\\PC{0,600}", length in 0_usize..600) {
            let tokens = tokens(&["one"]);
            let form = format!("v4.local.{}", "A".repeat(length));
            let mixed = format!("v4.local.{text}");
            for token in [&text, &form, &mixed] {
                prop_assert!(tokens.attest(NOW, device(1), token).is_err());
            }
        }
    }
}
