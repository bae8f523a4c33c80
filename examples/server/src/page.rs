//! The page: files that are in the binary, with the headers that keep them to themselves.

use anonchat_axum::{AdminKey, AnonChat};
use axum::Router;
use axum::extract::Request;
use axum::http::header::{self, HeaderName, HeaderValue};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Json, Response};
use axum::routing::get;
use serde_json::json;

/// A file of the page.
struct File {
    /// Its path below the root.
    path: &'static str,
    /// Its entity tag, quotes included.
    tag: &'static str,
    bytes: &'static [u8],
}

/// Every file of the page, in the order of their paths. A path that is not here does not exist.
const FILES: &[File] = include!(concat!(env!("OUT_DIR"), "/web.rs"));

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self' data: blob:; media-src 'self' blob:; connect-src 'self'; form-action 'none'; \
    base-uri 'none'; frame-ancestors 'none'";

/// What browsers are told about every file.
const HEADERS: [(HeaderName, &str); 7] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (header::CACHE_CONTROL, "no-cache"),
    (header::X_FRAME_OPTIONS, "DENY"),
];

const PERMISSIONS: HeaderName = HeaderName::from_static("permissions-policy");

/// The page on which people talk, and which asks for a picture.
const CHAT: &str = "index.html";

/// The page of those in charge.
const ADMIN: &str = "admin.html";

/// The page that describes the REST routes.
const DOCS: &str = "docs.html";

/// The page of rooms by code.
const ROOMS: &str = "rooms.html";

/// The pages' routes, and an answer for every path that nobody else has.
pub(crate) fn router(chat: AnonChat) -> Router {
    Router::new()
        .route("/", get(root))
        .route("/admin", get(admin))
        .route("/docs", get(docs))
        .route("/rooms", get(rooms))
        .fallback(file)
        .with_state(chat)
}

/// The page of those in charge, with 401 for those who have yet to sign in on it.
///
/// It is never kept: what a browser has kept would be shown with the status of another time.
async fn admin(key: Result<AdminKey, Response>) -> Response {
    let Some(file) = find(ADMIN) else { return unknown() };
    let mut response = send(file, &HeaderMap::new());
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Err(refused) = key {
        *response.status_mut() = refused.status();
        for name in [header::WWW_AUTHENTICATE, header::RETRY_AFTER] {
            let said = refused.headers().get(&name).cloned();
            said.map(|value| response.headers_mut().insert(name, value));
        }
    }
    response
}

/// The page for browsers; what the original server answers for everybody else.
async fn root(headers: HeaderMap) -> Response {
    let accept = headers.get_all(header::ACCEPT).iter();
    let wants_page = accept
        .filter_map(|accept| accept.to_str().ok())
        .any(|accept| accept.to_ascii_lowercase().contains("text/html"));
    let mut response = match find(CHAT).filter(|_| wants_page) {
        Some(file) => send(file, &headers),
        None => {
            let status = "Anonymous Chat backend running.";
            Json(json!({ "message": status, "docs": "/docs" })).into_response()
        }
    };
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept"));
    response
}

async fn docs(headers: HeaderMap) -> Response {
    find(DOCS).map_or_else(unknown, |file| send(file, &headers))
}

/// It is there without rooms as well, and says so then.
async fn rooms(headers: HeaderMap) -> Response {
    find(ROOMS).map_or_else(unknown, |file| send(file, &headers))
}

async fn file(request: Request) -> Response {
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    match find(request.uri().path().trim_start_matches('/')).filter(|_| is_read) {
        // It has one address, which says who is signed in.
        Some(file) if file.path != ADMIN => send(file, request.headers()),
        _ => unknown(),
    }
}

fn unknown() -> Response {
    (StatusCode::NOT_FOUND, Json(json!({ "detail": "Not Found" }))).into_response()
}

fn find(path: &str) -> Option<&'static File> {
    FILES.binary_search_by(|file| file.path.cmp(path)).ok().map(|index| &FILES[index])
}

fn send(file: &'static File, asked: &HeaderMap) -> Response {
    let known = asked.get(header::IF_NONE_MATCH).and_then(|tags| tags.to_str().ok());
    let is_known = known.is_some_and(|tags| tags.split(',').any(|tag| tag.trim() == file.tag));
    let mut response = if is_known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        ([(header::CONTENT_TYPE, kind(file.path))], file.bytes).into_response()
    };
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.insert(PERMISSIONS, HeaderValue::from_static(permissions(file.path)));
    headers.insert(header::ETAG, HeaderValue::from_static(file.tag));
    response
}

/// What a page may use of the machine that it is shown on: the one that asks for a picture, the
/// camera; everything else, nothing.
fn permissions(path: &str) -> &'static str {
    if path == CHAT {
        "camera=(self), microphone=(), geolocation=(), payment=(), usb=(), display-capture=()"
    } else {
        "camera=(), microphone=(), geolocation=(), payment=(), usb=(), display-capture=()"
    }
}

fn kind(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" | "md" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_found_by_its_path_and_has_a_type() {
        assert!([CHAT, ADMIN, DOCS, ROOMS].into_iter().all(|page| find(page).is_some()));
        for file in FILES {
            assert_eq!(find(file.path).map(|found| found.tag), Some(file.tag), "{}", file.path);
            assert_ne!(kind(file.path), "application/octet-stream", "{}", file.path);
        }
    }

    #[test]
    fn only_the_page_that_asks_for_a_picture_may_use_the_camera() {
        let with_camera =
            FILES.iter().filter(|file| permissions(file.path).contains("camera=(self)"));
        assert_eq!(with_camera.map(|file| file.path).collect::<Vec<_>>(), [CHAT]);
    }

    #[test]
    fn no_path_leads_out_of_the_page() {
        for path in ["", "..", "../Cargo.toml", "js/../index.html", "/etc/passwd", "%2e%2e"] {
            assert!(find(path).is_none(), "{path}");
        }
    }
}
