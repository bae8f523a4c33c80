//! Who may call a handler, said in its signature.

use axum::extract::{FromRef, FromRequestParts};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::address::Client;
use crate::admin::{Session, authenticate, bearer};
use crate::chat::AnonChat;
use crate::clock;
use crate::limits::{Beyond, SignIn};
use crate::secret::Secret;

/// Proof that the request carried the admin key, or the cookie of a session that was begun with it.
///
/// A handler that takes it answers 401 to everybody else, and to everybody when the server has no
/// admin key. With a session, requests that may change something (all but `GET`, `HEAD`, `OPTIONS`
/// and `TRACE`) are answered 403 unless a page of an origin that is let in has sent them, with a
/// JSON body or the header `X-Anonchat-Admin`: no other page can act in the admin's name. Somebody
/// who shows wrong keys (`rates.sign_ins_per_minute`) is answered 429 for a while, with the right
/// one too.
///
/// The application's state must give an [`AnonChat`].
#[derive(Debug)]
pub struct AdminKey {
    /// `None` if the key itself came with the request.
    pub(crate) session: Option<Session>,
}

/// What a request shows of the admin key. A request that was looked at carries it on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Presented {
    /// Nothing.
    Nothing,
    /// The key.
    Right,
    /// Something else.
    Wrong,
    /// Something at which nobody has looked.
    Beyond(Beyond),
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

/// What a request shows of the admin key, which counts as a sign-in of its client.
pub(crate) async fn present(chat: &AnonChat, client: Client, headers: &HeaderMap) -> Presented {
    let Some(presented) = bearer(headers) else { return Presented::Nothing };
    let is_right = || chat.admin_key().is_some_and(|key| key.is_of(presented));
    match chat.limits().sign_in(clock::now(), client.key, is_right).await {
        SignIn::Right => Presented::Right,
        SignIn::Wrong => Presented::Wrong,
        SignIn::Beyond(beyond) => Presented::Beyond(beyond),
    }
}
