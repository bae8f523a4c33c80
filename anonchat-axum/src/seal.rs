//! Statements that only servers of the deployment can make and read.

use pasetors::keys::SymmetricKey;
use pasetors::token::{Local, UntrustedToken};
use pasetors::version4::{LocalToken, V4};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::secret::Secret;

/// Makes tokens under the first key, and reads those of all: PASETO `v4.local`, encrypted and
/// authenticated under keys that are derived for one purpose, which each token is bound to as well.
/// So a token of one kind never passes for another.
pub(crate) struct Seal {
    keys: Vec<SymmetricKey<V4>>,
    purpose: Vec<u8>,
    /// The most bytes of a token that is looked at.
    most: usize,
}

impl Seal {
    /// `keys` as the operator gives them, the newest first; there must be one. Nothing else that is
    /// derived from them may be under this label.
    pub(crate) fn new(keys: &[Secret], label: &[u8], most: usize) -> Self {
        let derive = |key: &Secret| SymmetricKey::from(&*key.derive(label)).expect("32 bytes");
        Self { keys: keys.iter().map(derive).collect(), purpose: label.to_vec(), most }
    }

    /// Binds tokens to something more: with another `mark` they no longer hold.
    pub(crate) fn bound_to(mut self, mark: &[u8]) -> Self {
        self.purpose.extend_from_slice(mark);
        self
    }

    /// The token of a statement, which must be plain data.
    pub(crate) fn seal(&self, statement: &impl Serialize) -> String {
        let statement = serde_json::to_vec(statement).expect("plain data");
        LocalToken::encrypt(&self.keys[0], &statement, None, Some(&self.purpose))
            .expect("the operating system gives random bytes")
    }

    /// What a token says, if it was sealed for this purpose under one of the keys.
    pub(crate) fn open<T: DeserializeOwned>(&self, token: &str) -> Option<T> {
        if token.len() > self.most {
            return None;
        }
        let token = UntrustedToken::<Local, V4>::try_from(token).ok()?;
        let open = |key| LocalToken::decrypt(key, &token, None, Some(&self.purpose)).ok();
        let opened = self.keys.iter().find_map(open)?;
        serde_json::from_str(opened.payload()).ok()
    }
}
