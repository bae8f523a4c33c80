//! The server on a Redis that others use too: who may join in, and what a refusal says.

mod running;

use running::{OTHER, Process, STRONG, run};
use test_services::{Engine, Server, Setup};

#[test]
fn what_is_no_place_of_a_store_is_refused_without_showing_a_password() {
    for (store, named) in [
        ("postgres://user:canary@host/db", "the address begins with none of redis://"),
        ("redis://user:canary@host:port", "a port of the address is not a number"),
        ("redis+sentinel://:canary@host:1", "name of a master"),
    ] {
        let (success, out, log) =
            run(&["--listen", "127.0.0.1:0", "--key", STRONG, "--store", store]);
        assert!(
            !success && log.contains("--store (ANONCHAT_STORE): ") && log.contains(named),
            "{log}"
        );
        assert!(!out.contains("canary") && !log.contains("canary"), "{log}");
    }
}

#[test]
fn a_store_that_cannot_be_reached_is_named_at_the_start() {
    let url = "redis://user:canary@127.0.0.1:1";
    let (success, out, log) = run(&["--listen", "127.0.0.1:0", "--key", STRONG, "--store", url]);
    assert!(
        !success && log.contains("--store (ANONCHAT_STORE): the store is unavailable"),
        "{log}"
    );
    assert!(!out.contains("canary") && !log.contains("canary"), "{log}");
}

#[test]
fn help_does_not_show_the_store_of_the_environment() {
    let url = "redis://user:canary@127.0.0.1:1";
    let shown = running::command(&["--help"]).env("ANONCHAT_STORE", url).output().expect("run");
    let text = String::from_utf8_lossy(&shown.stdout);
    assert!(text.contains("--store") && !text.contains("canary"), "{text}");
}

#[test]
fn a_shared_store_needs_a_key_that_lasts() {
    let redis = Server::start(Engine::Redis);
    let (success, _, log) = run(&["--listen", "127.0.0.1:0", "--store", &redis.url()]);
    assert!(!success && log.contains("--key (ANONCHAT_KEY) is missing"), "{log}");
}

#[test]
fn servers_of_one_deployment_have_the_same_last_key() {
    let redis = Server::start(Engine::Redis);
    let start = |key: &str| {
        Process::start(&["--listen", "127.0.0.1:0", "--store", &redis.url(), "--key", key])
    };
    let first = start(STRONG);
    assert!(first.get("/readyz", "").0.starts_with("http/1.1 200"));
    let store = redis.url();
    let (success, _, log) = run(&["--listen", "127.0.0.1:0", "--store", &store, "--key", OTHER]);
    assert!(!success && log.contains("--key (ANONCHAT_KEY): the store belongs"), "{log}");
    assert!(!log.contains(OTHER), "{log}");
    // A rotation puts a new one in front.
    let rotated = start(&format!("{OTHER},{STRONG}"));
    assert!(rotated.get("/readyz", "").0.starts_with("http/1.1 200"));
}

#[test]
fn a_login_is_used_and_a_wrong_one_refused() {
    let redis = Setup::new(Engine::Redis).tcp().user("user chat on >secret ~* &* +@all").start();
    let with = |login: &str| redis.tcp_url().replace("redis://", &format!("redis://{login}@"));
    let good = with("chat:secret");
    let server = Process::start(&["--listen", "127.0.0.1:0", "--store", &good, "--key", STRONG]);
    assert!(server.get("/readyz", "").0.starts_with("http/1.1 200"));
    let bad = with("chat:canary");
    let (success, _, log) = run(&["--listen", "127.0.0.1:0", "--store", &bad, "--key", STRONG]);
    assert!(!success && log.contains("--store (ANONCHAT_STORE)"), "{log}");
    assert!(!log.contains("canary"), "{log}");
}

#[test]
fn a_pool_that_is_named_twice_is_refused() {
    let (success, _, log) = run(&["--listen", "127.0.0.1:0", "--pools", "eu,us,eu"]);
    assert!(!success && log.contains("--pools (ANONCHAT_POOLS): `eu` is named twice"), "{log}");
}
