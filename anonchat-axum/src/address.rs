//! Whose request it is: the address of the client, and the keyed hash by which it is counted.
//!
//! The address is that of the socket's peer. Only if the peer is a trusted proxy,
//! `X-Forwarded-For` is read, from its right end, to which every proxy adds whom it heard from: the
//! first that is not trusted itself is the client. What stands further left anybody may have
//! written.

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;
use std::sync::atomic::{AtomicBool, Ordering};

use anonchat_core::RateKey;
use axum::extract::{ConnectInfo, FromRef, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap};
use hmac::{Hmac, KeyInit, Mac};
use ipnet::IpNet;
use sha2::Sha256;

use crate::chat::AnonChat;
use crate::secret::Secret;

const FORWARDED_FOR: &str = "x-forwarded-for";

/// So that nothing else hashed under the same key can be taken for an address.
const LABEL: &[u8] = b"anonchat address\0";

/// Which peers are believed, and how addresses are hashed.
pub(crate) struct Addresses {
    trusted: Vec<IpNet>,
    key: Hmac<Sha256>,
    /// Whether it was said that nobody tells addresses.
    warned: AtomicBool,
}

/// Whose request it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Client {
    /// By which it is counted.
    pub(crate) key: RateKey,
    /// How far it may be counted at all.
    pub(crate) reach: Reach,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Somebody on the network.
    Remote,
    /// This machine.
    Loopback,
    /// Nobody knows: the application gives no [`ConnectInfo`].
    Unknown,
}

impl Addresses {
    /// Hashes under `key`, and trusts these proxies.
    pub(crate) fn new(key: &Secret, trusted: impl IntoIterator<Item = IpNet>) -> Self {
        let mac = Hmac::new_from_slice(key.expose().as_bytes());
        let mut mac = mac.expect("HMAC takes keys of any length");
        mac.update(LABEL);
        let trusted = trusted.into_iter().map(plain).collect();
        Self { trusted, key: mac, warned: AtomicBool::new(false) }
    }

    /// Whose request it is that has these extensions and headers.
    pub(crate) fn client(&self, extensions: &Extensions, headers: &HeaderMap) -> Client {
        match extensions.get::<ConnectInfo<SocketAddr>>() {
            Some(ConnectInfo(peer)) => self.of(self.read(peer.ip().to_canonical(), headers)),
            None => {
                if !self.warned.swap(true, Ordering::Relaxed) {
                    tracing::warn!(
                        "the application gives no ConnectInfo<SocketAddr>: \
                         all clients are counted as one"
                    );
                }
                Client { key: self.hash(&[]), reach: Reach::Unknown }
            }
        }
    }

    /// The peer of a connection, whoever is behind it.
    pub(crate) fn peer(&self, peer: SocketAddr) -> Client {
        self.of(peer.ip().to_canonical())
    }

    /// Whether a peer speaks for others.
    pub(crate) fn is_proxy(&self, peer: SocketAddr) -> bool {
        self.trusts(peer.ip().to_canonical())
    }

    fn of(&self, address: IpAddr) -> Client {
        let reach = if address.is_loopback() { Reach::Loopback } else { Reach::Remote };
        Client { key: self.hash(counted(address).as_slice()), reach }
    }

    /// The address of the client behind `peer`: the last hop whose word for the next is not taken.
    fn read(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut hop = peer;
        let lines = headers.get_all(FORWARDED_FOR).iter().rev();
        // A line that is no text has entries that are no addresses.
        let mut entries = lines.flat_map(|line| line.to_str().unwrap_or("?").rsplit(','));
        while self.trusts(hop) {
            match entries.next().and_then(parse) {
                Some(address) => hop = address,
                None => break,
            }
        }
        hop
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.trusted.iter().any(|network| network.contains(&address))
    }

    fn hash(&self, address: &[u8]) -> RateKey {
        let hash = self.key.clone().chain_update(address).finalize().into_bytes();
        let mut cut = [0; 16];
        cut.copy_from_slice(&hash[..16]);
        RateKey::from_bytes(cut)
    }
}

impl<S> FromRequestParts<S> for Client
where
    S: Send + Sync,
    AnonChat: FromRef<S>,
{
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        if let Some(client) = parts.extensions.get::<Self>() {
            return Ok(*client);
        }
        Ok(AnonChat::from_ref(state).addresses().client(&parts.extensions, &parts.headers))
    }
}

/// An entry of the header: an address, with or without a port.
fn parse(entry: &str) -> Option<IpAddr> {
    let entry = entry.trim();
    let bare = entry.strip_prefix('[').and_then(|entry| entry.strip_suffix(']'));
    let address = IpAddr::from_str(bare.unwrap_or(entry));
    let address = address.or_else(|_| SocketAddr::from_str(entry).map(|socket| socket.ip()));
    address.ok().map(|address| address.to_canonical())
}

/// The bits that count: all of an IPv4 address; of an IPv6 one those that its owner cannot choose.
fn counted(address: IpAddr) -> Vec<u8> {
    match address {
        IpAddr::V4(address) => address.octets().to_vec(),
        IpAddr::V6(address) => address.octets()[..8].to_vec(),
    }
}

