//! How many WebSockets there may be, in all and of one client.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anonchat_core::RateKey;
use anonchat_core::policy::Connection;

use crate::address::{Client, Reach};

/// The WebSockets of this server.
#[derive(Default)]
pub(crate) struct Crowd(Mutex<Inside>);

#[derive(Default)]
struct Inside {
    all: usize,
    /// Of those clients that may have only so many.
    of: HashMap<RateKey, usize>,
}

/// A WebSocket's place among them, given back when dropped.
pub(crate) struct Seat {
    crowd: Arc<Crowd>,
    key: Option<RateKey>,
}

/// There is no room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Full {
    /// For anybody.
    Server,
    /// For this client.
    Client,
}

impl Crowd {
    /// Lets one more in, if there is room. This machine may have any number, and so may clients
    /// whose addresses nobody knows: they would be counted as one.
    pub(crate) fn enter(
        self: &Arc<Self>,
        rules: &Connection,
        client: Client,
    ) -> Result<Seat, Full> {
        let (most, most_each) = (rules.max_connections as usize, rules.max_per_address as usize);
        let key = Some(client.key).filter(|_| client.reach == Reach::Remote && most_each > 0);
        let mut inside = self.inside();
        if most > 0 && inside.all >= most {
            return Err(Full::Server);
        }
        if let Some(key) = key {
            let own = inside.of.entry(key).or_default();
            if *own >= most_each {
                return Err(Full::Client);
            }
            *own += 1;
        }
        inside.all += 1;
        drop(inside);
        Ok(Seat { crowd: Arc::clone(self), key })
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut inside = self.crowd.inside();
        inside.all -= 1;
        let Some(key) = self.key else { return };
        if let Some(own) = inside.of.get_mut(&key) {
            *own -= 1;
            if *own == 0 {
                inside.of.remove(&key);
                if inside.of.len() < inside.of.capacity() / 4 {
                    inside.of.shrink_to_fit();
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(number: u8, reach: Reach) -> Client {
        Client { key: RateKey::from_bytes([number; 16]), reach }
    }

    fn rules(max_connections: u32, max_per_address: u32) -> Connection {
        Connection { max_connections, max_per_address, ..Connection::default() }
    }

    #[test]
    fn one_client_has_so_many_and_all_together_so_many() {
        let (crowd, rules) = (Arc::new(Crowd::default()), rules(3, 2));
        let (ann, bob) = (client(1, Reach::Remote), client(2, Reach::Remote));
        let _first = crowd.enter(&rules, ann).expect("room");
        let second = crowd.enter(&rules, ann).expect("room");
        assert_eq!(crowd.enter(&rules, ann).err(), Some(Full::Client));
        let _third = crowd.enter(&rules, bob).expect("room");
        assert_eq!(crowd.enter(&rules, bob).err(), Some(Full::Server));
        drop(second);
        assert!(crowd.enter(&rules, ann).is_ok());
    }

    #[test]
    fn this_machine_and_the_unknown_are_counted_in_all_only() {
        let (crowd, rules) = (Arc::new(Crowd::default()), rules(4, 1));
        let mut seats = Vec::new();
        for reach in [Reach::Loopback, Reach::Unknown, Reach::Loopback, Reach::Unknown] {
            seats.push(crowd.enter(&rules, client(1, reach)).expect("room"));
        }
        assert_eq!(crowd.enter(&rules, client(1, Reach::Loopback)).err(), Some(Full::Server));
    }

    #[test]
    fn nothing_is_kept_of_those_who_have_gone() {
        let (crowd, rules) = (Arc::new(Crowd::default()), rules(0, 1));
        let seats: Vec<_> = (0..=255)
            .map(|number| crowd.enter(&rules, client(number, Reach::Remote)).expect("room"))
            .collect();
        drop(seats);
        let inside = crowd.inside();
        assert_eq!((inside.all, inside.of.len()), (0, 0));
        assert!(inside.of.capacity() < 64, "{}", inside.of.capacity());
    }
}
