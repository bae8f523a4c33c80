//! The relay passes exactly what it is told to.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::PathBuf;
use std::time::Duration;

use test_services::{Address, Relay};

/// A server that sends back what it gets.
struct Echo {
    directory: PathBuf,
}

impl Echo {
    fn start(name: &str) -> Self {
        let directory = std::env::temp_dir().join(format!("relay-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&directory).expect("it works");
        let listener = UnixListener::bind(directory.join("echo")).expect("it works");
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.expect("it works");
                std::thread::spawn(move || {
                    let mut byte = [0];
                    while let Ok(1) = stream.read(&mut byte) {
                        if stream.write_all(&byte).is_err() {
                            return;
                        }
                    }
                });
            }
        });
        Self { directory }
    }

    fn relay(&self) -> Relay {
        Relay::start(Address::Unix(self.directory.join("echo")))
    }
}

impl Drop for Echo {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.directory);
    }
}

fn connect(relay: &Relay) -> UnixStream {
    let Address::Unix(path) = relay.address() else { panic!("a unix socket") };
    let stream = UnixStream::connect(path).expect("it works");
    stream.set_read_timeout(Some(Duration::from_secs(60))).expect("it works");
    stream
}

fn say(stream: &mut UnixStream, words: &str) -> String {
    stream.write_all(words.as_bytes()).expect("it works");
    let mut echo = vec![0; words.len()];
    stream.read_exact(&mut echo).expect("it works");
    String::from_utf8(echo).expect("it works")
}

/// Everything that still comes until the connection ends.
fn rest(stream: &mut UnixStream) -> Vec<u8> {
    let mut rest = Vec::new();
    // A connection that was cut may end with an error.
    let _ = stream.read_to_end(&mut rest);
    rest
}

#[test]
fn an_open_relay_passes_everything() {
    let echo = Echo::start("open");
    let relay = echo.relay();
    let (mut one, mut other) = (connect(&relay), connect(&relay));
    assert_eq!(say(&mut one, "hello"), "hello");
    assert_eq!(say(&mut other, "and you"), "and you");
}

#[test]
fn a_cut_comes_after_so_many_bytes_both_ways_together() {
    let echo = Echo::start("cut");
    let relay = echo.relay();
    let (mut one, mut other) = (connect(&relay), connect(&relay));
    assert_eq!(say(&mut one, "before"), "before");
    assert_eq!(say(&mut other, "before"), "before");
    relay.cut_after(10);
    // Six go there, and four come back.
    one.write_all(b"abcdef").expect("it works");
    assert_eq!(rest(&mut one), b"abcd");
    assert_eq!(rest(&mut other), b"", "the other connection is cut as well");
    assert_eq!(rest(&mut connect(&relay)), b"", "who connects now is refused");
    relay.open();
    assert_eq!(say(&mut connect(&relay), "after"), "after");
}

#[test]
fn a_cut_after_nothing_is_a_cut_at_once() {
    let echo = Echo::start("at-once");
    let relay = echo.relay();
    let mut one = connect(&relay);
    assert_eq!(say(&mut one, "before"), "before");
    relay.cut();
    let _ = one.write_all(b"lost");
    assert_eq!(rest(&mut one), b"");
}

#[test]
fn a_cut_that_has_not_happened_is_taken_back() {
    let echo = Echo::start("back");
    let relay = echo.relay();
    let mut one = connect(&relay);
    relay.cut_after(10);
    assert_eq!(say(&mut one, "abc"), "abc");
    relay.open();
    assert_eq!(say(&mut one, "and many more"), "and many more");
}

#[test]
fn a_stalled_relay_holds_back_and_then_passes_in_order() {
    let echo = Echo::start("stall");
    let relay = echo.relay();
    let mut one = connect(&relay);
    assert_eq!(say(&mut one, "before"), "before");
    relay.stall();
    one.write_all(b"held").expect("it works");
    let mut late = connect(&relay);
    late.write_all(b"late").expect("it works");
    one.set_read_timeout(Some(Duration::from_millis(200))).expect("it works");
    assert!(one.read(&mut [0]).is_err(), "neither a byte nor an end");
    one.set_read_timeout(Some(Duration::from_secs(60))).expect("it works");
    relay.open();
    let mut held = [0; 4];
    one.read_exact(&mut held).expect("it works");
    assert_eq!(&held, b"held");
    late.read_exact(&mut held).expect("it works");
    assert_eq!(&held, b"late");
}

#[test]
fn a_relay_stands_before_a_port_as_well() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("it works");
    let relay = Relay::start(Address::Tcp(listener.local_addr().expect("it works")));
    let Address::Tcp(address) = relay.address() else { panic!("a port") };
    assert_eq!(relay.url(), format!("redis://{address}"));
    let mut client = std::net::TcpStream::connect(address).expect("it works");
    client.write_all(b"hi").expect("it works");
    let mut server = listener.accept().expect("it works").0;
    let mut words = [0; 2];
    server.read_exact(&mut words).expect("it works");
    assert_eq!(&words, b"hi");
    drop(relay);
    assert_eq!(client.read(&mut words).unwrap_or_default(), 0);
}
