//! The server as its operator meets it: a process with flags, output and an end.

mod running;

use running::{OTHER, Process, STRONG, run};

#[test]
fn development_mode_makes_keys_and_says_so() {
    let server = Process::start(&["--listen", "127.0.0.1:0"]);
    let printed = server.printed.join("\n");
    assert!(printed.contains("Development mode"), "{printed}");
    let key = printed.lines().find_map(|line| line.trim().strip_prefix("Admin key: "));
    let bearer = format!("Authorization: Bearer {}\r\n", key.expect("admin key"));
    assert!(server.get("/admin/reports", &bearer).0.starts_with("http/1.1 200"));
    assert!(server.get("/admin/reports", "").0.starts_with("http/1.1 401"));
    assert!(server.get("/readyz", "").0.starts_with("http/1.1 200"));
    assert!(server.get("/", "X-Forwarded-For: 192.0.2.1\r\n").0.starts_with("http/1.1 403"));
    let (code, log) = server.terminate();
    assert_eq!(code, Some(0));
    assert!(log.contains("a restart forgets bans"), "{log}");
}

/// By what `.cargo/config.toml` says; where the system gives them only to who asks, it shows.
#[cfg(target_os = "linux")]
#[test]
fn memory_is_asked_for_in_huge_pages() {
    let program = std::fs::read(env!("CARGO_BIN_EXE_anonchat-server")).expect("program");
    let asks = b"thp:always,metadata_thp:auto";
    assert!(program.windows(asks.len()).any(|bytes| bytes == asks));
    let given = std::fs::read_to_string("/sys/kernel/mm/transparent_hugepage/enabled");
    if given.unwrap_or_default().contains("[madvise]") {
        let server = Process::start(&["--listen", "127.0.0.1:0"]);
        let maps = std::fs::read_to_string(format!("/proc/{}/smaps", server.id())).expect("maps");
        let mut flags = maps.lines().filter(|line| line.starts_with("VmFlags:"));
        assert!(flags.any(|line| line.split(' ').any(|flag| flag == "hg")), "{maps}");
    }
}

