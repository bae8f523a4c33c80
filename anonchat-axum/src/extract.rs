//! Who may call a handler, said in its signature.

use axum::extract::{FromRef, FromRequestParts};
use axum::http::header::{AUTHORIZATION, HeaderValue, WWW_AUTHENTICATE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::chat::AnonChat;
use crate::reply::Detail;
use crate::secret::Secret;

/// Proof that the request carried the admin key.
///
/// A handler that takes it answers 401 to everybody else, and to everybody when the server has no
/// admin key. The application's state must give an [`AnonChat`].
#[derive(Debug)]
pub struct AdminKey(());

/// The hash of the admin key, which is all that a running server keeps of it.
pub(crate) struct AdminKeyHash([u8; 32]);

impl AdminKeyHash {
    pub(crate) fn new(key: &Secret) -> Self {
        Self(Sha256::digest(key.expose()).into())
    }

    /// Compares hashes in constant time, so that neither length nor content of the key shows.
    fn is_of(&self, presented: &[u8]) -> bool {
        let presented: [u8; 32] = Sha256::digest(presented).into();
        self.0.ct_eq(&presented).into()
    }
}

impl<S> FromRequestParts<S> for AdminKey
where
    S: Send + Sync,
    AnonChat: FromRef<S>,
{
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let chat = AnonChat::from_ref(state);
        let known = chat.admin_key().zip(bearer(&parts.headers));
        if known.is_some_and(|(key, presented)| key.is_of(presented)) {
            return Ok(Self(()));
        }
        let challenge = [(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))];
        Err((StatusCode::UNAUTHORIZED, challenge, Detail("Admin key required")).into_response())
    }
}

/// The token of `Authorization: Bearer <token>`.
fn bearer(headers: &HeaderMap) -> Option<&[u8]> {
    let value = headers.get(AUTHORIZATION)?.as_bytes();
    let (scheme, token) = value.split_at_checked(7)?;
    scheme.eq_ignore_ascii_case(b"bearer ").then(|| token.trim_ascii())
}
