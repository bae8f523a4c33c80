//! Ten thousand connections that ask nothing, and somebody who asks something.

mod running;

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::thread;
use std::time::Duration;

use running::{PATIENCE, Process};

/// Connections, if the system lets this process have so many.
const CONNECTIONS: u64 = 10_000;

/// Files of this process beside them.
const OTHERS: u64 = 200;

/// The connections that the server keeps at once, and what each may take of its memory: what
/// `serve` promises.
const KEPT: u64 = 2_048;
const EACH_KIB: u64 = 40;

/// A line of what the system knows about the process, in KiB.
fn memory(server: &Process, name: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.id())).expect("status");
    let line = status.lines().find_map(|line| line.strip_prefix(name)).expect("a line");
    line.trim_matches([':', '\t', ' ']).trim_end_matches(" kB").parse().expect("a number")
}

fn is_served(server: &Process) {
    let (head, _) = server.get("/healthz", "");
    assert!(head.starts_with("http/1.1 200"), "{head}");
}

#[test]
fn ten_thousand_half_open_and_slow_connections_hold_up_nobody_and_take_bounded_memory() {
    let allowed = rlimit::increase_nofile_limit(CONNECTIONS + OTHERS).expect("limit");
    let connections = CONNECTIONS.min(allowed - OTHERS);
    if connections < CONNECTIONS {
        let loud =
            format!("****** ONLY {connections} connections: the system allows no more ******");
        writeln!(std::io::stderr(), "{loud}").expect("said");
    }
    let policy = std::env::temp_dir().join(format!("anonchat-flood-{}.toml", std::process::id()));
    std::fs::write(&policy, "[connection]\nheader_s = 5\n").expect("write");
    let path = policy.to_str().expect("path");
    let server = Process::start(&["--listen", "127.0.0.1:0", "--policy", path]);
    std::fs::remove_file(&policy).expect("remove");
    is_served(&server);
    let before = memory(&server, "VmRSS");

    let head = format!("GET /healthz HTTP/1.1\r\nHost: {}\r\n", server.addresses[0]);
    let mut streams = Vec::new();
    for number in 0..connections {
        let mut stream = TcpStream::connect(&server.addresses[0]).expect("connect");
        // Every second one says nothing, the others as much as they can without an end.
        if number % 2 == 1 {
            let _ = stream.write_all(head.as_bytes());
        }
        streams.push(stream);
        if number % 1_000 == 0 {
            is_served(&server);
        }
    }
    for byte in b"X-Slow: and so on" {
        for stream in streams.iter_mut().skip(1).step_by(2) {
            // Many of them are ended already.
            let _ = stream.write_all(&[*byte]);
        }
        is_served(&server);
        thread::sleep(Duration::from_millis(50));
    }
    let most = memory(&server, "VmHWM");
    let taken = most.saturating_sub(before);
    assert!(taken < KEPT * EACH_KIB, "{taken} KiB for {connections} connections");

    for mut stream in streams {
        stream.set_read_timeout(Some(PATIENCE)).expect("timeout");
        let ended = stream.read_to_end(&mut Vec::new());
        let is_timeout = |kind| matches!(kind, ErrorKind::WouldBlock | ErrorKind::TimedOut);
        assert!(!ended.is_err_and(|error| is_timeout(error.kind())), "a connection is never ended");
    }
    is_served(&server);
    assert_eq!(server.terminate().0, Some(0));
}
