//! A server to compare with: the protocol's core in one thread, with one epoll set, no runtime, no
//! rule, and no memory held for a connection that is silent.
//!
//! Whoever comes first waits, and meets whoever comes next. It writes each frame at once: it gathers
//! nothing.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::io::{ErrorKind, Read, Write};

use mio::net::{TcpListener, TcpStream};
use mio::{Events, Interest, Poll, Token};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use socket2::{Domain, Socket, Type};

use crate::failure::Failure;
use crate::frame::{self, Malformed};

const DOOR: Token = Token(0);

#[derive(Deserialize)]
struct Asked<'a> {
    #[serde(borrow)]
    action: Cow<'a, str>,
    #[serde(borrow, default)]
    text: Cow<'a, str>,
    #[serde(borrow, default)]
    filter: Cow<'a, str>,
    #[serde(borrow, default)]
    nickname: Cow<'a, str>,
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Answer<'a> {
    Queued { filter: &'a str },
    Matched { peer: &'a str, peer_profile: Profile<'a>, peer_gender: &'a str },
    Msg { from: &'a str, text: &'a str },
    PeerLeft { peer: &'a str },
    Error { message: &'a str },
}

#[derive(Serialize)]
struct Profile<'a> {
    nickname: &'a str,
}

struct Guest {
    stream: TcpStream,
    /// Empty until the handshake is done.
    device: String,
    nickname: String,
    waits: bool,
    peer: Option<usize>,
    /// The start of what has not come whole.
    unread: Vec<u8>,
    /// What the system did not take yet.
    unsent: Vec<u8>,
}

#[derive(Default)]
struct Hall {
    guests: FxHashMap<usize, Guest>,
    /// In order of arrival. Who no longer waits is passed over.
    waiting: VecDeque<usize>,
    json: Vec<u8>,
    frame: Vec<u8>,
}

/// Serves on this port of 127.0.0.1, for ever.
pub(crate) fn serve(port: u16) -> Result<(), Failure> {
    rlimit::increase_nofile_limit(u64::MAX)?;
    let door = Socket::new(Domain::IPV4, Type::STREAM.nonblocking(), None)?;
    door.set_reuse_address(true)?;
    door.bind(&std::net::SocketAddr::from(([127, 0, 0, 1], port)).into())?;
    door.listen(4096)?;
    let mut door = TcpListener::from_std(door.into());
    let mut poll = Poll::new()?;
    poll.registry().register(&mut door, DOOR, Interest::READABLE)?;
    let mut hall = Hall::default();
    let mut events = Events::with_capacity(1024);
    let mut buffer = vec![0; 512 << 10];
    let mut last = 0;
    loop {
        poll.poll(&mut events, None)?;
        for event in &events {
            let Token(id) = event.token();
            if event.token() == DOOR {
                while let Ok((mut stream, _)) = door.accept() {
                    last += 1;
                    stream.set_nodelay(true)?;
                    let both = Interest::READABLE | Interest::WRITABLE;
                    poll.registry().register(&mut stream, Token(last), both)?;
                    hall.guests.insert(last, Guest::new(stream));
                }
                continue;
            }
            if event.is_writable() {
                hall.flush(id);
            }
            if event.is_readable() && !hall.read(id, &mut buffer, event.is_read_closed()) {
                hall.leave(id);
                hall.guests.remove(&id);
            }
        }
    }
}

impl Guest {
    fn new(stream: TcpStream) -> Self {
        let (device, nickname) = (String::new(), String::new());
        let (unread, unsent) = (Vec::new(), Vec::new());
        Self { stream, device, nickname, waits: false, peer: None, unread, unsent }
    }

    fn write(&mut self, bytes: &[u8]) {
        let sent = match self.unsent.is_empty() {
            true => self.stream.write(bytes).unwrap_or(0),
            false => 0,
        };
        self.unsent.extend_from_slice(&bytes[sent..]);
    }
}

impl Hall {
    fn flush(&mut self, id: usize) {
        let Some(guest) = self.guests.get_mut(&id) else { return };
        while !guest.unsent.is_empty() {
            let Ok(sent) = guest.stream.write(&guest.unsent) else { return };
            guest.unsent.drain(..sent);
        }
        guest.unsent = Vec::new();
    }

    /// Reads and carries out whatever has come; `false` if the guest is gone or speaks nonsense.
    /// After a short read the system says when there is more, but not that there is an end.
    fn read(&mut self, id: usize, buffer: &mut [u8], ending: bool) -> bool {
        loop {
            let Some(guest) = self.guests.get_mut(&id) else { return true };
            let kept = guest.unread.len();
            buffer[..kept].copy_from_slice(&guest.unread);
            guest.unread = Vec::new();
            let came = match guest.stream.read(&mut buffer[kept..]) {
                Ok(0) => return false,
                Ok(came) => came,
                Err(error) if error.kind() == ErrorKind::Interrupted => 0,
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    guest.unread = buffer[..kept].to_vec();
                    return true;
                }
                Err(_) => return false,
            };
            let Ok(used) = self.take(id, &mut buffer[..kept + came]) else { return false };
            if let Some(guest) = self.guests.get_mut(&id)
                && used < kept + came
            {
                guest.unread = buffer[used..kept + came].to_vec();
            }
            if !ending && kept + came < buffer.len() {
                return true;
            }
        }
    }

    /// Takes what is whole, and says how many bytes that were.
    fn take(&mut self, id: usize, bytes: &mut [u8]) -> Result<usize, Malformed> {
        let guest = self.guests.get_mut(&id).ok_or(Malformed)?;
        let mut used = 0;
        if guest.device.is_empty() {
            let Some(end) = frame::head_end(bytes) else { return Ok(0) };
            let head = std::str::from_utf8(&bytes[..end]).map_err(|_| Malformed)?;
            let key = frame::header(head, "sec-websocket-key").ok_or(Malformed)?;
            guest.device = device(head).ok_or(Malformed)?.to_owned();
            let answer = format!(
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
                 Sec-WebSocket-Accept: {}\r\n\r\n",
                frame::accept(key)
            );
            guest.write(answer.as_bytes());
            used = end;
        }
        while let Some(found) = frame::read(&mut bytes[used..])? {
            let payload = &bytes[used..][found.payload];
            match found.opcode {
                frame::TEXT => self.obey(id, payload),
                frame::PING => self.send(id, frame::PONG, payload),
                frame::PONG => {}
                _ => return Err(Malformed),
            }
            used += found.length;
        }
        Ok(used)
    }

    fn obey(&mut self, id: usize, asked: &[u8]) {
        let Ok(asked) = serde_json::from_slice::<Asked<'_>>(asked) else {
            return self.say(id, &Answer::Error { message: "bad json" });
        };
        match &*asked.action {
            "msg" => self.relay(id, &asked.text),
            "join" => self.join(id, &asked.filter, asked.nickname.into_owned()),
            "leave" => self.leave(id),
            _ => self.say(id, &Answer::Error { message: "unknown action" }),
        }
    }

    fn relay(&mut self, id: usize, text: &str) {
        let Some((from, peer)) = self.guests.get_mut(&id).and_then(|me| {
            let peer = me.peer?;
            Some((std::mem::take(&mut me.device), peer))
        }) else {
            return;
        };
        self.say(peer, &Answer::Msg { from: &from, text });
        if let Some(me) = self.guests.get_mut(&id) {
            me.device = from;
        }
    }

    fn join(&mut self, id: usize, filter: &str, nickname: String) {
        let Some(me) = self.guests.get_mut(&id).filter(|me| !me.waits && me.peer.is_none()) else {
            return;
        };
        me.nickname = nickname;
        while let Some(other) = self.waiting.pop_front() {
            let waits = self.guests.get_mut(&other).map(|peer| std::mem::take(&mut peer.waits));
            if waits == Some(true) {
                self.introduce(other, id);
                self.introduce(id, other);
                return;
            }
        }
        if let Some(me) = self.guests.get_mut(&id) {
            me.waits = true;
        }
        self.waiting.push_back(id);
        self.say(id, &Answer::Queued { filter });
    }

    /// Tells `one` that it has met `other`.
    fn introduce(&mut self, one: usize, other: usize) {
        let Some((device, nickname)) =
            self.guests.get(&other).map(|other| (other.device.clone(), other.nickname.clone()))
        else {
            return;
        };
        if let Some(one) = self.guests.get_mut(&one) {
            one.peer = Some(other);
        }
        let peer_profile = Profile { nickname: &nickname };
        let peer_gender = "prefer-not-to-say";
        self.say(one, &Answer::Matched { peer: &device, peer_profile, peer_gender });
    }

    fn leave(&mut self, id: usize) {
        let Some(me) = self.guests.get_mut(&id) else { return };
        me.waits = false;
        let (device, peer) = (me.device.clone(), me.peer.take());
        if let Some(other) = peer.and_then(|peer| self.guests.get_mut(&peer))
            && let Some(peer) = peer
        {
            other.peer = None;
            self.say(peer, &Answer::PeerLeft { peer: &device });
        }
    }

    fn say(&mut self, id: usize, answer: &Answer<'_>) {
        let mut json = std::mem::take(&mut self.json);
        json.clear();
        if serde_json::to_writer(&mut json, answer).is_ok() {
            self.send(id, frame::TEXT, &json);
        }
        self.json = json;
    }

    fn send(&mut self, id: usize, opcode: u8, payload: &[u8]) {
        self.frame.clear();
        frame::write(opcode, payload, None, &mut self.frame);
        if let Some(guest) = self.guests.get_mut(&id) {
            guest.write(&self.frame);
        }
    }
}

/// The device that a request's target names.
fn device(head: &str) -> Option<&str> {
    let (_, query) = head.split(' ').nth(1)?.split_once('?')?;
    let id = query.split('&').find_map(|field| field.strip_prefix("device_id="))?;
    Some(id).filter(|id| !id.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_device_stands_in_the_target() {
        assert_eq!(device("GET /ws?x=1&device_id=ab-1 HTTP/1.1\r\n\r\n"), Some("ab-1"));
        assert_eq!(device("GET /ws?device_id= HTTP/1.1\r\n\r\n"), None);
        assert_eq!(device("GET /ws HTTP/1.1\r\n\r\n"), None);
    }
}
