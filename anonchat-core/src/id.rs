//! Identifiers: who a person is to the server, to a node, and to a partner.
//!
//! None of them is the device id that a browser sends. That one becomes a keyed hash at the door
//! and is forgotten there.

use std::fmt;
use std::sync::Arc;

/// A device, as a keyed hash of the id that its browser made.
///
/// 16 bytes, from a keyed hash (the door uses HMAC-SHA-256, cut to 128 bits), so that neither a log
/// nor a store can tell which browser it was. Lookups hash these bytes without a secret: do not
/// put bytes here that a stranger may choose freely.
///
/// Its `Debug` output is redacted, except with the feature `test-util`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeviceId([u8; 16]);

/// One server process, by a number drawn at its start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub u64);

/// One connection of a device: a socket on a node. Never used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Conn {
    /// The server process that holds the socket.
    pub node: NodeId,
    /// The socket's number on that server.
    pub id: u64,
}

/// Two people who were matched: 128 random bits, drawn by the caller of
/// [`Pool::apply`](crate::Pool::apply).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PairId([u8; 16]);

/// One of the two places in a pair. [`Side::A`] is the person who arrived, [`Side::B`] the one
/// who waited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// The person whose command made the pair; if a sweep did, the one who joined later.
    A,
    /// The person who was waiting.
    B,
}

/// What somebody is called towards their partner: new for each pair, and the same within one.
///
/// On the wire it is 33 characters, `a` or `b` and then 32 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Alias {
    /// The pair in which the name holds.
    pub pair: PairId,
    /// The place of the person who is meant.
    pub side: Side,
}

/// A report, counted from 1 in each pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReportId(pub u64);

/// The name of a pool: 1 to 32 characters of `a-z`, `0-9` and `-`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PoolId(Arc<str>);

impl DeviceId {
    /// The last one in their order.
    pub(crate) const LAST: Self = Self([0xff; 16]);

    /// Takes the 16 bytes of a keyed hash.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The 16 bytes.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// 32 hexadecimal digits, for a moderator's eyes.
    pub fn to_hex(self) -> String {
        hex(&self.0)
    }
}

impl PairId {
    /// Takes 16 random bytes.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The 16 bytes.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl Side {
    /// The place of the partner.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::A => Self::B,
            Self::B => Self::A,
        }
    }

    /// 0 for [`Side::A`], 1 for [`Side::B`].
    pub const fn index(self) -> usize {
        self as usize
    }
}

impl Alias {
    /// Reads the 33 characters that [`Display`](fmt::Display) writes; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let (&side, digits) = bytes.split_first()?;
        let side = match side {
            b'a' => Side::A,
            b'b' => Side::B,
            _ => return None,
        };
        if digits.len() != 32 {
            return None;
        }
        let mut pair = [0; 16];
        for (byte, two) in pair.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = nibble(two[0])? << 4 | nibble(two[1])?;
        }
        Some(Self { pair: PairId(pair), side })
    }
}

impl PoolId {
    /// The pool of a deployment that names none.
    pub fn main() -> Self {
        Self("main".into())
    }

    /// Checks a name; `None` unless it is 1 to 32 characters of `a-z`, `0-9` and `-`.
    pub fn new(name: &str) -> Option<Self> {
        let fits = (1..=32).contains(&name.len())
            && name.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-'));
        fits.then(|| Self(name.into()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Alias {
    /// How it is written, in ASCII.
    pub(crate) fn text(self) -> [u8; 33] {
        let mut text = [b'a' + self.side as u8; 33];
        for (two, byte) in text[1..].chunks_exact_mut(2).zip(self.pair.0) {
            two.copy_from_slice(&[digit(byte >> 4), digit(byte & 15)]);
        }
        text
    }
}

impl fmt::Display for Alias {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // One piece, for every message names somebody.
        f.write_str(std::str::from_utf8(&self.text()).map_err(|_| fmt::Error)?)
    }
}

impl fmt::Display for PoolId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for DeviceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        redacted(f, "DeviceId", &self.0)
    }
}

impl fmt::Debug for PairId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        redacted(f, "PairId", &self.0)
    }
}

impl fmt::Debug for Alias {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}.{:?}", self.pair, self.side)
    }
}

pub(crate) fn redacted(f: &mut fmt::Formatter<'_>, name: &str, bytes: &[u8]) -> fmt::Result {
    if cfg!(feature = "test-util") {
        write!(f, "{name}({})", hex(bytes).trim_start_matches("00"))
    } else {
        write!(f, "{name}(..)")
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

const fn digit(nibble: u8) -> u8 {
    if nibble < 10 { b'0' + nibble } else { b'a' + nibble - 10 }
}

pub(crate) fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alias_reads_back_what_it_writes_and_nothing_else() {
        let alias = Alias { pair: PairId::from_bytes([0xa5; 16]), side: Side::B };
        let text = alias.to_string();
        assert_eq!(Alias::parse(&text), Some(alias));
        for bad in ["", "b", &text[1..], &text[..32], &text.to_uppercase(), &format!("{text}0")] {
            assert_eq!(Alias::parse(bad), None, "{bad:?}");
        }
        assert_eq!(Alias::parse(&format!("bé{}", "0".repeat(30))), None);
    }

    #[test]
    fn a_pool_name_is_short_and_plain() {
        assert_eq!(PoolId::new("eu-west-1").expect("plain").as_str(), "eu-west-1");
        for bad in ["", "Main", "a b", "{main}", &"a".repeat(33)] {
            assert_eq!(PoolId::new(bad), None, "{bad:?}");
        }
    }
}
