//! Ports that nobody uses.

use std::hash::{BuildHasher, RandomState};
use std::net::{Ipv4Addr, TcpListener};

/// A port of the local host on which nobody listens at the moment, below those that the system
/// gives to outgoing connections: so it stays free while its server is down for a moment.
///
/// # Panics
///
/// If none of a thousand is free.
pub fn free() -> u16 {
    let random = RandomState::new();
    let candidates =
        (0..1_000_u32).map(|number| 10_000 + (random.hash_one(number) % 20_000) as u16);
    let free = |port: &u16| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok();
    candidates.into_iter().find(free).expect("one of a thousand ports is free")
}
