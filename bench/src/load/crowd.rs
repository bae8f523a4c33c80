//! Many connections on one thread. A silent one holds no buffer.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use clap::ValueEnum;
use mio::net::TcpStream;
use mio::{Events, Interest, Poll, Token};
use socket2::{Domain, SockRef, Socket, Type};

use super::word::Word;
use crate::failure::Failure;
use crate::frame::{self, Malformed};

/// Handshakes under way at once.
const HANDSHAKES: usize = 128;

/// Addresses that connections come from, as one has too few ports for very many.
const SOURCES: usize = 4;

/// The key of the standard's example, and what must be answered to it.
const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";
const ACCEPT: &str = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

/// How a connection goes away without a word.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Vanish {
    Fin,
    Rst,
}

/// Something that was said to somebody, and when: nanoseconds since the crowd was made.
#[derive(Clone, Copy)]
pub(crate) struct Heard {
    pub(crate) who: usize,
    pub(crate) word: Word,
    pub(crate) at: u64,
}

struct Line {
    stream: TcpStream,
    open: bool,
    unread: Vec<u8>,
    unsent: Vec<u8>,
}

/// People with a connection each, numbered from zero.
pub(crate) struct Crowd {
    pub(crate) size: usize,
    /// Refusals, and frames that could not be read.
    pub(crate) faults: u64,
    /// Connections that the server has ended, or that never came to be.
    pub(crate) closed: u64,
    poll: Poll,
    events: Events,
    lines: Vec<Option<Line>>,
    /// Who has something to send.
    talkative: Vec<usize>,
    handshakes: usize,
    server: SocketAddr,
    prefix: String,
    scratch: Vec<u8>,
    mask: u32,
    epoch: Instant,
}

impl Crowd {
    pub(crate) fn new(server: SocketAddr, prefix: &str, size: usize) -> io::Result<Self> {
        Ok(Self {
            size,
            faults: 0,
            closed: 0,
            poll: Poll::new()?,
            events: Events::with_capacity(1024),
            lines: std::iter::repeat_with(|| None).take(size).collect(),
            talkative: Vec::new(),
            handshakes: 0,
            server,
            prefix: prefix.to_owned(),
            scratch: vec![0; 512 << 10],
            mask: 1,
            epoch: Instant::now(),
        })
    }

    /// Nanoseconds since the crowd was made.
    pub(crate) fn now(&self) -> u64 {
        self.epoch.elapsed().as_nanos() as u64
    }

    /// Opens connections, some at a time, and says how long it took. What others hear meanwhile is
    /// added to what was heard.
    pub(crate) fn connect(
        &mut self,
        whom: &[usize],
        heard: &mut Vec<Heard>,
    ) -> Result<Duration, Failure> {
        let start = Instant::now();
        let patience = Duration::from_secs(30) + Duration::from_millis(5) * whom.len() as u32;
        let mut whom = whom.iter();
        while whom.len() > 0 || self.handshakes > 0 {
            for &who in whom.by_ref().take(HANDSHAKES - self.handshakes) {
                self.dial(who)?;
            }
            self.turn(Duration::from_millis(20), heard)?;
            if start.elapsed() > patience {
                return Failure::because(format!("{} handshakes do not end", self.handshakes));
            }
        }
        Ok(start.elapsed())
    }

    fn dial(&mut self, who: usize) -> io::Result<()> {
        let socket = Socket::new(Domain::IPV4, Type::STREAM.nonblocking(), None)?;
        socket.set_tcp_nodelay(true)?;
        if self.server.ip().is_loopback() {
            let source = Ipv4Addr::new(127, 0, 0, 2 + (who % SOURCES) as u8);
            socket.bind(&SocketAddr::from((source, 0)).into())?;
        }
        match socket.connect(&self.server.into()) {
            // "Operation now in progress" has no kind of its own everywhere.
            Err(error) if error.raw_os_error() != Some(115) => return Err(error),
            _ => {}
        }
        let mut stream = TcpStream::from_std(socket.into());
        let both = Interest::READABLE | Interest::WRITABLE;
        self.poll.registry().register(&mut stream, Token(who), both)?;
        let (server, prefix) = (self.server, &self.prefix);
        let request = format!(
            "GET /ws?device_id={prefix}-{who:06} HTTP/1.1\r\nHost: {server}\r\nUpgrade: websocket\r\n\
             Connection: Upgrade\r\nSec-WebSocket-Key: {KEY}\r\nSec-WebSocket-Version: 13\r\n\r\n"
        );
        let line = Line { stream, open: false, unread: Vec::new(), unsent: request.into_bytes() };
        self.lines[who] = Some(line);
        self.handshakes += 1;
        Ok(())
    }

    /// Lets somebody say something; it is sent at the next [`flush`](Self::flush) or turn.
    pub(crate) fn say(&mut self, who: usize, text: &str) {
        self.push(who, frame::TEXT, text.as_bytes());
    }

