//! What browsers are told about the chat's answers.

use super::client::{Server, lenient};

const DOORS: [&str; 7] = [
    "/healthz",
    "/readyz",
    "/api/stats",
    "/admin/reports",
    "/admin/live",
    "/verify",
    "/ws?device_id=0123456789abcdef",
];

#[tokio::test]
async fn no_answer_may_be_run_framed_kept_or_guessed_at() {
    let server = Server::with(lenient(), |builder| builder).await;
    for door in DOORS {
        let reply = server.get(door).await;
        let header = |name| reply.header(name).unwrap_or_default().to_owned();
        let policy = header("content-security-policy");
        assert!(policy.contains("default-src 'none'"), "{door}: {policy}");
        assert!(policy.contains("frame-ancestors 'none'"), "{door}: {policy}");
        assert_eq!(header("x-content-type-options"), "nosniff", "{door}");
        assert_eq!(header("x-frame-options"), "DENY", "{door}");
        assert_eq!(header("referrer-policy"), "no-referrer", "{door}");
        assert_eq!(header("cross-origin-resource-policy"), "same-origin", "{door}");
        assert_eq!(header("cache-control"), "no-store", "{door}");
        assert_eq!(reply.header("strict-transport-security"), None, "{door}");
    }
}

#[tokio::test]
async fn browsers_are_kept_to_tls_where_there_is_tls() {
    let server = Server::with(lenient(), |builder| builder.behind_tls(true)).await;
    for door in DOORS {
        let told = server.get(door).await.header("strict-transport-security").map(str::to_owned);
        assert!(told.is_some_and(|told| told.starts_with("max-age=31536000")), "{door}");
    }
}
