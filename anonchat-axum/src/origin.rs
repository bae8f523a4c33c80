//! Which web pages may talk to this server.
//!
//! A browser names the page's origin in every WebSocket handshake and in every request across
//! origins. Without this check any page could speak in its visitor's name.

use axum::extract::{Request, State};
use axum::http::header::{HOST, ORIGIN};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::chat::AnonChat;
use crate::error::Error;
use crate::reply::Detail;

/// The origins that are let in.
#[derive(Debug)]
pub(crate) struct Origins {
    listed: Vec<Authority>,
    development: bool,
}

/// The parts of an origin, or of a `Host` header, that identify a server.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Authority {
    scheme: Scheme,
    host: String,
    port: u16,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scheme {
    Http,
    Https,
}

/// Pages of front ends that are being worked on, let in by development mode.
const DEVELOPMENT: [&str; 3] =
    ["http://localhost:3000", "http://127.0.0.1:3000", "http://localhost:5173"];

/// Headers that only a proxy adds. Development mode is not for the public.
const FORWARDING: [&str; 5] =
    ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip"];

impl Origins {
    pub(crate) fn new(listed: &[String], development: bool) -> Result<Self, Error> {
        let more = if development { &DEVELOPMENT[..] } else { &[] };
        let listed = listed.iter().map(String::as_str).chain(more.iter().copied());
        let parse = |origin: &str| {
            Authority::of_origin(origin.trim_end_matches('/'))
                .ok_or_else(|| Error::Origin(origin.to_owned()))
        };
        Ok(Self { listed: listed.map(parse).collect::<Result<_, _>>()?, development })
    }

    /// Whether a page of `origin` may talk to the server that it calls `host`.
    pub(crate) fn allow(&self, origin: &HeaderValue, host: Option<&str>) -> bool {
        let Some(origin) = origin.to_str().ok().and_then(Authority::of_origin) else {
            return false; // `null`, among others
        };
        if self.listed.contains(&origin) {
            return true;
        }
        // The same origin, unless the host is a name that somebody else's DNS may have pointed
        // here for the occasion.
        let host = host.and_then(|host| Authority::parse(host, origin.scheme));
        host.is_some_and(|host| host == origin && (host.is_fixed() || self.lists_host(&host.host)))
    }

    /// Whether a request is let in at all.
    fn admit(&self, headers: &HeaderMap, uri: &Uri) -> Result<(), &'static str> {
        let host = host(headers, uri);
        if self.development {
            if FORWARDING.iter().any(|name| headers.contains_key(*name)) {
                return Err("Development mode does not serve behind a proxy");
            }
            let host = host.and_then(|host| Authority::parse(host, Scheme::Http));
            if !host.is_some_and(|host| host.is_loopback()) {
                return Err("Development mode serves this machine only");
            }
        }
        let mut origins = headers.get_all(ORIGIN).iter();
        if origins.all(|origin| self.allow(origin, host)) {
            Ok(())
        } else {
            Err("Origin not allowed")
        }
    }

    fn lists_host(&self, host: &str) -> bool {
        self.listed.iter().any(|listed| listed.host == host)
    }
}

impl Authority {
    /// Reads `scheme://host[:port]`, and nothing after it.
    fn of_origin(origin: &str) -> Option<Self> {
        let (scheme, rest) = origin.split_once("://")?;
        let scheme = match scheme.to_ascii_lowercase().as_str() {
            "http" => Scheme::Http,
            "https" => Scheme::Https,
            _ => return None,
        };
        Self::parse(rest, scheme)
    }

    /// Reads `host[:port]`.
    fn parse(text: &str, scheme: Scheme) -> Option<Self> {
        let (host, port) = match text.rsplit_once(':') {
            // The colons of an IPv6 address stand in brackets.
            Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
            _ => (text, None),
        };
        let port = match port {
            Some(port) => port.parse().ok()?,
            None if scheme == Scheme::Http => 80,
            None => 443,
        };
        let bare = host.strip_prefix('[').map_or(Some(host), |host| host.strip_suffix(']'))?;
        let allowed = |c: char| c.is_ascii_alphanumeric() || "-._".contains(c);
        let is_v6 = bare.len() != host.len();
        let fits = if is_v6 {
            bare.parse::<std::net::Ipv6Addr>().is_ok()
        } else {
            !bare.is_empty() && bare.chars().all(allowed)
        };
        fits.then(|| Self { scheme, host: bare.to_ascii_lowercase(), port })
    }