    fn push(&mut self, who: usize, opcode: u8, payload: &[u8]) {
        let Some(line) = &mut self.lines[who] else { return };
        // Masks must change, and need not be secret here.
        self.mask = self.mask.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        if line.unsent.is_empty() {
            self.talkative.push(who);
        }
        frame::write(opcode, payload, Some(self.mask.to_le_bytes()), &mut line.unsent);
    }

    /// Sends what was said.
    pub(crate) fn flush(&mut self) {
        while let Some(who) = self.talkative.pop() {
            self.send(who);
        }
    }

    fn send(&mut self, who: usize) {
        let Some(line) = &mut self.lines[who] else { return };
        let mut sent = 0;
        while sent < line.unsent.len() {
            match line.stream.write(&line.unsent[sent..]) {
                Ok(more) => sent += more,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                // An error that lasts is found by the next read.
                Err(_) => break,
            }
        }
        line.unsent.drain(..sent);
    }

    /// Waits for what the server says, no longer than this, and adds it to what was heard. What
    /// was said is sent.
    pub(crate) fn turn(&mut self, wait: Duration, heard: &mut Vec<Heard>) -> io::Result<()> {
        self.flush();
        let mut events = std::mem::replace(&mut self.events, Events::with_capacity(0));
        let polled = self.poll.poll(&mut events, Some(wait));
        for event in &events {
            let Token(who) = event.token();
            if event.is_writable() {
                self.send(who);
            }
            if event.is_readable() && self.read(who, event.is_read_closed(), heard).is_none() {
                self.hang_up(who);
            }
        }
        self.events = events;
        match polled {
            Err(error) if error.kind() != ErrorKind::Interrupted => Err(error),
            _ => Ok(()),
        }
    }

    /// Reads all that has come; `None` at the end of a connection.
    fn read(&mut self, who: usize, ending: bool, heard: &mut Vec<Heard>) -> Option<()> {
        let mut scratch = std::mem::take(&mut self.scratch);
        let outcome = loop {
            let Some(line) = &mut self.lines[who] else { break Some(()) };
            let kept = line.unread.len();
            scratch[..kept].copy_from_slice(&line.unread);
            let came = match line.stream.read(&mut scratch[kept..]) {
                Ok(0) => break None,
                Ok(came) => came,
                Err(error) if error.kind() == ErrorKind::WouldBlock => break Some(()),
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(_) => break None,
            };
            line.unread = Vec::new();
            let all = kept + came;
            let Ok(used) = self.take(who, &mut scratch[..all], heard) else {
                self.faults += 1;
                break None;
            };
            if let Some(line) = &mut self.lines[who]
                && used < all
            {
                line.unread = scratch[used..all].to_vec();
            }
            if !ending && all < scratch.len() {
                break Some(());
            }
        };
        self.scratch = scratch;
        outcome
    }

    /// Takes what is whole, and says how many bytes that were.
    fn take(
        &mut self,
        who: usize,
        bytes: &mut [u8],
        heard: &mut Vec<Heard>,
    ) -> Result<usize, Malformed> {
        let mut used = 0;
        let line = self.lines[who].as_mut().ok_or(Malformed)?;
        if !line.open {
            let Some(end) = frame::head_end(bytes) else { return Ok(0) };
            let head = std::str::from_utf8(&bytes[..end]).map_err(|_| Malformed)?;
            let accepted = frame::header(head, "sec-websocket-accept") == Some(ACCEPT);
            if !head.starts_with("HTTP/1.1 101 ") || !accepted {
                return Err(Malformed);
            }
            line.open = true;
            line.unsent = Vec::new();
            self.handshakes -= 1;
            used = end;
        }
        while let Some(found) = frame::read(&mut bytes[used..])? {
            let payload = &bytes[used..][found.payload];
            match found.opcode {
                frame::TEXT => {
                    let word = Word::read(payload);
                    self.faults += u64::from(word == Word::Fault);
                    heard.push(Heard { who, word, at: self.now() });
                }
                frame::PING => self.push(who, frame::PONG, payload),
                frame::PONG => {}
                _ => return Err(Malformed),
            }
            used += found.length;
        }
        Ok(used)
    }

    fn hang_up(&mut self, who: usize) {
        if let Some(line) = self.lines[who].take() {
            self.closed += 1;
            self.handshakes -= usize::from(!line.open);
        }
    }

    /// Whose connections are open.
    pub(crate) fn open(&self) -> usize {
        self.lines.iter().flatten().filter(|line| line.open).count()
    }

    /// Ends somebody's connection without a word.
    pub(crate) fn vanish(&mut self, who: usize, how: Vanish) {
        let Some(line) = self.lines[who].take() else { return };
        if how == Vanish::Rst {
            let _ = SockRef::from(&line.stream).set_linger(Some(Duration::ZERO));
        }
        self.handshakes -= usize::from(!line.open);
    }

    /// Ends all connections so that no port stays taken.
    pub(crate) fn end(&mut self) {
        for who in 0..self.size {
            self.vanish(who, Vanish::Rst);
        }
    }
}
