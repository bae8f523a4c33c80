//! Everything that a server is told.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::thread::JoinHandle;

use redis::cmd;

use crate::server::Server;

/// Ends the listening.
const END: &str = "end-of-the-monitor";

/// Hears every command that a server without users is given, those of scripts included.
pub struct Monitor<'a> {
    server: &'a Server,
    listening: JoinHandle<Vec<String>>,
}

impl<'a> Monitor<'a> {
    /// Listens from now on.
    ///
    /// # Panics
    ///
    /// If the server does not let it.
    pub fn start(server: &'a Server) -> Self {
        let mut stream = UnixStream::connect(server.socket()).expect("the server listens");
        stream.write_all(b"MONITOR\r\n").expect("the server takes it");
        let mut lines = BufReader::new(stream).lines().map(|line| line.expect("it goes on"));
        assert_eq!(lines.next().as_deref(), Some("+OK"));
        let listening =
            std::thread::spawn(move || lines.take_while(|line| !line.contains(END)).collect());
        Self { server, listening }
    }

    /// What was heard: one command a line, `+time [database address] "command" "argument" …`.
    ///
    /// # Panics
    ///
    /// If the server is gone.
    pub fn end(self) -> Vec<String> {
        cmd("ECHO").arg(END).exec(&mut self.server.admin()).expect("the server answers");
        self.listening.join().expect("the listening ends")
    }
}

/// The command of such a line, `EVALSHA` for example.
pub fn monitored_command(line: &str) -> Option<&str> {
    line.split_once("] \"")?.1.split('"').next()
}