/// A network of IPv4 addresses written as IPv6 ones is one of IPv4 addresses.
fn plain(network: IpNet) -> IpNet {
    match (network.addr().to_canonical(), network.prefix_len().checked_sub(96)) {
        (IpAddr::V4(address), Some(bits)) if network.addr().is_ipv6() => {
            IpNet::new(address.into(), bits).unwrap_or(network)
        }
        _ => network,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses(trusted: &[&str]) -> Addresses {
        let trusted = trusted.iter().map(|network| network.parse().expect("network"));
        Addresses::new(&Secret::new("key"), trusted)
    }

    fn read(trusted: &[&str], peer: &str, lines: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for line in lines {
            let line = axum::http::HeaderValue::from_bytes(line.as_bytes()).expect("header");
            headers.append(FORWARDED_FOR, line);
        }
        let peer: IpAddr = peer.parse().expect("address");
        addresses(trusted).read(peer.to_canonical(), &headers).to_string()
    }

    #[test]
    fn a_forwarding_header_of_a_stranger_is_not_read() {
        for trusted in [&[][..], &["10.0.0.0/8"]] {
            for line in ["192.0.2.1", "10.0.0.1", "127.0.0.1, 192.0.2.1", "::1"] {
                assert_eq!(read(trusted, "198.51.100.7", &[line]), "198.51.100.7", "{line}");
            }
        }
    }

    #[test]
    fn the_rightmost_entry_that_is_no_proxy_is_the_client() {
        let trusted = &["10.0.0.0/8", "2001:db8:1::/48"];
        for (lines, client) in [
            (&["192.0.2.1"][..], "192.0.2.1"),
            (&["192.0.2.66, 192.0.2.1"], "192.0.2.1"),
            (&["192.0.2.66, 192.0.2.1, 10.0.0.2"], "192.0.2.1"),
            (&["192.0.2.66", "192.0.2.1", "10.0.0.2,2001:db8:1::7"], "192.0.2.1"),
            (&["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
            (&["192.0.2.1:4711"], "192.0.2.1"),
            (&["[2001:db8::1]:4711"], "2001:db8::1"),
            (&["[2001:db8::1]"], "2001:db8::1"),
            (&["2001:db8::1"], "2001:db8::1"),
            (&["::ffff:192.0.2.1"], "192.0.2.1"),
            (&["  192.0.2.1\t"], "192.0.2.1"),
            (&[], "10.0.0.1"),
        ] {
            assert_eq!(read(trusted, "10.0.0.1", lines), client, "{lines:?}");
        }
    }

    #[test]
    fn what_is_no_address_ends_the_reading_at_the_last_proxy() {
        let trusted = &["10.0.0.0/8"];
        for (lines, client) in [
            (&["unknown"][..], "10.0.0.1"),
            (&[""], "10.0.0.1"),
            (&[","], "10.0.0.1"),
            (&["192.0.2.1, é"], "10.0.0.1"),
            (&["192.0.2.1, evil, 10.0.0.2"], "10.0.0.2"),
            (&["192.0.2.1,, 10.0.0.2"], "10.0.0.2"),
            (&["192.0.2.1", "é", "10.0.0.2"], "10.0.0.2"),
            (&["192.0.2.256"], "10.0.0.1"),
            (&["[192.0.2.1"], "10.0.0.1"),
            (&["192.0.2.1:99999"], "10.0.0.1"),
        ] {
            assert_eq!(read(trusted, "10.0.0.1", lines), client, "{lines:?}");
        }
        let long = "1,".repeat(30_000);
        assert_eq!(read(trusted, "10.0.0.1", &[&long]), "10.0.0.1");
    }

    #[test]
    fn proxies_are_known_however_their_addresses_are_written() {
        for (trusted, peer) in [
            ("10.0.0.0/8", "::ffff:10.0.0.1"),
            ("::ffff:10.0.0.0/104", "10.0.0.1"),
            ("::1/128", "::1"),
            ("0.0.0.0/0", "203.0.113.9"),
        ] {
            assert_eq!(read(&[trusted], peer, &["2001:db8::1"]), "2001:db8::1", "{trusted}");
        }
        assert_eq!(read(&["0.0.0.0/0"], "2001:db8::2", &["192.0.2.1"]), "2001:db8::2");
    }

    #[test]
    fn an_ipv6_client_is_counted_by_its_64_and_a_mapped_one_as_ipv4() {
        let addresses = addresses(&[]);
        let key =
            |peer: &str| addresses.peer(SocketAddr::new(peer.parse().expect("address"), 1)).key;
        assert!(key("2001:db8:0:1::1") == key("2001:db8:0:1:ffff:ffff:ffff:ffff"));
        assert!(key("2001:db8:0:1::1") != key("2001:db8:0:2::1"));
        assert!(key("::ffff:192.0.2.1") == key("192.0.2.1"));
        assert!(key("192.0.2.1") != key("192.0.2.2"));
    }

    #[test]
    fn another_key_makes_other_hashes_and_a_device_is_no_address() {
        let peer: SocketAddr = "192.0.2.1:1".parse().expect("address");
        let one = addresses(&[]).peer(peer);
        assert!(one.key == addresses(&[]).peer(peer).key);
        let other = Addresses::new(&Secret::new("other"), []).peer(peer);
        assert!(one.key != other.key);
        let device = crate::device::DeviceKey::new(&Secret::new("key")).id("");
        let nobody = addresses(&[]).client(&Extensions::new(), &HeaderMap::new());
        assert_ne!(nobody.key.as_bytes(), device.as_bytes());
    }

    #[test]
    fn without_a_peer_everybody_is_the_same_client_whatever_they_claim() {
        let addresses = addresses(&["0.0.0.0/0"]);
        let mut headers = HeaderMap::new();
        let nobody = addresses.client(&Extensions::new(), &headers);
        headers.insert(FORWARDED_FOR, axum::http::HeaderValue::from_static("192.0.2.1"));
        assert!(nobody == addresses.client(&Extensions::new(), &headers));
        assert_eq!(nobody.reach, Reach::Unknown);
    }
}
