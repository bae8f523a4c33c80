//! The load generator against the baseline and, where it has been built, the server: whatever is
//! sent arrives once, at the right person. How fast is no matter of a test.

use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;

const BENCH: &str = env!("CARGO_BIN_EXE_anonchat-bench");

/// A server that ends with the test.
struct Server {
    child: Child,
    address: SocketAddr,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn baseline() -> Server {
    let free = TcpListener::bind("127.0.0.1:0").and_then(|it| it.local_addr()).expect("a port");
    let mut command = Command::new(BENCH);
    let child = command.args(["baseline", &free.port().to_string()]).spawn().expect("started");
    let server = Server { child, address: free };
    let listens = |_: &u32| {
        std::thread::sleep(Duration::from_millis(10));
        TcpStream::connect(free).is_ok()
    };
    assert!((0..1_000).any(|turn| listens(&turn)), "the baseline does not listen");
    server
}

/// The server, if it was built beside this test: `cargo test --workspace` does so.
fn anonchat() -> Option<Server> {
    let program = PathBuf::from(BENCH).with_file_name("anonchat-server");
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let policy = folder.join("policy.toml");
    std::fs::write(
        &policy,
        "[matching]\ncooldown_ms = 0\ndaily_per_filter = 0\ndaily_total = 0\nrematch_after_s = 0\n\
         [rates]\nframes_per_minute = 0\n[connection]\ngrace_s = 0\n[text]\nmessage_chars = 10000\n",
    )
    .expect("a policy");
    let mut command = Command::new(program);
    command.args(["--listen", "127.0.0.1:0", "--log", "error", "--policy"]).arg(policy);
    let mut child = command.stdout(Stdio::piped()).spawn().ok()?;
    let said = BufReader::new(child.stdout.take().expect("piped"));
    let address = said.lines().map_while(Result::ok).find_map(|line| {
        line.strip_prefix("Listening on http://").map(|it| it.parse().expect("an address"))
    });
    let address = address.expect("the server listens");
    Some(Server { child, address })
}

fn load(server: &Server, words: &str) -> Value {
    let mut command = Command::new(BENCH);
    command.args(["load", "--addr", &server.address.to_string()]);
    command.args(["--pid", &server.child.id().to_string()]).args(words.split(' '));
    let output = command.output().expect("started");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{words}: {said}");
    serde_json::from_slice(&output.stdout).expect("one line of JSON")
}

fn is_faultless(server: &Server) {
    for words in [
        "relay --conns 20 --window 4 --secs 0.7 --warmup 0.1",
        "relay --conns 20 --rate 2000 --secs 0.7 --warmup 0.1",
        "relay --conns 4 --bytes 8000 --secs 0.2 --warmup 0",
    ] {
        let found = load(server, words);
        assert!(found["received"].as_u64() > Some(10), "{words}: {found}");
        assert_eq!(found["sent"], found["received"], "{words}: {found}");
        for fault in ["lost", "duplicated", "misrouted", "errors", "closed", "peer_left"] {
            assert_eq!(found[fault], 0, "{fault} in {words}: {found}");
        }
    }
    let found = load(server, "match --conns 20 --secs 0.7 --warmup 0.1");
    assert!(found["matches_per_s"].as_f64() > Some(1.0), "{found}");
    assert_eq!((&found["errors"], &found["closed"]), (&0.into(), &0.into()), "{found}");

    let found = load(server, "idle --conns 40 --stage msg --bytes 8000 --settle 0.05");
    assert_eq!(found["open"], 40, "{found}");
    assert!(found["messaged"]["server_rss_kib"].as_u64() > Some(0), "{found}");

    for how in ["fin", "rst"] {
        let found = load(server, &format!("storm --conns 40 --rounds 1 --vanish {how}"));
        assert!(found["peer_left_expected"].as_u64() > Some(0), "{found}");
        assert_eq!(found["peer_left_expected"], found["peer_left_seen"], "{found}");
        assert_eq!(found["unmatched_at_end_of_rounds"], 0, "{found}");
    }
}

#[test]
fn nothing_is_lost_doubled_or_misrouted_at_the_baseline() {
    is_faultless(&baseline());
}

#[test]
fn nothing_is_lost_doubled_or_misrouted_at_the_server() {
    if let Some(server) = anonchat() {
        is_faultless(&server);
        let found = load(&server, "idle --conns 20 --stage wait --settle 0.05");
        assert_eq!(found["open"], 20, "{found}");
    }
}
