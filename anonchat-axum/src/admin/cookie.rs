//! The cookie in which a browser keeps its session.

use axum::http::header::{COOKIE, HeaderMap, HeaderValue, ORIGIN};

#[cfg(feature = "socketio")]
use crate::chat::AnonChat;

use super::session::LIFETIME_S;

/// Behind TLS. Browsers take a cookie of this prefix only if it is `Secure`, for the whole host and
/// for no other one, so that no neighbour and no plain connection can plant one.
const SECURE: &str = "__Host-anonchat-admin";

/// Without TLS, on a developer's machine say.
pub(crate) const PLAIN: &str = "anonchat-admin";

/// Tokens that are looked at, should there be several cookies of the name.
const MOST: usize = 4;

/// Whether the browser came over TLS, as far as the server can tell: `always` is what the operator
/// says, and the page's own origin is what the browser says.
pub(super) fn is_secure(headers: &HeaderMap, always: bool) -> bool {
    let origin = headers.get(ORIGIN).map_or(&b""[..], HeaderValue::as_bytes);
    always || origin.starts_with(b"https://")
}

/// Whether cookies are to be sent over TLS only.
#[cfg(feature = "socketio")]
pub(crate) fn is_behind_tls(chat: &AnonChat, headers: &HeaderMap) -> bool {
    is_secure(headers, chat.admin().behind_tls())
}

/// Gives a browser its session. Path `/` also where the chat is nested: `__Host-` asks for it.
pub(super) fn set(token: &str, secure: bool) -> HeaderValue {
    header(token, secure, LIFETIME_S)
}

/// Takes both kinds away.
pub(super) fn clear() -> [HeaderValue; 2] {
    [header("", true, 0), header("", false, 0)]
}

fn header(value: &str, secure: bool, max_age: u64) -> HeaderValue {
    let (name, more) = if secure { (SECURE, "; Secure") } else { (PLAIN, "") };
    let text =
        format!("{name}={value}; Path=/; Max-Age={max_age}; HttpOnly; SameSite=Strict{more}");
    let mut header = HeaderValue::try_from(text).expect("a token has only printable ASCII");
    header.set_sensitive(true);
    header
}

/// The tokens that a browser sends.
pub(super) fn tokens(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    let all = headers.get_all(COOKIE).iter().filter_map(|header| header.to_str().ok());
    let pairs = all.flat_map(|header| header.split(';')).filter_map(|pair| pair.split_once('='));
    let ours = pairs.filter(|(name, _)| matches!(name.trim(), SECURE | PLAIN));
    ours.map(|(_, token)| token.trim()).take(MOST)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let pairs = pairs
            .iter()
            .map(|(name, value)| (name.parse().expect("name"), HeaderValue::from_static(value)));
        pairs.collect()
    }

    #[test]
    fn a_session_is_found_among_other_cookies() {
        for (sent, found) in [
            (&[("cookie", "a=b; anonchat-admin=one; c=d")][..], &["one"][..]),
            (&[("cookie", "__Host-anonchat-admin=two")], &["two"]),
            (&[("cookie", "anonchat-admin=1;__Host-anonchat-admin=2")], &["1", "2"]),
            (&[("cookie", "xanonchat-admin=1; anonchat-adminx=2; anonchat-admin")], &[]),
            (&[], &[]),
        ] {
            assert_eq!(tokens(&headers(sent)).collect::<Vec<_>>(), found);
        }
        let many = headers(&[(
            "cookie",
            "anonchat-admin=1; anonchat-admin=2; anonchat-admin=3; \
            anonchat-admin=4; anonchat-admin=5",
        )]);
        assert_eq!(tokens(&many).count(), MOST);
    }

    #[test]
    fn only_a_cookie_behind_tls_is_secure_and_bound_to_the_host() {
        let plain = set("t", false);
        assert_eq!(plain, "anonchat-admin=t; Path=/; Max-Age=43200; HttpOnly; SameSite=Strict");
        let secure = set("t", true);
        let text = secure.to_str().expect("text");
        assert!(text.starts_with("__Host-anonchat-admin=t; Path=/;") && text.ends_with("; Secure"));
        assert!(clear().iter().all(|header| header.to_str().expect("text").contains("Max-Age=0")));
    }

    #[test]
    fn the_origin_of_the_page_tells_whether_there_is_tls() {
        assert!(is_secure(&headers(&[("origin", "https://chat.example.org")]), false));
        assert!(!is_secure(&headers(&[("origin", "http://127.0.0.1:8000")]), false));
        assert!(!is_secure(&headers(&[("x-forwarded-proto", "https")]), false), "anybody says so");
        assert!(is_secure(&headers(&[]), true));
    }
}
