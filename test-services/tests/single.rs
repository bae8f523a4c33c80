//! One server: what it keeps, whom it lets in, and that it never outlives its test.

use std::process::{Command, Stdio};

use redis::{Client, TlsCertificates, cmd};
use test_services::{Engine, Server, Setup};

fn set(server: &Server, value: &str) {
    cmd("SET").arg("key").arg(value).exec(&mut server.admin()).expect("it answers");
}

fn get(server: &Server) -> Option<String> {
    cmd("GET").arg("key").query(&mut server.admin()).expect("it answers")
}

#[test]
fn a_server_is_gone_with_its_value() {
    let server = Server::start(Engine::Redis);
    set(&server, "here");
    assert_eq!(get(&server).as_deref(), Some("here"));
    let directory = server.directory().to_owned();
    drop(server);
    assert!(!directory.exists());
}

/// Not a test of its own: the process that the next test kills.
#[test]
#[ignore = "started and killed by another test"]
fn a_process_that_waits_to_be_killed() {
    let server = Server::start(Engine::Redis);
    std::fs::write(
        std::env::var_os("VICTIM").expect("it works"),
        server.directory().to_str().expect("it works"),
    )
    .expect("it works");
    std::thread::park();
}

#[test]
fn a_server_is_gone_with_the_process_that_started_it() {
    let witness = Server::start(Engine::Redis);
    let note = witness.directory().join("note");
    let mut victim = Command::new(std::env::current_exe().expect("it works"))
        .args(["--ignored", "--exact", "a_process_that_waits_to_be_killed"])
        .env("VICTIM", &note)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("it works");
    let directory =
        eventually(|| std::fs::read_to_string(&note).ok().filter(|text| !text.is_empty()));
    let socket = std::path::Path::new(&directory).join("socket");
    let client = Client::open(format!("redis+unix://{}", socket.display())).expect("it works");
    client.get_connection().expect("it serves while its process lives");
    victim.kill().expect("it works");
    victim.wait().expect("it works");
    eventually(|| client.get_connection().err());
    eventually(|| (!socket.exists()).then_some(()));
}

fn eventually<T>(mut found: impl FnMut() -> Option<T>) -> T {
    for _ in 0..3_000 {
        if let Some(found) = found() {
            return found;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    panic!("waited in vain");
}

#[test]
fn a_killed_server_comes_back_with_what_it_wrote_to_its_file() {
    let server = Setup::new(Engine::Redis).append_only().tcp().start();
    set(&server, "kept");
    let port = server.port();
    server.kill();
    assert!(!server.serves());
    server.restart();
    assert_eq!(get(&server).as_deref(), Some("kept"));
    assert_eq!(server.port(), port);

    let server = Server::start(Engine::Redis);
    set(&server, "not kept");
    server.kill();
    server.restart();
    assert_eq!(get(&server), None);
}

#[test]
fn a_paused_server_holds_its_answers_back() {
    let server = Server::start(Engine::Redis);
    let connection = &mut server.admin();
    connection.set_read_timeout(Some(std::time::Duration::from_millis(200))).expect("it works");
    server.pause();
    cmd("PING").exec(connection).expect_err("nobody answers");
    server.resume();
    assert!(server.serves());
}

#[test]
fn users_may_do_what_their_line_says() {
    let server =
        Setup::new(Engine::Redis).tcp().user("user chat on >secret ~anonchat:* +get +ping").start();
    let nobody = Client::open(server.tcp_url()).expect("it works");
    let refused = nobody.get_connection().and_then(|mut one| cmd("PING").exec(&mut one));
    assert_eq!(refused.expect_err("it refuses").code(), Some("NOAUTH"));

    let url = server.tcp_url().replace("//", "//chat:secret@");
    let chat = &mut Client::open(url).expect("it works").get_connection().expect("it listens");
    cmd("GET").arg("anonchat:key").exec(chat).expect("it answers");
    let refused = cmd("GET").arg("key").exec(chat).expect_err("it refuses");
    assert_eq!(refused.code(), Some("NOPERM"));
}

#[test]
fn a_server_with_certificates_speaks_tls() {
    let server = Setup::new(Engine::Redis).tls().start();
    let ask = |authority: Option<String>| {
        let root_cert = authority.map(String::into_bytes);
        let trusted = TlsCertificates { client_tls: None, root_cert };
        let client = Client::build_with_tls(server.tls_url(), trusted)?;
        cmd("PING").query::<String>(&mut client.get_connection()?)
    };
    assert_eq!(ask(Some(server.certificates().authority().to_owned())).expect("it works"), "PONG");
    ask(None).expect_err("nobody trusts it who is not told to");
}
