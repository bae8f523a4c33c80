//! Who may call a handler, said in its signature.

use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::admin::{Session, authenticate};
use crate::chat::AnonChat;
use crate::secret::Secret;

/// Proof that the request carried the admin key, or the cookie of a session that was begun with it.
///
/// A handler that takes it answers 401 to everybody else, and to everybody when the server has no
/// admin key. With a session, requests that may change something (all but `GET`, `HEAD`, `OPTIONS`
/// and `TRACE`) are answered 403 unless a page of an origin that is let in has sent them, with a
/// JSON body or the header `X-Anonchat-Admin`: no other page can act in the admin's name.
///
/// The application's state must give an [`AnonChat`].
#[derive(Debug)]
pub struct AdminKey {
    /// `None` if the key itself came with the request.
    pub(crate) session: Option<Session>,
}

/// The hash of the admin key, which is all that a running server keeps of it.
pub(crate) struct AdminKeyHash([u8; 32]);

impl AdminKeyHash {
    pub(crate) fn new(key: &Secret) -> Self {
        Self(Sha256::digest(key.expose()).into())
    }

    /// Compares hashes in constant time, so that neither length nor content of the key shows.
    pub(crate) fn is_of(&self, presented: &[u8]) -> bool {
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
        authenticate(&chat, parts).await.map_err(IntoResponse::into_response)
    }
}
