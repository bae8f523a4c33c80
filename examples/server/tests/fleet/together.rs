//! `scripts/three-servers`: people on different servers are one crowd.

use std::io::{BufRead, BufReader, Lines};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use test_services::{Engine, Server};

use crate::person::Person;
use crate::person::talkers::meet;
use crate::running::STRONG;
use crate::three::exchange;

/// The script, started as people start it.
struct Script {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    addresses: Vec<String>,
}

impl Script {
    fn command(arguments: &[&str]) -> Command {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scripts/three-servers");
        let mut command = Command::new(script);
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("ANONCHAT_") {
                command.env_remove(name);
            }
        }
        command.args(arguments).env("ANONCHAT_SERVER", env!("CARGO_BIN_EXE_anonchat-server"));
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        command
    }

    /// Returns when it has said all that it has to say.
    fn start(command: &mut Command) -> Self {
        let mut child = command.spawn().expect("bash");
        let lines = BufReader::new(child.stdout.take().expect("stdout")).lines();
        let mut script = Self { child, lines, addresses: Vec::new() };
        for line in script.lines.by_ref() {
            let line = line.expect("a line");
            if let Some((_, rest)) = line.split_once("http://") {
                let address = rest.split(' ').next().expect("an address");
                script.addresses.push(address.to_owned());
            }
            if line.starts_with("Ctrl-C") {
                break;
            }
        }
        assert_eq!(script.addresses.len(), 3);
        script
    }

    /// Ends it as Ctrl-C does; but what runs in the background of a shell ignores that very signal.
    /// Returns whether it ended well.
    fn stop(&mut self) -> bool {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().expect("kill").success());
        self.child.wait().expect("end").success()
    }
}

impl Drop for Script {
    fn drop(&mut self) {
        if self.child.try_wait().is_ok_and(|ended| ended.is_none()) {
            self.stop();
        }
    }
}

/// People on each two of the servers meet and talk.
async fn expect_one_crowd(addresses: &[String]) {
    for server in 0..3 {
        let person = |name: &str, server| {
            Person::new(format!("{name}-{server}-0123456789"), addresses.to_vec(), server)
        };
        let (mut ann, mut bob) = (person("ann", server), person("bob", server + 1));
        meet(&mut ann, &mut bob).await;
        exchange(&mut ann, &mut bob).await;
        assert_eq!(ann.returns + bob.returns, 0, "each stayed where they were");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_script_starts_three_servers_and_their_redis_and_stops_all_of_it() {
    let mut script = Script::start(&mut Script::command(&[]));
    expect_one_crowd(&script.addresses).await;
    assert!(script.stop());
    for address in &script.addresses {
        assert!(TcpStream::connect(address).is_err(), "{address} still serves");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_script_takes_a_redis_that_is_there() {
    let redis = Server::start(Engine::Redis);
    let refused = Script::command(&[&redis.url()]).output().expect("bash");
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(!refused.status.success() && said.contains("ANONCHAT_KEY"), "{said}");

    let mut script = Script::start(Script::command(&[&redis.url()]).env("ANONCHAT_KEY", STRONG));
    expect_one_crowd(&script.addresses).await;
    assert!(script.stop());
    assert!(redis.serves(), "it is not the script's to stop");
}
