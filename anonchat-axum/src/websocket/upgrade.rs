//! The handshake of a WebSocket (RFC 6455, section 4).

use std::future::Future;

use anonchat_core::Client;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Version, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hyper::upgrade::OnUpgrade;
use sha1::{Digest, Sha1};

use super::socket::Socket;
use super::stream::Stream;

/// A request that asks for a WebSocket, and may have one.
pub(crate) struct Upgrade {
    on_upgrade: OnUpgrade,
    accept: HeaderValue,
}

/// Why a request is no handshake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoHandshake {
    Method,
    Connection,
    Protocol,
    Version,
    Key,
    /// The server below cannot give its connections away.
    Unable,
}

impl Upgrade {
    /// Answers with the switch of protocols, and then runs the WebSocket in a task of its own.
    /// Messages have at most `longest` bytes.
    pub(crate) fn open<F>(
        self,
        longest: usize,
        client: Client,
        run: impl FnOnce(Socket) -> F + Send + 'static,
    ) -> Response
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let Self { on_upgrade, accept } = self;
        tokio::spawn(async move {
            let Ok(upgraded) = on_upgrade.await else { return };
            let (stream, first) = Stream::of(upgraded);
            // A task of its own, which does not keep what the handshake needed.
            tokio::spawn(run(Socket::new(stream, &first, longest, client)));
        });
        let headers = [
            (header::CONNECTION, HeaderValue::from_static("upgrade")),
            (header::UPGRADE, HeaderValue::from_static("websocket")),
            (header::SEC_WEBSOCKET_ACCEPT, accept),
        ];
        (StatusCode::SWITCHING_PROTOCOLS, headers).into_response()
    }
}

impl<S: Sync> FromRequestParts<S> for Upgrade {
    type Rejection = NoHandshake;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, NoHandshake> {
        if parts.method != Method::GET || parts.version > Version::HTTP_11 {
            return Err(NoHandshake::Method);
        }
        let headers = &parts.headers;
        if !has_token(headers, header::CONNECTION, "upgrade") {
            return Err(NoHandshake::Connection);
        }
        if !has_token(headers, header::UPGRADE, "websocket") {
            return Err(NoHandshake::Protocol);
        }
        if headers.get(header::SEC_WEBSOCKET_VERSION).is_none_or(|version| version != "13") {
            return Err(NoHandshake::Version);
        }
        let key = headers.get(header::SEC_WEBSOCKET_KEY).ok_or(NoHandshake::Key)?;
        let accept = accept(key.as_bytes());
        let on_upgrade = parts.extensions.remove().ok_or(NoHandshake::Unable)?;
        Ok(Self { on_upgrade, accept })
    }
}

impl IntoResponse for NoHandshake {
    fn into_response(self) -> Response {
        match self {
            Self::Method => (StatusCode::METHOD_NOT_ALLOWED, "A WebSocket is asked for by GET"),
            Self::Connection => (StatusCode::BAD_REQUEST, "`Connection` does not say `upgrade`"),
            Self::Protocol => (StatusCode::BAD_REQUEST, "`Upgrade` does not say `websocket`"),
            Self::Version => (StatusCode::BAD_REQUEST, "`Sec-WebSocket-Version` is not 13"),
            Self::Key => (StatusCode::BAD_REQUEST, "There is no `Sec-WebSocket-Key`"),
            Self::Unable => (StatusCode::UPGRADE_REQUIRED, "The connection cannot be upgraded"),
        }
        .into_response()
    }
}

/// Whether a header lists a word, in any case.
fn has_token(headers: &HeaderMap, name: HeaderName, word: &str) -> bool {
    let values = headers.get_all(name);
    let mut lists = values.iter().filter_map(|value| value.to_str().ok());
    lists.any(|list| list.split(',').any(|token| token.trim().eq_ignore_ascii_case(word)))
}

/// The answer that shows that a key was read.
fn accept(key: &[u8]) -> HeaderValue {
    let digest = Sha1::new().chain_update(key).chain_update(GUID).finalize();
    HeaderValue::from_str(&STANDARD.encode(digest)).expect("base64 is a header's value")
}

/// From RFC 6455, section 1.3.
const GUID: &[u8] = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    const HANDSHAKE: [(HeaderName, &str); 4] = [
        (header::CONNECTION, "keep-alive, Upgrade"),
        (header::UPGRADE, "WebSocket"),
        (header::SEC_WEBSOCKET_VERSION, "13"),
        (header::SEC_WEBSOCKET_KEY, "dGhlIHNhbXBsZSBub25jZQ=="),
    ];

    async fn refusal(method: Method, without: Option<HeaderName>) -> Option<NoHandshake> {
        let mut request = Request::builder().method(method);
        for (name, value) in HANDSHAKE {
            if Some(&name) != without.as_ref() {
                request = request.header(name, value);
            }
        }
        let (mut parts, ()) = request.body(()).expect("a request").into_parts();
        Upgrade::from_request_parts(&mut parts, &()).await.err()
    }

    #[test]
    fn the_key_of_the_specification_is_answered_as_it_says() {
        assert_eq!(accept(HANDSHAKE[3].1.as_bytes()), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    }

    #[tokio::test]
    async fn each_part_of_a_handshake_is_asked_for() {
        let [connection, upgrade, version, key] = HANDSHAKE.map(|(name, _)| Some(name));
        let get = Method::GET;
        // Everything is right, but nothing below can be given away.
        assert_eq!(refusal(get.clone(), None).await, Some(NoHandshake::Unable));
        assert_eq!(refusal(Method::POST, None).await, Some(NoHandshake::Method));
        assert_eq!(refusal(get.clone(), connection).await, Some(NoHandshake::Connection));
        assert_eq!(refusal(get.clone(), upgrade).await, Some(NoHandshake::Protocol));
        assert_eq!(refusal(get.clone(), version).await, Some(NoHandshake::Version));
        assert_eq!(refusal(get, key).await, Some(NoHandshake::Key));
    }
}