    /// Whether no DNS decides where the host is.
    fn is_fixed(&self) -> bool {
        self.host == "localhost" || self.host.parse::<std::net::IpAddr>().is_ok()
    }

    fn is_loopback(&self) -> bool {
        self.host == "localhost"
            || self.host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
    }
}

/// What the client calls this server.
pub(crate) fn host<'a>(headers: &'a HeaderMap, uri: &'a Uri) -> Option<&'a str> {
    let header = headers.get(HOST).and_then(|host| host.to_str().ok());
    header.or_else(|| uri.authority().map(axum::http::uri::Authority::as_str))
}

/// Refuses requests of pages that are not let in.
pub(crate) async fn guard(State(chat): State<AnonChat>, request: Request, next: Next) -> Response {
    match chat.origins().admit(request.headers(), request.uri()) {
        Ok(()) => next.run(request).await,
        Err(reason) => (StatusCode::FORBIDDEN, Detail(reason)).into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(origins: &Origins, origin: &str, host: &str) -> bool {
        origins.allow(&HeaderValue::from_str(origin).expect("header"), Some(host))
    }

    #[test]
    fn the_same_origin_needs_a_host_that_no_dns_decides() {
        let none = Origins::new(&[], false).expect("origins");
        for (origin, host, allowed) in [
            ("http://127.0.0.1:8000", "127.0.0.1:8000", true),
            ("http://localhost:8000", "localhost:8000", true),
            ("http://LOCALHOST:8000", "localhost:8000", true),
            ("http://[::1]:8000", "[::1]:8000", true),
            ("https://192.0.2.7", "192.0.2.7", true),
            ("http://192.0.2.7", "192.0.2.7:80", true),
            ("https://192.0.2.7", "192.0.2.7:80", false),
            ("http://localhost:8000", "127.0.0.1:8000", false),
            ("http://localhost:8001", "localhost:8000", false),
            ("http://rebound.example:8000", "rebound.example:8000", false),
            ("http://evil.example", "127.0.0.1:8000", false),
            ("null", "127.0.0.1:8000", false),
            ("", "127.0.0.1:8000", false),
            ("file://", "127.0.0.1:8000", false),
            ("http://127.0.0.1:8000/path", "127.0.0.1:8000", false),
            ("http://user@127.0.0.1:8000", "127.0.0.1:8000", false),
        ] {
            assert_eq!(allows(&none, origin, host), allowed, "{origin} at {host}");
        }
    }

    #[test]
    fn listed_origins_are_let_in_whatever_the_host() {
        let listed = Origins::new(&["https://chat.example.org/".into()], false).expect("origins");
        assert!(allows(&listed, "https://chat.example.org", "chat.example.org"));
        assert!(allows(&listed, "https://chat.example.org:443", "10.0.0.1:8000"));
        assert!(allows(&listed, "https://chat.example.org:8443", "chat.example.org:8443"));
        assert!(!allows(&listed, "http://chat.example.org", "10.0.0.1:8000"));
        assert!(!allows(&listed, "https://chat.example.org.evil.example", "10.0.0.1:8000"));
        assert!(!allows(&listed, "http://localhost:3000", "127.0.0.1:8000"));
    }

    #[test]
    fn development_lets_the_usual_front_ends_in() {
        let development = Origins::new(&[], true).expect("origins");
        for origin in DEVELOPMENT {
            assert!(allows(&development, origin, "127.0.0.1:8000"), "{origin}");
        }
    }

    #[test]
    fn what_is_no_origin_is_refused_at_the_start() {
        for bad in ["*", "chat.example.org", "ftp://chat.example.org", "https://*.example.org"] {
            assert!(Origins::new(&[bad.into()], false).is_err(), "{bad}");
        }
    }
}