#[test]
fn the_printed_link_signs_in_once() {
    let server = Process::start(&["--listen", "127.0.0.1:0"]);
    let link = server.printed.iter().find_map(|line| line.trim().strip_prefix("Admin page: "));
    let link = link.expect("link").strip_prefix("http://").expect("address").to_owned();
    let (page, secret) = link.split_once('#').expect("a secret, which browsers do not send");
    assert_eq!(page, format!("{}/admin", server.addresses[0]));
    let key = format!(r#"{{"key":"{secret}"}}"#);
    let (head, _) = server.post("/admin/sign-in", &key);
    assert!(head.starts_with("http/1.1 200"), "{head}");
    let cookie = head.lines().find_map(|line| line.strip_prefix("set-cookie: ")).expect("cookie");
    assert!(cookie.contains("httponly") && cookie.contains("samesite=strict"), "{cookie}");
    assert!(server.post("/admin/sign-in", &key).0.starts_with("http/1.1 401"));
    let log = server.terminate().1;
    assert!(!log.contains(secret), "{log}");
}

#[test]
fn several_addresses_are_served_and_keys_end_development_mode() {
    let server = Process::start(&[
        "--listen",
        "127.0.0.1:0",
        "--listen",
        "127.0.0.2:0",
        "--key",
        STRONG,
        "--admin-key",
        OTHER,
    ]);
    assert_eq!(server.addresses.len(), 2);
    assert!(!server.printed.join("\n").contains("Development"));
    assert!(server.get("/", "X-Forwarded-For: 192.0.2.1\r\n").0.starts_with("http/1.1 200"));
    assert_eq!(server.terminate().0, Some(0));
}

#[test]
fn metrics_need_the_key_unless_they_have_an_address_of_their_own() {
    let bearer = format!("Authorization: Bearer {OTHER}\r\n");
    let keys = ["--listen", "127.0.0.1:0", "--key", STRONG, "--admin-key", OTHER];
    let server = Process::start(&keys);
    assert!(server.get("/metrics", "").0.starts_with("http/1.1 401"));
    let (head, figures) = server.get("/metrics", &bearer);
    assert!(head.starts_with("http/1.1 200"), "{head}");
    assert!(figures.contains("\nanonchat_connections 0\n"), "{figures}");
    assert_eq!(server.terminate().0, Some(0));

    let apart = [&keys[..], &["--metrics-listen", "127.0.0.2:0"]].concat();
    let server = Process::start(&apart);
    let printed = server.printed.join("\n");
    let line = printed.lines().find_map(|line| line.strip_prefix("Metrics at http://"));
    let address = line.and_then(|line| line.strip_suffix("/metrics")).expect("an address");
    assert!(server.get("/metrics", &bearer).0.starts_with("http/1.1 404"));
    let (head, figures) = Process::get_from(address, "/metrics", "");
    assert!(head.starts_with("http/1.1 200"), "{head}");
    // The page's requests are counted as well, and the figures' own.
    let request = "anonchat_http_requests_total{route=\"other\",method=\"get\",status=\"4xx\"} 1\n";
    assert!(figures.contains(request), "{figures}");
    for path in ["/", "/healthz", "/admin/reports", "/ws"] {
        assert!(Process::get_from(address, path, &bearer).0.starts_with("http/1.1 404"), "{path}");
    }
    assert_eq!(server.terminate().0, Some(0), "both addresses are given up");
}

#[test]
fn it_does_not_start_on_what_it_cannot_stand_for() {
    let policy = std::env::temp_dir().join(format!("anonchat-{}.toml", std::process::id()));
    let path = policy.to_str().expect("path");
    for (contents, arguments, named) in [
        ("", &["--listen", "0.0.0.0:0"][..], "--key (ANONCHAT_KEY) is missing"),
        ("", &["--listen", "0.0.0.0:0", "--key", STRONG], "--admin-key (ANONCHAT_ADMIN_KEY)"),
        ("", &["--key", "short"], "--key (ANONCHAT_KEY) is shorter than 32 characters"),
        ("", &["--listen", "127.0.0.1:0", "--origins", "*"], "`*` is no origin"),
        ("", &["--trusted-proxies", "10.0.0.0/33"], "--trusted-proxies"),
        ("[matching]\nnonsense = 1", &["--policy", path], "nonsense"),
        ("[connection]\nlease_s = 0", &["--policy", path], "lease_s is 0, but must be from 1 to"),
        ("", &["--policy", "/nonexistent"], "/nonexistent"),
    ] {
        std::fs::write(&policy, contents).expect("write");
        let (success, _, stderr) = run(arguments);
        assert!(!success && stderr.contains(named), "{arguments:?}: {stderr}");
    }
    std::fs::remove_file(&policy).expect("remove");
}

#[test]
fn the_policy_in_effect_is_printed() {
    let path = std::env::temp_dir().join(format!("anonchat-print-{}.toml", std::process::id()));
    std::fs::write(&path, "[matching]\ndaily_total = 7\n").expect("write");
    let (success, stdout, _) = run(&["policy", "--policy", path.to_str().expect("path")]);
    std::fs::remove_file(&path).expect("remove");
    assert!(success);
    for line in ["[matching]", "daily_total = 7", "cooldown_ms = 5000", "[connection]"] {
        assert!(stdout.lines().any(|printed| printed == line), "{line} is not in {stdout}");
    }
}

#[test]
fn the_page_comes_with_the_headers_that_keep_it_to_itself() {
    let server = Process::start(&["--listen", "127.0.0.1:0"]);
    let (head, body) = server.get("/", "Accept: text/html,*/*\r\n");
    assert!(head.starts_with("http/1.1 200") && body.contains("<html"), "{head}");
    for line in [
        "content-type: text/html; charset=utf-8",
        "content-security-policy: default-src 'none'; script-src 'self'; style-src 'self'; \
         img-src 'self' data: blob:; media-src 'self' blob:; connect-src 'self'; \
         form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
        "x-content-type-options: nosniff",
        "referrer-policy: no-referrer",
        "cross-origin-opener-policy: same-origin",
        "cross-origin-resource-policy: same-origin",
        "cache-control: no-cache",
    ] {
        assert!(head.lines().any(|header| header == line), "{line} is not in {head}");
    }
    assert!(head.contains("permissions-policy: camera=(self)"), "{head}");
    let tag = head.lines().find_map(|line| line.strip_prefix("etag: ")).expect("tag");
    let known = format!("Accept: text/html\r\nIf-None-Match: {tag}\r\n");
    assert!(server.get("/", &known).0.starts_with("http/1.1 304"));

    let (head, body) = server.get("/", "Accept: */*\r\n");
    assert!(head.contains("content-type: application/json"), "{head}");
    assert_eq!(body, r#"{"docs":"/docs","message":"Anonymous Chat backend running."}"#);
    for path in ["/nothing", "/../Cargo.toml", "/%2e%2e/Cargo.toml", "/..%2fCargo.toml"] {
        assert!(server.get(path, "").0.starts_with("http/1.1 404"), "{path}");
    }
}

#[test]
fn a_log_at_trace_level_names_no_device_text_or_key() {
    let server = Process::start(&["--listen", "127.0.0.1:0", "--log", "trace"]);
    let runtime = tokio::runtime::Runtime::new().expect("runtime");
    let alias = runtime.block_on(chat_of_canaries(&server.addresses[0]));
    server.get("/canary-path?canary=query", "X-Header: canary-header\r\n");
    let (code, log) = server.terminate();
    assert_eq!(code, Some(0));
    assert!(log.contains("DEBUG"), "the level is in effect: {log}");
    for secret in ["canary", alias.as_str()] {
        let line = log.lines().find(|line| line.contains(secret));
        assert!(line.is_none(), "{secret} is in {line:?}");
    }
}

/// Two people talk, and everything that they send can be recognized. Gives back an alias.
async fn chat_of_canaries(address: &str) -> String {
    use futures_util::{SinkExt, StreamExt};
    use tokio_tungstenite::connect_async;
    use tokio_tungstenite::tungstenite::Message;
    use tokio_tungstenite::tungstenite::protocol::CloseFrame;

    let open = |device: &str| connect_async(format!("ws://{address}/ws?device_id={device}"));
    let (mut ann, _) = open("canary-ann").await.expect("open");
    let (mut bob, _) = open("canary-bob").await.expect("open");
    let mut alias = String::new();
    for socket in [&mut ann, &mut bob] {
        let join = r#"{"action":"join","nickname":"canary-name"}"#;
        socket.send(Message::text(join)).await.expect("send");
        while let Some(Ok(Message::Text(frame))) = socket.next().await {
            let frame: serde_json::Value = serde_json::from_str(&frame).expect("JSON");
            if frame["type"] == "queued" {
                break;
            }
            if frame["type"] == "matched" {
                alias = frame["peer"].as_str().expect("alias")[1..].to_owned();
                break;
            }
        }
    }
    ann.send(Message::text(r#"{"action":"msg","text":"canary-text"}"#)).await.expect("send");
    while let Some(Ok(Message::Text(frame))) = bob.next().await {
        if frame.contains("canary-text") {
            break;
        }
    }
    let close = CloseFrame { code: 1000.into(), reason: "canary-reason".into() };
    ann.close(Some(close)).await.expect("close");
    while let Some(Ok(_)) = ann.next().await {}
    alias
}

#[test]
fn a_log_for_machines_is_json() {
    let server = Process::start(&["--listen", "127.0.0.1:0", "--log-format", "json"]);
    let (_, log) = server.terminate();
    assert!(log.lines().count() > 0);
    for line in log.lines() {
        serde_json::from_str::<serde_json::Value>(line).expect("JSON");
    }
}
