//! The built server as a process: started with flags, asked things, told to end.

#![allow(dead_code, reason = "every test binary uses a part of it")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// Longer than anything takes that works.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) const STRONG: &str = "pX3v9Qm2xLr7Tn5Wk8Zb4Yc6Hd1Gf0Js";
pub(crate) const OTHER: &str = "Js0Gf1Hd6Yc4Zb8Wk5Tn7rL2mQ9v3XpA";

pub(crate) fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_anonchat-server"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("ANONCHAT_") {
            command.env_remove(name);
        }
    }
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Runs it to its end: whether it succeeded, and what it printed and logged.
pub(crate) fn run(arguments: &[&str]) -> (bool, String, String) {
    let Output { status, stdout, stderr } = command(arguments).output().expect("run");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    (status.success(), text(stdout), text(stderr))
}

/// A server that runs, and what it has printed until it listened.
pub(crate) struct Process {
    child: Child,
    log: Option<JoinHandle<String>>,
    pub(crate) printed: Vec<String>,
    pub(crate) addresses: Vec<String>,
}

impl Process {
    pub(crate) fn start(arguments: &[&str]) -> Self {
        Self::try_start(&mut command(arguments))
            .unwrap_or_else(|log| panic!("the server does not start: {log}"))
    }

    /// Starts it by a command of one's own.
    pub(crate) fn started(command: &mut Command) -> Self {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        Self::try_start(command).unwrap_or_else(|log| panic!("the server does not start: {log}"))
    }

    /// Its number to the operating system.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Starts it, unless it ends instead of listening: then says what it logged.
    pub(crate) fn try_start(command: &mut Command) -> Result<Self, String> {
        let listens = command.get_args().filter(|argument| *argument == "--listen").count().max(1);
        let mut child = command.spawn().expect("spawn");
        let (lines, printed) = mpsc::channel();
        let stdout = BufReader::new(child.stdout.take().expect("stdout"));
        thread::spawn(move || {
            stdout.lines().map_while(Result::ok).for_each(|line| _ = lines.send(line));
        });
        // Somebody has to read what it logs, or it would wait for that.
        let mut stderr = child.stderr.take().expect("stderr");
        let log = thread::spawn(move || {
            let mut log = String::new();
            stderr.read_to_string(&mut log).expect("log");
            log
        });
        let mut process =
            Self { child, log: Some(log), printed: Vec::new(), addresses: Vec::new() };
        while process.addresses.len() < listens {
            match printed.recv_timeout(PATIENCE) {
                Ok(line) => {
                    if let Some(address) = line.strip_prefix("Listening on http://") {
                        process.addresses.push(address.to_owned());
                    }
                    process.printed.push(line);
                }
                Err(mpsc::RecvTimeoutError::Disconnected) => return Err(process.end().1),
                Err(mpsc::RecvTimeoutError::Timeout) => panic!("the server says nothing"),
            }
        }
        Ok(process)
    }

    pub(crate) fn get(&self, path: &str, headers: &str) -> (String, String) {
        Self::get_from(&self.addresses[0], path, headers)
    }

    /// Asks at an address that it has printed.
    pub(crate) fn get_from(address: &str, path: &str, headers: &str) -> (String, String) {
        let mut stream = TcpStream::connect(address).expect("connect");
        stream.set_read_timeout(Some(PATIENCE)).expect("timeout");
        let request =
            format!("GET {path} HTTP/1.1\r\nHost: {address}\r\n{headers}Connection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).expect("write");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("answer");
        let (head, body) = answer.split_once("\r\n\r\n").expect("head");
        (head.to_lowercase(), body.to_owned())
    }

    /// Sends JSON.
    pub(crate) fn post(&self, path: &str, body: &str) -> (String, String) {
        let address = &self.addresses[0];
        let mut stream = TcpStream::connect(address).expect("connect");
        stream.set_read_timeout(Some(PATIENCE)).expect("timeout");
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(request.as_bytes()).expect("write");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("answer");
        let (head, body) = answer.split_once("\r\n\r\n").expect("head");
        (head.to_lowercase(), body.to_owned())
    }

    /// Asks it to end, as an init system does, and gives back what it logged.
    pub(crate) fn terminate(self) -> (Option<i32>, String) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().expect("kill").success());
        self.end()
    }

    /// Ends it as a crash does.
    pub(crate) fn kill(mut self) {
        self.child.kill().expect("kill");
        self.end();
    }

    fn end(mut self) -> (Option<i32>, String) {
        let log = self.log.take().expect("ends once").join().expect("log");
        (self.child.wait().expect("end").code(), log)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
